"""What the statement works out in another way than it is written, or not at all, comes to the same."""

from __future__ import annotations

import operator
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import (
    ROUND_CEILING,
    ROUND_DOWN,
    ROUND_FLOOR,
    ROUND_HALF_DOWN,
    ROUND_HALF_EVEN,
    ROUND_HALF_UP,
    ROUND_UP,
    Decimal,
)
from typing import Any, TypeAlias

import duckdb
import pytest

from tongban.rules import HitPolicy, Output, Row
from tongban.rules.columns.build import Builder
from tongban.rules.columns.interpret import run
from tongban.rules.columns.ir import Program
from tongban.rules.columns.nodes import BOOLEAN, Kind, Type
from tongban.rules.columns.source import Source, Stored
from tongban.rules.columns.sql import Member, population_sql

DAY = date(2026, 7, 1)
ROUNDINGS = {
    "decimal({}, 0)": ROUND_HALF_EVEN,
    "round half up({}, 0)": ROUND_HALF_UP,
    "round half down({}, 0)": ROUND_HALF_DOWN,
    "round up({}, 0)": ROUND_UP,
    "round down({}, 0)": ROUND_DOWN,
    "floor({})": ROUND_FLOOR,
    "ceiling({})": ROUND_CEILING,
}
Rows: TypeAlias = list[dict[str, Any]]
SIGNS = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge, "=": operator.eq}


def statement(program: Program, shown: set[str] | None = None) -> str:
    columns = {f.name: Stored(f.name, coded=True, scale=f.type.scale) for f in program.inputs}
    member = Member(program, columns, None if shown is None else frozenset(shown))
    return population_sql([member], Source("people", "id"), DAY)


def rows_of(program: Program, people: Sequence[Mapping[str, Any]], shown: set[str] | None = None) -> Rows:
    """What DuckDB says of people whose values are written as columns hold them."""
    kinds = {Kind.NUMBER: "BIGINT", Kind.BOOLEAN: "BOOLEAN", Kind.CODE: "SMALLINT"}
    columns = ", ".join(f'"{field.name}" {kinds[field.type.kind]}' for field in program.inputs)
    marks = ", ".join("?" for _ in range(len(program.inputs) + 1))
    with duckdb.connect() as database:
        database.execute(f"CREATE TABLE people (id INTEGER, {columns})")
        names = [field.name for field in program.inputs]
        values = [[at, *(person.get(name) for name in names)] for at, person in enumerate(people)]
        database.executemany(f"INSERT INTO people VALUES ({marks})", values)
        found = database.execute(f"{statement(program, shown)} ORDER BY id")
        titles = [column[0].removeprefix(f"{program.name}__") for column in found.description or []]
        return [dict(zip(titles, row, strict=True)) for row in found.fetchall()]


@pytest.mark.parametrize(("text", "way"), ROUNDINGS.items())
def test_a_rounded_quotient_is_compared_as_if_it_had_been_divided(text: str, way: str) -> None:
    builder = Builder("q")
    builder.input("n", Type(Kind.NUMBER, 0, 60))
    builder.input("d", Type(Kind.NUMBER, 1, 9))
    builder.formula("quotient", text.format("n / (2 * d)"))
    names = {f"is_{at}_{limit}": (sign, limit) for at, sign in enumerate(SIGNS) for limit in (0, 1, 2, 3)}
    for name, (sign, limit) in names.items():
        builder.formula(name, f"quotient {sign} {limit}")
    people = [{"n": n, "d": d} for n in (*range(40), 60) for d in range(1, 10)]
    found = rows_of(builder.program([*names]), [*people, {"n": None, "d": 3}, {"n": 3, "d": None}])
    for person, row in zip(people, found, strict=False):
        exact = (Decimal(person["n"]) / (2 * person["d"])).quantize(Decimal(1), way)
        assert {n: row[n] for n in names} == {n: SIGNS[s](exact, limit) for n, (s, limit) in names.items()}, person
    assert {row[name] for row in found[-2:] for name in names} == {None}


def test_a_quotient_in_a_table_chooses_the_row_of_its_rounded_value() -> None:
    builder = Builder("q")
    builder.input("n", Type(Kind.NUMBER, 0, 400, 2))
    builder.input("d", Type(Kind.NUMBER, 1, 12))
    builder.formula("head", "decimal(n / (12 * d), 2)")
    rows = [Row(["< 0.1"], ["1"]), Row(["[0.1..0.21)"], ["2"]), Row([">= 0.21"], ["3"])]
    builder.table("t", ["head"], [Output("out", "number")], rows)
    program = builder.program(["out"])
    people = [{"n": n, "d": d} for n in (*range(401), None) for d in (1, 2, 5, 7, 12, None)]
    for person, row in zip(people, rows_of(program, people), strict=True):
        answer = run(program, person)
        assert (row["out"], row["row_t"], row["missing"]) == (answer.outputs["out"], answer.rows["t"], answer.missing)


def _percentages() -> Program:
    builder = Builder("p")
    builder.input("poor", BOOLEAN)
    builder.input("place", Type(Kind.CODE, 0, 2, values=("own", "rent", "shared")))
    builder.input("area", Type(Kind.NUMBER, 0, 1000, 1))
    builder.input("size", Type(Kind.NUMBER, 1, 12))
    rows = [
        Row(['"own"', "-"], ["0"]),
        Row(['"rent"', "true"], ["90"]),
        Row(['"shared"', "true"], ["60"]),
        Row(['"rent","shared"', "false"], ["30"]),
    ]
    builder.table("percent", ["place", "poor"], [Output("percent", "number")], rows, HitPolicy.UNIQUE)
    builder.formula("rent", "decimal(percent * min(area, 15 * size) * 22 / 100, 2)")
    builder.formula("short", "decimal(max(0, 20 * size - area) / 12, 0)")
    builder.formula("paid", "if percent > 0 then rent + short else area")
    return builder.program(["percent", "rent", "short", "paid"])


def _households() -> list[Mapping[str, Any]]:
    return [
        {"poor": poor, "place": place, "area": area, "size": size}
        for poor in (True, False, None)
        for place in (-1, 0, 1, 2, None)
        for area in (0, 5, 155, 1000, None)
        for size in (1, 3, 12, None)
    ]


def test_nothing_that_a_zero_hides_is_taken_for_known() -> None:
    program, people = _percentages(), _households()
    for person, row in zip(people, rows_of(program, people), strict=True):
        answer = run(program, person)
        want = {**answer.outputs, "row_percent": answer.rows["percent"], "missing": answer.missing}
        assert {name: row[name] for name in want} == want, person


def test_a_statement_may_be_asked_for_some_columns_only() -> None:
    program, people = _percentages(), _households()
    whole = rows_of(program, people)
    some = rows_of(program, people, {"paid", "missing"})
    assert some == [{"id": row["id"], "paid": row["paid"], "missing": row["missing"]} for row in whole]
    assert len(statement(program, {"short"})) < len(statement(program)) / 3


def test_a_text_that_looks_like_a_column_stays_a_text() -> None:
    builder = Builder("x")
    builder.input("a", Type(Kind.NUMBER, 0, 9))
    builder.formula("b", "a + 1")
    builder.formula("c", 'if b > 3 then "\\"x__is b\\"" else "no"')
    found = rows_of(builder.program(["c"]), [{"a": 1}, {"a": 7}, {"a": None}])
    assert [row["c"] for row in found] == ["no", '"x__is b"', None]
