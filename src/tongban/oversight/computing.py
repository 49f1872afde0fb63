"""Figures from facts: two whole sums for each group, and the fraction that they make.

Nothing here rounds before the end and nothing is a binary fraction: sums are whole numbers, a value is their quotient
to the places of its indicator, halves to the even digit (`value`). Whoever has the two sums gets the same digits.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from typing import NamedTuple

import msgspec

from tongban.base.errors import refuse
from tongban.oversight.folder import Facts
from tongban.oversight.model import SCALE, TOGETHER, By, Indicator
from tongban.oversight.protecting import shown


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


class Sums(NamedTuple):
    """What was added up for one group: the two sums, and how many rows of the facts they are of."""

    numerator: int
    denominator: int
    rows: int


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

    For officials who may know them. What everybody may see is `published`.
    """
    cut = _cut(by)
    found = sums(facts, indicator, cut, period)
    return tuple(figure(indicator, period.name, cut, group, one) for group, one in found.items())


def published(facts: Facts, indicator: Indicator, period: Period, small: int = 0) -> tuple[Figure, ...]:
    """The figures that everybody may see: no small group is among them, nor can one be worked out from them.

    `small` raises the indicator's own threshold.
    """
    axes: Cut = tuple(by for by in indicator.by if by not in facts.lacks)
    cells = sums(facts, indicator, axes, period)
    single: list[Cut] = [(one,) for one in axes]
    tables: list[Cut] = [(), *single, *(cut for cut in TOGETHER if set(cut) <= set(axes))]
    places = {cut: tuple(axes.index(one) for one in cut) for cut in tables}
    may = shown({key: one.rows for key, one in cells.items()}, list(places.values()), max(small, indicator.small))
    return tuple(
        figure(indicator, period.name, cut, group, one)
        for cut in tables
        for group, one in sorted(_added(cells, places[cut]).items())
        if group in may[places[cut]]
    )


def _cut(by: By | Cut) -> Cut:
    if not isinstance(by, str):
        return by
    return () if by == "all" else (by,)


def _added(cells: Mapping[tuple[str, ...], Sums], places: Sequence[int]) -> dict[tuple[str, ...], Sums]:
    """Cells added up by some of their values."""
    found: dict[tuple[str, ...], Sums] = {}
    for key, one in cells.items():
        group = tuple(key[place] for place in places)
        had = found.get(group, Sums(0, 0, 0))
        found[group] = Sums(*(a + b for a, b in zip(had, one, strict=True)))
    return found


def sums(facts: Facts, indicator: Indicator, by: Cut, period: Period) -> dict[tuple[str, ...], Sums]:
    """The sums for each combination of groups, in order."""
    keys = "".join(f"coalesce(\"{one}\", '') AS k{n}, " for n, one in enumerate(by))
    names = "".join(f"k{n}, " for n in range(len(by)))
    order = f" GROUP BY {names[:-2]} ORDER BY {names[:-2]}" if by else " HAVING count(*) > 0"
    rows = facts.run(
        f"SELECT {names}sum(n), sum(d), count(*) FROM ("
        f" SELECT {keys}{_whole(indicator.numerator)} AS n, {_whole(indicator.denominator)} AS d"
        f' FROM {facts.table(indicator.facts, by)} WHERE "{indicator.when}" >= ? AND "{indicator.when}" < ?'
        f" AND ({indicator.where})){order}",
        [datetime.combine(period.since, time()), datetime.combine(period.until, time())],
    )
    return {tuple(row[:-3]): Sums(*map(int, row[-3:])) for row in rows}


def _whole(expression: str) -> str:
    return f"coalesce(CAST(({expression}) AS BIGINT), 0)"
