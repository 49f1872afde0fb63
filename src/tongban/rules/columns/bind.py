"""A program for one run: the day and what a policy fixes become constants, and tests of ages become tests of dates.

`years and months duration(birth_date, day).years >= 80` is `birth_date <= d`: where a formula of one input only ever
falls or rises, its thresholds are found on the input by bisection with the formula itself. So leap days and the ends
of months come out as FEEL counts them, by construction.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Mapping
from dataclasses import replace

from .evaluate import Facts, evaluate
from .ir import Anything, Cell, Column, Decide, Define, Program, Row, Span, Step, Within
from .nodes import (
    BOOLEAN,
    AddMonths,
    And,
    Arithmetic,
    Calculate,
    Compare,
    Comparison,
    Const,
    Expr,
    Guard,
    If,
    Kind,
    Lookup,
    MonthsBetween,
    Or,
    Part,
    PartOf,
    Quotient,
    Ref,
    Rescale,
    Scalar,
    Unknown,
)
from .prune import map_step, map_verdict, pruned
from .typed import names_in, nullable, rebuild, type_of


def bind(program: Program, constants: Mapping[str, Scalar]) -> Program:
    """The program with inputs replaced by constants (none of them null), folded, and with thresholds moved to the
    inputs where that is exact."""
    return pruned(_Binding(program, constants).program())


class _Binding:
    def __init__(self, source: Program, constants: Mapping[str, Scalar]) -> None:
        self.source = source
        fields = {field.name: field.type for field in source.inputs}
        self.known: dict[str, Const] = {
            name: Const(value, fields[name]) for name, value in constants.items() if name in fields
        }
        self.inputs = {name: of for name, of in fields.items() if name not in self.known}
        self.curves: dict[str, Expr] = {}
        """Formulas that rise or fall with one input, by the names defined as them."""

    def program(self) -> Program:
        first = self.steps(self.source.first)
        verdict = self.source.verdict
        if verdict is not None:
            changed = map_verdict(verdict, self.fold, self.names)
            verdict = replace(changed, table=self.table(changed.table))
        later = self.steps(self.source.later)
        fields = tuple(field for field in self.source.inputs if field.name not in self.known)
        return replace(self.source, inputs=fields, first=first, verdict=verdict, later=later)

    def steps(self, steps: tuple[Step, ...]) -> tuple[Step, ...]:
        found: list[Step] = []
        for step in steps:
            changed = map_step(step, self.fold, self.names)
            if isinstance(changed, Decide):
                found.append(self.table(changed))
                continue
            found.append(changed)
            if isinstance(changed.value, Const) and changed.value.value is not None:
                self.known[changed.name] = changed.value
            elif changed.applies is None and self.stands_for_its_input(changed):
                self.curves[changed.name] = changed.value
        return tuple(found)

    def stands_for_its_input(self, step: Define) -> bool:
        """Whether a formula is a curve that is unknown just where its input is, and waits for nothing else."""
        found = self.curve(step.value)
        return found is not None and all(
            wait.condition is None and set(wait.names) == {found[0].name} for wait in step.waits
        )

    def names(self, name: str) -> tuple[str, ...]:
        """What a wait for `name` comes down to."""
        if name in self.known:
            return ()
        return tuple(names_in(self.curves[name])) if name in self.curves else (name,)

    # --- folding -----------------------------------------------------------------------------------------

    def fold(self, expr: Expr) -> Expr:
        """`expr` with what is constant computed."""
        if isinstance(expr, Ref):
            return self.known.get(expr.name, expr)
        if isinstance(expr, Unknown):
            names = self.names(expr.name)
            return Unknown(names[0]) if names else Const(False, BOOLEAN)
        if isinstance(expr, Guard):
            names = tuple(dict.fromkeys(new for name in expr.names for new in self.names(name)))
            operand = self.fold(expr.operand)
            return Guard(names, operand) if names else operand
        inner = rebuild(expr, self.fold)
        match inner:
            case Const():
                return inner
            case And(items=items) | Or(items=items):
                return _junction(type(inner), items)
            case If(condition=Const(value=truth), then=then, otherwise=otherwise):
                return then if truth is True else otherwise
            case Compare(op=op, left=left, right=Const(value=int() as limit)) if type_of(left).kind is not Kind.CODE:
                return self.moved(op, left, limit) or inner
            case Lookup(day=Const(value=int() as day), entries=entries):
                valid = [
                    e for e in entries if (e.since is None or e.since <= day) and (e.until is None or day < e.until)
                ]
                inner = replace(inner, day=None, entries=tuple(replace(e, since=None, until=None) for e in valid))
            case _:
                pass
        if names_in(inner):
            return inner
        return Const(evaluate(inner, Facts({})), type_of(inner))

    # --- thresholds --------------------------------------------------------------------------------------

    def expanded(self, expr: Expr) -> Expr:
        """`expr` with the names of curves replaced by their formulas."""
        if isinstance(expr, Ref):
            return self.curves.get(expr.name, expr)
        return rebuild(expr, self.expanded)

    def curve(self, expr: Expr) -> tuple[Ref, int] | None:
        """The one input that `expr` rises (1) or falls (-1) with, and never is null for; None if there is none."""
        whole = self.expanded(expr)
        if isinstance(whole, Ref) or nullable(whole, ()):
            return None
        found = direction(whole)
        if found is None or found[0].name not in self.inputs:
            return None
        of = self.inputs[found[0].name]
        return found if of.low is not None and of.high is not None else None

    def span(self, expr: Expr, wanted: Span) -> tuple[Ref, Span | None] | None:
        """The values of the input for which the curve `expr` lies in `wanted`; None for none of them."""
        found = self.curve(expr)
        if found is None:
            return None
        base, rises = found
        whole, of = self.expanded(expr), self.inputs[base.name]
        low, high = of.low or 0, of.high or 0

        def height(value: int) -> int:
            result = evaluate(whole, Facts({base.name: value}))
            return rises * int(result or 0)

        least, most = (wanted.low, wanted.high) if rises > 0 else (_minus(wanted.high), _minus(wanted.low))
        domain = range(low, high + 1)
        start = 0 if least is None else bisect_left(domain, least, key=height)
        end = len(domain) if most is None else bisect_right(domain, most, key=height)
        if start >= end:
            return base, None
        return base, Span(None if start == 0 else low + start, None if end == len(domain) else low + end - 1)

    def moved(self, op: Comparison, left: Expr, limit: int) -> Expr | None:
        """A comparison of a curve with a constant as a comparison of its input."""
        span = _SPANS.get(op)
        found = None if span is None else self.span(left, span(limit))
        if found is None or found[1] is None:
            return None
        base, values = found
        of = self.inputs[base.name]
        match values:
            case Span(low=None, high=int() as high):
                return Compare(Comparison.AT_MOST, base, Const(high, of))
            case Span(low=int() as low, high=None):
                return Compare(Comparison.AT_LEAST, base, Const(low, of))
            case _:
                return None

    def table(self, table: Decide) -> Decide:
        """A table whose columns of curves test the inputs instead."""
        moved = [self.column(table, index) for index in range(len(table.columns))]
        columns = tuple(new[0] if new else old for new, old in zip(moved, table.columns, strict=True))
        rows = tuple(
            Row(
                row.number,
                tuple(new[1][at] if new else cell for new, cell in zip(moved, row.cells, strict=True)),
                row.results,
                row.law,
                row.note,
            )
            for at, row in enumerate(table.rows)
        )
        return replace(table, columns=columns, rows=rows)

    def column(self, table: Decide, index: int) -> tuple[Column, list[Cell]] | None:
        column = table.columns[index]
        found = self.curve(column.value)
        cells = [row.cells[index] for row in table.rows]
        if found is None or not all(isinstance(cell.test, Within | Anything) for cell in cells):
            return None
        moved: list[Cell] = []
        for cell in cells:
            if isinstance(cell.test, Within):
                spans = [self.span(column.value, span) for span in cell.test.spans]
                kept = sorted((s[1] for s in spans if s and s[1]), key=lambda s: (s.low is not None, s.low or 0))
                cell = replace(cell, test=replace(cell.test, spans=tuple(kept)))
            moved.append(cell)
        base = found[0]
        return Column(base, self.inputs[base.name], column.text), moved


def _minus(value: int | None) -> int | None:
    return None if value is None else -value


_SPANS: dict[Comparison, Callable[[int], Span]] = {
    Comparison.LESS: lambda limit: Span(None, limit - 1),
    Comparison.AT_MOST: lambda limit: Span(None, limit),
    Comparison.GREATER: lambda limit: Span(limit + 1, None),
    Comparison.AT_LEAST: lambda limit: Span(limit, None),
}


def _junction(kind: type[And] | type[Or], items: tuple[Expr, ...]) -> Expr:
    """`and` or `or` without the items that are constant."""
    decisive = kind is Or
    rest = tuple(item for item in items if not (isinstance(item, Const) and item.value is (not decisive)))
    if any(isinstance(item, Const) and item.value is decisive for item in rest):
        return Const(decisive, BOOLEAN)
    if not rest:
        return Const(not decisive, BOOLEAN)
    return rest[0] if len(rest) == 1 else kind(rest)


def direction(expr: Expr) -> tuple[Ref, int] | None:
    """The only name in `expr` and 1 or -1 if the value never falls or never rises as it grows; None if unsure."""
    match expr:
        case Ref():
            return (expr, 1) if expr.type.kind in (Kind.DATE, Kind.NUMBER, Kind.MONTHS, Kind.DAYS) else None
        case (
            Rescale(operand=inner)
            | PartOf(part=Part.YEARS | Part.YEAR, operand=inner)
            | AddMonths(date=inner, months=Const())
            | MonthsBetween(start=Const(), end=inner)
            | Calculate(op=Arithmetic.ADD, left=inner, right=Const())
            | Calculate(op=Arithmetic.ADD, left=Const(), right=inner)
            | Calculate(op=Arithmetic.SUBTRACT, left=inner, right=Const())
        ):
            return direction(inner)
        case MonthsBetween(start=inner, end=Const()) | Calculate(op=Arithmetic.SUBTRACT, left=Const(), right=inner):
            return _turned(direction(inner), -1)
        case (
            Calculate(op=Arithmetic.MULTIPLY, left=inner, right=Const(value=int() as factor))
            | Calculate(op=Arithmetic.MULTIPLY, left=Const(value=int() as factor), right=inner)
            | Quotient(left=inner, right=Const(value=int() as factor))
        ) if factor:
            return _turned(direction(inner), 1 if factor > 0 else -1)
        case _:
            return None


def _turned(found: tuple[Ref, int] | None, sign: int) -> tuple[Ref, int] | None:
    return None if found is None else (found[0], found[1] * sign)
