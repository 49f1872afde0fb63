"""Working days: the plain Monday-to-Friday week, corrected by the State Council's yearly notices.

A calendar is the regular week plus a short sorted list of exceptions (a holiday on a weekday, a 调休
make-up day on a weekend). Counting and finding working days are closed formulas over the week and one
binary search among the exceptions, so no day is ever walked and no year is out of range.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import lru_cache
from hashlib import sha256
from types import MappingProxyType
from typing import cast

from chinese_calendar import constants

from tongban.terms.spans import TermError, Text, Words

_WEEK, _WORK_WEEK = 7, 5


def is_weekday(ordinal: int) -> bool:
    """Monday to Friday; ordinal 1 is a Monday in Python's proleptic calendar."""
    return 1 <= ordinal % _WEEK <= _WORK_WEEK


def _weekdays(ordinal: int) -> int:
    """Weekdays in 1..ordinal."""
    weeks, rest = divmod(ordinal, _WEEK)
    return weeks * _WORK_WEEK + (rest if rest < _WORK_WEEK else _WORK_WEEK)


def _nth_weekday(nth: int) -> int:
    weeks, rest = divmod(nth - 1, _WORK_WEEK)
    return weeks * _WEEK + rest + 1


@dataclass(frozen=True, slots=True)
class Notice:
    """One year's holiday notice: which dates are off, and which weekend days are worked instead."""

    year: int
    source: str
    holidays: Mapping[date, Words] = field(hash=False)
    workdays: Mapping[date, Words] = field(hash=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "holidays", MappingProxyType(dict(self.holidays)))
        object.__setattr__(self, "workdays", MappingProxyType(dict(self.workdays)))
        for day in sorted(self.holidays.keys() & self.workdays.keys()):
            raise TermError(
                "notice-contradicts-itself",
                f"{day}既列为放假又列为上班，请更正",
                f"{day} is listed both as a holiday and as a working day; correct one",
            )
        for day in sorted(self.holidays.keys() | self.workdays.keys()):
            # A New Year break may begin in the old year, or its make-up day fall there.
            if abs(day.year - self.year) > 1:
                raise TermError(
                    "notice-wrong-year",
                    f"{day}不属于{self.year}年的放假安排",
                    f"{day} does not belong to the notice for {self.year}",
                )


@dataclass(frozen=True, slots=True, eq=False)
class Calendar:
    """Immutable; a new notice makes a new calendar with a new ``version``, so a replay can name the one it used."""

    notices: tuple[Notice, ...] = field(repr=False)
    version: str = field(init=False)
    _names: Mapping[int, Words] = field(init=False, repr=False)
    """Every date a notice names, holiday or make-up day, by ordinal."""
    _exceptions: list[int] = field(init=False, repr=False)
    """Ordinals whose working state differs from the plain week, ascending."""
    _shifts: list[int] = field(init=False, repr=False)
    """Working days gained (+) or lost (−) by the first i exceptions."""
    _counts: list[int] = field(init=False, repr=False)
    """Working days up to and including each exception."""
    _years: frozenset[int] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        names: dict[int, Words] = {}
        working: dict[int, bool] = {}
        for notice in sorted(self.notices, key=lambda n: n.year):
            for days, is_work in ((notice.holidays, False), (notice.workdays, True)):
                for day, name in days.items():
                    names[day.toordinal()] = name
                    working[day.toordinal()] = is_work
        exceptions = sorted(o for o, is_work in working.items() if is_work is not is_weekday(o))
        shifts = [0]
        for ordinal in exceptions:
            shifts.append(shifts[-1] + (1 if working[ordinal] else -1))
        content = repr(
            [
                (n.year, n.source, sorted(n.holidays.items()), sorted(n.workdays.items()))
                for n in sorted(self.notices, key=lambda n: n.year)
            ]
        )
        put = object.__setattr__
        put(self, "version", sha256(content.encode()).hexdigest()[:16])
        put(self, "_names", MappingProxyType(names))
        put(self, "_exceptions", exceptions)
        put(self, "_shifts", shifts)
        put(self, "_counts", [_weekdays(o) + shifts[i + 1] for i, o in enumerate(exceptions)])
        put(self, "_years", frozenset(n.year for n in self.notices))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Calendar) and self.version == other.version

    def __hash__(self) -> int:
        return hash(self.version)

    @classmethod
    def china(cls) -> Calendar:
        """The mainland calendar from the ``chinesecalendar`` tables (国务院办公厅 notices, 2004 to 2026).

        Later years follow the plain week until :meth:`with_notice` files their notice; see :meth:`knows`.
        """
        return _china()

    def with_notice(
        self,
        year: int,
        source: str,
        holidays: Mapping[date, Words] = MappingProxyType({}),
        workdays: Mapping[date, Words] = MappingProxyType({}),
    ) -> Calendar:
        """A new calendar in which this notice is the whole arrangement for ``year``.

        Raises TermError ``notice-contradicts-itself`` or ``notice-wrong-year``.
        """
        return self.with_filed(Notice(year, source, holidays, workdays))

    def with_filed(self, notice: Notice) -> Calendar:
        return replace(self, notices=(*(n for n in self.notices if n.year != notice.year), notice))

    def knows(self, year: int) -> bool:
        """Whether a notice for ``year`` is filed; if not, that year is a plain week and every date says so."""
        return year in self._years

    def is_working(self, day: date) -> bool:
        ordinal = day.toordinal()
        return self.count(ordinal) > self.count(ordinal - 1)

    def name(self, day: date) -> Words | None:
        """The holiday a notice ties this date to, whether it is off or worked as a make-up day."""
        return self.name_at(day.toordinal())

    def next_working(self, day: date) -> date:
        """The first working day on or after ``day``."""
        return date.fromordinal(self.working_from(day.toordinal()))

    def last_working(self, day: date) -> date:
        """The last working day on or before ``day``."""
        return date.fromordinal(self.select(self.count(day.toordinal())))

    def working_days(self, after: date, until: date) -> int:
        """Working days in (after, until]."""
        return self.count(until.toordinal()) - self.count(after.toordinal())

    # Arithmetic on ordinals (date.toordinal), for the hot path.

    def count(self, ordinal: int) -> int:
        """Working days from the beginning of the calendar up to and including ``ordinal``."""
        return _weekdays(ordinal) + self._shifts[bisect_right(self._exceptions, ordinal)]

    def select(self, nth: int) -> int:
        """The ordinal of the nth working day: the inverse of :meth:`count`."""
        passed = bisect_left(self._counts, nth)
        plain = _nth_weekday(nth - self._shifts[passed])
        # Before the next exception the plain week holds; at it, the exception itself is the day sought.
        if passed < len(self._exceptions) and plain > self._exceptions[passed]:
            return self._exceptions[passed]
        return plain

    def name_at(self, ordinal: int) -> Words | None:
        return self._names.get(ordinal)

    def working_from(self, ordinal: int) -> int:
        return self.select(self.count(ordinal - 1) + 1)

    def exceptions(self, after: int, until: int) -> list[int]:
        """Ordinals in (after, until] whose working state a notice changed: weekdays off, weekends worked."""
        lo = bisect_right(self._exceptions, after)
        return self._exceptions[lo : bisect_right(self._exceptions, until)]

    def differs(self, other: Calendar, after: int, until: int) -> list[int]:
        """Ordinals in (after, until] that are working in one of the two calendars only."""
        return sorted(set(self.exceptions(after, until)) ^ set(other.exceptions(after, until)))


@lru_cache(maxsize=1)
def _china() -> Calendar:
    names = {h.value: Text(str(getattr(h, "chinese", h.value)), str(h.value)) for h in constants.Holiday}

    def of(year: int, table: Mapping[date, str]) -> dict[date, Words]:
        return {day: names[name] for day, name in table.items() if day.year == year}

    off = cast("Mapping[date, str]", constants.holidays)
    on = cast("Mapping[date, str]", constants.workdays)
    return Calendar(
        tuple(
            Notice(year, f"国务院办公厅{year}年放假安排（chinesecalendar）", of(year, off), of(year, on))
            for year in sorted({day.year for day in off})
        )
    )


def notice_from_mapping(data: Mapping[str, object]) -> Notice:
    """Read a notice from a loaded YAML file, so that an officer can file next year's arrangement.

    Shape: ``{year: 2027, source: "国办发明电…", holidays: {2027-01-01: 元旦, …}, workdays: {2027-01-02: 元旦}}``;
    dates may be dates or ISO strings; a name may be text or ``{zh, en}``. Raises TermError
    ``notice-unreadable`` (naming the place), ``notice-contradicts-itself`` or ``notice-wrong-year``.
    """
    unknown = sorted(data.keys() - {"year", "source", "holidays", "workdays"})
    if unknown:
        raise _unreadable(unknown[0])
    year, source = data.get("year"), data.get("source")
    if not isinstance(year, int) or isinstance(year, bool):
        raise _unreadable("year")
    if not isinstance(source, str) or not source.strip():
        raise _unreadable("source")
    return Notice(year, source, _days("holidays", data.get("holidays")), _days("workdays", data.get("workdays")))


def _days(place: str, data: object) -> dict[date, Words]:
    if data is None:
        return {}
    if not isinstance(data, Mapping):
        raise _unreadable(place)
    return dict(_named_days(place, cast("Mapping[object, object]", data).items()))


def _named_days(place: str, items: Iterable[tuple[object, object]]) -> Iterable[tuple[date, Words]]:
    for key, name in items:
        try:
            day = key if isinstance(key, date) else date.fromisoformat(str(key))
        except ValueError:
            raise _unreadable(f"{place}.{key}") from None
        match name:
            case str() if name and not isinstance(day, datetime):
                yield day, name
            case {"zh": str(zh), "en": str(en)} if not isinstance(day, datetime):
                yield day, Text(zh, en)
            case _:
                raise _unreadable(f"{place}.{key}")


def _unreadable(place: str) -> TermError:
    return TermError(
        "notice-unreadable",
        f"放假安排的“{place}”缺失或格式不对，请按 year、source、holidays、workdays 填写",
        f"“{place}” of the notice is missing or malformed; give year, source, holidays, workdays",
    )
