"""Parameters of the law: a value that an act fixes for a time, and another act for the time after.

A period is half-open, [since, until): the day on which the new law begins is the new law's day, and no day between
two periods that meet is left out or counted twice. Looking a value up tells which period and which article it is
from; a day under no law, or under two, has no value, and the answer says why: it is never guessed.

Days are those of Python's `datetime.date`; no law that pays anybody anything lies outside the years 1 to 9999.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import cast

from tongban.rules.feel.errors import RuleValueError
from tongban.rules.feel.values import Value


@dataclass(frozen=True, slots=True)
class Span:
    """The days [since, until); `until` None is without end."""

    since: date
    until: date | None = None

    def __contains__(self, day: object) -> bool:
        return isinstance(day, date) and self.since <= day and (self.until is None or day < self.until)


@dataclass(frozen=True, slots=True)
class Period:
    """What one article says, and while it holds.

    value    one value for everybody, or a mapping from each category to its own; a FEEL value
    law      the article, by the identifier that the file uses
    """

    span: Span
    value: Value | Mapping[str, Value]
    law: str = ""

    @property
    def categories(self) -> Mapping[str, Value] | None:
        """The values by category; None if there is one for everybody."""
        return cast("Mapping[str, Value]", self.value) if isinstance(self.value, Mapping) else None


class NoValue(StrEnum):
    """Why a parameter has no value."""

    NO_LAW = "no-law"
    """The day is under no period."""
    TWO_LAWS = "two-laws"
    """The day is under more than one period: which of them holds is not for a machine to say."""
    NO_CATEGORY = "no-category"
    """The law of the day says nothing for this category, or the category is not known."""


@dataclass(frozen=True, slots=True)
class Found:
    """The value on a day. `number` is that of the period, from 1, in the order of the file."""

    value: Value
    number: int
    span: Span
    law: str


@dataclass(frozen=True, slots=True)
class Missing:
    """No value on a day. `numbers` are the periods concerned: none, one without the category, or those that clash."""

    reason: NoValue
    numbers: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Overlap:
    """Days that two periods both claim; `one` and `other` are their numbers, from 1."""

    span: Span
    one: int
    other: int


@dataclass(frozen=True, slots=True, eq=False)
class Parameter:
    """A dated parameter. Make one with `Parameter.build`.

    type      FEEL's name of the type of its values, for those who use it
    category  the one fact that the value depends on; None if it is the same for all
    """

    name: str
    type: str
    category: str | None
    periods: tuple[Period, ...]
    _starts: tuple[date, ...]
    _numbers: tuple[tuple[int, ...], ...]
    """From each of `_starts` on (to the next), the periods in force, by number."""

    @staticmethod
    def build(name: str, type_: str, periods: Sequence[Period], category: str | None = None) -> Parameter:
        """Raises `RuleValueError` for a period that ends before it has begun, and for values by category where the
        parameter has none (or the other way round)."""
        for number, period in enumerate(periods, start=1):
            if period.span.until is not None and period.span.until <= period.span.since:
                raise RuleValueError(f"period {number} of {name} ends before it begins")
            if (period.categories is None) is (category is not None):
                raise RuleValueError(
                    f"period {number} of {name} must have values by category if and only if it has one"
                )
        starts, numbers = _timeline(periods)
        return Parameter(name, type_, category, tuple(periods), starts, numbers)

    def lookup(self, day: date, category: object = None) -> Found | Missing:
        """The value on `day` for `category` with the period it is from, or why there is none."""
        at = bisect_right(self._starts, day) - 1
        numbers = self._numbers[at] if at >= 0 else ()
        if len(numbers) != 1:
            return Missing(NoValue.TWO_LAWS if numbers else NoValue.NO_LAW, numbers)
        period = self.periods[numbers[0] - 1]
        value: Value = period.value
        if period.categories is not None:
            if not isinstance(category, str) or category not in period.categories:
                return Missing(NoValue.NO_CATEGORY, numbers)
            value = period.categories[category]
        return Found(value, numbers[0], period.span, period.law)

    def gaps(self, within: Span) -> tuple[Span, ...]:
        """The days of `within` under no law, as the longest spans."""
        return tuple(_joined(span for span, numbers in self._pieces(within) if not numbers))

    def overlaps(self, within: Span) -> tuple[Overlap, ...]:
        """The days of `within` under two laws: for each pair of periods that clash, the days that they share."""
        found: list[Overlap] = []
        for one, first in enumerate(self.periods, start=1):
            for other, second in enumerate(self.periods[one:], start=one + 1):
                shared = _common(_common(first.span, second.span), within)
                if shared is not None:
                    found.append(Overlap(shared, one, other))
        return tuple(found)

    def in_force(self) -> Iterator[tuple[Span, Period]]:
        """The days on which exactly one period holds, in order, each with it: all that `lookup` ever answers from."""
        for at, (since, numbers) in enumerate(zip(self._starts, self._numbers, strict=True)):
            if len(numbers) == 1:
                until = self._starts[at + 1] if at + 1 < len(self._starts) else None
                yield Span(since, until), self.periods[numbers[0] - 1]

    def _pieces(self, within: Span) -> Iterator[tuple[Span, tuple[int, ...]]]:
        """`within` cut where the law changes, each piece with the periods in force on its days."""
        cuts = [within.since, *(start for start in self._starts if start in within and start > within.since)]
        for at, since in enumerate(cuts):
            until = cuts[at + 1] if at + 1 < len(cuts) else within.until
            index = bisect_right(self._starts, since) - 1
            if until is None or since < until:
                yield Span(since, until), self._numbers[index] if index >= 0 else ()


def _timeline(periods: Sequence[Period]) -> tuple[tuple[date, ...], tuple[tuple[int, ...], ...]]:
    days = {period.span.since for period in periods}
    days |= {period.span.until for period in periods if period.span.until is not None}
    starts = tuple(sorted(days))
    numbers = tuple(
        tuple(number for number, period in enumerate(periods, start=1) if day in period.span) for day in starts
    )
    return starts, numbers


def _common(one: Span | None, other: Span) -> Span | None:
    if one is None:
        return None
    since = max(one.since, other.since)
    ends = [span.until for span in (one, other) if span.until is not None]
    until = min(ends) if ends else None
    return Span(since, until) if until is None or since < until else None


def _joined(spans: Iterable[Span]) -> Iterator[Span]:
    """Spans in order, those that meet made one."""
    last: Span | None = None
    for span in spans:
        if last is not None and last.until == span.since:
            last = Span(last.since, span.until)
            continue
        if last is not None:
            yield last
        last = span
    if last is not None:
        yield last
