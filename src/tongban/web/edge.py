"""The outermost ring: one line in the log for each request, and headers that every answer of the API carries.

A line says the route's pattern, never the address; so nothing that somebody put into an address or a body is in it.
"""

from collections.abc import Mapping
from time import perf_counter
from typing import Any

from litestar.types import ASGIApp, Message, Receive, Scope, Send

from tongban.base.telemetry import request_id
from tongban.web.api.caller import Gate
from tongban.web.site import Site

_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class Edge:
    """An ASGI application around another, which must leave `visit` and may leave `quota` in the state.

    It says which site the request is for (`web.site.site_of`), so that the application within belongs to none.
    """

    def __init__(self, app: ASGIApp, site: Site) -> None:
        self._app = app
        self._log = site.log
        self._here = {"site": site, "gate": Gate(site)}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun, status = perf_counter(), 0
        state: dict[str, Any] = scope["state"]
        state |= self._here

        async def counted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                quota: Mapping[str, str] | None = state.get("quota")
                if quota:
                    lines = [(name.encode(), value.encode()) for name, value in quota.items()]
                    message["headers"] = [*message["headers"], *lines]
            await send(message)

        with request_id(state["visit"].request_id):
            try:
                await self._app(scope, receive, counted)
            finally:
                route: Any = scope.get("path_template") or "unmatched"
                self._log.event(
                    "request",
                    method=scope["method"] if scope["method"] in _METHODS else "other",
                    route=route,
                    status=status,
                    ms=round((perf_counter() - begun) * 1000, 1),
                )
