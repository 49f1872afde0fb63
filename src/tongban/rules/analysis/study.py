"""All that is found about one table, found once: boxes and rows, before anybody is shown."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from itertools import islice
from typing import TypeVar

from tongban.rules.tables.model import HitPolicy
from tongban.rules.tables.table import Table

from .domains import Known, Space, space
from .rows import Covered, Overlap, Rows, Unreached
from .sweep import Box, Sweeper, Unfinished, merged

T = TypeVar("T")

MOST_BOXES = 200
"""Gaps and overlaps of one table that are looked at; a table with more has one fault, not two hundred."""


class Study:
    """The findings about one table, each worked out when it is first asked for. Make one with `study`."""

    def __init__(self, cut: Space) -> None:
        self.space = cut
        self.table: Table = cut.table
        self._sweeper = Sweeper(cut)
        self._rows = Rows(self._sweeper)
        self.unfinished = False
        """Whether some sweep gave up, so that more may be wrong than what was found."""

    def _all(self, found: Iterator[T]) -> tuple[T, ...]:
        kept: list[T] = []
        try:
            kept.extend(islice(found, MOST_BOXES))
        except Unfinished:
            self.unfinished = True
        return tuple(kept)

    @cached_property
    def gaps(self) -> tuple[Box, ...]:
        """Boxes that no row covers, with every input known."""
        known = tuple(column.values for column in self.space.columns)
        return merged(self._all(self._sweeper.gaps(known)))

    @cached_property
    def unknown_gaps(self) -> tuple[Box, ...]:
        """Boxes in which an input that may be blank is unknown and no row covers that."""
        columns = self.space.columns
        found: list[Box] = []
        for index, column in enumerate(columns):
            if column.known.blank:
                # what is before this column is known, what is after it may be unknown too: each box once
                within = tuple(
                    c.values if n < index else column.unknown if n == index else c.possible
                    for n, c in enumerate(columns)
                )
                found += self._all(self._sweeper.gaps(within))
        return merged(found[:MOST_BOXES])

    @cached_property
    def overlaps(self) -> tuple[Overlap, ...]:
        """Pairs of rows that contradict each other: any pair for UNIQUE, unequal ones for ANY, none otherwise."""
        match self.table.hit:
            case HitPolicy.UNIQUE:
                return self._all(self._rows.overlaps())
            case HitPolicy.ANY:
                return self._all(pair for pair in self._rows.overlaps() if not pair.same)
            case _:
                return ()

    @cached_property
    def never(self) -> tuple[int, ...]:
        """Rows (from 0) with a cell that nothing passes."""
        return self._rows.never()

    @cached_property
    def shadowed(self) -> tuple[Covered, ...]:
        """FIRST: rows that the rows above leave nothing to."""
        return self._all(self._rows.shadowed())

    @cached_property
    def masked(self) -> tuple[Covered, ...]:
        """PRIORITY: rows that rows of a higher priority leave nothing to."""
        return self._all(self._rows.masked())

    @cached_property
    def subsumed(self) -> tuple[Covered, ...]:
        """Rows that could be struck out, because another says the same wherever they match."""
        gone = {covered.row for covered in (*self.shadowed, *self.masked)}
        return tuple(covered for covered in self._all(self._rows.subsumed()) if covered.row not in gone)

    @cached_property
    def unreached(self) -> tuple[Unreached, ...]:
        """Allowed values of outputs that no row gives."""
        return tuple(self._rows.unreached())

    @cached_property
    def really_unique(self) -> bool:
        """Whether the hit policy settles overlaps that do not exist."""
        return self._rows.really_unique()


_KEPT: dict[tuple[str, tuple[Known, ...]], Study] = {}
_MOST_KEPT = 5_000


def study(table: Table, known: tuple[Known, ...] = ()) -> Study:
    """What there is to say about `table`; kept by its hash, so that the same table elsewhere costs a look-up.

    known   what is known of each input, in order (see `Known`); may be shorter than the table is wide
    """
    key = (table.hash, known)
    found = _KEPT.get(key)
    if found is None:
        if len(_KEPT) >= _MOST_KEPT:
            _KEPT.clear()
        found = _KEPT.setdefault(key, Study(space(table, known)))
    return found
