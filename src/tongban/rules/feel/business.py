"""B-FEEL, the dialect of DMN 1.6 (chapter 11) in which a condition is true or false, never null.

The syntax is FEEL's. What differs: a value that is no boolean counts as false; values of different types are unequal
and in no order, which is false; beside a number everything is a number (0 if it writes none), beside a string
everything is a string; and a function that fails gives the plainest value of its type. What that chapter does not
speak of is as in FEEL: division by zero is null, with its cause. Causes are recorded in both dialects.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from . import temporal
from .dialect import FEEL, STANDARD, Operator, Types, no_meaning
from .errors import Undefined
from .syntax import Op
from .text import plain_text
from .values import Number, Value, number

_ORDERS = (Op.LESS, Op.AT_MOST, Op.GREATER, Op.AT_LEAST)
_WITHOUT_MEANING = {Op.EQUAL: False, Op.UNEQUAL: True} | dict.fromkeys(_ORDERS, False)


def _truth(value: Value) -> bool:
    return value is True


def _surely(compare: Operator) -> Operator:
    """`compare` with false for what it leaves open."""

    def run(left: Any, right: Any) -> Value:
        try:
            return compare(left, right) is True
        except Undefined:
            return False

    return run


def _differ(equal: Operator) -> Operator:
    return lambda left, right: equal(left, right) is not True


def _as_number(value: Value) -> Decimal:
    if isinstance(value, Decimal):
        return value
    try:
        return number(value) if isinstance(value, str) else Decimal(0)
    except Undefined:
        return Decimal(0)


def _as_text(value: Value) -> str:
    return "" if value is None else plain_text(value)


def _otherwise(op: Op, left: Value, right: Value) -> Value:
    if op in _WITHOUT_MEANING:
        return _WITHOUT_MEANING[op]
    if isinstance(left, Decimal) or isinstance(right, Decimal):
        return FEEL.operators[op][Number, Number](_as_number(left), _as_number(right))
    if op is Op.ADD and (isinstance(left, str) or isinstance(right, str)):
        return FEEL.operators[op][str, str](_as_text(left), _as_text(right))
    return no_meaning(op, left, right)


def _operators() -> Mapping[Op, Mapping[Types, Operator]]:
    found: dict[Op, Mapping[Types, Operator]] = dict(FEEL.operators)
    equal = FEEL.operators[Op.EQUAL]
    found[Op.EQUAL] = {types: _surely(compare) for types, compare in equal.items()}
    found[Op.UNEQUAL] = {types: _differ(compare) for types, compare in equal.items()}
    found |= {op: {types: _surely(compare) for types, compare in FEEL.operators[op].items()} for op in _ORDERS}
    return found


def _defaults() -> dict[str, Value]:
    by_type: list[tuple[Callable[[], Value], str]] = [
        (
            lambda: Decimal(0),
            "number, string length, count, sum, mean, product, median, stddev, decimal, floor, ceiling",
        ),
        (lambda: Decimal(0), "round up, round down, round half up, round half down, modulo, sqrt, exp, log"),
        (lambda: Decimal(0), "day of year, week of year"),
        (lambda: "", "string, substring, upper case, lower case, substring before, substring after, replace"),
        (lambda: "", "string join, day of week, month of year"),
        (lambda: False, "contains, starts with, ends with, matches, list contains, all, any, even, odd, before, after"),
        (lambda: False, "meets, met by, overlaps, overlaps before, overlaps after, finishes, finished by, includes"),
        (lambda: False, "during, starts, started by, coincides"),
        (lambda: True, "not"),  # of what is no boolean, and so counts as false
        (list, "split, sublist, append, concatenate, insert before, remove, reverse, index of, union, flatten"),
        (list, "distinct values, sort, list replace, mode, get entries"),
        (dict, "context, context put, context merge"),
        (lambda: temporal.read("1970-01-01"), "date"),
        (lambda: temporal.read("00:00:00"), "time"),
        (lambda: temporal.read("1970-01-01T00:00:00"), "date and time"),
        (lambda: temporal.read("PT0S"), "duration"),
        (lambda: temporal.read("P0M"), "years and months duration"),
    ]
    return {name: make() for make, names in by_type for name in names.split(", ")}


B_FEEL = replace(
    STANDARD,
    name="B-FEEL",
    operators=_operators(),
    truth=_truth,
    otherwise=_otherwise,
    defaults=_defaults(),
)
"""B-FEEL of DMN 1.6."""
