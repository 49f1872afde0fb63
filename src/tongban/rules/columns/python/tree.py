"""Decision trees: which rows of a table match, found with few questions where nothing is unknown.

Each column is asked about at most once on any way down, and its answers are grouped by the rows they leave. A leaf is
the rows that match, so that a hit policy is settled there once and for all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias, cast

from tongban.rules.columns.ir import Anything, Column, Decide, Holds, OneOf, Span, Test, Within
from tongban.rules.columns.nodes import OTHER, Expr, Kind
from tongban.rules.tables.model import HitPolicy


@dataclass(frozen=True, slots=True)
class Leaf:
    """The indices of the rows that match, in the order of the table; of a FIRST table only the first."""

    rows: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Spans:
    """Asks for a column's whole number: below `cuts[0]` goes `nodes[0]`, from there below `cuts[1]` `nodes[1]`, …"""

    column: int
    cuts: tuple[int, ...]
    nodes: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Texts:
    """Asks for a column's text."""

    column: int
    branches: tuple[tuple[tuple[str, ...], Node], ...]
    otherwise: Node


@dataclass(frozen=True, slots=True)
class Asks:
    """Asks whether a condition holds."""

    condition: Expr
    yes: Node
    no: Node


Node: TypeAlias = "Leaf | Spans | Texts | Asks"


class NoTree(Exception):
    """The tree would be much larger than the table, or a leaf of it would not be plain."""


Axis: TypeAlias = "int | Expr"
"""A column's index, or a condition that cells state."""


def tree_of(table: Decide) -> Node:
    """The tree of a table. Raises `NoTree`."""
    return _Growing(table).grow(tuple(range(len(table.rows))), None)


class _Growing:
    def __init__(self, table: Decide) -> None:
        self.first = table.hit is HitPolicy.FIRST
        self.columns = table.columns
        self.tests: list[dict[Axis, Test]] = []
        self.left = 64 + 16 * len(table.rows)
        for row in table.rows:
            tests: dict[Axis, Test] = {}
            for index, cell in enumerate(row.cells):
                match cell.test:
                    case Anything():
                        pass
                    case Holds(condition=condition):
                        tests[condition] = cell.test
                    case _:
                        tests[index] = cell.test
            self.tests.append(tests)

    def grow(self, rows: tuple[int, ...], asked: _Asked | None) -> Node:
        self.left -= 1
        if self.left < 0:
            raise NoTree
        done = frozenset(asked or ())
        if self.first:
            rows = _until(rows, lambda row: not self.tests[row].keys() - done)
        axes = dict.fromkeys(axis for row in rows for axis in self.tests[row] if axis not in done)
        if not axes:
            return Leaf(rows[:1] if self.first else rows)
        axis, groups = min(
            ((axis, self.groups(axis, rows)) for axis in axes), key=lambda pair: sum(map(len, pair[1].values()))
        )
        nodes: dict[tuple[int, ...], Node] = {}
        for kept in groups.values():
            if kept not in nodes:
                nodes[kept] = self.grow(kept, done | {axis})
        if not isinstance(axis, int):
            return Asks(axis, nodes[groups[True]], nodes[groups[False]])
        if self.columns[axis].type.kind is Kind.TEXT:
            return _texts(axis, groups, nodes)
        return _spans(axis, groups, nodes)

    def groups(self, axis: Axis, rows: Sequence[int]) -> dict[object, tuple[int, ...]]:
        """The rows that are left by each of an axis's answers: for whole numbers by the least of a part (None:
        without limit), for texts by the text (None: any other), for conditions by true and false."""
        tests = {row: self.tests[row].get(axis) for row in rows}
        answers: Sequence[object]
        if not isinstance(axis, int):
            answers = (True, False)
        elif self.columns[axis].type.kind is Kind.TEXT:
            found = (test.texts for test in tests.values() if isinstance(test, OneOf))
            answers = (*dict.fromkeys(text for texts in found for text in texts), None)
        else:
            answers = _parts(self.columns[axis], [test for test in tests.values() if isinstance(test, Within)])
        return {
            answer: tuple(row for row, test in tests.items() if test is None or _passes(test, answer))
            for answer in answers
        }


_Asked: TypeAlias = frozenset[Axis]


def _until(rows: Sequence[int], last: Callable[[int], bool]) -> tuple[int, ...]:
    """The rows up to the first for which `last` holds, that one included."""
    found: list[int] = []
    for row in rows:
        found.append(row)
        if last(row):
            break
    return tuple(found)


def _parts(column: Column, tests: Sequence[Within]) -> list[int | None]:
    """Where the parts begin that no cell cuts, in order; None for a first part without limit. Only what the type
    allows is kept."""
    low, high = column.type.low, column.type.high
    if column.type.kind is Kind.BOOLEAN:
        low, high = 0, 1
    elif column.type.kind is Kind.CODE:
        low = OTHER
    cuts: set[int] = set()
    for test in tests:
        for span in test.spans:
            cuts |= {cut for cut in (span.low, None if span.high is None else span.high + 1) if cut is not None}
    kept = sorted(cut for cut in cuts if (low is None or cut > low) and (high is None or cut <= high))
    return [low, *kept]


def _passes(test: Test, answer: object) -> bool:
    match test:
        case Holds():
            return answer is True
        case OneOf(texts=texts, negated=negated):
            return (answer in texts) != negated
        case Within(spans=spans, negated=negated):
            at = answer if isinstance(answer, int) else None
            return any(_holds(span, at) for span in spans) != negated
        case Anything():
            return True


def _holds(span: Span, at: int | None) -> bool:
    """Whether a part that begins at `at` lies in a span; a part without limit ends below all that spans name."""
    if at is None:
        return span.low is None
    return (span.low is None or span.low <= at) and (span.high is None or at <= span.high)


def _spans(axis: int, groups: dict[object, tuple[int, ...]], nodes: dict[tuple[int, ...], Node]) -> Node:
    cuts: list[int] = []
    found: list[tuple[int, ...]] = []
    for cut, rows in groups.items():
        if not found:
            found.append(rows)
        elif found[-1] != rows:
            found.append(rows)
            cuts.append(cast("int", cut))
    return nodes[found[0]] if len(found) == 1 else Spans(axis, tuple(cuts), tuple(nodes[rows] for rows in found))


def _texts(axis: int, groups: dict[object, tuple[int, ...]], nodes: dict[tuple[int, ...], Node]) -> Node:
    otherwise = groups[None]
    branches: dict[tuple[int, ...], list[str]] = {}
    for text, rows in groups.items():
        if isinstance(text, str) and rows != otherwise:
            branches.setdefault(rows, []).append(text)
    listed = tuple((tuple(texts), nodes[rows]) for rows, texts in branches.items())
    return Texts(axis, listed, nodes[otherwise]) if listed else nodes[otherwise]


def leaves(node: Node) -> Iterator[Leaf]:
    """All leaves, each way down for itself."""
    match node:
        case Leaf():
            yield node
        case Spans(nodes=nodes):
            for one in nodes:
                yield from leaves(one)
        case Texts(branches=branches, otherwise=otherwise):
            for _, one in branches:
                yield from leaves(one)
            yield from leaves(otherwise)
        case Asks(yes=yes, no=no):
            yield from leaves(yes)
            yield from leaves(no)
