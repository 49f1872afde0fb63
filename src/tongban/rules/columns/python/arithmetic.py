"""Numbers, days and parameters as Python: whole numbers, and days as `date`."""

from __future__ import annotations

import ast
import datetime
from collections.abc import Callable
from typing import Any

from tongban.rules.columns.evaluate import divide, shifts
from tongban.rules.columns.nodes import (
    DATE,
    AddMonths,
    Arithmetic,
    Calculate,
    DateOf,
    Entry,
    Expr,
    Extreme,
    Kind,
    Lookup,
    Modulo,
    MonthsBetween,
    Part,
    PartOf,
    Quotient,
    Rescale,
    Rounding,
    Type,
)
from tongban.rules.columns.typed import may_be_zero, type_of

from . import build as py
from .writer import Form, NotGenerated, Value, Writer, held_in

_OPERATORS: dict[Arithmetic, Callable[[], ast.operator]] = {
    Arithmetic.ADD: ast.Add,
    Arithmetic.SUBTRACT: ast.Sub,
    Arithmetic.MULTIPLY: ast.Mult,
}


def _calculate(writer: Writer, expr: Calculate) -> Value:
    left, right = writer.value(expr.left), writer.value(expr.right)
    kinds = (type_of(expr.left).kind, type_of(expr.right).kind)
    operator = _OPERATORS[expr.op]()
    a, b = left.expr, right.expr
    days = [py.method(v, "toordinal") if kind is Kind.DATE else v for v, kind in zip((a, b), kinds, strict=True)]
    value = py.binary(days[0], operator, days[1])
    if expr.type.kind is Kind.DATE:
        if not _real_days(expr.type):
            raise NotGenerated("a date that may lie outside the years 1 to 9999")
        value = py.call("day", value)
    return Value({**left.nulls, **right.nulls}, value)


def _real_days(of: Type) -> bool:
    low, high = of.low, of.high
    return (
        low is not None
        and high is not None
        and DATE.low is not None
        and DATE.high is not None
        and (low >= DATE.low and high <= DATE.high)
    )


def _rescale(writer: Writer, expr: Rescale) -> Value:
    operand = writer.value(expr.operand)
    power = 10 ** (expr.type.scale - type_of(expr.operand).scale)
    return Value(operand.nulls, operand.expr if power == 1 else _times(operand.expr, power))


def _times(value: ast.expr, factor: int) -> ast.expr:
    if factor == 1:
        return value
    if isinstance(value, ast.Constant) and isinstance(value.value, int):
        return py.const(value.value * factor)
    return py.binary(value, ast.Mult(), py.const(factor))


def _positive(expr: Expr) -> bool:
    low = type_of(expr).low
    return low is not None and low > 0


def _quotient(writer: Writer, expr: Quotient) -> Value:
    left, right = writer.value(expr.left), writer.value(expr.right)
    nulls = {**left.nulls, **right.nulls}
    up, down = shifts(expr)
    if isinstance(right.expr, ast.Constant) and isinstance(left.expr, ast.Constant) and not nulls:
        dividend, divisor = left.expr.value, right.expr.value
        if isinstance(dividend, int) and isinstance(divisor, int) and divisor:
            return Value({}, py.const(divide(dividend * up, divisor * down, expr.rounding)))
    if may_be_zero(type_of(expr.right)):
        zero = py.compare(right.expr, ast.Eq(), py.const(0))
        nulls = {**nulls, f"zero {writer.fresh()}": zero}
    n, d = _times(left.expr, up), _times(right.expr, down)
    if expr.rounding is Rounding.FLOOR and _positive(expr.right):
        return Value(nulls, py.binary(n, ast.FloorDiv(), d))
    if expr.rounding is not Rounding.HALF_EVEN or not _positive(expr.right) or nulls:
        return Value(nulls, py.call(_ROUNDINGS[expr.rounding], n, d))
    return Value({}, _half_even(writer, n, d))


def _half_even(writer: Writer, n: ast.expr, d: ast.expr) -> ast.expr:
    """To the nearest, written out: the half above is taken back where it was a tie and the result is odd."""
    d = writer.keep(d)
    above = writer.keep(py.binary(_times(n, 2), ast.Add(), d))
    whole = writer.keep(_times(d, 2))
    name = writer.fresh()
    writer.emit(py.assign(name, py.binary(above, ast.FloorDiv(), whole)))
    result = py.load(name)
    odd = py.binary(result, ast.BitAnd(), py.const(1))
    tie = py.compare(py.binary(result, ast.Mult(), whole), ast.Eq(), above)
    back = py.assign(name, py.binary(result, ast.Sub(), py.const(1)))
    writer.emit(*py.when(py.all_of((odd, tie)), [back]))
    return result


_ROUNDINGS: dict[Rounding, str] = {rounding: f"round_{rounding.name.lower()}" for rounding in Rounding}


def _modulo(writer: Writer, expr: Modulo) -> Value:
    left, right = writer.value(expr.left), writer.value(expr.right)
    nulls = {**left.nulls, **right.nulls}
    if may_be_zero(type_of(expr.right)):
        nulls[f"zero {writer.fresh()}"] = py.compare(right.expr, ast.Eq(), py.const(0))
    return Value(nulls, py.binary(left.expr, ast.Mod(), right.expr))


def _extreme(writer: Writer, expr: Extreme) -> Value:
    values = [writer.value(item) for item in expr.items]
    nulls = {key: test for value in values for key, test in value.nulls.items()}
    op = ast.Lt() if not expr.greatest else ast.Gt()
    if len(values) == 2 and not nulls:
        a, b = (writer.keep(value.expr) for value in values)
        return Value({}, py.choose(py.compare(a, op, b), a, b))
    return Value(nulls, py.call("greatest" if expr.greatest else "least", *(value.expr for value in values)))


def _strict_call(function: str, *parts: str) -> Callable[[Writer, Any], Value]:
    """A function of our own that is asked only where all operands are known."""

    def write(writer: Writer, expr: Any) -> Value:
        values = [writer.value(getattr(expr, part)) for part in parts]
        nulls = {key: test for value in values for key, test in value.nulls.items()}
        return Value(nulls, py.call(function, *(value.expr for value in values)))

    return write


def _nullable_call(function: str, *parts: str) -> Callable[[Writer, Any], Value]:
    """The same for a function that may itself answer None."""
    strict = _strict_call(function, *parts)

    def write(writer: Writer, expr: Any) -> Value:
        name = writer.fresh()
        writer.emit(py.assign(name, strict(writer, expr).or_none))
        return held_in(name)

    return write


_PARTS: dict[Part, Callable[[ast.expr], ast.expr]] = {
    Part.YEAR: lambda day: py.attribute(day, "year"),
    Part.MONTH: lambda day: py.attribute(day, "month"),
    Part.DAY: lambda day: py.attribute(day, "day"),
    Part.WEEKDAY: lambda day: py.method(day, "isoweekday"),
    Part.YEARS: lambda months: py.call("years_of", months),
    Part.MONTHS: lambda months: py.call("months_of", months),
}


def _part_of(writer: Writer, expr: PartOf) -> Value:
    if expr.part is Part.YEARS and isinstance(expr.operand, MonthsBetween):
        return _strict_call("years_between", "start", "end")(writer, expr.operand)
    operand = writer.value(expr.operand)
    return Value(operand.nulls, _PARTS[expr.part](operand.expr))


def _lookup(writer: Writer, expr: Lookup) -> Value:
    asked = [part for part in (expr.category, expr.day) if part is not None]
    values = [writer.value(part) for part in asked]
    nulls = {key: test for value in values for key, test in value.nulls.items()}
    entries = [_entry(entry, expr.type.kind) for entry in expr.entries]
    category = values[0].expr if expr.category is not None else py.NULL
    day = values[-1].expr if expr.day is not None else py.NULL
    name = writer.fresh()
    found = py.call("look_up", writer.constant(tuple(entries)), category, day)
    writer.emit(py.assign(name, Value(nulls, found).or_none))
    return held_in(name)


def _entry(entry: Entry, kind: Kind) -> tuple[object, object, object, object]:
    since, until = (None if day is None else datetime.date.fromordinal(day) for day in (entry.since, entry.until))
    value = entry.value
    if kind is Kind.DATE and isinstance(value, int):
        return entry.category, since, until, datetime.date.fromordinal(value)
    return entry.category, since, until, value


FORMS: dict[type, Form] = {
    Calculate: _calculate,
    Rescale: _rescale,
    Quotient: _quotient,
    Modulo: _modulo,
    Extreme: _extreme,
    PartOf: _part_of,
    Lookup: _lookup,
    MonthsBetween: _strict_call("months_between", "start", "end"),
    AddMonths: _nullable_call("add_months", "date", "months"),
    DateOf: _nullable_call("date_of", "year", "month", "day"),
}
