"""Gaps and overlaps of decision tables, found with an example that a person can look at.

Each input column is cut at the values its cells name, which leaves finitely many points that the cells can tell
apart: for `< 6` and `>= 6` the points below, at and above 6. The table's own compiled cells judge each point, so the
analysis cannot disagree with the engine. Columns whose cells compute with other facts are beyond it (`None`); the
rules package brings the full analysis.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from tongban import rules
from tongban.catalog.model import Fact, FactType
from tongban.rules.feel.syntax import Constant, ContextOf, Negate, Node, RangeOf, children

MOST_STATES = 20_000
MOST_EXAMPLES = 400
OTHER_TEXT = "…"

Point = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Column:
    """One input: the points that its cells can tell apart, and for each row which of them it accepts (a bit each)."""

    points: tuple[Any, ...]
    accepts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Boxes:
    """A table as a set of boxes, one a row."""

    columns: tuple[Column, ...]
    rows: int

    def impossible_rows(self) -> Iterator[int]:
        """Rows (from 0) with a cell that no value passes."""
        return (row for row in range(self.rows) if any(not column.accepts[row] for column in self.columns))

    def gaps(self) -> Iterator[Point]:
        """Points that no row accepts."""
        return self._outside(range(self.rows), [(1 << len(c.points)) - 1 for c in self.columns])

    def only(self, row: int, others: Iterable[int]) -> Iterator[Point]:
        """Points that `row` accepts and none of `others` does."""
        return self._outside(others, [column.accepts[row] for column in self.columns])

    def common(self, one: int, other: int) -> Iterator[Point]:
        """Points that both rows accept."""
        return self._points([c.accepts[one] & c.accepts[other] for c in self.columns])

    def _points(self, masks: Sequence[int]) -> Iterator[Point]:
        if not all(masks):
            return
        yield from self._outside((), masks)

    def _outside(self, rows: Iterable[int], within: Sequence[int]) -> Iterator[Point]:
        """Points of the box `within` that none of `rows` accepts; at most `MOST_EXAMPLES` of them."""
        covered: set[tuple[int, int]] = set()  # (column, rows alive) below which every point is accepted
        budget = [MOST_STATES, MOST_EXAMPLES]

        def search(index: int, alive: int, chosen: Point) -> Iterator[Point]:
            if index == len(self.columns):
                if not alive and budget[1] > 0:
                    budget[1] -= 1
                    yield chosen
                return
            if (index, alive) in covered or budget[0] <= 0:
                return
            budget[0] -= 1
            found = False
            column = self.columns[index]
            for bit, point in enumerate(column.points):
                if not within[index] >> bit & 1:
                    continue
                left = sum(1 << row for row in _bits(alive) if column.accepts[row] >> bit & 1)
                for example in search(index + 1, left, (*chosen, point)):
                    found = True
                    yield example
            if not found:
                covered.add((index, alive))

        yield from search(0, sum(1 << row for row in rows), ())


def boxes(table: rules.Table, facts: Sequence[Fact | None], blank: Sequence[bool]) -> Boxes | None:
    """The boxes of a compiled table; None if a cell or a column is beyond the analysis.

    facts   for each column the fact that it reads, None if it reads an output or computes something
    blank   for each column whether the value may be missing for good (an optional or inapplicable fact)
    """
    columns: list[Column] = []
    for index, head in enumerate(table.inputs):
        cells = [row[index] for row in table.cells]
        constants = _constants(cells)
        if constants is None:
            return None
        points = _points(constants, head, facts[index])
        if points is None:
            return None
        points = [*points, None] if blank[index] else points
        accepts = tuple(sum(1 << bit for bit, point in enumerate(points) if cell.test(point) is True) for cell in cells)
        columns.append(Column(tuple(points), accepts))
    return Boxes(tuple(columns), len(table.rows))


def _constants(cells: Iterable[rules.Cell]) -> list[Any] | None:
    """The values that the cells name; None if one of them computes."""
    found: list[Any] = []
    for cell in cells:
        todo: list[Node] = [test.operand for test in cell.tree.tests]
        while todo:
            node = todo.pop()
            match node:
                case Constant(value=value):
                    found.append(rules.to_python(value))
                case Negate(operand=Constant(value=Decimal() as value)):
                    found.append(-value)
                case RangeOf() | ContextOf():
                    todo.extend(children(node))
                case _:
                    return None
    return found


def _points(constants: list[Any], head: rules.Input, fact: Fact | None) -> list[Any] | None:
    values = [value for value in constants if value is not None]
    if head.values:
        return list(dict.fromkeys([*head.values]))
    kinds: set[type] = {type(value) for value in values}
    if head.type == "boolean" or kinds == {bool}:
        return [True, False]
    if kinds == {Decimal} or (not kinds and head.type == "number"):
        return _numbers(values, fact)
    if kinds == {date} or (not kinds and head.type == "date"):
        return _days(values)
    if kinds == {str} or (not kinds and head.type in ("string", "any")):
        return [*dict.fromkeys(values), OTHER_TEXT]
    return None


def _numbers(values: list[Decimal], fact: Fact | None) -> list[Any]:
    """The cuts themselves, and a value between each two and at either end, within the fact's bounds."""
    whole = fact is not None and fact.type is FactType.INTEGER
    low = Decimal(str(fact.min)) if fact is not None and fact.min is not None else None
    high = Decimal(str(fact.max)) if fact is not None and fact.max is not None else None
    cuts = sorted({*values, *(bound for bound in (low, high) if bound is not None)}) or [Decimal(0)]
    step = Decimal(1) if whole else Decimal("0.01")
    points: set[Decimal] = {cuts[0] - 1, cuts[-1] + 1}
    for cut in cuts:
        points |= {cut - step, cut, cut + step}
    kept = [p for p in points if (low is None or p >= low) and (high is None or p <= high)]
    kept = [p for p in kept if not whole or p == p.to_integral_value()]
    return sorted(kept)


def _days(values: list[date]) -> list[Any]:
    points = {day + timedelta(days=shift) for day in values for shift in (-1, 0, 1)}
    return sorted(points) or [date(2026, 1, 1)]


def _bits(mask: int) -> Iterator[int]:
    while mask:
        lowest = mask & -mask
        yield lowest.bit_length() - 1
        mask ^= lowest
