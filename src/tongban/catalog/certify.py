"""The proof that a service says one thing however it is run: case by case, as generated code, as SQL.

The same people go through `assess`, the interpreter of the typed program, the generated function and DuckDB; every
outcome, row, amount and missing fact must be equal. The people stand on both sides of every threshold, one unit apart,
with each fact known and unknown, and then at random. The certificate of it is published beside the service.
"""

import csv
import random
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import combinations, islice, product
from pathlib import Path
from typing import Any

import duckdb
import msgspec

from tongban.catalog.assess import Assessment, assess
from tongban.catalog.certificate import Certificate, digest
from tongban.catalog.columns import columnar
from tongban.catalog.compile import compile_service
from tongban.catalog.model import FactType, Service
from tongban.rules.columns.bind import bind
from tongban.rules.columns.edges import direct, edges, passing
from tongban.rules.columns.interpret import Answer
from tongban.rules.columns.interpret import run as interpret
from tongban.rules.columns.ir import OUTCOMES, Anything, Decide, Field, Output, Program
from tongban.rules.columns.nodes import Kind, Scalar
from tongban.rules.columns.python import generate
from tongban.rules.columns.source import Source, Stored
from tongban.rules.columns.sql import Member, population_sql, prefix_of
from tongban.rules.tables.hit import AGGREGATED

BACK_ENDS = ("assess", "interpreter", "python", "duckdb")
MOST_PAIRS = 20_000
BATCH = 20_000
Person = dict[str, Scalar]


class Differs(Exception):
    """Two back ends say different things about one person: a fault of the platform, never of the service."""

    def __init__(self, back_end: str, person: Mapping[str, object], wanted: object, got: object) -> None:
        super().__init__(f"{back_end}: {dict(person)}\n  wanted {wanted}\n  got    {got}")


def certify(service: Service, day: date, *, count: int, seed: int, tool: str) -> Certificate:
    """Compares all back ends for `count` people at random and all at the edges. Raises `Differs`, and Refused if the
    service does not compile."""
    compiled = compile_service(service)
    found = columnar(compiled)
    head = Certificate(service.service, service.version, digest(service), tool, day, BACK_ENDS, seed)
    program = found.program
    if program is None:
        refusals = tuple(dict.fromkeys(refusal.place for refusal in found.refusals))
        return msgspec.structs.replace(head, back_ends=("assess",), seed=0, refusals=refusals)
    draw = _Draw(program, day, seed)
    comparison = Comparison(service, program, day)
    at_edges = 0
    for people in _batches(draw.at_edges()):
        at_edges += len(people)
        comparison.compare(people)
    for people in _batches(islice(draw.anybody(), count)):
        comparison.compare(people)
    tables = [step for step in program.steps if isinstance(step, Decide)]
    cells = [
        direct(draw.bound, column) is not None
        for table in draw.bound.steps
        if isinstance(table, Decide)
        for row in table.rows
        for cell, column in zip(row.cells, table.columns, strict=True)
        if not isinstance(cell.test, Anything)
    ]
    rows = sum(len(table.rows) for table in tables)
    counted = {
        "edges": at_edges,
        "random": count,
        "cells": (len(cells), sum(cells)),
        "rows": (rows, len(comparison.hit)),
    }
    return msgspec.structs.replace(head, **counted)


def _batches(people: Iterator[Person]) -> Iterator[list[Person]]:
    while batch := list(islice(people, BATCH)):
        yield batch


class _Draw:
    """The people: at the edges of everything, and at random."""

    def __init__(self, program: Program, day: date, seed: int) -> None:
        constants = {field.name: day.toordinal() for field in program.inputs if field.bit is None}
        self.bound = bind(program, constants)
        # What the bound program no longer reads may still be read by the others.
        self.fields = [field for field in program.inputs if field.bit is not None]
        self.values = {field.name: (None,) for field in self.fields} | edges(self.bound)
        self.values |= {n: v for n, v in edges(program).items() if len(self.values.get(n, ())) < 2 and n in self.values}
        self.rng = random.Random(seed)  # noqa: S311 # a draw that anybody can repeat, not a secret

    def somebody(self, gaps: float) -> Person:
        """Somebody whose facts stand at edges or, every third, anywhere."""
        found: Person = {}
        for field in self.fields:
            known = [value for value in self.values[field.name] if value is not None]
            if not known or self.rng.random() < gaps:
                found[field.name] = None
            elif self.rng.random() < 1 / 3:
                found[field.name] = self._anywhere(field, known)
            else:
                found[field.name] = self.rng.choice(known)
        return found

    def _anywhere(self, field: Field, known: Sequence[Scalar]) -> Scalar:
        numbers = [value for value in known if isinstance(value, int) and not isinstance(value, bool)]
        if field.type.kind in (Kind.BOOLEAN, Kind.CODE, Kind.TEXT) or not numbers:
            return self.rng.choice(known)
        low, high = sorted((self.rng.choice(numbers), self.rng.choice(numbers)))
        return self.rng.randint(low, high)

    def anybody(self) -> Iterator[Person]:
        """People at random; one fact in eight is unknown."""
        while True:
            yield self.somebody(1 / 8)

    def at_edges(self) -> Iterator[Person]:
        """For each row somebody whom it is meant for, with every fact moved over all its edges; and every two facts
        together, as far as `MOST_PAIRS` goes."""
        for step in self.bound.steps:
            if isinstance(step, Decide):
                for number in range(len(step.rows)):
                    yield from self._around(step, number)
        names = [field.name for field in self.fields]
        pairs = [(a, b, x, y) for a, b in combinations(names, 2) for x, y in product(self.values[a], self.values[b])]
        self.rng.shuffle(pairs)
        for a, b, x, y in pairs[:MOST_PAIRS]:
            yield self.somebody(0) | {a: x, b: y}

    def _around(self, table: Decide, number: int) -> Iterator[Person]:
        meant = self.somebody(0)
        for cell, column in zip(table.rows[number].cells, table.columns, strict=True):
            name = direct(self.bound, column)
            fitting = passing(cell, self.values[name]) if name in self.values else ()
            if name is not None and fitting:
                meant[name] = self.rng.choice(fitting)
        for name, values in self.values.items():
            yield from (meant | {name: value} for value in values)


class Comparison:
    """The back ends side by side: `service` case by case, `program` in all other ways."""

    def __init__(self, service: Service, program: Program, day: date) -> None:
        self.service, self.program, self.day = service, program, day
        self.generated = generate(program)
        self.constants = {field.name: day.toordinal() for field in program.inputs if field.bit is None}
        self.fields = [field for field in program.inputs if field.bit is not None]
        columns = {field.fact: Stored(field.fact, scale=field.type.scale) for field in self.fields}
        self.sql = population_sql([Member(program, columns)], Source("people", "id"), day)
        self.prefix = prefix_of(program)
        self.tables = [step for step in program.steps if isinstance(step, Decide)]
        self.summed = {table.name for table in self.tables if table.hit in AGGREGATED}
        self.types = {output.name: output.type for step in program.steps for output in _outputs(step)}
        self.hit: set[tuple[str, int]] = set()

    def compare(self, people: Sequence[Person]) -> None:
        """Raises `Differs`."""
        rows = self._in_sql(people)
        for person, row in zip(people, rows, strict=True):
            answer = interpret(self.program, person | self.constants)
            self.hit |= {(name, number) for name, numbers in answer.matching.items() for number in numbers}
            summed = {name: numbers for name, numbers in answer.matching.items() if name in self.summed}
            wanted = replace(answer, matching=summed)
            facts = {field.fact: self._fact(field, person[field.name]) for field in self.fields}
            got = self.generated.answer(self.generated.case(facts | self._days())[1])
            if got != wanted:
                raise Differs("python", facts, wanted, got)
            if (told := self._told(row)) != wanted:
                raise Differs("duckdb", facts, wanted, told)
            self._assessed(answer, assess(self.service, facts, self.day), facts)

    def _days(self) -> dict[str, Any]:
        return {name: date.fromordinal(value) for name, value in self.constants.items()}

    def _fact(self, field: Field, value: Scalar) -> Any:
        """The value as people give it."""
        of = field.type
        match of.kind:
            case Kind.NUMBER if value is not None:
                whole = self.service.facts[field.fact].type is FactType.INTEGER
                return int(value) if whole else Decimal(int(value)).scaleb(-of.scale)
            case Kind.DATE if value is not None:
                return date.fromordinal(int(value))
            case Kind.CODE if isinstance(value, int):
                return of.values[value] if value >= 0 else "something else"
            case _:
                return value

    # --- case by case ------------------------------------------------------------------------------------

    def _assessed(self, answer: Answer, found: Assessment, facts: Mapping[str, Any]) -> None:
        unknown = {field.fact for field in self.fields if field.bit is not None and answer.missing >> field.bit & 1}
        outputs = {name: self._plain(name, value) for name, value in answer.outputs.items()}
        wanted = (found.outcome, set(found.unknown), found.fully_determined)
        amounts = {name: found.outputs.get(name) for name in outputs}
        matched = {decision.table.name: decision.matched for decision in found.trace}
        fits = matched.keys() == answer.rows.keys() and all(
            number in matched[name] if number > 0 else not answer.determined for name, number in answer.rows.items()
        )
        if (answer.outcome, unknown, answer.determined) != wanted or outputs != amounts or not fits:
            raise Differs("assess", facts, (*wanted, amounts, matched), (answer, outputs))

    def _plain(self, name: str, value: Scalar) -> Any:
        of = self.types[name]
        match of.kind:
            case Kind.NUMBER if value is not None:
                return Decimal(int(value)).scaleb(-of.scale)
            case Kind.CODE if isinstance(value, int):
                return of.values[value]
            case Kind.DATE if isinstance(value, int):
                return date.fromordinal(value)
            case _:
                return value

    # --- a population ------------------------------------------------------------------------------------

    def _in_sql(self, people: Sequence[Person]) -> list[dict[str, Any]]:
        with tempfile.TemporaryDirectory() as folder, duckdb.connect() as database:
            path = Path(folder) / "people.csv"
            with path.open("w", encoding="utf-8", newline="") as file:
                writer = csv.writer(file)
                writer.writerow(["id", *(field.fact for field in self.fields)])
                for number, person in enumerate(people):
                    writer.writerow([number, *(self._cell(field, person[field.name]) for field in self.fields)])
            types = {"id": "BIGINT"} | {field.fact: _COLUMNS.get(field.type.kind, "VARCHAR") for field in self.fields}
            database.read_csv(path.as_posix(), header=True, dtype=types).create("people")
            found = database.sql(self.sql).order("id")
            names = found.columns
            return [dict(zip(names, row, strict=True)) for row in found.fetchall()]

    def _cell(self, field: Field, value: Scalar) -> Any:
        if value is None:
            return ""
        return value if field.type.kind is Kind.NUMBER else self._fact(field, value)

    def _told(self, row: Mapping[str, Any]) -> Answer:
        """What a row of the result says, as the interpreter says it."""
        rows: dict[str, int] = {}
        matching: dict[str, tuple[int, ...]] = {}
        for table in self.tables:
            word = "".join(c if c.isalnum() else "_" for c in table.name)
            if table.name in self.summed:
                bits = row[f"{self.prefix}rows_{word}"]
                if bits is not None:
                    numbers = tuple(n + 1 for n in range(max(bits, 0).bit_length()) if bits >> n & 1)
                    rows[table.name] = -1 if bits < 0 else numbers[0] if numbers else 0
                    matching[table.name] = numbers
            elif (number := row[f"{self.prefix}row_{word}"]) is not None:
                rows[table.name] = number
        outcome = OUTCOMES[int(row[f"{self.prefix}outcome"])]
        outputs = {name: self._scalar(name, row[f"{self.prefix}{name}"]) for name in self.program.outputs}
        missing, determined = row[f"{self.prefix}missing"], row[f"{self.prefix}determined"]
        return Answer(outcome, rows, matching, outputs, missing, determined)

    def _scalar(self, name: str, value: Any) -> Scalar:
        of = self.types[name]
        match value:
            case str() if of.kind is Kind.CODE:
                return of.values.index(value)
            case date():
                return value.toordinal()
            case _:
                return value


_COLUMNS = {Kind.BOOLEAN: "BOOLEAN", Kind.NUMBER: "BIGINT", Kind.DATE: "DATE"}


def _outputs(step: Any) -> tuple[Output, ...]:
    return step.outputs if isinstance(step, Decide) else (Output(step.name, step.type),)
