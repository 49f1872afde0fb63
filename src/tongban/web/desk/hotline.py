"""12345 at the desk: who takes calls types while they listen, sees whose it is, and sends it; the list and the map."""

from dataclasses import dataclass
from functools import partial
from typing import Any

from litestar import Response, get, post

from tongban.assist.model import Abstain
from tongban.assist.routing.duties import categories
from tongban.assist.routing.urgency import Level, judge
from tongban.base.errors import Problem, Refused
from tongban.base.i18n import Text
from tongban.base.ids import uuid7
from tongban.cases.views import CaseView
from tongban.org import Actor, Role
from tongban.voice.hotline.model import URGENCY, Row
from tongban.web.bodies import body_name
from tongban.web.desk.intake import clerk
from tongban.web.desk.staff import desk, official
from tongban.web.forms import Form, refused
from tongban.web.html import go, page
from tongban.web.limits import Limited
from tongban.web.portal.hotline import asked_of, choices
from tongban.web.site import Site
from tongban.web.visitor import Visitor
from tongban.web.words import both

ROWS, DAYS, HITS = 50, 90, 6


@dataclass(frozen=True, slots=True)
class Option:
    """A body that a machine proposes, with the kind of matter and how sure it is."""

    body: str
    name: Text
    category: Text
    duty: Text
    law: str
    likely: int


@get("/desk/hotline")
async def listed(
    site: Site, visitor: Visitor, closed: str = "", after: str | None = None, answered: int = 0, left: int = 0
) -> Response[str]:
    """Requests by number, the latest first, and where they come from. Nothing that anybody said. `answered` and `left`:
    how many of those put together have just been answered at once, and how many could not be."""
    actor = official(visitor)
    found = await site.voice.hotline.listed(actor, after, open_only=not closed, limit=ROWS)
    regions = site.voice.ratings.regions(actor)
    rates = await site.voice.hotline.rates(regions, DAYS, "region")
    return page(
        site,
        visitor,
        "desk/hotline.html",
        desk=desk(site, actor, "hotline"),
        rows=found.items,
        more=f"/desk/hotline?after={found.next}{'&closed=1' if closed else ''}" if found.next else "",
        answered=answered,
        left=left,
        closed=closed,
        tiles=[(site.directory.region_name(one.of), one) for one in rates],
        bodies=await site.voice.hotline.rates(regions, DAYS) if Role.INTAKE in actor.roles else (),
        urgency=URGENCY,
        kinds={value: name for value, name, _ in choices(site, "kind", visitor.lang)},
        state=partial(_state, site),
        name=partial(body_name, site),
    )


def _state(site: Site, row: Row) -> Text:
    procedure = site.catalogue.procedure("hotline-request", None)
    found = procedure.states.get(row.state)
    return found.name if found else Text(row.state, row.state)


@get("/desk/hotline/new")
async def new(site: Site, visitor: Visitor) -> Response[str]:
    """What is open while somebody speaks: one page, every key within reach."""
    return _new(site, visitor, clerk(visitor), Form(), ())


@post("/desk/hotline/new")
async def take(site: Site, visitor: Visitor, form: Form) -> Response[Any]:
    """Take it in, and on to sending it; or look something up first and come back to the same words."""
    actor = clerk(visitor)
    match form.text("do"):
        case "services":
            found = site.catalogue.search(form.text("said")[:200], visitor.lang, HITS, listed=False)
            hits = [(one.service.service, both(one.service.name)) for one in found if one.service]
            return _new(site, visitor, actor, form, (), hits=hits)
        case "earlier":
            try:
                rows = await site.voice.hotline.earlier(actor, form.text("phone"), form.text("purpose"))
            except Refused as error:
                return _new(site, visitor, actor, form, refused(error))
            return _new(site, visitor, actor, form, (), earlier=rows)
        case _:
            region = site.directory.body(actor.body).region
            try:
                case, code = await site.voice.hotline.ask(actor, asked_of(form), region, form.text("key"))
            except Refused as error:
                return _new(site, visitor, actor, form, refused(error))
            return go(f"/desk/hotline/{case}?code={code}")


def _new(
    site: Site,
    visitor: Visitor,
    actor: Actor,
    form: Form,
    problems: list[Problem] | tuple[()],
    *,
    hits: list[tuple[str, Text]] | None = None,
    earlier: list[Row] | None = None,
) -> Response[str]:
    said = form.text("said")
    return page(
        site,
        visitor,
        "desk/hotline_new.html",
        status=422 if problems else 200,
        desk=desk(site, actor, "hotline"),
        form=form,
        kinds=choices(site, "kind", visitor.lang),
        urgencies=choices(site, "urgency", visitor.lang),
        urgent=judge(said) if said else None,
        hits=hits,
        earlier=earlier,
        state=partial(_state, site),
        name=partial(body_name, site),
        key=form.text("key") or str(uuid7()),
        problems=problems,
    )


@get("/desk/hotline/{case:str}")
async def sending(site: Site, visitor: Visitor, case: str, code: str = "") -> Response[str]:
    """Whose it is: what a machine proposes and why, what is alike, and the choice that a person makes."""
    actor = clerk(visitor)
    return await _sending(site, visitor, actor, await site.cases.view(actor, case), (), code)


@post("/desk/hotline/{case:str}")
async def send(site: Site, visitor: Visitor, case: str, form: Form) -> Response[Any]:
    """Send it to the body that was chosen."""
    actor = clerk(visitor)
    view = await site.cases.view(actor, case)
    body = form.text("body") or form.text("other")
    try:
        await site.voice.hotline.dispatch(
            actor, view, body, form.text("reasons"), form.text("urgency"), form.text("kind"), form.text("key")
        )
        if call := form.text("call"):
            followed = bool(form.text("body")) and body == form.text("first")
            why = "" if followed else "另选了机关 · another body was chosen"
            await site.assist.gate.settle(call, actor, "accepted" if followed else "declined", why)
    except Refused as error:
        return await _sending(site, visitor, actor, view, refused(error), "")
    return go(f"/desk/cases/{case}")


@post("/desk/hotline/{case:str}/together")
async def together(site: Site, visitor: Visitor, case: str, form: Form) -> Response[Any]:
    """人工合并, or apart again."""
    actor = clerk(visitor)
    view = await site.cases.view(actor, case)
    try:
        await site.voice.hotline.put_together(actor, case, form.text("other").upper(), apart=form.text("do") == "apart")
    except Refused as error:
        return await _sending(site, visitor, actor, view, refused(error), "")
    return go(f"/desk/hotline/{case}")


@post("/desk/hotline/{case:str}/reply-all")
async def reply_all(site: Site, visitor: Visitor, case: str, form: Form) -> Response[Any]:
    """One answer to everybody who asked about the same thing, each in their own case. Raises Refused as `Cases.act`."""
    actor = official(visitor)
    answered, left = await site.voice.hotline.reply_all(actor, case, form.text("reply"), form.text("key"))
    return go(f"/desk/hotline?answered={answered}&left={left}" if left else f"/desk/cases/{case}?said=reply")


async def _sending(
    site: Site, visitor: Visitor, actor: Actor, view: CaseView, problems: list[Problem] | tuple[()], code: str
) -> Response[str]:
    said, region = str(view.state.facts.get("said") or ""), view.opening.region
    can = {one.act: one for one in view.possible}
    act = next((can[name] for name in ("dispatch", "redispatch") if name in can), None)
    options: list[Option] = []
    call, held = "", Text("", "")
    if act:
        await site.limits.spend(Limited.SEARCH, visitor.who)
        look = await site.assist.routing.look(actor, said, by_people=view.state.people_only)
        if isinstance(look.found, Abstain):
            held = look.found.why
        else:
            call = look.found.id
            options = [_option(site, one.category, one.body, one.confidence) for one in look.found.value if one.body]
    twins = await site.voice.hotline.twins(actor, region, view.case, said)
    bodies = act.spec.says["body"].choices if act and act.spec else ()
    return page(
        site,
        visitor,
        "desk/hotline_case.html",
        status=422 if problems else 200,
        desk=desk(site, actor, "hotline"),
        view=view,
        said=said,
        place=str(view.state.facts.get("place") or ""),
        act=act,
        options=options,
        held=held,
        call=call,
        first=options[0].body if options else "",
        bodies=[("", [(one, name[visitor.lang]) for one, name in bodies])],
        kinds=choices(site, "kind", visitor.lang),
        urgencies=choices(site, "urgency", visitor.lang),
        urgent=judge(said),
        usual=Level.USUAL,
        twins=[(twin, body_name(site, twin.body)) for twin in twins],
        mates=await site.voice.hotline.together(view.case),
        caller=view.opening.applicant.name,
        code=code,
        key=str(uuid7()),
        service=both(view.definition.service.name),
        problems=problems,
    )


def _option(site: Site, category: str, body: str, confidence: float) -> Option:
    known = categories()[category]
    return Option(body, body_name(site, body), known.name, known.duty, known.law, round(confidence * 100))


ROUTES = [listed, new, take, sending, send, together, reply_all]
