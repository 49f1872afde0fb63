"""What the operators mean: a table from (operator, type, type) to a function.

A pair of types that is not in the table has no meaning, and the dialect says what follows from that: in FEEL the
result is null with a cause. B-FEEL (DMN 1.6) has the same syntax and another table; nothing else differs.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any, TypeAlias, cast

from . import temporal
from .errors import Code, Undefined
from .syntax import Op
from .values import (
    CONTEXT,
    Date,
    DateTime,
    DaysDuration,
    MonthsDuration,
    Null,
    Number,
    Range,
    Time,
    Value,
    integer,
    type_name,
)

MAX_STRING = 100_000
"""Characters that a string may grow to."""

Types: TypeAlias = tuple[type, type]
Operator: TypeAlias = Callable[[Any, Any], Value]
"""Two values to one; raises `Undefined` or an `ArithmeticError` where the result is null."""


@dataclass(frozen=True, slots=True)
class Dialect:
    """The semantics of one dialect of FEEL."""

    name: str
    operators: Mapping[Op, Mapping[Types, Operator]]
    negations: Mapping[type, Callable[[Any], Value]]
    truth: Callable[[Value], bool | None]
    """How a value counts in `and`, `or`, `not`, `if`, filters and cells: true, false or unknown."""
    otherwise: Callable[[Op, Value, Value], Value]
    """The result for a pair of types that the table does not hold."""
    lenient: bool = False
    """Whether a name, function or signature that does not exist is null when it is met, with its cause, as the
    standard has it; else the text is refused at once, which serves those who write rules better."""
    defaults: Mapping[str, Value] = field(default_factory=dict[str, Value])
    """What a built-in function gives, by its name, where it would be null; those that are not here give null."""
    unknown_facts: bool = True
    """Whether a null that a cell of a table tests is a fact nobody knows: it then passes only tests that ask for it.
    Else it is a value like any other, as in DMN, and `not("a")` accepts it."""

    def apply(self, op: Op, left: Value, right: Value) -> Value:
        """`left op right`. Raises `Undefined` where the result is null."""
        function = self.operators[op].get((type(left), type(right)))
        try:
            return self.otherwise(op, left, right) if function is None else function(left, right)
        except ArithmeticError:
            raise Undefined(Code.OUT_OF_RANGE) from None

    def contains(self, span: Range, value: Value) -> bool | None:
        """Whether `value` lies in `span`. Raises `Undefined` if they cannot be compared."""
        if span.form != "..":
            same = equal(value, span.low)
            return same if span.form == Op.EQUAL else negation(same)
        above = Op.AT_LEAST if span.low_closed else Op.GREATER
        below = Op.AT_MOST if span.high_closed else Op.LESS
        return both(
            span.low is None or self.truth(self.apply(above, value, span.low)),
            span.high is None or self.truth(self.apply(below, value, span.high)),
        )


# --- three-valued logic (Kleene); None is "unknown" ------------------------------------------------------


def both(left: bool | None, right: bool | None) -> bool | None:
    """`and`: one false decides; otherwise one unknown leaves it open."""
    if left is False or right is False:
        return False
    return True if left and right else None


def either(left: bool | None, right: bool | None) -> bool | None:
    """`or`: one true decides; otherwise one unknown leaves it open."""
    if left or right:
        return True
    return False if left is False and right is False else None


def negation(truth: bool | None) -> bool | None:
    """`not`: the unknown stays unknown."""
    return None if truth is None else not truth


# --- FEEL ------------------------------------------------------------------------------------------------


def _join(left: str, right: str) -> str:
    if len(left) + len(right) > MAX_STRING:
        raise Undefined(Code.OUT_OF_RANGE)
    return left + right


def _divide(left: Decimal, right: Decimal) -> Decimal:
    if not right:
        raise Undefined(Code.DIVISION_BY_ZERO)
    return CONTEXT.divide(left, right)


def _divide_days(left: DaysDuration, right: Decimal) -> DaysDuration:
    return DaysDuration(integer(_divide(Decimal(left.nanoseconds), right)))


def _divide_months(left: MonthsDuration, right: Decimal) -> MonthsDuration:
    return MonthsDuration(integer(_divide(Decimal(left.months), right)))


def _swap(function: Operator) -> Operator:
    return lambda left, right: function(right, left)


_ADD_ONE_WAY: dict[Types, Operator] = {
    (Number, Number): CONTEXT.add,
    (str, str): _join,
    (Date, DaysDuration): temporal.add_days,
    (DateTime, DaysDuration): temporal.add_days,
    (Date, MonthsDuration): temporal.add_months,
    (DateTime, MonthsDuration): temporal.add_months,
    (Time, DaysDuration): temporal.add_to_time,
    (DaysDuration, DaysDuration): lambda a, b: DaysDuration(a.nanoseconds + b.nanoseconds),
    (MonthsDuration, MonthsDuration): lambda a, b: MonthsDuration(a.months + b.months),
}
_ADD = _ADD_ONE_WAY | {(right, left): _swap(add) for (left, right), add in _ADD_ONE_WAY.items() if left is not right}

_SUBTRACT: dict[Types, Operator] = {
    (Number, Number): CONTEXT.subtract,
    (Date, Date): temporal.days_between,
    (DateTime, DateTime): temporal.between,
    (DateTime, Date): temporal.between,
    (Date, DateTime): temporal.between,
    (Time, Time): temporal.between_times,
    (Date, DaysDuration): temporal.subtract_days,
    (DateTime, DaysDuration): temporal.subtract_days,
    (Date, MonthsDuration): temporal.subtract_months,
    (DateTime, MonthsDuration): temporal.subtract_months,
    (Time, DaysDuration): temporal.subtract_from_time,
    (DaysDuration, DaysDuration): lambda a, b: DaysDuration(a.nanoseconds - b.nanoseconds),
    (MonthsDuration, MonthsDuration): lambda a, b: MonthsDuration(a.months - b.months),
}

_MULTIPLY: dict[Types, Operator] = {
    (Number, Number): CONTEXT.multiply,
    (DaysDuration, Number): temporal.scale_days,
    (MonthsDuration, Number): temporal.scale_months,
    (Number, DaysDuration): _swap(temporal.scale_days),
    (Number, MonthsDuration): _swap(temporal.scale_months),
}

_DIVIDE: dict[Types, Operator] = {
    (Number, Number): _divide,
    (DaysDuration, Number): _divide_days,
    (MonthsDuration, Number): _divide_months,
    (DaysDuration, DaysDuration): lambda a, b: _divide(Decimal(a.nanoseconds), Decimal(b.nanoseconds)),
    (MonthsDuration, MonthsDuration): lambda a, b: _divide(Decimal(a.months), Decimal(b.months)),
}


def _power(base: Decimal, exponent: Decimal) -> Decimal:
    return CONTEXT.power(base, exponent) if exponent else Decimal(1)


_POWER: dict[Types, Operator] = {(Number, Number): _power}

_PLAIN = (Number, str, DaysDuration, MonthsDuration)
_CLOCKS = (Time, DateTime)
"""Types whose comparison needs both values with a zone, or both without."""


def _ordered(compare: Operator) -> dict[Types, Operator]:
    def compare_clocks(left: Any, right: Any) -> Value:
        temporal.demand_comparable("<", left, right)
        return compare(temporal.order(left), temporal.order(right))

    return {
        **{(t, t): compare for t in _PLAIN},
        (Date, Date): lambda left, right: compare(left.number, right.number),
        **{(t, t): compare_clocks for t in _CLOCKS},
    }


def _equal_clocks(left: Any, right: Any) -> bool | None:
    return temporal.order(left) == temporal.order(right) if temporal.comparable(left, right) else None


def equal(left: Value, right: Value) -> bool | None:
    """Equality of two values of any type; None (with no cause yet) if their types differ."""
    function = _EQUAL.get((type(left), type(right)))
    return None if function is None else cast("bool | None", function(left, right))


def _equal_lists(left: list[Value], right: list[Value]) -> bool | None:
    result: bool | None = len(left) == len(right)
    for a, b in zip(left, right, strict=False):
        result = both(result, equal(a, b))
    return result


def _equal_contexts(left: dict[str, Value], right: dict[str, Value]) -> bool | None:
    result: bool | None = left.keys() == right.keys()
    for key in left.keys() & right.keys():
        result = both(result, equal(left[key], right[key]))
    return result


def _equal_ranges(left: Range, right: Range) -> bool | None:
    ends = both(equal(left.low, right.low), equal(left.high, right.high))
    return both(ends, _shape(left) == _shape(right))


def _shape(span: Range) -> tuple[bool, bool, str]:
    return span.low_closed, span.high_closed, span.form


_COMPARABLE: dict[type, Operator] = {
    **dict.fromkeys((bool, *_PLAIN), operator.eq),
    Date: lambda left, right: left.number == right.number,
    **dict.fromkeys(_CLOCKS, _equal_clocks),
    list: _equal_lists,
    dict: _equal_contexts,
    Range: _equal_ranges,
}
_EQUAL: dict[Types, Operator] = {
    (Null, Null): lambda _a, _b: True,
    **{(t, t): equal for t, equal in _COMPARABLE.items()},
    **{(t, Null): lambda _a, _b: False for t in _COMPARABLE},
    **{(Null, t): lambda _a, _b: False for t in _COMPARABLE},
}


def _equal_or_told(left: Any, right: Any) -> Value:
    """Equality of two times, with the cause where it has no meaning."""
    temporal.demand_comparable("=", left, right)
    return _equal_clocks(left, right)


_EQUAL_OR_TOLD = _EQUAL | {(t, t): _equal_or_told for t in _CLOCKS}


def _negated(equal: Operator) -> Operator:
    return lambda left, right: negation(cast("bool | None", equal(left, right)))


def no_meaning(op: Op, left: Value, right: Value) -> Value:
    """FEEL's answer to a pair of types that an operator does not know: null, that is, `Undefined` is raised."""
    raise Undefined(Code.TYPE_MISMATCH, op.value, f"{type_name(left)}, {type_name(right)}")


def _truth(value: Value) -> bool | None:
    return value if type(value) is bool else None


_LESS = _ordered(operator.lt)


def less(left: Value, right: Value) -> bool:
    """Whether `left` comes before `right`. Raises `Undefined` if they have no order."""
    function = _LESS.get((type(left), type(right)))
    if function is None:
        raise Undefined(Code.TYPE_MISMATCH, "<", f"{type_name(left)}, {type_name(right)}")
    return bool(function(left, right))


FEEL = Dialect(
    name="FEEL",
    operators={
        Op.ADD: _ADD,
        Op.SUBTRACT: _SUBTRACT,
        Op.MULTIPLY: _MULTIPLY,
        Op.DIVIDE: _DIVIDE,
        Op.POWER: _POWER,
        Op.EQUAL: _EQUAL_OR_TOLD,
        Op.UNEQUAL: {types: _negated(equal) for types, equal in _EQUAL_OR_TOLD.items()},
        Op.LESS: _LESS,
        Op.AT_MOST: _ordered(operator.le),
        Op.GREATER: _ordered(operator.gt),
        Op.AT_LEAST: _ordered(operator.ge),
    },
    negations={
        Number: CONTEXT.minus,
        DaysDuration: temporal.negative,
        MonthsDuration: temporal.negative,
    },
    truth=_truth,
    otherwise=no_meaning,
)
"""Standard FEEL of DMN 1.5: strict types, three truth values, null for what has no meaning. This one is for rules
about people: mistakes are refused when the rule is read, and a fact nobody knows is not a null among others."""

STANDARD = replace(FEEL, name="FEEL as in DMN", lenient=True, unknown_facts=False)
"""FEEL to the letter of DMN 1.5, for models made elsewhere."""
