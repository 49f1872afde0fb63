"""Dates, times and durations: reading their texts, arithmetic, comparison and properties.

Source: DMN 1.5, 10.3.2.3.4-8 and tables 53-62; the texts are those of XML Schema (ISO 8601). Adding months keeps to
the end of a shorter month (31 January + P1M = 28 or 29 February), and the months between two dates are the
*complete* ones: from 29 February 2024 to 28 February 2025 it is P11M.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from .errors import Code, Undefined
from .moments import DAY, NANOSECONDS, calendar_day, days_in_month
from .values import (
    CONTEXT,
    Date,
    DateTime,
    DaysDuration,
    MonthsDuration,
    Range,
    Time,
    Value,
    integer,
    number,
)

_DATE = r"(?P<year>-?(?:[1-9]\d{4,8}|\d{4}))-(?P<month>\d\d)-(?P<day>\d\d)"
_TIME = (
    r"(?P<hour>\d\d):(?P<minute>\d\d):(?P<second>\d\d)(?:\.(?P<fraction>\d+))?"
    r"(?:(?P<utc>Z)|(?P<sign>[+-])(?P<hours>\d\d):(?P<minutes>[0-5]\d)(?::(?P<seconds>[0-5]\d))?|@(?P<zone>\S+))?"
)
_DATE_TEXT = re.compile(_DATE, re.ASCII)
_TIME_TEXT = re.compile(_TIME, re.ASCII)
_DATE_TIME_TEXT = re.compile(f"{_DATE}T{_TIME}", re.ASCII)
_MONTHS_TEXT = re.compile(r"(?P<sign>-?)P(?=\d)(?:(?P<years>\d{1,18})Y)?(?:(?P<months>\d{1,18})M)?", re.ASCII)
_DAYS_TEXT = re.compile(
    r"(?P<sign>-?)P(?=\d|T\d)(?:(?P<days>\d{1,18})D)?"
    r"(?:T(?=\d)(?:(?P<hours>\d{1,18})H)?(?:(?P<minutes>\d{1,18})M)?"
    r"(?:(?P<seconds>\d{1,18})(?:\.(?P<fraction>\d*))?S)?)?",
    re.ASCII,
)

# --- reading ---------------------------------------------------------------------------------------------


def _nanoseconds(fraction: str | None) -> int:
    """Digits behind the point of a second, cut to nanoseconds."""
    return int((fraction or "")[:9].ljust(9, "0"))


def _clock(part: re.Match[str]) -> tuple[Time, bool]:
    """A time, and whether it is 24:00:00, the midnight at the end of the day (XML Schema, 3.3.7)."""
    hour, minute, second, nanosecond = *map(int, part.group("hour", "minute", "second")), _nanoseconds(part["fraction"])
    ends = (hour, minute, second, nanosecond) == (24, 0, 0, 0)
    offset = 0 if part["utc"] else None
    if part["sign"]:
        hours, minutes, seconds = (int(digits or 0) for digits in part.group("hours", "minutes", "seconds"))
        offset = ((hours * 60 + minutes) * 60 + seconds) * (-1 if part["sign"] == "-" else 1)
    time = Time.of(0 if ends else hour, minute, second, nanosecond, offset)
    return time if part["zone"] is None else time.within(part["zone"]), ends


def _read_date(part: re.Match[str]) -> Date:
    if part["year"] == "-0000":
        raise Undefined(Code.OUT_OF_RANGE)
    return Date.of(*map(int, part.group("year", "month", "day")))


def _read_time(part: re.Match[str]) -> Time:
    return _clock(part)[0]


def _read_date_time(part: re.Match[str]) -> DateTime:
    time, ends = _clock(part)
    date = _read_date(part)
    return DateTime.of(Date.at(date.number + 1) if ends else date, time)


def _read_months(part: re.Match[str]) -> MonthsDuration:
    months = int(part["years"] or 0) * 12 + int(part["months"] or 0)
    return MonthsDuration(-months if part["sign"] else months)


def _read_days(part: re.Match[str]) -> DaysDuration:
    minutes = int(part["hours"] or 0) * 60 + int(part["minutes"] or 0)
    seconds = (int(part["days"] or 0) * 1_440 + minutes) * 60 + int(part["seconds"] or 0)
    nanoseconds = seconds * NANOSECONDS + _nanoseconds(part["fraction"])
    return DaysDuration(-nanoseconds if part["sign"] else nanoseconds)


Reader = Callable[[re.Match[str]], Value]
DATE_TEXTS: tuple[tuple[re.Pattern[str], Reader], ...] = ((_DATE_TEXT, _read_date),)
TIME_TEXTS: tuple[tuple[re.Pattern[str], Reader], ...] = ((_TIME_TEXT, _read_time),)
DATE_TIME_TEXTS: tuple[tuple[re.Pattern[str], Reader], ...] = (
    (_DATE_TIME_TEXT, _read_date_time),
    (_DATE_TEXT, lambda part: DateTime(_read_date(part), Time(0))),
)
"""A date and time may be written as a date alone, whose midnight it is, without a zone."""
DURATION_TEXTS: tuple[tuple[re.Pattern[str], Reader], ...] = (
    (_MONTHS_TEXT, _read_months),
    (_DAYS_TEXT, _read_days),
)
ALL_TEXTS = DATE_TEXTS + TIME_TEXTS + DATE_TIME_TEXTS + DURATION_TEXTS


def read(text: str, kinds: tuple[tuple[re.Pattern[str], Reader], ...] = ALL_TEXTS) -> Value:
    """The temporal value that `text` writes. Raises `Undefined` if it writes none of `kinds`."""
    for pattern, reader in kinds:
        found = pattern.fullmatch(text)
        if found:
            try:
                return reader(found)
            except Undefined:
                break
    raise Undefined(Code.NOT_A_VALUE, text[:40], "temporal value")


def midnight(day: Date) -> DateTime:
    """The beginning of `day` in UTC, which a date stands for where a date and time is asked for."""
    return DateTime(day, Time(0, 0))


# --- arithmetic ------------------------------------------------------------------------------------------


def months_between(start: Date | DateTime, end: Date | DateTime) -> MonthsDuration:
    """The complete months from `start` to `end`, by their dates alone; negative if `end` is earlier."""
    first, last = sorted((_date_of(start).number, _date_of(end).number))
    from_year, from_month, from_day = calendar_day(first)
    to_year, to_month, to_day = calendar_day(last)
    months = (to_year - from_year) * 12 + to_month - from_month - (to_day < from_day)
    return MonthsDuration(months if first == _date_of(start).number else -months)


def _date_of(moment: Date | DateTime) -> Date:
    return moment.date if isinstance(moment, DateTime) else moment


def shift_months(day: Date, months: int) -> Date:
    """The same day of the month so many months later, or that month's last day if it is shorter.

    Raises `Undefined` outside of FEEL's years.
    """
    year, month, of_month = calendar_day(day.number)
    year, month = divmod(year * 12 + month - 1 + months, 12)
    return Date.of(year, month + 1, min(of_month, days_in_month(year, month + 1)))


def add_months(moment: Date | DateTime, duration: MonthsDuration) -> Date | DateTime:
    """`moment` so many months later, at the same time on the clocks there."""
    if isinstance(moment, DateTime):
        return DateTime.of(shift_months(moment.date, duration.months), moment.time)
    return shift_months(moment, duration.months)


def subtract_months(moment: Date | DateTime, duration: MonthsDuration) -> Date | DateTime:
    return add_months(moment, MonthsDuration(-duration.months))


def add_days(moment: Date | DateTime, duration: DaysDuration) -> Date | DateTime:
    """A date moves by whole days of `duration`, counted from its midnight; a date and time moves exactly."""
    if isinstance(moment, DateTime):
        return moment.plus(duration.nanoseconds)
    return Date.at(moment.number + duration.nanoseconds // DAY)


def subtract_days(moment: Date | DateTime, duration: DaysDuration) -> Date | DateTime:
    return add_days(moment, DaysDuration(-duration.nanoseconds))


def add_to_time(moment: Time, duration: DaysDuration) -> Time:
    """A time of day moves round the clock."""
    return Time((moment.clock + duration.nanoseconds) % DAY, moment.offset, moment.zone)


def subtract_from_time(moment: Time, duration: DaysDuration) -> Time:
    return add_to_time(moment, DaysDuration(-duration.nanoseconds))


def days_between(end: Date, start: Date) -> DaysDuration:
    return DaysDuration((end.number - start.number) * DAY)


def between(end: Date | DateTime, start: Date | DateTime) -> DaysDuration:
    """The exact time from `start` to `end`; a date counts as its midnight in UTC.

    Raises `Undefined` if only one of them has a zone.
    """
    last = end if isinstance(end, DateTime) else midnight(end)
    first = start if isinstance(start, DateTime) else midnight(start)
    demand_comparable("-", last, first)
    return DaysDuration(last.instant - first.instant)


def between_times(end: Time, start: Time) -> DaysDuration:
    """The time from `start` to `end` of the same day. Raises `Undefined` if only one of them has a zone."""
    demand_comparable("-", end, start)
    return DaysDuration(end.since_midnight - start.since_midnight)


def scale_days(duration: DaysDuration, factor: Decimal) -> DaysDuration:
    return DaysDuration(integer(CONTEXT.multiply(Decimal(duration.nanoseconds), factor)))


def scale_months(duration: MonthsDuration, factor: Decimal) -> MonthsDuration:
    return MonthsDuration(integer(CONTEXT.multiply(Decimal(duration.months), factor)))


def negative(duration: DaysDuration | MonthsDuration) -> DaysDuration | MonthsDuration:
    """`duration` the other way round."""
    if isinstance(duration, MonthsDuration):
        return MonthsDuration(-duration.months)
    return DaysDuration(-duration.nanoseconds)


# --- comparison ------------------------------------------------------------------------------------------


def order(moment: Time | DateTime) -> int:
    """What times are compared by: instants, or what the clocks show where there is no zone.

    In whole seconds: that is the resolution of the values by which the standard compares (TCK 0068, time_005).
    """
    return (moment.since_midnight if isinstance(moment, Time) else moment.instant) // NANOSECONDS


def comparable(left: Time | DateTime, right: Time | DateTime) -> bool:
    """Whether both have a zone, or neither."""
    return (_time_of(left).offset is None) == (_time_of(right).offset is None)


def demand_comparable(operator: str, left: Time | DateTime, right: Time | DateTime) -> None:
    """Raises `Undefined` if only one of them has a zone: nobody knows which instant the other one is."""
    if not comparable(left, right):
        raise Undefined(Code.TYPE_MISMATCH, operator, "moment with time zone, moment without time zone")


def _time_of(moment: Time | DateTime) -> Time:
    return moment.time if isinstance(moment, DateTime) else moment


# --- properties ------------------------------------------------------------------------------------------


def _whole(unit: int, modulus: int | None = None) -> Callable[[DaysDuration], Value]:
    """Reads `unit`s off a duration, modulo `modulus`, with the sign of the duration."""

    def read_off(duration: DaysDuration) -> Value:
        amount = abs(duration.nanoseconds) // unit
        amount = amount if modulus is None else amount % modulus
        return number(-amount if duration.nanoseconds < 0 else amount)

    return read_off


def _seconds(nanoseconds: int) -> Value:
    """The seconds of the minute, with their fraction."""
    amount = abs(nanoseconds) % (60 * NANOSECONDS)
    return CONTEXT.divide(Decimal(-amount if nanoseconds < 0 else amount), Decimal(NANOSECONDS))


def _offset(time: Time) -> Value:
    return None if time.offset is None else DaysDuration(time.offset * NANOSECONDS)


def _of_months(years: bool) -> Callable[[MonthsDuration], Value]:
    def read_off(duration: MonthsDuration) -> Value:
        whole, rest = divmod(abs(duration.months), 12)
        amount = whole if years else rest
        return number(-amount if duration.months < 0 else amount)

    return read_off


_OF_DATE: dict[str, Callable[[Date], Value]] = {
    "year": lambda date: number(date.year),
    "month": lambda date: number(date.month),
    "day": lambda date: number(date.day),
    "weekday": lambda date: number(date.weekday),
}
_OF_TIME: dict[str, Callable[[Time], Value]] = {
    "hour": lambda time: number(time.hour),
    "minute": lambda time: number(time.minute),
    "second": lambda time: _seconds(time.clock),
    "time offset": _offset,
    "timezone": lambda time: time.zone,
}


def _of_its_date(read_off: Callable[[Date], Value]) -> Callable[[DateTime], Value]:
    return lambda moment: read_off(moment.date)


def _of_its_time(read_off: Callable[[Time], Value]) -> Callable[[DateTime], Value]:
    return lambda moment: read_off(moment.time)


PROPERTIES: dict[type, dict[str, Callable[[Any], Value]]] = {
    Date: _OF_DATE,
    Time: _OF_TIME,
    DateTime: {
        **{name: _of_its_date(read_off) for name, read_off in _OF_DATE.items()},
        **{name: _of_its_time(read_off) for name, read_off in _OF_TIME.items()},
    },
    MonthsDuration: {"years": _of_months(years=True), "months": _of_months(years=False)},
    DaysDuration: {
        "days": _whole(DAY),
        "hours": _whole(3_600 * NANOSECONDS, 24),
        "minutes": _whole(60 * NANOSECONDS, 60),
        "seconds": lambda duration: _seconds(duration.nanoseconds),
    },
    Range: {
        "start": lambda value: value.low,
        "end": lambda value: value.high,
        "start included": lambda value: value.low_closed,
        "end included": lambda value: value.high_closed,
    },
}
"""What `value.name` gives for the values that are no contexts (DMN 1.5, table 65)."""
