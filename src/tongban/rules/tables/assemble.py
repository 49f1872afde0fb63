"""From the author's columns and rows to the parts of a table that run, with every fault found on the way."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from tongban.rules.feel.builtins import BUILTINS
from tongban.rules.feel.dialect import Dialect, equal
from tongban.rules.feel.errors import Cause, Code, RuleSyntaxError, RuleValueError, TableError, TableErrors, sentence
from tongban.rules.feel.evaluate import Compiler
from tongban.rules.feel.frame import Check, Frame, Layout, Run, run_bounded
from tongban.rules.feel.parser import Vocabulary, parse_expression
from tongban.rules.feel.syntax import Match
from tongban.rules.feel.text import cell_text, feel_text
from tongban.rules.feel.values import TYPES, Range, Value, is_context, is_list, to_feel, type_name

from .cells import Cell, CellCompiler
from .hit import AGGREGATED, RANKED
from .model import HitPolicy, Input, Literal, Output, Row


@dataclass(frozen=True, slots=True)
class Column:
    """One input column, ready to run: `always` are the rows with `-`, `checks` the different other cells, each
    with its rows. Rows are bits."""

    read: Run
    title: str
    type: str
    types: tuple[type, ...]
    always: int
    checks: tuple[tuple[Check, int], ...]


@dataclass(frozen=True, slots=True)
class Result:
    """The outputs of one row, ready to run."""

    names: tuple[str, ...]
    runs: tuple[Run, ...]

    def outputs(self, frame: Frame) -> dict[str, Value]:
        return {name: run_bounded(run, frame) for name, run in zip(self.names, self.runs, strict=True)}


@dataclass(frozen=True, slots=True)
class Parts:
    """Everything that a table runs with."""

    layout: Layout
    columns: tuple[Column, ...]
    cells: tuple[tuple[Cell, ...], ...]
    results: tuple[Result, ...]
    default: Result | None
    priorities: tuple[tuple[Value, ...], ...]
    """For each output, its allowed values, the highest priority first."""


@dataclass(frozen=True, slots=True)
class _Place:
    """Where in the table something stands, as `TableError` counts."""

    row: int
    column: int


class Assembler:
    """Builds the parts of one table; used once. `assemble` raises `TableErrors`."""

    def __init__(
        self,
        name: str,
        inputs: Sequence[Input],
        outputs: Sequence[Output],
        rows: Sequence[Row],
        hit: HitPolicy,
        names: Iterable[str],
        dialect: Dialect,
        vocabulary: Vocabulary,
    ) -> None:
        self._name, self._inputs, self._outputs, self._rows, self._hit = name, inputs, outputs, rows, hit
        self._layout = Layout(names)
        self._compiler = Compiler(dialect, self._layout)
        self._vocabulary = replace(vocabulary, lenient=dialect.lenient)
        self._cell_compiler = CellCompiler(dialect, self._layout, self._vocabulary)
        self._lenient = dialect.lenient
        self._errors: list[TableError] = []

    def assemble(self) -> Parts:
        self._check_head()
        reads = [self._formula(column.expression, _Place(0, i))[0] for i, column in enumerate(self._inputs, 1)]
        cells = [self._row_cells(number, row) for number, row in enumerate(self._rows, 1)]
        results = [self._row_outputs(number, row) for number, row in enumerate(self._rows, 1)]
        default = self._default()
        if self._errors:
            raise TableErrors(self._name, self._errors)
        columns = [
            Column(read, column.title, column.type, TYPES[column.type], *_by_cell([row[index] for row in cells]))
            for index, (column, read) in enumerate(zip(self._inputs, reads, strict=True))
        ]
        return Parts(
            layout=self._layout,
            columns=tuple(columns),
            cells=tuple(cells),
            results=tuple(results),
            default=default,
            priorities=tuple(tuple(map(to_feel, output.values)) for output in self._outputs),
        )

    # --- faults ------------------------------------------------------------------------------------------

    def _fault(self, place: _Place, position: int, code: Code, *details: object) -> None:
        zh, en = sentence(code, *details)
        self._errors.append(TableError(place.row, place.column, position, code, zh, en))

    def _refused(self, place: _Place, error: RuleSyntaxError) -> None:
        self._errors.append(TableError(place.row, place.column, error.position, error.code, error.zh, error.en))

    def _never(self, place: _Place, causes: Sequence[Cause]) -> None:
        cause = causes[0]
        self._useless(place, cause.start, Code.ALWAYS_NULL, cause.zh, cause.en)

    def _useless(self, place: _Place, position: int, code: Code, *details: object) -> None:
        """What has a meaning to the letter, but no author can have meant; a lenient dialect lets it be."""
        if not self._lenient:
            self._fault(place, position, code, *details)

    # --- the head ----------------------------------------------------------------------------------------

    def _check_head(self) -> None:
        head = _Place(0, 0)
        if not self._inputs:
            self._fault(head, 0, Code.NO_INPUT)
        if not self._outputs:
            self._fault(head, 0, Code.NO_OUTPUT)
        for number, column in enumerate((*self._inputs, *self._outputs), 1):
            if column.type not in TYPES:
                self._fault(_Place(0, number), 0, Code.UNKNOWN_TYPE, column.type, ", ".join(TYPES))
        seen: set[str] = set()
        for number, output in enumerate(self._outputs, len(self._inputs) + 1):
            if output.name in seen:
                self._fault(_Place(0, number), 0, Code.DUPLICATE_OUTPUT, output.name)
            seen.add(output.name)
        if self._hit in RANKED and not any(output.values for output in self._outputs):
            self._useless(head, 0, Code.NEEDS_VALUES, self._hit.value)
        if self._hit in AGGREGATED and len(self._outputs) > 1:
            self._fault(head, 0, Code.NEEDS_ONE_OUTPUT, self._hit.value)

    # --- expressions and cells ---------------------------------------------------------------------------

    def _formula(self, text: str, place: _Place) -> tuple[Run, tuple[Value, ...] | None]:
        """The closure of an expression, and its value if that depends on no fact."""
        try:
            node = parse_expression(text, self._layout.known, BUILTINS, self._vocabulary)
            run = self._compiler.compile(node)
            known = self._compiler.constant(node)
        except RuleSyntaxError as error:
            self._refused(place, error)
            return _nothing, None
        if known is None:
            return run, None
        value, causes = known
        if causes and value is None:
            self._never(place, causes)
        return run, (value,)

    def _row_cells(self, number: int, row: Row) -> tuple[Cell, ...]:
        if len(row.cells) != len(self._inputs):
            self._fault(_Place(number, 0), 0, Code.CELL_COUNT, len(self._inputs), len(row.cells))
        found: list[Cell] = []
        for index, (value, column) in enumerate(zip(row.cells, self._inputs, strict=False), 1):
            place = _Place(number, index)
            try:
                cell = self._cell_compiler.cell(cell_text(value))
            except RuleSyntaxError as error:
                self._refused(place, error)
            except RuleValueError:
                self._fault(place, 0, Code.NOT_A_VALUE, type(value).__name__, "FEEL")
            else:
                self._check_cell(cell, column, place)
                found.append(cell)
        return tuple(found)

    def _check_cell(self, cell: Cell, column: Input, place: _Place) -> None:
        """A constant in a cell must be of the column's type, and one of its values."""
        types = TYPES.get(column.type, ())
        allowed = [to_feel(value) for value in column.values]
        for test in cell.tree.tests:
            known = self._compiler.constant(test.operand)
            if known is None:
                continue
            value, causes = known
            if causes and value is None:
                self._never(place, causes)
            for part in _scalars(value):
                if types and part is not None and type(part) not in types:
                    self._useless(place, test.at[0], Code.CELL_TYPE, column.type, feel_text(part))
                elif allowed and isinstance(test, Match) and not isinstance(value, Range):
                    self._check_allowed(part, allowed, place, test.at[0])

    def _check_allowed(self, value: Value, allowed: Sequence[Value], place: _Place, position: int) -> None:
        if value is not None and not any(equal(value, one) for one in allowed):
            texts = ", ".join(map(feel_text, allowed))
            self._useless(place, position, Code.NOT_ALLOWED, feel_text(value), texts)

    # --- outputs -----------------------------------------------------------------------------------------

    def _row_outputs(self, number: int, row: Row) -> Result:
        if len(row.outputs) != len(self._outputs):
            self._fault(_Place(number, 0), 0, Code.OUTPUT_COUNT, len(self._outputs), len(row.outputs))
        pairs = zip(row.outputs, self._outputs, strict=False)
        first = len(self._inputs) + 1
        runs = [self._output(*pair, _Place(number, index)) for index, pair in enumerate(pairs, first)]
        return Result(tuple(output.name for output in self._outputs[: len(runs)]), tuple(runs))

    def _output(self, value: str | Literal, output: Output, place: _Place) -> Run:
        if not isinstance(value, Literal):
            run, known = self._formula(value, place)
            if known is not None:
                self._check_output(known[0], output, place)
            return run
        try:
            constant = to_feel(value.value)
        except RuleValueError:
            self._fault(place, 0, Code.NOT_A_VALUE, type(value.value).__name__, "FEEL")
            return _nothing
        self._check_output(constant, output, place)
        return _fresh(constant)

    def _check_output(self, value: Value, output: Output, place: _Place) -> None:
        """A constant output must be of the column's type, and one of its values."""
        types = TYPES.get(output.type, ())
        if types and value is not None and type(value) not in types:
            self._useless(place, 0, Code.OUTPUT_TYPE, output.type, type_name(value))
        elif output.values:
            self._check_allowed(value, [to_feel(one) for one in output.values], place, 0)

    def _default(self) -> Result | None:
        if all(output.default is None for output in self._outputs):
            return None
        runs: list[Run] = []
        for index, output in enumerate(self._outputs, len(self._inputs) + 1):
            value = Literal(None) if output.default is None else output.default
            runs.append(self._output(value, output, _Place(0, index)))
        return Result(tuple(output.name for output in self._outputs), tuple(runs))


def _nothing(_: Frame) -> Value:
    return None


def _fresh(value: Value) -> Run:
    """A constant; lists and contexts are copied, so that no caller can change the table."""
    return (lambda _: to_feel(value)) if is_list(value) or is_context(value) else (lambda _: value)


def _scalars(value: Value) -> Iterator[Value]:
    """The single values that a test compares with."""
    if isinstance(value, Range):
        yield from (value.low, value.high)
    elif is_list(value):
        for item in value:
            yield from _scalars(item)
    else:
        yield value


def _by_cell(cells: Sequence[Cell]) -> tuple[int, tuple[tuple[Check, int], ...]]:
    """The rows with `-`, and the rows of each different other cell."""
    always = 0
    rows: dict[str, int] = {}
    checks: dict[str, Check] = {}
    for bit, cell in enumerate(cells):
        if cell.anything:
            always |= 1 << bit
        else:
            checks.setdefault(cell.text, cell.check)
            rows[cell.text] = rows.get(cell.text, 0) | 1 << bit
    return always, tuple((check, rows[text]) for text, check in checks.items())
