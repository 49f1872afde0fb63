"""Addresses that more than one package links to."""

from urllib.parse import quote

HOME = "/"


def login_address(back: str = HOME) -> str:
    """The log-in page that returns to `back` (a local path) afterwards."""
    return "/login" if back == HOME else f"/login?next={quote(back, safe='/')}"
