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

import datetime
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Context, Decimal, DivisionByZero, InvalidOperation, Overflow
from typing import TYPE_CHECKING, Any, TypeAlias, TypeGuard

from .errors import Code, RuleValueError, Undefined

if TYPE_CHECKING:
    from .frame import Frame
    from .types import FunctionType

Value: TypeAlias = object
"""Any FEEL value: one of the types in the table above."""

Number = Decimal
Date = datetime.date
Time = datetime.time
DateTime = datetime.datetime
Null = type(None)

CONTEXT = Context(
    prec=34,
    rounding=ROUND_HALF_EVEN,
    Emin=-6143,
    Emax=6144,
    traps=[InvalidOperation, DivisionByZero, Overflow],
)
"""The arithmetic of FEEL. Private to this package: the process-wide decimal context is never read."""

NANOSECONDS = 1_000_000_000
DAY = 86_400 * NANOSECONDS
LARGEST_INTEGER = Decimal(10) ** 30


@dataclass(frozen=True, slots=True, order=True)
class DaysDuration:
    """A `days and time duration`: a signed number of nanoseconds."""

    nanoseconds: int


@dataclass(frozen=True, slots=True, order=True)
class MonthsDuration:
    """A `years and months duration`: a signed number of months."""

    months: int


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


def _from_span(value: datetime.timedelta) -> Value:
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
    DateTime: _same,
    Time: _same,
    datetime.timedelta: _from_span,
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
