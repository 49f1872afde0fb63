"""Decision tables as Python: a tree of questions where all is known, row by row where something may not be.

What a table leaves in locals: the number of its row (or what stands in its place), its outputs, the mask of the facts
that its open rows wait for, and for tables that add up the rows that match, as bits.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tongban.rules.columns.ir import CONFLICT, NO_ROW, UNSETTLED, Anything, Cell, Decide, Holds, OneOf, Row, Within
from tongban.rules.columns.nodes import Const, Kind
from tongban.rules.tables.hit import AGGREGATED
from tongban.rules.tables.model import HitPolicy

from . import build as py
from .tree import Asks, Leaf, Node, NoTree, Spans, Texts, tree_of
from .writer import Held, Value, Writer

_NOTHING = Value({"": py.TRUE}, py.NULL)
WIDEST_LOOK_UP = 256
"""Entries of a table that a code is looked up in."""


@dataclass(frozen=True, slots=True)
class Written:
    """What a table left behind. `sure`: it has a row wherever the code goes on. `waits` is the mask of its open rows,
    None where there can be none; `matching` the bits of the rows, for tables that add up."""

    table: Decide
    row: str
    sure: bool
    waits: str | None
    matching: str | None


def write_table(writer: Writer, table: Decide, leave: Sequence[ast.stmt] | None) -> Written:
    """Writes a table and holds its outputs. `leave` is what to do where it has no row or an output is null; None: it
    goes on, and says so in its locals."""
    return _Table(writer, table, leave).write()


class _Table:
    def __init__(self, writer: Writer, table: Decide, leave: Sequence[ast.stmt] | None) -> None:
        self.writer, self.table, self.leave = writer, table, leave
        self.row = writer.fresh("r")
        self.outputs = [writer.fresh("v") for _ in table.outputs]
        self.matching = writer.fresh("m") if table.hit in AGGREGATED else None

    def write(self) -> Written:
        columns = [self.writer.value(column.value) for column in self.table.columns]
        if not any(column.nulls for column in columns) and not self._may_be_open():
            try:
                return self._tree(columns, tree_of(self.table))
            except NoTree:
                pass
        return self._rows(columns)

    def _may_be_open(self) -> bool:
        cells = [cell for row in self.table.rows for cell in row.cells if not isinstance(cell.test, Anything)]
        names = {name for cell in cells for name in cell.opens}
        if any(name in self.writer.held and self.writer.held[name].nullable for name in names):
            return True
        with self.writer.inside():
            conditions = [self.writer.value(c.test.condition) for c in cells if isinstance(c.test, Holds)]
        return any(condition.nulls for condition in conditions)

    def _hold(self, *, nullable: bool, waits: str | None) -> None:
        for output, local in zip(self.table.outputs, self.outputs, strict=True):
            self.writer.held[output.name] = Held(local, nullable, None, 0 if waits is None else waits)

    # --- all is known ------------------------------------------------------------------------------------

    def _tree(self, columns: Sequence[Value], tree: Node) -> Written:
        self.columns = [self.writer.keep(column.expr) for column in columns]
        self.writer.emit(*self._node(tree))
        self._hold(nullable=self.leave is None, waits=None)
        return Written(self.table, self.row, self.leave is not None, None, self.matching)

    def _node(self, node: Node) -> list[ast.stmt]:
        match node:
            case Leaf(rows=rows):
                return self._leaf(rows)
            case Asks(condition=condition, yes=yes, no=no):
                with self.writer.inside() as before:
                    test = self.writer.true(condition)
                return [*before, *py.when(test, self._node(yes), self._node(no))]
            case Texts(column=column, branches=branches, otherwise=otherwise):
                result = self._node(otherwise)
                for texts, branch in reversed(branches):
                    test = _among(self.columns[column], texts)
                    result = py.when(test, self._node(branch), result)
                return result
            case Spans(column=column):
                return self._looked_up(node) or self._ladder(column, node.cuts, node.nodes)

    def _ladder(self, column: int, cuts: Sequence[int], nodes: Sequence[Node]) -> list[ast.stmt]:
        """Halving: each question leaves half of the parts."""
        if not cuts:
            return self._node(nodes[0])
        middle = len(cuts) // 2
        below = self._ladder(column, cuts[:middle], nodes[: middle + 1])
        above = self._ladder(column, cuts[middle + 1 :], nodes[middle + 1 :])
        value, kind = self.columns[column], self.table.columns[column].type.kind
        if kind is Kind.BOOLEAN:
            return py.when(value, above, below)
        return py.when(py.compare(value, ast.Lt(), self.writer.literal(cuts[middle], kind)), below, above)

    def _looked_up(self, node: Spans) -> list[ast.stmt] | None:
        """Codes lead straight to what their leaves say, if that is constant, else to the number of a branch."""
        of = self.table.columns[node.column].type
        if of.kind is not Kind.CODE or len(node.nodes) < 3 or len(of.values) >= WIDEST_LOOK_UP:
            return None
        codes = range(len(of.values))
        places = [sum(cut <= code for cut in node.cuts) for code in (*codes, -1)]  # OTHER is the last, from behind
        entries = [self._entry(one) if isinstance(one, Leaf) else None for one in node.nodes]
        value = self.columns[node.column]
        if None not in entries:
            found = py.item(py.const(tuple(entries[place] for place in places)), value)
            none = py.compare(py.load(self.row), ast.LtE(), py.const(0))
            fails = any(entry is not None and entry[0] <= 0 for entry in entries) and self.leave is not None
            return [py.unpack(self._locals(), found), *(py.when(none, self.leave or ()) if fails else ())]
        branches = list(dict.fromkeys(node.nodes[place] for place in places))
        numbers = tuple(branches.index(node.nodes[place]) for place in places)
        local = self.writer.fresh()
        written = [self._node(branch) for branch in branches]
        result = written[-1]
        for number in reversed(range(len(branches) - 1)):
            test = py.compare(py.load(local), ast.Eq(), py.const(number))
            result = py.when(test, written[number], result)
        return [py.assign(local, py.item(py.const(numbers), value)), *result]

    def _locals(self) -> list[str]:
        return [self.row, *self.outputs, *([self.matching] if self.matching else [])]

    def _entry(self, leaf: Leaf) -> tuple[Any, ...] | None:
        """What a leaf puts into the locals, if that is all constant; the row comes first."""
        with self.writer.inside() as before:
            row, bits, results = self._resolved(leaf.rows)
        found: list[object] = [row]
        for result in results or [_NOTHING] * len(self.outputs):
            open_end = bool(result.nulls) and row > 0 and self.leave is not None
            if open_end or before or not isinstance(result.expr, ast.Constant):
                return None
            found.append(result.expr.value)
        return (*found, bits) if self.matching else tuple(found)

    def _leaf(self, rows: tuple[int, ...]) -> list[ast.stmt]:
        with self.writer.inside() as statements:
            row, bits, results = self._resolved(rows)
            if self.leave is not None and row <= 0:
                return list(self.leave)
            results = [_NOTHING] * len(self.outputs) if results is None else results
            if self.leave is not None:
                null = py.any_of([test for result in results for test in result.nulls.values()])
                self.writer.emit(*py.when(null, self.leave))
            self.writer.emit(py.assign(self.row, py.const(row)))
            if self.matching:
                self.writer.emit(py.assign(self.matching, py.const(bits)))
            for local, result in zip(self.outputs, results, strict=True):
                value = result.expr if self.leave is not None else result.or_none
                self.writer.emit(py.assign(local, value))
        return statements

    def _resolved(self, rows: tuple[int, ...]) -> tuple[int, int, list[Value] | None]:
        """The row's number, the bits of the matching rows, and the outputs; None for no outputs."""
        table = self.table
        bits = sum(1 << row for row in rows)
        hit = table.hit
        if hit is HitPolicy.COUNT:
            return (table.rows[rows[0]].number if rows else NO_ROW), bits, [Value({}, py.const(len(rows)))]
        if not rows:
            return NO_ROW, bits, None
        numbers = [table.rows[row].number for row in rows]
        if hit in AGGREGATED:
            values = [self.writer.value(table.rows[row].results[0]) for row in rows]
            return numbers[0], bits, [_combined(hit, values)]
        if hit is HitPolicy.PRIORITY:
            chosen = rows[numbers.index(min(numbers, key=table.order.index))]
        elif hit is HitPolicy.FIRST or len(rows) == 1 or self._agree(rows):
            chosen = rows[0]
        elif hit is HitPolicy.UNIQUE or all(
            isinstance(result, Const) for row in rows for result in table.rows[row].results
        ):
            return CONFLICT, bits, None
        else:
            raise NoTree  # whether they say the same is known only when they have been computed
        results = [self.writer.value(result) for result in table.rows[chosen].results]
        return table.rows[chosen].number, bits, results

    def _agree(self, rows: tuple[int, ...]) -> bool:
        """Whether the rows of an ANY table say the same in the same words."""
        said = {self.table.rows[row].results for row in rows}
        return self.table.hit is HitPolicy.ANY and len(said) == 1

    # --- something may be unknown ------------------------------------------------------------------------

    def _rows(self, columns: Sequence[Value]) -> Written:
        """Every row judged: it matches, is out, or is open and then waits for some facts."""
        writer, table = self.writer, self.table
        self.columns = [writer.keep(column.or_none) for column in columns]
        self.nulls = [
            py.any_of(map(py.is_none, [local])) if value.nulls else py.FALSE
            for local, value in zip(self.columns, columns, strict=True)
        ]
        matching, opened, waits = self.matching or writer.fresh("m"), writer.fresh("o"), writer.fresh("w")
        zero = py.const(0)
        writer.emit(*(py.assign(name, zero) for name in (matching, opened, waits)))
        self.verdicts: dict[tuple[int, Cell], ast.expr] = {}
        for bit, row in enumerate(table.rows):
            self._judge(row, 1 << bit, matching, opened, waits)
        m, o = py.load(matching), py.load(opened)
        unsettled: ast.expr = o
        if table.hit is HitPolicy.FIRST:
            earlier = py.compare(_lowest(m), ast.Lt(), _lowest(o))
            unsettled = py.all_of((o, py.not_(py.all_of((m, earlier)))))
        with writer.inside() as give_up:
            writer.emit(py.assign(self.row, py.const(UNSETTLED)))
            if self.matching:
                writer.emit(py.assign(self.matching, zero))
            writer.emit(*(py.assign(local, py.NULL) for local in self.outputs))
        writer.emit(*py.when(unsettled, give_up, self._settle(m)))
        self._hold(nullable=True, waits=waits)
        return Written(table, self.row, False, waits, self.matching)

    def _judge(self, row: Row, bit: int, matching: str, opened: str, waits: str) -> None:
        writer = self.writer
        cells = [(cell, self._verdict(index, cell)) for index, cell in enumerate(row.cells)]
        cells = [(cell, verdict) for cell, verdict in cells if not _is(verdict, True)]
        with writer.inside() as when_open:
            writer.emit(_add(opened, py.const(bit)))
            for cell, verdict in cells:
                mask = writer.masks(cell.waits)
                if not (isinstance(mask, ast.Constant) and mask.value == 0):
                    writer.emit(*py.when(py.is_none(verdict), [_add(waits, mask)]))
        passes = py.all_of([verdict for _, verdict in cells])
        stays = py.all_of([py.compare(verdict, ast.IsNot(), py.FALSE) for _, verdict in cells])
        writer.emit(*py.when(passes, [_add(matching, py.const(bit))], py.when(stays, when_open)))

    def _verdict(self, index: int, cell: Cell) -> ast.expr:
        """True, False or (open) None; each different cell of a column is judged once."""
        if isinstance(cell.test, Anything):
            return py.TRUE
        key = (index, Cell(cell.test, cell.opens, ()))
        if key not in self.verdicts:
            unknown = py.any_of([self.writer.unknown(name) for name in cell.opens if name in self.writer.held])
            verdict = py.choose(unknown, py.NULL, self._test(index, cell))
            self.verdicts[key] = self.writer.keep(verdict, "c")
        return self.verdicts[key]

    def _test(self, index: int, cell: Cell) -> ast.expr:
        value, null, kind = self.columns[index], self.nulls[index], self.table.columns[index].type.kind
        match cell.test:
            case Anything():
                return py.TRUE
            case Holds(condition=condition):
                return self.writer.value(condition).or_none
            case OneOf(texts=texts, negated=negated, null=verdict):
                inside = _among(value, texts)
            case Within(spans=spans, negated=negated, null=verdict):
                if kind is Kind.BOOLEAN:
                    truths = [truth for truth in (False, True) if any(_covers(s.low, s.high, truth) for s in spans)]
                    inside = py.any_of([value if truth else py.not_(value) for truth in truths])
                    inside = py.TRUE if len(truths) == 2 else inside
                else:
                    inside = py.any_of([self._between(value, span.low, span.high, kind) for span in spans])
        return py.choose(null, py.const(verdict), py.not_(inside) if negated else inside)

    def _between(self, value: ast.expr, low: int | None, high: int | None, kind: Kind) -> ast.expr:
        least = None if low is None else self.writer.literal(low, kind)
        most = None if high is None else self.writer.literal(high, kind)
        match least, most:
            case None, None:
                return py.TRUE
            case None, ast.expr():
                return py.compare(value, ast.LtE(), most)
            case ast.expr(), None:
                return py.compare(value, ast.GtE(), least)
            case ast.expr(), ast.expr():
                if low == high:
                    return py.compare(value, ast.Eq(), least)
                return ast.Compare(least, [ast.LtE(), ast.LtE()], [value, most])
            case _:
                raise AssertionError

    def _settle(self, m: ast.expr) -> list[ast.stmt]:
        """The hit policy, over the bits of the matching rows."""
        table, hit = self.table, self.table.hit
        if hit in AGGREGATED:
            return self._aggregate(m)
        with self.writer.inside() as nothing:
            self.writer.emit(py.assign(self.row, py.const(NO_ROW)), *self._nulls())
        with self.writer.inside() as conflict:
            self.writer.emit(py.assign(self.row, py.const(CONFLICT)), *self._nulls())
        order = list(range(len(table.rows)))
        if hit is HitPolicy.PRIORITY:
            order.sort(key=lambda row: table.order.index(table.rows[row].number))
        result = nothing
        for row in reversed(order):
            with self.writer.inside() as chosen:
                values = [self.writer.value(one).or_none for one in table.rows[row].results]
                self.writer.emit(py.assign(self.row, py.const(table.rows[row].number)))
                self.writer.emit(*map(py.assign, self.outputs, values))
            result = py.when(py.binary(m, ast.BitAnd(), py.const(1 << row)), chosen, result)
        several = py.binary(m, ast.BitAnd(), py.binary(m, ast.Sub(), py.const(1)))
        if hit is HitPolicy.UNIQUE:
            return py.when(several, conflict, result)
        if hit is HitPolicy.ANY:
            found, collected = self._collected(m)
            return [*collected, *py.when(py.not_(py.call("alike", py.load(found))), conflict, result)]
        return result

    def _nulls(self) -> list[ast.stmt]:
        return [py.assign(local, py.NULL) for local in self.outputs]

    def _collected(self, m: ast.expr) -> tuple[str, list[ast.stmt]]:
        """A list of what the matching rows say: of their only output, or of all as a tuple."""
        found = self.writer.fresh("a")
        with self.writer.inside() as statements:
            self.writer.emit(py.assign(found, ast.List([], ast.Load())))
            for bit, row in enumerate(self.table.rows):
                with self.writer.inside() as append:
                    values = [self.writer.value(result).or_none for result in row.results]
                    value = values[0] if len(values) == 1 else py.tuple_of(values)
                    self.writer.emit(ast.Expr(py.method(py.load(found), "append", value)))
                self.writer.emit(*py.when(py.binary(m, ast.BitAnd(), py.const(1 << bit)), append))
        return found, statements

    def _aggregate(self, m: ast.expr) -> list[ast.stmt]:
        (output,) = self.outputs
        found, collected = self._collected(m)
        listed = py.load(found)
        with self.writer.inside() as nothing:
            empty = py.const(0) if self.table.hit is HitPolicy.COUNT else py.NULL
            self.writer.emit(py.assign(self.row, py.const(NO_ROW)), py.assign(output, empty))
        with self.writer.inside() as some:
            numbers = self.writer.constant(tuple(row.number for row in self.table.rows))
            first = py.binary(py.method(_lowest(m), "bit_length"), ast.Sub(), py.const(1))
            self.writer.emit(py.assign(self.row, py.item(numbers, first)))
            if self.table.hit is HitPolicy.COUNT:
                value = py.call("length", listed)
            else:
                null = py.compare(py.NULL, ast.In(), listed)
                value = py.choose(null, py.NULL, py.call(_COMBINE[self.table.hit], listed))
            self.writer.emit(py.assign(output, value))
        return [*collected, *py.when(m, some, nothing)]


_COMBINE = {HitPolicy.SUM: "total", HitPolicy.MIN: "least", HitPolicy.MAX: "greatest"}


def _combined(hit: HitPolicy, values: Sequence[Value]) -> Value:
    nulls = {key: test for value in values for key, test in value.nulls.items()}
    exprs = [value.expr for value in values]
    constants = [expr.value for expr in exprs if isinstance(expr, ast.Constant)]
    numbers = [value for value in constants if isinstance(value, int)]
    if len(numbers) == len(exprs):
        combine = {HitPolicy.SUM: sum, HitPolicy.MIN: min, HitPolicy.MAX: max}[hit]
        return Value(nulls, py.const(combine(numbers)))
    if len(exprs) == 1:
        return Value(nulls, exprs[0])
    if hit is HitPolicy.SUM:
        total = exprs[0]
        for expr in exprs[1:]:
            total = py.binary(total, ast.Add(), expr)
        return Value(nulls, total)
    return Value(nulls, py.call(_COMBINE[hit], *exprs))


def _among(value: ast.expr, texts: Sequence[str]) -> ast.expr:
    if len(texts) == 1:
        return py.compare(value, ast.Eq(), py.const(texts[0]))
    return py.compare(value, ast.In(), py.const(frozenset(texts)))


def _covers(low: int | None, high: int | None, truth: bool) -> bool:
    return (low is None or low <= truth) and (high is None or truth <= high)


def _lowest(bits: ast.expr) -> ast.expr:
    return py.binary(bits, ast.BitAnd(), ast.UnaryOp(ast.USub(), bits))


def _add(name: str, value: ast.expr) -> ast.stmt:
    return ast.AugAssign(ast.Name(name, ast.Store()), ast.BitOr(), value)


def _is(expr: ast.expr, value: bool) -> bool:
    return isinstance(expr, ast.Constant) and expr.value is value
