"""The values that a cell names: where the column must be cut so that the cell holds on all of a part or on none.

A cell of constants (`>= 60`, `"a","b"`, `[60..70)`) names them; a cell that says itself what it asks of `?` names
what it compares `?` with. A cell that computes with `?` (`? * 2 > 5`) or reads another fact (`> limit`) draws its
boundary somewhere that its text does not say: it is beyond this analysis, and said to be.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tongban.rules.feel.evaluate import closed
from tongban.rules.feel.parser import INPUT
from tongban.rules.feel.syntax import Between, Binary, Call, Compare, Connective, In, Name, Node, Op, children
from tongban.rules.feel.values import Range, Value, is_context, is_list
from tongban.rules.tables.cells import Cell

from .constants import constant

_ORDER = frozenset({Op.LESS, Op.AT_MOST, Op.GREATER, Op.AT_LEAST})
_COMPARISONS = _ORDER | {Op.EQUAL, Op.UNEQUAL}


@dataclass(frozen=True, slots=True)
class Named:
    """What one cell names, nulls left out.

    ordered   whether it asks which value comes first, so that the spaces between the values matter
    computes  the first node whose boundary cannot be read off the text; None if there is none
    foreign   the first node that reads another fact; None if the cell asks about `?` alone
    """

    values: tuple[Value, ...]
    ordered: bool
    computes: Node | None
    foreign: Node | None


class _Computes(Exception):
    def __init__(self, node: Node) -> None:
        self.node = node


class _Finder:
    def __init__(self) -> None:
        self.ordered = False

    def values(self, node: Node) -> Iterator[Value]:
        """The values that `node` names. Raises `_Computes`."""
        if closed(node):
            known = constant(node)
            if known is None:
                raise _Computes(node)
            yield from self._scalars(known[0], node)
            return
        match node:
            case Name(name=name) if name == INPUT:
                return
            case Binary(op=op) if op in _COMPARISONS:
                self.ordered |= op in _ORDER
            case Between():
                self.ordered = True
            case In(tests=tests):
                self.ordered |= any(isinstance(test, Compare) and test.op in _ORDER for test in tests)
            case Connective() | Call(function="not"):
                pass
            case _:
                raise _Computes(node)
        for child in children(node):
            yield from self.values(child)

    def _scalars(self, value: Value, node: Node) -> Iterator[Value]:
        if isinstance(value, Range):
            self.ordered = True
            yield from (end for end in (value.low, value.high) if end is not None)
        elif is_list(value):
            for item in value:
                yield from self._scalars(item, node)
        elif is_context(value):
            raise _Computes(node)
        elif value is not None:
            yield value


def named(cell: Cell) -> Named:
    """What `cell` names."""
    finder = _Finder()
    values: list[Value] = []
    computes: Node | None = None
    for test in cell.tree.tests:
        finder.ordered |= isinstance(test, Compare) and test.op in _ORDER
        try:
            values += finder.values(test.operand)
        except _Computes as beyond:
            computes = computes or beyond.node
    foreign = next((node for test in cell.tree.tests for node in _foreign(test.operand)), None)
    return Named(tuple(values), finder.ordered, computes, foreign)


def _foreign(node: Node) -> Iterator[Node]:
    """The names in `node` besides `?`; names that a loop binds count too, which errs on the careful side."""
    if isinstance(node, Name) and node.name != INPUT:
        yield node
    for child in children(node):
        yield from _foreign(child)
