"""Built-in functions on truth values (DMN 1.5, 10.3.4.2 and 10.3.4.4)."""

from __future__ import annotations

from functools import reduce

from tongban.rules.feel.dialect import both, either, negation
from tongban.rules.feel.signature import builtin
from tongban.rules.feel.values import Range, Value, is_context, is_list, items_of


def _as_truth(value: Value) -> bool | None:
    return value if isinstance(value, bool) else None


@builtin("not(negand: any)")
def not_(negand: Value) -> Value:
    return negation(_as_truth(negand))


@builtin("is defined(value: any)")
def is_defined(value: Value) -> Value:
    """Whether a fact is known: FEEL has one null for "missing" and for "no value"."""
    return value is not None


@builtin("is(value1?: any, value2?: any)")
def is_(left: Value = None, right: Value = None) -> Value:
    """Whether two values are the same in every part: the same instant in two zones is equal, but not the same."""
    return _same(left, right)


def _same(left: Value, right: Value) -> bool:
    if type(left) is not type(right):
        return False
    if is_list(left) and is_list(right):
        return len(left) == len(right) and all(map(_same, left, right))
    if is_context(left) and is_context(right):
        return left.keys() == right.keys() and all(_same(left[key], right[key]) for key in left)
    if isinstance(left, Range) and isinstance(right, Range):
        parts = ((one.low, one.high, one.low_closed, one.high_closed, one.form) for one in (left, right))
        return all(map(_same, *parts))
    return left == right


@builtin("all(list: list)")
@builtin("all(values...: any)")
def all_(*values: Value) -> Value:
    return reduce(both, map(_as_truth, items_of(values)), True)


@builtin("any(list: list)")
@builtin("any(values...: any)")
def any_(*values: Value) -> Value:
    return reduce(either, map(_as_truth, items_of(values)), False)


@builtin("get or else(value: any, default: any)")
def get_or_else(value: Value, default: Value) -> Value:
    """`value`, or `default` where it is null. (Not of the standard, but widely known.)"""
    return default if value is None else value
