"""A program as one Python function, written twice: for people of whom all is known, and for all others.

The first is short, because nothing in it can be unknown; where it meets a gap after all it starts again in the second.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence

from tongban.rules.columns.ir import RAW, UNSETTLED, Decide, Define, Program, Step, Verdict, Wait
from tongban.rules.tables.hit import AGGREGATED

from . import build as py
from .tables import Written, write_table
from .writer import Held, Writer

GENERAL = "general"


def parameters(program: Program) -> list[str]:
    """The locals of the inputs, in the order of `program.inputs`."""
    return [f"p{index}" for index in range(len(program.inputs))]


def certain(program: Program) -> list[str]:
    """The locals of the inputs that may be null, but that the short form needs."""
    pairs = zip(parameters(program), program.inputs, strict=True)
    return [local for local, field in pairs if field.bit is not None and not field.name.endswith(RAW)]


def tables_of(program: Program) -> tuple[Decide, ...]:
    return tuple(step for step in program.steps if isinstance(step, Decide))


class Body:
    """Writes the statements of one function. `whole`: of the form for people of whom all is known."""

    def __init__(self, program: Program, writer: Writer, *, whole: bool, with_inputs: bool = False) -> None:
        self.program, self.writer, self.with_inputs = program, writer, with_inputs
        sure = set(certain(program)) if whole else set[str]()
        self.inputs = [py.load(local) for local in parameters(program)]
        again = py.call(GENERAL, *self.inputs)
        self.leave = self._answer(again) if whole else None
        self.written: dict[str, Written] = {}
        writer.held = {
            field.name: Held(local, field.bit is not None and local not in sure, None, _bit(field.bit))
            for local, field in zip(parameters(program), program.inputs, strict=True)
        }

    def write(self) -> list[ast.stmt]:
        program, writer = self.program, self.writer
        with writer.inside() as statements:
            if self.leave is not None:
                writer.emit(*py.when(py.any_of([py.is_none(py.load(p)) for p in certain(program)]), self.leave))
            self._steps(program.first)
            if program.verdict is None:
                outcome, waiting = py.NULL, program.outputs
            else:
                self._verdict(program.verdict)
                self._steps(program.later)
                outcome, waiting = py.const("eligible"), program.verdict.amounts
            missing = writer.keep(writer.masks(waiting))
            writer.emit(*self._give(outcome, missing, py.all_of((self._fine(), _none_of(missing)))))
        return statements

    def _answer(self, answer: ast.expr) -> list[ast.stmt]:
        return [py.give(py.tuple_of((py.tuple_of(self.inputs), answer)) if self.with_inputs else answer)]

    def _give(self, outcome: ast.expr, missing: ast.expr, fine: ast.expr) -> list[ast.stmt]:
        """`(outcome, missing, determined, rows, matching, outputs)`; see `Compact`."""
        tables = tables_of(self.program)
        ran = [self.written.get(table.name) for table in tables]
        rows = [py.NULL if one is None else py.load(one.row) for one in ran]
        pairs = zip(tables, ran, strict=True)
        bits = [
            py.NULL if one is None or one.matching is None else py.load(one.matching)
            for table, one in pairs
            if table.hit in AGGREGATED
        ]
        held = [self.writer.held.get(name) for name in self.program.outputs]
        outputs = [py.NULL if one is None else py.load(one.local) for one in held]
        parts = (outcome, missing, fine, py.tuple_of(rows), py.tuple_of(bits), py.tuple_of(outputs))
        return self._answer(py.tuple_of(parts))

    def _fine(self) -> ast.expr:
        """Whether every table so far (besides the verdict's) is settled with a row."""
        verdict = self.program.verdict
        open_ends = [
            one.row
            for name, one in self.written.items()
            if not one.sure and (verdict is None or name != verdict.table.name)
        ]
        return py.all_of([py.compare(py.load(row), ast.Gt(), py.const(0)) for row in open_ends])

    # --- steps -------------------------------------------------------------------------------------------

    def _steps(self, steps: Sequence[Step]) -> None:
        for step in steps:
            if isinstance(step, Decide):
                self._decide(step)
            else:
                self._define(step)

    def _decide(self, table: Decide) -> Written:
        written = self.written[table.name] = write_table(self.writer, table, self.leave)
        return written

    def _define(self, step: Define) -> None:
        writer = self.writer
        applies = None
        if step.applies is not None:
            asked = writer.value(step.applies).or_none
            applies = writer.fresh("b")
            writer.emit(py.assign(applies, asked))
        value = writer.value(step.value)
        if not value.nulls and isinstance(value.expr, ast.Name):
            writer.held[step.name] = Held(value.expr.id, False, None, 0)  # another name for the same
            return
        local = writer.fresh("v")
        writer.emit(py.assign(local, value.or_none))
        held = Held(local, bool(value.nulls), applies, 0)
        writer.held[step.name] = held
        if value.nulls and step.waits:
            mask = writer.fresh("w")
            with writer.inside() as waiting:
                self._waits(mask, step.waits)
            unknown = writer.unknown(step.name)
            writer.emit(py.assign(mask, py.const(0)), *py.when(unknown, waiting))
            writer.held[step.name] = Held(local, True, applies, mask)

    def _waits(self, mask: str, waits: Sequence[Wait]) -> None:
        """The first entry whose condition holds and that waits for anything."""
        for index, wait in enumerate(waits):
            masks = self.writer.masks(wait.names)
            if isinstance(masks, ast.Constant):
                continue
            with self.writer.inside() as before:
                condition = py.TRUE if wait.condition is None else self.writer.true(wait.condition)
            test = condition if index == 0 else py.all_of((py.not_(py.load(mask)), condition))
            self.writer.emit(*before, *py.when(test, [py.assign(mask, masks)]))

    # --- the outcome -------------------------------------------------------------------------------------

    def _verdict(self, verdict: Verdict) -> None:
        """Writes all ways to an outcome other than "eligible"."""
        writer = self.writer
        if verdict.not_needed is not None:
            test = writer.true(verdict.not_needed)
            writer.emit(*py.when(test, self._give(py.const("not-needed"), py.const(0), self._fine())))
        before = dict(writer.held)
        written = self._decide(verdict.table)
        writer.held = before  # what the table says is no name that steps may use
        row = py.load(written.row)
        if not written.sure:
            if written.waits is not None:
                waits = py.load(written.waits)
                open_ = py.all_of((py.compare(row, ast.Eq(), py.const(UNSETTLED)), waits))
                writer.emit(*py.when(open_, self._give(py.const("unknown"), waits, py.FALSE)))
            none = py.compare(row, ast.LtE(), py.const(0))
            writer.emit(*py.when(none, self._give(py.const("ask-official"), py.const(0), py.FALSE)))
        others = set(verdict.outcomes) - {"eligible"}
        if others:
            outcome = writer.keep(py.item(py.const((None, *verdict.outcomes)), row))
            fine: ast.expr = self._fine()
            if "ask-official" in others:
                fine = py.all_of((fine, py.compare(outcome, ast.NotEq(), py.const("ask-official"))))
            test = py.compare(outcome, ast.NotEq(), py.const("eligible"))
            writer.emit(*py.when(test, self._give(outcome, py.const(0), fine)))


def _bit(bit: int | None) -> int:
    return 0 if bit is None else 1 << bit


def _none_of(mask: ast.expr) -> ast.expr:
    """Whether a mask is empty."""
    return py.compare(mask, ast.Eq(), py.const(0)) if not isinstance(mask, ast.Constant) else py.const(mask.value == 0)
