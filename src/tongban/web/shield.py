"""What stands before every page: host check, origin check, request number, static files, security headers.

It wraps the whole framework, so a page that was not found carries the same headers as one that was. None of it
trusts a header of the client except to refuse.
"""

import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

from litestar.types import ASGIApp, Message, Receive, Scope, Send

from tongban.base.errors import refuse
from tongban.web import visitor as visitors
from tongban.web.static import PREFIX, Assets

CONTENT_POLICY = (
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'"
)
HEADERS: tuple[tuple[bytes, bytes], ...] = (
    (b"content-security-policy", CONTENT_POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), microphone=(), geolocation=(), payment=()"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"x-frame-options", b"DENY"),
)
_HOST = re.compile(r"(\[[0-9a-f:]{2,45}\]|[a-z0-9.-]{1,253})(:[0-9]{1,5})?")
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


class Shield:
    """An ASGI application around the site. `hosts` are the names it answers to; `secure` says it is on HTTPS."""

    def __init__(self, app: ASGIApp, assets: Assets, hosts: Iterable[str], *, secure: bool) -> None:
        self._app = app
        self._assets = assets
        self._hosts = frozenset(hosts)
        self._secure = secure

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers: dict[bytes, bytes] = dict(scope["headers"])
        if scope["path"].startswith(PREFIX) and scope["method"] in SAFE:
            asset = self._assets.get(scope["path"])
            if asset is not None:
                packed = b"gzip" in headers.get(b"accept-encoding", b"")
                body = asset.packed if packed else asset.plain
                extra = [(b"content-encoding", b"gzip")] if packed else []
                lines = [
                    (b"content-type", asset.media_type.encode()),
                    (b"content-length", str(len(body)).encode()),
                    (b"cache-control", b"public, max-age=31536000, immutable"),
                    (b"vary", b"accept-encoding"),
                    *extra,
                    *HEADERS,
                ]
                await send({"type": "http.response.start", "status": 200, "headers": lines})
                shown = b"" if scope["method"] == "HEAD" else body
                await send({"type": "http.response.body", "body": shown, "more_body": False})
                return
        visit = visitors.read(scope, secure=self._secure)
        scope.setdefault("state", {})["visit"] = visit
        scope["state"]["refusal"] = _unreadable(scope) or self._refusal(scope["method"], headers)
        personal = bool(visit.session) or b"authorization" in headers
        await self._app(scope, receive, self._dressed(visit, send, personal=personal))

    def _refusal(self, method: str, headers: dict[bytes, bytes]) -> Exception | None:
        """Why this request is not served at all; the application turns it into a page or a problem document."""
        host = headers.get(b"host", b"").decode("latin-1").lower()
        named = _HOST.fullmatch(host)
        if named is None or named[1] not in self._hosts:
            return refuse(
                "unknown-host",
                "这个网址不是本站的，请检查地址",
                "This site does not answer to that host name; check the address",
                status=400,
            )
        if method in SAFE:
            return None
        origin = headers.get(b"origin", b"").decode("latin-1")
        foreign = bool(origin) and origin != "null" and urlsplit(origin).netloc.lower() != host
        if foreign or headers.get(b"sec-fetch-site") == b"cross-site":
            return refuse(
                "cross-site",
                "这个请求是从别的网站发来的，没有执行",
                "This request came from another site and was not carried out",
                status=403,
            )
        return None

    def _dressed(self, visit: visitors.Visitor, send: Send, *, personal: bool) -> Send:
        """The same `send`, adding our headers and the preference cookies to the first message."""

        async def dressed(message: Message) -> None:
            if message["type"] == "http.response.start":
                lines: list[Any] = list(message["headers"])
                names = {name.lower() for name, _ in lines}
                lines += [(name, value) for name, value in HEADERS if name not in names]
                lines.append((b"x-request-id", visit.request_id.encode()))
                if b"cache-control" not in names:
                    lines.append((b"cache-control", b"no-store" if personal else b"private, no-cache"))
                    lines.append((b"vary", b"cookie, accept-language, accept"))
                if self._secure:
                    lines.append((b"strict-transport-security", b"max-age=31536000"))
                lines += [
                    (b"set-cookie", visitors.cookie(name, value, secure=self._secure, max_age=visitors.YEAR))
                    for name, value in visit.changed.items()
                ]
                message["headers"] = lines
            await send(message)

        return dressed


def _unreadable(scope: Scope) -> Exception | None:
    """No identifier of ours has invisible characters in it, and no database keeps a null character."""
    if not scope["path"].isprintable():
        return refuse("not-found", "没有这个地址", "There is no such address", status=404)
    query = scope["query_string"]
    if b"%00" in query or b"\0" in query:
        return refuse(
            "wrong-character",
            "网址里有看不见的空字符，请去掉",
            "The address contains the null character; leave it out",
            place="query",
            status=400,
        )
    return None
