"""Which names the steps of a program read, and the program without what nothing reads."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from .ir import Cell, Column, Decide, Define, Holds, Program, Row, Step, Verdict, Wait
from .nodes import Expr
from .typed import names_in


def expressions(step: Step) -> tuple[Expr, ...]:
    """All expressions of a step."""
    if isinstance(step, Define):
        conditions = tuple(wait.condition for wait in step.waits if wait.condition is not None)
        return (step.value, *(() if step.applies is None else (step.applies,)), *conditions)
    held = (cell.test.condition for row in step.rows for cell in row.cells if isinstance(cell.test, Holds))
    results = (result for row in step.rows for result in row.results)
    return (*(column.value for column in step.columns), *results, *held)


def names_read(step: Step) -> frozenset[str]:
    """The names that a step reads, or that decide what it waits for."""
    if isinstance(step, Define):
        more = (name for wait in step.waits for name in wait.names)
    else:
        more = (name for row in step.rows for cell in row.cells for name in (*cell.waits, *cell.opens))
    return frozenset(more).union(*map(names_in, expressions(step)))


def used_names(steps: Iterable[Step], wanted: Iterable[str]) -> frozenset[str]:
    """All names that the tables and `wanted` depend on, through however many steps."""
    used = set(wanted)
    for step in reversed(tuple(steps)):
        if isinstance(step, Decide) or step.name in used:
            used |= names_read(step)
    return frozenset(used)


def wanted_names(program: Program) -> frozenset[str]:
    """The names that a program must give whatever its tables read."""
    verdict = program.verdict
    if verdict is None:
        return frozenset(program.outputs)
    needed = frozenset[str]() if verdict.not_needed is None else names_in(verdict.not_needed)
    return needed.union(program.outputs, verdict.amounts)


def pruned(program: Program) -> Program:
    """The program without formulas and inputs that nothing reads. Bits keep their places."""
    used = used_names(program.steps, wanted_names(program))

    def kept(steps: tuple[Step, ...]) -> tuple[Step, ...]:
        return tuple(step for step in steps if isinstance(step, Decide) or step.name in used)

    fields = tuple(field for field in program.inputs if field.name in used)
    return replace(program, inputs=fields, first=kept(program.first), later=kept(program.later))


def map_step(step: Step, change: Callable[[Expr], Expr], names: Callable[[str], Iterable[str]]) -> Step:
    """A step with every expression changed, and every name that it waits for replaced."""

    def renamed(old: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(new for name in old for new in names(name)))

    if isinstance(step, Define):
        waits = tuple(
            Wait(None if wait.condition is None else change(wait.condition), renamed(wait.names)) for wait in step.waits
        )
        applies = None if step.applies is None else change(step.applies)
        return replace(step, value=change(step.value), applies=applies, waits=waits)

    def cell(one: Cell) -> Cell:
        test = Holds(change(one.test.condition)) if isinstance(one.test, Holds) else one.test
        return Cell(test, renamed(one.opens), renamed(one.waits))

    columns = tuple(Column(change(c.value), c.type, c.text) for c in step.columns)
    rows = tuple(
        Row(row.number, tuple(map(cell, row.cells)), tuple(map(change, row.results)), row.law, row.note)
        for row in step.rows
    )
    return replace(step, columns=columns, rows=rows)


def map_verdict(verdict: Verdict, change: Callable[[Expr], Expr], names: Callable[[str], Iterable[str]]) -> Verdict:
    """A verdict with every expression changed."""
    table = map_step(verdict.table, change, names)
    assert isinstance(table, Decide)  # noqa: S101 - a table stays a table
    return replace(verdict, not_needed=None if verdict.not_needed is None else change(verdict.not_needed), table=table)
