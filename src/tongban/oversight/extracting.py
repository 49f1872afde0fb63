"""From a case to its facts: a pure fold over its events, nothing of a person in what comes out.

The one exception stands beside them: how old somebody was, in one of five bands. It goes another way, sealed with that
person's key (`oversight.store`).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, tzinfo
from typing import NamedTuple

from tongban.base.ids import birth_date
from tongban.cases import clocks
from tongban.cases.clocks import Running
from tongban.cases.loaded import Case
from tongban.cases.model import CaseState, Event
from tongban.cases.own import Own
from tongban.catalog.model import Audience
from tongban.oversight.facts import CaseFact, EventFact
from tongban.oversight.folding import Step, folded, stage_of
from tongban.terms import Standing

AGES: tuple[tuple[int, str], ...] = ((18, "0-17"), (35, "18-34"), (60, "35-59"), (70, "60-69"), (200, "70+"))
"""Bands by the age before which they end. Sixty is 老年人 by 老年人权益保障法 2."""

_ID_LENGTH = 18


class Extracted(NamedTuple):
    """The facts of one case. `month` is that of its opening, under which all of its rows lie; `person` and `age` are
    for `oversight.store` alone."""

    region: str
    month: str
    person: str
    age: str
    case: CaseFact
    events: tuple[EventFact, ...]


def age_band(number: str, on: date) -> str:
    """The band of somebody with this identity number on a day; empty if it is none."""
    born = birth_date(number) if len(number) == _ID_LENGTH else None
    if born is None:
        return ""
    years = on.year - born.year - ((on.month, on.day) < (born.month, born.day))
    return next((band for before, band in AGES if years < before), "")


def extract(case: Case) -> Extracted:
    """The facts of a case as it stands."""
    opening, zone = case.state.case, case.definition.zone
    steps, told = folded(case), set[_Run]()
    events = tuple(_event(case, step, zone, told) for step in steps)
    opened = _local(steps[0].event.at, zone)
    who = opening.applicant
    age = age_band(who.number, opening.day) if who.kind == "person" else ""
    return Extracted(opening.region, f"{opened:%Y-%m}", who.id, age, _case(case, steps, events, zone), events)


def _local(at: datetime, zone: tzinfo) -> datetime:
    return at.astimezone(zone).replace(tzinfo=None, microsecond=0)


def _maybe(at: datetime | None, zone: tzinfo) -> datetime | None:
    return None if at is None else _local(at, zone)


def _stage(case: Case, state: CaseState) -> str:
    return stage_of(case.definition, state)


def _channel(case: Case) -> str:
    opening, first = case.state.case, case.events[0]
    ways = (
        ("handover", opening.origin is not None),
        ("offline", opening.received_at is not None),
        ("proxy-intake", opening.received_by is not None),
        ("counter", first.by.kind == "official" and opening.applicant.kind == "person"),
        ("agent", first.by.kind == "person" and first.by.id != opening.applicant.id),
    )
    return next((way for way, so in ways if so), "online")


def _where(case: Case, state: CaseState) -> dict[str, str | bool]:
    opening = case.state.case
    return {
        "case_id": opening.case,
        "region": state.place,
        "body": state.desk.id,
        "service": opening.service,
        "version": state.service_version,
        "procedure": opening.procedure,
        "channel": _channel(case),
        "applicant": opening.applicant.kind,
        "matter": "government" if case.definition.service.audience == (Audience.GOVERNMENT,) else "service",
        "part": bool(opening.part_of),
    }


_Run = tuple[str, datetime]
"""One run of a term: its name and from when it counts."""


def _concerned(case: Case, step: Step) -> tuple[Running, ...]:
    """The authority's terms that an event ended, or whose overdue date it is the sign of."""
    gone = {move.term for move in step.event.moves if move.do == "end"}
    climbed = {str(step.event.payload.get("term"))} if step.event.type == Own.ESCALATED else set[str]()
    if not gone | climbed:
        return ()
    known = clocks.running(case.definition, step.after, step.event.at)
    return tuple(one for one in known if one.clock.term in gone | climbed and one.clock.by_authority)


def _ended_term(step: Step, concerned: Sequence[Running]) -> Running | None:
    """The authority's term that an event ended, with its dates; of several the one of its name, else the longest. None
    where the applicant took the case back in time: then no answer was owed, and none was given."""
    met = [one for one in concerned if not one.open]
    named = [one for one in met if one.clock.term == step.event.type]
    found = clocks.longest(named) or clocks.longest([one for one in met if not one.clock.data.aside] or met)
    in_time = found is not None and not found.statutory.overdue_at(step.event.at)
    return None if in_time and step.taken_back else found


def _dates(step: Step, concerned: Sequence[Running], told: set[_Run]) -> tuple[str, str]:
    """Which dates this event kept, and which it is the first to come after: every run of a term counts once, when it
    was kept or when it was seen to be missed. What was never done is missed too; what was taken back in time neither.
    """
    kept, missed = list[str](), list[str]()
    for one in concerned:
        run = one.clock.term, one.origin
        if run in told:
            continue
        if one.statutory.overdue_at(step.event.at):
            missed.append(one.clock.term)
        elif one.open:
            continue  # past the promised date alone
        elif not step.taken_back and step.event.by.kind != "clock":  # the clock answers nobody: the applicant was late
            kept.append(one.clock.term)
        told.add(run)
    return _codes(kept), _codes(missed)


def _codes(names: Sequence[str]) -> str:
    return ";" + "".join(f"{name};" for name in names) if names else ""


def _chosen(case: Case, event: Event) -> str:
    """What an act chose from a list of its procedure: codes, never words."""
    act = case.definition.procedure.acts.get(event.type)
    lists = [name for name, field in act.says.items() if field.type == "choice"] if act else []
    made = [f"{name}={event.payload[name]};" for name in lists if isinstance(event.payload.get(name), str)]
    return ";" + "".join(made) if made else ""


def _promised(running: Running) -> Standing:
    return running.promised or running.statutory


def _event(case: Case, step: Step, zone: tzinfo, told: set[_Run]) -> EventFact:
    event, concerned = step.event, _concerned(case, step)
    term, (kept, missed) = _ended_term(step, concerned), _dates(step, concerned, told)
    owed = {name for name, data in case.definition.procedure.terms.items() if data.owed_by == "authority"}
    pauses = [move for move in event.moves if move.do == "pause" and move.term in owed]
    return EventFact(
        **_where(case, step.after),  # type: ignore[arg-type]  # one dictionary for the columns both tables share
        seq=event.seq,
        act=event.type,
        actor=event.by.kind,
        happened_at=_local(event.at, zone),
        stage=_stage(case, step.after),
        ended=step.is_over,
        term=term.clock.term if term else "",
        started=_local(term.origin, zone) if term else None,
        statutory_due=_maybe(term.statutory.projected, zone) if term else None,
        promised_due=_maybe(_promised(term).projected, zone) if term else None,
        by_law=term is not None and not term.clock.data.own,
        kept=kept,
        missed=missed,
        term_pauses=len(term.statutory.paused_spans) if term else 0,
        pauses=bool(pauses),
        resumes=any(move.do == "resume" and move.term in owed for move in event.moves),
        ground=pauses[0].ground if pauses else "",
        asks=len(event.asks),
        chosen=_chosen(case, event),
        decides=event.decides or "",
        adverse=event.adverse,
        reopens=step.reopens,
    )


def _case(case: Case, steps: Sequence[Step], events: Sequence[EventFact], zone: tzinfo) -> CaseFact:
    state, definition = case.state, case.definition
    terms = clocks.running(definition, state, steps[-1].event.at)
    ended = next((step for step in steps if step.is_over), None)
    answered = _answer(case, steps)
    owed = answered or clocks.matters(terms)
    decided_at = answered.statutory.ended if answered else None
    spec = definition.procedure.states[state.state]
    paused = owed.statutory.paused_spans if owed else ()
    return CaseFact(
        **_where(case, state),  # type: ignore[arg-type]
        seq=state.seq,
        opened_at=events[0].happened_at,
        accepted_at=next((_local(step.event.at, zone) for step in steps if _accepted(case, step)), None),
        decided_at=_maybe(decided_at, zone),
        ended_at=_local(ended.event.at, zone) if ended else None,
        stage=_stage(case, state),
        outcome=(spec.end or "") if not state.elsewhere else "",
        statutory_due=_maybe(owed.statutory.projected, zone) if owed else None,
        promised_due=_maybe(_promised(owed).projected, zone) if owed else None,
        by_law=owed is not None and not owed.clock.data.own,
        statutory_days=_days(owed, owed.statutory, zone) if owed else 0,
        promised_days=_days(owed, _promised(owed), zone) if owed else 0,
        used_days=_until(owed, decided_at, zone) if owed and decided_at else 0,
        pauses=len(paused),
        paused_days=sum((span.until - span.since).days for span in paused if span.until),
        extended=any(move.do == "extend" for move in state.moves),
        questions=len(case.events[0].facts),
        materials=len(case.events[0].documents),
        from_records=len(case.events[0].records.keys() - case.events[0].facts.keys() - case.events[0].documents.keys()),
        visits=len({one.happened_at.date() for one, step in zip(events, steps, strict=True) if _came(step)}),
        corrections=sum(one.asks > 0 for one in events),
        deemed=any(_deemed(case, step) for step in steps),
        by_rules=any(one.decides and one.actor == "rules" for one in events),
        cross_region=_crossed(state),
        reopened=sum(one.reopens for one in events),
        escalated=len(state.escalated),
    )


def _accepted(case: Case, step: Step) -> bool:
    """Whether the case is accepted after this; one that was taken back, lapsed or belongs elsewhere never was."""
    return _stage(case, step.after) not in ("", "submitted") and _end_of(case, step.after) != "neutral"


def _answer(case: Case, steps: Sequence[Step]) -> Running | None:
    """The longest of the authority's terms that were met when the case was first answered; None before it was.

    What comes after a first answer (a case opened again) is told by `reopened` and by events, and counts no case twice.
    """
    for step in steps:
        over = step.is_over and _end_of(case, step.after) in ("favourable", "adverse")
        if step.event.decides or over:
            terms = clocks.running(case.definition, step.after, step.event.at)
            met = clocks.longest(terms)
            if met is not None and (over or met.statutory.ended == step.event.at):
                return met
    return None


def _end_of(case: Case, state: CaseState) -> str:
    return case.definition.procedure.states[state.state].end or ""


def _days(running: Running, standing: Standing, zone: tzinfo) -> int:
    return _until(running, standing.projected, zone)


def _until(running: Running, at: datetime | None, zone: tzinfo) -> int:
    return 0 if at is None else (_local(at, zone).date() - _local(running.origin, zone).date()).days


def _came(step: Step) -> bool:
    """Whether somebody stood at a counter for this: an official did for the applicant what the applicant may do."""
    return step.event.by.kind == "official" and bool(step.event.on_behalf_of)


def _deemed(case: Case, step: Step) -> bool:
    """Whether the clock accepted the case because the body was silent; other times that run out are no silence."""
    submitted = (_stage(case, state) == "submitted" for state in (step.before, step.after))
    return step.event.by.kind == "clock" and tuple(submitted) == (True, False) and not step.is_over


def _crossed(state: CaseState) -> bool:
    opening = state.case
    places = {one.region for one in state.custody if one.region} - {opening.region}
    return opening.received_by is not None or opening.origin is not None or bool(places) or state.elsewhere is not None
