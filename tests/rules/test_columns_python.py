"""Generated Python gives what the interpreter gives, for any program and anyone; and no text of a file becomes code."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from decimal import Decimal, localcontext
from types import CodeType, FunctionType
from typing import cast

import pytest
from columns_samples import people, programs
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tongban.rules import HitPolicy, Output, Row
from tongban.rules.columns.build import Builder
from tongban.rules.columns.interpret import Answer, run
from tongban.rules.columns.ir import Program
from tongban.rules.columns.nodes import BOOLEAN, TEXT, Kind, Scalar, Type
from tongban.rules.columns.python import OutOfDomain, generate
from tongban.rules.columns.python.program import tables_of
from tongban.rules.columns.python.runtime import FUNCTIONS
from tongban.rules.tables.hit import AGGREGATED

MONEY = Type(Kind.NUMBER, 0, 10_000_000, 2)
BORN = Type(Kind.DATE, date(1900, 1, 1).toordinal(), date(2030, 1, 1).toordinal())


def told(program: Program, person: dict[str, Scalar]) -> Answer:
    """The interpreter's answer, with the matching rows of the tables that add up."""
    answer = run(program, person)
    summed = {table.name for table in tables_of(program) if table.hit in AGGREGATED}
    return replace(answer, matching={name: rows for name, rows in answer.matching.items() if name in summed})


@given(st.data(), programs())
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
def test_a_generated_function_answers_as_the_interpreter_does(data: st.DataObject, program: Program) -> None:
    generated = generate(program)
    for _ in range(8):
        person = data.draw(people(program))
        assert generated.answer(generated.row(*generated.inputs(person))) == told(program, person), generated.source


def small() -> Program:
    builder = Builder("small")
    builder.constant("day", BORN)
    builder.input("born", BORN)
    builder.input("income", MONEY)
    builder.input("place", Type(Kind.CODE, 0, 1, values=("town", "village")))
    builder.input("poor", BOOLEAN)
    builder.formula("age", "years and months duration(born, day).years")
    builder.formula("monthly", "decimal(income / 12, 2)")
    rows = [
        Row([">= 80", '"town"', "-"], ["200"]),
        Row([">= 80", '"village"', "-"], ["150"]),
        Row(["< 80", "-", "true"], ["monthly"]),
        Row(["< 80", "-", "false"], ["0"]),
    ]
    builder.table("amount", ["age", "place", "poor"], [Output("amount", "number")], rows)
    return builder.program(["amount"])


FACTS = {
    "day": date(2026, 7, 1),
    "born": date(1946, 7, 1),
    "income": Decimal("12000.30"),
    "place": "town",
    "poor": False,
}


def test_a_case_takes_facts_as_people_give_them_and_keeps_what_came_in() -> None:
    inputs, (outcome, missing, determined, rows, _, outputs) = generate(small()).case(FACTS)
    assert inputs == (date(2026, 7, 1), date(1946, 7, 1), 1_200_030, 0, False)
    assert (outcome, missing, determined, rows, outputs) == (None, 0, True, (1,), (20_000,))


def test_an_age_turns_on_the_birthday_and_not_the_day_before() -> None:
    case = generate(small()).case
    assert case(FACTS | {"born": date(1946, 7, 2)})[1][3] == (4,)
    assert case(FACTS | {"born": date(1946, 7, 1)})[1][3] == (1,)


def test_money_is_rounded_half_to_even() -> None:
    case = generate(small()).case
    young = FACTS | {"born": date(2000, 1, 1), "poor": True}
    assert case(young | {"income": Decimal("0.06")})[1][5] == (0,)
    assert case(young | {"income": Decimal("0.18")})[1][5] == (2,)


def test_an_unknown_fact_is_named_and_never_taken_for_no() -> None:
    _, (_, missing, determined, rows, _, outputs) = generate(small()).case(FACTS | {"born": None})
    assert (missing, determined, rows, outputs) == (0b1, False, (-1,), (None,))
    absent = {name: value for name, value in FACTS.items() if name != "born"}
    assert generate(small()).case(absent)[1][1] == 0b1


def test_what_no_unknown_fact_can_change_is_decided() -> None:
    _, (_, missing, _, rows, _, outputs) = generate(small()).case(FACTS | {"income": None})
    assert (missing, rows, outputs) == (0, (1,), (20_000,))


def test_a_text_that_is_none_of_the_choices_matches_no_row() -> None:
    assert generate(small()).case(FACTS | {"place": "sea"})[1][3] == (0,)


@pytest.mark.parametrize("income", [Decimal("0.001"), Decimal("-0.01"), Decimal("100000.01"), Decimal("NaN")])
def test_a_number_that_the_program_cannot_hold_is_refused_by_name(income: Decimal) -> None:
    with pytest.raises(OutOfDomain) as refusal:
        generate(small()).case(FACTS | {"income": income})
    assert refusal.value.fact == "income"


def test_the_decimal_context_of_the_caller_changes_nothing() -> None:
    with localcontext() as context:
        context.prec = 2
        assert generate(small()).case(FACTS)[0][2] == 1_200_030


def test_a_program_is_generated_once() -> None:
    assert generate(small()) is generate(small())


HOSTILE = ('"); __import__("os").system("true"); ("', "a\nimport os", "{x}", "\\", "'''", "eval")


def hostile() -> Program:
    """Every text of a file tries to be code."""
    builder = Builder("__import__('os')")
    builder.input("place", Type(Kind.CODE, 0, len(HOSTILE) - 1, values=HOSTILE))
    builder.input("said", TEXT)
    rows = [Row([repr_feel(text), "-"], [str(place)]) for place, text in enumerate(HOSTILE)]
    rows.append(Row(["-", repr_feel(HOSTILE[0])], ["99"]))
    builder.table("eval", ["place", "said"], [Output("open", "number")], rows, HitPolicy.FIRST)
    return builder.program()


def repr_feel(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def codes(function: FunctionType) -> list[CodeType]:
    inner = [part for part in function.__code__.co_consts if isinstance(part, CodeType)]
    return [function.__code__, *inner]


def test_texts_of_a_file_stay_texts() -> None:
    generated = generate(hostile())
    for place, text in enumerate(HOSTILE):
        person: dict[str, Scalar] = {"place": place, "said": text}
        answer = generated.answer(generated.row(*generated.inputs(person)))
        assert answer == told(generated.program, person)
        assert generated.case({"place": text, "said": text})[1][5] == (place,)


def test_code_names_only_what_the_generator_numbered_and_reaches_only_what_it_is_given() -> None:
    ours = re.compile(r"[a-z]+\d+|f")
    methods = {"get", "as_integer_ratio", "startswith", "append", "bit_length", "toordinal", "isoweekday"}
    given_ = {*FUNCTIONS, *methods, "year", "month", "day", "general", "slowly", "scalar", "Exception", "KeyError"}
    for program in (hostile(), small()):
        generated = generate(program)
        for function in (cast("FunctionType", generated.row), cast("FunctionType", generated.case)):
            assert function.__globals__["__builtins__"] == {}
            for code in codes(function):
                used = {*code.co_names, *code.co_varnames, *code.co_freevars}
                assert {name for name in used if not ours.fullmatch(name)} <= given_
