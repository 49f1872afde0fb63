"""Behind a reverse proxy the socket's address is the proxy's; who really calls stands in a header that it writes."""

from ipaddress import ip_address

from litestar.types import ASGIApp, Receive, Scope, Send


class Proxied:
    """Takes the caller's address from the last entry of `X-Forwarded-For`: the one our own proxy added.

    Entries before it are the caller's own word and are not believed. Only for installations that nothing but the proxy
    can reach (`TONGBAN_BEHIND_PROXY=true`); limits count by this address.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and (address := forwarded(dict(scope["headers"]).get(b"x-forwarded-for", b""))):
            scope["client"] = (address, 0)
        await self._app(scope, receive, send)


def forwarded(header: bytes) -> str:
    """The last address of the header; empty if there is none that is an address."""
    last = header.decode("latin-1").rpartition(",")[2].strip()
    try:
        return str(ip_address(last))
    except ValueError:
        return ""
