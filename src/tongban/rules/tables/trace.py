"""What a decision knows about itself: the rows that matched, why the others did not, what was unknown.

Deciding only records the facts and the numbers of the rows. Everything else here is found again from those, on
demand, because a decision is made far more often than it is questioned.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from tongban.rules.feel.errors import Cause
from tongban.rules.feel.text import feel_text, to_json
from tongban.rules.feel.values import Value

from .hit import Outputs, Status
from .model import HitPolicy

if TYPE_CHECKING:
    from .table import Table


class Reason(StrEnum):
    """Why a row is not among those that count."""

    FALSE = "false"
    """The named cell does not hold for the actual value."""
    UNKNOWN = "unknown"
    """No cell fails, but the named one cannot be judged: its fact is missing. The row could match."""
    OUTRANKED = "outranked"
    """All its cells hold, but the hit policy preferred another row."""


@dataclass(frozen=True, slots=True)
class RowMiss:
    """Why one row does not count. `row` is from 1; `column` is the input's index from 0.

    The cell named is the first that is false; only if none is, the first that is unknown. A row that was
    outranked names no cell: `column` is -1 and `input` and `cell` are empty.
    """

    row: int
    reason: Reason
    column: int
    input: str
    cell: str
    value: Value
    law: str | None


@dataclass(frozen=True, slots=True)
class PlacedCause:
    """Why a value became null, and in which cell: `row` and `column` count as in `TableError`."""

    row: int
    column: int
    cause: Cause


@dataclass(frozen=True, slots=True)
class Decision:
    """The outcome of a table for one set of facts."""

    table: Table
    status: Status
    outputs: Outputs
    """By name; a list of such for the policies that collect; None for a conflict or without outcome."""
    matched: tuple[int, ...]
    """The rows (from 1) that give the outcome; in a conflict, those that contradict each other."""
    hits: tuple[int, ...]
    """All rows (from 1) whose cells hold, also those outranked."""
    could_match: tuple[int, ...]
    """The rows (from 1) that no known fact excludes, but that an unknown one keeps from matching."""
    facts: tuple[Value, ...]
    """The facts that the table read, in the order of `table.names`."""
    inputs: tuple[Value, ...]
    """The values of the input columns."""
    causes: tuple[Cause, ...]
    """Why values became null on the way."""

    @property
    def outcome(self) -> Value:
        """`outputs`, without the name where the table has a single output column."""
        if len(self.table.outputs) > 1 or self.outputs is None:
            return self.outputs
        if isinstance(self.outputs, list):
            return [value for row in self.outputs for value in row.values()]
        return next(iter(self.outputs.values()))

    @property
    def unknown(self) -> tuple[str, ...]:
        """The labels of the inputs that had no value."""
        pairs = zip(self.table.inputs, self.inputs, strict=True)
        return tuple(column.title for column, value in pairs if value is None)

    @property
    def laws(self) -> tuple[str, ...]:
        """The laws of the rows that count, each once."""
        rows = self.table.rows
        return tuple(dict.fromkeys(law for row in self.matched if (law := rows[row - 1].law) is not None))

    @property
    def missing(self) -> tuple[str, ...]:
        """The labels of the inputs that must become known before the rows of `could_match` can be judged."""
        checks = (self.table.check_row(self, row) for row in self.could_match)
        columns = {column for row in checks for column, passed in enumerate(row) if passed is None}
        return tuple(self.table.inputs[column].title for column in sorted(columns))

    @property
    def settled(self) -> bool:
        """Whether no unknown fact could change the outcome. Only a settled decision may act by itself.

        Careful rather than clever: False also where the outcome would happen to be the same.
        """
        if self.table.hit is HitPolicy.FIRST and self.matched and self.could_match:
            return self.could_match[0] > self.matched[0]
        return not self.could_match

    def why_not(self) -> list[RowMiss]:
        """For each row that does not count, the reason, in the order of the table."""
        counted = frozenset(self.matched)
        return [self._miss(row) for row in range(1, len(self.table.rows) + 1) if row not in counted]

    def _miss(self, row: int) -> RowMiss:
        law = self.table.rows[row - 1].law
        passed = self.table.check_row(self, row)
        for verdict, reason in ((False, Reason.FALSE), (None, Reason.UNKNOWN)):
            if verdict in passed:
                column = passed.index(verdict)
                cell = self.table.cells[row - 1][column].text
                label = self.table.inputs[column].title
                return RowMiss(row, reason, column, label, cell, self.inputs[column], law)
        return RowMiss(row, Reason.OUTRANKED, -1, "", "", None, law)

    def compact(self) -> dict[str, Any]:
        """All that must be kept: from it `Table.replay` finds everything again. Values are FEEL texts, so that
        they come back exactly."""
        facts = {name: feel_text(value) for name, value in zip(self.table.names, self.facts, strict=True)}
        return {
            "table": self.table.hash,
            "facts": facts,
            "status": self.status.value,
            "rows": list(self.matched),
        }

    def as_json(self) -> dict[str, Any]:
        """The whole explanation, for people and programs that read JSON."""
        pairs = zip(self.table.inputs, self.inputs, strict=True)
        rows = self.table.rows
        return {
            "table": {"name": self.table.name, "hash": self.table.hash, "hit": self.table.hit.value},
            "status": self.status.value,
            "settled": self.settled,
            "outputs": to_json(self.outputs),
            "inputs": [{"label": column.title, "value": to_json(value)} for column, value in pairs],
            "unknown": list(self.unknown),
            "missing": list(self.missing),
            "matched": [{"row": row, "law": rows[row - 1].law, "note": rows[row - 1].note} for row in self.matched],
            "whyNot": [
                {
                    "row": miss.row,
                    "reason": miss.reason.value,
                    "input": miss.input,
                    "cell": miss.cell,
                    "value": to_json(miss.value),
                    "law": miss.law,
                }
                for miss in self.why_not()
            ],
            "causes": [
                {"code": cause.code.value, "start": cause.start, "end": cause.end, "zh": cause.zh, "en": cause.en}
                for cause in self.causes
            ],
        }
