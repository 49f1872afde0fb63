"""/desk/duty: what a body begins of its own duty, without anybody applying (依职权): an emergency, an inspection.

Which services these are is data: those for bodies alone whose procedure lets an examiner or a decider begin. The form
is the service's own questions and what its first act has to say.
"""

import secrets
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec
from litestar import Request, Response, get, post

from tongban.base.errors import Problem, Refused, refuse
from tongban.base.i18n import Text, words
from tongban.base.page import Page
from tongban.cases import Applicant
from tongban.cases.duties import COUNTED, under_way
from tongban.cases.model import START
from tongban.catalog import Question
from tongban.catalog.model import Service
from tongban.catalog.procedure import Act, Who
from tongban.org import Actor
from tongban.oversight import draws
from tongban.web.desk.acts import Said, Tick
from tongban.web.desk.staff import desk, official
from tongban.web.forms import Form, refused
from tongban.web.html import go, page
from tongban.web.portal.application import blank, sent
from tongban.web.site import Site
from tongban.web.visitor import Visitor

_BEGIN = frozenset({Who.EXAMINE, Who.DECIDE})
_SHOWN = 20


@get("/desk/duty")
async def duty(site: Site, visitor: Visitor, after: str | None = None, before: str | None = None) -> Response[str]:
    """What can be begun, what one's body has under way, and the draws."""
    actor = official(visitor)
    services = tuple(_services(site, actor))
    slugs = [service.service for service in services]
    found = await under_way(site.cases.engine, actor, slugs, after, _SHOWN)
    may_draw = _draws(site, actor) is not None
    drawn = await draws.latest(site.db, [actor.body], before, _SHOWN) if may_draw else Page((), None)
    return page(
        site,
        visitor,
        "desk/duty.html",
        desk=desk(site, actor, "duty"),
        services=services,
        rows=found.items,
        following=found.next,
        names={service.service: service.name for service in services},
        draws=drawn.items,
        older=drawn.next,
        may_draw=may_draw,
    )


@get("/desk/duty/{slug:str}")
async def form(site: Site, visitor: Visitor, slug: str, request: Request[Any, Any, Any]) -> Response[str]:
    """The form; what the address names is filled in."""
    actor = official(visitor)
    service = _service(site, actor, slug)
    given = {name: value[:200] for name, value in request.query_params.items() if name in service.facts}
    return await _form(site, visitor, actor, service, Form({name: [value] for name, value in given.items()}))


@post("/desk/duty/{slug:str}")
async def begin(site: Site, visitor: Visitor, slug: str, form: Form) -> Response[Any]:
    """Open it. A business that is named is the one whose case it is; otherwise it is the body's own."""
    actor = official(visitor)
    service = _service(site, actor, slug)
    try:
        facts = dict(_answers(service, form))
        _all_answered(service, facts)
        view = await site.cases.submit(
            actor,
            slug,
            facts,
            region=site.directory.body(actor.body).region,
            key=form.text("key"),
            says=dict(_says(_opens(site, service), form)),
            applicant=_whose(site, actor, facts),
            owed_by=actor.body,
        )
    except Refused as error:
        said = _opens(site, service).says
        placed = [
            msgspec.structs.replace(one, place=f"say.{one.place}") if one.place in said else one
            for one in refused(error)
        ]
        return await _form(site, visitor, actor, service, form, tuple(placed))
    return go(f"/desk/cases/{view.case}")


@post("/desk/duty/draws")
async def announce(site: Site, visitor: Visitor, form: Form) -> Response[Any]:
    """Announce a draw; the next leaf of the public log decides it."""
    actor = official(visitor)
    service = _drawing(site, actor)
    region = site.directory.body(actor.body).region
    inspectors = draws.eligible(site.directory, actor.body, service, site.today)
    joining = draws.joining(site.directory, actor.body, service, site.today)
    wanted = form.number("wanted") or 0
    await draws.announce(site.db, site.public_log, actor, region, service, wanted, inspectors, joining, site.clock())
    return go("/desk/duty#draws")


@post("/desk/duty/draws/{draw:str}")
async def make(site: Site, visitor: Visitor, draw: str) -> Response[Any]:
    """Make an announced draw."""
    actor = official(visitor)
    _drawing(site, actor)
    await draws.draw(site.db, site.public_log, actor, draw, site.clock())
    return go("/desk/duty#draws")


def _services(site: Site, actor: Actor) -> Iterator[Service]:
    """The services that this official can begin for their own body."""
    body = site.directory.body(actor.body)
    for service in site.catalogue.of_duty(region=body.region):
        may_begin = {who.value for who in _opens(site, service).who} & {role.value for role in _BEGIN} & actor.roles
        if service.authority.body == body.kind and may_begin:
            yield service


def _service(site: Site, actor: Actor, slug: str) -> Service:
    found = next((one for one in _services(site, actor) if one.service == slug), None)
    if found is None:
        raise refuse(
            "unknown-service",
            "您的机关没有这一项，或者您的岗位不能启动。",
            "Your body has no such matter, or your post cannot begin it.",
            status=404,
        )
    return found


def _draws(site: Site, actor: Actor) -> Service | None:
    return next((one for one in _services(site, actor) if one.procedure == "inspection"), None)


def _drawing(site: Site, actor: Actor) -> Service:
    found = _draws(site, actor)
    if found is None:
        raise refuse("unknown-service", "您的机关没有检查的事项。", "Your body has no inspections.", status=404)
    return found


def _opens(site: Site, service: Service) -> Act:
    acts = site.catalogue.procedure(service.procedure).acts
    return next(act for act in acts.values() if START in act.from_)


def _questions(service: Service) -> Mapping[str, Question]:
    known = COUNTED if service.procedure == "inspection" else frozenset[str]()
    return {name: Question(name, fact) for name, fact in service.facts.items() if not fact.derive and name not in known}


def _answers(service: Service, form: Form) -> Iterator[tuple[str, str]]:
    """What was typed for each fact, in the shape `cases` reads; what was left empty is left out."""
    for name, question in _questions(service).items():
        typed = sent(question, form)
        said = typed if isinstance(typed, str) else "-".join(typed) if any(typed) else ""
        if said:
            yield name, said


def _all_answered(service: Service, facts: Mapping[str, str]) -> None:
    """Raises Refused (`field-missing`, 422) with every question that is open: nobody can be asked later."""
    open_ = [name for name, question in _questions(service).items() if question.fact.required and name not in facts]
    if open_:
        says = Text("这一项要填。", "Please answer this.")
        raise Refused(*(Problem("field-missing", says, name) for name in open_), status=422)


def _says(opens: Act, form: Form) -> Iterator[tuple[str, str]]:
    """The same for what the first act has to say."""
    for name, field in opens.says.items():
        boxes = form.boxes(f"say.{name}") if field.type == "date" else []
        if said := "-".join(boxes) if any(boxes) else form.text(f"say.{name}"):
            yield name, said


def _said(opens: Act, form: Form) -> Iterator[Said]:
    for name, field in opens.says.items():
        key = f"say.{name}"
        given = form.text(key)
        ticks = tuple(Tick(value, words, None, value == given) for value, words in field.choices)
        yield Said(key, name, field, form.boxes(key) if field.type == "date" else given, ticks)


def _whose(site: Site, actor: Actor, facts: Mapping[str, str]) -> Applicant:
    own = site.directory.body(actor.body)
    if code := facts.get("uscc", "").upper():
        return Applicant(code, facts.get("business_name", ""), code)
    return Applicant(own.id, own.name.zh, own.uscc, "body")


async def _form(
    site: Site, visitor: Visitor, actor: Actor, service: Service, form: Form, problems: tuple[Problem, ...] = ()
) -> Response[str]:
    opens = _opens(site, service)
    questions = [
        (
            question,
            sent(question, form) if name in form.values or f"{name}.year" in form.values else blank(question.fact),
        )
        for name, question in _questions(service).items()
    ]
    return page(
        site,
        visitor,
        "desk/duty_form.html",
        status=422 if problems else 200,
        desk=desk(site, actor, "duty"),
        service=service,
        title=words(service.name, visitor.lang),
        questions=questions,
        says=tuple(_said(opens, form)),
        regions=(),
        drafts={},
        opens=opens,
        problems=problems,
        key=secrets.token_urlsafe(12),
    )


ROUTES = [duty, form, announce, make, begin]
