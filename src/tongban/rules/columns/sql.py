"""Whole programs as SQL over a population: one statement, each row of the source one row of the result.

For every program, its columns begin with its name (`-` written `_`) and two underscores:

============== ==========================================================================================
outcome        a code: its place in `ir.OUTCOMES`; not there for a program without a verdict
row_T          of table T the number of the row that counts; -1 unsettled, 0 no row, -2 conflict, null where
               the table did not run
rows_T         of a table that aggregates its matching rows as bits (row 1 is 1), or -1
OUTPUT         money and numbers as whole numbers of their scale (cents); choices as texts
missing        the facts that must become known, as bits (`Field.bit`)
determined     whether the rules leave nothing open; see `ir.Verdict`
fault          whether a value lies outside of what a column may hold; decide this one by one
============== ==========================================================================================

Who adds up over the statement itself (`SELECT sum(…) FROM (…)`) must first turn one optimiser of DuckDB 2.0 off, with
`SET disabled_optimizers = 'partial_aggregate_pushdown'`: it copies every expression below the sum, so that planning
never ends. A table made of the statement can be added up over as it is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from tongban.rules.tables.model import HitPolicy

from .bind import bind
from .dialect import DUCKDB, Dialect
from .ir import OUTCOMES, UNSETTLED, Decide, Define, Output, Program, Step, Verdict, Wait
from .nodes import Expr, Guard, Kind, Scalar, Type
from .parts import parts_of
from .refusal import NotColumnar
from .sheet import Made, Sheet, among, literal, quoted
from .source import Fixed, Source, Stored, decode, fault
from .tree import AGGREGATES
from .typed import small, strict_in
from .write import Writer
from .write_tables import MOST_BITS, TableWriter

MOST_PARTS = 3
"""A formula of more facts than this is there if its column is."""


@dataclass(frozen=True, slots=True)
class Member:
    """A program and where its facts come from, by their names; a fact that is not there is unknown of everybody.
    `shown` are the columns wanted of it, without what their names begin with; None: all."""

    program: Program
    columns: Mapping[str, Stored | Fixed]
    shown: frozenset[str] | None = None


def population_sql(
    members: Sequence[Member], source: Source, day: date, dialect: Dialect = DUCKDB, comments: bool = False
) -> str:
    """One SELECT that judges every row of the source by all programs in one pass, as of `day`: that is the value of
    their date that is a constant of the run (`Field.bit` None).

    The text of `source.relation` is trusted; all names and values are quoted."""
    return _Statement(members, source, day, dialect).text(comments)


def prefix_of(program: Program) -> str:
    """What the names of a program's columns begin with."""
    return _word(program.name) + "__"


class _Statement:
    def __init__(self, members: Sequence[Member], source: Source, day: date, dialect: Dialect) -> None:
        self.source, self.day, self.dialect = source, day, dialect
        self.sheet = Sheet(dialect)
        self.read: dict[tuple[Stored, Type], str] = {}
        self.results: list[tuple[str, str]] = []
        for member in members:
            _Judgement(self, member).write()

    def input(self, stored: Stored, of: Type) -> str:
        """A column of the source in the form that programs read; shared by all that read the same."""
        key = (stored, replace(of, low=None, high=None))
        if key not in self.read:
            name = f"in_{len(self.read) + 1}"
            self.sheet.take(name, decode(stored, of, self.dialect, checked=self.source.checked))
            self.read[key] = name
        return self.read[key]

    def text(self, comments: bool) -> str:
        """The statement: one level a SELECT over the one below."""
        quote = self.dialect.quote
        levels: dict[int, list[Made]] = {}
        for made in self.sheet.needed([text for text, _ in self.results], explained=comments):
            levels.setdefault(made.level, []).append(made)
        below = self.source.relation
        kept = ", ".join(f"src.{quote(name)}" for name in (self.source.key, *self.source.carried))
        for level in sorted(levels):
            columns, joins = self.columns(levels[level], comments)
            carried = kept if level == 0 else "src.*"
            below = f"(\nSELECT {carried},\n{columns}\nFROM {below} AS src{joins}\n)"
        shown = ",\n".join(f"  {text} AS {quote(name)}" for text, name in self.results)
        return f"SELECT {kept},\n{shown}\nFROM {below} AS src"

    def columns(self, made: Sequence[Made], comments: bool) -> tuple[str, str]:
        lines: list[str] = []
        joins = ""
        quote = self.dialect.quote
        for one in made:
            if comments and one.comment:
                lines += [f"  -- {line}" for line in _plain(one.comment)]
            text = one.text
            if one.values:
                table = quote(f"of_{one.name}")
                rows = ", ".join(f"({key}, {value})" for key, value in one.values)
                joins += f"\nLEFT JOIN (VALUES {rows}) AS {table}(k, v) ON {one.key} = {table}.k"
                text = f"{table}.v"
            lines.append(f"  {text} AS {quote(one.name)},")
        lines[-1] = lines[-1].rstrip(",") if not lines[-1].startswith("  --") else lines[-1]
        return "\n".join(lines), joins


def _plain(comment: str) -> list[str]:
    """A comment as lines that cannot end the comment."""
    return ["".join(c if c.isprintable() else " " for c in line) for line in comment.splitlines()]


class _Judgement:
    """The columns of one program."""

    def __init__(self, statement: _Statement, member: Member) -> None:
        self.statement, self.sheet, self.dialect = statement, statement.sheet, statement.dialect
        self.prefix = prefix_of(member.program)
        self.program = bind(member.program, _constants(member, statement.day))
        self.member = member
        self.writer = Writer(self.sheet, self.prefix)
        self.fields = {field.name: field for field in self.program.inputs}
        self.defines: dict[str, Define] = {}
        self.waits: dict[str, str] = {}
        """For each output of a table the column of what its table waits for."""
        self.masks: dict[str, str] = {}
        """What an unknown name that a formula gives waits for."""
        self.first: list[str] = []
        self.later: list[str] = []
        """The columns of the rows of the tables."""

    def name(self, text: str) -> str:
        return f"{self.prefix}{text}"

    def read(self, text: str) -> str:
        return self.sheet.read(self.name(text))

    def write(self) -> None:
        """Makes all columns of the program and lists those of the result."""
        self.inputs()
        results: list[tuple[str, str]] = []
        self.first = self.steps(self.program.first, None)
        verdict = self.program.verdict
        if verdict is None:
            mask = self.mask(self.program.outputs)
            self.sheet.make(self.name("missing"), f"CASE WHEN {self.open} THEN {mask} ELSE 0 END" if mask else "0")
        else:
            self.verdict(verdict)
            results.append(("outcome", f"CAST({self.dialect.quote(self.name('outcome'))} AS TINYINT)"))
        self.sheet.make(self.name("determined"), self.determined())
        for table in (step for step in self.program.steps if isinstance(step, Decide)):
            results.append(self.row_result(table))
        types = {output.name: output.type for step in self.program.steps for output in _outputs(step)}
        results += [(name, self.output_result(name, types[name])) for name in self.program.outputs]
        results.append(("missing", f"CAST({self.dialect.quote(self.name('missing'))} AS BIGINT)"))
        results += [(name, self.dialect.quote(self.name(name))) for name in ("determined", "fault")]
        shown = self.member.shown
        wanted = results if shown is None else [(name, text) for name, text in results if name in shown]
        self.statement.results += [(text, self.name(name)) for name, text in wanted]

    def row_result(self, table: Decide) -> tuple[str, str]:
        column = self.dialect.quote(self.name(f"row {table.name}"))
        if table.hit in AGGREGATES:
            return f"rows_{_word(table.name)}", f"CAST({column} AS BIGINT)"
        return f"row_{_word(table.name)}", f"CAST({column} AS SMALLINT)"

    def output_result(self, name: str, of: Type) -> str:
        column = self.dialect.quote(self.writer.columns[name])
        if name in self.defines and any(step.name == name for step in self.program.later):
            column = f"CASE WHEN {self.read('outcome')} = {OUTCOMES.index('eligible')} THEN {column} END"
        if of.kind is not Kind.CODE:
            return column if self.dialect.column_type(of) != "BIGINT" else f"CAST({column} AS BIGINT)"
        return f"CASE {column} {' '.join(f'WHEN {i} THEN {quoted(text)}' for i, text in enumerate(of.values))} END"

    @property
    def open(self) -> str:
        """Whether any fact is unknown, as a column; nothing waits for a fact where none is."""
        return self.read("open")

    # --- inputs ------------------------------------------------------------------------------------------

    def inputs(self) -> None:
        """Reads the columns of the source, and tells faulty values."""
        faults: dict[str, None] = {}
        for field in self.program.inputs:
            stored = self.member.columns.get(field.fact)
            if isinstance(stored, Stored):
                column = self.statement.input(stored, field.type)
                self.writer.give(field.name, column, field.type)
                if self.writer.anchor is None and small(field.type):
                    self.writer.anchor = self.sheet.read(column)
                outside = None if self.statement.source.checked else fault(stored, field.type, self.dialect)
                faults |= {} if outside is None else {outside: None}
            else:
                absent = literal(None, field.type, self.dialect)
                self.writer.give(field.name, self.sheet.take(self.name(f"no {field.name}"), absent), field.type)
        nulls = [f"{self.writer.read(field.name)} IS NULL" for field in self.program.inputs if field.bit is not None]
        self.sheet.make(self.name("open"), " OR ".join(nulls) or "FALSE")
        said = f"COALESCE({' OR '.join(faults)}, FALSE)" if faults else "FALSE"
        self.sheet.take(self.name("fault"), said)

    # --- steps -------------------------------------------------------------------------------------------

    def steps(self, steps: Sequence[Step], when: str | None) -> list[str]:
        """Makes the columns of steps; the names of the columns that hold the rows of their tables."""
        rows: list[str] = []
        for step in steps:
            if isinstance(step, Decide):
                rows.append(self.table(step, when))
            else:
                self.define(step)
        return rows

    def define(self, step: Define) -> None:
        applies = step.applies
        if applies is not None:
            void = self.name(f"{step.name} void")
            self.sheet.make(void, f"COALESCE(NOT {self.writer.write(applies)}, FALSE)")
            self.writer.void[step.name] = void
        comment = f"{step.name} = {step.text}" if step.text else step.name
        column = self.sheet.make(self.name(f"is {step.name}"), self.writer.write(step.value), comment)
        self.writer.give(step.name, column, step.type)
        if applies is None:
            self.formula(step.name, _strict(step.value))
        self.defines[step.name] = step

    def formula(self, name: str, value: Expr) -> None:
        """A name that has a value whenever the formula has; often that can be told without working it out."""
        self.writer.formulas[name] = value
        parts = parts_of(value)
        if parts and len(parts) <= MOST_PARTS and all(part.name in self.fields for part in parts):
            self.writer.presence[name] = f"({' AND '.join(map(self.writer.known, parts))})"

    def table(self, step: Decide, when: str | None, *, outputs: bool = True) -> str:
        """Makes the columns of a table: its row, its outputs, and what it waits for."""
        if len(step.rows) > MOST_BITS and step.hit in AGGREGATES:
            raise NotColumnar(step.name, 0, "行数太多，不能合计", "too many rows to aggregate in columns", step.name)
        tables = TableWriter(self.writer, step, self.mask, conditional=when is not None)
        row = self.name(f"row {step.name}")

        judged = tables.row()
        self.sheet.make(row, judged if when is None else f"CASE WHEN {when} THEN {judged} END", _said(step))
        at, waits = self.sheet.read(row), self.name(f"waits {step.name}")
        for index, output in enumerate(step.outputs if outputs else ()):
            column = self.name(f"is {output.name}")
            self.sheet.make(column, tables.output(index, at, output.type))
            self.writer.give(output.name, column, output.type)
            self.waits[output.name] = waits
            if tables.gives_zero(index):
                self.writer.zeros.add(output.name)
            if tables.by_row(index):
                self.writer.presence[output.name] = f"{at} > 0"
                if output.type.kind is Kind.CODE:
                    self.writer.rows[output.name] = (at, tables.rows_by_code(index))

        late = step.outputs if step.hit is HitPolicy.FIRST and outputs else ()
        nulls = [f"{self.writer.read(output.name)} IS NULL" for output in late]
        unsettled, found = " OR ".join([f"{at} = {UNSETTLED}", *nulls]), tables.waits()
        self.sheet.make(waits, "0" if found == "0" else f"CASE WHEN {unsettled} THEN {found} ELSE 0 END")
        return row

    def mask(self, names: Sequence[str]) -> str:
        """The facts that those of `names` that have no value wait for, as bits; empty if they never wait."""
        parts = dict.fromkeys(part for name in names if (part := self.mask_of(name)))
        return f"({' | '.join(parts)})" if parts else ""

    def mask_of(self, name: str) -> str:
        field = self.fields.get(name)
        if field is not None:
            null = f"{self.writer.read(name)} IS NULL"
            return "" if field.bit is None else f"CASE WHEN {null} THEN {1 << field.bit} ELSE 0 END"
        if name in self.waits:
            return f"CASE WHEN {self.writer.absent(name)} THEN {self.sheet.read(self.waits[name])} ELSE 0 END"
        step = self.defines.get(name)
        if step is None:
            return ""
        if name not in self.masks:
            waits = self.define_mask(step.waits)
            unknown = f"CASE WHEN {self.writer.unknown(name)} THEN {waits} ELSE 0 END" if waits else ""
            if waits and self.program.verdict is None:
                # Every output is asked what it waits for, and many wait for the same. With a verdict only its table
                # asks, of those whom it cannot judge: for them alone it is worked out where it is asked.
                unknown = self.writer.hidden(f"CASE WHEN {self.open} THEN {unknown} ELSE 0 END")
            self.masks[name] = unknown
        return self.masks[name]

    def define_mask(self, waits: Sequence[Wait]) -> str:
        """The first wait whose condition holds and that waits for anything."""
        if not waits:
            return ""
        first, rest = waits[0], self.define_mask(waits[1:])
        mask = self.mask(first.names)
        if not mask:
            return rest
        holds = "" if first.condition is None else f"{self.writer.write(first.condition)} AND "
        if not holds and not rest:
            return mask
        return f"CASE WHEN {holds}{mask} <> 0 THEN {mask} ELSE {rest or '0'} END"

    # --- the outcome -------------------------------------------------------------------------------------

    def verdict(self, verdict: Verdict) -> None:
        needless = self.read("needless") if verdict.not_needed is not None else ""
        if verdict.not_needed is not None:
            self.sheet.make(self.name("needless"), f"COALESCE({self.writer.write(verdict.not_needed)}, FALSE)")
        row = self.table(verdict.table, f"NOT {needless}" if needless else None, outputs=False)
        at, waits = self.sheet.read(row), self.read(f"waits {verdict.table.name}")
        groups: dict[str, list[int]] = {}
        for number, word in enumerate(verdict.outcomes, 1):
            groups.setdefault(word, []).append(number)
        cases = [f"WHEN {needless} THEN {OUTCOMES.index('not-needed')}"] if needless else []
        cases += [f"WHEN {among(at, rows)} THEN {OUTCOMES.index(word)}" for word, rows in groups.items()]
        cases.append(f"WHEN {at} = {UNSETTLED} AND {waits} <> 0 THEN {OUTCOMES.index('unknown')}")
        words = ", ".join(f"{code} {word}" for code, word in enumerate(OUTCOMES))
        judged = f"CASE {' '.join(cases)} ELSE {OUTCOMES.index('ask-official')} END"
        self.sheet.make(self.name("outcome"), judged, f"outcome: {words}")
        outcome = self.read("outcome")
        self.later = self.steps(self.program.later, f"{outcome} = {OUTCOMES.index('eligible')}")
        amounts = self.mask(verdict.amounts) or "0"
        self.sheet.make(self.name("missing"), f"CASE {outcome} WHEN 0 THEN {waits} WHEN 1 THEN {amounts} ELSE 0 END")

    def determined(self) -> str:
        """Whether nothing is left open."""
        parts = [f"{self.read('missing')} = 0", *(f"{self.sheet.read(row)} > 0" for row in self.first)]
        if self.program.verdict is not None:
            parts += [f"{self.read('outcome')} <> {OUTCOMES.index(word)}" for word in ("unknown", "ask-official")]
            parts += [f"({self.read('outcome')} <> 1 OR {self.sheet.read(row)} > 0)" for row in self.later]
        return f"COALESCE({' AND '.join(parts)}, FALSE)"


def _constants(member: Member, day: date) -> dict[str, Scalar]:
    """What is the same for everybody: the day, and the facts that the policy fixes."""
    found: dict[str, Scalar] = {}
    for field in member.program.inputs:
        given = member.columns.get(field.fact)
        if isinstance(given, Fixed):
            found[field.name] = given.value
        elif field.bit is None and field.type.kind is Kind.DATE:
            found[field.name] = day.toordinal()
    return found


def _strict(expr: Expr) -> Expr:
    """A value without a guard that says no more than that it is null wherever a part of it is."""
    while isinstance(expr, Guard) and all(strict_in(expr.operand, name) for name in expr.names):
        expr = expr.operand
    return expr


def _outputs(step: Step) -> tuple[Output, ...]:
    return step.outputs if isinstance(step, Decide) else (Output(step.name, step.type),)


def _word(text: str) -> str:
    """A name as part of a column's."""
    return "".join(c if c.isalnum() else "_" for c in text)


def _said(table: Decide) -> str:
    """The table for a reader of the SQL: its rows with their laws."""
    rows = [f"  row {row.number}: {row.law}{' - ' + row.note if row.note else ''}" for row in table.rows]
    return "\n".join([f"table {table.name} ({table.hit.value})", *rows])
