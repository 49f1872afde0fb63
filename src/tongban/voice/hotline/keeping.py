"""What is kept of a request beside its case, worked out from its events alone."""

from __future__ import annotations

from datetime import datetime

from tongban.cases import clocks
from tongban.cases.evolve import fold
from tongban.cases.loaded import Case
from tongban.cases.model import Event
from tongban.voice.hotline.model import Kept

_SOLVED = {"yes": 1, "partly": 0, "no": 0}
_SATISFIED = {"yes": 1, "fairly": 1, "no": 0}


def kept(found: Case, caller: bytes | None) -> Kept:
    """The row of a case; `caller` is the keyed hash of the telephone that was left."""
    state, events = found.state, found.events
    first = next((event for event in events if event.type in ("contact", "reply")), None)
    asked = next((event for event in reversed(events) if event.type in ("call-back", "send-back")), None)
    facts, opened = state.facts, events[0]
    return Kept(
        region=state.case.region,
        case_id=state.case.case,
        seq=state.seq,
        applicant=state.case.applicant.id,
        caller=caller,
        at=opened.at,
        channel="online" if opened.by.kind == "person" else "phone",
        kind=str(facts.get("kind") or ""),
        urgency=str(facts.get("urgency") or ""),
        about=str(facts.get("about_service") or ""),
        said=str(facts.get("said") or ""),
        body=state.office.id,
        state=state.state,
        open=not found.definition.ended(state),
        dispatched_at=_at(events, "dispatch"),
        contacted_at=first.at if first else None,
        in_time=_in_time(found, first) if first else _late(found),
        answered_at=_at(events, "reply"),
        asked_at=asked.at if asked else None,
        solved=_SOLVED.get("no" if asked.type == "send-back" else str(asked.payload.get("solved"))) if asked else None,
        satisfied=_SATISFIED.get(str(asked.payload.get("satisfied"))) if asked else None,
        objected=any(event.type in ("uphold", "redispatch") for event in events),
    )


def _at(events: tuple[Event, ...], act: str) -> datetime | None:
    return next((event.at for event in events if event.type == act), None)


def _in_time(found: Case, first: Event) -> bool | None:
    """Whether the person was contacted before the time for it ran out; None where none ran."""
    before = fold(found.events[: first.seq - 1])
    terms = clocks.running(found.definition, before, first.at)
    due = next((term.binding.due for term in terms if term.clock.term == "contact" and term.open), None)
    return None if due is None else first.at <= due


def _late(found: Case) -> bool | None:
    """Not contacted yet: late as soon as the time has run out, and open until then."""
    return False if any(one.term == "contact" for one in found.state.escalated) else None
