"""Figures from facts: two whole sums for each group, and the fraction that they make.

Nothing here rounds before the end and nothing is a binary fraction: sums are whole numbers, a value is their quotient
to the places of its indicator, halves to the even digit (`value`). Whoever has the two sums gets the same digits.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time
from decimal import Decimal

import msgspec

from tongban.base.errors import refuse
from tongban.oversight.folder import Facts
from tongban.oversight.model import SCALE, By, Indicator


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


class Figure(msgspec.Struct, frozen=True, kw_only=True):
    """One number: an indicator in a period for one group. `group` is empty for the whole."""

    indicator: str
    period: str
    by: By
    group: str
    numerator: int
    denominator: int
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


def compute(facts: Facts, indicator: Indicator, by: By, period: Period) -> tuple[Figure, ...]:
    """Exact figures of an indicator, in the order of their groups; groups without a row are not there."""
    found = sums(facts, indicator, (by,), period)
    return tuple(
        Figure(
            indicator=indicator.indicator,
            period=period.name,
            by=by,
            group=group,
            numerator=numerator,
            denominator=denominator,
            value=value(indicator, numerator, denominator),
        )
        for (group,), numerator, denominator in found
    )


def sums(
    facts: Facts, indicator: Indicator, by: Sequence[By], period: Period
) -> list[tuple[tuple[str, ...], int, int]]:
    """The two sums for each combination of groups, in order."""
    parts = ["''" if one == "all" else f"coalesce(\"{one}\", '')" for one in by]
    keys = ", ".join(f"{part} AS k{n}" for n, part in enumerate(parts))
    names = ", ".join(f"k{n}" for n in range(len(parts)))
    rows = facts.run(
        f"SELECT {names}, sum(n), sum(d) FROM ("
        f" SELECT {keys}, {_whole(indicator.numerator)} AS n, {_whole(indicator.denominator)} AS d"
        f' FROM {facts.table(indicator.facts)} WHERE "{indicator.when}" >= ? AND "{indicator.when}" < ?'
        f" AND ({indicator.where})) GROUP BY {names} ORDER BY {names}",
        [datetime.combine(period.since, time()), datetime.combine(period.until, time())],
    )
    return [(tuple(row[: len(parts)]), int(row[-2]), int(row[-1])) for row in rows]


def _whole(expression: str) -> str:
    return f"coalesce(CAST(({expression}) AS BIGINT), 0)"
