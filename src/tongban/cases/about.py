"""A case about another case: an objection to how a machine was used, for one.

The service file says which fact names the other case. What the new one needs of it is fixed when it is opened; that
there is one, and how it was answered, is told to the other case as events of the engine, so that each shows the other.
Telling is done after the commit and again with every repeat, so a crash between the two leaves nothing out for good.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import msgspec

from tongban.base.errors import Refused, refuse
from tongban.base.i18n import LANGS, Text, words
from tongban.base.ids import region_of
from tongban.cases.model import SAME, About, Event, Own
from tongban.catalog.model import Service

if TYPE_CHECKING:
    from tongban.cases.engine import Engine
    from tongban.cases.loaded import Case


async def concerned(engine: Engine, service: Service, says: Mapping[str, Any], applicant: str) -> Case | None:
    """The case that an application for `service` is about, if it names one.

    Raises Refused `not-your-case` (422) for one that is not there and for somebody else's, in the same words.
    """
    if service.concerns is None:
        return None
    facts = says.get("facts")
    name = service.concerns.case
    named = str(facts.get(name) or "").strip().upper() if isinstance(facts, Mapping) else ""  # type: ignore[union-attr]
    if not named:
        return None
    try:
        found = await engine.find(engine.db, named) if region_of(named) else None
    except Refused:
        found = None
    if found is None or found.state.case.applicant.id != applicant:
        raise refuse(
            "not-your-case",
            "没有这个办件，或者不是您的。办件号在“我的办件”里。",
            "There is no such case, or it is not yours. Case numbers stand under My cases.",
            place=name,
        )
    return found


def about(found: Case) -> About:
    """What is kept of the other case: its decision that stands, and whether a person made it."""
    stands = {done.seq for done in found.state.acts}
    decided = [event for event in found.events if event.decides and event.seq in stands]
    if not decided:
        return About(found.state.case.case)
    last = decided[-1]
    return About(found.state.case.case, found.definition.local(last.at), last.by.kind == "rules")


def took_part(events: Sequence[Event]) -> frozenset[str]:
    """The officials who have acted on a case."""
    return frozenset(event.by.id for event in events if event.by.kind == "official")


def agents(events: Sequence[Event]) -> frozenset[str]:
    """The persons who have acted on a case for its applicant."""
    return frozenset(event.by.id for event in events if event.by.kind == "person" and event.on_behalf_of)


async def tell(engine: Engine, done: Case) -> None:
    """Tell the other case that this one was opened, and how it ended. Again is harmless."""
    about = done.state.case.about
    if about is None:
        return
    await engine.record(about.case, f"asked:{done.state.case.case}", lambda other: _asked(done, other))
    if done.definition.ended(done.state):
        await engine.record(about.case, f"answered:{done.state.case.case}", lambda other: _answered(done, other))


def _asked(done: Case, other: Case) -> Event | None:
    case, first = done.state.case, done.events[0]
    if any(question.case == case.case for question in other.state.questions):
        return None
    service = Text(*(words(done.definition.service.name, lang) for lang in LANGS))
    payload = {"case": case.case, "service": msgspec.to_builtins(service)}
    return _event(other, Own.QUESTIONED, first, payload)


def _answered(done: Case, other: Case) -> Event | None:
    case, last = done.state.case, done.events[-1]
    asked = next((question for question in other.state.questions if question.case == case.case), None)
    if asked is None or asked.answered:
        return None
    spec = done.definition.procedure.states[done.state.state]
    payload = {
        "case": case.case,
        "service": msgspec.to_builtins(asked.service),
        "end": spec.end or "",
        "outcome": msgspec.to_builtins(spec.name),
    }
    return _event(other, Own.ANSWERED, last, payload)


def _event(other: Case, kind: Own, cause: Event, payload: dict[str, Any]) -> Event:
    return Event(
        seq=other.state.seq + 1,
        type=kind,
        at=cause.at,
        by=cause.by,
        to=SAME,
        on_behalf_of=cause.on_behalf_of,
        authority=cause.authority,
        payload=payload,
    )
