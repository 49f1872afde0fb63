"""Who answers an application, worked out when it is opened: the rule of the service, made one body by the register.

Four ways end here, all with one number and one clock: the body of the place where one applies; another, to which it is
handed on at once; one for which a counter elsewhere receives (异地代收代办); or a question that has to be answered
first.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

import msgspec

from tongban.base.errors import Problem, Refused, refuse
from tongban.base.i18n import LANGS, Text, words
from tongban.cases import handing, moving
from tongban.cases.beyond import beyond
from tongban.cases.model import CaseState, Custody, Office, Refusal
from tongban.cases.opening import office_of
from tongban.cases.says import Given
from tongban.catalog import Asks, Placed, place_of
from tongban.catalog.catalogue import in_force
from tongban.catalog.competence import placed as placed_by
from tongban.catalog.model import Service
from tongban.catalog.run import Run
from tongban.catalog.where import who_answers
from tongban.org import Actor, AgreementMode, Body, Competent, Directory, Grant, Matter, competent_for, may
from tongban.org.competence import Place

if TYPE_CHECKING:
    from tongban.cases.engine import Engine
    from tongban.cases.loaded import Case

_NOTHING = Text("", "")
_MOST = 200
"""Bodies a case may be handed on to that are offered by name; more are named by their id."""


class Answering(msgspec.Struct, frozen=True):
    """What an opening fixes about place. `region` is that of the number; `custody` follows at once."""

    region: str
    office: Office
    reason: Text = _NOTHING
    received_by: Office | None = None
    custody: Custody | None = None
    taken_over: bool = False
    asks: Asks | None = None

    def unasked(self, service: Service) -> Refusal | None:
        """The question that is still open, as a refusal; None where there is a body."""
        return None if self.asks is None else Refusal(tuple(_ask(service, name) for name in self.asks.facts))


def competent(
    directory: Directory,
    service: Service,
    facts: Mapping[str, Any],
    chosen: str,
    day: date,
    here: str = "",
    run: Run | None = None,
) -> Competent | Asks:
    """The one body for these facts, or what must be asked. `chosen` is the region where one applies, `here` the one
    where that is taken in if bodies of another installation answer for `chosen`. `run` is the service run on these
    facts, where that was done already.

    Raises Refused `no-competent-body` and others as `org.competent_for`, placed at the fact that names the region;
    `apply-there` where the rule names a place that this register does not know.
    """
    placed = placed_by(run) if run else place_of(service, facts, day)
    if isinstance(placed, Asks):
        return placed
    place = Place(placed.region, placed.row.ground, placed.law, placed.row.whose) if placed else None
    if place is None and here:
        place = Place(chosen, "choice", _NOTHING)
    try:
        return competent_for(
            directory,
            lambda region: moving.competence(directory, service, region, facts),
            service=service.service,
            chosen=here or chosen,
            place=place,
            day=day,
        )
    except Refused as error:
        if placed and error.code == "unknown-region":
            raise _not_known(service, placed) from error
        named = placed.row.by if placed else "region"
        raise Refused(
            *(Problem(one.code, one.text, named, one.law) for one in error.problems), status=error.status
        ) from error


def answering(
    engine: Engine,
    actor: Actor,
    service: Service,
    given: Given,
    region: str,
    day: date,
    other: Case | None = None,
    owed_by: str = "",
) -> Answering:
    """Who answers what `actor` applies for in `region`, by the answers that are given.

    `other` is the case that it is about, `owed_by` a body that was named. Raises Refused as `competent`.
    """
    directory = engine.directory
    if other and service.concerns and service.concerns.answered_by == "its-body":
        return Answering(region, other.state.office)
    if owed_by:
        return Answering(region, office_of(directory, owed_by))
    # nobody else's place is asked of the facts
    known = given.known if service.competence or directory.moved.measures(service.service) else {}
    run = given.run if service.competence else None
    asked, region = region, actor.region if directory.installation(region) else region
    found = competent(directory, service, known, asked, day, region if region != asked else "", run)
    if isinstance(found, Asks):
        body = moving.competence(directory, service, region, known).body
        return Answering(region, office_of(directory, body.id), asks=found)
    there = office_of(directory, found.body.id)
    if there.installation and not _reached(engine, service, found, region, day):
        if found.taken_in_by is None or region != asked:
            raise _apply_there(found)
        kept = Text(
            "由{here}收下，再告诉您怎么办：{there}那边现在转不过去。",
            "{here} takes it in and tells you how to go on: it cannot be sent to {there} now.",
        )
        return Answering(
            region,
            office_of(directory, found.taken_in_by.id),
            kept.format(here=found.taken_in_by.name, there=there.name),
        )
    if counter := _counter(directory, actor, service, found, day):
        here = office_of(directory, counter.id)
        sent = Custody(
            here,
            there,
            handing.NEVER,
            found.reason,
            "国办发〔2020〕35号",
            found.region,
            _version(engine, service, found, day),
        )
        return Answering(found.region, there, found.reason, here, sent, taken_over=True)
    if found.taken_in_by is None:
        reason = found.reason if service.competence else Text("", "")
        return Answering(region, there, reason)
    here = office_of(directory, found.taken_in_by.id)
    version = _version(engine, service, found, day)
    if not version:  # nothing of the kind is offered there: whoever has it says so
        return Answering(region, here, found.reason)
    law = next(row.law for row in service.competence if row.law) if service.competence else ""
    sent = Custody(here, there, handing.NEVER, found.reason, law, found.region, version)
    return Answering(region, here, found.reason, None, sent, taken_over=found.agreement is not None)


def receivers(engine: Engine, found: Case, named: str = "") -> tuple[Custody, ...]:
    """The hand-overs that are possible from where a case lies, the one that the rule names first.

    `named` adds a body of another kind. None that has held it before, and none without the power for it: a case is
    never sent to and fro. Bodies of other installations as far as agreements go. Raises Refused as `beyond`.
    """
    state, directory = found.state, engine.directory
    if found.definition.ended(state) or state.decided or state.elsewhere or not directory.has(state.office.id):
        return ()
    day = engine.clock().astimezone(engine.zone).date()
    first = (named, _likely(directory, found, day))
    made = [*_here(engine, found, named, day), *beyond(engine, found, named)]
    made.sort(key=lambda one: tuple(one.to_office.id != wanted for wanted in first))
    return tuple(made)


def _here(engine: Engine, found: Case, named: str, day: date) -> Iterator[Custody]:
    """Those to bodies of this installation, the nearest first."""
    state, service, directory = found.state, found.definition.service, engine.directory
    held = {state.office.id, *(one.from_office.id for one in state.custody)}
    near = handing.dispatches(found.definition.procedure)  # 派单: every body of the region has duties of its own
    around = directory.bodies_in([state.case.region]) if near else directory.bodies_of(service.authority.body)
    kind = {body.id: body for body in around if not near or body.region == state.case.region}
    if directory.has(named) and not near:
        kind[named] = directory.body(named)
    bodies = (body for body in kind.values() if body.id not in held and directory.here(body.id))
    fitting = [body for body in bodies if _empowered(directory, body, service, day)]
    fitting.sort(key=lambda body: (body.id != named, _far(body, state.place), body.id))
    office = office_of(directory, state.office.id)
    for body in fitting[:_MOST]:
        if version := _offered(engine, service, body.region, state.case.day):
            yield Custody(office, office_of(directory, body.id), handing.NEVER, Text("", ""), "", body.region, version)


def above(engine: Engine, found: Case) -> str:
    """The body above the one that holds a case and the one it is on its way to; empty where there is none."""
    custody = found.state.on_its_way
    if custody is None or custody.to_office.installation:
        return ""
    both = engine.directory.above_both(found.state.office.id, custody.to_office.id)
    return both.id if both else ""


def matter_of(directory: Directory, matter: Matter, state: CaseState, act: str) -> Matter:
    """The matter as the other side of a hand-over sees it, for the acts that are its own."""
    custody = state.on_its_way
    if custody is None or custody.to_office.installation or not directory.has(custody.to_office.id):
        return matter
    if act in (handing.TAKE_OVER, handing.REFUSE):
        return msgspec.structs.replace(matter, body=custody.to_office.id, region=custody.region or matter.region)
    return msgspec.structs.replace(matter, receiving=custody.to_office.id) if act == handing.SETTLE else matter


def _counter(directory: Directory, actor: Actor, service: Service, found: Competent, day: date) -> Body | None:
    """The counter elsewhere at which somebody applies, where an agreement lets it receive for the body."""
    if actor.kind != "official" or not actor.body or not directory.has(actor.body):
        return None
    if directory.installation(found.region):  # its number is given there; it is handed over from here
        return None
    own, matter = (
        directory.body(actor.body),
        Matter(region=found.region, body=found.body.id, service=service.service, opens=True),
    )
    if not isinstance(may(directory, actor, "submit", matter), Grant):
        return None
    ordinary = may(directory, actor, "submit", msgspec.structs.replace(matter, opens=False))
    agreed = directory.agreement(AgreementMode.PROXY_INTAKE, service.service, own.region, found.body.region, day)
    return own if agreed and not isinstance(ordinary, Grant) else None


def _reached(engine: Engine, service: Service, found: Competent, region: str, day: date) -> bool:
    """Whether what is taken in here can be handed over to the other installation whose body answers."""
    here = found.taken_in_by
    if here is None or engine.directory.installation(here.region) or engine.between is None:
        return False
    try:
        engine.between.agreement(service.service, region, found.body.region, day)
    except Refused:
        return False
    return bool(_version(engine, service, found, day))


def _not_known(service: Service, placed: Placed) -> Refused:
    """行政许可法 32: whoever is not competent says at once to whom one applies, as far as it is known here."""
    who = who_answers(service)
    return refuse(
        "apply-there",
        f"这件事由{who.zh}办。那里（区划代码{placed.region}）没有接入本平台，从这里转不过去：请向那边申请；"
        "不知道怎么找，打那边的12345。",
        f"This is for {who.en}. That place (code {placed.region}) is not on this platform and nothing can be sent there"
        " from here: please apply there, or call 12345 of that place.",
        place=placed.row.by,
        law=placed.row.law,
    )


def _apply_there(found: Competent) -> Refused:
    body = found.body.name
    return refuse(
        "apply-there",
        f"这件事由{body.zh}办，它在另一个省的平台上收件，这里还转不过去；请到那边的平台申请。",
        f"{body.en} handles this on the platform of another province, and it cannot be sent there from here; please"
        " apply on that platform.",
        place="region",
        law="行政许可法 32",
    )


def _likely(directory: Directory, found: Case, day: date) -> str:
    facts = {name: record.value for name, record in found.state.records.items()} | found.state.facts
    try:
        body = competent(directory, found.definition.service, facts, found.state.place, day)
    except Refused:
        return ""
    return "" if isinstance(body, Asks) else body.body.id


def _empowered(directory: Directory, body: Body, service: Service, day: date) -> bool:
    return any(power.covers(service.service, "decide", body.region, day) for power in directory.powers_of(body.id))


def _far(body: Body, region: str) -> int:
    return 0 if body.region[:4] == region[:4] else 1 if body.region[:2] == region[:2] else 2


def _version(engine: Engine, service: Service, found: Competent, day: date) -> str:
    return _offered(engine, service, found.region, day)


def _offered(engine: Engine, service: Service, region: str, day: date) -> str:
    """The version of the service that is in force in a region on a day; empty where it is not offered there."""
    now = engine.clock()
    there = engine.service_in(service.service, region, lambda one: in_force(one, day, now))
    return there.version if there else ""


def _ask(service: Service, name: str) -> Problem:
    zh, en = (words(service.facts[name].name, lang) for lang in LANGS)
    return Problem(
        "fact-missing", Text(f"请填写“{zh}”：由哪里办要看它", f"Please answer “{en}”: it says who handles this"), name
    )
