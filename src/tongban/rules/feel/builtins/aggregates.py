"""Built-in functions from the items of a list to one value (DMN 1.5, 10.3.4.4): they take a list, or the items."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from functools import reduce

from tongban.rules.feel.dialect import equal, less
from tongban.rules.feel.errors import Code, Undefined
from tongban.rules.feel.signature import builtin
from tongban.rules.feel.values import CONTEXT, Value, items_of, number, type_name


def _numbers(function: str, values: Sequence[Value]) -> list[Decimal]:
    """The items, all of them numbers and at least one. Raises `Undefined`."""
    items = _all_numbers(function, values)
    if not items:
        raise Undefined(Code.OUT_OF_RANGE)
    return items


def _all_numbers(function: str, values: Sequence[Value]) -> list[Decimal]:
    found: list[Decimal] = []
    for item in items_of(values):
        if not isinstance(item, Decimal):
            raise Undefined(Code.TYPE_MISMATCH, f"{function}()", type_name(item))
        found.append(item)
    return found


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
    return reduce(CONTEXT.add, _numbers("sum", values))


@builtin("product(list: list)")
@builtin("product(values...: any)")
def product(*values: Value) -> Value:
    return reduce(CONTEXT.multiply, _numbers("product", values))


@builtin("mean(list: list)")
@builtin("mean(values...: any)")
def mean(*values: Value) -> Value:
    return _mean(_numbers("mean", values))


def _mean(numbers: Sequence[Decimal]) -> Decimal:
    return CONTEXT.divide(reduce(CONTEXT.add, numbers), Decimal(len(numbers)))


@builtin("median(list: list)")
@builtin("median(values...: any)")
def median(*values: Value) -> Value:
    """The middle one in order; of an even number of items, the mean of the two in the middle."""
    ordered = sorted(_numbers("median", values))
    half = len(ordered) // 2
    return ordered[half] if len(ordered) % 2 else _mean(ordered[half - 1 : half + 1])


@builtin("stddev(list: list)")
@builtin("stddev(values...: any)")
def stddev(*values: Value) -> Value:
    """The standard deviation of a sample, that is with n - 1 below the line; of one number it is null."""
    numbers = _numbers("stddev", values)
    if len(numbers) == 1:
        raise Undefined(Code.OUT_OF_RANGE)
    middle = _mean(numbers)
    distances = (CONTEXT.subtract(item, middle) for item in numbers)
    squares = reduce(CONTEXT.add, (CONTEXT.multiply(distance, distance) for distance in distances))
    return CONTEXT.sqrt(CONTEXT.divide(squares, Decimal(len(numbers) - 1)))


@builtin("mode(list: list)")
@builtin("mode(values...: any)")
def mode(*values: Value) -> Value:
    """The most frequent numbers, the least first; of no numbers, none."""
    counts: dict[Decimal, int] = {}
    for item in _all_numbers("mode", values):
        counts[item] = counts.get(item, 0) + 1
    most = max(counts.values(), default=0)
    return sorted(item for item, times in counts.items() if times == most)


@builtin("count(list: list)")
def count(items: list[Value]) -> Value:
    return number(len(items))
