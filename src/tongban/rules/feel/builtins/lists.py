"""Built-in functions from lists to lists (DMN 1.5, 10.3.4.4); positions count from 1, or backwards from -1."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from functools import cmp_to_key

from tongban.rules.feel.dialect import equal
from tongban.rules.feel.errors import Code, Undefined
from tongban.rules.feel.frame import Frame
from tongban.rules.feel.signature import builtin
from tongban.rules.feel.values import FunctionValue, Number, Value, integer, is_list, number, type_name

_HASHABLE = frozenset({Number, str, bool})
"""Types whose values are equal exactly if they hash as equal."""


class _Seen:
    """The different values met so far, the plain ones found at once and the others one by one."""

    def __init__(self, frame: Frame) -> None:
        self._frame = frame
        self._plain: set[tuple[type, object]] = set()
        self._others: list[Value] = []

    def add(self, value: Value) -> bool:
        """Whether `value` is new here."""
        if type(value) in _HASHABLE:
            size = len(self._plain)
            self._plain.add((type(value), value))
            return len(self._plain) > size
        self._frame.spend(1 + len(self._others) // 8)
        if any(equal(value, other) for other in self._others):
            return False
        self._others.append(value)
        return True


def _index(position: Decimal, length: int) -> int:
    """The place from 0 of a position. Raises `Undefined` if there is none."""
    place = integer(position)
    if place == 0 or abs(place) > length:
        raise Undefined(Code.OUT_OF_RANGE)
    return place - 1 if place > 0 else length + place


@builtin("list contains(list: list, element: any)")
def list_contains(items: list[Value], element: Value) -> Value:
    return any(equal(item, element) for item in items)


@builtin("index of(list: list, match: any)")
def index_of(items: list[Value], match: Value) -> Value:
    return [number(place) for place, item in enumerate(items, 1) if equal(item, match)]


@builtin("sublist(list: list, start position: number, length?: number)")
def sublist(items: list[Value], start: Decimal, length: Decimal | None = None) -> Value:
    begin = _index(start, len(items))
    if length is None:
        return items[begin:]
    size = integer(length)
    if not 1 <= size <= len(items) - begin:
        raise Undefined(Code.OUT_OF_RANGE)
    return items[begin : begin + size]


@builtin("append(list: list, item...: any)")
def append(items: list[Value], *more: Value) -> Value:
    return [*items, *more]


@builtin("concatenate(list...: list)")
def concatenate(*lists: list[Value]) -> Value:
    return [item for items in lists for item in items]


@builtin("insert before(list: list, position: number, newItem: any)")
def insert_before(items: list[Value], position: Decimal, new: Value) -> Value:
    place = _index(position, len(items))
    return [*items[:place], new, *items[place:]]


@builtin("remove(list: list, position: number)")
def remove(items: list[Value], position: Decimal) -> Value:
    place = _index(position, len(items))
    return [*items[:place], *items[place + 1 :]]


@builtin("list replace(list: list, position: number, newItem: any)")
def list_replace(items: list[Value], position: Decimal, new: Value) -> Value:
    place = _index(position, len(items))
    return [*items[:place], new, *items[place + 1 :]]


@builtin("list replace(list: list, match: function, newItem: any)", framed=True)
def list_replace_where(frame: Frame, items: list[Value], match: FunctionValue, new: Value) -> Value:
    """The list with each item replaced for which `match(item, newItem)` is true."""
    matches = _judge(frame, match)
    return [new if matches(item, new) else item for item in items]


@builtin("reverse(list: list)")
def reverse(items: list[Value]) -> Value:
    return items[::-1]


@builtin("union(list...: list)", framed=True)
def union(frame: Frame, *lists: list[Value]) -> Value:
    seen = _Seen(frame)
    return [item for items in lists for item in items if seen.add(item)]


@builtin("distinct values(list: list)", framed=True)
def distinct_values(frame: Frame, items: list[Value]) -> Value:
    seen = _Seen(frame)
    return [item for item in items if seen.add(item)]


@builtin("duplicate values(list: list)", framed=True)
def duplicate_values(frame: Frame, items: list[Value]) -> Value:
    """The values that stand more than once, each of them once. (Not of the standard, but widely known.)"""
    seen, twice = _Seen(frame), _Seen(frame)
    return [item for item in items if not seen.add(item) and twice.add(item)]


@builtin("partition(list: list, size: number)")
def partition(items: list[Value], size: Decimal) -> Value:
    """The list in pieces of `size`, the last perhaps shorter. (Not of the standard, but widely known.)"""
    step = integer(size)
    if step < 1:
        raise Undefined(Code.OUT_OF_RANGE)
    return [items[place : place + step] for place in range(0, len(items), step)]


@builtin("flatten(list: list)")
def flatten(items: list[Value]) -> Value:
    result: list[Value] = []
    todo = items[::-1]
    while todo:
        item = todo.pop()
        if is_list(item):
            todo += item[::-1]
        else:
            result.append(item)
    return result


@builtin("sort(list: list, precedes: function)", framed=True)
def sort(frame: Frame, items: list[Value], precedes: FunctionValue) -> Value:
    """The list in the order in which `precedes(a, b)` is true for a before b; what it leaves open keeps its order."""
    comes_first = _judge(frame, precedes)

    def compare(left: Value, right: Value) -> int:
        return -1 if comes_first(left, right) else int(comes_first(right, left))

    return sorted(items, key=cmp_to_key(compare))


def _judge(frame: Frame, function: FunctionValue) -> Callable[[Value, Value], bool]:
    """A function of FEEL that says yes or no to two values; raises `Undefined` if it says anything else."""

    def judge(left: Value, right: Value) -> bool:
        frame.step()
        result = function.run(frame, (left, right), ())
        if not isinstance(result, bool):
            raise Undefined(Code.WRONG_TYPE, function.name, "boolean", type_name(result))
        return result

    return judge
