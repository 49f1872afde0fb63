"""Where the answer may turn: for each input of a program the values on both sides of everything its cells name.

Found on a program bound to its day, so that an age of 80 is already a birthday, and the values are that birthday, the
day before and the day after.
"""

from __future__ import annotations

from collections.abc import Iterator

from .ir import Anything, Cell, Column, Decide, Holds, OneOf, Program, Within, raw
from .nodes import OTHER, Compare, Const, Expr, Guard, Kind, Lookup, Ref, Scalar, StartsWith, Type
from .typed import children

MOST_CODES = 64


def edges(program: Program) -> dict[str, tuple[Scalar, ...]]:
    """For each input by its name: every threshold with its neighbours, the bounds of the type, and null."""
    fields = {field.name: field.type for field in program.inputs}
    found: dict[str, set[Scalar]] = {name: _bounds(of) for name, of in fields.items()}
    for name, value in _named(program):
        field = name if name in fields else raw(name)
        of = fields.get(field)
        if of is not None:
            found[field] |= _around(value, of)
    return {name: (*sorted(values, key=lambda v: (str(type(v)), v)), None) for name, values in found.items()}


def direct(program: Program, column: Column) -> str | None:
    """The input that a column looks at as it is; None for a column that computes."""
    value = column.value
    while isinstance(value, Guard):
        value = value.operand
    names = {field.name for field in program.inputs}
    if not isinstance(value, Ref):
        return None
    return value.name if value.name in names else raw(value.name) if raw(value.name) in names else None


def passing(cell: Cell, candidates: tuple[Scalar, ...]) -> tuple[Scalar, ...]:
    """Those of the values that the cell passes, looked at by themselves."""
    return tuple(value for value in candidates if value is not None and _passes(cell, value))


def _passes(cell: Cell, value: Scalar) -> bool:
    match cell.test:
        case Within(spans=spans, negated=negated) if not isinstance(value, str | None):
            inside = any((s.low is None or s.low <= value) and (s.high is None or value <= s.high) for s in spans)
            return inside != negated
        case OneOf(texts=texts, negated=negated):
            return (value in texts) != negated
        case Anything() | Holds() | Within():
            return True


def _bounds(of: Type) -> set[Scalar]:
    match of.kind:
        case Kind.BOOLEAN:
            return {False, True}
        case Kind.CODE:
            return {OTHER, *range(min(len(of.values), MOST_CODES))}
        case Kind.TEXT:
            return {"x"}
        case _:
            return {end for end in (of.low, of.high) if end is not None}


def _around(value: Scalar, of: Type) -> set[Scalar]:
    if isinstance(value, str):
        return {value, f"{value}x"}
    if not isinstance(value, int) or of.kind in (Kind.BOOLEAN, Kind.CODE):
        return set()
    low, high = of.low, of.high
    near = (value - 1, value, value + 1)
    return {one for one in near if (low is None or one >= low) and (high is None or one <= high)}


def _named(program: Program) -> Iterator[tuple[str, Scalar]]:
    """Every name with a value that it is compared with."""
    for step in program.steps:
        if isinstance(step, Decide):
            for column, cells in zip(step.columns, zip(*(row.cells for row in step.rows), strict=True), strict=True):
                yield from _compared(column.value)
                name = direct(program, column)
                for cell in cells:
                    if isinstance(cell.test, Holds):
                        yield from _compared(cell.test.condition)
                    elif name is not None:
                        yield from ((name, value) for value in _values(cell))
            for row in step.rows:
                for result in row.results:
                    yield from _compared(result)
        else:
            yield from _compared(step.value)
            if step.applies is not None:
                yield from _compared(step.applies)


def _values(cell: Cell) -> Iterator[Scalar]:
    match cell.test:
        case Within(spans=spans):
            yield from (end for span in spans for end in (span.low, span.high) if end is not None)
        case OneOf(texts=texts):
            yield from texts
        case Anything() | Holds():
            return


def _compared(expr: Expr) -> Iterator[tuple[str, Scalar]]:
    match expr:
        case Compare(left=Ref(name=name), right=Const(value=value)) if value is not None:
            yield name, value
        case StartsWith(prefix=prefix):
            yield from ((name, prefix) for name in _refs(expr))
        case Lookup(category=category, day=day, entries=entries):
            if isinstance(day, Ref):
                yield from (
                    (day.name, end) for entry in entries for end in (entry.since, entry.until) if end is not None
                )
            if isinstance(category, Ref):
                yield from ((category.name, entry.category) for entry in entries if entry.category is not None)
        case _:
            pass
    for child in children(expr):
        yield from _compared(child)


def _refs(expr: Expr) -> Iterator[str]:
    if isinstance(expr, Ref):
        yield expr.name
    for child in children(expr):
        yield from _refs(child)
