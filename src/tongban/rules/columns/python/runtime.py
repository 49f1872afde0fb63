"""The few functions that generated code may call: all that its names stand for besides its own locals.

Days are `datetime.date`; everything else is a whole number, a truth, a text or None.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable
from functools import partial
from typing import Any

from tongban.rules.columns.evaluate import divide
from tongban.rules.columns.nodes import Rounding

Day = datetime.date


def months_between(start: Day, end: Day) -> int:
    """The complete months from one day to another, negative if the second is earlier."""
    months = (end.year - start.year) * 12 + end.month - start.month
    if start <= end:
        return months - (end.day < start.day)
    return months + (start.day < end.day)


def years_between(start: Day, end: Day) -> int:
    """The complete years from one day to another, towards zero: an age."""
    if start <= end:
        return end.year - start.year - ((end.month, end.day) < (start.month, start.day))
    return -years_between(end, start)


def years_of(months: int) -> int:
    return months // 12 if months >= 0 else -(-months // 12)


def months_of(months: int) -> int:
    return months % 12 if months >= 0 else -(-months % 12)


_LENGTHS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def add_months(day: Day, months: int) -> Day | None:
    """The same day of the month `months` later, or that month's last day; None outside the years 1 to 9999."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if not datetime.MINYEAR <= year <= datetime.MAXYEAR:
        return None
    leap = month == 1 and year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    return Day(year, month + 1, min(day.day, _LENGTHS[month] + leap))


def date_of(year: int, month: int, day: int) -> Day | None:
    """The day of a year, month and day; None if there is none."""
    try:
        return Day(year, month, day)
    except (ValueError, OverflowError):
        return None


Entries = tuple[tuple[object, Day | None, Day | None, object], ...]


def look_up(entries: Entries, category: object, day: Day | None) -> object:
    """The value of the first entry for the category (None: for all) and day; None if none fits."""
    for wanted, since, until, value in entries:
        fits = wanted is None or wanted == category
        after = since is None or (day is not None and since <= day)
        if fits and after and (until is None or (day is not None and day < until)):
            return value
    return None


def alike(results: list[Any]) -> bool:
    """Whether several results are one and the same."""
    return all(result == results[0] for result in results)


def _rounded(rounding: Rounding, n: int, d: int) -> int:
    return divide(n, d, rounding)


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "months_between": months_between,
    "years_between": years_between,
    "years_of": years_of,
    "months_of": months_of,
    "add_months": add_months,
    "date_of": date_of,
    "day": Day.fromordinal,
    "look_up": look_up,
    "alike": alike,
    "length": len,
    "least": min,
    "greatest": max,
    "total": sum,
    "whole": int,
    **{f"round_{rounding.name.lower()}": partial(_rounded, rounding) for rounding in Rounding},
}
"""By the name that generated code uses. Nothing else is within its reach: it has no built-ins."""
