"""Which figures of a large month may be shown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, combinations

import numpy as np

from tongban.oversight.crowds.cells import ZERO, Cells, Found, Key, Marked, Numbers, Places, Shown, Table
from tongban.oversight.crowds.loose import loose
from tongban.oversight.crowds.told import Block, Told
from tongban.oversight.crowds.watched import Watched
from tongban.oversight.protecting import Guard, Row

_ROUNDS, _PATIENT = 40, 16
"""How often figures of a table are hidden before all of them are; and from when on all that a group follows from."""
_AT_ONCE = 512
_SUBSETS = 400


def decided(
    filled: Sequence[tuple[Key, tuple[int, ...]]],
    sizes: Sequence[int],
    populations: Sequence[tuple[int, Sequence[Table]]],
    small: int,
    public: Iterable[tuple[int, Table, Key]],
) -> list[dict[Table, frozenset[Key]]]:
    """Of each table of each population the groups that may be shown (`oversight.showing.together`).

    `filled` are the cells with anybody in them, `populations` the place of each in a cell's times and its tables,
    `public` the sums that everybody has already.
    """
    asked = _Asked(
        Cells(filled, sizes, small), list(dict.fromkeys(chain.from_iterable(tables for _, tables in populations)))
    )
    asked.knows(public)
    for turn in range(max(len(tables) for _, tables in populations)):
        asked.turn([(place, tables[turn]) for place, tables in populations if turn < len(tables)])
    return [{table: asked.shown(place, table) for table in tables} for place, tables in populations]


class _Asked:
    """What is shown so far."""

    def __init__(self, cells: Cells, tables: Sequence[Table]) -> None:
        self._cells = cells
        self._tables = tables
        self._fine = max(tables, key=len)
        self._bases: dict[tuple[Shown, ...], Block] = {}
        self._shown: set[Shown] = set()
        self._watched = Watched(cells, tables, tuple(sorted(set(chain.from_iterable(tables)))))
        self._drawn: Numbers | None = None

    def knows(self, public: Iterable[tuple[int, Table, Key]]) -> None:
        """Takes in what everybody has already, whatever it gives away."""
        groups: dict[Table, dict[Key, int]] = {}
        for place, table, key in public:
            known = groups.setdefault(table, self._cells.groups(table))
            if key in known:
                self._shown.add(Shown(self._cells.column[place], table, known[key]))
        self._drawn = self._told(self._shown).drawn()

    def shown(self, place: int, table: Table) -> frozenset[Key]:
        """The groups of a table that are shown of a population."""
        column = self._cells.column[place]
        large = np.flatnonzero(self._cells.counted(column, table) >= self._cells.small)
        some = (int(n) for n in large if Shown(column, table, int(n)) in self._shown)
        return frozenset(self._cells.group(table, n) for n in some)

    def turn(self, tables: Sequence[tuple[int, Table]]) -> None:
        """Decides one table of each population."""
        if self._drawn is None:
            return  # what everybody has could not be worked out exactly, so nothing is added to it
        sizes: dict[Shown, float] = {}
        for column, table in dict.fromkeys((self._cells.column[place], table) for place, table in tables):
            counted = self._cells.counted(column, table)
            large = np.flatnonzero(counted >= self._cells.small)
            sizes.update((Shown(column, table, int(n)), float(counted[n])) for n in large)
        new = self._each(sizes)
        for done in range(_ROUNDS):
            told = self._told([*sorted(self._shown), *sorted(new, key=lambda row: (row.column, -sizes[row], row))])
            drawn = told.drawn()
            if drawn is None:
                break
            found = list(self._named(drawn, self._shown | new)) or list(self._nameless(drawn, self._shown | new))
            if not found:
                self._shown |= new
                self._drawn = drawn
                break
            hidden = _hidden(told.needed(found[:_AT_ONCE]), sizes, new, every=done >= _PATIENT)
            if not hidden:
                break
            new -= hidden
        self._shown |= set(self._follow(sizes, self._drawn))

    def _told(self, rows: Iterable[Shown]) -> Told:
        return Told(self._cells, rows, self._tables, self._bases)

    def _each(self, sizes: Mapping[Shown, float]) -> set[Shown]:
        """Those that give nothing away by what else is told of the same group."""
        of: dict[tuple[Table, int], list[Shown]] = {}
        for row in sizes:
            if row not in self._shown:
                of.setdefault((row.table, row.group), []).append(row)
        known: dict[tuple[Table, int], list[Shown]] = {}
        for row in self._shown:
            known.setdefault((row.table, row.group), []).append(row)
        new: set[Shown] = set()
        members = {table: _members(self._cells.label(table)) for table in {table for table, _ in of}}
        for name, rows in of.items():
            at = members[name[0]][name[1]]
            kinds, first, kind = np.unique(self._cells.alike[at], return_index=True, return_inverse=True)
            inside = np.bincount(kind.reshape(-1), self._cells.sizes[at], len(kinds)).astype(int).tolist()
            times = self._cells.times[at[first]]
            guard = Guard(_few(inside, self._cells.small), inside, self._cells.small)
            for row in known.get(name, ()):
                guard.knows(_row(times, row.column))
            rows.sort()
            new |= {row for row in rows if guard.shows(_row(times, row.column))}
        return new

    def _named(self, drawn: Numbers, shown: set[Shown]) -> Iterator[Found]:
        return self._new(chain(self._watched.told(drawn), self._left(drawn, shown), self._pairs(drawn)))

    def _nameless(self, drawn: Numbers, shown: set[Shown]) -> Iterator[Found]:
        coarse = [table for table in self._tables if table != self._fine or len(table) < 2]
        return self._new(loose(self._cells, coarse, shown, drawn))

    def _new(self, found: Iterable[Found]) -> Iterator[Found]:
        """Small groups that did not come out before."""
        for one in found:
            if self._drawn is None or (np.abs(one.times @ self._drawn[one.cells]) >= ZERO).any():
                yield one

    def _left(self, drawn: Numbers, shown: set[Shown]) -> Iterator[Found]:
        """What is left of groups without all parts of a table that are shown."""
        cells = self._cells
        columns = sorted(set(cells.column))
        parts: dict[tuple[int, Table], list[int]] = {}
        for row in shown:
            parts.setdefault((row.column, row.table), []).append(row.group)
        for (column, fine), some in sorted(parts.items()):
            label = cells.label(fine)
            told = np.zeros(int(label.max()) + 1, dtype=bool)
            told[some] = True
            counted = cells.times[:, column] > 0
            for coarse in self._tables:
                if coarse != fine:
                    whole = cells.label(coarse)
                    left = counted & ~(told & _within(label, whole))[label]
                    yield from _zero(cells, whole, left, drawn)
                    for other in columns:
                        if other != column:
                            yield from _zero(cells, whole, left & (cells.times[:, other] == 0), drawn)

    def _pairs(self, drawn: Numbers) -> Iterator[Found]:
        """Any two of the finest groups that come out together, and none of them by itself."""
        cells = self._cells
        kinds = int(cells.alike.max()) + 1
        for table in (self._fine, tuple(sorted(set(chain.from_iterable(self._tables))))):
            _, label = np.unique(cells.label(table) * kinds + cells.alike, return_inverse=True)
            label = np.asarray(label, dtype=np.int64).reshape(-1)
            size = np.bincount(label, cells.sizes)
            sums = np.stack([np.bincount(label, one) for one in drawn.T], axis=1)
            few = np.flatnonzero((size < cells.small) & (np.abs(sums) >= ZERO).any(axis=1))
            few = few[np.argsort(sums[few, 0])]
            value = sums[few]
            first = np.searchsorted(value[:, 0], -value[:, 0] - ZERO)
            last = np.searchsorted(value[:, 0], -value[:, 0] + ZERO)
            for n in np.flatnonzero(last > first):
                for m in range(max(int(first[n]), int(n) + 1), int(last[n])):
                    two: Places = few[np.array((n, m), dtype=np.int64)]
                    if size[two].sum() < cells.small and (np.abs(value[n] + value[m]) < ZERO).all():
                        at = np.flatnonzero(np.isin(label, two))
                        yield Found(at, np.ones(len(at)))

    def _follow(self, sizes: Iterable[Shown], drawn: Numbers) -> Iterator[Shown]:
        """Those that can be worked out already from what is shown."""
        tables: dict[tuple[int, Table], Marked] = {}
        for row in sizes:
            name = row.column, row.table
            if name not in tables:
                label, times = self._cells.label(row.table), self._cells.times[:, row.column]
                sums = [np.bincount(label, times * one) for one in drawn.T]
                tables[name] = np.asarray((np.abs(np.stack(sums)) < ZERO).all(axis=0), dtype=np.bool_)
            if tables[name][row.group]:
                yield row


def _hidden(
    needed: Iterable[Sequence[Shown]], sizes: Mapping[Shown, float], new: set[Shown], *, every: bool
) -> set[Shown]:
    """For each group that comes out the last figure that it follows from, or `every` one; all where none is known."""
    hidden: set[Shown] = set()
    for rows in needed:
        some = [row for row in rows if row in new]
        if not some:
            return set(new)
        if every:
            hidden.update(some)
        elif hidden.isdisjoint(some):
            hidden.add(max(some, key=lambda row: (row.column, -sizes[row], row)))
    return hidden


def _row(times: Numbers, column: int) -> Row:
    return {n: int(often) for n, often in enumerate(times[:, column].tolist()) if often}


def _few(inside: Sequence[int], small: int) -> Iterator[Row]:
    """Sets of cells with few in them, those of the fewest cells first."""
    light = [n for n, many in enumerate(inside) if many < small]
    given = 0
    for many in range(1, min(len(light), small - 1) + 1):
        for some in combinations(light, many):
            given += 1
            if given > _SUBSETS:
                return
            if sum(inside[n] for n in some) < small:
                yield dict.fromkeys(some, 1)


def _members(label: Places) -> list[Places]:
    order = np.argsort(label, kind="stable")
    return np.split(order, np.searchsorted(label[order], np.arange(1, int(label.max()) + 1)))


def _within(fine: Places, coarse: Places) -> Marked:
    """Which groups of one table are part of one group of the other."""
    low = np.full(int(fine.max()) + 1, np.iinfo(np.int64).max)
    high = np.full(int(fine.max()) + 1, -1)
    np.minimum.at(low, fine, coarse)
    np.maximum.at(high, fine, coarse)
    return low == high


def _zero(cells: Cells, label: Places, inside: Marked, drawn: Numbers) -> Iterator[Found]:
    """Of the small groups of these cells those whose numbers are 0."""
    size = np.bincount(label[inside], cells.sizes[inside], int(label.max()) + 1)
    zero = (size > 0) & (size < cells.small)
    for one in drawn.T:
        zero &= np.abs(np.bincount(label[inside], one[inside], len(size))) < ZERO
    for n in np.flatnonzero(zero):
        at = np.flatnonzero(inside & (label == n))
        yield Found(at, np.ones(len(at)))
