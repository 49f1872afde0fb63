"""Forms that only our own pages can send.

The token is a keyed hash of the session (before logging in: of this browser's `visit` cookie), so a token of one
session is worth nothing in another, and log-in itself is covered. It is masked anew on every page, so that
compressing a page does not leak it (the BREACH attack).
"""

import base64
import hashlib
import hmac
import secrets

from tongban.base.errors import refuse

FIELD = "csrf"
HEADER = "x-csrf-token"
SIZE = 32


def token(secret: bytes, bound_to: str) -> str:
    """A fresh masked token for what it is bound to: the session's token, or the visit."""
    mask = secrets.token_bytes(SIZE)
    return base64.urlsafe_b64encode(mask + _xor(mask, _mark(secret, bound_to))).decode()


def check(secret: bytes, bound_to: str, given: str) -> None:
    """Raises Refused (403 `stale-form`) unless `given` is a token for `bound_to`."""
    try:
        raw = base64.urlsafe_b64decode(given.encode("ascii"))
    except (ValueError, UnicodeEncodeError):
        raw = b""
    fine = len(raw) == 2 * SIZE and bool(bound_to)
    if not fine or not hmac.compare_digest(_xor(raw[:SIZE], raw[SIZE:]), _mark(secret, bound_to)):
        raise refuse(
            "stale-form",
            "这一页放得太久了，或者不是从本站打开的，刚才这一步没有执行。请返回，刷新后再做一次",
            "This page is too old or did not come from this site, so nothing was done. Go back, reload and try again",
            status=403,
        )


def _mark(secret: bytes, bound_to: str) -> bytes:
    return hmac.digest(secret, bound_to.encode(), hashlib.sha256)


def _xor(left: bytes, right: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(left, right, strict=True))
