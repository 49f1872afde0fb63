"""Where a term stands: its state, its date, what is left, what fires, who used the time. All derived."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, tzinfo
from enum import StrEnum

from tongban.terms.calendars import Calendar
from tongban.terms.counting import Counted, count
from tongban.terms.explain import explain
from tongban.terms.ledger import Ledger, Pause, fold
from tongban.terms.rules import CONSEQUENCE_NAMES, Consequence, TermRule
from tongban.terms.spans import Lang, Text, Unit, count_text, say

_SECOND = timedelta(seconds=1)


class State(StrEnum):
    NOT_STARTED = "not-started"
    RUNNING = "running"
    PAUSED = "paused"
    OVERDUE = "overdue"
    MET = "met"
    MET_LATE = "met-late"


@dataclass(frozen=True, slots=True)
class PausedSpan:
    """Time during which the clock stood, the union of overlapping pauses; ``until`` is None while it stands."""

    since: datetime
    until: datetime | None
    grounds: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Standing:
    """A term at one moment.

    at        the moment asked about
    due       the last moment in time, in the authority's zone; None before the start and while paused
    unit      of ``budget``, ``consumed`` and ``left``: working-day, calendar-day (also for months and years)
              or minute (also for hours); before the start, the rule's own unit
    left      budget − consumed, not below zero; today counts as left until it ends
    overrun   what was consumed beyond the budget after the due moment
    """

    rule: TermRule
    state: State
    at: datetime | None
    due: datetime | None
    budget: int
    consumed: int
    unit: Unit
    _counted: Counted | None = field(repr=False, compare=False)

    @property
    def left(self) -> int:
        return max(0, self.budget - self.consumed)

    @property
    def overrun(self) -> int:
        return max(0, self.consumed - self.budget)

    @property
    def paused_spans(self) -> tuple[PausedSpan, ...]:
        return () if self._counted is None else _union(self._counted.run.pauses)

    @property
    def ended(self) -> datetime | None:
        return None if self._counted is None else self._counted.run.ended

    @property
    def projected(self) -> datetime | None:
        """The due moment; while paused, what it would be if the clock resumed at ``at``. None before the start."""
        if self.due is not None or self._counted is None or self.at is None:
            return self.due
        return self._counted.if_resumed(self.at).due

    def overdue_at(self, now: datetime) -> bool:
        """Whether the term, as its ledger stands, has run out at ``now`` without having been met in time."""
        if self.due is None:
            return False
        end = now if self.ended is None else min(now, self.ended)
        return end.replace(microsecond=0) > self.due

    def left_text(self, lang: Lang) -> str:
        """``12个工作日`` / ``3小时20分钟``: what is left, in words."""
        if self.unit is not Unit.MINUTE or self.left < 60:
            return count_text(self.left, self.unit, lang)
        hours, minutes = divmod(self.left, 60)
        rest = count_text(minutes, Unit.MINUTE, lang) if minutes else ""
        gap = " " if rest and lang == "en" else ""
        return f"{count_text(hours, Unit.HOUR, lang)}{gap}{rest}"

    def explain(self, lang: Lang) -> str:
        """One sentence: why the date is that day. Composed when asked for."""
        if self._counted is None:
            law = say(self.rule.law, lang)
            return f"尚未起算，依据{law}。" if lang == "zh" else f"Not yet started, under {law}."
        return explain(self._counted, self.left_text(lang), lang)


def assess(rule: TermRule, ledger: Ledger, calendar: Calendar, zone: tzinfo, at: datetime | None = None) -> Standing:
    """Where the term stands at ``at``, or as of its last entry.

    Entries after ``at`` are not looked at, so a past moment is answered as it was known then. Raises TermError
    for a ledger that cannot be true (see :func:`tongban.terms.ledger.fold`) and ``beyond-the-calendar``.
    """
    run = fold(ledger, at)
    if run is None:
        return Standing(rule, State.NOT_STARTED, at, None, rule.span.amount, 0, rule.span.unit, None)
    counted = count(rule, run, calendar, zone)
    stop = run.at if run.ended is None else min(run.at, run.ended)
    due = counted.due
    return Standing(
        rule,
        _state(due, stop, ended=run.ended is not None),
        run.at,
        due,
        counted.budget,
        counted.spent(stop),
        counted.axis.unit,
        counted,
    )


def _state(due: datetime | None, stop: datetime, *, ended: bool) -> State:
    if due is None:
        return State.MET if ended else State.PAUSED
    if stop.replace(microsecond=0) > due:
        return State.MET_LATE if ended else State.OVERDUE
    return State.MET if ended else State.RUNNING


def _union(pauses: tuple[Pause, ...]) -> tuple[PausedSpan, ...]:
    spans: list[PausedSpan] = []
    for pause in pauses:
        before = spans[-1] if spans else None
        if before is None or (before.until is not None and before.until < pause.since):
            spans.append(PausedSpan(pause.since, pause.until, (pause.ground,)))
            continue
        until = None if before.until is None or pause.until is None else max(before.until, pause.until)
        grounds = before.grounds if pause.ground in before.grounds else (*before.grounds, pause.ground)
        spans[-1] = PausedSpan(before.since, until, grounds)
    return tuple(spans)


@dataclass(frozen=True, slots=True)
class Expiry:
    """A term ran out. ``fires`` is the first moment after it; ``effective`` the day its consequence dates from."""

    consequence: Consequence
    fires: datetime
    effective: datetime
    law: str

    def text(self, lang: Lang) -> str:
        what = say(CONSEQUENCE_NAMES[self.consequence], lang)
        day = self.effective.date().isoformat()
        if lang == "zh":
            return f"期限于{self.fires:%Y-%m-%d %H:%M}届满：{what}（自{day}起），依据{self.law}。"
        return f"Ran out at {self.fires:%Y-%m-%d %H:%M}: {what} (from {day}), under {self.law}."


def consequence_at(rule: TermRule, ledger: Ledger, calendar: Calendar, zone: tzinfo, now: datetime) -> Expiry | None:
    """What the law attaches at ``now`` to the term's having run out, or None if it has not.

    An answer that came late does not undo it. Deemed acceptance dates back to the day the material was
    received, that is the term's origin (行政许可法 32); everything else takes effect when it fires. A term
    that only runs out in the future, or stands paused, has no consequence yet.
    """
    run = fold(ledger, now)
    if run is None or rule.consequence is Consequence.NONE:
        return None
    due = count(rule, run, calendar, zone).due
    stop = now if run.ended is None else run.ended
    if due is None or stop.replace(microsecond=0) <= due:
        return None
    fires = due + _SECOND
    backdated = rule.consequence is Consequence.DEEMED_ACCEPTED
    return Expiry(rule.consequence, fires, run.origin.astimezone(zone) if backdated else fires, say(rule.law, "zh"))


def split(
    rule: TermRule, ledger: Ledger, calendar: Calendar, zone: tzinfo, at: datetime | None = None
) -> dict[str, int]:
    """How much of the time each holder used, in ``Standing.unit``; the sum is ``Standing.consumed``.

    A day belongs to whoever holds the case when it ends; time before the hand-over was recorded to the first.
    """
    run = fold(ledger, at)
    if run is None:
        return {}
    spent: Callable[[datetime], int] = count(rule, run, calendar, zone).spent
    stop = run.at if run.ended is None else min(run.at, run.ended)
    shares: dict[str, int] = {}
    until = [since for since, _ in run.holders[1:]]
    before = 0
    for (_, holder), end in zip(run.holders, [*until, stop], strict=True):
        now = spent(end)
        shares[holder] = shares.get(holder, 0) + now - before
        before = now
    return shares


@dataclass(frozen=True, slots=True)
class Change:
    """A due date that a calendar moved; ``days`` are the dates that became working days or ceased to be."""

    old: datetime
    new: datetime
    days: tuple[date, ...]
    why: Text


def recompute(rule: TermRule, ledger: Ledger, old: Calendar, new: Calendar, zone: tzinfo) -> Change | None:
    """How a new calendar moves an open term's date, or None: unmoved, not begun, paused or already ended."""
    run = fold(ledger)
    if run is None or run.ended is not None:
        return None
    was, now = count(rule, run, old, zone), count(rule, run, new, zone)
    if was.due is None or now.due is None or was.due == now.due:
        return None
    ticks = [t for c in (was, now) for t in (_calendar_from(c), c.due_tick) if t is not None]
    days = tuple(date.fromordinal(o) for o in old.differs(new, min(ticks) - 1, max(ticks)))
    sources = [n.source for n in new.notices if n not in old.notices] or [new.version]
    zh_days = "、".join(f"{d.month}月{d.day}日{'上班' if new.is_working(d) else '放假'}" for d in days)
    en_days = ", ".join(f"{d.isoformat()} {'worked' if new.is_working(d) else 'off'}" for d in days)
    why = Text(
        f"{'、'.join(sources)}：{zh_days}，到期日由{was.due:%Y-%m-%d}改为{now.due:%Y-%m-%d}。",
        f"{', '.join(sources)}: {en_days}; the due date moves from {was.due:%Y-%m-%d} to {now.due:%Y-%m-%d}.",
    )
    return Change(was.due, now.due, days, why)


def _calendar_from(counted: Counted) -> int | None:
    """The first tick at which the calendar matters: all of a working-day term, only the end of another."""
    return counted.start if counted.axis.unit is Unit.WORKING_DAY else counted.last


@dataclass(frozen=True, slots=True)
class Both:
    """The statutory and the promised term of one duty, run on the same ledger."""

    statutory: Standing
    promised: Standing

    @property
    def binding(self) -> Standing:
        """The one that falls due first; the statutory one when neither has a date."""
        s, p = self.statutory, self.promised
        return p if p.due is not None and (s.due is None or p.due < s.due) else s


def assess_both(
    statutory: TermRule,
    promised: TermRule,
    ledger: Ledger,
    calendar: Calendar,
    zone: tzinfo,
    at: datetime | None = None,
) -> Both:
    return Both(assess(statutory, ledger, calendar, zone, at), assess(promised, ledger, calendar, zone, at))
