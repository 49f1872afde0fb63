"""Small groups without a name: any cells of few that come out together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from tongban.oversight.crowds.cells import DRAWN, SEED, ZERO, Cells, Found, Numbers, Places, Shown, Table

_MOST = 20_000
"""Sets of classes that are tried in one group, each by itself and with every other."""


def loose(cells: Cells, tables: Iterable[Table], shown: Iterable[Shown], drawn: Numbers) -> Iterator[Found]:
    """Sets of fewer than `small` within one group of these tables that come out.

    Cells that nothing shown tells apart come out together or not at all. Of few such classes every set is tried, of
    many the sets of the fewest classes, each with each.
    """
    label = _alike(cells, shown)
    size: Numbers = np.asarray(np.bincount(label, cells.sizes), dtype=np.float64)
    sums: Numbers = np.asarray(np.stack([np.bincount(label, one) for one in drawn.T], axis=1), dtype=np.float64)
    light = np.flatnonzero(size < cells.small)
    first = np.zeros(len(size), dtype=np.int64)
    first[label] = np.arange(len(label))
    told: set[tuple[int, ...]] = set()
    for table in tables:
        group = cells.label(table)[first[light]]
        order = light[np.argsort(group, kind="stable")]
        for some in np.split(order, np.flatnonzero(np.diff(np.sort(group))) + 1):
            for chosen in _chosen(size[some], sums[some], cells.small):
                name = tuple(sorted(int(some[n]) for n in chosen))
                if name not in told:
                    told.add(name)
                    at = np.flatnonzero(np.isin(label, name))
                    yield Found(at, np.ones(len(at)))


def _alike(cells: Cells, shown: Iterable[Shown]) -> Places:
    """The class of each cell: cells that count equally often in everything that is shown."""
    random = np.random.default_rng(SEED)
    mark = np.zeros(len(cells.sizes), dtype=np.uint64)
    places: dict[tuple[int, Table], list[int]] = {}
    for row in sorted(shown):
        places.setdefault((row.column, row.table), []).append(row.group)
    for (column, table), groups in places.items():
        label = cells.label(table)
        marks = np.zeros(int(label.max()) + 1, dtype=np.uint64)
        marks[groups] = random.integers(1, 2**63, len(groups), dtype=np.uint64)
        mark += marks[label] * cells.times[:, column].astype(np.uint64)
    return np.asarray(np.unique(mark, return_inverse=True)[1], dtype=np.int64).reshape(-1)


def _chosen(size: Numbers, sums: Numbers, small: int) -> Iterator[Sequence[int]]:
    sets, value, inside = _sets(size, sums, small)
    if not len(sets):
        return
    zero = (np.abs(value) < ZERO).all(axis=1)
    yield from ([n for n in row if n >= 0] for row in sets[zero].tolist())
    sets, value, inside = sets[~zero], value[~zero], inside[~zero]
    order = np.argsort(value[:, 0])
    sets, value, inside = sets[order], value[order], inside[order]
    begin = np.searchsorted(value[:, 0], -value[:, 0] - ZERO)
    end = np.searchsorted(value[:, 0], -value[:, 0] + ZERO)
    for n in np.flatnonzero(end > begin):
        for m in range(max(int(begin[n]), int(n) + 1), int(end[n])):
            if inside[n] + inside[m] < small and (np.abs(value[n] + value[m]) < ZERO).all():
                both = [one for one in (*sets[n].tolist(), *sets[m].tolist()) if one >= 0]
                if len(set(both)) == len(both):
                    yield both


def _sets(size: Numbers, sums: Numbers, small: int) -> tuple[Places, Numbers, Numbers]:
    """Sets of classes with fewer than `small` together, those of the fewest classes first, `_MOST` at most: the classes
    (-1 where there is none), their sums, and how many there are in each."""
    many = len(size)
    level: Places = np.arange(many, dtype=np.int64).reshape(-1, 1)
    value, inside = sums.reshape(-1, DRAWN), size
    found = [(level, value, inside)]
    total = many
    while len(level) and level.shape[1] < small - 1:
        following = many - 1 - level[:, -1]
        if total + int(following.sum()) > _MOST:
            break
        above = np.repeat(np.arange(len(level)), following)
        start = np.repeat(np.cumsum(following) - following, following)
        added = level[above, -1] + 1 + np.arange(len(above)) - start
        fits = inside[above] + size[added] < small
        above, added = above[fits], added[fits]
        level = np.concatenate([level[above], added.reshape(-1, 1)], axis=1)
        value, inside = value[above] + sums[added], inside[above] + size[added]
        found.append((level, value, inside))
        total += len(level)
    width = max(level.shape[1] for level, _, _ in found)
    padded = [np.pad(level, ((0, 0), (0, width - level.shape[1])), constant_values=-1) for level, _, _ in found]
    return np.concatenate(padded), np.concatenate([v for _, v, _ in found]), np.concatenate([i for _, _, i in found])
