"""Closures of loops and of what they run over: `for`, `some`, `every`, filters, contexts, ranges."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Sequence
from decimal import Decimal

from .dialect import Dialect, both, either, less
from .errors import Code, Undefined
from .frame import Frame, Layout, Local, Run
from .phrases import ITEM, PARTIAL
from .syntax import (
    Binding,
    ContextOf,
    Filter,
    For,
    Node,
    Op,
    OpenRange,
    Quantified,
    Quantifier,
    RangeOf,
    mentions,
)
from .text import number_text
from .values import Date, Number, Range, Value, as_list, integer, number, type_name


class Loops(ABC):
    """The part of the compiler that binds variables."""

    _dialect: Dialect
    _layout: Layout

    @abstractmethod
    def compile(self, node: Node, env: Local | None = None) -> Run:
        """The closure of `node`."""

    @abstractmethod
    def _blame(self, node: Node, frame: Frame) -> None:
        """Records that `node` was null where a value was needed."""

    def _bind(self, bindings: Sequence[Binding], env: Local | None) -> tuple[Callable[[Frame], Iterator[None]], Local]:
        """A generator that sets the variables of all bindings in turn, the last one fastest."""
        binding, *more = bindings
        source = self.compile(binding.source, env)
        end = None if binding.end is None else self.compile(binding.end, env)
        slot = self._layout.local()
        inner: Local = Local(binding.name, slot, env)
        rest, last = self._bind(more, inner) if more else (None, inner)

        def turns(frame: Frame) -> Iterator[None]:
            for item in _items(source(frame)) if end is None else _span(source(frame), end(frame)):
                frame.step()
                frame.slots[slot] = item
                if rest is None:
                    yield
                else:
                    yield from rest(frame)

        return turns, last

    def _for(self, node: For, env: Local | None) -> Run:
        turns, inner = self._bind(node.bindings, env)
        partial = self._layout.local()
        result, at = self.compile(node.result, Local(PARTIAL, partial, inner)), node.at
        looks_back = mentions(node.result, PARTIAL)

        def run(frame: Frame) -> Value:
            results: list[Value] = []
            try:
                for _ in turns(frame):
                    if looks_back:
                        frame.slots[partial] = frame.weigh(results[:])
                    results.append(frame.weigh(result(frame)))
            except Undefined as undefined:
                return frame.null(at, undefined.code, *undefined.details)
            return results

        return run

    def _quantified(self, node: Quantified, env: Local | None) -> Run:
        turns, inner = self._bind(node.bindings, env)
        condition, truth, at = self.compile(node.condition, inner), self._dialect.truth, node.at
        decisive = node.quantifier is Quantifier.SOME
        combine = either if decisive else both

        def run(frame: Frame) -> Value:
            result: bool | None = not decisive
            try:
                for _ in turns(frame):
                    result = combine(result, truth(condition(frame)))
                    if result is decisive:
                        break
            except Undefined as undefined:
                return frame.null(at, undefined.code, *undefined.details)
            return result

        return run

    def _context(self, node: ContextOf, env: Local | None) -> Run:
        entries: list[tuple[str, int, Run]] = []
        for key, value in node.entries:
            run = self.compile(value, env)
            slot = self._layout.local()
            env = Local(key, slot, env)
            entries.append((key, slot, run))
        keys = [key for key, _ in node.entries]
        twice = next((key for key in keys if keys.count(key) > 1), None)

        def build(frame: Frame) -> Value:
            result: dict[str, Value] = {}
            for key, slot, run in entries:
                result[key] = frame.slots[slot] = run(frame)
            return frame.weigh(result)

        return build if twice is None else lambda frame: frame.null(node.at, Code.DUPLICATE_NAME, twice)

    def _range(self, node: RangeOf, env: Local | None) -> Run:
        low, high, at = self.compile(node.low, env), self.compile(node.high, env), node.at

        def run(frame: Frame) -> Value:
            start, end = low(frame), high(frame)
            if start is None or end is None:
                return self._blame(node.low if start is None else node.high, frame)
            if type(start) is not type(end):
                return frame.null(at, Code.TYPE_MISMATCH, "..", f"{type_name(start)}, {type_name(end)}")
            return Range(start, end, node.low_closed, node.high_closed)

        return run

    def _open_range(self, node: OpenRange, env: Local | None) -> Run:
        end, make = self.compile(node.end, env), _OPEN[node.op]

        def run(frame: Frame) -> Value:
            value = end(frame)
            return self._blame(node.end, frame) if value is None else make(value)

        return run

    def _filter(self, node: Filter, env: Local | None) -> Run:
        source = self.compile(node.source, env)
        slot = self._layout.local()
        condition = self.compile(node.condition, Local(ITEM, slot, env, opens=True))

        def run(frame: Frame) -> Value:
            value = source(frame)
            items = [] if value is None else as_list(value)
            if not items:
                return self._of_nothing(slot, condition, node, frame)
            kept: list[Value] = []
            for item in items:
                frame.step()
                frame.slots[slot] = item
                chosen = condition(frame)
                if chosen is True:
                    kept.append(item)
                elif isinstance(chosen, Decimal):
                    return self._at(items, chosen, node, frame)
                elif chosen is not False and chosen is not None:
                    return frame.null(node.condition.at, Code.TYPE_MISMATCH, "[ ]", type_name(chosen))
            return kept

        return run

    def _of_nothing(self, slot: int, condition: Run, node: Filter, frame: Frame) -> Value:
        """A filter of no items: no item at any position, but no items for any condition."""
        frame.slots[slot] = None
        known = len(frame.causes)
        chosen = condition(frame)
        del frame.causes[known:]
        return self._at([], chosen, node, frame) if isinstance(chosen, Decimal) else []

    def _at(self, items: list[Value], position: Decimal, node: Filter, frame: Frame) -> Value:
        index = int(position) if abs(position) <= len(items) else 0
        if index == 0 or index != position:
            return frame.null(node.at, Code.NO_SUCH_ENTRY, number_text(position))
        return items[index - 1 if index > 0 else index]


_OPEN: dict[Op, Callable[[Value], Range]] = {
    Op.LESS: lambda end: Range(None, end, low_closed=False, high_closed=False),
    Op.AT_MOST: lambda end: Range(None, end, low_closed=False, high_closed=True),
    Op.GREATER: lambda end: Range(end, None, low_closed=False, high_closed=False),
    Op.AT_LEAST: lambda end: Range(end, None, low_closed=True, high_closed=False),
    Op.EQUAL: lambda end: Range(end, end, form="="),
    Op.UNEQUAL: lambda end: Range(end, end, low_closed=False, high_closed=False, form="!="),
}


def _items(source: Value) -> Iterable[Value]:
    """What a loop runs over: the items of a list, the whole numbers or days of a range, or one value."""
    if isinstance(source, Range):
        if source.low is None or source.high is None or less(source.high, source.low):
            raise Undefined(Code.OUT_OF_RANGE)
        inside = iter(_span(source.low, source.high))
        return _without_ends(source, inside)
    if source is None:
        raise Undefined(Code.MISSING_FACT, "in")
    return as_list(source)


def _without_ends(span: Range, inside: Iterator[Value]) -> Iterator[Value]:
    for value in inside:
        if (span.low_closed or value != span.low) and (span.high_closed or value != span.high):
            yield value


def _span(first: Value, last: Value) -> Iterable[Value]:
    """The whole numbers or the days from one to another, both included, up or down."""
    walk = _WALKS.get((type(first), type(last)))
    if walk is None:
        raise Undefined(Code.TYPE_MISMATCH, "..", f"{type_name(first)}, {type_name(last)}")
    return walk(first, last)


def _numbers(first: Decimal, last: Decimal) -> Iterable[Value]:
    start, stop = integer(first), integer(last)
    if start != first or stop != last:
        raise Undefined(Code.TYPE_MISMATCH, "..", f"{number_text(first)}, {number_text(last)}")
    return map(number, range(start, stop + 1) if start <= stop else range(start, stop - 1, -1))


def _days(first: Date, last: Date) -> Iterable[Value]:
    start, stop = first.number, last.number
    return map(Date, range(start, stop + 1) if start <= stop else range(start, stop - 1, -1))


_WALKS: dict[tuple[type, type], Callable[..., Iterable[Value]]] = {
    (Number, Number): _numbers,
    (Date, Date): _days,
}
