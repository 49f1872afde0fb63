"""JSON read strictly: a name that stands twice in an object is an error, and so are NaN and Infinity (RFC 8259 §4)."""

import json
from typing import Any, NoReturn


class DuplicateName(ValueError):
    """A name stands twice in one object, so that two readers may read two things."""


def read_once(data: bytes) -> Any:
    """The value. Raises `ValueError` (`DuplicateName`), `RecursionError`."""
    return _DECODER.decode(data.decode("utf-8"))


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise DuplicateName
    return members


def _no_constant(name: str) -> NoReturn:
    raise ValueError(name)


_DECODER = json.JSONDecoder(object_pairs_hook=_once, parse_constant=_no_constant)
"""Made once: making one costs more than reading a small document."""
