"""The value of an expression for one person: the meaning of the typed language, written to be read.

It is the yardstick for the SQL and for generated code, and folds what is constant. It is not fast.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, cast

from tongban.rules.feel import temporal
from tongban.rules.feel.dialect import both, either, negation
from tongban.rules.feel.errors import Undefined
from tongban.rules.feel.values import Date

from .nodes import (
    AddMonths,
    And,
    Arithmetic,
    Calculate,
    Compare,
    Comparison,
    Const,
    DateOf,
    Expr,
    Extreme,
    Guard,
    If,
    IsNull,
    Lookup,
    Modulo,
    MonthsBetween,
    Not,
    Or,
    Part,
    PartOf,
    Quotient,
    Ref,
    Rescale,
    Rounding,
    Same,
    Scalar,
    StartsWith,
    Substring,
    Unknown,
)
from .typed import type_of


class Facts:
    """What is known while a program runs: values by name (absent: null), and which names are unknown."""

    def __init__(self, values: Mapping[str, Scalar], unknown: frozenset[str] = frozenset()) -> None:
        self.values = dict(values)
        self.unknown = set(unknown)


def evaluate(expr: Expr, facts: Facts) -> Scalar:
    """The value of an expression."""
    return _EVALUATE[type(expr)](expr, facts)


_COMPARE: dict[Comparison, Callable[[Any, Any], bool]] = {
    Comparison.EQUAL: lambda a, b: a == b,
    Comparison.UNEQUAL: lambda a, b: a != b,
    Comparison.LESS: lambda a, b: a < b,
    Comparison.AT_MOST: lambda a, b: a <= b,
    Comparison.GREATER: lambda a, b: a > b,
    Comparison.AT_LEAST: lambda a, b: a >= b,
}
_CALCULATE: dict[Arithmetic, Callable[[int, int], int]] = {
    Arithmetic.ADD: lambda a, b: a + b,
    Arithmetic.SUBTRACT: lambda a, b: a - b,
    Arithmetic.MULTIPLY: lambda a, b: a * b,
}


def _half(tie: Callable[[int], int]) -> Callable[[int, int], int]:
    """To the nearest whole number; `tie` decides in the middle, from the lower of the two neighbours."""

    def rounded(n: int, d: int) -> int:
        low, rest = divmod(n, d)
        return low + (1 if 2 * rest > d else 0 if 2 * rest < d else tie(low))

    return rounded


_ROUND: dict[Rounding, Callable[[int, int], int]] = {
    Rounding.HALF_EVEN: _half(lambda low: low % 2),
    Rounding.HALF_UP: _half(lambda low: int(low >= 0)),
    Rounding.HALF_DOWN: _half(lambda low: int(low < 0)),
    Rounding.FLOOR: lambda n, d: n // d,
    Rounding.CEILING: lambda n, d: -(-n // d),
    Rounding.DOWN: lambda n, d: n // d if n >= 0 else -(-n // d),
    Rounding.UP: lambda n, d: -(-n // d) if n >= 0 else n // d,
}


def divide(n: int, d: int, rounding: Rounding) -> int:
    """`n / d` as a whole number; `d` is not zero."""
    return _ROUND[rounding](n, d) if d > 0 else _ROUND[rounding](-n, -d)


def shifts(expr: Quotient) -> tuple[int, int]:
    """The powers of ten that the dividend and the divisor of a quotient are multiplied by."""
    power = expr.type.scale + type_of(expr.right).scale - type_of(expr.left).scale
    return (10**power, 1) if power >= 0 else (1, 10**-power)


def _unary(apply: Callable[[Any, Any], Scalar]) -> Callable[[Any, Facts], Scalar]:
    """Null if the operand is null; else `apply` to the node and the value."""

    def run(expr: Any, facts: Facts) -> Scalar:
        value = evaluate(expr.operand, facts)
        return None if value is None else apply(expr, value)

    return run


def _binary(apply: Callable[[Any, Any, Any], Scalar], *parts: str) -> Callable[[Any, Facts], Scalar]:
    """Null if one of two operands is null; else `apply` to the node and the values."""
    first, second = parts or ("left", "right")

    def run(expr: Any, facts: Facts) -> Scalar:
        left, right = evaluate(getattr(expr, first), facts), evaluate(getattr(expr, second), facts)
        return None if left is None or right is None else apply(expr, left, right)

    return run


def _quotient(expr: Quotient, left: int, right: int) -> Scalar:
    up, down = shifts(expr)
    return None if right == 0 else divide(left * up, right * down, expr.rounding)


def _substring(expr: Substring, text: str) -> Scalar:
    if len(text) < expr.start:
        return None
    return text[expr.start - 1 :][: expr.length]


def _months_between(_: MonthsBetween, start: int, end: int) -> Scalar:
    return temporal.months_between(Date(start), Date(end)).months


def _add_months(_: AddMonths, day: int, months: int) -> Scalar:
    try:
        shifted = temporal.shift_months(Date(day), months).number
    except Undefined:
        return None
    return shifted if 0 < shifted <= date.max.toordinal() else None


def _date_of(expr: DateOf, facts: Facts) -> Scalar:
    parts = [evaluate(part, facts) for part in (expr.year, expr.month, expr.day)]
    try:
        return None if None in parts else date(*cast("list[int]", parts)).toordinal()
    except (ValueError, OverflowError):
        return None


def _towards_zero(n: int, d: int) -> int:
    return divide(n, d, Rounding.DOWN)


_PARTS: dict[Part, Callable[[int], int]] = {
    Part.YEAR: lambda day: date.fromordinal(day).year,
    Part.MONTH: lambda day: date.fromordinal(day).month,
    Part.DAY: lambda day: date.fromordinal(day).day,
    Part.WEEKDAY: lambda day: date.fromordinal(day).isoweekday(),
    Part.YEARS: lambda months: _towards_zero(months, 12),
    Part.MONTHS: lambda months: months - 12 * _towards_zero(months, 12),
}


def _and(expr: And, facts: Facts) -> Scalar:
    result: bool | None = True
    for item in expr.items:
        result = both(result, cast("bool | None", evaluate(item, facts)))
    return result


def _or(expr: Or, facts: Facts) -> Scalar:
    result: bool | None = False
    for item in expr.items:
        result = either(result, cast("bool | None", evaluate(item, facts)))
    return result


def _not(expr: Not, facts: Facts) -> Scalar:
    return negation(cast("bool | None", evaluate(expr.operand, facts)))


def _if(expr: If, facts: Facts) -> Scalar:
    return evaluate(expr.then if evaluate(expr.condition, facts) is True else expr.otherwise, facts)


def _guard(expr: Guard, facts: Facts) -> Scalar:
    return None if facts.unknown.intersection(expr.names) else evaluate(expr.operand, facts)


def _extreme(expr: Extreme, facts: Facts) -> Scalar:
    values = [evaluate(item, facts) for item in expr.items]
    return None if None in values else (max if expr.greatest else min)(cast("list[int]", values))


def _compare(expr: Compare, left: Scalar, right: Scalar) -> Scalar:
    return _COMPARE[expr.op](left, right)


def _calculate(expr: Calculate, left: int, right: int) -> Scalar:
    return _CALCULATE[expr.op](left, right)


def _rescale(expr: Rescale, value: int) -> Scalar:
    return value * 10 ** (expr.type.scale - type_of(expr.operand).scale)


def _modulo(_: Modulo, left: int, right: int) -> Scalar:
    return left % right if right else None


def _starts_with(expr: StartsWith, text: str) -> Scalar:
    return text.startswith(expr.prefix)


def _part_of(expr: PartOf, value: int) -> Scalar:
    return _PARTS[expr.part](value)


def _lookup(expr: Lookup, facts: Facts) -> Scalar:
    category = None if expr.category is None else evaluate(expr.category, facts)
    day = None if expr.day is None else evaluate(expr.day, facts)
    if (expr.category is not None and category is None) or (expr.day is not None and day is None):
        return None
    for entry in expr.entries:
        fits = entry.category is None or entry.category == category
        after = entry.since is None or (isinstance(day, int) and entry.since <= day)
        before = entry.until is None or (isinstance(day, int) and day < entry.until)
        if fits and after and before:
            return entry.value
    return None


_EVALUATE: dict[type, Callable[[Any, Facts], Scalar]] = {
    Const: lambda expr, _: expr.value,
    Ref: lambda expr, facts: facts.values.get(expr.name),
    Unknown: lambda expr, facts: expr.name in facts.unknown,
    IsNull: lambda expr, facts: evaluate(expr.operand, facts) is None,
    Same: lambda expr, facts: evaluate(expr.left, facts) == evaluate(expr.right, facts),
    And: _and,
    Or: _or,
    Not: _not,
    If: _if,
    Guard: _guard,
    Lookup: _lookup,
    Compare: _binary(_compare),
    Calculate: _binary(_calculate),
    Rescale: _unary(_rescale),
    Quotient: _binary(_quotient),
    Modulo: _binary(_modulo),
    Extreme: _extreme,
    StartsWith: _unary(_starts_with),
    Substring: _unary(_substring),
    MonthsBetween: _binary(_months_between, "start", "end"),
    AddMonths: _binary(_add_months, "date", "months"),
    PartOf: _unary(_part_of),
    DateOf: _date_of,
}
