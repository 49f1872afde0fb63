"""Pages of a list: where the next one starts, never how many there are (counting reads everything)."""

from datetime import datetime
from typing import Any, Generic, TypeVar, cast

import msgspec

from tongban.base.errors import refuse
from tongban.base.keys import base64url, unbase64

T = TypeVar("T")
_MONTHS = ((2, 1), (9999, 1))
"""Year and month of times that stay among those Python knows whatever their offset; the last is "no date known"."""


class Page(msgspec.Struct, Generic[T], frozen=True):
    """One page. `next` is handed back to get what follows; None at the end."""

    items: tuple[T, ...]
    next: str | None = None


def cursor(*values: Any) -> str:
    """The place after a row, as text that fits a URL. It is not secret: it grants nothing."""
    return base64url(msgspec.json.encode(values))


def read_cursor(text: str, shape: type[T]) -> T:
    """The values of a cursor. `shape` is their tuple type. Raises `Refused` (`bad-cursor`, 400).

    Whatever comes back can be compared in the database: times have an offset and a year it knows, texts no character
    that it cannot keep, numbers are small.
    """
    try:
        values = msgspec.json.decode(unbase64(text), type=shape)
        if not all(map(_comparable, cast("tuple[object, ...]", values))):
            raise ValueError("not a value of ours")
        return values
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise refuse(
            "bad-cursor",
            "这个翻页位置不对，请回到第一页。",
            "This place in the list is not valid; start from the first page.",
            place="after",
            status=400,
        ) from error


def _comparable(value: object) -> bool:
    match value:
        case datetime():
            return value.tzinfo is not None and _MONTHS[0] <= (value.year, value.month) <= _MONTHS[1]
        case str():
            return value.isprintable()
        case int():
            return abs(value) < 2**31
        case _:
            return True
