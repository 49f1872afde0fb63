"""What becomes of the rows of a table: never, never in time, for nothing — and what its hit policy really is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tongban.rules.feel.dialect import equal
from tongban.rules.feel.text import feel_text
from tongban.rules.feel.values import to_feel
from tongban.rules.tables.hit import SINGLE
from tongban.rules.tables.model import HitPolicy, Literal
from tongban.rules.tables.table import Table

from .outcomes import keys, ranks, spoken
from .sweep import Box, Sweeper, bits


@dataclass(frozen=True, slots=True)
class Overlap:
    """Two rows (from 0) that both match in `box`. `same` if they certainly say the same there."""

    one: int
    other: int
    box: Box
    same: bool


@dataclass(frozen=True, slots=True)
class Covered:
    """A row (from 0) that other rows leave nothing to; `by` is one that does so alone, None if it takes several."""

    row: int
    by: int | None


@dataclass(frozen=True, slots=True)
class Unreached:
    """An allowed value of an output (both from 0) that no row gives."""

    output: int
    text: str


class Rows:
    """Questions about the rows of one table, asked of one sweeper."""

    def __init__(self, sweeper: Sweeper) -> None:
        self._sweeper = sweeper
        self.table: Table = sweeper.space.table
        self._said = spoken(self.table)
        self._keys = keys(self._said)

    def overlaps(self) -> Iterator[Overlap]:
        """Every two rows that both match somewhere."""
        for one, other in self._sweeper.pairs():
            yield Overlap(one, other, self._sweeper.common(one, other), self._keys[one] == self._keys[other])

    def never(self) -> tuple[int, ...]:
        """Rows with a cell that nothing passes."""
        return tuple(row for row in range(len(self.table.rows)) if not all(self._sweeper.box(row)))

    def shadowed(self) -> Iterator[Covered]:
        """FIRST: rows that the rows above leave nothing to. Raises `Unfinished`."""
        if self.table.hit is HitPolicy.FIRST:
            for row in range(len(self.table.rows)):
                yield from self._covered(row, (1 << row) - 1)

    def masked(self) -> Iterator[Covered]:
        """PRIORITY: rows that rows of a higher priority leave nothing to. Raises `Unfinished`."""
        order = ranks(self.table, self._said)
        if self.table.hit is not HitPolicy.PRIORITY or order is None:
            return
        for row, rank in enumerate(order):
            better = sum(1 << other for other, its in enumerate(order) if its < rank)
            yield from self._covered(row, better)

    def _covered(self, row: int, others: int) -> Iterator[Covered]:
        box = self._sweeper.box(row)
        if not all(box):
            return  # told as a row that never matches
        alone = self._sweeper.holding(box, others)
        if alone:
            yield Covered(row, next(bits(alone)))
        elif next(self._sweeper.left(row, others), None) is None:
            yield Covered(row, None)

    def subsumed(self) -> Iterator[Covered]:
        """Rows that could be struck out: another holds all of theirs and says the same.

        UNIQUE is left out, because there it is an overlap, and so are the policies that collect, where a row that
        matches twice counts twice.
        """
        if self.table.hit not in SINGLE - {HitPolicy.UNIQUE}:
            return
        everyone = self._sweeper.space.all_rows
        by_key: dict[int, int] = {}
        for row, key in enumerate(self._keys):
            by_key[key] = by_key.get(key, 0) | 1 << row
        for row, key in enumerate(self._keys):
            box = self._sweeper.box(row)
            if not all(box) or not by_key[key] & ~(1 << row):
                continue
            for other in bits(self._sweeper.holding(box, by_key[key] & ~(1 << row))):
                twin = self._sweeper.holding(self._sweeper.box(other), 1 << row)
                if (twin and other > row) or not self._decides(row, other, everyone & ~by_key[key], box):
                    continue
                yield Covered(row, other)
                break

    def _decides(self, row: int, other: int, different: int, box: Box) -> bool:
        """Whether `other` gives the answer wherever `row` did, were `row` struck out."""
        match self.table.hit:
            case HitPolicy.FIRST:
                between = ((1 << other) - 1) & ~((1 << (row + 1)) - 1)
                return other > row and not self._may_touch(box, different & between)
            case _:
                return True

    def _may_touch(self, box: Box, rows: int) -> bool:
        for column, mask in zip(self._sweeper.space.columns, box, strict=True):
            touched = 0
            for part in bits(mask):
                touched |= column.may_hold[part]
            rows &= touched
        return bool(rows)

    def unreached(self) -> Iterator[Unreached]:
        """Allowed values of outputs that no row that can match gives, and no default."""
        never = set(self.never())
        for number, output in enumerate(self.table.outputs):
            said = [row[number] for index, row in enumerate(self._said) if index not in never]
            if any(one.computed for one in said) or isinstance(output.default, str):
                continue
            given = [one.value for one in said]
            if isinstance(output.default, Literal):
                given.append(to_feel(output.default.value))
            for value in map(to_feel, output.values):
                if not any(equal(value, one) for one in given):
                    yield Unreached(number, feel_text(value))

    def really_unique(self) -> bool:
        """Whether a policy that settles overlaps has none to settle, for certain."""
        if self.table.hit not in SINGLE - {HitPolicy.UNIQUE} or len(self.table.rows) < 2:
            return False
        return not self._sweeper.space.beyond and next(self._sweeper.pairs(), None) is None
