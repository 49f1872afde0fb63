"""Figures from facts: two whole sums for each group, and the fraction that they make.

Nothing here rounds before the end and nothing is a binary fraction: sums are whole numbers, a value is their quotient
to the places of its indicator, halves to the even digit (`value`). Whoever has the two sums gets the same digits.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from typing import NamedTuple

import msgspec

from tongban.base.errors import refuse
from tongban.oversight.folder import Facts
from tongban.oversight.model import NAMES, SCALE, TOGETHER, By, Indicator
from tongban.oversight.showing import Table


class Period(msgspec.Struct, frozen=True):
    """Days from `since` to before `until`."""

    since: date
    until: date

    @classmethod
    def month(cls, year: int, month: int) -> Period:
        """One calendar month."""
        return cls(date(year, month, 1), date(year + month // 12, month % 12 + 1, 1))

    @classmethod
    def named(cls, written: str) -> Period:
        """A month as `2026-10`. Raises Refused (`no-month`)."""
        year, _, month = written.partition("-")
        try:
            return cls.month(int(year), int(month))
        except ValueError:
            raise refuse(
                "no-month", f"{written} 不是月份，要像 2026-10", f"{written} is no month; write 2026-10"
            ) from None

    @property
    def name(self) -> str:
        """As files write it: a month, or both days."""
        if (self.since.day, self.until.day) == (1, 1) and self == Period.month(self.since.year, self.since.month):
            return f"{self.since:%Y-%m}"
        return f"{self.since}/{self.until}"


Cut = tuple[By, ...]
"""What figures are told apart by; empty for the whole."""


Group = tuple[str, ...]


class Sums(NamedTuple):
    """What was added up for one group: the two sums, and how many rows of the facts they are of."""

    numerator: int
    denominator: int
    rows: int

    def plus(self, other: Sums) -> Sums:
        """Both together."""
        return Sums(self.numerator + other.numerator, self.denominator + other.denominator, self.rows + other.rows)


class Figure(msgspec.Struct, frozen=True, kw_only=True):
    """One number: an indicator in a period for one group. `by` and `group` are empty for the whole."""

    indicator: str
    period: str
    by: tuple[str, ...]
    group: tuple[str, ...]
    numerator: int
    denominator: int
    rows: int
    value: Decimal | None
    """None where the denominator is 0."""


def value(indicator: Indicator, numerator: int, denominator: int) -> Decimal | None:
    """The quotient in the indicator's unit and places, halves to the even digit."""
    if denominator == 0:
        return None
    times, by = SCALE[indicator.unit]
    top, below = numerator * times * 10**indicator.places, denominator * by
    quotient, rest = divmod(abs(top), below)
    if 2 * rest > below or (2 * rest == below and quotient % 2):
        quotient += 1
    return Decimal(quotient if top >= 0 else -quotient).scaleb(-indicator.places)


def figure(indicator: Indicator, period: str, by: Sequence[str], group: Sequence[str], found: Sums) -> Figure:
    """A figure from its sums."""
    return Figure(
        indicator=indicator.indicator,
        period=period,
        by=tuple(by),
        group=tuple(group),
        numerator=found.numerator,
        denominator=found.denominator,
        rows=found.rows,
        value=value(indicator, found.numerator, found.denominator),
    )


def compute(facts: Facts, indicator: Indicator, by: By | Cut, period: Period) -> tuple[Figure, ...]:
    """Exact figures of an indicator, in the order of their groups; groups without a row are not there.

    For officials who may know them. What everybody may see is `publishing.published`.
    """
    cut = _cut(by)
    found = sums(facts, (indicator,), cut, period)
    return tuple(figure(indicator, period.name, cut, group, row[0]) for group, row in found.items())


Figures = tuple[tuple[Indicator, Figure], ...]


def exact(facts: Facts, indicators: Sequence[Indicator], period: Period) -> Figures:
    """Every figure of indicators by all that they are told apart by, small groups too: for officials."""
    found: list[tuple[Indicator, Figure]] = []
    for same in populations(indicators):
        axes = axes_of(facts, same)
        found += figures_of(same, axes, sums(facts, same, axes, period), period, None)
    return ordered(found, indicators)


def ordered(found: Sequence[tuple[Indicator, Figure]], indicators: Sequence[Indicator]) -> Figures:
    """By indicator, then by what they are told apart by, coarse before fine."""
    order = {one.indicator: n for n, one in enumerate(indicators)}
    return tuple(sorted(found, key=lambda one: (order[one[0].indicator], len(one[1].by), one[1].by, one[1].group)))


def populations(indicators: Sequence[Indicator]) -> list[list[Indicator]]:
    """Indicators that count the same rows."""
    found: dict[tuple[str, str, str], list[Indicator]] = {}
    for one in indicators:
        found.setdefault((one.facts, one.when, one.where), []).append(one)
    return list(found.values())


def axes_of(facts: Facts, same: Sequence[Indicator]) -> Cut:
    """What any of them is told apart by, as far as these facts can."""
    asked = {by for one in same for by in one.by if by not in facts.lacks}
    return tuple(by for by in NAMES if by in asked)


def cuts_of(axes: Cut) -> tuple[Cut, ...]:
    """Coarse before fine."""
    single: tuple[Cut, ...] = tuple((one,) for one in axes)
    return ((), *single, *(cut for cut in TOGETHER if set(cut) <= set(axes)))


def places_of(axes: Cut, cut: Cut) -> tuple[int, ...]:
    """Where the parts of a cut stand among the axes."""
    return tuple(axes.index(one) for one in cut)


def figures_of(
    same: Sequence[Indicator],
    axes: Cut,
    cells: Mapping[Group, tuple[Sums, ...]],
    period: Period,
    may: Mapping[Table, frozenset[Group]] | None,
) -> Iterator[tuple[Indicator, Figure]]:
    """The figures of one population; all of them where `may` is None."""
    for cut in cuts_of(axes):
        added = _added(cells, places_of(axes, cut))
        groups = sorted(added if may is None else may[places_of(axes, cut)] & added.keys())
        for n, one in enumerate(same):
            if set(cut) <= set(one.by):
                yield from ((one, figure(one, period.name, cut, group, added[group][n])) for group in groups)


class Gap(NamedTuple):
    """How far the worst served group is from the best served, of those that may be shown."""

    indicator: str
    period: str
    by: By
    best: str
    worst: str
    distance: Decimal


def gaps(found: Sequence[tuple[Indicator, Figure]]) -> tuple[Gap, ...]:
    """Equity gaps, from figures alone: whoever has those gets the same. None where fewer than two groups are shown."""
    groups: dict[tuple[str, str, By], list[Figure]] = {}
    known = {one.indicator: one for one, _ in found}
    for one, told in found:
        if len(told.by) == 1 and told.group != ("",) and told.value is not None:
            for by in one.gaps:
                if by == told.by[0]:
                    groups.setdefault((one.indicator, told.period, by), []).append(told)
    answer: list[Gap] = []
    for (name, period, by), some in groups.items():
        if len(some) > 1:
            ordered = sorted(some, key=lambda one: (one.value or Decimal(), one.group))
            low, high = ordered[0], ordered[-1]
            best, worst = (high, low) if known[name].better == "higher" else (low, high)
            distance = (high.value or Decimal()) - (low.value or Decimal())
            answer.append(Gap(name, period, by, best.group[0], worst.group[0], distance))
    return tuple(answer)


def _cut(by: By | Cut) -> Cut:
    if not isinstance(by, str):
        return by
    return () if by == "all" else (by,)


def _added(cells: Mapping[Group, tuple[Sums, ...]], places: Sequence[int]) -> dict[Group, tuple[Sums, ...]]:
    """Cells added up by some of their values."""
    found: dict[Group, tuple[Sums, ...]] = {}
    for key, row in cells.items():
        group = tuple(key[place] for place in places)
        had = found.get(group)
        found[group] = row if had is None else tuple(a.plus(b) for a, b in zip(had, row, strict=True))
    return found


def sums(facts: Facts, indicators: Sequence[Indicator], by: Cut, period: Period) -> dict[Group, tuple[Sums, ...]]:
    """The sums of indicators that count the same rows, for each combination of groups, in order."""
    first = indicators[0]
    keys = "".join(f"coalesce(\"{one}\", '') AS k{n}, " for n, one in enumerate(by))
    names = "".join(f"k{n}, " for n in range(len(by)))
    wanted = dict.fromkeys(expression for one in indicators for expression in (one.numerator, one.denominator))
    places = {expression: n for n, expression in enumerate(wanted)}
    inner = ", ".join(f"{_whole(expression)} AS s{n}" for expression, n in places.items())
    outer = ", ".join(f"sum(s{n})" for n in places.values())
    order = f" GROUP BY {names[:-2]} ORDER BY {names[:-2]}" if by else " HAVING count(*) > 0"
    rows = facts.run(
        f"SELECT {names}{outer}, count(*) FROM (SELECT {keys}{inner}"
        f' FROM {facts.table(first.facts, by)} WHERE "{first.when}" >= ? AND "{first.when}" < ?'
        f" AND ({first.where})){order}",
        [datetime.combine(period.since, time()), datetime.combine(period.until, time())],
    )
    width = len(by)
    return {
        tuple(row[:width]): tuple(
            Sums(int(row[width + places[one.numerator]]), int(row[width + places[one.denominator]]), int(row[-1]))
            for one in indicators
        )
        for row in rows
    }


def _whole(expression: str) -> str:
    return f"coalesce(CAST(({expression}) AS BIGINT), 0)"
