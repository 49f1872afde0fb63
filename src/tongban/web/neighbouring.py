"""POST /x1/…: messages of other installations of the platform, proved by their signatures and by nothing else.

They pass by pages, sessions and forms: the application of the channel judges them byte by byte and signs its answers.
"""

from __future__ import annotations

import asyncio

from litestar.types import ASGIApp, Receive, Scope, Send

from tongban.sharing.channel.provider import Application
from tongban.web.site import Site

_PREFIX = "/x1/"
_ROUTE = "/x1/{member}/{resource}/{record}"


class Neighbouring:
    """An ASGI application around the site's. Where there are no other installations it stands aside."""

    def __init__(self, app: ASGIApp, site: Site) -> None:
        self._app: ASGIApp = app
        self._site = site
        self._opening = asyncio.Lock()
        self._answers: Application | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "POST" or not scope["path"].startswith(_PREFIX):
            await self._app(scope, receive, send)
            return
        answers = await self._application()
        if answers is None:
            await self._app(scope, receive, send)
            return
        scope["path_template"] = _ROUTE
        await answers(scope, receive, send)  # type: ignore[arg-type] -- the same messages under narrower types

    async def _application(self) -> Application | None:
        elsewhere = self._site.cases.elsewhere
        if elsewhere is None or not elsewhere.between.neighbours.exist:
            return None
        async with self._opening:
            if self._answers is None:
                self._answers = await elsewhere.application(self._site.settings.data_dir, self._site.log)
        return self._answers
