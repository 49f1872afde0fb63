"""/console/supervision: supervising posts open a supervision of work (办件督办) and follow those they opened.

A case of the service `work-supervision`: the body answers at its own desk, whoever opened it verifies, and a good-faith
error can be tolerated on three conditions (浙江最多跑一次规定 43 to 46).
"""

import secrets
from typing import Any

from litestar import Response, get, post

from tongban.base.errors import Problem, Refused, refuse
from tongban.cases import Applicant
from tongban.org import Actor, visible
from tongban.web.bodies import body_name
from tongban.web.console.machines import supervisor
from tongban.web.desk.staff import desk
from tongban.web.forms import Form, refused
from tongban.web.html import go, page
from tongban.web.site import Site
from tongban.web.visitor import Visitor

SERVICE = "work-supervision"


@get("/console/supervision")
async def supervision(site: Site, visitor: Visitor, after: str = "") -> Response[str]:
    """Those of one's own body, newest first."""
    actor = supervisor(visitor)
    asked = await site.cases.asked(actor, SERVICE, after=after or None, limit=50)
    return page(
        site,
        visitor,
        "console/supervision.html",
        desk=desk(site, actor, "supervision"),
        rows=[(row, body_name(site, row.body)) for row in asked.items],
        following=asked.next,
    )


@get("/console/supervision/new")
async def form(site: Site, visitor: Visitor, case: str = "") -> Response[str]:
    """The form; `case` fills in what it is about."""
    return _form(site, visitor, supervisor(visitor), Form({"matter": [case]}))


@post("/console/supervision/new")
async def open_it(site: Site, visitor: Visitor, form: Form) -> Response[Any]:
    """Open it. The body has ten working days to explain and put right."""
    actor = supervisor(visitor)
    own = site.directory.body(actor.body)
    try:
        if form.text("body") not in visible(site.directory, actor).bodies:
            raise refuse(
                "unknown-body", "请选一个您监督的机关。", "Choose a body that you supervise.", place="body", status=422
            )
        if form.text("body") == own.id:
            raise refuse(
                "own-body",
                "自己的机关由上级监督单位督办。",
                "Your own body is supervised by the one above.",
                place="body",
                status=422,
            )
        answers = site.directory.body(form.text("body"))
        view = await site.cases.submit(
            actor,
            SERVICE,
            {"matter": form.text("matter").strip()},
            region=answers.region,
            key=form.text("key"),
            says={"reasons": form.text("reasons").strip()},
            applicant=Applicant(own.id, own.name.zh, own.uscc, "body"),
            owed_by=answers.id,
        )
    except Refused as error:
        return _form(site, visitor, actor, form, tuple(refused(error)), status=error.status)
    return go(f"/desk/cases/{view.case}")


def _form(
    site: Site,
    visitor: Visitor,
    actor: Actor,
    form: Form,
    problems: tuple[Problem, ...] = (),
    *,
    status: int = 200,
) -> Response[str]:
    bodies = [site.directory.body(one) for one in visible(site.directory, actor).bodies if one != actor.body]
    return page(
        site,
        visitor,
        "console/supervision_form.html",
        status=status,
        desk=desk(site, actor, "supervision"),
        bodies=[(one.id, one.name[visitor.lang]) for one in bodies],
        form=form,
        key=secrets.token_urlsafe(12),
        problems=problems,
    )


ROUTES = [supervision, form, open_it]
