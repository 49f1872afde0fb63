"""Which figures may be shown so that nobody can work out a small group, by subtraction or otherwise.

What is published are sums over cells. Whoever has them can form every sum and difference of them, that is, the linear
span of their rows in the matrix of cells. So the rule is the attack itself: figures are taken coarse before fine, and
one is shown only if with everything shown before it no small group lies in the span. That covers small groups
themselves, the one that is left when the others are known (complementary suppression), and any longer way round over
other tables. Elimination goes over the integers modulo a large prime, exactly as an attacker's would, and never finds a
span smaller than over the fractions except with negligible chance.

A group is who is counted, not what came of it: that 3 of 40 were late is what is published.
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


class _Vector:
    """A row with two fixed random sums of it. Rows that differ by a factor have the same quotient of the two, other
    rows have it only by a chance of one in `PRIME`, and that would hide a figure, never show one."""

    __slots__ = ("cells", "first", "second")

    def __init__(self, cells: Row) -> None:
        self.cells = cells
        self.first = sum(value * _mark(cell, b"1") for cell, value in cells.items()) % PRIME
        self.second = sum(value * _mark(cell, b"2") for cell, value in cells.items()) % PRIME

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
    """The span of what is shown, and how far every small group is from it."""

    def __init__(self, small: Iterable[frozenset[int]]) -> None:
        self._basis: dict[int, _Vector] = {}
        self._using: defaultdict[int, set[int]] = defaultdict(set)
        self._left: dict[int, _Vector] = {}
        self._held: defaultdict[int, set[int]] = defaultdict(set)
        self._shapes: Counter[int | None] = Counter()
        for n, cells in enumerate(dict.fromkeys(small)):
            self._left[n] = _Vector(dict.fromkeys(cells, 1))
            self._shapes[self._left[n].shape] += 1
            for cell in cells:
                self._held[cell].add(n)

    def shows(self, cells: Iterable[int]) -> bool:
        """Takes a sum over these cells into what is shown; if that gives a small group away nothing changes."""
        row = _Vector(dict.fromkeys(cells, 1))
        for pivot in [cell for cell in row.cells if cell in self._basis]:
            row.take(self._basis[pivot], row.cells[pivot])
        if not row.cells:
            return True  # it could be worked out already
        if self._shapes[row.shape]:
            return False
        self._take(row)
        return True

    def _take(self, row: _Vector) -> None:
        pivot = min(row.cells, key=lambda cell: (len(self._held[cell]), len(self._using[cell]), cell))
        row.scale(pow(row.cells[pivot], -1, PRIME))
        for other in list(self._using.pop(pivot, ())):
            there = self._basis[other]
            _follow(self._using, other, *there.take(row, there.cells[pivot]))
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


Key: TypeAlias = tuple[str, ...]
Table: TypeAlias = tuple[int, ...]
"""Places of a cell's values."""


def shown(cells: Mapping[Key, int], tables: Sequence[Sequence[int]], small: int) -> dict[Table, frozenset[Key]]:
    """Of each table the groups that may be shown; a group is the values at the table's places.

    `cells` are counts by their values; a table is the places of a cell's values that it is told apart by, `()` the
    whole. Tables come in the order in which they matter. Besides the groups of the tables, every pair of values and
    every cell is a group that must not be found while it has fewer than `small`.
    """
    filled = {key: count for key, count in cells.items() if count}
    width = len(next(iter(filled), ()))
    numbered = {key: n for n, key in enumerate(filled)}
    counts = list(filled.values())
    pairs = [(one, two) for one in range(width) for two in range(one + 1, width)]
    watched = dict.fromkeys((*map(tuple, tables), *((n,) for n in range(width)), *pairs, tuple(range(width))))
    groups = {table: _groups(numbered, table) for table in watched}

    sizes = {
        table: {key: sum(counts[n] for n in members) for key, members in found.items()}
        for table, found in groups.items()
    }
    secret = [groups[table][key] for table, found in sizes.items() for key, size in found.items() if size < small]
    secret += _rests(groups, sizes, small)
    guard = Guard(secret)
    answer: dict[Table, frozenset[Key]] = {}
    for table in map(tuple, tables):
        large = sorted((-size, key) for key, size in sizes[table].items() if size >= small)
        answer[table] = frozenset(key for _, key in large if guard.shows(groups[table][key]))
    return answer


def _groups(numbered: Mapping[Key, int], table: Table) -> dict[Key, frozenset[int]]:
    found: defaultdict[Key, set[int]] = defaultdict(set)
    for key, n in numbered.items():
        found[tuple(key[place] for place in table)].add(n)
    return {key: frozenset(members) for key, members in found.items()}


def _rests(
    groups: Mapping[Table, Mapping[Key, frozenset[int]]], sizes: Mapping[Table, Mapping[Key, int]], small: int
) -> list[frozenset[int]]:
    """What is left of a group when one of its parts is known: the others together are a group too."""
    rests: list[frozenset[int]] = []
    for fine, found in sizes.items():
        for coarse in (table for table in groups if set(table) < set(fine)):
            places = [fine.index(place) for place in coarse]
            for key, size in found.items():
                whole = tuple(key[place] for place in places)
                if 0 < sizes[coarse][whole] - size < small:
                    rests.append(groups[coarse][whole] - groups[fine][key])
    return rests
