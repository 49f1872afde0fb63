"""What lists, alarms and inboxes read: rows computed from a case by a pure function, so they can always be rebuilt."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, time, timedelta
from typing import Literal

import msgspec

from tongban.base.i18n import Text
from tongban.cases import clocks, joint
from tongban.cases.clocks import Running
from tongban.cases.definition import Definition
from tongban.cases.handover.standing import Elsewhere
from tongban.cases.model import CaseState, Event, Own
from tongban.catalog.procedure import Who

FAR = datetime(9999, 1, 1, tzinfo=UTC)
"""`due_at` of a row whose date is not known: paused, or nothing is owed."""


OVERTURNED = "overturned"
"""Label of a case about which another was answered in the person's favour."""
CHANGED = "certificate-changed"
"""Label of a case that relies on a certificate which has changed since, until an official has looked."""
AGENT = "agent"
"""Label of a case in which somebody acted for the applicant."""
MOVE = "move:"
"""Beginning of the label that names a move of power by which a case was handled (`org.moved`)."""


class _Row(msgspec.Struct, frozen=True, kw_only=True):
    region: str
    case_id: str


class CaseRow(_Row, frozen=True, kw_only=True):
    """A case as a list shows it. `due_at` is the earlier of promise and law; FAR when there is none.

    `term` is the term that matters while it is open, counted from `term_at`. Of a case that was decided it is the
    longest that the authority owed, and `used` the share of its time that was used, above 1 when it was late; None for
    a case that is open, or ended without a decision.
    """

    seq: int
    version: int
    service: str
    service_version: str
    state: str
    state_name: Text
    stage: str
    waits_for: str
    open: bool
    body: str
    applicant: str
    applicant_name: str
    due_at: datetime
    legal_at: datetime | None
    opened_at: datetime
    updated_at: datetime
    labels: tuple[str, ...]
    term: str = ""
    term_at: datetime | None = None
    used: float | None = None
    part_of: str = ""
    """The number of the whole that the case is a part of."""


class TaskRow(_Row, frozen=True, kw_only=True):
    """Work beside the next act, for a role of a body or a named person of it."""

    seq: int
    kind: Literal["escalated", "undelivered", "questioned", "joined", "handed-on", "objected", "held"]
    body: str
    role: str
    person: str
    at: datetime
    open: bool


class TimerRow(_Row, frozen=True, kw_only=True):
    """When the clock has to look at the case again; None when it never has to."""

    due_at: datetime | None


class NoticeRow(_Row, frozen=True, kw_only=True):
    """A letter in a person's inbox."""

    seq: int
    person: str
    at: datetime
    title: Text
    body: Text


class OutboxRow(_Row, frozen=True, kw_only=True):
    """A letter to be carried outside the platform, not before `due_at`."""

    seq: int
    due_at: datetime


class LetterKey(_Row, frozen=True, kw_only=True):
    """A letter, by the event that sent it."""

    seq: int


class Rows(msgspec.Struct, frozen=True, kw_only=True):
    """All rows of one case. `gone` are the letters that were taken back, `settled` those that need no carrying."""

    row: CaseRow
    timer: TimerRow
    tasks: tuple[TaskRow, ...]
    notices: tuple[NoticeRow, ...]
    outbox: tuple[OutboxRow, ...]
    gone: tuple[LetterKey, ...]
    settled: tuple[LetterKey, ...]


def project(definition: Definition, state: CaseState, events: Sequence[Event]) -> Rows:
    """The rows of a case in `state`; letters only for `events`, which may be all of its events or the new ones."""
    undone = frozenset(int(event.payload["undoes"]) for event in events if event.type == Own.UNDONE)
    reported = frozenset(int(event.payload["notice"]) for event in events if event.type in _REPORTS)
    letters = [event for event in events if event.letter and event.seq not in undone]
    terms = clocks.running(definition, state, state.updated_at or FAR)
    return Rows(
        row=_row(definition, state, terms),
        timer=TimerRow(
            region=state.case.region,
            case_id=state.case.case,
            due_at=clocks.wake_at(definition, state, terms),
        ),
        tasks=tuple(_tasks(definition, state, terms)),
        notices=tuple(_notices(definition, state, letters)),
        outbox=tuple(_outbox(definition, state, (event for event in letters if event.seq not in reported))),
        gone=tuple(_keys(state, undone)),
        settled=tuple(_keys(state, undone | reported)),
    )


def _keys(state: CaseState, seqs: frozenset[int]) -> Iterator[LetterKey]:
    for seq in sorted(seqs):
        yield LetterKey(region=state.case.region, case_id=state.case.case, seq=seq)


_REPORTS = (Own.DELIVERED, Own.UNDELIVERED)


_DECIDED = ("favourable", "adverse")
"""How a case ends when its authority has answered; a withdrawn one tells nothing of the time that an answer takes."""


def _row(definition: Definition, state: CaseState, terms: Sequence[Running]) -> CaseRow:
    case, spec = state.case, definition.procedure.states[state.state]
    updated = state.updated_at or FAR
    term = None if spec.end else clocks.matters(terms)
    owed = clocks.longest(terms) if spec.end in _DECIDED else None
    counted = owed or term
    here = CaseRow(
        region=case.region,
        case_id=case.case,
        seq=state.seq,
        version=state.version,
        service=case.service,
        service_version=state.service_version,
        state=state.state,
        state_name=spec.name,
        stage=spec.stage.value,
        waits_for=spec.waits_for,
        open=spec.end is None,
        body=state.desk.id,
        applicant=case.applicant.id,
        applicant_name=case.applicant.name,
        due_at=(term.binding.due if term else None) or FAR,
        legal_at=term.statutory.due if term else None,
        opened_at=state.opened_at or FAR,
        updated_at=updated,
        labels=tuple(_labels(state)),
        term=counted.clock.term if counted else "",
        term_at=counted.origin if counted else None,
        used=owed.used if owed else None,
        part_of=case.part_of,
    )
    return here if state.elsewhere is None else _elsewhere(definition, state.elsewhere, here)


def _elsewhere(definition: Definition, gone: Elsewhere, here: CaseRow) -> CaseRow:
    """A case that another installation has, as that last told; nobody here has to do anything about it."""
    told = gone.progress
    if told is None:
        return msgspec.structs.replace(here, state_name=gone.stands, waits_for=_THERE, term="", term_at=None)
    end_of_day = told.due and datetime.combine(told.due, time.max, definition.zone)
    return msgspec.structs.replace(
        here,
        state_name=told.state,
        stage=told.stage,
        waits_for=_THERE,
        open=not told.end,
        due_at=end_of_day or FAR,
        legal_at=None,
        term="",
        term_at=None,
        used=None,
    )


_THERE = "elsewhere"
"""Whom a case waits for that nobody here can do anything about."""


_BY_OFFICE = frozenset({"certificate-supervision"})
"""Services whose cases an official opens about somebody, and not for them."""


def taken_in(state: CaseState) -> bool:
    """窗口收件: an official opened it for a person who asked."""
    opened = state.acts[0].by.kind if state.acts else ""
    person = state.case.applicant.kind == "person"
    return opened == "official" and person and state.case.service not in _BY_OFFICE


def _labels(state: CaseState) -> Iterator[str]:
    if taken_in(state):
        yield "counter"
    if any(done.for_applicant for done in state.acts):
        yield AGENT
    if state.asked:
        yield "correction"
    if state.replaced:
        yield "corrected"
    if state.escalated:
        yield "escalated"
    if state.on_its_way:
        yield "on-its-way"
    elif state.custody:
        yield "handed-on"
    if state.undelivered:
        yield "undelivered"
    if state.people_only:
        yield "people-only"
    if state.elsewhere:
        yield "elsewhere"
    if state.case.origin:
        yield "from-elsewhere"
    if state.doubts:
        yield CHANGED
    if any(not question.answered for question in state.questions):
        yield "questioned"
    if any(question.end == "favourable" for question in state.questions):
        yield OVERTURNED
    moves = dict.fromkeys((state.case.moved_by, *(done.delegation for done in state.acts)))
    yield from (f"{MOVE}{move}" for move in moves if move)


def _tasks(definition: Definition, state: CaseState, terms: Sequence[Running]) -> Iterator[TaskRow]:
    case, ended = state.case, definition.ended(state)
    running = [term for term in terms if term.open]
    for n in state.escalated:
        yield TaskRow(
            region=case.region,
            case_id=case.case,
            seq=n.seq,
            kind="escalated",
            body=n.body,
            role=n.rung,
            person=n.person,
            at=n.at,
            open=not ended and any(clocks.concerns(n, term) for term in running),
        )
    for letter in state.undelivered:
        yield TaskRow(
            region=case.region,
            case_id=case.case,
            seq=letter.seq,
            kind="undelivered",
            body=state.desk.id,
            role=Who.INTAKE.value,
            person="",
            at=letter.at,
            open=not ended,
        )
    yield from _questions(definition, state)
    yield from _joined(definition, state)
    yield from _custody(definition, state)


def _joined(definition: Definition, state: CaseState) -> Iterator[TaskRow]:
    """What a body that takes part owes: one task for each body, open while an act of each waits for it."""
    case, procedure = state.case, definition.procedure
    here = [n for n, act in procedure.acts.items() if act.each and Who.JOINED in act.who and state.state in act.from_]
    owing = {office.id for name in here for office in joint.owing(procedure, state, name)}
    for n, office in enumerate(case.together, start=1):
        yield TaskRow(
            region=case.region,
            case_id=case.case,
            seq=-n,
            kind="joined",
            body=office.id,
            role=Who.EXAMINE.value,
            person="",
            at=state.updated_at or FAR,
            open=office.id in owing,
        )


def _custody(definition: Definition, state: CaseState) -> Iterator[TaskRow]:
    """A hand-over: for the receiving body until it answers, then for the body above both, then as something to look up
    by the body that held it."""
    case, ended = state.case, definition.ended(state)
    for one in state.custody:
        row = TaskRow(
            region=case.region,
            case_id=case.case,
            seq=one.seq,
            kind="handed-on",
            body=one.to_office.id,
            role=Who.INTAKE.value,
            person="",
            at=one.at,
            open=not ended,
        )
        if not one.on_its_way:
            row = msgspec.structs.replace(row, kind="held", body=one.from_office.id, open=False)
        elif one.objected_at:
            row = msgspec.structs.replace(row, kind="objected", body=one.above, role=Who.SUPERIOR.value)
        yield row


def _questions(definition: Definition, state: CaseState) -> Iterator[TaskRow]:
    """Another case about this one: for who acted last, until it is answered and, in favour, until it is acted on."""
    case, ended = state.case, definition.ended(state)
    handled = [done for done in state.acts if done.by.kind == "official"]
    for question in state.questions:
        put_right = any(done.seq > question.answered for done in handled)
        waits = question.end == "favourable" and not ended and not put_right
        yield TaskRow(
            region=case.region,
            case_id=case.case,
            seq=question.seq,
            kind="questioned",
            body=state.desk.id,
            role=Who.DECIDE.value,
            person=handled[-1].by.id if handled else "",
            at=question.at,
            open=not question.answered or waits,
        )


def _notices(definition: Definition, state: CaseState, letters: Iterable[Event]) -> Iterator[NoticeRow]:
    for event in letters:
        if event.letter:
            yield NoticeRow(
                region=state.case.region,
                case_id=state.case.case,
                seq=event.seq,
                person=event.letter.to,
                at=sent_at(definition, event),
                title=event.letter.title,
                body=event.letter.body,
            )


def _outbox(definition: Definition, state: CaseState, letters: Iterable[Event]) -> Iterator[OutboxRow]:
    for event in letters:
        yield OutboxRow(
            region=state.case.region, case_id=state.case.case, seq=event.seq, due_at=sent_at(definition, event)
        )


def sent_at(definition: Definition, event: Event) -> datetime:
    """A letter leaves when its act can no longer be taken back."""
    act = definition.procedure.acts.get(event.type)
    return event.at + timedelta(minutes=act.undo_minutes if act else 0)
