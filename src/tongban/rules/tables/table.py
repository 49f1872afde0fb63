"""Decision tables: compiled once, with all faults reported together, and decided in microseconds.

Rows are bits of one integer. Each column evaluates each of its *different* cells at most once and keeps the rows
for which the cell holds; the rows that survive all columns match. A second set keeps the rows that no cell has
refused: those beyond the matching ones could match, were some unknown fact known. A cell that neither set needs
is skipped.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import cast

from tongban.rules.feel.dialect import FEEL, Dialect
from tongban.rules.feel.errors import Code, RuleValueError, Undefined
from tongban.rules.feel.expression import compile_expression
from tongban.rules.feel.frame import Frame, run_bounded
from tongban.rules.feel.reader import NO_VOCABULARY, Vocabulary
from tongban.rules.feel.text import cell_text, feel_text
from tongban.rules.feel.values import Value, number, to_feel, type_name

from .assemble import Assembler, Parts
from .cells import Cell
from .hit import LISTED, RESOLVERS, SINGLE, Hits, Outputs, Status
from .model import HitPolicy, Input, Literal, Output, Row
from .trace import Decision, PlacedCause


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """A compiled decision table. Make one with `Table.build`."""

    name: str
    inputs: tuple[Input, ...]
    outputs: tuple[Output, ...]
    rows: tuple[Row, ...]
    hit: HitPolicy
    hash: str
    """SHA-256 of the whole content, in hexadecimal: the same content has the same hash, on any machine."""
    _parts: Parts

    @staticmethod
    def build(
        name: str,
        inputs: Sequence[Input],
        outputs: Sequence[Output],
        rows: Sequence[Row],
        hit: HitPolicy = HitPolicy.UNIQUE,
        names: Iterable[str] = (),
        dialect: Dialect = FEEL,
        vocabulary: Vocabulary = NO_VOCABULARY,
    ) -> Table:
        """Compiles a table over the facts called `names`. Raises `TableErrors` with all faults at once."""
        parts = Assembler(name, inputs, outputs, rows, hit, names, dialect, vocabulary).assemble()
        content = _content(name, inputs, outputs, rows, hit, dialect)
        return Table(name, tuple(inputs), tuple(outputs), tuple(rows), hit, _hash(content), parts)

    @property
    def names(self) -> tuple[str, ...]:
        """The facts that the table reads."""
        return self._parts.layout.names

    @property
    def cells(self) -> tuple[tuple[Cell, ...], ...]:
        """The compiled cells, row by row."""
        return self._parts.cells

    def decide(self, context: Mapping[str, object], now: Value = None) -> Decision:
        """The decision for the facts in `context`; a fact that is not there is unknown. `now` is what `now()` tells.

        Raises `RuleValueError` for a fact that FEEL has no type for.
        """
        parts = self._parts
        frame = parts.layout.frame(context, now)
        facts = parts.layout.facts(frame)
        alive = possible = (1 << len(self.rows)) - 1
        inputs: list[Value] = []
        for column in parts.columns:
            value = run_bounded(column.read, frame)
            if column.types and value is not None and type(value) not in column.types:
                value = frame.null((0, 0), Code.WRONG_TYPE, column.title, column.type, type_name(value))
            inputs.append(value)
            held, unsure = column.always, 0
            for check, rows in column.checks:
                if rows & possible:
                    verdict = check(value, frame)
                    if verdict:
                        held |= rows
                    elif verdict is None:
                        unsure |= rows
            alive &= held
            possible &= held | unsure
        hits = _numbers(alive)
        status, rows, outputs = self._resolve(hits, frame) if hits else (Status.NO_ROW, (), None)
        decision = Decision(
            self,
            status,
            outputs,
            rows,
            hits,
            _numbers(possible & ~alive),
            facts,
            tuple(inputs),
            tuple(frame.causes),
        )
        return decision if hits else self._without_match(decision, frame)

    def replay(self, compact: Mapping[str, object]) -> Decision:
        """The decision that `Decision.compact` recorded, made again.

        Raises `RuleValueError` if the record is of another table or of another version of this one, and
        `RuleSyntaxError` if its facts are damaged.
        """
        facts = compact.get("facts")
        if compact.get("table") != self.hash or not isinstance(facts, Mapping):
            raise RuleValueError(f"the record is not of table {self.name} with hash {self.hash}")
        texts = cast("Mapping[str, str]", facts)
        return self.decide({name: compile_expression(text, ()).evaluate({}) for name, text in texts.items()})

    def check_row(self, decision: Decision, row: int) -> tuple[bool | None, ...]:
        """For each cell of `row` (from 1), whether it held in `decision`: true, false or unknown."""
        frame = self._parts.layout.restore(decision.facts)
        return tuple(cell.check(value, frame) for cell, value in zip(self.cells[row - 1], decision.inputs, strict=True))

    def row_outputs(self, decision: Decision, row: int) -> dict[str, Value]:
        """What `row` (from 1) says for the facts of `decision`, whether it matched or not."""
        return self._parts.results[row - 1].outputs(self._parts.layout.restore(decision.facts))

    def placed_causes(self, decision: Decision) -> tuple[PlacedCause, ...]:
        """The causes of nulls in `decision`, each with the cell that it was met in: found by asking each cell of the
        rows that no cell refused, and each output of the rows that matched, once more and alone."""
        parts, found = self._parts, list[PlacedCause]()

        def ask(row: int, column: int, run: Callable[[Frame], object]) -> None:
            frame = parts.layout.restore(decision.facts)
            run(frame)
            found.extend(PlacedCause(row, column, cause) for cause in frame.causes)

        for place, column in enumerate(parts.columns, 1):
            ask(0, place, column.read)
        for row in (*decision.hits, *decision.could_match):
            for place, (cell, value) in enumerate(zip(self.cells[row - 1], decision.inputs, strict=True), 1):
                ask(row, place, lambda frame, check=cell.check, value=value: check(value, frame))
        for row in decision.hits:
            for place, run in enumerate(parts.results[row - 1].runs, len(self.inputs) + 1):
                ask(row, place, lambda frame, run=run: run_bounded(run, frame))
        return tuple(found)

    def _resolve(self, hits: tuple[int, ...], frame: Frame) -> tuple[Status, tuple[int, ...], Outputs]:
        results = self._parts.results
        if len(hits) == 1 and self.hit in SINGLE:
            return Status.DECIDED, hits, results[hits[0] - 1].outputs(frame)
        try:
            found = {row: results[row - 1].outputs(frame) for row in hits}
            return RESOLVERS[self.hit](Hits(found, self._parts.priorities))
        except Undefined as undefined:
            frame.null((0, 0), undefined.code, *undefined.details)
            return Status.DECIDED, hits, {output.name: None for output in self.outputs}

    def _without_match(self, nothing: Decision, frame: Frame) -> Decision:
        """No row matched: is a fact missing, does the default apply, or does the table have a gap?"""
        default = self._parts.default
        outputs: Outputs = None
        if default is not None:
            outputs = [default.outputs(frame)] if self.hit in LISTED else default.outputs(frame)
        elif self.hit in LISTED:
            outputs = []
        elif self.hit is HitPolicy.COUNT:
            outputs = {self.outputs[0].name: number(0)}
        status = Status.NO_ROW if default is None else Status.DEFAULT
        return replace(nothing, status=Status.MISSING_FACT if nothing.could_match else status, outputs=outputs)


def _numbers(mask: int) -> tuple[int, ...]:
    """The numbers of the rows in `mask`, from 1."""
    found: list[int] = []
    while mask:
        lowest = mask & -mask
        found.append(lowest.bit_length())
        mask ^= lowest
    return tuple(found)


def _output_text(value: str | Literal | None) -> object:
    return {"literal": feel_text(to_feel(value.value))} if isinstance(value, Literal) else value


def _content(
    name: str,
    inputs: Sequence[Input],
    outputs: Sequence[Output],
    rows: Sequence[Row],
    hit: HitPolicy,
    dialect: Dialect,
) -> object:
    """All that a table says, as JSON can write it."""

    def values(listed: Sequence[object]) -> list[str]:
        return [feel_text(to_feel(value)) for value in listed]

    return {
        "name": name,
        "hit": hit.value,
        "dialect": dialect.name,
        "inputs": [[i.expression, i.label, i.type, values(i.values)] for i in inputs],
        "outputs": [[o.name, o.type, values(o.values), _output_text(o.default)] for o in outputs],
        "rows": [
            [[cell_text(cell) for cell in row.cells], [_output_text(o) for o in row.outputs], row.law, row.note]
            for row in rows
        ],
    }


def _hash(content: object) -> str:
    text = json.dumps(content, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("ascii")).hexdigest()
