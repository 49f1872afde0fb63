"""Counting: from a rule, a folded ledger and a calendar to the last tick of a term.

Time is counted in ticks: whole dates for day, month and year terms, whole seconds for hour and minute terms.
One sentence carries all of it: **a tick is spent when it ends while the clock runs.** For dates, a day ends
at the rule's ``end_of_day`` in the authority's zone. Hence:

- the day on which the clock stops is not spent (unless it had already ended), the day on which it starts
  again is; a stop and restart within one day costs and gives nothing;
- overlapping pauses are merged before counting, so they count once; stopping can only move the date later;
- a term of N days has N left until the end of its first counted day: today is among those left;
- consumed + left = budget at every moment up to the due moment.

Months and years become calendar days once the start is known (the corresponding day, 民法典 202 [M]), so a
pause gives back exactly the dates it took.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, time, tzinfo
from functools import lru_cache
from typing import TypeAlias, assert_never

from tongban.terms.calendars import Calendar
from tongban.terms.ledger import Pause, Run
from tongban.terms.rules import DAY_END, Direction, Start, TermRule
from tongban.terms.spans import Span, TermError, Unit, add_months

Closed: TypeAlias = tuple[tuple[int, int | None], ...]
"""Ticks not counted, as disjoint ascending [from, to); to is None while the pause is open."""


@dataclass(frozen=True, slots=True)
class Axis:
    """How one term's ticks are numbered.

    tick    moment -> the tick that is running then
    end     tick -> the last moment of it (of a day, its last second; of a second, the instant it ends)
    count   tick -> countable ticks up to and including it; ``select`` is the inverse
    unit    in which amounts are told: working-day, calendar-day or minute; ``size`` ticks each
    """

    tick: Callable[[datetime], int]
    end: Callable[[int], datetime]
    count: Callable[[int], int]
    select: Callable[[int], int]
    unit: Unit
    size: int = 1


def _same(tick: int) -> int:
    return tick


def axis_of(rule: TermRule, calendar: Calendar, zone: tzinfo) -> Axis:
    return _axis(rule.span.unit, rule.end_of_day, calendar, zone)


@lru_cache(maxsize=500)
def _axis(unit: Unit, end_of_day: time, calendar: Calendar, zone: tzinfo) -> Axis:
    match unit:
        case Unit.MINUTE | Unit.HOUR:
            return Axis(lambda at: _instant(at) + 1, _moment(zone), _same, _same, Unit.MINUTE, 60)
        case Unit.WORKING_DAY:
            tick, end = _day_ticks(zone, end_of_day)
            return Axis(tick, end, calendar.count, calendar.select, Unit.WORKING_DAY)
        case Unit.ON_THE_SPOT | Unit.CALENDAR_DAY | Unit.MONTH | Unit.YEAR:
            tick, end = _day_ticks(zone, end_of_day)
            return Axis(tick, end, _same, _same, Unit.CALENDAR_DAY)
        case _:
            assert_never(unit)


def _instant(at: datetime) -> int:
    """Whole seconds of the epoch; the second that is running then ends, as a tick, at the next."""
    return int(at.timestamp() // 1)


def _moment(zone: tzinfo) -> Callable[[int], datetime]:
    def moment(instant: int) -> datetime:
        try:
            return datetime.fromtimestamp(instant, zone)
        except (ValueError, OverflowError, OSError):
            raise _beyond() from None

    return moment


def _beyond() -> TermError:
    return TermError("beyond-the-calendar", "期限超出公历范围", "The span leaves the calendar")


def _day_ticks(zone: tzinfo, end: time) -> tuple[Callable[[datetime], int], Callable[[int], datetime]]:
    def tick(at: datetime) -> int:
        local = at.astimezone(zone)
        late = end != DAY_END and local.time().replace(microsecond=0) > end
        return local.toordinal() + late

    def last_moment(ordinal: int) -> datetime:
        if not 1 <= ordinal <= date.max.toordinal():
            raise _beyond()
        return datetime.combine(date.fromordinal(ordinal), end, zone)

    return tick, last_moment


@dataclass(frozen=True, slots=True)
class Counted:
    """A placed term: everything that explains its date.

    start   the tick after which counting begins; ``need`` ticks are the budget
    last    the tick on which the budget is spent; ``due_tick`` the same moved off a holiday (later, or
            earlier for a backward term). None while an open pause holds the term.
    """

    rule: TermRule
    run: Run
    calendar: Calendar
    zone: tzinfo
    axis: Axis
    start: int
    need: int
    closed: Closed
    last: int | None
    due_tick: int | None

    @property
    def due(self) -> datetime | None:
        return None if self.due_tick is None else self.axis.end(self.due_tick)

    @property
    def budget(self) -> int:
        return self.need // self.axis.size

    def spent(self, at: datetime) -> int:
        """Amount spent at ``at``, in ``axis.unit``; days a last day rolled over are nobody's, later ones overrun."""
        stop = self.axis.tick(at) - 1
        ticks = self.walked(self.start, stop)
        if self.last is not None and self.due_tick is not None and self.last < self.due_tick:
            ticks -= self.walked(self.last, min(stop, self.due_tick))
        return ticks // self.axis.size

    def walked(self, after: int, until: int) -> int:
        """Countable ticks in (after, until] on which the clock ran."""
        if until <= after:
            return 0
        ticks = self.axis.count(until) - self.axis.count(after)
        for since, to in self.closed:
            lo = max(since - 1, after)
            hi = until if to is None else min(to - 1, until)
            if hi > lo:
                ticks -= self.axis.count(hi) - self.axis.count(lo)
        return ticks

    def if_resumed(self, at: datetime) -> Counted:
        """The same term with every open pause ending at ``at``."""
        pauses = tuple(replace(p, until=max(at, p.since)) if p.until is None else p for p in self.run.pauses)
        return count(self.rule, replace(self.run, pauses=pauses), self.calendar, self.zone)


def count(rule: TermRule, run: Run, calendar: Calendar, zone: tzinfo) -> Counted:
    axis = axis_of(rule, calendar, zone)
    match rule.direction:
        case Direction.FORWARD:
            return _forward(rule, run, calendar, zone, axis)
        case Direction.BACKWARD:
            return _backward(rule, run, calendar, zone, axis)
        case _:
            assert_never(rule.direction)


def _forward(rule: TermRule, run: Run, calendar: Calendar, zone: tzinfo, axis: Axis) -> Counted:
    if rule.span.unit is Unit.ON_THE_SPOT:
        start, need = axis.tick(run.origin), 0
    elif axis.unit is Unit.MINUTE:
        start = _instant(run.origin)
        need = axis.size * sum(s.measure()[1] for s in _spans(rule, run))
    else:
        anchor = run.origin.astimezone(zone).date()
        same_day = rule.start_rule is Start.SAME_DAY
        start = anchor.toordinal() - same_day
        need = _days(_spans(rule, run), anchor)
    closed = _closed(run.pauses, axis, start)
    last = _last(axis, start, need, closed)
    due = None if last is None else _settled(rule, calendar, axis, last, closed)
    return Counted(rule, run, calendar, zone, axis, start, need, closed, last, due)


def _backward(rule: TermRule, run: Run, calendar: Calendar, zone: tzinfo, axis: Axis) -> Counted:
    """The nth countable day before the event, the event's own day not counted.

    The budget of a backward term is the time really given: from the moment it became known to that day.
    """
    amount = rule.span.measure()[1]
    match rule.span.unit:
        case Unit.MINUTE | Unit.HOUR:
            last = _instant(run.origin) - amount * axis.size
        case Unit.ON_THE_SPOT:
            last = run.origin.astimezone(zone).toordinal()
        case Unit.MONTH | Unit.YEAR:
            last = add_months(run.origin.astimezone(zone).date(), -amount).toordinal()
        case Unit.CALENDAR_DAY | Unit.WORKING_DAY:
            event = run.origin.astimezone(zone).toordinal()
            last = axis.select(axis.count(event - 1) - amount + 1)
        case _:
            assert_never(rule.span.unit)
    due = calendar.select(calendar.count(last)) if _rolls(rule, axis) else last
    # The day of the record is not among those given; the second of it is.
    start = axis.tick(run.started.at) - (axis.unit is Unit.MINUTE)
    need = max(0, axis.count(due) - axis.count(start))
    return Counted(rule, run, calendar, zone, axis, start, need, (), last, due)


def _spans(rule: TermRule, run: Run) -> list[Span]:
    return [rule.span, *(e.span for e in run.extensions)]


def _days(spans: list[Span], anchor: date) -> int:
    """Spans as days from ``anchor``: months first, from the corresponding day, then days."""
    days = months = 0
    for span in spans:
        unit, amount = span.measure()
        if unit is Unit.MONTH:
            months += amount
        else:
            days += amount
    return days + (add_months(anchor, months) - anchor).days if months else days


def _closed(pauses: tuple[Pause, ...], axis: Axis, start: int) -> Closed:
    merged: list[tuple[int, int | None]] = []
    for pause in pauses:
        since = max(axis.tick(pause.since), start + 1)
        to = None if pause.until is None else axis.tick(pause.until)
        if to is not None and to <= since:
            continue
        if merged:
            before, end = merged[-1]
            if end is None:
                break
            if since <= end:
                merged[-1] = (before, None if to is None else max(end, to))
                continue
        merged.append((since, to))
    return tuple(merged)


def _last(axis: Axis, start: int, need: int, closed: Closed) -> int | None:
    if need == 0:
        return start
    walked, counted = start, axis.count(start)
    for since, to in closed:
        free = axis.count(since - 1) - counted
        if need <= free:
            break
        if to is None:
            return None
        need -= free
        walked = to - 1
        counted = axis.count(walked)
    return axis.select(counted + need)


def _rolls(rule: TermRule, axis: Axis) -> bool:
    return rule.rolls and axis.unit is Unit.CALENDAR_DAY


def _settled(rule: TermRule, calendar: Calendar, axis: Axis, last: int, closed: Closed) -> int | None:
    """The last tick, moved on past days off and past pauses that hold it; None while an open pause does."""
    rolls = _rolls(rule, axis)
    tick = calendar.working_from(last) if rolls else last
    for since, to in closed:
        if to is None:
            if tick >= since:
                return None
        elif since <= tick < to:
            tick = calendar.working_from(to) if rolls else to
    return tick
