"""JSON read strictly: a name that stands twice in an object is an error, and so are NaN, Infinity (RFC 8259 §4, §6) and
half of a surrogate pair (§8.2), which could be read but never written again."""

import json
from typing import Any, NoReturn

import msgspec


class DuplicateName(ValueError):
    """A name stands twice in one object, so that two readers may read two things."""


def read_once(data: bytes) -> Any:
    """The value. Raises `ValueError` (`DuplicateName`), `RecursionError`."""
    value = _DECODER.decode(data.decode("utf-8"))
    if b"\\u" in data:
        msgspec.json.encode(value)
    return value


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise DuplicateName
    return members


def _no_constant(name: str) -> NoReturn:
    raise ValueError(name)


_DECODER = json.JSONDecoder(object_pairs_hook=_once, parse_constant=_no_constant)
"""Made once: making one costs more than reading a small document."""
