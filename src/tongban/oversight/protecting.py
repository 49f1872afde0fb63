"""Which sums may be told when others are: the attack itself, as a rule.

What is published are sums over cells. Whoever has them can form every sum and difference of them, that is, the linear
span of their rows in the matrix of cells. So one is told only if with everything told before it no small group lies in
the span. That covers small groups themselves, what is left when the others are known (complementary suppression), and
any longer way round over other tables. Elimination goes over the integers modulo a large prime, exactly as an
attacker's would, and never finds a span smaller than over the fractions except with negligible chance.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from hashlib import sha256
from typing import TypeAlias

PRIME = 2**61 - 1
Row: TypeAlias = dict[int, int]
"""Coefficients by cell."""


_TRIES = 100
"""Sums of rows that are tried for each figure."""
_LONG = 48
"""Cells of a row from which on it is not tried whether other rows leave a few of them only."""


class _Vector:
    """A row with two fixed random sums of it. Rows that differ by a factor have the same quotient of the two, other
    rows have it only by a chance of one in `PRIME`, and that would hide a figure, never show one."""

    __slots__ = ("cells", "first", "second")

    def __init__(self, cells: Row) -> None:
        self.cells = cells
        self.first = sum(value * _mark(cell, b"1") for cell, value in cells.items()) % PRIME
        self.second = sum(value * _mark(cell, b"2") for cell, value in cells.items()) % PRIME

    def copy(self) -> _Vector:
        """Another with the same cells."""
        made = _Vector.__new__(_Vector)
        made.cells, made.first, made.second = self.cells.copy(), self.first, self.second
        return made

    @property
    def shape(self) -> int | None:
        """The same for rows that differ by a factor; None for the empty row."""
        return self.first * pow(self.second, -1, PRIME) % PRIME if self.cells else None

    def scale(self, times: int) -> None:
        for cell, value in self.cells.items():
            self.cells[cell] = value * times % PRIME
        self.first, self.second = self.first * times % PRIME, self.second * times % PRIME

    def take(self, other: _Vector, times: int) -> tuple[list[int], list[int]]:
        """Takes a multiple of another row away; which cells it has now and had not, and which it has no more."""
        added: list[int] = []
        gone: list[int] = []
        row = self.cells
        for cell, value in other.cells.items():
            had = row.get(cell)
            left = ((had or 0) - times * value) % PRIME
            if left:
                row[cell] = left
                if had is None:
                    added.append(cell)
            elif had is not None:
                del row[cell]
                gone.append(cell)
        self.first = (self.first - times * other.first) % PRIME
        self.second = (self.second - times * other.second) % PRIME
        return added, gone


@cache
def _mark(cell: int, which: bytes) -> int:
    return int.from_bytes(sha256(which + cell.to_bytes(8, "big")).digest()[:8], "big") % PRIME


class Guard:
    """The span of what is shown, and how far every small group is from it.

    `sizes` are how many there are in each cell; `watched` are the small groups that are known by name. Any other group
    that comes out as a row of the reduced basis is held against its size too: what is left of a whole when several of
    its parts are known, or what one count has and another of other rows has not.
    """

    def __init__(self, watched: Iterable[Row], sizes: Sequence[int], small: int) -> None:
        self._sizes = sizes
        self._small = small
        self._basis: dict[int, _Vector] = {}
        self._using: defaultdict[int, set[int]] = defaultdict(set)
        self._left: dict[int, _Vector] = {}
        self._held: defaultdict[int, set[int]] = defaultdict(set)
        self._shapes: Counter[int | None] = Counter()
        for n, row in enumerate(watched):
            self._left[n] = _Vector(dict(row))
            self._shapes[self._left[n].shape] += 1
            for cell in row:
                self._held[cell].add(n)

    def shows(self, sum_of: Row) -> bool:
        """Takes a sum over cells into what is shown; if that gives a small group away nothing changes."""
        row = self._reduced(sum_of)
        if not row.cells:
            return True  # it could be worked out already
        if self._shapes[row.shape]:
            return False
        pivot = self._pivot(row)
        others = self._others(row, pivot)
        if self._few(pivot) and self._told({pivot: row} | {other: made for other, (made, _, _) in others.items()}):
            return False
        self._take(row, pivot, others)
        return True

    def knows(self, sum_of: Row) -> None:
        """Takes in a sum that everybody has already, whatever it gives away."""
        row = self._reduced(sum_of)
        if row.cells:
            pivot = self._pivot(row)
            self._take(row, pivot, self._others(row, pivot))

    def _reduced(self, sum_of: Row) -> _Vector:
        row = _Vector(dict(sum_of))
        for pivot in [cell for cell in row.cells if cell in self._basis]:
            row.take(self._basis[pivot], row.cells[pivot])
        return row

    def _pivot(self, row: _Vector) -> int:
        """A cell of many where there is one: so a row whose pivot is a cell of few has no cell of many in it."""
        pivot = min(row.cells, key=lambda cell: (self._few(cell), len(self._held[cell]), len(self._using[cell]), cell))
        row.scale(pow(row.cells[pivot], -1, PRIME))
        return pivot

    def _few(self, cell: int) -> bool:
        return self._sizes[cell] < self._small

    def _others(self, row: _Vector, pivot: int) -> dict[int, tuple[_Vector, list[int], list[int]]]:
        """The rows of the basis as they are without the pivot."""
        found: dict[int, tuple[_Vector, list[int], list[int]]] = {}
        for other in self._using.get(pivot, ()):
            copy = self._basis[other].copy()
            found[other] = (copy, *copy.take(row, copy.cells[pivot]))
        return found

    def _told(self, changed: Mapping[int, _Vector]) -> bool:
        """Whether rows of few make up a small group with one of those that changed among them.

        A group has each cell once or not at all, so it is the sum of the rows whose pivots are in it. One starts from a
        row and takes others in that put right what is too much or too little.
        """
        tried: set[frozenset[int]] = set()
        waiting = [frozenset((pivot,)) for pivot, row in changed.items() if self._few(pivot) and len(row.cells) < _LONG]
        while waiting and len(tried) < _TRIES:
            chosen = waiting.pop()
            if chosen in tried:
                continue
            tried.add(chosen)
            if sum(self._sizes[pivot] for pivot in chosen) >= self._small:
                continue
            total: defaultdict[int, int] = defaultdict(int)
            for pivot in chosen:
                for cell, times in (changed.get(pivot) or self._basis[pivot]).cells.items():
                    total[cell] = (total[cell] + times) % PRIME
            wrong = [cell for cell, times in total.items() if times > 1]
            if not wrong and sum(self._sizes[cell] for cell, times in total.items() if times) < self._small:
                return True
            at = [min(wrong, key=lambda cell: len(self._using[cell]))] if wrong else [c for c, t in total.items() if t]
            waiting += [
                chosen | {other}
                for cell in at
                for other in self._using[cell] | {pivot for pivot, row in changed.items() if cell in row.cells}
                if other not in chosen
                and self._few(other)
                and len((changed.get(other) or self._basis[other]).cells) < _LONG
            ]
        return False

    def _take(self, row: _Vector, pivot: int, others: dict[int, tuple[_Vector, list[int], list[int]]]) -> None:
        self._using.pop(pivot, None)
        for other, (copy, added, gone) in others.items():
            self._basis[other] = copy
            _follow(self._using, other, added, [cell for cell in gone if cell != pivot])
        for n in list(self._held.pop(pivot, ())):
            left = self._left[n]
            self._shapes[left.shape] -= 1
            _follow(self._held, n, *left.take(row, left.cells[pivot]))
            self._shapes[left.shape] += 1
        self._basis[pivot] = row
        for cell in row.cells:
            if cell != pivot:
                self._using[cell].add(pivot)


def _follow(index: defaultdict[int, set[int]], key: int, added: Iterable[int], gone: Iterable[int]) -> None:
    for cell in gone:
        index[cell].discard(key)
    for cell in added:
        index[cell].add(key)
