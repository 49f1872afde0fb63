"""The built-in functions of FEEL: one table, each function under the signature that the standard gives it.

Source: DMN 1.5, 10.3.4. Arguments are checked against the signature before a function runs, so the functions
below see only what they ask for.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import (
    ROUND_CEILING,
    ROUND_DOWN,
    ROUND_FLOOR,
    ROUND_HALF_DOWN,
    ROUND_HALF_EVEN,
    ROUND_HALF_UP,
    ROUND_UP,
    Decimal,
)
from functools import reduce
from typing import Any

from . import temporal
from .dialect import both, either, equal, less, negation
from .errors import Code, Undefined
from .signature import BUILTINS, builtin
from .text import plain_text
from .values import (
    CONTEXT,
    Date,
    DateTime,
    DaysDuration,
    Time,
    Value,
    as_list,
    integer,
    number,
)

__all__ = ["BUILTINS"]

# --- conversion ------------------------------------------------------------------------------------------


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


# --- logic -----------------------------------------------------------------------------------------------


def _as_truth(value: Value) -> bool | None:
    return value if isinstance(value, bool) else None


@builtin("not(negand: any)")
def not_(negand: Value) -> Value:
    return negation(_as_truth(negand))


@builtin("is defined(value: any)")
def is_defined(value: Value) -> Value:
    """Whether a fact is known: FEEL has one null for "missing" and for "no value"."""
    return value is not None


@builtin("all(list: list)")
@builtin("all(values...: any)")
def all_(*values: Value) -> Value:
    return reduce(both, map(_as_truth, _items(values)), True)


@builtin("any(list: list)")
@builtin("any(values...: any)")
def any_(*values: Value) -> Value:
    return reduce(either, map(_as_truth, _items(values)), False)


# --- strings ---------------------------------------------------------------------------------------------


@builtin("substring(string: string, start position: number, length?: number)")
def substring(text: str, start: Decimal, length: Decimal | None = None) -> Value:
    """Positions count from 1, or backwards from -1 at the end."""
    first = integer(start)
    if first == 0 or abs(first) > len(text):
        raise Undefined(Code.OUT_OF_RANGE)
    begin = first - 1 if first > 0 else len(text) + first
    if length is None:
        return text[begin:]
    if length < 1:
        raise Undefined(Code.OUT_OF_RANGE)
    return text[begin : begin + integer(length)]


@builtin("string length(string: string)")
def string_length(text: str) -> Value:
    return number(len(text))


@builtin("upper case(string: string)")
def upper_case(text: str) -> Value:
    return text.upper()


@builtin("lower case(string: string)")
def lower_case(text: str) -> Value:
    return text.lower()


@builtin("substring before(string: string, match: string)")
def substring_before(text: str, match: str) -> Value:
    before, found, _ = text.partition(match) if match else ("", "", "")
    return before if found else ""


@builtin("substring after(string: string, match: string)")
def substring_after(text: str, match: str) -> Value:
    return text.partition(match)[2] if match else text


@builtin("contains(string: string, match: string)")
def contains(text: str, match: str) -> Value:
    return match in text


@builtin("starts with(string: string, match: string)")
def starts_with(text: str, match: str) -> Value:
    return text.startswith(match)


@builtin("ends with(string: string, match: string)")
def ends_with(text: str, match: str) -> Value:
    return text.endswith(match)


# --- lists -----------------------------------------------------------------------------------------------


def _items(values: Sequence[Value]) -> list[Value]:
    """The items that a function was given as one list or one by one."""
    return as_list(values[0]) if len(values) == 1 else list(values)


def _numbers(values: Sequence[Value]) -> list[Decimal]:
    items = [item for item in _items(values) if isinstance(item, Decimal)]
    if not items or len(items) < len(_items(values)):
        raise Undefined(Code.OUT_OF_RANGE)
    return items


def _extreme(values: Sequence[Value], *, least: bool) -> Value:
    items = _items(values)
    if not items or None in items:
        raise Undefined(Code.OUT_OF_RANGE)
    return reduce(lambda best, item: item if less(item, best) is least and not equal(item, best) else best, items)


@builtin("min(list: list)")
@builtin("min(values...: any)")
def min_(*values: Value) -> Value:
    return _extreme(values, least=True)


@builtin("max(list: list)")
@builtin("max(values...: any)")
def max_(*values: Value) -> Value:
    return _extreme(values, least=False)


@builtin("sum(list: list)")
@builtin("sum(values...: any)")
def sum_(*values: Value) -> Value:
    """The sum; of no numbers it is null, not 0, as the standard says."""
    return reduce(CONTEXT.add, _numbers(values))


@builtin("mean(list: list)")
@builtin("mean(values...: any)")
def mean(*values: Value) -> Value:
    numbers = _numbers(values)
    return CONTEXT.divide(reduce(CONTEXT.add, numbers), Decimal(len(numbers)))


@builtin("count(list: list)")
def count(items: list[Value]) -> Value:
    return number(len(items))


@builtin("list contains(list: list, element: any)")
def list_contains(items: list[Value], element: Value) -> Value:
    return any(equal(item, element) for item in items)


@builtin("distinct values(list: list)")
def distinct_values(items: list[Value]) -> Value:
    result: list[Value] = []
    for item in items:
        if not list_contains(result, item):
            result.append(item)
    return result


@builtin("append(list: list, items...: any)")
def append(items: list[Value], *more: Value) -> Value:
    return [*items, *more]


@builtin("concatenate(lists...: list)")
def concatenate(*lists: list[Value]) -> Value:
    return [item for items in lists for item in items]


@builtin("reverse(list: list)")
def reverse(items: list[Value]) -> Value:
    return items[::-1]


# --- numbers ---------------------------------------------------------------------------------------------


def _rounded(value: Decimal, scale: Decimal | None, rounding: str) -> Decimal:
    """`value` with at most `scale` digits behind the point (a negative scale rounds to tens, hundreds, …)."""
    places = 0 if scale is None else integer(scale)
    if not -6_111 <= places <= 6_176:
        raise Undefined(Code.OUT_OF_RANGE)
    exponent = value.as_tuple().exponent
    if isinstance(exponent, int) and exponent >= -places:
        return value
    return value.quantize(Decimal(1).scaleb(-places), rounding=rounding, context=CONTEXT)


def _rounding(signature: str, rounding: str) -> None:
    def run(value: Decimal, scale: Decimal | None = None) -> Value:
        return _rounded(value, scale, rounding)

    builtin(signature)(run)


_rounding("decimal(n: number, scale: number)", ROUND_HALF_EVEN)
_rounding("floor(n: number, scale?: number)", ROUND_FLOOR)
_rounding("ceiling(n: number, scale?: number)", ROUND_CEILING)
_rounding("round up(n: number, scale?: number)", ROUND_UP)
_rounding("round down(n: number, scale?: number)", ROUND_DOWN)
_rounding("round half up(n: number, scale?: number)", ROUND_HALF_UP)
_rounding("round half down(n: number, scale?: number)", ROUND_HALF_DOWN)


@builtin("abs(n: number|days and time duration|years and months duration)")
def abs_(value: Any) -> Value:
    if isinstance(value, Decimal):
        return value.copy_abs()
    zero = type(value)(0)
    return value if value >= zero else temporal.negative(value)


@builtin("modulo(dividend: number, divisor: number)")
def modulo(dividend: Decimal, divisor: Decimal) -> Value:
    """What is left of division towards the lower number: it has the sign of the divisor (-7 modulo 5 is 3)."""
    if not divisor:
        raise Undefined(Code.DIVISION_BY_ZERO)
    rest = CONTEXT.remainder(dividend, divisor)
    return CONTEXT.add(rest, divisor) if rest and (rest < 0) != (divisor < 0) else rest


@builtin("odd(number: number)")
def odd(value: Decimal) -> Value:
    return CONTEXT.remainder(value, Decimal(2)).copy_abs() == 1


@builtin("even(number: number)")
def even(value: Decimal) -> Value:
    return not CONTEXT.remainder(value, Decimal(2))
