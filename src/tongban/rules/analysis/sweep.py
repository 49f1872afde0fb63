"""Rows as boxes: what none of them covers, what two of them share, which lie inside others.

The sweep walks the columns once, keeping the rows that are still alive as the bits of one integer. Parts of a
column that leave the same rows alive are taken together, a set of rows seen before at a column is not walked again,
and a row that accepts all that is left ends the walk. What comes out are whole boxes, not points. (After Calvanese
et al., BPM 2016; the memory of seen sets is what keeps wide tables quick.)
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import TypeAlias

from .domains import Space

MOST_STATES = 200_000
"""Sets of rows that one sweep may visit before it says that it did not finish."""

Box: TypeAlias = tuple[int, ...]
"""For each column a set of parts (bits)."""
Point: TypeAlias = tuple[int, ...]
"""For each column the number of a part."""


class Unfinished(Exception):
    """The table is too tangled to be swept within the bound on work; what came out before stands."""


@dataclass(slots=True)
class Sweeper:
    """All sweeps over one table share what they have learned. `space` is never changed."""

    space: Space
    _touching: list[dict[int, int]] = field(init=False)
    _holding: list[dict[int, int]] = field(init=False)

    def __post_init__(self) -> None:
        self._touching = [{} for _ in self.space.columns]
        self._holding = [{} for _ in self.space.columns]

    # --- boxes of rows -----------------------------------------------------------------------------------

    def box(self, row: int) -> Box:
        """What `row` (from 0) may accept among what can occur."""
        return tuple(column.may[row] & column.possible for column in self.space.columns)

    def common(self, one: int, other: int) -> Box:
        """What both rows certainly accept among what can occur."""
        return tuple(c.accepts[one] & c.accepts[other] & c.possible for c in self.space.columns)

    def touching(self, box: Box, rows: int) -> int:
        """Those of `rows` that certainly accept some point of `box`."""
        for index, mask in enumerate(box):
            memory = self._touching[index]
            found = memory.get(mask)
            if found is None:
                holds = self.space.columns[index].holds
                found = 0
                for part in bits(mask):
                    found |= holds[part]
                memory[mask] = found
            rows &= found
            if not rows:
                break
        return rows

    def holding(self, box: Box, rows: int) -> int:
        """Those of `rows` that certainly accept every point of `box`."""
        for index, mask in enumerate(box):
            memory = self._holding[index]
            found = memory.get(mask)
            if found is None:
                holds = self.space.columns[index].holds
                found = self.space.all_rows
                for part in bits(mask):
                    found &= holds[part]
                memory[mask] = found
            rows &= found
            if not rows:
                break
        return rows

    def pairs(self) -> Iterator[tuple[int, int]]:
        """Every two rows (from 0) that certainly share a point that can occur."""
        later = self.space.all_rows
        for row in range(self.space.rows):
            later &= ~(1 << row)
            box = tuple(c.accepts[row] & c.possible for c in self.space.columns)
            if all(box):
                for other in bits(self.touching(box, later)):
                    yield row, other

    # --- what is left ------------------------------------------------------------------------------------

    def gaps(self, within: Box | None = None) -> Iterator[Box]:
        """Boxes of what can occur (or of `within`) that no row covers. Raises `Unfinished`.

        A row with a cell that is beyond the analysis counts as covering all that the cell may accept: what is
        called a gap is one.
        """
        rows = [column.may_hold for column in self.space.columns]
        yield from self._left(self.space.all_rows, within or self.space.possible, rows)

    def left(self, row: int, others: int) -> Iterator[Box]:
        """Boxes of `row` that none of the rows in `others` certainly covers. Raises `Unfinished`."""
        box = self.box(row)
        if not all(box):
            return
        others = self.touching(box, others & ~(1 << row))
        if self.holding(box, others):
            return
        yield from self._left(others, box, [column.holds for column in self.space.columns])

    def _left(self, rows: int, within: Box, holds: Sequence[Sequence[int]]) -> Iterator[Box]:
        columns = range(len(within))
        full = self._full(rows, within, holds)
        covered: set[tuple[int, int]] = set()
        budget = [MOST_STATES]

        def walk(index: int, alive: int, chosen: Box) -> Iterator[Box]:
            if not alive:
                yield chosen + within[index:]
                return
            if alive & full[index] or (index, alive) in covered:
                return
            budget[0] -= 1
            if budget[0] < 0:
                raise Unfinished
            groups: dict[int, int] = {}
            for part in bits(within[index]):
                left = alive & holds[index][part]
                groups[left] = groups.get(left, 0) | 1 << part
            found = False
            for left, mask in groups.items():
                for box in walk(index + 1, left, (*chosen, mask)):
                    found = True
                    yield box
            if not found:
                covered.add((index, alive))

        if all(within[index] for index in columns):
            yield from walk(0, rows, ())

    def _full(self, rows: int, within: Box, holds: Sequence[Sequence[int]]) -> list[int]:
        """For each column the rows that accept all of `within` from there on."""
        full = [rows]
        for index in reversed(range(len(within))):
            accepted = full[-1]
            for part in bits(within[index]):
                accepted &= holds[index][part]
                if not accepted:
                    break
            full.append(accepted)
        return full[::-1]


def merged(boxes: Iterable[Box]) -> tuple[Box, ...]:
    """The same region in fewer boxes: those that differ in one column only become one. They must not overlap."""
    found = list(boxes)
    before = 0
    while found and len(found) != before:
        before = len(found)
        for column in reversed(range(len(found[0]))):
            joined: dict[Box, int] = {}
            for box in found:
                rest = (*box[:column], 0, *box[column + 1 :])
                joined[rest] = joined.get(rest, 0) | box[column]
            found = [(*rest[:column], mask, *rest[column + 1 :]) for rest, mask in joined.items()]
    return tuple(found)


def points(box: Box) -> Iterator[Point]:
    """Every point of a box."""
    return product(*(tuple(bits(mask)) for mask in box))


def bits(mask: int) -> Iterator[int]:
    """The numbers of the bits that are set, least first."""
    while mask:
        lowest = mask & -mask
        yield lowest.bit_length() - 1
        mask ^= lowest
