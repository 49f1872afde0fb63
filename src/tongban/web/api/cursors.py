"""Places in lists, sealed: what a client hands back is what this site gave out, or it is refused."""

import hashlib
import hmac

from tongban.base.errors import refuse
from tongban.base.keys import base64url

_MARK = 16


def seal(secret: bytes, cursor: str | None) -> str | None:
    """A cursor with its mark; none stays none."""
    return None if cursor is None else _mark(secret, cursor) + cursor


def unseal(secret: bytes, sealed: str | None) -> str | None:
    """The cursor again; none (or nothing) is the first page. Raises Refused (`bad-cursor`, 400)."""
    if not sealed:
        return None
    mark, cursor = sealed[:_MARK], sealed[_MARK:]
    if not sealed.isascii() or not hmac.compare_digest(mark, _mark(secret, cursor)):
        raise refuse(
            "bad-cursor",
            "翻页位置不对。请用上一页返回的 next，或去掉 after 从第一页开始",
            "This is not a place in the list. Use `next` of the page before, or leave out `after` for the first page",
            place="after",
            status=400,
        )
    return cursor


def _mark(secret: bytes, cursor: str) -> str:
    return base64url(hmac.digest(secret, b"cursor:" + cursor.encode(), hashlib.sha256))[:_MARK]
