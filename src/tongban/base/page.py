"""Pages of a list: where the next one starts, never how many there are (counting reads everything)."""

from typing import Any, Generic, TypeVar

import msgspec

from tongban.base.errors import refuse
from tongban.base.keys import base64url, unbase64

T = TypeVar("T")


class Page(msgspec.Struct, Generic[T], frozen=True):
    """One page. `next` is handed back to get what follows; None at the end."""

    items: tuple[T, ...]
    next: str | None = None


def cursor(*values: Any) -> str:
    """The place after a row, as text that fits a URL. It is not secret: it grants nothing."""
    return base64url(msgspec.json.encode(values))


def read_cursor(text: str, shape: type[T]) -> T:
    """The values of a cursor. `shape` is their tuple type. Raises `Refused` (`bad-cursor`, 400)."""
    try:
        return msgspec.json.decode(unbase64(text), type=shape)
    except (msgspec.MsgspecError, ValueError) as error:
        raise refuse(
            "bad-cursor",
            "这个翻页位置不对，请回到第一页。",
            "This place in the list is not valid; start from the first page.",
            place="after",
            status=400,
        ) from error
