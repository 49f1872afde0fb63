"""Programs made from FEEL texts: for models that are no services, and for tests and measurements.

What is unknown is never false and never zero, exactly as in a service file.
"""

from __future__ import annotations

from collections.abc import Sequence

from tongban.rules.feel.expression import compile_expression
from tongban.rules.feel.syntax import Connective
from tongban.rules.tables.cells import compile_cell
from tongban.rules.tables.model import HitPolicy, Input, Row
from tongban.rules.tables.model import Output as TableOutput
from tongban.rules.tables.table import Table

from .ir import Column, Decide, Define, Field, Program, Step, Wait
from .lower import Scope, lower_strict, names_of
from .lower_tables import Reads, lower_table
from .nodes import Entry, Expr, Guard, Lookup, Ref, Type
from .refusal import NotColumnar
from .typed import type_of


class Builder:
    """Collects inputs and steps; `program` closes it. Every method that takes FEEL raises `NotColumnar`, and
    `RuleSyntaxError` or `TableErrors` for what is no rule at all."""

    def __init__(self, name: str, digest: str = "") -> None:
        self.name, self.digest = name, digest
        self._inputs: list[Field] = []
        self._steps: list[Step] = []
        self._types: dict[str, Type] = {}
        self._known: set[str] = set()

    def input(self, name: str, of: Type) -> None:
        """A fact that may be unknown."""
        self._inputs.append(Field(name, of, sum(field.bit is not None for field in self._inputs)))
        self._types[name] = of

    def constant(self, name: str, of: Type) -> None:
        """A value that is the same for all in a run, such as the day."""
        self._inputs.append(Field(name, of, None))
        self._types[name] = of
        self._known.add(name)

    def formula(self, name: str, text: str) -> None:
        """`name` as the value of a FEEL expression; unknown while a fact that it reads is."""
        compiled = compile_expression(text, self._types)
        try:
            value = lower_strict(text, compiled.node, self._scope())
        except NotColumnar as refusal:
            raise refusal.at(name) from None
        self._define(name, value, compiled.names, text)

    def parameter(self, name: str, of: Type, category: str | None, day: str | None, entries: Sequence[Entry]) -> None:
        """`name` as the value of a parameter of the law, by the names of a category and of a day. The values of
        `entries` are whole numbers in the type `of`; so is a category."""
        parts = [Ref(part, self._types[part]) if part else None for part in (category, day)]
        names = tuple(part for part in (category, day) if part)
        self._define(name, Lookup(name, parts[0], parts[1], tuple(entries), of), names, name)

    def table(
        self,
        name: str,
        inputs: Sequence[str],
        outputs: Sequence[TableOutput],
        rows: Sequence[Row],
        hit: HitPolicy = HitPolicy.UNIQUE,
    ) -> None:
        """A decision table over earlier names."""
        heads = [Input(text) for text in inputs]
        table = Table.build(name, heads, outputs, rows, hit, self._types)
        columns: list[Column] = []
        names: list[tuple[str, ...]] = []
        for text in inputs:
            compiled = compile_expression(text, self._types)
            value = lower_strict(text, compiled.node, self._scope())
            if isinstance(compiled.node, Connective):
                value = Guard(tuple(n for n in compiled.names if n not in self._known), value)
            columns.append(Column(value, type_of(value), text))
            names.append(compiled.names)
        plain = set(table.names)
        reads = [
            [self._reads(head, cell.text, plain) for head, cell in zip(names, cells, strict=True)]
            for cells in table.cells
        ]
        step = lower_table(table, name, columns, reads, self._scope())
        self._steps.append(step)
        self._types |= {output.name: output.type for output in step.outputs}

    def program(self, outputs: Sequence[str] = ()) -> Program:
        """The program; without `outputs` those of all tables are wanted."""
        wanted = tuple(outputs) or tuple(o.name for s in self._steps if isinstance(s, Decide) for o in s.outputs)
        return Program(self.name, self.digest, tuple(self._inputs), tuple(self._steps), None, (), wanted)

    def _scope(self) -> Scope:
        return Scope(dict(self._types), frozenset(), frozenset(self._known))

    def _define(self, name: str, value: Expr, names: Sequence[str], text: str) -> None:
        of = type_of(value)
        self._types[name] = of
        self._steps.append(Define(name, value, of, None, (Wait(None, tuple(names)),), text))

    def _reads(self, head: tuple[str, ...], cell: str, plain: set[str]) -> Reads:
        """The names that a cell depends on: its column's, and any that its text mentions."""
        tree = compile_cell(cell, self._types).tree
        more = [name for test in tree.tests for name in names_of(test.operand) if name in plain]
        names = tuple(dict.fromkeys(name for name in (*head, *more) if name not in self._known))
        return Reads(names, names)
