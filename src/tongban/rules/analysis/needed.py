"""What the unknown inputs would have to be for each outcome that is still open."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from tongban.rules.tables.hit import Status
from tongban.rules.tables.model import HitPolicy
from tongban.rules.tables.table import Table

from .domains import Known, Space, space
from .outcomes import keys, ranks, spoken
from .sweep import Box, Unfinished, bits, merged
from .text import domain_text

MOST_STATES = 5_000
"""Sets of rows that may be looked at before the table counts as too tangled."""

_ORDER = (Status.DECIDED, Status.DEFAULT, Status.CONFLICT, Status.NO_ROW)
_Key: TypeAlias = tuple[Status, tuple[int, ...]]
"""What makes two ends the same: the status, and what is said (as numbers) or which rows contradict each other."""


@dataclass(frozen=True, slots=True)
class Way:
    """One way to an outcome: the cells that the unknown inputs must pass, all of them together, by column (from 0).
    An input that does not matter here is left out."""

    cells: tuple[tuple[int, str], ...]


@dataclass(frozen=True, slots=True)
class Reachable:
    """One outcome that is still open, and all that leads to it.

    status   how the table would end; `NO_ROW` is an outcome too: a gap
    rows     the rows (from 1) that would count; for an outcome reached by several, all of those
    outputs  by output name its FEEL text: a constant or the formula; empty where there is no outcome
    ways     different ways there, none overlapping another
    values   for each unknown input (column from 0) all its values in any way, as one cell
    """

    status: Status
    rows: tuple[int, ...]
    outputs: tuple[tuple[str, str], ...]
    ways: tuple[Way, ...]
    values: tuple[tuple[int, str], ...]


def needed(
    table: Table, facts: Mapping[str, object], known: Mapping[int, Known] | Sequence[Known] = ()
) -> tuple[Reachable, ...]:
    """For the facts in `facts` each outcome that the unknown inputs could still lead to, surest first: outcomes by
    the first of their rows, then conflicts and gaps.

    An input column counts as unknown if its value is null. Cells that read facts that are unknown are taken to be
    able to hold, and to be able not to: then an outcome may be named that no value leads to, never one left out.
    Raises `Unfinished` for a table that is too tangled.
    """
    return _Search(space(table, known), facts).outcomes()


class _Search:
    def __init__(self, cut: Space, facts: Mapping[str, object]) -> None:
        self._table = cut.table
        self._said = spoken(cut.table)
        self._keys = keys(self._said)
        self._ranks = ranks(cut.table, self._said)
        self._columns = cut.columns
        self._all_rows = cut.all_rows
        self._open, self._sure, self._maybe = self._narrowed(facts)
        self._full = self._accepting_the_rest()
        self._seen: set[tuple[int, int, int]] = set()

    def outcomes(self) -> tuple[Reachable, ...]:
        ends: dict[_Key, list[Box]] = {}
        rows: dict[_Key, int] = {}
        for box, sure, maybe in self._walk(0, self._sure, self._maybe, ()):
            for hits in (sure, *(sure | 1 << row for row in bits(maybe & ~sure))):
                key, counting = self._end(hits)
                ends.setdefault(key, []).append(box)
                rows[key] = rows.get(key, 0) | counting
        found = [self._reachable(key, rows[key], boxes) for key, boxes in ends.items()]
        return tuple(sorted(found, key=lambda one: (_ORDER.index(one.status), one.rows)))

    def _narrowed(self, facts: Mapping[str, object]) -> tuple[list[int], int, int]:
        """The unknown columns, and the rows that the known ones certainly and perhaps leave."""
        sure = maybe = self._all_rows
        opened: list[int] = []
        for index, value in enumerate(self._table.decide(facts).inputs):
            if value is None:
                opened.append(index)
                continue
            cells = [line[index] for line in self._table.cells]
            passed = {text: cell.test(value, facts) for text, cell in {cell.text: cell for cell in cells}.items()}
            for row, cell in enumerate(cells):
                if passed[cell.text] is not True:
                    sure &= ~(1 << row)
                if passed[cell.text] is False:
                    maybe &= ~(1 << row)
        return opened, sure, maybe

    def _accepting_the_rest(self) -> list[int]:
        """For each open column the rows that certainly accept all that can occur from there on."""
        full = [self._all_rows]
        for index in reversed(self._open):
            column = self._columns[index]
            accepted = full[-1]
            for part in bits(column.possible):
                accepted &= column.holds[part]
            full.append(accepted)
        return full[::-1]

    def _walk(self, depth: int, sure: int, maybe: int, chosen: Box) -> Iterator[tuple[Box, int, int]]:
        """Boxes over the open columns, with the rows that certainly and perhaps match in all of each."""
        if self._table.hit is HitPolicy.FIRST and sure & self._full[depth]:
            first = sure & self._full[depth]
            below = ((first & -first) << 1) - 1  # no row after one that matches anyway can count
            sure, maybe = sure & below, maybe & below
        if maybe & self._full[depth] == maybe == sure:
            rest = (self._columns[index].possible for index in self._open[depth:])
            yield (*chosen, *rest), sure, maybe
            return
        if depth == len(self._open):
            yield chosen, sure, maybe
            return
        self._seen.add((depth, sure, maybe))
        if len(self._seen) > MOST_STATES:
            raise Unfinished
        column = self._columns[self._open[depth]]
        groups: dict[tuple[int, int], int] = {}
        for part in bits(column.possible):
            left = sure & column.holds[part], maybe & column.may_hold[part]
            groups[left] = groups.get(left, 0) | 1 << part
        for (some, perhaps), mask in groups.items():
            yield from self._walk(depth + 1, some, perhaps, (*chosen, mask))

    def _end(self, hits: int) -> tuple[_Key, int]:
        """How the table ends where exactly `hits` match, and which of them count."""
        rows = tuple(bits(hits))
        if not rows:
            default = any(output.default is not None for output in self._table.outputs)
            return (Status.DEFAULT if default else Status.NO_ROW, ()), 0
        said = tuple(dict.fromkeys(self._keys[row] for row in rows))
        match self._table.hit:
            case HitPolicy.UNIQUE if len(rows) > 1:
                return (Status.CONFLICT, rows), hits
            case HitPolicy.ANY if len(said) > 1:
                return (Status.CONFLICT, rows), hits
            case HitPolicy.UNIQUE | HitPolicy.ANY:
                return (Status.DECIDED, said), hits
            case HitPolicy.FIRST:
                best = min(rows)
            case HitPolicy.PRIORITY if self._ranks is not None:
                best = min(rows, key=self._ranks.__getitem__)
            case _:
                return (Status.DECIDED, tuple(self._keys[row] for row in rows)), hits
        return (Status.DECIDED, (self._keys[best],)), 1 << best

    def _reachable(self, key: _Key, counting: int, boxes: list[Box]) -> Reachable:
        rows = tuple(bits(counting))
        status, said = key
        outputs: list[tuple[str, str]] = []
        if status is Status.DECIDED:
            lines = [self._said[self._keys.index(one)] for one in said]
            outputs = [(o.name, ", ".join(line[n].text for line in lines)) for n, o in enumerate(self._table.outputs)]
        ways = tuple(Way(tuple(self._cells(box))) for box in merged(dict.fromkeys(boxes)))
        union = [0] * len(self._open)
        for box in boxes:
            union = [one | other for one, other in zip(union, box, strict=True)]
        values = tuple(
            (index, domain_text(self._columns[index], mask)) for index, mask in zip(self._open, union, strict=True)
        )
        return Reachable(status, tuple(row + 1 for row in rows), tuple(outputs), ways, values)

    def _cells(self, box: Box) -> Iterator[tuple[int, str]]:
        for index, mask in zip(self._open, box, strict=True):
            column = self._columns[index]
            if mask & column.possible != column.possible:
                yield index, domain_text(column, mask)
