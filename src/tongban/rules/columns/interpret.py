"""A program run for one person, step by step: the meaning of tables and programs, written to be read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias, cast

from tongban.rules.tables.model import HitPolicy

from .evaluate import Facts, evaluate
from .ir import (
    CONFLICT,
    NO_ROW,
    UNSETTLED,
    Anything,
    Cell,
    Decide,
    Define,
    Holds,
    OneOf,
    Program,
    Row,
    Step,
    Wait,
    Within,
)
from .nodes import Scalar

# --- tables ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Settled:
    """What became of a table: the number of the row that counts (or `UNSETTLED`, `NO_ROW`, `CONFLICT`), all matching
    rows if it is settled, the outputs, and the names that its open rows wait for."""

    row: int
    matching: tuple[int, ...]
    results: tuple[Scalar, ...]
    waits: frozenset[str]


def verdict_of(cell: Cell, value: Scalar, facts: Facts) -> bool | None:
    """Whether a cell passes, fails, or (None) is open."""
    if not isinstance(cell.test, Anything) and facts.unknown.intersection(cell.opens):
        return None
    match cell.test:
        case Anything():
            return True
        case Holds(condition=condition):
            return cast("bool | None", evaluate(condition, facts))
        case Within(spans=spans, negated=negated, null=null):
            if value is None:
                return null
            at = int(value)
            inside = any((s.low is None or s.low <= at) and (s.high is None or at <= s.high) for s in spans)
            return inside != negated
        case OneOf(texts=texts, negated=negated, null=null):
            return null if value is None else (value in texts) != negated


def decide(table: Decide, facts: Facts) -> Settled:
    """A table decided."""
    values = [evaluate(column.value, facts) for column in table.columns]
    matching: list[Row] = []
    open_rows: list[int] = []
    waits: set[str] = set()
    for row in table.rows:
        verdicts = [verdict_of(cell, value, facts) for cell, value in zip(row.cells, values, strict=True)]
        if False in verdicts:
            continue
        if None in verdicts:
            open_rows.append(row.number)
            waits.update(*(cell.waits for cell, passed in zip(row.cells, verdicts, strict=True) if passed is None))
        else:
            matching.append(row)
    numbers = tuple(row.number for row in matching)
    first = table.hit is HitPolicy.FIRST and bool(numbers)
    nulls: tuple[Scalar, ...] = (None,) * len(table.outputs)
    if open_rows and not (first and min(open_rows) > numbers[0]):
        return Settled(UNSETTLED, (), nulls, frozenset(waits))
    results = {row.number: tuple(evaluate(result, facts) for result in row.results) for row in matching}
    row, outputs = _HITS[table.hit](table, results)
    return Settled(row, numbers if row > 0 else (), nulls if outputs is None else outputs, frozenset(waits))


Results: TypeAlias = dict[int, tuple[Scalar, ...]]
Resolved: TypeAlias = tuple[int, "tuple[Scalar, ...] | None"]


def _single(results: Results, row: int) -> Resolved:
    return row, results[row]


def _first(_: Decide, results: Results) -> Resolved:
    return _single(results, min(results)) if results else (NO_ROW, None)


def _unique(table: Decide, results: Results) -> Resolved:
    return (CONFLICT, None) if len(results) > 1 else _first(table, results)


def _any(table: Decide, results: Results) -> Resolved:
    return (CONFLICT, None) if len(set(results.values())) > 1 else _first(table, results)


def _priority(table: Decide, results: Results) -> Resolved:
    return _single(results, min(results, key=table.order.index)) if results else (NO_ROW, None)


def _aggregate(combine: Callable[[list[int]], int]) -> Callable[[Decide, Results], Resolved]:
    def resolve(_: Decide, results: Results) -> Resolved:
        values = [value for (value,) in results.values()]
        if not values:
            return NO_ROW, None
        return min(results), (None if None in values else combine(cast("list[int]", values)),)

    return resolve


def _count(_: Decide, results: Results) -> Resolved:
    return (min(results) if results else NO_ROW), (len(results),)


_HITS: dict[HitPolicy, Callable[[Decide, Results], Resolved]] = {
    HitPolicy.UNIQUE: _unique,
    HitPolicy.ANY: _any,
    HitPolicy.FIRST: _first,
    HitPolicy.PRIORITY: _priority,
    HitPolicy.SUM: _aggregate(sum),
    HitPolicy.MIN: _aggregate(min),
    HitPolicy.MAX: _aggregate(max),
    HitPolicy.COUNT: _count,
}


# --- programs --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Answer:
    """What a program says about one person.

    outcome     None for a program without a verdict
    rows        for each table that ran what `Settled.row` says, by name
    matching    for each table that ran all rows that match
    outputs     the program's outputs; null too where their table did not run
    missing     the mask of missing facts: of the verdict, or without one of what the outputs wait for
    determined  see `Verdict`; without one: no table open, without a row or in conflict
    """

    outcome: str | None
    rows: dict[str, int]
    matching: dict[str, tuple[int, ...]]
    outputs: dict[str, Scalar]
    missing: int
    determined: bool


class _Run:
    def __init__(self, program: Program, inputs: Mapping[str, Scalar]) -> None:
        self.facts = Facts(inputs)
        self.masks: dict[str, int] = {}
        self.tables: dict[str, Settled] = {}
        self.fine = True
        for field in program.inputs:
            if inputs.get(field.name) is None:
                self.facts.unknown.add(field.name)
                self.masks[field.name] = 0 if field.bit is None else 1 << field.bit

    def mask(self, names: tuple[str, ...] | frozenset[str]) -> int:
        found = 0
        for name in names:
            found |= self.masks.get(name, 0)
        return found

    def steps(self, steps: tuple[Step, ...]) -> None:
        for step in steps:
            if isinstance(step, Define):
                self.define(step)
            else:
                settled = self.decide(step)
                self.fine = self.fine and settled.row > 0
                for output, value in zip(step.outputs, settled.results, strict=True):
                    self.give(output.name, value, unknown=True, mask=self.mask(settled.waits))

    def define(self, step: Define) -> None:
        applies = None if step.applies is None else evaluate(step.applies, self.facts)
        inapplicable = step.applies is not None and applies is False
        self.give(step.name, evaluate(step.value, self.facts), unknown=not inapplicable, mask=self.waits(step.waits))

    def waits(self, waits: tuple[Wait, ...]) -> int:
        holding = (w for w in waits if w.condition is None or evaluate(w.condition, self.facts) is True)
        return next((mask for wait in holding if (mask := self.mask(wait.names))), 0)

    def give(self, name: str, value: Scalar, *, unknown: bool, mask: int) -> None:
        self.facts.values[name] = value
        if value is None and unknown:
            self.facts.unknown.add(name)
            self.masks[name] = mask

    def decide(self, table: Decide) -> Settled:
        settled = self.tables[table.name] = decide(table, self.facts)
        return settled


def run(program: Program, inputs: Mapping[str, Scalar]) -> Answer:
    """What the program says about one person; `inputs` by name, null where a fact is not known."""
    work = _Run(program, inputs)
    work.steps(program.first)
    outcome, missing = None, work.mask(program.outputs)
    if program.verdict is not None:
        outcome, missing = _outcome(program, work)
    fine = work.fine and not missing and outcome not in ("unknown", "ask-official")
    return Answer(
        outcome,
        {name: settled.row for name, settled in work.tables.items()},
        {name: settled.matching for name, settled in work.tables.items()},
        {name: work.facts.values.get(name) for name in program.outputs},
        missing,
        fine,
    )


def _outcome(program: Program, work: _Run) -> tuple[str, int]:
    verdict = program.verdict
    if verdict is None:
        raise ValueError(f"{program.name} has no verdict")
    if verdict.not_needed is not None and evaluate(verdict.not_needed, work.facts) is True:
        return "not-needed", 0
    settled = work.decide(verdict.table)
    missing = work.mask(settled.waits)
    if settled.row == UNSETTLED and missing:
        return "unknown", missing
    if settled.row <= 0:
        return "ask-official", 0
    outcome = verdict.outcomes[settled.row - 1]
    if outcome != "eligible":
        return outcome, 0
    work.steps(program.later)
    return outcome, work.mask(verdict.amounts)
