"""/console/supervision: supervising posts open a supervision of work (办件督办) and follow those they opened.

A case of the service `work-supervision`: the body answers at its own desk, whoever opened it verifies, and a good-faith
error can be tolerated on three conditions (浙江最多跑一次规定 43 to 46).
"""

import secrets
from typing import Annotated, Any

from litestar import Response, get, post
from litestar.params import QueryParameter

from tongban.base.errors import Problem, Refused, refuse
from tongban.cases import Applicant
from tongban.org import Actor, visible
from tongban.oversight.abuse import BY_ID
from tongban.oversight.watching.store import findings
from tongban.web.bodies import body_name
from tongban.web.console.clock_abuse import of_service, sentence, unknown
from tongban.web.console.machines import supervisor
from tongban.web.desk.lists import service_names
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


ABOUT = ("about", "of_service", "index", "finding")
"""Facts that say in a settled form what the order is about; the person who opens it need not write them."""


@get("/console/supervision/new")
async def form(
    site: Site,
    visitor: Visitor,
    case: str = "",
    body_: Annotated[str, QueryParameter(name="body")] = "",
    service: str = "",
    finding: str = "",
    interface: str = "",
) -> Response[str]:
    """The form, filled in with what it is about: a case, a service of a body, a data interface of it, or a finding of
    the clock indices.

    It is the page on which one confirms: what was opened is not taken back.
    """
    actor = supervisor(visitor)
    if known := site.sharing.directory.now.resources.get(interface):
        said = {"body": known.owner.id, "matter": f"{known.name.zh}：数据接口没有答复", "about": "interface"}
        return _form(site, visitor, actor, Form(_fields(said)))
    return _form(site, visitor, actor, Form(await _about(site, actor, case, body_, service, finding)))


async def _about(site: Site, actor: Actor, case: str, body: str, service: str, finding: str) -> dict[str, list[str]]:
    """What the fields are filled in with."""
    if finding:
        found = await findings.finding(site.db, visible(site.directory, actor).bodies, finding)
        if found is None or found.index not in BY_ID:
            raise unknown()
        name, why = BY_ID[found.index].name, sentence(found)
        values = {"body": found.body, "matter": f"{name.zh}（{of_service(site, found).zh}）", "reasons": why.zh}
        return _fields(
            {**values, "about": "finding", "index": found.index, "finding": found.id, "of_service": found.service}
        )
    if service:
        name = service_names(site)(service)
        matter = f"{name.zh}：有办件超过承诺期限没有办结"
        return _fields({"body": body, "matter": matter, "about": "service", "of_service": service})
    return _fields({"body": body, "matter": case, "about": "case" if case else ""})


def _fields(values: dict[str, str]) -> dict[str, list[str]]:
    return {name: [value] for name, value in values.items()}


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
            {"matter": form.text("matter").strip(), **_settled(site, form)},
            region=answers.region,
            key=form.text("key"),
            says={"reasons": form.text("reasons").strip()},
            applicant=Applicant(own.id, own.name.zh, own.uscc, "body"),
            owed_by=answers.id,
        )
    except Refused as error:
        return _form(site, visitor, actor, form, tuple(refused(error)), status=error.status)
    return go(f"/desk/cases/{view.case}")


def _settled(site: Site, form: Form) -> dict[str, str]:
    """What the version in force knows of it, where something was said."""
    known = site.catalogue.service(SERVICE).facts
    return {name: said for name in ABOUT if name in known and (said := form.text(name).strip())}


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
        about=ABOUT,
        key=secrets.token_urlsafe(12),
        problems=problems,
    )


ROUTES = [supervision, form, open_it]
