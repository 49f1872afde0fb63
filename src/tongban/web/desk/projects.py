"""/desk/projects: the digital projects of one's own body, and asking for the review of their funding (条例 38)."""

import secrets
from typing import Any

from litestar import Response, get, post

from tongban.base.errors import Problem, Refused, refuse
from tongban.oversight.registers.projects.funding import KINDS
from tongban.web.console.projects import reviews_of
from tongban.web.desk.staff import desk, official
from tongban.web.forms import Form, refused
from tongban.web.html import go, page
from tongban.web.site import Site
from tongban.web.visitor import Visitor

_SHOWN = 20


@get("/desk/projects")
async def projects(site: Site, visitor: Visitor, after: int = 0) -> Response[str]:
    """What the register holds of the own body, with its reviews."""
    return await _page(site, visitor, Form(), after=max(after, 0))


@post("/desk/projects")
async def ask(site: Site, visitor: Visitor, form: Form) -> Response[Any]:
    """Ask for a review; the rules open it with the file as it is now."""
    actor = official(visitor)
    region, _, project = form.text("project").partition("/")
    try:
        cost = form.number("cost") or 0
        if cost < 1:
            raise refuse("field-missing", "写要多少万元", "Say how much, in 10,000 yuan", place="cost", status=422)
        said = form.text("kind"), cost, form.text("reasons")
        case = await reviews_of(site).ask(actor, region, project, *said, form.text("key"))
    except Refused as error:
        if error.status in (403, 404):
            raise
        return await _page(site, visitor, form, refused(error), error.status)
    return go(f"/desk/cases/{case}")


async def _page(
    site: Site, visitor: Visitor, form: Form, problems: list[Problem] | None = None, status: int = 200, after: int = 0
) -> Response[str]:
    actor = official(visitor)
    entries = await reviews_of(site).own(actor)
    return page(
        site,
        visitor,
        "desk/projects.html",
        status=status,
        desk=desk(site, actor, "sharing"),
        entries=entries[after : after + _SHOWN],
        further=after + _SHOWN if len(entries) > after + _SHOWN else 0,
        kinds=KINDS,
        form=form,
        asked=form.text("project"),
        problems=problems or [],
        key=secrets.token_urlsafe(12),
    )


ROUTES = [projects, ask]
