"""12345 at the desk: who takes calls types while they listen, sees whose it is, and sends it; the list and the map."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.parse import urlencode

from litestar import Response, get, post

from tongban.assist.model import Abstain
from tongban.assist.routing.desk import USE
from tongban.assist.routing.duties import categories, competent
from tongban.assist.routing.urgency import Level, judge
from tongban.base.errors import Problem, Refused
from tongban.base.i18n import Lang, Text
from tongban.base.ids import uuid7
from tongban.cases.views import CaseView
from tongban.org import Actor, Role
from tongban.voice.hotline.model import URGENCY, Row
from tongban.web.bodies import body_name
from tongban.web.desk.hotline_map import area_name, areas_of, mapped
from tongban.web.desk.intake import clerk
from tongban.web.desk.staff import desk, official
from tongban.web.forms import Form, refused
from tongban.web.html import go, page
from tongban.web.limits import Limited
from tongban.web.portal.hotline import asked_of, choices
from tongban.web.site import Site
from tongban.web.visitor import Visitor
from tongban.web.words import both

ROWS, HITS = 50, 6


@dataclass(frozen=True, slots=True)
class Option:
    """A kind of matter that a machine proposes, with the body whose duty it is, and how sure it is."""

    slug: str
    name: Text
    category: Text
    duty: Text
    law: str
    likely: int


@dataclass(frozen=True, slots=True)
class Owner:
    """The service that a request names, with the body that answers for it by its file: a rule, no machine's guess."""

    service: Text
    body: str
    name: Text


@get("/desk/hotline")
async def listed(
    site: Site,
    visitor: Visitor,
    closed: str = "",
    area: str = "",
    after: str | None = None,
    answered: int = 0,
    left: int = 0,
) -> Response[str]:
    """Requests by number, the latest first, and where they come from. Nothing that anybody said. `area`: of a street or
    community alone. `answered` and `left`: how many of those put together have just been answered at once, and how many
    could not be."""
    actor = official(visitor)
    found = await site.voice.hotline.listed(actor, after, open_only=not closed, limit=ROWS, area=area[:12])
    regions = site.voice.ratings.regions(actor)
    rates = await site.voice.hotline.rates(regions, "region")
    onward = {"after": found.next or "", "closed": closed and "1", "area": area[:12]}
    return page(
        site,
        visitor,
        "desk/hotline.html",
        desk=desk(site, actor, "hotline"),
        rows=found.items,
        more=f"/desk/hotline?{urlencode({k: v for k, v in onward.items() if v})}" if found.next else "",
        answered=answered,
        left=left,
        closed=closed,
        area=area[:12],
        chosen=site.voice.hotline.places.name(area) or site.directory.region_name(area) if area else None,
        where=partial(area_name, site),
        map=await mapped(site, actor),
        earlier=await site.assist.earlier.there(actor),
        tiles=[(site.directory.region_name(one.of), one) for one in rates],
        bodies=await site.voice.hotline.rates(regions) if Role.INTAKE in actor.roles else (),
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
        areas=areas_of(site, site.directory.body(actor.body).region, visitor.lang),
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
    to = form.text("to") or form.text("other")
    known = categories().get(to)
    reasons = form.text("reasons") or (f"{known.duty.zh}（{known.law}）" if known else "")
    try:
        await site.voice.hotline.sending.dispatch(
            actor, view, to, reasons, *map(form.text, ("urgency", "kind", "key")), call=form.text("call")
        )
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
    sending = site.voice.hotline.sending
    options: list[Option] = []
    call, held, above, ready = "", Text("", ""), None, ""
    words: list[str] = []
    if act:
        await site.limits.spend(Limited.SEARCH, visitor.who)
        seen = await sending.seen(actor, view)
        found, twins, above, ready = seen.look.found, seen.twins, seen.look.above, seen.ready
        if isinstance(found, Abstain):
            held = found.why
        else:
            call, words = found.id, list(dict.fromkeys(one.quote for one in found.evidence))
            options = [_option(site, one.category, one.body, one.confidence) for one in found.value if one.body]
    else:
        twins = await sending.twins(actor, view)
    owner = _owner(site, str(view.state.facts.get("about_service") or ""), region) if act else None
    if owner and ready and competent(site.directory, region, ready) != owner.body:
        ready = ""  # the file says another body: nothing is ticked beforehand
    where = await site.voice.hotline.where(view.case)
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
        owner=owner,
        options=options,
        held=held,
        call=call,
        ready=ready,
        above=above,
        words=words,
        upper=_upper(site, region) if above else None,
        bodies=_choices(site, region, bodies, visitor.lang),
        where=where,
        where_name=area_name(site, where.area),
        areas=areas_of(site, region, visitor.lang),
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


def _owner(site: Site, about: str, region: str) -> Owner | None:
    service = site.voice.improvements.named(about) if about else None
    if service is None:
        return None
    try:
        body = site.directory.competent(service.authority.body, service.authority.level, region, service.service)
    except Refused:  # nobody here answers for it
        return None
    return Owner(both(service.name), body.id, body.name)


def _option(site: Site, category: str, body: str, confidence: float) -> Option:
    known = categories()[category]
    return Option(category, body_name(site, body), known.name, known.duty, known.law, round(confidence * 100))


def _upper(site: Site, region: str) -> Text | None:
    """The region above whose routing is reused here."""
    reuse = site.assist.reusing.file(USE, region)
    return None if reuse is None else site.directory.region_name(reuse.reuse.from_)


def _choices(
    site: Site, region: str, bodies: Sequence[tuple[str, Text]], lang: Lang
) -> list[tuple[str, list[tuple[str, str]]]]:
    """Everything that can be chosen: by what it is about, with the body whose duty that is; or the body alone."""
    duties = [
        (slug, f"{one.name[lang]} → {site.directory.body(body).name[lang]}")
        for slug, one in categories().items()
        if (body := competent(site.directory, region, slug))
    ]
    return [
        (Text("按事情选", "By what it is about")[lang], duties),
        (Text("直接选单位", "By body")[lang], [(one, name[lang]) for one, name in bodies]),
    ]


@post("/desk/hotline/{case:str}/place")
async def place(site: Site, visitor: Visitor, case: str, form: Form) -> Response[Any]:
    """Say where it is."""
    actor = clerk(visitor)
    try:
        await site.voice.hotline.place(actor, case, form.text("area"), form.text("point"))
    except Refused as error:
        if error.status != 422:
            raise
        return await _sending(site, visitor, actor, await site.cases.view(actor, case), refused(error), "")
    return go(f"/desk/hotline/{case}")


ROUTES = [listed, new, take, sending, send, place, together, reply_all]
