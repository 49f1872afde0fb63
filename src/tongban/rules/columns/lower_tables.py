"""From decision tables to typed ones: cells become spans of whole numbers, results typed expressions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import assert_never

from tongban.rules.feel import syntax
from tongban.rules.feel.dialect import equal
from tongban.rules.feel.expression import compile_expression
from tongban.rules.feel.syntax import Op, Tests
from tongban.rules.feel.values import Date, DaysDuration, MonthsDuration, Range, Value, is_list, to_feel
from tongban.rules.tables import model
from tongban.rules.tables.model import HitPolicy, Literal
from tongban.rules.tables.table import Table

from .constants import NULL, constant, constant_of
from .ir import Anything, Cell, Column, Decide, Holds, OneOf, Output, Row, Span, Test, Within
from .lower import Lowering, Scope, joined, lower_plain, rescaled
from .nodes import Compare, Comparison, Const, Expr, Kind, Not, Or, Type
from .refusal import NotColumnar, refuse
from .typed import type_of

SINGLE = frozenset({HitPolicy.UNIQUE, HitPolicy.ANY, HitPolicy.FIRST, HitPolicy.PRIORITY})
COLUMNAR = SINGLE | {HitPolicy.SUM, HitPolicy.MIN, HitPolicy.MAX, HitPolicy.COUNT}


@dataclass(frozen=True, slots=True)
class Reads:
    """The names that a cell depends on; see `ir.Cell`."""

    opens: tuple[str, ...]
    waits: tuple[str, ...]


def lower_table(
    table: Table, title: str, columns: Sequence[Column], reads: Sequence[Sequence[Reads]], scope: Scope
) -> Decide:
    """A table in typed form; `reads` for each row and column. Raises `NotColumnar`, its place the row and column."""
    if table.hit not in COLUMNAR:
        raise NotColumnar(
            table.hit.value,
            0,
            "结果是一个列表，放不进一列",
            "its outcome is a list, which no column holds",
            "hit policy",
        )
    if any(output.default is not None for output in table.outputs):
        raise NotColumnar(table.name, 0, "默认结果还不能变成列", "default outputs have no columnar form yet", "outputs")
    rows: list[Row] = []
    for number, (row, cells) in enumerate(zip(table.rows, table.cells, strict=True), 1):
        found: list[Cell] = []
        for index, (cell, column, read) in enumerate(zip(cells, columns, reads[number - 1], strict=True), 1):
            try:
                test = lower_cell(cell.text, cell.tree, column, scope)
            except NotColumnar as refusal:
                raise refusal.at(f"row {number}, column {index}") from None
            found.append(Cell(test, read.opens, read.waits))
        results = tuple(
            _result(result, scope, f"row {number}, output {index}") for index, result in enumerate(row.outputs, 1)
        )
        rows.append(Row(number, tuple(found), results, row.law or "", row.note))
    typed = [_output(output, [row.results[index] for row in rows]) for index, output in enumerate(table.outputs)]
    rows = [replace(row, results=tuple(results[row.number - 1] for _, results in typed)) for row in rows]
    outputs = tuple(
        Output(o.name, _aggregated(table.hit, of, rows, i))
        for i, (o, (of, _)) in enumerate(zip(table.outputs, typed, strict=True))
    )
    order = _order(table) if table.hit is HitPolicy.PRIORITY else ()
    return Decide(table.name, title, table.hit, tuple(columns), tuple(rows), outputs, order)


# --- results ---------------------------------------------------------------------------------------------


def _result(result: str | Literal, scope: Scope, place: str) -> Expr:
    if isinstance(result, str):
        node = compile_expression(result, scope.types).node
        try:
            return lower_plain(result, node, scope)
        except NotColumnar as refusal:
            raise refusal.at(place) from None
    found = constant(to_feel(result.value))
    if found is None:
        text = str(result.value)
        raise NotColumnar(text, 0, "这种值不能放进列里", "no column holds such a value", place)
    return found


def _output(output: model.Output, results: Sequence[Expr]) -> tuple[Type, list[Expr]]:
    """The type that holds the results of all rows, and the results in it."""
    given = [result for result in results if result != NULL]
    if all(isinstance(result, Const) and result.type.kind is Kind.TEXT for result in given) and given:
        texts = dict.fromkeys(str(result.value) for result in given if isinstance(result, Const))
        values = tuple(dict.fromkeys([*map(str, output.values), *texts]))
        of = Type(Kind.CODE, 0, len(values) - 1, values=values)
        return of, [
            Const(None if r == NULL else values.index(str(r.value)), of) for r in results if isinstance(r, Const)
        ]
    place = f"output {output.name}"
    types = [type_of(result) for result in given]
    if not types:
        raise NotColumnar(output.name, 0, "这一列没有任何结果", "this output never has a value", place)
    if any(of.kind is not types[0].kind or of.values != types[0].values for of in types):
        raise NotColumnar(output.name, 0, "各行结果的类型不同", "the rows' results differ in type", place)
    scale = max(of.scale for of in types)
    typed = [None if result == NULL else rescaled(result, scale) for result in results]
    of = joined([type_of(result) for result in typed if result is not None])
    return of, [Const(None, of) if result is None else result for result in typed]


def _aggregated(hit: HitPolicy, of: Type, rows: Sequence[Row], index: int) -> Type:
    """The type of an output over all rows that match."""
    if hit is HitPolicy.COUNT:
        return Type(Kind.NUMBER, 0, len(rows))
    if hit is not HitPolicy.SUM:
        return of
    types = [type_of(row.results[index]) for row in rows]
    if of.kind is not Kind.NUMBER or any(one.low is None or one.high is None for one in types):
        raise NotColumnar(hit.value, 0, "不能求和", "these results cannot be added up", "hit policy")
    low = sum(min(0, one.low or 0) for one in types)
    high = sum(max(0, one.high or 0) for one in types)
    return replace(of, low=low, high=high)


def _order(table: Table) -> tuple[int, ...]:
    """The rows by priority of their outputs, which must be constants."""
    ranks: list[tuple[tuple[int, ...], int]] = []
    for number, row in enumerate(table.rows, 1):
        rank: list[int] = []
        for output, result in zip(table.outputs, row.outputs, strict=True):
            value = _plain_constant(result)
            allowed = [to_feel(one) for one in output.values]
            rank.append(next((i for i, one in enumerate(allowed) if equal(value, one)), len(allowed)))
        ranks.append((tuple(rank), number))
    return tuple(number for _, number in sorted(ranks))


def _plain_constant(result: str | Literal) -> Value:
    if isinstance(result, Literal):
        return to_feel(result.value)
    expression = compile_expression(result, ())
    known = constant_of(result, expression.node)
    if known is None:
        raise NotColumnar(result, 0, "按优先级排序需要固定的结果", "ranking needs constant results", "outputs")
    return known[0]


# --- cells -----------------------------------------------------------------------------------------------


def lower_cell(source: str, tree: Tests, column: Column, scope: Scope) -> Test:
    """What a cell asks of its column."""
    if not tree.tests:
        return Anything()
    constants = [constant_of(source, test.operand) for test in tree.tests]
    if any(known is None for known in constants):
        return _condition(source, tree, column, scope)
    spans: list[Span] = []
    texts: list[str] = []
    null: bool | None = None
    for test, known in zip(tree.tests, constants, strict=True):
        for value in _scalars(known[0] if known else None):
            if value is None and isinstance(test, syntax.Match):
                null = True
            elif column.type.kind is Kind.TEXT:
                texts.append(_text(source, test, value))
            else:
                spans += _spans(source, test, value, column.type)
    null = not null if tree.negated and null is not None else null
    if column.type.kind is Kind.TEXT:
        return OneOf(tuple(dict.fromkeys(texts)), tree.negated, null)
    return Within(merged(spans), tree.negated, null)


def _scalars(value: Value) -> Iterable[Value]:
    return [one for item in value for one in _scalars(item)] if is_list(value) else [value]


def _text(source: str, test: syntax.Test, value: Value) -> str:
    if not isinstance(test, syntax.Match) or not isinstance(value, str):
        raise refuse(source, test.at, "文字列只能比较是否相同", "a text can only be tested for being the same")
    return value


_OPPOSITE: dict[Op, tuple[bool, bool, bool]] = {
    Op.LESS: (True, False, False),
    Op.AT_MOST: (True, True, False),
    Op.EQUAL: (False, True, False),
    Op.AT_LEAST: (False, True, True),
    Op.GREATER: (False, False, True),
    Op.UNEQUAL: (True, False, True),
}
"""For each comparison whether values below, at and above the operand pass."""


def _spans(source: str, test: syntax.Test, value: Value, of: Type) -> list[Span]:
    """The whole numbers that pass one test against one constant."""
    if isinstance(test, syntax.Match):
        if isinstance(value, Range):
            low = None if value.low is None else _bound(source, test, value.low, of, up=True, closed=value.low_closed)
            high = (
                None if value.high is None else _bound(source, test, value.high, of, up=False, closed=value.high_closed)
            )
            return [] if low is not None and high is not None and low > high else [Span(low, high)]
        below, at, above = False, True, False
    else:
        below, at, above = _OPPOSITE[test.op]
    if of.kind in (Kind.CODE, Kind.BOOLEAN) and (below != above):
        raise refuse(source, test.at, "选项没有大小", "choices have no order")
    found: list[Span] = []
    if below:
        found.append(Span(None, _bound(source, test, value, of, up=False, closed=False)))
    low = _bound(source, test, value, of, up=True, closed=True)
    high = _bound(source, test, value, of, up=False, closed=True)
    if at and low == high:
        found.append(Span(low, high))
    if above:
        found.append(Span(_bound(source, test, value, of, up=True, closed=False), None))
    return found


def _bound(source: str, test: syntax.Test, value: Value, of: Type, *, up: bool, closed: bool) -> int:
    """The first whole number at or above (`up`), or at or below, a constant; if not `closed` the constant excluded."""
    exact = _whole(value, of)
    if exact is None:
        said = f"此列是 {of.kind}，与这个值比不了", f"this column is a {of.kind}; the value is not comparable"
        raise refuse(source, test.at, *said)
    whole = int(exact.to_integral_value(ROUND_CEILING if up else ROUND_FLOOR))
    if whole == exact and not closed:
        whole += 1 if up else -1
    return whole


def _whole(value: Value, of: Type) -> Decimal | None:
    """The number that stands for a constant in a column of this type, perhaps between two whole ones."""
    match of.kind, value:
        case Kind.NUMBER, Decimal():
            return value.scaleb(of.scale)
        case Kind.BOOLEAN, bool():
            return Decimal(int(value))
        case Kind.DATE, Date(number=day):
            return Decimal(day)
        case Kind.MONTHS, MonthsDuration(months=months):
            return Decimal(months)
        case Kind.DAYS, DaysDuration(nanoseconds=nanoseconds):
            return Decimal(nanoseconds) / Decimal(86_400 * 10**9)
        case Kind.CODE, str() if value in of.values:
            return Decimal(of.values.index(value))
        case _:
            return None


def merged(spans: Iterable[Span]) -> tuple[Span, ...]:
    """The same whole numbers as sorted spans that do not touch."""
    ordered = sorted(spans, key=lambda span: (span.low is not None, span.low or 0))
    found: list[Span] = []
    for span in ordered:
        last = found[-1] if found else None
        if last is None or (last.high is not None and span.low is not None and span.low > last.high + 1):
            found.append(span)
        elif last.high is not None:
            high = None if span.high is None else max(last.high, span.high)
            found[-1] = Span(last.low, high)
    return tuple(found)


_TESTS: dict[Op, Comparison] = {Op(op.value): op for op in Comparison}


def _condition(source: str, tree: Tests, column: Column, scope: Scope) -> Test:
    """A cell that computes with other facts, or with `?`."""
    types = scope.types
    lowering = Lowering(source, types, (frozenset(types) - scope.known) | {"?"}, column.value)
    items: list[Expr] = []
    for test in tree.tests:
        match test:
            case syntax.Compare(op=op, operand=operand):
                value, other = lowering.alike(operand, column.value, lowering.lower(operand))
                items.append(Compare(_TESTS[op], value, other))
            case syntax.Match(operand=operand):
                found = lowering.lower(operand)
                if type_of(found).kind is Kind.BOOLEAN and column.type.kind is not Kind.BOOLEAN:
                    items.append(found)
                elif syntax.mentions(operand, "?"):
                    raise refuse(source, operand, "这里应是条件", "a condition is needed here")
                else:
                    value, other = lowering.alike(operand, column.value, found)
                    items.append(Compare(Comparison.EQUAL, value, other))
            case _:
                assert_never(test)
    held = items[0] if len(items) == 1 else Or(tuple(items))
    return Holds(Not(held) if tree.negated else held)
