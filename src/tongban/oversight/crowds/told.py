"""What follows from sums that are told together, found by drawing numbers for the cells."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from importlib import import_module
from typing import Any, NamedTuple

import numpy as np

from tongban.oversight.crowds.cells import DRAWN, SEED, Cells, Found, Numbers, Places, Shown, Table

_EXACT = 1e-9
_USED = 1e-5
_FOLLOWS = 1e-10
_AT_ONCE = 64
_COARSE = 2_000
"""Coarse sums up to which blocks are groups of the finest table; with more they are groups of the longest list."""
_COLUMNS = 4_000


class Block(NamedTuple):
    """Sums within one block that do not follow from one another, and vectors at right angles for them."""

    rows: list[Shown]
    sums: Numbers
    base: Numbers


class Told:
    """Sums that are told together, and what follows from them. A sum that follows from those before it is left out.

    The cells lie in blocks, and sums within one are taken out block by block; the coarse ones are of several blocks.
    `bases` keeps what was found of a block for the next time.
    """

    def __init__(
        self, cells: Cells, rows: Iterable[Shown], tables: Sequence[Table], bases: dict[tuple[Shown, ...], Block]
    ) -> None:
        sparse: Any = import_module("scipy.sparse")  # heavy, and only who decides a large month needs it
        self._cells = cells
        told = list(dict.fromkeys(rows))
        block = _block_table(cells, told, tables)
        self._label = cells.label(block)
        self._order = np.argsort(self._label, kind="stable")
        self._ends = np.searchsorted(self._label[self._order], np.arange(int(self._label.max()) + 2))
        self._blocks = self._inner([row for row in told if set(block) <= set(row.table)], block, bases)
        coarse = [row for row in told if not set(block) <= set(row.table)]
        norms, self._all = self._matrix(sparse, coarse)
        self._q = self._bases(sparse)
        whole = np.asarray((self._all @ self._all.T).toarray(), dtype=np.float64)
        inner: Any = (self._all @ self._q).tocsc()
        for begin in range(0, int(inner.shape[1]), _COLUMNS):
            part = np.asarray(inner[:, begin : begin + _COLUMNS].toarray(), dtype=np.float64)
            whole -= part @ part.T
        own = _independent(whole)
        kept: list[int] = own.tolist()
        self._coarse, self._norms = [coarse[n] for n in kept], norms[own]
        self._c: Any = self._all[own]
        self._g: Numbers = whole[np.ix_(own, own)]
        self._inverse: Numbers = np.asarray(np.linalg.inv(self._g), dtype=np.float64)

    def drawn(self) -> Numbers | None:
        """Numbers for the cells by which everything that is told is 0; None where they do not come out exactly."""
        start = np.random.default_rng(SEED).standard_normal((len(self._cells.sizes), DRAWN))
        found = self._without_blocks(start)
        for _ in range(3):  # what rounding leaves the first time goes the next
            times = self._solved(np.asarray(self._c @ found))
            found = self._without_blocks(found - np.asarray(self._c.T @ times))
        wrong = max(float(np.abs(np.asarray(all_of @ found)).max(initial=0)) for all_of in (self._all, self._q.T))
        return found if wrong < _EXACT else None

    def needed(self, groups: Sequence[Found]) -> Iterator[list[Shown]]:
        """For each group that follows from what is told: the sums it follows from."""
        for begin in range(0, len(groups), _AT_ONCE):
            some = groups[begin : begin + _AT_ONCE]
            wanted = np.zeros((len(self._cells.sizes), len(some)))
            for n, one in enumerate(some):
                wanted[one.cells, n] = one.times
            times = self._solved(np.asarray(self._c @ self._without_blocks(wanted)))
            left: Numbers = wanted - np.asarray(self._c.T @ times)
            for n in range(len(some)):
                much = np.flatnonzero(np.abs(times[:, n] / self._norms) > _USED).tolist()
                used = [self._coarse[at] for at in much]
                for group in np.unique(self._label[np.abs(left[:, n]) > _USED]).tolist():
                    if block := self._blocks.get(group):
                        at = self._members(group)
                        by: Numbers = _times(block.sums, left[at, n])
                        used += [block.rows[at] for at in np.flatnonzero(np.abs(by) > _USED).tolist()]
                yield used

    def _members(self, group: int) -> Places:
        return self._order[self._ends[group] : self._ends[group + 1]]

    def _without_blocks(self, numbers: Numbers) -> Numbers:
        return numbers - np.asarray(self._q @ (self._q.T @ numbers))

    def _solved(self, right: Numbers) -> Numbers:
        found: Numbers = self._inverse @ right
        for _ in range(3):
            found += self._inverse @ (right - self._g @ found)
        return found

    def _matrix(self, sparse: Any, coarse: Sequence[Shown]) -> tuple[Numbers, Any]:
        """The coarse sums over the cells, each of length 1."""
        places: dict[tuple[int, Table], list[tuple[int, int]]] = {}
        for n, row in enumerate(coarse):
            places.setdefault((row.column, row.table), []).append((row.group, n))
        none: Places = np.zeros(0, dtype=np.int64)
        rows, at, values = [none], [none], [np.zeros(0)]
        for (column, table), some in places.items():
            label = self._cells.label(table)
            place = np.full(int(label.max()) + 1, -1, dtype=np.int64)
            place[[group for group, _ in some]] = [n for _, n in some]
            inside = np.flatnonzero((place[label] >= 0) & (self._cells.times[:, column] > 0))
            rows.append(place[label[inside]])
            at.append(inside)
            values.append(self._cells.times[inside, column])
        row, value = np.concatenate(rows), np.concatenate(values)
        norms = np.sqrt(np.bincount(row, value**2, len(coarse)))
        shape = (len(coarse), len(self._cells.sizes))
        return norms, sparse.csr_matrix((value / norms[row], (row, np.concatenate(at))), shape=shape)

    def _inner(self, rows: Sequence[Shown], block: Table, bases: dict[tuple[Shown, ...], Block]) -> dict[int, Block]:
        """What is told of each block."""
        above: dict[Table, Places] = {}
        of: dict[int, list[Shown]] = {}
        for row in rows:
            if row.table not in above:
                label = self._cells.label(row.table)
                above[row.table] = np.zeros(int(label.max()) + 1, dtype=np.int64)
                above[row.table][label] = self._label
            of.setdefault(int(above[row.table][row.group]), []).append(row)
        found: dict[int, Block] = {}
        for group, some in of.items():
            name = (Shown(-1, block, group), *some)
            if name not in bases:
                bases[name] = _block(self._cells, self._members(group), some)
            found[group] = bases[name]
        return found

    def _bases(self, sparse: Any) -> Any:
        """What is told of each block, as vectors of length 1 at right angles."""
        none: Places = np.zeros(0, dtype=np.int64)
        rows, columns, values, many = [none], [none], [np.zeros(0)], 0
        for group, block in self._blocks.items():
            at, width = self._members(group), int(block.base.shape[1])
            rows.append(np.repeat(at, width))
            columns.append(np.tile(np.arange(many, many + width, dtype=np.int64), len(at)))
            values.append(block.base.reshape(-1))
            many += width
        filled = np.concatenate(values)
        used = filled != 0
        place = (np.concatenate(rows)[used], np.concatenate(columns)[used])
        return sparse.csr_matrix((filled[used], place), shape=(len(self._cells.sizes), many))


def _block(cells: Cells, at: Places, rows: Sequence[Shown]) -> Block:
    sums: Numbers = np.stack(
        [cells.times[at, row.column] * (cells.label(row.table)[at] == row.group) for row in rows], axis=1
    )
    long: Numbers = sums / np.sqrt((sums**2).sum(axis=0))
    own = _independent(long.T @ long)
    kept: list[int] = own.tolist()
    base: Numbers = np.asarray(np.linalg.qr(long[:, own])[0])
    base[np.abs(base) < 1e-14] = 0
    return Block([rows[n] for n in kept], sums[:, own], base)


def _block_table(cells: Cells, told: Sequence[Shown], tables: Sequence[Table]) -> Table:
    finest = max(tables, key=len)
    if sum(row.table != finest for row in told) <= _COARSE:
        return finest
    return max((table for table in tables if len(table) == 1), key=lambda table: int(cells.label(table).max()))


def _independent(products: Numbers) -> Places:
    """Which rows do not follow from those before them, by all their products (Cholesky's way, by blocks)."""
    many = len(products)
    lower = np.zeros((many, many))
    own: list[int] = []
    for begin in range(0, many, _AT_ONCE):
        end = min(begin + _AT_ONCE, many)
        panel = products[begin:, begin:end] - lower[begin:, :begin] @ lower[begin:end, :begin].T
        for n in range(end - begin):
            column = panel[n:, n] - lower[begin + n :, begin : begin + n] @ lower[begin + n, begin : begin + n]
            if column[0] > _FOLLOWS:
                own.append(begin + n)
                lower[begin + n :, begin + n] = column / np.sqrt(column[0])
    return np.array(own, dtype=np.int64)


def _times(sums: Numbers, wanted: Numbers) -> Numbers:
    solved: Any = np.linalg.lstsq(sums, wanted, rcond=None)
    return np.asarray(solved[0], dtype=np.float64)
