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
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TypeAlias

PRIME = 2**61 - 1
Row: TypeAlias = dict[int, int]
"""Coefficients by cell."""


class Guard:
    """The span of what is shown, and how far every small group is from it."""

    def __init__(self, small: Iterable[frozenset[int]]) -> None:
        self._basis: dict[int, Row] = {}
        self._using: defaultdict[int, set[int]] = defaultdict(set)
        self._left: dict[int, Row] = {}
        self._held: defaultdict[int, set[int]] = defaultdict(set)
        self._shapes: Counter[frozenset[tuple[int, int]]] = Counter()
        for n, cells in enumerate(dict.fromkeys(small)):
            self._left[n] = dict.fromkeys(cells, 1)
            self._shapes[_shape(self._left[n])] += 1
            for cell in cells:
                self._held[cell].add(n)

    def shows(self, cells: Iterable[int]) -> bool:
        """Takes a sum over these cells into what is shown; if that gives a small group away nothing changes."""
        row = self._reduced(dict.fromkeys(cells, 1))
        if not row:
            return True  # it could be worked out already
        if self._shapes[_shape(row)]:
            return False
        self._take(row)
        return True

    def _reduced(self, row: Row) -> Row:
        for pivot in [cell for cell in row if cell in self._basis]:
            _subtract(row, self._basis[pivot], row[pivot])
        return row

    def _take(self, row: Row) -> None:
        pivot = min(row, key=lambda cell: (len(self._using[cell]) + len(self._held[cell]), cell))
        inverse = pow(row[pivot], -1, PRIME)
        row = {cell: value * inverse % PRIME for cell, value in row.items()}
        for other in list(self._using.pop(pivot, ())):
            there = self._basis[other]
            before = set(there)
            _subtract(there, row, there[pivot])
            self._moved(self._using, other, before, set(there))
        for n in list(self._held.pop(pivot, ())):
            left = self._left[n]
            self._shapes[_shape(left)] -= 1
            before = set(left)
            _subtract(left, row, left[pivot])
            self._shapes[_shape(left)] += 1
            self._moved(self._held, n, before, set(left))
        self._basis[pivot] = row
        for cell in row:
            if cell != pivot:
                self._using[cell].add(pivot)

    @staticmethod
    def _moved(index: defaultdict[int, set[int]], key: int, before: set[int], after: set[int]) -> None:
        for cell in before - after:
            index[cell].discard(key)
        for cell in after - before:
            index[cell].add(key)


def _subtract(row: Row, other: Mapping[int, int], times: int) -> None:
    for cell, value in other.items():
        left = (row.get(cell, 0) - times * value) % PRIME
        if left:
            row[cell] = left
        else:
            row.pop(cell, None)


def _shape(row: Row) -> frozenset[tuple[int, int]]:
    """A row up to a factor."""
    if not row:
        return frozenset()
    inverse = pow(row[min(row)], -1, PRIME)
    return frozenset((cell, value * inverse % PRIME) for cell, value in row.items())


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

    def few(members: Iterable[int]) -> bool:
        return 0 < sum(counts[n] for n in members) < small

    secret = [members for found in groups.values() for members in found.values() if few(members)]
    secret += _rests(groups, watched, few)
    guard = Guard(secret)
    answer: dict[Table, frozenset[Key]] = {}
    for table in map(tuple, tables):
        found = sorted(groups[table].items(), key=lambda one: (-sum(counts[n] for n in one[1]), str(one[0])))
        answer[table] = frozenset(key for key, members in found if not few(members) and guard.shows(members))
    return answer


def _groups(numbered: Mapping[Key, int], table: Table) -> dict[Key, frozenset[int]]:
    found: defaultdict[Key, set[int]] = defaultdict(set)
    for key, n in numbered.items():
        found[tuple(key[place] for place in table)].add(n)
    return {key: frozenset(members) for key, members in found.items()}


def _rests(
    groups: Mapping[Table, Mapping[Key, frozenset[int]]],
    watched: Iterable[Table],
    few: Callable[[Iterable[int]], bool],
) -> list[frozenset[int]]:
    """What is left of a group when one of its parts is known: the others together are a group too."""
    rests: list[frozenset[int]] = []
    for fine in watched:
        for coarse in (table for table in groups if set(table) < set(fine)):
            places = [fine.index(place) for place in coarse]
            for key, members in groups[fine].items():
                rest = groups[coarse][tuple(key[place] for place in places)] - members
                if few(rest):
                    rests.append(rest)
    return rests
