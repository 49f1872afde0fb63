"""Which figures may be shown so that nobody can work out a small group, by subtraction or otherwise.

Figures are taken coarse before fine, those of all populations together: cases that were submitted, those of them that
were answered, those of these whose time a law gives. One is shown only if with everything shown before it no small
group comes out (`oversight.protecting`), not even as what one population has and another has not.

A group is who is counted, not what came of it: that 3 of 40 were late is what is published.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations
from typing import NamedTuple, TypeAlias

from tongban.oversight.crowds.deciding import decided
from tongban.oversight.protecting import Guard, Row

Key: TypeAlias = tuple[str, ...]
Table: TypeAlias = tuple[int, ...]
"""Places of a cell's values by which groups are told apart; `()` is the whole."""
Times: TypeAlias = tuple[int, ...]
"""How often one of a cell counts, in each population."""
Cells: TypeAlias = Mapping[tuple[Key, Times], int]
"""How many there are of the same values that count in the same populations."""

MANY = 400
"""Cells from which on all are looked at together (`oversight.crowds`), not one figure after another."""


class Population(NamedTuple):
    """What is counted together: its place in `Times`, the places of its values, and the tables it is shown in."""

    place: int
    axes: Table
    tables: tuple[Table, ...]


class Sum(NamedTuple):
    """The sum over one group of a population."""

    place: int
    table: Table
    group: Key


def shown(
    cells: Mapping[Key, int], tables: Sequence[Sequence[int]], small: int, most: int = MANY
) -> dict[Table, frozenset[Key]]:
    """Of each table of one population the groups that may be shown."""
    axes = tuple(range(len(next(iter(cells), ()))))
    one = Population(0, axes, tuple(map(tuple, tables)))
    return together({(key, (1,)): count for key, count in cells.items()}, (one,), small, most=most)[0]


def together(
    cells: Cells, populations: Sequence[Population], small: int, public: Iterable[Sum] = (), most: int = MANY
) -> list[dict[Table, frozenset[Key]]]:
    """Of each table of each population the groups that may be shown to whoever has all the others, and what is public
    already.

    The tables of a population come in the order in which they matter. Besides its groups every pair of values and
    every cell of it is a group that must not be found while it has fewer than `small`. With more than `most` cells it
    is decided another way (`oversight.crowds`).
    """
    filled = [key for key, count in cells.items() if count]
    sizes = [cells[key] for key in filled]
    if len(filled) > most:
        return decided(filled, sizes, [(one.place, one.tables) for one in populations], small, public)
    views = [_View(filled, sizes, one) for one in populations]
    guard = Guard((row for view in views for row in view.secret(small)), sizes, small)
    for row in _rows(filled, public):
        guard.knows(row)
    answer: list[dict[Table, frozenset[Key]]] = [{table: frozenset() for table in one.tables} for one in populations]
    for turn in range(max((len(one.tables) for one in populations), default=0)):
        for n, view in enumerate(views):
            if turn < len(populations[n].tables):
                table = populations[n].tables[turn]
                large = sorted((-size, key) for key, size in view.sizes[table].items() if size >= small)
                answer[n][table] = frozenset(key for _, key in large if guard.shows(view.rows[table][key]))
    return answer


class _View:
    """One population: the rows and sizes of every group of it."""

    def __init__(self, filled: Sequence[tuple[Key, Times]], sizes: Sequence[int], of: Population) -> None:
        self._tables = of.tables
        counted = [(n, key, times[of.place]) for n, (key, times) in enumerate(filled) if times[of.place]]
        watched = (*of.tables, *((n,) for n in of.axes), *combinations(of.axes, 2), of.axes)
        self.rows: dict[Table, dict[Key, Row]] = {table: _groups(counted, table) for table in dict.fromkeys(watched)}
        self.sizes: dict[Table, dict[Key, int]] = {
            table: {key: sum(sizes[n] for n in row) for key, row in groups.items()}
            for table, groups in self.rows.items()
        }

    def secret(self, small: int) -> Iterator[Row]:
        """The small groups, and what is left of a group when one of its parts is known: a group too."""
        told: set[frozenset[int]] = set()
        for row in (*self._small(small), *self._rests(small)):
            if (cells := frozenset(row)) not in told:
                told.add(cells)
                yield row

    def _small(self, small: int) -> Iterator[Row]:
        for table, groups in self.sizes.items():
            yield from (self.rows[table][key] for key, size in groups.items() if size < small)

    def _rests(self, small: int) -> Iterator[Row]:
        for fine, groups in self.sizes.items():
            for coarse in (table for table in self.rows if set(table) < set(fine)):
                places = [fine.index(place) for place in coarse]
                for key, size in groups.items():
                    whole = tuple(key[place] for place in places)
                    if 0 < self.sizes[coarse][whole] - size < small:
                        part = self.rows[fine][key]
                        yield {n: times for n, times in self.rows[coarse][whole].items() if n not in part}


def _groups(counted: Sequence[tuple[int, Key, int]], table: Table) -> dict[Key, Row]:
    found: defaultdict[Key, Row] = defaultdict(dict)
    for n, key, times in counted:
        found[tuple(key[place] for place in table)][n] = times
    return dict(found)


def _rows(filled: Sequence[tuple[Key, Times]], sums: Iterable[Sum]) -> Iterator[Row]:
    """The rows of sums, those of one table read at one go."""
    wanted: defaultdict[tuple[int, Table], list[Key]] = defaultdict(list)
    for one in sums:
        wanted[one.place, one.table].append(one.group)
    for (place, table), groups in wanted.items():
        counted = [(n, key, times[place]) for n, (key, times) in enumerate(filled) if times[place]]
        found = _groups(counted, table)
        yield from (found[group] for group in groups if group in found)
