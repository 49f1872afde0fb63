"""Rows of input values at which a table could go wrong: every boundary, one unit to either side, and null.

For each row of the table a person whom it covers is taken, and then one input at a time is moved to each of its
edges, the others held still, so that every condition is seen to decide by itself (the idea of MC/DC tests).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from tongban.rules.feel.values import Value
from tongban.rules.tables.table import Table

from .domains import Domain, Known, Space, space


def boundary_rows(table: Table, known: Mapping[int, Known] | Sequence[Known] = ()) -> Iterator[tuple[Value, ...]]:
    """Different rows of values, one for each input column of `table` in its order; the last has nothing known.

    For inputs that are plain names, `dict(zip(names, row))` is a context for `Table.decide`.
    """
    return boundaries(space(table, known))


def boundaries(cut: Space) -> Iterator[tuple[Value, ...]]:
    """`boundary_rows` of a table that is cut already."""
    seen: set[tuple[object, ...]] = set()
    bases = dict.fromkeys(base for row in range(cut.rows) if (base := _covered(cut, row)) is not None)
    for base in bases or (tuple(0 for _ in cut.columns),):
        values = cut.values(base)
        for index, column in enumerate(cut.columns):
            for edge in column.edges:
                row = (*values[:index], edge, *values[index + 1 :])
                key = tuple((type(value), str(value)) for value in row)
                if key not in seen:
                    seen.add(key)
                    yield row
    nothing: tuple[Value, ...] = (None,) * len(cut.columns)
    if tuple((type(None), "None") for _ in nothing) not in seen:
        yield nothing


def edges(table: Table, known: Mapping[int, Known] | Sequence[Known] = ()) -> tuple[tuple[Value, ...], ...]:
    """For each input column every boundary with its neighbours one unit away, and null."""
    return tuple(column.edges for column in space(table, known).columns)


def _covered(cut: Space, row: int) -> tuple[int, ...] | None:
    """For each column a part that the row may accept, a known one where there is one."""
    found = [_lowest(column, column.may[row]) for column in cut.columns]
    return None if -1 in found else tuple(found)


def _lowest(column: Domain, mask: int) -> int:
    """The number of the first part in `mask`, -1 if there is none."""
    wanted = mask & column.values or mask
    return (wanted & -wanted).bit_length() - 1
