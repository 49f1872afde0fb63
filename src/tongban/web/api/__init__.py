"""The REST API: the same acts as the pages, for programs. `/api/v1`, described at `/api/openapi.json`."""

from typing import Any

from litestar import Request, Response, Router
from litestar.di import Provide
from litestar.exceptions import ValidationException

from tongban.web.api import (
    accesses,
    cases,
    certificates,
    describe,
    documents,
    drafts,
    look_ups,
    machine,
    register,
    services,
    web_view,
)
from tongban.web.api.caller import Caller, caller_of, enter
from tongban.web.api.parameters import wrong
from tongban.web.problems import Problems

HANDLERS = [
    *services.ROUTES,
    *drafts.ROUTES,
    *documents.ROUTES,
    *look_ups.ROUTES,
    *cases.ROUTES,
    *machine.ROUTES,
    *certificates.ROUTES,
    *accesses.ROUTES,
    *register.ROUTES,
    *web_view.ROUTES,
]


def routes() -> list[Router]:
    """Every route under `/api`."""
    problems = Problems()

    def misfit(request: Request[Any, Any, Any], exc: ValidationException) -> Response[Any]:
        return problems.refused(request, wrong(request, exc))

    versioned = Router(
        "/api/v1",
        route_handlers=HANDLERS,
        dependencies={"caller": Provide(caller_of, sync_to_thread=False)},
        before_request=enter,
        exception_handlers={ValidationException: misfit},
    )
    return [versioned, Router("/api", route_handlers=describe.ROUTES)]


__all__ = ["HANDLERS", "Caller", "routes"]
