"""The cells of a large month as numbers, and sums and groups of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

Key: TypeAlias = tuple[str, ...]
Table: TypeAlias = tuple[int, ...]
Numbers: TypeAlias = NDArray[np.float64]
Places: TypeAlias = NDArray[np.int64]
Marked: TypeAlias = NDArray[np.bool_]

SEED = 20261126
DRAWN = 3
"""Drawings: where one of them is 0 by chance the others are not."""
ZERO = 1e-7


class Shown(NamedTuple):
    """A sum that is shown or asked for: which population counts, in which table, the group's place there."""

    column: int
    table: Table
    group: int


class Found(NamedTuple):
    """A group as its cells, and how often each counts."""

    cells: Places
    times: Numbers


class Cells:
    """The cells with the group of each in every table."""

    def __init__(self, filled: Sequence[tuple[Key, tuple[int, ...]]], sizes: Sequence[int], small: int) -> None:
        self.small = small
        self.sizes: Numbers = np.array(sizes, dtype=np.float64)
        self.times: Numbers = np.array([times for _, times in filled], dtype=np.float64)
        seen: dict[bytes, int] = {}
        self.column = [seen.setdefault(column.tobytes(), n) for n, column in enumerate(self.times.T.copy())]
        self._keys = [key for key, _ in filled]
        self._axes = [_numbered([key[n] for key in self._keys]) for n in range(len(self._keys[0]))]
        self._labels: dict[Table, tuple[Places, Places]] = {}
        _, alike = np.unique(self.times, axis=0, return_inverse=True)
        self.alike: Places = np.asarray(alike, dtype=np.int64).reshape(-1)

    def label(self, table: Table) -> Places:
        """The group of each cell."""
        return self._labelled(table)[0]

    def group(self, table: Table, place: int) -> Key:
        """The values of a group."""
        key = self._keys[int(self._labelled(table)[1][place])]
        return tuple(key[at] for at in table)

    def groups(self, table: Table) -> dict[Key, int]:
        """The places of all groups by their values."""
        return {self.group(table, n): n for n in range(len(self._labelled(table)[1]))}

    def counted(self, column: int, table: Table) -> Numbers:
        """How many there are of each group."""
        inside = self.times[:, column] > 0
        label, firsts = self._labelled(table)
        return np.asarray(np.bincount(label[inside], self.sizes[inside], len(firsts)), dtype=np.float64)

    def _labelled(self, table: Table) -> tuple[Places, Places]:
        if table not in self._labels:
            mixed = np.zeros(len(self._keys), dtype=np.int64)
            for at in table:
                mixed = mixed * (int(self._axes[at].max()) + 1) + self._axes[at]
            _, first, label = np.unique(mixed, return_index=True, return_inverse=True)
            self._labels[table] = (np.asarray(label, dtype=np.int64).reshape(-1), np.asarray(first, dtype=np.int64))
        return self._labels[table]


def _numbered(values: Sequence[str]) -> Places:
    known = {value: n for n, value in enumerate(sorted(set(values)))}
    return np.array([known[value] for value in values], dtype=np.int64)
