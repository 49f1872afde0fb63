"""Addresses that more than one package links to."""

from urllib.parse import quote


def login_address(back: str = "/") -> str:
    """The log-in page that returns to `back` (a local path) afterwards."""
    return "/login" if back == "/" else f"/login?next={quote(back, safe='/')}"
