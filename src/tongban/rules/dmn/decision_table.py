"""Decision tables of a model, run by `rules.tables`: typed columns, allowed values, all hit policies, defaults."""

from __future__ import annotations

from collections.abc import Sequence

from tongban.rules.feel.errors import Code, RuleSyntaxError, TableError, TableErrors, Undefined
from tongban.rules.feel.expression import compile_expression
from tongban.rules.feel.text import feel_text
from tongban.rules.feel.types import FeelType, coerce
from tongban.rules.feel.values import Value, is_context, is_list
from tongban.rules.tables.hit import LISTED, RANKED
from tongban.rules.tables.model import HitPolicy, Input, Output, Row
from tongban.rules.tables.table import Table

from . import model
from .errors import ModelFault
from .formula import Formulas
from .model import At, Feel
from .run import Run, Scope, State, TableHit, nothing

_ALLOWED = frozenset({Code.NO_CLOCK, Code.ALWAYS_NULL, Code.NOT_ALLOWED})
"""What our own tables refuse and a model may well do."""


def column_name(number: int) -> str:
    """What the value of an input column, computed and made to fit its type, is called inside the table."""
    return f"⟨{number}⟩"


class TableCompiler:
    """Compiles the decision tables of one model."""

    def __init__(self, formulas: Formulas) -> None:
        self._formulas = formulas
        self._file = formulas.file

    def compile(self, box: model.DecisionTable, names: frozenset[str], title: str) -> Run:
        """The closure of a table. A table with faults is null; the faults are noted, each at its cell."""
        reads = [self._column(column, names) for column in box.inputs]
        table = self.table(box, names, title)
        if table is None:
            return lambda state, _scope: state.null(self._file, box.at, Code.UNEXPECTED, title, "决策表", "a table")
        kinds = {output.name or title: self._formulas.type(output.type, output.at) for output in box.outputs}
        file, at = self._file, box.at

        def decide(state: State, scope: Scope) -> Value:
            columns = {column_name(n): read(state, scope) for n, read in enumerate(reads, 1)}
            decision = table.decide({**scope, **columns}, state.now)
            state.notes.tables.append(TableHit(file, box, decision))
            for placed in table.placed_causes(decision) if decision.causes else ():
                cell = _cell(box, placed.row, placed.column)
                state.blame(file, cell.at if isinstance(cell, Feel) else cell, placed.cause)
            return _fitting(decision.outcome, table, kinds, state, file, at)

        return decide

    # --- parts -------------------------------------------------------------------------------------------

    def _column(self, column: model.InputClause, names: frozenset[str]) -> Run:
        """The value of an input column: of its type, and among its allowed values, or null."""
        read = self._formulas.expression(column.expression, names) if column.expression.text.strip() else nothing
        kind = self._formulas.type(column.type, column.at)
        values = column.values
        allowed = None if values is None else self._formulas.tests(values, names)
        file, at = self._file, column.at

        def run(state: State, scope: Scope) -> Value:
            try:
                value = coerce(read(state, scope), kind)
            except Undefined as undefined:
                return state.null(file, at, undefined.code, *undefined.details)
            if value is None or values is None or allowed is None or allowed.test(value, scope) is not False:
                return value
            return state.null(file, at, Code.NOT_ALLOWED, feel_text(value), values.text.strip())

        return run

    def table(self, box: model.DecisionTable, names: frozenset[str], title: str) -> Table | None:
        """The table itself, its columns read under `column_name`; None with its faults noted."""
        inputs = [
            Input(column_name(n), column.label or column.expression.text.strip())
            for n, column in enumerate(box.inputs, 1)
        ]
        outputs = [
            Output(
                output.name or title,
                values=self._ranking(output) if box.hit in RANKED else (),
                default=None if output.default is None else output.default.text,
            )
            for output in box.outputs
        ]
        rows = [
            Row(
                [cell.text for cell in rule.inputs],
                [cell.text for cell in rule.outputs],
                note="; ".join(filter(None, (*rule.annotations, rule.description))),
            )
            for rule in box.rules
        ]
        known = (*names, *(column_name(n) for n in range(1, len(inputs) + 1)))
        for dialect in (self._formulas.strict, self._formulas.dialect):
            try:
                return Table.build(title, inputs, outputs, rows, box.hit, known, dialect, self._formulas.vocabulary)
            except TableErrors as errors:
                if dialect is self._formulas.strict:
                    faults = (self._fault(box, error) for error in errors.errors if error.code not in _ALLOWED)
                    self._formulas.faults.extend(faults)
        return None

    def _ranking(self, output: model.OutputClause) -> Sequence[Value]:
        """The values of an output in the order of their priority: its own, or those that its type allows."""
        listed = output.values or self._formulas.types.allowed_values(output.type)
        if listed is None:
            return ()
        try:
            values = compile_expression(f"[{listed.text}]", ()).evaluate({})
        except RuleSyntaxError:
            return ()
        return values if is_list(values) else ()

    def _fault(self, box: model.DecisionTable, error: TableError) -> ModelFault:
        """A fault of the table at the element of its cell."""
        at = _cell(box, error.row, error.column)
        feel = isinstance(at, Feel)
        place = at.at if isinstance(at, Feel) else at
        return ModelFault(self._file, place, error.position if feel else None, error.code, error.zh, error.en)


def _cell(box: model.DecisionTable, row: int, column: int) -> Feel | At:
    """What stands in a row (0: the head) and a column, counted from 1 through inputs and outputs."""
    if row == 0:
        clauses = (*box.inputs, *box.outputs)
        return clauses[column - 1].at if 1 <= column <= len(clauses) else box.at
    rule = box.rules[row - 1]
    cells = (*rule.inputs, *rule.outputs)
    return cells[column - 1] if 1 <= column <= len(cells) else rule.at


def _fitting(value: Value, table: Table, kinds: dict[str, FeelType], state: State, file: str, at: At) -> Value:
    """The outcome with each output made to fit the type of its column."""
    if table.hit is HitPolicy.COUNT:
        return value
    single = len(table.outputs) == 1

    def fit(name: str, one: Value) -> Value:
        try:
            return coerce(one, kinds[name])
        except Undefined as undefined:
            return state.null(file, at, undefined.code, *undefined.details)

    def row(one: Value) -> Value:
        if single:
            return fit(table.outputs[0].name, one)
        return {name: fit(name, part) for name, part in one.items()} if is_context(one) else None

    return [row(one) for one in value] if table.hit in LISTED and is_list(value) else row(value)
