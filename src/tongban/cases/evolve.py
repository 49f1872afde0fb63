"""The fold: what a case is, from what happened to it. Needs no procedure file, no clock and no database."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import msgspec

from tongban.cases.handover import folding as elsewhere
from tongban.cases.model import (
    SAME,
    Attachment,
    CaseState,
    Custody,
    Done,
    Doubt,
    Escalation,
    Event,
    Own,
    Part,
    PartEnd,
    Question,
    Undelivered,
)


def fold(events: Iterable[Event], state: CaseState | None = None) -> CaseState:
    """The state after `events`. Raises ValueError for a history with a gap: it is not a history."""
    state = state or CaseState()
    for event in events:
        state = evolve(state, event)
    return state


def evolve(state: CaseState, event: Event) -> CaseState:
    """The state after one more event."""
    if event.seq != state.seq + 1:
        raise ValueError(f"event {event.seq} cannot follow event {state.seq}")
    if (event.opening is None) is (state.opening is None):
        raise ValueError("the first event opens the case, and only the first")
    own = _OWN.get(event.type)
    after = own(state, event) if own else _acted(state, event)
    return msgspec.structs.replace(after, seq=event.seq, updated_at=event.at)


def _acted(state: CaseState, event: Event) -> CaseState:
    documents, replaced = _filed(state, event.documents)
    behalf = bool(event.on_behalf_of)
    done = Done(event.seq, event.type, event.at, event.by, state.state, event.delegation, behalf, event.payload)
    return msgspec.structs.replace(
        state,
        opening=event.opening or state.opening,
        opened_at=state.opened_at or event.at,
        state=state.state if event.to == SAME else event.to,
        version=event.seq,
        facts={**state.facts, **event.facts} if event.facts else state.facts,
        records={**state.records, **event.records} if event.records else state.records,
        disputes={**state.disputes, **event.disputes} if event.disputes else state.disputes,
        documents=documents,
        replaced=replaced,
        asked=event.asks or left_of(state.asked, event.facts, event.documents),
        named={**state.named, **event.named} if event.named else state.named,
        acts=(*state.acts, done),
        moves=(*state.moves, *event.moves),
        decided=event.decides or state.decided,
        issued=state.issued or event.issues,
        people_only=state.people_only or (event.opening is not None and event.opening.people_only),
    )


def left_of(asked: tuple[str, ...], *given: Mapping[str, Any]) -> tuple[str, ...]:
    """What is still to be completed once these facts and materials are given."""
    return tuple(item for item in asked if not any(item in one for one in given))


Files = dict[str, tuple[Attachment, ...]]


def _filed(state: CaseState, documents: Mapping[str, tuple[Attachment, ...]]) -> tuple[Files, Files]:
    """A material supplied again takes the place of what was there; the old file stays on record."""
    if not documents:
        return state.documents, state.replaced
    replaced = dict(state.replaced)
    for material in documents.keys() & state.documents.keys():
        replaced[material] = (*replaced.get(material, ()), *state.documents[material])
    return {**state.documents, **documents}, replaced


def _undone(state: CaseState, event: Event) -> CaseState:
    """As if the act had not been; both stay in the account."""
    undone = _seq(event.payload, "undoes")
    act = next(done for done in state.acts if done.seq == undone)
    return msgspec.structs.replace(
        state,
        state=act.before,
        version=event.seq,
        asked=(),
        acts=tuple(done for done in state.acts if done.seq != undone),
        moves=tuple(move for move in state.moves if move.seq != undone),
    )


def _escalated(state: CaseState, event: Event) -> CaseState:
    escalation = msgspec.convert({**event.payload, "at": event.at, "seq": event.seq}, Escalation)
    return msgspec.structs.replace(state, escalated=(*state.escalated, escalation))


def _delivered(state: CaseState, _event: Event) -> CaseState:
    """Proof; the case itself stands where it stood."""
    return state


def _told_of_a_visit(state: CaseState, _event: Event) -> CaseState:
    """It stands in the account; what may be done stays the same, so nobody who has the case open is disturbed."""
    return state


def _visited(state: CaseState, event: Event) -> CaseState:
    return msgspec.structs.replace(state, visited=event.seq)


def _undelivered(state: CaseState, event: Event) -> CaseState:
    letter = Undelivered(_seq(event.payload, "notice"), event.at, str(event.payload.get("error", "")))
    return msgspec.structs.replace(state, undelivered=(*state.undelivered, letter))


def _people_only(state: CaseState, _event: Event) -> CaseState:
    """What the officials may do stays the same; only the rules no longer act."""
    return msgspec.structs.replace(state, people_only=True)


def _questioned(state: CaseState, event: Event) -> CaseState:
    question = msgspec.convert({**event.payload, "at": event.at, "seq": event.seq}, Question)
    return msgspec.structs.replace(state, questions=(*state.questions, question))


def _answered(state: CaseState, event: Event) -> CaseState:
    answer = msgspec.convert({**event.payload, "at": event.at}, Question)
    questions = (
        msgspec.structs.replace(one, answered=event.seq, end=answer.end, outcome=answer.outcome)
        if one.case == answer.case
        else one
        for one in state.questions
    )
    return msgspec.structs.replace(state, questions=tuple(questions))


def _recorded(state: CaseState, event: Event) -> CaseState:
    """What a record says now stands beside what was said. Whoever had the case open looks at it again. A record that
    its source has corrected since is disputed no longer."""
    settled = event.payload.get("corrected", {})
    return msgspec.structs.replace(
        state,
        records={**state.records, **event.records},
        disputes={name: one for name, one in state.disputes.items() if name not in settled},
        version=event.seq,
    )


def _part_opened(state: CaseState, event: Event) -> CaseState:
    """What may be done with the whole stays the same, so nobody who has it open is disturbed."""
    part = msgspec.convert({**event.payload, "since": event.at, "seq": event.seq}, Part)
    return msgspec.structs.replace(state, parts=(*state.parts, part))


def _part_ended(state: CaseState, event: Event) -> CaseState:
    """How a part ended; one that was never opened is first heard of by this."""
    told = msgspec.convert(event.payload, PartEnd)
    known = [*state.parts]
    if all(one.name != told.name for one in known):
        known.append(Part(told.name, told.title, event.at))
    parts = (
        msgspec.structs.replace(
            one, ended=event.seq, until=event.at, end=told.end, outcome=told.outcome, gives=told.gives
        )
        if one.name == told.name
        else one
        for one in known
    )
    return msgspec.structs.replace(state, parts=tuple(parts))


def _handed_on(state: CaseState, event: Event) -> CaseState:
    custody = msgspec.convert({**event.payload, "at": event.at, "seq": event.seq, "law": event.law}, Custody)
    after = msgspec.structs.replace(state, custody=(*state.custody, custody), version=event.seq)
    return elsewhere.handed_on(after, event)


def _taken_over(state: CaseState, event: Event) -> CaseState:
    """From here on the other body owes the answer. Nothing else changes: not the state, not one clock."""
    after = _of_custody(state, event, taken_at=event.at, receipt=str(event.payload.get("receipt", "")))
    return elsewhere.taken_over(after, event)


def _hand_on_refused(state: CaseState, event: Event) -> CaseState:
    return _of_custody(
        state,
        event,
        objected_at=event.at,
        objection=str(event.payload.get("reasons", "")),
        above=str(event.payload.get("above", "")),
    )


def _hand_on_settled(state: CaseState, event: Event) -> CaseState:
    """With the receiving body it lies as if it had taken it over; otherwise it stays where it was."""
    if event.payload["to"] == "sender":
        return _of_custody(state, event, settled_at=event.at, returned=True)
    receipt = str(event.payload.get("receipt", ""))
    return _of_custody(state, event, settled_at=event.at, taken_at=event.at, receipt=receipt)


def _of_custody(state: CaseState, event: Event, **changes: Any) -> CaseState:
    if state.on_its_way is None:
        raise ValueError(f"event {event.seq} is about a hand-over, and nothing was handed on")
    last = msgspec.structs.replace(state.custody[-1], **changes)
    return msgspec.structs.replace(state, custody=(*state.custody[:-1], last), version=event.seq)


def _certificate_changed(state: CaseState, event: Event) -> CaseState:
    """Until an official has looked, nothing is granted on it. One that holds again is in doubt no longer."""
    doubt = msgspec.convert({**event.payload, "at": event.at}, Doubt)
    others = tuple(one for one in state.doubts if one.certificate != doubt.certificate)
    doubts = others if doubt.change in ("restored", "confirmed") else (*others, doubt)
    return msgspec.structs.replace(state, doubts=doubts, version=event.seq)


def _certificate_looked(state: CaseState, event: Event) -> CaseState:
    return msgspec.structs.replace(state, doubts=(), version=event.seq)


def _seq(payload: Mapping[str, Any], name: str) -> int:
    return int(payload[name])


_OWN: dict[str, Callable[[CaseState, Event], CaseState]] = {
    Own.ESCALATED: _escalated,
    Own.UNDONE: _undone,
    Own.DELIVERED: _delivered,
    Own.UNDELIVERED: _undelivered,
    Own.PEOPLE_ONLY: _people_only,
    Own.QUESTIONED: _questioned,
    Own.ANSWERED: _answered,
    Own.RECORDED: _recorded,
    Own.PART_OPENED: _part_opened,
    Own.PART_ENDED: _part_ended,
    Own.HANDED_ON: _handed_on,
    Own.TAKEN_OVER: _taken_over,
    Own.HAND_ON_REFUSED: _hand_on_refused,
    Own.HAND_ON_SETTLED: _hand_on_settled,
    Own.PROGRESSED: elsewhere.progressed,
    Own.RECALLED: elsewhere.recalled,
    Own.HANDED_BACK: elsewhere.handed_back,
    Own.VISIT_SET: _told_of_a_visit,
    Own.VISIT_OFF: _told_of_a_visit,
    Own.VISITED: _visited,
    Own.CERTIFICATE_CHANGED: _certificate_changed,
    Own.CERTIFICATE_LOOKED: _certificate_looked,
}
