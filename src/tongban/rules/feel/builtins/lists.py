"""Built-in functions on lists (DMN 1.5, 10.3.4.4)."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import (
    Decimal,
)
from functools import reduce

from tongban.rules.feel.dialect import equal, less
from tongban.rules.feel.errors import Code, Undefined
from tongban.rules.feel.signature import builtin
from tongban.rules.feel.values import CONTEXT, Value, items_of, number


def _numbers(values: Sequence[Value]) -> list[Decimal]:
    items = [item for item in items_of(values) if isinstance(item, Decimal)]
    if not items or len(items) < len(items_of(values)):
        raise Undefined(Code.OUT_OF_RANGE)
    return items


def _extreme(values: Sequence[Value], *, least: bool) -> Value:
    items = items_of(values)
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
