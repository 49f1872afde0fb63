"""诉求分办: a clerk types what somebody said, sees where it may belong and why, and sends it; officials pass it on.

The page works the same with routing switched off: then the clerk chooses from the table of duties without suggestions.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from litestar import Response, get, post

from tongban.assist.model import Abstain, Evidence
from tongban.assist.routing.desk import USE
from tongban.assist.routing.duties import categories
from tongban.assist.routing.records import Choice, Look, Machine, Request
from tongban.assist.routing.urgency import LEVELS, Level, rules
from tongban.base.errors import Refused, refuse
from tongban.base.i18n import Text
from tongban.org import Actor
from tongban.web.bodies import body_name
from tongban.web.desk.staff import desk, official
from tongban.web.forms import Form, refused
from tongban.web.html import go, page
from tongban.web.limits import Limited
from tongban.web.site import Site
from tongban.web.visitor import Visitor

ROWS = 50
TONES: dict[Level, str] = {Level.NOW: "seal", Level.TODAY: "warn", Level.SOON: "warn", Level.USUAL: "mute"}
_NOWHERE = Text("本地没有这个机关", "There is no such body here")


@dataclass(frozen=True, slots=True)
class Line:
    """One request in the list."""

    id: str
    said: str
    category: Text
    body: Text
    urgency: Text
    tone: str
    at: datetime
    passed_on: bool
    automatic: bool
    open_check: bool


@dataclass(frozen=True, slots=True)
class Option:
    """One of the suggested kinds, with the body whose duty it is."""

    category: str
    name: Text
    body: Text
    duty: Text
    law: str
    likely: Text


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of what was said; `marked` where it spoke for the first suggestion or for the urgency."""

    text: str
    marked: bool


@get("/desk/requests")
async def listed(site: Site, visitor: Visitor, after: str | None = None) -> Response[str]:
    """What this official's body took or was sent, the newest first; at a counter, the box to write in."""
    return await _list(site, visitor, official(visitor), "", (), after)


@post("/desk/requests/look")
async def look(site: Site, visitor: Visitor, form: Form) -> Response[Any]:
    """Where it may belong; or where the platform has sent it by itself, if it may."""
    actor = official(visitor)
    await site.limits.spend(Limited.SEARCH, visitor.who)
    try:
        found = await site.assist.routing.note(actor, form.text("said"), by_people=bool(form.text("by-people")))
    except Refused as error:
        return await _list(site, visitor, actor, form.text("said"), refused(error), None)
    if isinstance(found, Request):
        return go(f"/desk/requests/{found.id}")
    return _shown(site, visitor, actor, found)


@post("/desk/requests")
async def send(site: Site, visitor: Visitor, form: Form) -> Response[Any]:
    """Sent where the clerk chose."""
    actor = official(visitor)
    category = form.text("category") or form.text("other")
    try:
        request = await site.assist.routing.send(
            actor, form.text("said"), category, form.text("body"), form.text("call")
        )
    except Refused as error:
        return await _list(site, visitor, actor, form.text("said"), refused(error), None)
    return go(f"/desk/requests/{request.id}")


@get("/desk/requests/hot-spots")
async def hot_spots(site: Site, visitor: Visitor) -> Response[str]:
    """Many about one thing."""
    return await _spots(site, visitor, official(visitor), ())


@post("/desk/requests/hot-spots")
async def pair(site: Site, visitor: Visitor, form: Form) -> Response[Any]:
    """人工合并、拆分."""
    actor = official(visitor)
    kind = "apart" if form.text("do") == "apart" else "together"
    chosen = form.all("request")
    try:
        if len(chosen) != 2:
            raise refuse("choose-two", "请勾选两条", "Tick two requests", place="request")
        await site.assist.routing.pair(actor, kind, chosen[0], chosen[1], form.text("why"))
    except Refused as error:
        return await _spots(site, visitor, actor, refused(error))
    return go("/desk/requests/hot-spots")


@get("/desk/requests/{number:str}")
async def show(site: Site, visitor: Visitor, number: str) -> Response[str]:
    """One request and where it has been."""
    actor = official(visitor)
    return _one(site, visitor, actor, await site.assist.routing.one(actor, number), ())


@post("/desk/requests/{number:str}/pass-on")
async def pass_on(site: Site, visitor: Visitor, number: str, form: Form) -> Response[Any]:
    """改派."""
    actor = official(visitor)
    found = await site.assist.routing.one(actor, number)
    try:
        await site.assist.routing.pass_on(actor, number, form.text("other"), form.text("body"), form.text("why"))
    except Refused as error:
        return _one(site, visitor, actor, found, refused(error))
    return go(f"/desk/requests/{number}")


@post("/desk/requests/{number:str}/check")
async def check(site: Site, visitor: Visitor, number: str) -> Response[Any]:
    """核对."""
    actor = official(visitor)
    await site.assist.routing.check(actor, number)
    return go(f"/desk/requests/{number}")


async def _list(
    site: Site, visitor: Visitor, actor: Actor, said: str, problems: Any, after: str | None
) -> Response[str]:
    found = await site.assist.routing.page(actor, after, ROWS)
    return page(
        site,
        visitor,
        "desk/requests.html",
        status=422 if problems else 200,
        desk=desk(site, actor, "requests"),
        said=said,
        problems=problems,
        lines=[_line(site, one) for one in found.items],
        more=f"/desk/requests?after={found.next}" if found.next else "",
    )


def _shown(site: Site, visitor: Visitor, actor: Actor, found: Look) -> Response[str]:
    said = found.found
    reasons, choices = ((), ()) if isinstance(said, Abstain) else (said.evidence, said.value)
    return page(
        site,
        visitor,
        "desk/request_look.html",
        desk=desk(site, actor, "requests"),
        look=found,
        tone=TONES[found.urgency.level],
        pieces=_pieces(found.said, (*found.urgency.evidence, *reasons)),
        words=[one.quote for one in reasons],
        held=said.why if isinstance(said, Abstain) else None,
        options=[_option(site, one) for one in choices],
        call="" if isinstance(said, Abstain) else said.id,
        above=found.above,
        upper=_upper(site, actor) if found.above else None,
        twins=[(twin, body_name(site, twin.body)) for twin in found.twins],
        kinds=_kinds(visitor),
        bodies=_bodies(site, actor, visitor),
    )


def _upper(site: Site, actor: Actor) -> Text | None:
    """The region above whose routing is reused here."""
    reuse = site.assist.reusing.file(USE, site.directory.body(actor.body).region)
    return None if reuse is None else site.directory.region_name(reuse.reuse.from_)


def _one(site: Site, visitor: Visitor, actor: Actor, found: Request, problems: Any) -> Response[str]:
    rule = next((rule for rule in rules() if rule.id == found.rule), None)
    first = found.moves[-1].by_id
    return page(
        site,
        visitor,
        "desk/request.html",
        status=422 if problems else 200,
        desk=desk(site, actor, "requests"),
        problems=problems,
        request=found,
        line=_line(site, found),
        rule=rule,
        suggested=[(_category(one.label), _likely(one.confidence)) for one in found.top],
        moves=[(move, body_name(site, move.body), _category(move.category)) for move in found.moves],
        mine=actor.body in (found.body, found.office),
        machine=_machine(site, found),
        checkable=actor.body == found.body and found.to_check and first != actor.id,
        kinds=_kinds(visitor),
        bodies=_bodies(site, actor, visitor),
    )


def _machine(site: Site, found: Request) -> tuple[Machine, Text, Text] | None:
    """What sent it, with its name in the register and how sure it was; None where a clerk did."""
    machine = found.moves[0].machine
    if machine is None:
        return None
    use = site.assist.gate.register.use(machine.use)
    return machine, Text(machine.use, machine.use) if use is None else use.name, _likely(machine.confidence)


async def _spots(site: Site, visitor: Visitor, actor: Actor, problems: Any) -> Response[str]:
    spots = await site.assist.routing.hot_spots(actor)
    return page(
        site,
        visitor,
        "desk/hot_spots.html",
        status=422 if problems else 200,
        desk=desk(site, actor, "requests"),
        problems=problems,
        spots=[(spot.words, [_line(site, one) for one in spot.requests]) for spot in spots],
    )


def _line(site: Site, found: Request) -> Line:
    return Line(
        id=found.id,
        said=found.said,
        category=_category(found.category),
        body=body_name(site, found.body),
        urgency=LEVELS[found.urgency],
        tone=TONES[found.urgency],
        at=found.at,
        passed_on=found.passed_on,
        automatic=found.moves[0].machine is not None,
        open_check=found.to_check,
    )


def _option(site: Site, choice: Choice) -> Option:
    known = categories()[choice.category]
    body = body_name(site, choice.body) if choice.body else _NOWHERE
    return Option(choice.category, known.name, body, known.duty, known.law, _likely(choice.confidence))


def _likely(chance: float) -> Text:
    """In per cent, and never all or nothing: a model is never certain."""
    percent = round(chance * 100)
    said = "<1" if percent < 1 else ">99" if percent > 99 else str(percent)
    return Text(f"{said}%", f"{said} %")


def _category(slug: str) -> Text:
    known = categories().get(slug)
    return Text(slug, slug) if known is None else known.name


def _kinds(visitor: Visitor) -> list[tuple[str, list[tuple[str, str]]]]:
    """The table of duties as a list to choose from."""
    return [("", [(slug, one.name[visitor.lang]) for slug, one in categories().items()])]


def _bodies(site: Site, actor: Actor, visitor: Visitor) -> list[tuple[str, list[tuple[str, str]]]]:
    region = site.directory.body(actor.body).region
    found = [body for body in site.directory.bodies_in([region]) if body.region == region]
    return [("", [(body.id, body.name[visitor.lang]) for body in found])]


def _pieces(text: str, evidence: tuple[Evidence, ...]) -> list[Piece]:
    marked = [False] * len(text)
    for one in evidence:
        for at in range(max(one.start, 0), min(one.start + len(one.quote), len(text))):
            marked[at] = True
    found: list[Piece] = []
    start = 0
    for at in range(1, len(text) + 1):
        if at == len(text) or marked[at] != marked[start]:
            found.append(Piece(text[start:at], marked[start]))
            start = at
    return found


ROUTES = [listed, look, send, hot_spots, pair, show, pass_on, check]
