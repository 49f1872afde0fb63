"""Dates, times and durations: reading, writing, arithmetic and properties.

Source: DMN 1.5, 10.3.2.3.5-8 and 10.3.4.1; the texts are those of XML Schema (ISO 8601). Adding months keeps to
the end of a shorter month (31 January + P1M = 28 or 29 February), and the months between two dates are the
*complete* ones: from 29 February 2024 to 28 February 2025 it is P11M.
"""

from __future__ import annotations

import datetime
import re
from calendar import monthrange
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from .errors import Code, Undefined
from .values import (
    CONTEXT,
    DAY,
    NANOSECONDS,
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

_DATE = r"(?P<year>\d{4})-(?P<month>\d\d)-(?P<day>\d\d)"
_TIME = (
    r"(?P<hour>\d\d):(?P<minute>\d\d):(?P<second>\d\d)(?:\.(?P<fraction>\d{1,9}))?"
    r"(?P<zone>Z|[+-]\d\d:\d\d(?::\d\d)?)?"
)
_DATE_TEXT = re.compile(_DATE, re.ASCII)
_TIME_TEXT = re.compile(_TIME, re.ASCII)
_DATE_TIME_TEXT = re.compile(f"{_DATE}T{_TIME}", re.ASCII)
_MONTHS_TEXT = re.compile(r"(?P<sign>-?)P(?=\d)(?:(?P<years>\d{1,12})Y)?(?:(?P<months>\d{1,12})M)?", re.ASCII)
_DAYS_TEXT = re.compile(
    r"(?P<sign>-?)P(?=\d|T\d)(?:(?P<days>\d{1,12})D)?"
    r"(?:T(?=\d)(?:(?P<hours>\d{1,12})H)?(?:(?P<minutes>\d{1,12})M)?"
    r"(?:(?P<seconds>\d{1,12})(?:\.(?P<fraction>\d{1,9}))?S)?)?",
    re.ASCII,
)

# --- reading ---------------------------------------------------------------------------------------------


def _zone(text: str | None) -> datetime.timezone | None:
    if text is None:
        return None
    if text == "Z":
        return datetime.UTC
    hours, minutes, *seconds = (int(part) for part in text[1:].split(":"))
    offset = datetime.timedelta(hours=hours, minutes=minutes, seconds=sum(seconds))
    return datetime.timezone(-offset if text[0] == "-" else offset)


def _clock(part: re.Match[str]) -> Time:
    micro = int((part["fraction"] or "0").ljust(9, "0")) // 1_000
    return Time(int(part["hour"]), int(part["minute"]), int(part["second"]), micro, tzinfo=_zone(part["zone"]))


def _day(part: re.Match[str]) -> Date:
    return Date(int(part["year"]), int(part["month"]), int(part["day"]))


def _read_date(part: re.Match[str]) -> Value:
    return _day(part)


def _read_time(part: re.Match[str]) -> Value:
    return _clock(part)


def _read_date_time(part: re.Match[str]) -> Value:
    return DateTime.combine(_day(part), _clock(part))


def _read_months(part: re.Match[str]) -> Value:
    months = int(part["years"] or 0) * 12 + int(part["months"] or 0)
    return MonthsDuration(-months if part["sign"] else months)


def _read_days(part: re.Match[str]) -> Value:
    minutes = int(part["hours"] or 0) * 60 + int(part["minutes"] or 0)
    seconds = (int(part["days"] or 0) * 1_440 + minutes) * 60 + int(part["seconds"] or 0)
    nanoseconds = seconds * NANOSECONDS + int((part["fraction"] or "0").ljust(9, "0"))
    return DaysDuration(-nanoseconds if part["sign"] else nanoseconds)


Reader = Callable[[re.Match[str]], Value]
DATE_TEXTS: tuple[tuple[re.Pattern[str], Reader], ...] = ((_DATE_TEXT, _read_date),)
TIME_TEXTS: tuple[tuple[re.Pattern[str], Reader], ...] = ((_TIME_TEXT, _read_time),)
DATE_TIME_TEXTS: tuple[tuple[re.Pattern[str], Reader], ...] = ((_DATE_TIME_TEXT, _read_date_time),)
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
            except ValueError:
                break
    raise Undefined(Code.NOT_A_VALUE, text[:40], "temporal value")


def read_day(text: str) -> Date:
    """The date that `text` writes. Raises `Undefined`."""
    day = read(text, DATE_TEXTS)
    assert isinstance(day, Date)  # noqa: S101 - DATE_TEXTS reads nothing else
    return day


def midnight(day: Date) -> DateTime:
    """The beginning of `day` in UTC, which a date stands for where a date and time is asked for."""
    return DateTime.combine(day, Time(tzinfo=datetime.UTC))


# --- writing ---------------------------------------------------------------------------------------------


def _offset_text(zone: datetime.timedelta | None) -> str:
    if zone is None:
        return ""
    if not zone:
        return "Z"
    seconds = int(abs(zone).total_seconds())
    text = f"{'-' if zone < datetime.timedelta() else '+'}{seconds // 3600:02}:{seconds // 60 % 60:02}"
    return f"{text}:{seconds % 60:02}" if seconds % 60 else text


def _time_text(value: Time | DateTime) -> str:
    fraction = f".{value.microsecond:06}".rstrip("0") if value.microsecond else ""
    return f"{value.hour:02}:{value.minute:02}:{value.second:02}{fraction}{_offset_text(value.utcoffset())}"


def _date_time_text(value: DateTime) -> str:
    return f"{value.date().isoformat()}T{_time_text(value)}"


def _months_text(value: MonthsDuration) -> str:
    years, months = divmod(abs(value.months), 12)
    parts = (f"{years}Y" if years else "") + (f"{months}M" if months else "")
    return f"{'-' if value.months < 0 else ''}P{parts or '0M'}"


def _days_text(value: DaysDuration) -> str:
    days, rest = divmod(abs(value.nanoseconds), DAY)
    seconds, nanoseconds = divmod(rest, NANOSECONDS)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    second = f"{seconds}.{nanoseconds:09}".rstrip("0") if nanoseconds else f"{seconds}"
    clock = "".join(
        f"{amount}{unit}" for amount, unit in ((hours, "H"), (minutes, "M"), (second, "S")) if amount not in (0, "0")
    )
    parts = (f"{days}D" if days else "") + (f"T{clock}" if clock else "")
    return f"{'-' if value.nanoseconds < 0 else ''}P{parts or 'T0S'}"


WRITERS: dict[type, Callable[[Any], str]] = {
    Date: Date.isoformat,
    Time: _time_text,
    DateTime: _date_time_text,
    MonthsDuration: _months_text,
    DaysDuration: _days_text,
}
"""How each temporal type is written; `read` takes all of these texts back."""

# --- arithmetic ------------------------------------------------------------------------------------------


def months_between(start: Date | DateTime, end: Date | DateTime) -> MonthsDuration:
    """The complete months from `start` to `end`; negative if `end` is earlier."""
    if (end.year, end.month, end.day) < (start.year, start.month, start.day):
        return MonthsDuration(-months_between(end, start).months)
    months = (end.year - start.year) * 12 + end.month - start.month
    return MonthsDuration(months - (end.day < start.day))


def add_months(moment: Any, duration: MonthsDuration) -> Any:
    """The same day of the month `duration` later, or that month's last day if it is shorter."""
    year, month = divmod(moment.year * 12 + moment.month - 1 + duration.months, 12)
    if not datetime.MINYEAR <= year <= datetime.MAXYEAR:
        raise Undefined(Code.OUT_OF_RANGE)
    return moment.replace(year=year, month=month + 1, day=min(moment.day, monthrange(year, month + 1)[1]))


def subtract_months(moment: Any, duration: MonthsDuration) -> Any:
    return add_months(moment, MonthsDuration(-duration.months))


def _span(nanoseconds: int) -> datetime.timedelta:
    try:
        return datetime.timedelta(microseconds=nanoseconds // 1_000)
    except OverflowError:
        raise Undefined(Code.OUT_OF_RANGE) from None


def add_days(moment: Date | DateTime, duration: DaysDuration) -> Date | DateTime:
    """A date moves by whole days of `duration`, counted from its midnight; a date and time moves exactly."""
    try:
        return moment + _span(duration.nanoseconds)
    except OverflowError:
        raise Undefined(Code.OUT_OF_RANGE) from None


def subtract_days(moment: Date | DateTime, duration: DaysDuration) -> Date | DateTime:
    return add_days(moment, DaysDuration(-duration.nanoseconds))


def add_to_time(moment: Time, duration: DaysDuration) -> Time:
    """A time of day moves round the clock."""
    noon = DateTime.combine(Date(2000, 1, 1), moment)
    return (noon + _span(duration.nanoseconds % DAY)).timetz()


def subtract_from_time(moment: Time, duration: DaysDuration) -> Time:
    return add_to_time(moment, DaysDuration(-duration.nanoseconds))


def between(end: Any, start: Any) -> DaysDuration:
    """The exact time from `start` to `end`. Raises `Undefined` if only one of them has a zone."""
    try:
        span = end - start
    except TypeError:
        raise Undefined(Code.TYPE_MISMATCH, "-", "date and time without zone") from None
    return DaysDuration((span.days * 86_400 + span.seconds) * NANOSECONDS + span.microseconds * 1_000)


def between_times(end: Time, start: Time) -> DaysDuration:
    day = Date(2000, 1, 1)
    return between(DateTime.combine(day, end), DateTime.combine(day, start))


def scale_days(duration: DaysDuration, factor: Decimal) -> DaysDuration:
    return DaysDuration(integer(CONTEXT.multiply(Decimal(duration.nanoseconds), factor)))


def scale_months(duration: MonthsDuration, factor: Decimal) -> MonthsDuration:
    return MonthsDuration(integer(CONTEXT.multiply(Decimal(duration.months), factor)))


def negative(duration: DaysDuration | MonthsDuration) -> DaysDuration | MonthsDuration:
    """`duration` the other way round."""
    if isinstance(duration, MonthsDuration):
        return MonthsDuration(-duration.months)
    return DaysDuration(-duration.nanoseconds)


def time_of(hour: int, minute: int, second: Decimal, offset: DaysDuration | None) -> Time:
    """A time of day from its parts. Raises `Undefined` if there is no such time."""
    try:
        zone = None if offset is None else datetime.timezone(_span(offset.nanoseconds))
        micro = int(second % 1 * 1_000_000)
        return Time(hour, minute, integer(second), micro, tzinfo=zone)
    except (ValueError, OverflowError):
        raise Undefined(Code.OUT_OF_RANGE) from None


# --- properties ------------------------------------------------------------------------------------------


def _whole(unit: int, modulus: int | None = None) -> Callable[[DaysDuration], Value]:
    """Reads `unit`s off a duration, modulo `modulus`, with the sign of the duration."""

    def read_off(duration: DaysDuration) -> Value:
        amount = abs(duration.nanoseconds) // unit
        amount = amount if modulus is None else amount % modulus
        return number(-amount if duration.nanoseconds < 0 else amount)

    return read_off


def _seconds(duration: DaysDuration) -> Value:
    amount = abs(duration.nanoseconds) % (60 * NANOSECONDS)
    return CONTEXT.divide(Decimal(-amount if duration.nanoseconds < 0 else amount), Decimal(NANOSECONDS))


def _time_offset(moment: Time | DateTime) -> Value:
    offset = moment.utcoffset()
    return None if offset is None else DaysDuration(int(offset.total_seconds()) * NANOSECONDS)


def _of(attribute: str) -> Callable[[Any], Value]:
    return lambda value: number(getattr(value, attribute))


def _of_months(years: bool) -> Callable[[MonthsDuration], Value]:
    def read_off(duration: MonthsDuration) -> Value:
        whole, rest = divmod(abs(duration.months), 12)
        amount = whole if years else rest
        return number(-amount if duration.months < 0 else amount)

    return read_off


_OF_DATE: dict[str, Callable[[Any], Value]] = {
    "year": _of("year"),
    "month": _of("month"),
    "day": _of("day"),
    "weekday": lambda value: number(value.isoweekday()),
}
_OF_TIME: dict[str, Callable[[Any], Value]] = {
    "hour": _of("hour"),
    "minute": _of("minute"),
    "second": _of("second"),
    "time offset": _time_offset,
    "timezone": lambda _: None,
}

PROPERTIES: dict[type, dict[str, Callable[[Any], Value]]] = {
    Date: _OF_DATE,
    Time: _OF_TIME,
    DateTime: _OF_DATE | _OF_TIME,
    MonthsDuration: {"years": _of_months(years=True), "months": _of_months(years=False)},
    DaysDuration: {
        "days": _whole(DAY),
        "hours": _whole(3_600 * NANOSECONDS, 24),
        "minutes": _whole(60 * NANOSECONDS, 60),
        "seconds": _seconds,
    },
    Range: {
        "start": lambda value: value.low,
        "end": lambda value: value.high,
        "start included": lambda value: value.low_closed,
        "end included": lambda value: value.high_closed,
    },
}
"""What `value.name` gives for the values that are no contexts (DMN 1.5, table 65)."""
