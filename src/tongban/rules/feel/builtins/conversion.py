"""Conversion between types (DMN 1.5, 10.3.4.1); arguments are checked against the signature first."""

from __future__ import annotations

from decimal import (
    Decimal,
)

from tongban.rules.feel import temporal
from tongban.rules.feel.errors import Code, Undefined
from tongban.rules.feel.signature import builtin
from tongban.rules.feel.text import plain_text
from tongban.rules.feel.values import Date, DateTime, DaysDuration, Time, Value, integer, number


@builtin("date(from: string|date|date and time)")
def date_from(source: str | Date | DateTime) -> Value:
    if isinstance(source, str):
        return temporal.read(source, temporal.DATE_TEXTS)
    return source.date() if isinstance(source, DateTime) else source


@builtin("date(year: number, month: number, day: number)")
def date_of(year: Decimal, month: Decimal, day: Decimal) -> Value:
    try:
        return Date(integer(year), integer(month), integer(day))
    except (ValueError, OverflowError):
        raise Undefined(Code.OUT_OF_RANGE) from None


@builtin("time(from: string|time|date and time)")
def time_from(source: str | Time | DateTime) -> Value:
    if isinstance(source, str):
        return temporal.read(source, temporal.TIME_TEXTS)
    return source.timetz() if isinstance(source, DateTime) else source


@builtin("time(hour: number, minute: number, second: number, offset?: days and time duration)")
def time_of(hour: Decimal, minute: Decimal, second: Decimal, offset: DaysDuration | None = None) -> Value:
    return temporal.time_of(integer(hour), integer(minute), second, offset)


@builtin("date and time(from: string|date and time)")
def date_and_time_from(source: str | DateTime) -> Value:
    if isinstance(source, DateTime):
        return source
    if "T" not in source:
        return DateTime.combine(temporal.read_day(source), Time())
    return temporal.read(source, temporal.DATE_TIME_TEXTS)


@builtin("date and time(date: date|date and time, time: time)")
def date_and_time_of(day: Date | DateTime, time: Time) -> Value:
    return DateTime.combine(day, time)


@builtin("duration(from: string)")
def duration(source: str) -> Value:
    return temporal.read(source, temporal.DURATION_TEXTS)


@builtin("years and months duration(from: date|date and time, to: date|date and time)")
def years_and_months_duration(start: Date | DateTime, end: Date | DateTime) -> Value:
    return temporal.months_between(start, end)


@builtin("number(from: string|number)")
def number_from(source: str | Decimal) -> Value:
    if isinstance(source, Decimal):
        return source
    if not source.isascii() or "_" in source or source != source.strip():
        raise Undefined(Code.NOT_A_VALUE, source[:40], "number")
    try:
        return number(source)
    except Undefined:
        raise Undefined(Code.NOT_A_VALUE, source[:40], "number") from None


@builtin("string(from: any)")
def string(source: Value) -> Value:
    return None if source is None else plain_text(source)
