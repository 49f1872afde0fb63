"""The clocks of one case: which terms run, when each is due and why, and what the law does when one runs out.

Dates are derived from the moves in the case's events, the rules of the service's version and a calendar, every time
they are asked for; the copy in the list's row is an index, not the truth.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import islice
from typing import assert_never

from tongban.base.i18n import Text
from tongban.base.i18n import words as in_language
from tongban.cases.definition import Definition
from tongban.cases.model import CaseState, Escalation, Move
from tongban.catalog.model import Extension as LawfulExtension
from tongban.catalog.model import Term
from tongban.catalog.procedure import ProcedureTerm, Who
from tongban.terms import (
    APPROVERS,
    STATUTES,
    Both,
    Consequence,
    Ended,
    Entry,
    Extended,
    Extension,
    Paused,
    Resumed,
    Span,
    Standing,
    Started,
    TermError,
    TermRule,
    assess,
    check_entry,
)
from tongban.terms import Text as TermText

_SECOND = timedelta(seconds=1)

_APPROVERS: dict[str, Who] = {
    "head": Who.HEAD,
    "authority-head": Who.HEAD,
    "government-head": Who.GOVERNMENT_HEAD,
    "superior": Who.SUPERIOR,
    "city-government": Who.SUPERIOR,
    "reconsideration-head": Who.HEAD,
    "sharing-authority": Who.SHARING_AUTHORITY,
    "hotline-centre": Who.SUPERIOR,
}
"""Who, in the words of procedure files, gives the approvals that statutes name."""

_APPROVER_TITLES: dict[Who, TermText] = {
    Who.HEAD: APPROVERS["authority-head"],
    Who.GOVERNMENT_HEAD: APPROVERS["government-head"],
    Who.SUPERIOR: TermText("上级机关", "the superior authority"),
    Who.SHARING_AUTHORITY: TermText("同级政务数据共享主管部门", "the sharing authority of the same level"),
}


@dataclass(frozen=True, slots=True)
class Clock:
    """One term of a case with its rules; `promised` is None when the service promises nothing better."""

    term: str
    name: Text
    statutory: TermRule
    promised: TermRule | None
    data: ProcedureTerm

    @property
    def by_authority(self) -> bool:
        return self.data.owed_by == "authority"


@dataclass(frozen=True, slots=True)
class Running:
    """A clock that has been started, and where it stands."""

    clock: Clock
    origin: datetime
    """The moment it counts from."""
    statutory: Standing
    promised: Standing | None

    @property
    def open(self) -> bool:
        """Neither met nor ended."""
        return self.statutory.ended is None

    @property
    def binding(self) -> Standing:
        """The one that falls due first."""
        return Both(self.statutory, self.promised).binding if self.promised else self.statutory

    @property
    def used(self) -> float | None:
        """The share of the time from its origin to its statutory date that had passed when it was met; above 1 when
        that was late. Pauses stretch both. None before it is met, and where no time was given."""
        ended, due = self.statutory.ended, self.statutory.due
        if ended is None or due is None or due <= self.origin:
            return None
        return round((ended - self.origin) / (due - self.origin), 4)


def clock(definition: Definition, term: str) -> Clock | None:
    """The rules of a term, or None when neither the service nor the procedure gives it a length."""
    if term not in definition.clocks:
        definition.clocks[term] = _clock(definition, term)
    return definition.clocks[term]


def _clock(definition: Definition, term: str) -> Clock | None:
    data = definition.procedure.terms[term]
    own = definition.terms.get(term)
    law = _law(definition, own.law if own and own.law else data.law)
    written = (own.statutory if own else None) or data.span
    base = STATUTES.get((own.rule if own and own.rule else "") or data.rule)
    if base is None and written is None:
        if own is None or own.promised is None:
            return None
        written = own.promised
    name = TermText(data.name.zh, data.name.en)
    if base is None:
        base = TermRule(term, Span.parse(str(written)), law, name, consequence=_consequence(data))
    else:
        base = replace(base, title=name)
    statutory = _specialised(definition, base, written, own, law)
    return Clock(term, data.name, statutory, _promised(statutory, own), data)


def _specialised(
    definition: Definition, base: TermRule, written: str | None, own: Term | None, law: TermText
) -> TermRule:
    """The statute's rule with what the service's own law says instead of it."""
    span = Span.parse(written) if written else base.span
    extension = base.extension
    if extension:
        extension = replace(extension, approver=_APPROVERS[extension.approver].value)
    if own and own.extension:
        extension = _extension(definition, own.extension)
    elif extension and span != base.span:
        extension = None
    pauses = dict(base.pauses)
    for special in definition.service.special:
        pauses[special.kind] = _law(definition, special.law)
    same = span == base.span and not (own and own.law)
    return replace(base, span=span, law=base.law if same else law, extension=extension, pauses=pauses)


def _extension(definition: Definition, lawful: LawfulExtension) -> Extension:
    who = _APPROVERS[lawful.approver]
    return Extension(Span.parse(lawful.by), who.value, _law(definition, lawful.law), _APPROVER_TITLES[who])


def _promised(statutory: TermRule, own: Term | None) -> TermRule | None:
    if own is None or own.promised is None:
        return None
    span = Span.parse(own.promised)
    if span == statutory.span:
        return None
    try:
        return statutory.promised(span)
    except TermError:
        return None


def _consequence(data: ProcedureTerm) -> Consequence:
    match data.on_expiry:
        case "act" | "lapse":
            return Consequence.DEEMED_ACCEPTED_ON_EXPIRY if data.owed_by == "authority" else Consequence.LAPSE
        case "escalate":
            return Consequence.ESCALATE
        case "none":
            return Consequence.NONE
        case _:
            assert_never(data.on_expiry)


def _law(definition: Definition, law: str) -> TermText:
    return TermText(*(in_language(definition.cite(law), lang) for lang in ("zh", "en")))


def ledger(moves: Sequence[Move], term: str) -> list[Entry]:
    """The moves of one term as `tongban.terms` writes them."""
    return [_entry(move) for move in moves if move.term == term]


def _entry(move: Move) -> Entry:
    match move.do:
        case "start":
            return Started(move.at, move.origin)
        case "pause":
            return Paused(move.at, move.ground, notice=str(move.seq))
        case "resume":
            return Resumed(move.at, move.ground or None)
        case "extend":
            return Extended(move.at, Span.parse(move.span), move.approver, reason=move.reason)
        case "end":
            return Ended(move.at)
        case _:
            assert_never(move.do)


def current(moves: Sequence[Move]) -> tuple[Move, ...]:
    """The moves of each term since it was last started: an earlier run is over and done with."""
    since = {move.term: n for n, move in enumerate(moves) if move.do == "start"}
    return tuple(move for n, move in enumerate(moves) if n >= since.get(move.term, 0))


def running(definition: Definition, state: CaseState, now: datetime) -> tuple[Running, ...]:
    """Every term that has been started, as it stands at `now`."""
    return tuple(_running(definition, state, now))


def ran_out(definition: Definition, state: CaseState, now: datetime) -> str | None:
    """The act by which the clock answers for a term that has run out at `now`; only the terms that have one in this
    state are worked out."""
    for term in _running(definition, state, now, lambda term: definition.clock_act(state.state, term)):
        if expired(term, now):
            return definition.clock_act(state.state, term.clock.term)
    return None


def _running(
    definition: Definition, state: CaseState, now: datetime, wanted: Callable[[str], object] = bool
) -> Iterator[Running]:
    moves = current(state.moves)
    for term in filter(wanted, dict.fromkeys(move.term for move in moves)):
        rules = clock(definition, term)
        if rules is None:
            continue
        rules = _as_said(rules, moves, term)
        entries = ledger(moves, term)
        at = max(now, entries[-1].at)
        start = next(entry for entry in entries if isinstance(entry, Started))
        statutory = assess(rules.statutory, entries, definition.calendar, definition.zone, at)
        promised = rules.promised and assess(rules.promised, entries, definition.calendar, definition.zone, at)
        yield Running(rules, start.origin or start.at, statutory, promised)


def _as_said(rules: Clock, moves: Sequence[Move], term: str) -> Clock:
    """The same clock, ending on the day that was said when it was started, where one was."""
    start = next(move for move in moves if move.term == term and move.do == "start")
    if not start.span:
        return rules
    return replace(rules, statutory=replace(rules.statutory, span=Span.parse(start.span), rolls=False), promised=None)


def lawful(definition: Definition, state: CaseState, move: Move) -> TermError | None:
    """Why the law does not allow this move, or None."""
    rules = clock(definition, move.term)
    if rules is None:
        return None
    # who starts it begins a run of its own: the one before is over and done with
    entries = [] if move.do == "start" else ledger(current(state.moves), move.term)
    try:
        check_entry(rules.statutory, entries, _entry(move), definition.calendar, definition.zone)
    except TermError as error:
        return error
    return None


def expired(running: Running, now: datetime) -> bool:
    """Whether the statutory term has run out at `now`, to the second."""
    return running.open and running.statutory.overdue_at(now)


@dataclass(frozen=True, slots=True)
class Rung:
    """One step of the ladder on which an overdue term climbs (逐级督办)."""

    term: str
    who: Who
    at: datetime


def ladder(definition: Definition, running: Running) -> Iterator[Rung]:
    """When whom an unanswered term is taken to, the soonest first; each is worked out when it is asked for.

    The head of the body when the earlier of promise and law is broken; the superior body when the law is, and not
    before two working days have passed; the head of government five working days after the law is broken. The
    spans are the platform's own, not a statute's.
    """
    legal, first = running.statutory.due, running.binding.due
    if not running.clock.by_authority or not running.open or legal is None or first is None:
        return
    term = running.clock.term
    yield Rung(term, Who.HEAD, first + _SECOND)
    yield Rung(term, Who.SUPERIOR, max(legal, _working_days_after(definition, first, 2)) + _SECOND)
    yield Rung(term, Who.GOVERNMENT_HEAD, _working_days_after(definition, legal, 5) + _SECOND)


def _working_days_after(definition: Definition, at: datetime, days: int) -> datetime:
    calendar = definition.calendar
    local = at.astimezone(definition.zone)
    day = calendar.select(calendar.count(local.toordinal()) + days)
    return local + timedelta(days=day - local.toordinal())


def climbs(definition: Definition, state: CaseState, terms: Sequence[Running]) -> tuple[Rung, ...]:
    """The rungs still to be climbed, soonest first."""
    rungs = [rung for term in terms for rung in _left(definition, state, term)]
    return tuple(sorted(rungs, key=lambda rung: rung.at))


def _left(definition: Definition, state: CaseState, term: Running) -> Iterator[Rung]:
    """The rungs of one term still to be climbed, soonest first."""
    if escalates(definition, state, term):
        taken = {one.rung for one in state.escalated if concerns(one, term)}
        yield from (rung for rung in ladder(definition, term) if rung.who.value not in taken)


def concerns(escalation: Escalation, term: Running) -> bool:
    """Whether this run of the term was escalated, not an earlier one."""
    return escalation.term == term.clock.term and escalation.at >= term.origin


def escalates(definition: Definition, state: CaseState, term: Running) -> bool:
    """Whether running out leads to a superior: as its procedure says, or because no act answers from this state."""
    match term.clock.data.on_expiry:
        case "escalate":
            return True
        case "act" | "lapse":
            return term.clock.by_authority and definition.clock_act(state.state, term.clock.term) is None
        case "none":
            return False
        case _:
            assert_never(term.clock.data.on_expiry)


def wake_at(definition: Definition, state: CaseState, terms: Sequence[Running]) -> datetime | None:
    """The next moment at which the clock has something to do, or None."""
    if definition.ended(state) or (state.elsewhere and state.elsewhere.taken):
        return None
    moments = [rung.at for term in terms for rung in islice(_left(definition, state, term), 1)]
    for term in terms:
        due = term.statutory.due
        if term.open and due and not state.elsewhere and definition.clock_act(state.state, term.clock.term):
            moments.append(due + _SECOND)
    return min(moments, default=None)


def due(definition: Definition, state: CaseState, now: datetime) -> Running | None:
    """The term that matters now; see `matters`."""
    return matters(running(definition, state, now))


def matters(terms: Sequence[Running], preferring: Sequence[str] = ()) -> Running | None:
    """Of open terms one of `preferring`, else the first to fall due, else a paused one."""
    still = [term for term in terms if term.open and not term.clock.data.aside]
    preferred = [term for term in still if term.clock.term in preferring] or still
    dated = [(date, n) for n, term in enumerate(preferred) if (date := term.binding.due)]
    if dated:
        return preferred[min(dated)[1]]
    return preferred[0] if preferred else None


def longest(terms: Sequence[Running]) -> Running | None:
    """Of the terms that the authority owed and has met, the one that gave it the most time."""
    met = [
        (due - term.origin, -n)
        for n, term in enumerate(terms)
        if term.clock.by_authority and term.used is not None and (due := term.statutory.due)
    ]
    return terms[-max(met)[1]] if met else None
