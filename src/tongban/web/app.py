"""The application: routes, error pages, and what happens before each of them.

The one module that builds Litestar's application. Its session, CSRF, host and rate-limit middleware is not used:
those are ours (`shield`, `csrf`, `limits`, `org.sessions`).
"""

from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import replace
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from litestar import Litestar, Request
from litestar.config.compression import CompressionConfig
from litestar.di import Provide
from litestar.types import ControllerRouterHandler

from tongban.web import api, apps, csrf, exchange, forms, health, registry, sessions, suggestion_proofs, wallets
from tongban.web.console import ROUTES as CONSOLE
from tongban.web.desk.routes import ROUTES as DESK
from tongban.web.edge import Edge
from tongban.web.kiosk import keep_to_the_draft
from tongban.web.limits import Limited
from tongban.web.neighbouring import Neighbouring
from tongban.web.open import ROUTES as OPEN
from tongban.web.portal import ROUTES as PORTAL
from tongban.web.problems import Problems
from tongban.web.shield import SAFE, Shield
from tongban.web.site import Site, site_of
from tongban.web.visitor import Visitor

FORM_BYTES = 200_000
"""No form of ours is larger; an upload's own limit stands at its route."""

LOCAL = ("localhost", "127.0.0.1", "[::1]")
"""A demonstration also answers under the names of the machine it runs on."""

AnyRequest = Request[Any, Any, Any]
Job = Callable[[Site], AbstractAsyncContextManager[None]]
"""Something that runs beside the pages from start to shutdown."""


def create(site: Site) -> Shield:
    """The whole site as one ASGI application, for who runs no jobs beside it."""
    return _site(_plain(), site)


class Framework:
    """The routes of the platform, which take a while to build and belong to no site yet.

    `serve` makes the whole site of them, once; `jobs` run while it serves, between the lifespan's start and its end.
    """

    def __init__(self, *routes: ControllerRouterHandler) -> None:
        self._jobs: list[AbstractAsyncContextManager[None]] = []
        self._routes = _framework(routes, [self._run])

    def serve(self, site: Site, jobs: Sequence[Job] = ()) -> Shield:
        """The whole site as one ASGI application."""
        self._jobs = [job(site) for job in jobs]
        return _site(self._routes, site)

    @asynccontextmanager
    async def _run(self, _: Litestar) -> AsyncGenerator[None]:
        async with AsyncExitStack() as running:
            for job in self._jobs:
                await running.enter_async_context(job)
            yield


def _site(application: Litestar, site: Site) -> Shield:
    address = urlsplit(site.settings.address)
    hosts = (
        {address.hostname or "", "localhost", "127.0.0.1", "[::1]"} if site.settings.demo else {address.hostname or ""}
    )
    return Shield(Edge(Neighbouring(application, site), site), site.pages.assets, hosts, secure=site.secure)


@cache
def _plain() -> Litestar:
    """The framework with our routes. It belongs to no site, so several in one process share it."""
    return _framework((), [])


def _framework(
    routes: Sequence[ControllerRouterHandler],
    lifespan: list[Callable[[Litestar], AbstractAsyncContextManager[None]]],
) -> Litestar:
    return Litestar(
        [
            *PORTAL,
            *DESK,
            *CONSOLE,
            *OPEN,
            *health.ROUTES,
            *exchange.ROUTES,
            *registry.ROUTES,
            *apps.ROUTES,
            *wallets.ROUTES,
            *suggestion_proofs.ROUTES,
            *api.routes(),
            *routes,
        ],
        dependencies={
            "site": Provide(site_of, sync_to_thread=False),
            "visitor": Provide(visitor_of),
            "form": Provide(form_of),
        },
        before_request=_before,
        exception_handlers=Problems().handlers(),
        compression_config=CompressionConfig(backend="gzip", minimum_size=600, gzip_compress_level=6),
        request_max_body_size=FORM_BYTES,
        lifespan=lifespan,
        openapi_config=None,
        logging_config=None,
        debug=False,
    )


async def visitor_of(request: AnyRequest) -> Visitor:
    """Who is reading, for handlers that ask for `visitor`."""
    return request.scope["state"]["visit"]


async def form_of(request: AnyRequest) -> forms.Form:
    """What was sent with a form, for handlers that ask for `form`."""
    return forms.of(request)


async def _before(request: AnyRequest) -> None:
    """What happens before every handler: refusals of the shield, the session, the count, the form and its token."""
    site = site_of(request)
    state = request.scope["state"]
    if state["refusal"] is not None:
        raise state["refusal"]
    visit: Visitor = state["visit"]
    session = await sessions.find(site, visit.session) if visit.session else None
    actor, kiosk = session.actor if session else None, sessions.kiosk_of(session)
    bound_to = visit.session or visit.visit
    visit = replace(
        visit,
        actor=actor,
        expired=bool(visit.session) and actor is None,
        csrf=csrf.token(site.secret, bound_to),
        kiosk=kiosk,
    )
    state["visit"] = visit
    if kiosk:
        keep_to_the_draft(kiosk, request.scope["path"])
    if request.method in SAFE:
        return
    if request.scope["path"].startswith("/api/"):
        # A program brings its own credential; a page of ours that calls the API brings the token of its session.
        if visit.session:
            csrf.check(site.secret, bound_to, request.headers.get(csrf.HEADER, ""))
        return
    await site.limits.spend(Limited.WRITE, visit.who)
    state["form"] = await forms.read(request)
    csrf.check(site.secret, bound_to, state["form"].text(csrf.FIELD))
