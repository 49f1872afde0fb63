"""The small groups of a large month that are known by name."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations

import numpy as np

from tongban.oversight.crowds.cells import DRAWN, SEED, ZERO, Cells, Found, Marked, Numbers, Places, Table


class Watched:
    """The small groups that are known by name."""

    def __init__(self, cells: Cells, tables: Sequence[Table], axes: Table) -> None:
        self._cells = cells
        self._seen: set[float] = set()
        self._marks = np.random.default_rng(SEED).random(len(cells.sizes))
        self._parts: list[tuple[Places, Places, Numbers]] = []
        self._many = 0
        named = dict.fromkeys((*tables, *((n,) for n in axes), *combinations(axes, 2), axes))
        for table in named:
            for inside in self._kinds(table):
                self._add(cells.label(table), inside)
        for column in sorted(set(cells.column)):
            if (cells.times[:, column] > 1).any():
                for table in named:
                    self._add(cells.label(table), cells.times[:, column] > 0, cells.times[:, column])
        self._rests(tables, list(named))
        self.which = np.concatenate([part[0] for part in self._parts] or [np.zeros(0, dtype=np.int64)])
        self.cells = np.concatenate([part[1] for part in self._parts] or [np.zeros(0, dtype=np.int64)])
        self.times = np.concatenate([part[2] for part in self._parts] or [np.zeros(0)])
        self._ends = np.searchsorted(self.which, np.arange(self._many + 1))

    def told(self, drawn: Numbers) -> Iterator[Found]:
        """Those that are 0 in every drawing."""
        if not self._many:
            return
        zero = np.ones(self._many, dtype=bool)
        for n in range(DRAWN):
            zero &= np.abs(np.bincount(self.which, self.times * drawn[self.cells, n], self._many)) < ZERO
        for n in np.flatnonzero(zero):
            part = slice(int(self._ends[n]), int(self._ends[n + 1]))
            yield Found(self.cells[part], self.times[part])

    def _kinds(self, table: Table) -> Iterator[Marked]:
        cells = self._cells
        columns = sorted(set(cells.column))
        for column in columns:
            counted = cells.times[:, column] > 0
            yield counted
            yield from (counted & (cells.times[:, other] == 0) for other in columns if other != column)
        kinds = int(cells.alike.max()) + 1
        most = 3 if kinds <= 9 else 2 if kinds <= 24 else 1
        label = cells.label(table)
        there = np.zeros((int(label.max()) + 1, kinds), dtype=bool)
        there[label, cells.alike] = True
        for many in range(1, most + 1):
            for some in combinations(range(kinds), many):
                whole: Marked = np.asarray(there[:, list(some)].all(axis=1))
                if whole.any():
                    yield whole[label] & np.isin(cells.alike, some)

    def _add(self, label: Places, inside: Marked, times: Numbers | None = None) -> None:
        at = np.flatnonzero(inside)
        size = np.bincount(label[at], self._cells.sizes[at], int(label.max()) + 1)
        at = at[((size > 0) & (size < self._cells.small))[label[at]]]
        if len(at):
            at = at[np.argsort(label[at], kind="stable")]
            self._keep(label[at], at, np.ones(len(at)) if times is None else times[at])

    def _keep(self, label: Places, at: Places, times: Numbers) -> None:
        """Takes in groups of cells, those not there yet; the cells of one lie together."""
        starts = np.flatnonzero(np.r_[True, label[1:] != label[:-1]])
        sums = np.round(np.add.reduceat(self._marks[at] * times, starts), 12).tolist()
        new = np.array([mark not in self._seen for mark in sums])
        self._seen.update(sums)
        which = np.repeat(np.arange(len(starts)), np.diff(np.r_[starts, len(at)]))
        kept = new[which]
        place = np.cumsum(new) - 1
        self._parts.append((place[which[kept]] + self._many, at[kept], times[kept]))
        self._many += int(new.sum())

    def _rests(self, tables: Sequence[Table], named: Sequence[Table]) -> None:
        """What is left of a group without one of its parts."""
        cells = self._cells
        for column in sorted(set(cells.column)):
            inside = np.flatnonzero(cells.times[:, column] > 0)
            for coarse in (table for table in tables if len(table) < 2):
                label = cells.label(coarse)
                order = inside[np.argsort(label[inside], kind="stable")]
                sorted_label = label[order]
                for fine in (table for table in named if set(coarse) < set(table)):
                    whole, part = cells.counted(column, coarse), cells.counted(column, fine)
                    above = np.zeros(len(part), dtype=np.int64)
                    above[cells.label(fine)] = label
                    rest = whole[above] - part
                    for n in np.flatnonzero((rest > 0) & (rest < cells.small) & (part > 0)):
                        first, last = np.searchsorted(sorted_label, (above[n], above[n] + 1))
                        at = order[first:last]
                        at = at[cells.label(fine)[at] != n]
                        self._keep(np.zeros(len(at), dtype=np.int64), at, np.ones(len(at)))
