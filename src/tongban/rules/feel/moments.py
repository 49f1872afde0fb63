"""FEEL's own values of time: dates, times of day, dates with times, and the two durations.

Source: DMN 1.5, 10.3.2.3.4-8. Python's `datetime` cannot carry them: FEEL's years run from -999,999,999 to
999,999,999 with a year 0 (XML Schema 1.1), its seconds are exact to the nanosecond, and a zone named by its region is
another value than the offset that it keeps (`is()` tells them apart, `=` does not). Each type is one exact Python
type holding whole numbers, so that comparing and counting days need no calendar.

Python's `==` means "the same in every part", which is FEEL's `is()`; FEEL's own `=` and `<` are in `dialect`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from . import zones
from .errors import Code, Undefined

NANOSECONDS = 1_000_000_000
DAY = 86_400 * NANOSECONDS
LAST_YEAR = 999_999_999
LAST_OFFSET = 18 * 3_600
"""Seconds that an offset may be from UTC at most."""

_DAYS_OF = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def day_number(year: int, month: int, day: int) -> int:
    """The number of a day of the proleptic Gregorian calendar; 0001-01-01 is 1, as in `date.toordinal`."""
    year -= month < 3  # years that begin in March have their leap day at the end
    era, year = divmod(year, 400)
    in_year = (153 * ((month + 9) % 12) + 2) // 5 + day
    return era * zones.CYCLE + year * 365 + year // 4 - year // 100 + in_year - 306


@lru_cache(maxsize=65_536)
def calendar_day(number: int) -> tuple[int, int, int]:
    """The year, month and day of a day number: the inverse of `day_number`."""
    era, of_era = divmod(number + 305, zones.CYCLE)
    year = (of_era - of_era // 1_460 + of_era // 36_524 - of_era // 146_096) // 365
    in_year = of_era - (365 * year + year // 4 - year // 100)
    month = (5 * in_year + 2) // 153
    day = in_year - (153 * month + 2) // 5 + 1
    month = month + 3 if month < 10 else month - 9
    return era * 400 + year + (month < 3), month, day


def days_in_month(year: int, month: int) -> int:
    leap = month == 2 and year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    return _DAYS_OF[month - 1] + leap


_FIRST_DAY = day_number(-LAST_YEAR, 1, 1)
_LAST_DAY = day_number(LAST_YEAR, 12, 31)


@dataclass(frozen=True, slots=True, order=True, repr=False)
class Date:
    """A `date`. `number` counts days, 0001-01-01 being 1."""

    number: int

    @staticmethod
    def of(year: int, month: int, day: int) -> Date:
        """Raises `Undefined` if there is no such day."""
        if not (-LAST_YEAR <= year <= LAST_YEAR and 1 <= month <= 12 and 1 <= day <= days_in_month(year, month)):
            raise Undefined(Code.OUT_OF_RANGE)
        return Date(day_number(year, month, day))

    @staticmethod
    def at(number: int) -> Date:
        """Raises `Undefined` if the day lies outside of the years that FEEL has."""
        if not _FIRST_DAY <= number <= _LAST_DAY:
            raise Undefined(Code.OUT_OF_RANGE)
        return Date(number)

    @property
    def year(self) -> int:
        return calendar_day(self.number)[0]

    @property
    def month(self) -> int:
        return calendar_day(self.number)[1]

    @property
    def day(self) -> int:
        return calendar_day(self.number)[2]

    @property
    def weekday(self) -> int:
        """1 for Monday to 7 for Sunday."""
        return (self.number - 1) % 7 + 1

    def __str__(self) -> str:
        year, month, day = calendar_day(self.number)
        return f"{'-' if year < 0 else ''}{abs(year):04}-{month:02}-{day:02}"

    def __repr__(self) -> str:
        return f"Date({str(self)!r})"


@dataclass(frozen=True, slots=True, repr=False)
class Time:
    """A `time` of day.

    clock   nanoseconds since midnight, as clocks show them there
    offset  seconds that these clocks are ahead of UTC; None for a time that belongs to no zone
    zone    the name of the zone, where one was given: its offset is then the zone's on the day it belongs to, or
            without a day the one outside of summer time
    """

    clock: int
    offset: int | None = None
    zone: str | None = None

    @staticmethod
    def of(hour: int, minute: int, second: int, nanosecond: int = 0, offset: int | None = None) -> Time:
        """Raises `Undefined` if there is no such time."""
        if not (0 <= hour < 24 and 0 <= minute < 60 and 0 <= second < 60 and 0 <= nanosecond < NANOSECONDS):
            raise Undefined(Code.OUT_OF_RANGE)
        if offset is not None and not -LAST_OFFSET <= offset <= LAST_OFFSET:
            raise Undefined(Code.OUT_OF_RANGE)
        return Time(((hour * 60 + minute) * 60 + second) * NANOSECONDS + nanosecond, offset)

    def within(self, zone: str) -> Time:
        """The same time on the clocks of a zone. Raises `Undefined` if there is none of this name."""
        if not zones.exists(zone):
            raise Undefined(Code.NOT_A_VALUE, zone[:40], "time zone")
        return Time(self.clock, zones.usual_offset(zone), zone)

    @property
    def hour(self) -> int:
        return self.clock // (3_600 * NANOSECONDS)

    @property
    def minute(self) -> int:
        return self.clock // (60 * NANOSECONDS) % 60

    @property
    def second(self) -> int:
        return self.clock // NANOSECONDS % 60

    @property
    def nanosecond(self) -> int:
        return self.clock % NANOSECONDS

    @property
    def since_midnight(self) -> int:
        """Nanoseconds since midnight UTC (may be negative or beyond a day), or since local midnight without zone."""
        return self.clock - (self.offset or 0) * NANOSECONDS

    def __str__(self) -> str:
        text = f"{self.hour:02}:{self.minute:02}:{self.second:02}"
        if self.nanosecond:
            text += f".{self.nanosecond:09}".rstrip("0")
        return text + (f"@{self.zone}" if self.zone is not None else offset_text(self.offset))

    def __repr__(self) -> str:
        return f"Time({str(self)!r})"


def offset_text(offset: int | None) -> str:
    """`Z`, `+08:00`, `-02:45:55`; nothing without offset."""
    if not offset:
        return "" if offset is None else "Z"
    minutes, seconds = divmod(abs(offset), 60)
    text = f"{'-' if offset < 0 else '+'}{minutes // 60:02}:{minutes % 60:02}"
    return f"{text}:{seconds:02}" if seconds else text


@dataclass(frozen=True, slots=True, repr=False)
class DateTime:
    """A `date and time`: the day and the time that clocks show there. Made by `of`, which asks the zone for the
    offset of that day; where clocks show a time twice, values differ in the offset only."""

    date: Date
    time: Time

    @staticmethod
    def of(date: Date, time: Time) -> DateTime:
        if time.zone is not None:
            offset = zones.offset_at(time.zone, date.number, time.clock // NANOSECONDS)
            time = Time(time.clock, offset, time.zone)
        return DateTime(date, time)

    def plus(self, nanoseconds: int) -> DateTime:
        """The moment that many nanoseconds later, on the same clocks. Raises `Undefined` outside of FEEL's years."""
        time = self.time
        if time.zone is None:
            days, clock = divmod(time.clock + nanoseconds, DAY)
            return DateTime(Date.at(self.date.number + days), Time(clock, time.offset))
        days, clock = divmod(time.since_midnight + nanoseconds, DAY)
        offset = zones.offset_of_instant(time.zone, self.date.number + days, clock // NANOSECONDS)
        more, clock = divmod(clock + offset * NANOSECONDS, DAY)
        return DateTime(Date.at(self.date.number + days + more), Time(clock, offset, time.zone))

    @property
    def instant(self) -> int:
        """Nanoseconds since the beginning of day 0, in UTC, or as the clocks show without zone."""
        return self.date.number * DAY + self.time.since_midnight

    def __str__(self) -> str:
        return f"{self.date}T{self.time}"

    def __repr__(self) -> str:
        return f"DateTime({str(self)!r})"


@dataclass(frozen=True, slots=True, order=True)
class DaysDuration:
    """A `days and time duration`: a signed number of nanoseconds."""

    nanoseconds: int

    def __str__(self) -> str:
        days, rest = divmod(abs(self.nanoseconds), DAY)
        seconds, fraction = divmod(rest, NANOSECONDS)
        minutes, seconds = divmod(seconds, 60)
        hours, minutes = divmod(minutes, 60)
        second = f"{seconds}.{fraction:09}".rstrip("0") if fraction else f"{seconds or ''}"
        clock = (f"{hours}H" if hours else "") + (f"{minutes}M" if minutes else "") + (f"{second}S" if second else "")
        parts = (f"{days}D" if days else "") + (f"T{clock}" if clock else "")
        return f"{'-' if self.nanoseconds < 0 else ''}P{parts or 'T0S'}"


@dataclass(frozen=True, slots=True, order=True)
class MonthsDuration:
    """A `years and months duration`: a signed number of months."""

    months: int

    def __str__(self) -> str:
        years, months = divmod(abs(self.months), 12)
        parts = (f"{years}Y" if years else "") + (f"{months}M" if months else "")
        return f"{'-' if self.months < 0 else ''}P{parts or '0M'}"
