"""SQL gives what the interpreter gives, for any program and anyone; one pass serves several programs."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import duckdb
from columns_samples import people, programs
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tongban.rules.columns.dialect import DUCKDB
from tongban.rules.columns.interpret import Answer, run
from tongban.rules.columns.ir import OUTCOMES, Cell, Column, Decide, Define, Field, Holds, Program, Row, Verdict, Wait
from tongban.rules.columns.nodes import Arithmetic, Calculate, Const, Kind, Ref, Scalar, Type
from tongban.rules.columns.sheet import literal
from tongban.rules.columns.source import Source, Stored
from tongban.rules.columns.sql import Member, population_sql, prefix_of
from tongban.rules.tables.hit import AGGREGATED
from tongban.rules.tables.model import HitPolicy

DAY = date(2026, 7, 1)


def answers(program: Program, persons: list[dict[str, Scalar]]) -> list[dict[str, Any]]:
    """What DuckDB says of each of `persons`, by column without the program's name."""
    database = duckdb.connect()
    names = [field.name for field in program.inputs]
    types = ", ".join(f'"{field.name}" {DUCKDB.column_type(field.type)}' for field in program.inputs)
    database.execute(f"CREATE TABLE people (id INTEGER, {types})")
    for at, person in enumerate(persons):
        cells = [literal(person[field.name], _open(field.type), DUCKDB) for field in program.inputs]
        database.execute(f"INSERT INTO people VALUES ({at}, {', '.join(cells)})")
    columns = {
        field.fact: Stored(name, coded=True, scale=field.type.scale)
        for name, field in zip(names, program.inputs, strict=True)
    }
    found = database.execute(population_sql([Member(program, columns)], Source("people", "id"), DAY) + " ORDER BY id")
    prefix = prefix_of(program)
    titles = [column[0].removeprefix(prefix) for column in found.description or []]
    return [dict(zip(titles, row, strict=True)) for row in found.fetchall()]


def _open(of: Type) -> Type:
    return Type(of.kind, 0, 0, of.scale, of.values)


def expected(program: Program, answer: Answer) -> dict[str, Any]:
    """The interpreter's answer in the columns of the statement."""
    found: dict[str, Any] = {"missing": answer.missing, "determined": answer.determined, "fault": False}
    if program.verdict is not None:
        found["outcome"] = OUTCOMES.index(answer.outcome or "")
    kinds = {o.name: o.type.kind for s in program.steps if isinstance(s, Decide) for o in s.outputs}
    kinds |= {s.name: s.type.kind for s in program.steps if not isinstance(s, Decide)}
    for step in (step for step in program.steps if isinstance(step, Decide)):
        row = answer.rows.get(step.name)
        if step.hit in AGGREGATED:
            bits = sum(1 << (number - 1) for number in answer.matching.get(step.name, ()))
            found[f"rows_{step.name}"] = None if row is None else -1 if row == -1 else bits
        else:
            found[f"row_{step.name}"] = row
    for name in program.outputs:
        value = answer.outputs[name]
        found[name] = date.fromordinal(int(value)) if value is not None and kinds.get(name) is Kind.DATE else value
    return found


@given(st.data(), programs())
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck), phases=[Phase.generate])
def test_a_statement_answers_as_the_interpreter_does(data: st.DataObject, program: Program) -> None:
    persons = [data.draw(people(program)) for _ in range(12)]
    for person, row in zip(persons, answers(program, persons), strict=True):
        want: Mapping[str, Any] = expected(program, run(program, person))
        assert {name: row[name] for name in want} == want, person


def test_a_formula_is_asked_for_what_it_waits_for_even_if_it_follows_one_input() -> None:
    """`shifted` rises with `born`, but whoever lowered it said that it waits for `told`, which is known."""
    number = Type(Kind.NUMBER, 0, 100, 0)
    truth = Type(Kind.BOOLEAN)
    shifted = Define(
        "shifted", Calculate(Arithmetic.ADD, Ref("born", number), Const(5, number), number), number, None,
        (Wait(None, ("told",)),), "",
    )  # fmt: skip
    table = Decide(
        "eligible", "eligible", HitPolicy.UNIQUE, (Column(Const(1, number), number, ""),),
        (Row(1, (Cell(Holds(Ref("asked", truth)), (), ("shifted",)),), (), "", ""),), (),
    )  # fmt: skip
    program = Program(
        "one", "",
        (Field("born", number, 0), Field("told", truth, 1), Field("asked", truth, 2)),
        (shifted,), Verdict(None, table, ("eligible",), ()), (), (),
    )  # fmt: skip
    for born, told in ((None, True), (None, None), (7, None)):
        person: dict[str, Scalar] = {"born": born, "told": told, "asked": None}
        want = expected(program, run(program, person))
        row = answers(program, [person])[0]
        assert {name: row[name] for name in want} == want, person
