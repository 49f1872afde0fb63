"""The values of FEEL and how Python values become them.

FEEL (DMN 1.5, 10.3.2) knows numbers, strings, booleans, dates, times, dates with times, two kinds of duration,
lists, contexts, ranges and null. Here they are:

=========================== ==================================================================
number                      `decimal.Decimal` of 34 digits, half-even (IEEE 754 decimal128)
string, boolean, null       `str`, `bool`, `None`
date, time, date and time   `Date`, `Time`, `DateTime`
days and time duration      `DaysDuration`, exact to the nanosecond
years and months duration   `MonthsDuration`
list, context               `list`, `dict`
range                       `Range`
function                    `FunctionValue`
=========================== ==================================================================

The type of a value is always its exact Python type, so that (operator, type, type) can be looked up in a table.
Binary floating point never enters: a float is taken as the decimal number that it prints as.
"""

from __future__ import annotations

import datetime as python
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_EVEN, Context, Decimal, DivisionByZero, InvalidOperation, Overflow
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeAlias, TypeGuard

from . import zones
from .errors import Code, RuleValueError, Undefined
from .moments import NANOSECONDS, Date, DateTime, DaysDuration, MonthsDuration, Time

if TYPE_CHECKING:
    from .frame import Frame
    from .types import FunctionType

Value: TypeAlias = object
"""Any FEEL value: one of the types in the table above."""

Number = Decimal
Null = type(None)

CONTEXT = Context(
    prec=34,
    rounding=ROUND_HALF_EVEN,
    Emin=-6143,
    Emax=6144,
    traps=[InvalidOperation, DivisionByZero, Overflow],
)
"""The arithmetic of FEEL. Private to this package: the process-wide decimal context is never read."""

LARGEST_INTEGER = Decimal(10) ** 30


@dataclass(frozen=True, slots=True)
class Range:
    """`[low..high]`; a round bracket leaves its end out, and an end of None is open without limit.

    `form` is `..`, or for the ranges `(= x)` and `(!= x)` their sign; these have x at both ends.
    """

    low: Value
    high: Value
    low_closed: bool = True
    high_closed: bool = True
    form: str = ".."


@dataclass(frozen=True, slots=True, eq=False)
class FunctionValue:
    """A function: one written in FEEL with the variables around it, a built-in, or one that a model supplies.

    `run(frame, arguments, names)` takes the arguments in order (`names` empty) or by name (`names` runs along), and
    raises `Undefined` where the result is null. Two functions are never equal.
    """

    name: str
    type: FunctionType
    run: Callable[[Frame, Sequence[Value], Sequence[str]], Value]


TYPES: dict[str, tuple[type, ...]] = {
    "any": (),
    "number": (Number,),
    "string": (str,),
    "boolean": (bool,),
    "date": (Date,),
    "time": (Time,),
    "date and time": (DateTime,),
    "days and time duration": (DaysDuration,),
    "years and months duration": (MonthsDuration,),
    "list": (list,),
    "context": (dict,),
    "range": (Range,),
    "function": (FunctionValue,),
}
"""FEEL's names of types, each with the Python types that carry it; `any` accepts all."""

TYPE_NAMES: dict[type, str] = {
    Null: "null",
    **{python: name for name, pythons in TYPES.items() for python in pythons},
}


def number(value: int | str | Decimal) -> Decimal:
    """`value` rounded to 34 digits. Raises `Undefined` if it is no finite number that fits."""
    try:
        result = CONTEXT.create_decimal(value)
    except (ArithmeticError, ValueError):
        raise Undefined(Code.OUT_OF_RANGE) from None
    if not result.is_finite():
        raise Undefined(Code.OUT_OF_RANGE)
    return result


def integer(value: Decimal) -> int:
    """`value` cut to a whole number. Raises `Undefined` where it is too large to count with."""
    if not -LARGEST_INTEGER < value < LARGEST_INTEGER:
        raise Undefined(Code.OUT_OF_RANGE)
    return int(value)


def _from_number(value: Any) -> Value:
    try:
        return number(value)
    except Undefined:
        return None


def _from_float(value: float) -> Value:
    return _from_number(repr(value))


@lru_cache(maxsize=65_536)
def _from_date(value: python.date) -> Date:
    return Date(value.toordinal())


def _from_time(value: python.time) -> Time:
    return _zoned(_clock(value), value.tzinfo, value.utcoffset())


def _from_date_time(value: python.datetime) -> DateTime:
    return DateTime(_from_date(value.date()), _zoned(_clock(value), value.tzinfo, value.utcoffset()))


def _clock(value: python.time | python.datetime) -> int:
    return ((value.hour * 60 + value.minute) * 60 + value.second) * NANOSECONDS + value.microsecond * 1_000


def _zoned(clock: int, zone: python.tzinfo | None, offset: python.timedelta | None) -> Time:
    seconds = None if offset is None else int(offset.total_seconds())
    name = getattr(zone, "key", None)
    if not isinstance(name, str) or not zones.exists(name):
        return Time(clock, seconds)
    return Time(clock, zones.usual_offset(name) if seconds is None else seconds, name)


def _from_span(value: python.timedelta) -> Value:
    return DaysDuration((value.days * 86_400 + value.seconds) * NANOSECONDS + value.microseconds * 1_000)


def _from_items(value: list[object] | tuple[object, ...]) -> Value:
    return [to_feel(item) for item in value]


def _from_entries(value: Mapping[object, object]) -> Value:
    return {str(key): to_feel(item) for key, item in value.items()}


def _same(value: Value) -> Value:
    return value


_CONVERSIONS: dict[type, Callable[[Any], Value]] = {
    Null: _same,
    bool: _same,
    str: _same,
    Decimal: _from_number,
    int: _from_number,
    float: _from_float,
    Date: _same,
    Time: _same,
    DateTime: _same,
    python.date: _from_date,
    python.time: _from_time,
    python.datetime: _from_date_time,
    python.timedelta: _from_span,
    DaysDuration: _same,
    MonthsDuration: _same,
    Range: _same,
    FunctionValue: _same,
    list: _from_items,
    tuple: _from_items,
    dict: _from_entries,
}
_BASES: tuple[tuple[type, Callable[[Any], Value]], ...] = (
    (str, str.__str__),
    (int, lambda value: _from_number(int(value))),
    (Mapping, _from_entries),
)


def to_feel(value: object) -> Value:
    """The FEEL value of a Python value; containers are copied, NaN and infinities become null.

    Raises `RuleValueError` for an object that FEEL has no type for.
    """
    convert = _CONVERSIONS.get(type(value))
    if convert is not None:
        return convert(value)
    for base, convert in _BASES:
        if isinstance(value, base):
            return convert(value)
    raise RuleValueError(f"FEEL has no value for a {type(value).__name__}")


def _to_date(value: Date) -> object:
    within = 0 < value.number <= python.date.max.toordinal()
    return python.date.fromordinal(value.number) if within else value


def _zone_of(time: Time) -> python.tzinfo | None:
    if time.zone is not None:
        return zones.zone_info(time.zone)
    return None if time.offset is None else python.timezone(python.timedelta(seconds=time.offset))


def _to_time(value: Time) -> object:
    micro, rest = divmod(value.nanosecond, 1_000)
    return value if rest else python.time(value.hour, value.minute, value.second, micro, tzinfo=_zone_of(value))


def _to_date_time(value: DateTime) -> object:
    day, time = _to_date(value.date), _to_time(value.time)
    if not isinstance(day, python.date) or not isinstance(time, python.time):
        return value
    found = python.datetime.combine(day, time)
    offset = found.utcoffset()
    later = offset is not None and int(offset.total_seconds()) != value.time.offset
    return found.replace(fold=1) if later else found


def _to_span(value: DaysDuration) -> object:
    micro, rest = divmod(value.nanoseconds, 1_000)
    try:
        return value if rest else python.timedelta(microseconds=micro)
    except OverflowError:
        return value


_OUTWARDS: dict[type, Callable[[Any], object]] = {
    Date: _to_date,
    Time: _to_time,
    DateTime: _to_date_time,
    DaysDuration: _to_span,
    Range: lambda value: replace(value, low=to_python(value.low), high=to_python(value.high)),
    list: lambda value: [to_python(item) for item in value],
    dict: lambda value: {key: to_python(item) for key, item in value.items()},
}


def to_python(value: Value) -> Any:
    """The inverse of `to_feel`: FEEL's dates, times and durations as those of Python's `datetime`, where these can
    hold them exactly; what they cannot hold (a year beyond 9999, nanoseconds, months) stays as it is, and so do
    numbers, which are `Decimal`."""
    convert = _OUTWARDS.get(type(value))
    return value if convert is None else convert(value)


def type_name(value: Value) -> str:
    """FEEL's name of the type of `value`."""
    return TYPE_NAMES.get(type(value), "any")


def is_list(value: Value) -> TypeGuard[list[Value]]:
    return type(value) is list


def is_context(value: Value) -> TypeGuard[dict[str, Value]]:
    return type(value) is dict


def as_list(value: Value) -> list[Value]:
    """A list as itself, any other value as the list of that one value (DMN 1.5, 10.3.2.9.4)."""
    return value if is_list(value) else [value]


def items_of(values: Sequence[Value]) -> list[Value]:
    """The items that a function was given as one list or one by one."""
    return as_list(values[0]) if len(values) == 1 else list(values)
