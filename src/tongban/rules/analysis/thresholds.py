"""Thresholds that are stated differently in two places: `>= 80` in one, `> 80` in the other.

A threshold divides what has an order in two, and the value itself belongs to one side. Two places that put it on
different sides mostly mean the same person and say two things of the one whose birthday it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TypeVar

from tongban.rules.feel.evaluate import closed
from tongban.rules.feel.parser import INPUT
from tongban.rules.feel.syntax import (
    Between,
    Binary,
    Compare,
    In,
    Match,
    Name,
    Node,
    Op,
    RangeOf,
    Test,
    Tests,
    children,
)
from tongban.rules.feel.text import feel_text
from tongban.rules.feel.values import Range, Value, is_list, type_name

from .constants import constant
from .scale import ORDERED

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Stated:
    """One statement about a value of a fact, with the node that makes it.

    above  whether the value itself counts with those above it (`>= 80`, `< 80`); None for a test for just this value
    """

    fact: str
    value: Value
    above: bool | None
    node: Node

    @property
    def text(self) -> str:
        return feel_text(self.value)


@dataclass(frozen=True, slots=True)
class Disagreement:
    """Two statements, by the places that make them (as given to `disagreements`)."""

    one: Stated
    first: int
    other: Stated
    second: int


_ABOVE = {Op.AT_LEAST: True, Op.LESS: True, Op.GREATER: False, Op.AT_MOST: False}
_TURNED = {Op.AT_LEAST: Op.AT_MOST, Op.AT_MOST: Op.AT_LEAST, Op.GREATER: Op.LESS, Op.LESS: Op.GREATER}


def in_expression(node: Node, fact: str = "") -> Iterator[Stated]:
    """The thresholds of a formula; `fact` is what `?` stands for, where it is a cell's."""

    def name(side: Node) -> str:
        match side:
            case Name(name=found):
                return fact if found == INPUT else found
            case _:
                return ""

    match node:
        case Binary(op=op, left=left, right=right) if op in _ABOVE or op is Op.EQUAL:
            if name(left):
                yield from _stated(name(left), Compare(op, right, node.at))
            elif name(right):
                yield from _stated(name(right), Compare(_TURNED.get(op, op), left, node.at))
        case Between(value=value, low=low, high=high) if name(value):
            yield from _stated(name(value), Match(RangeOf(low, high, True, True, node.at), node.at))
        case In(value=value, tests=tests) if name(value):
            for test in tests:
                yield from _stated(name(value), test)
        case _:
            pass
    for child in children(node):
        yield from in_expression(child, fact)


def in_cell(tests: Tests, fact: str) -> Iterator[Stated]:
    """The thresholds that a cell of the column of `fact` states."""
    for test in tests.tests:
        if closed(test.operand):
            yield from _stated(fact, test)
        else:
            yield from in_expression(test.operand, fact)


def _stated(fact: str, test: Test) -> Iterator[Stated]:
    known = constant(test.operand)
    if known is None:
        return
    value = known[0]
    if isinstance(test, Compare):
        if type_name(value) in ORDERED:
            yield Stated(fact, value, _ABOVE.get(test.op), test.operand)
        return
    for part in value if is_list(value) else [value]:
        match part:
            case Range():
                if part.low is not None and type_name(part.low) in ORDERED:
                    yield Stated(fact, part.low, part.low_closed, test.operand)
                if part.high is not None and type_name(part.high) in ORDERED:
                    yield Stated(fact, part.high, not part.high_closed, test.operand)
            case _ if type_name(part) in ORDERED:
                yield Stated(fact, part, None, test.operand)
            case _:
                pass


def disagreements(places: Iterable[Iterable[Stated]]) -> Iterator[Disagreement]:
    """For each fact and value, the first two places (from 0) that put it on different sides.

    A place that puts a value on both sides, or asks for just that value, knows what it does: it takes no part.
    """
    sides: dict[tuple[str, object], dict[int, dict[bool | None, Stated]]] = {}
    for number, place in enumerate(places):
        for one in place:
            by_place = sides.setdefault((one.fact, one.value), {})
            by_place.setdefault(number, {}).setdefault(one.above, one)
    for found in sides.values():
        clear = [(number, *stated.items()) for number, stated in found.items() if len(stated) == 1]
        for number, (above, one) in clear:
            other = next(((n, two) for n, (side, two) in clear if n > number and {side, above} == {True, False}), None)
            if other is not None:
                yield Disagreement(one, number, other[1], other[0])
                break
