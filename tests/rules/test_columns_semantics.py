"""FEEL's meaning in DuckDB, rule by rule: what a database would do otherwise by itself."""

from __future__ import annotations

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
from typing import Any

import duckdb
import pytest

from tongban.rules import HitPolicy, Output, Row, compile_expression
from tongban.rules.columns.build import Builder
from tongban.rules.columns.dialect import DUCKDB
from tongban.rules.columns.ir import CONFLICT, NO_ROW, Program
from tongban.rules.columns.nodes import BOOLEAN, TEXT, Entry, Kind, Type
from tongban.rules.columns.refusal import NotColumnar
from tongban.rules.columns.sheet import literal
from tongban.rules.columns.source import Fixed, Source, Stored
from tongban.rules.columns.sql import Member, population_sql

TODAY = date(2026, 7, 1)
DAY = Type(Kind.DATE, date(1850, 1, 1).toordinal(), date(2199, 12, 31).toordinal())
WHOLE = Type(Kind.NUMBER, -1_000_000, 1_000_000)
MONEY = Type(Kind.NUMBER, 0, 100_000_000, 2)
TYPES = {"a": WHOLE, "b": WHOLE, "money": MONEY, "start": DAY, "end": DAY, "yes": BOOLEAN, "text": TEXT}


def value(text: str, /, **facts: Any) -> Any:
    """What DuckDB makes of a formula over one person's facts."""
    builder = Builder("f")
    for name, of in TYPES.items():
        builder.input(name, of)
    builder.formula("answer", text)
    return rows_of(builder.program(["answer"]), facts)[0]["f__answer"]


def rows_of(program: Program, *people: dict[str, Any], fixed: dict[str, Fixed] | None = None) -> list[dict[str, Any]]:
    database = duckdb.connect()
    asked = [field for field in program.inputs if field.bit is not None and field.name not in (fixed or {})]
    columns = ", ".join(f'"{field.name}" {DUCKDB.column_type(field.type)}' for field in asked)
    database.execute(f"CREATE TABLE people (id INTEGER, {columns})")
    for at, person in enumerate(people):
        cells = [_cell(person.get(field.name), field.type) for field in asked]
        database.execute(f"INSERT INTO people VALUES ({at}, {', '.join(cells)})")
    mapping: dict[str, Stored | Fixed] = {f.name: Stored(f.name, coded=True, scale=f.type.scale) for f in asked}
    sql = population_sql([Member(program, mapping | (fixed or {}))], Source("people", "id"), TODAY)
    found = database.execute(f"{sql} ORDER BY id")
    names = [column[0] for column in found.description or []]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def _cell(given: Any, of: Type) -> str:
    if isinstance(given, date):
        given = given.toordinal()
    if isinstance(given, Decimal):
        given = int(given.scaleb(of.scale))
    return literal(given, Type(of.kind, 0, 0, of.scale, of.values), DUCKDB)


# --- null ------------------------------------------------------------------------------------------------


def test_a_formula_over_an_unknown_fact_is_unknown_even_where_FEEL_says_false() -> None:
    assert value('text = "x"', text=None) is None
    assert value("if a > 1 then 1 else 2", a=None) is None
    assert value("is defined(a)", a=None) is None
    assert value("is defined(a)", a=1) is True


def test_and_and_or_are_settled_by_one_side() -> None:
    assert value("a > 1 or yes", a=None, yes=True) is True
    assert value("a > 1 and yes", a=None, yes=False) is False
    assert value("a > 1 and yes", a=None, yes=True) is None


def test_null_equals_null_and_nothing_else() -> None:
    assert value("substring(text, 3) = null", text="ab") is True
    assert value('substring(text, 3) = "c"', text="ab") is False
    assert value('substring(text, 3) != "c"', text="ab") is True


def test_what_is_unknown_is_never_zero() -> None:
    assert value("a + b", a=1, b=None) is None
    assert value("min(a, b)", a=1, b=None) is None


# --- numbers ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("a", "b"), [(10, 3), (-10, 3), (10, -3), (1, 8), (-1, 8), (5, 2), (-5, 2), (7, 7), (0, 5)])
@pytest.mark.parametrize(
    "text",
    [
        "decimal(a / b, 2)",
        "decimal(a / b, 0)",
        "floor(a / b)",
        "ceiling(a / b)",
        "round up(a / b, 1)",
        "round down(a / b, 1)",
        "round half up(a / b, 0)",
        "round half down(a / b, 0)",
        "decimal(a / b, -1)",
        "modulo(a, b)",
    ],
)
def test_division_and_rounding_are_those_of_FEEL_whatever_the_signs(text: str, a: int, b: int) -> None:
    want = compile_expression(text, ("a", "b")).evaluate({"a": a, "b": b})
    assert isinstance(want, Decimal)
    digits = {"decimal(a / b, 2)": 2, "round up(a / b, 1)": 1, "round down(a / b, 1)": 1}.get(text, 0)
    assert value(text, a=a, b=b) == want.scaleb(digits)


def test_division_by_zero_is_null() -> None:
    assert value("decimal(a / b, 2)", a=1, b=0) is None
    assert value("modulo(a, b)", a=1, b=0) is None


def test_half_a_cent_goes_to_the_even_cent() -> None:
    assert value("decimal(money * 0.5, 2)", money=Decimal("0.05")) == 2
    assert value("decimal(money * 0.5, 2)", money=Decimal("0.15")) == 8
    assert value("decimal(money * 0.5, 2)", money=Decimal("0.25")) == 12


def test_money_is_exact_to_the_cent_where_binary_fractions_are_not() -> None:
    assert value("decimal(money * 1.1, 2)", money=Decimal("0.25")) == 28  # 0.275: a tie to the even cent
    assert value("money * 3", money=Decimal("0.10")) == 30


def test_a_quotient_is_compared_without_dividing() -> None:
    assert value("money / 12 < 100.01", money=Decimal("1200.12")) is False
    assert value("money / 12 < 100.01", money=Decimal("1200.11")) is True
    assert value("a / -4 >= 2", a=-8) is True


def test_wide_products_do_not_overflow() -> None:
    assert value("a * a * a * a", a=1_000_000) == 10**24


# --- dates -----------------------------------------------------------------------------------------------

PAIRS = [
    (date(2024, 2, 29), date(2025, 2, 28)),
    (date(2024, 2, 29), date(2025, 3, 1)),
    (date(2025, 1, 31), date(2025, 2, 28)),
    (date(2025, 3, 31), date(2025, 2, 28)),
    (date(2025, 2, 28), date(2024, 2, 29)),
    (date(2025, 5, 5), date(2025, 5, 5)),
    (date(1946, 7, 2), date(2026, 7, 1)),
]


@pytest.mark.parametrize(("start", "end"), PAIRS)
@pytest.mark.parametrize("part", ["years", "months"])
def test_months_are_complete_months_as_FEEL_counts_them(start: date, end: date, part: str) -> None:
    text = f"years and months duration(start, end).{part}"
    want = compile_expression(text, ("start", "end")).evaluate({"start": start, "end": end})
    assert value(text, start=start, end=end) == want


def test_from_29_february_to_28_february_is_eleven_months() -> None:
    text = 'years and months duration(start, end) >= duration("P1Y")'
    assert value(text, start=date(2024, 2, 29), end=date(2025, 2, 28)) is False
    assert value(text, start=date(2024, 2, 29), end=date(2025, 3, 1)) is True


def test_adding_months_keeps_to_the_end_of_a_shorter_month() -> None:
    assert value('start + duration("P1M")', start=date(2025, 1, 31)) == date(2025, 2, 28)
    assert value('start + duration("P1M")', start=date(2024, 1, 31)) == date(2024, 2, 29)
    assert value('start - duration("P1M")', start=date(2025, 3, 31)) == date(2025, 2, 28)
    assert value('end - start = duration("P30D")', start=date(2025, 1, 1), end=date(2025, 1, 31)) is True
    assert value("start.weekday", start=date(2026, 11, 29)) == 7


@pytest.mark.parametrize("today", [date(2026, 2, 28), date(2024, 2, 29), date(2025, 3, 31), date(2026, 1, 1)])
def test_an_age_becomes_a_birth_date_without_moving_anybody_over_the_line(today: date) -> None:
    builder = Builder("age")
    builder.constant("today", DAY)
    builder.input("born", DAY)
    builder.formula("age", "years and months duration(born, today).years")
    builder.table("t", ["age"], [Output("band")], [Row([f"[{n}..{n + 1})"], [str(n)]) for n in range(79, 82)])
    program = builder.program()
    near = [date.fromordinal(d) for y in (79, 80, 81) for d in range(*_around(today.year - y))]
    database = duckdb.connect()
    database.execute("CREATE TABLE people (id INTEGER, born DATE)")
    database.executemany("INSERT INTO people VALUES (?, ?)", list(enumerate(near)))
    sql = population_sql([Member(program, {"born": Stored("born")})], Source("people", "id"), today)
    assert "year(" not in sql
    judge = compile_expression("years and months duration(born, today).years", ("born", "today"))
    want = [judge.evaluate({"born": born, "today": today}) for born in near]
    found = [row[0] for row in database.execute(f"SELECT age__band FROM ({sql}) ORDER BY id").fetchall()]
    assert found == [age if age in (79, 80, 81) else None for age in want]


def _around(year: int) -> tuple[int, int]:
    return date(year, 1, 1).toordinal(), date(year + 1, 1, 2).toordinal()


# --- tables ----------------------------------------------------------------------------------------------


def table(hit: HitPolicy, *rows: tuple[str, str], values: tuple[Any, ...] = ()) -> Program:
    builder = Builder("t")
    builder.input("a", WHOLE)
    builder.table("t", ["a"], [Output("out", values=values)], [Row([cell], [out]) for cell, out in rows], hit)
    return builder.program()


def test_the_sum_of_nothing_is_null_and_the_count_of_nothing_is_zero() -> None:
    rows = (("> 5", "10"), ("> 7", "20"))
    summed = rows_of(table(HitPolicy.SUM, *rows), {"a": 1}, {"a": 6}, {"a": 8}, {})
    assert [row["t__out"] for row in summed] == [None, 10, 30, None]
    assert [row["t__rows_t"] for row in summed] == [0, 1, 3, -1]
    counted = rows_of(table(HitPolicy.COUNT, *rows), {"a": 1}, {"a": 8}, {})
    assert [row["t__out"] for row in counted] == [0, 2, None]


def test_two_rows_of_a_unique_table_are_a_conflict_and_a_gap_is_no_row() -> None:
    found = rows_of(table(HitPolicy.UNIQUE, ("> 5", "10"), ("> 7", "20")), {"a": 1}, {"a": 6}, {"a": 8})
    assert [row["t__row_t"] for row in found] == [NO_ROW, 1, CONFLICT]
    assert [row["t__determined"] for row in found] == [False, True, False]


def test_any_allows_rows_that_say_the_same() -> None:
    found = rows_of(table(HitPolicy.ANY, ("> 5", "10"), ("> 7", "10"), ("> 9", "20")), {"a": 8}, {"a": 10})
    assert [row["t__row_t"] for row in found] == [1, CONFLICT]


def test_priority_ranks_by_the_order_of_the_allowed_values() -> None:
    program = table(HitPolicy.PRIORITY, ("> 5", '"low"'), ("> 7", '"high"'), values=("high", "low"))
    assert [row["t__out"] for row in rows_of(program, {"a": 6}, {"a": 8})] == ["low", "high"]


def test_the_first_row_decides_unless_an_earlier_one_is_open() -> None:
    builder = Builder("t")
    builder.input("a", WHOLE)
    builder.input("b", WHOLE)
    rows = [Row(["> 5", "-"], ["1"]), Row(["-", "> 5"], ["2"]), Row(["-", "-"], ["3"])]
    builder.table("t", ["a", "b"], [Output("out")], rows, HitPolicy.FIRST)
    found = rows_of(builder.program(), {"a": 6}, {"b": 6}, {"a": 1}, {"a": 1, "b": 1})
    assert [row["t__row_t"] for row in found] == [1, -1, -1, 3]
    assert [row["t__missing"] for row in found] == [0, 1, 2, 0]


def test_a_parameter_by_category_follows_its_day_and_is_null_for_a_category_without_one() -> None:
    place = Type(Kind.CODE, 0, 11, values=tuple(f"p{i}" for i in range(12)))
    builder = Builder("p")
    builder.constant("today", DAY)
    builder.input("place", place)
    new_year = date(2026, 1, 1).toordinal()
    entries = [Entry(i, new_year, None, 100 + i) for i in range(12)] + [Entry(i, None, new_year, i) for i in range(12)]
    builder.parameter("standard", MONEY, "place", "today", entries)
    program = builder.program(["standard"])
    sql = population_sql([Member(program, {"place": Stored("place")})], Source("people", "id"), TODAY)
    database = duckdb.connect()
    database.execute(
        "CREATE TABLE people AS SELECT * FROM (VALUES (1, 'p3'), (2, 'elsewhere'), (3, NULL)) p(id, place)"
    )
    read = f"SELECT p__standard, p__missing FROM ({sql}) ORDER BY id"
    assert database.execute(read).fetchall() == [(103, 0), (None, 0), (None, 1)]


def test_a_fact_that_a_policy_fixes_is_a_constant() -> None:
    program = table(HitPolicy.UNIQUE, ("> 5", "10"), ("<= 5", "20"))
    assert rows_of(program, {}, fixed={"a": Fixed(6)})[0]["t__out"] == 10


def test_a_value_outside_of_its_bounds_is_for_a_case_and_never_breaks_the_run() -> None:
    found = rows_of(table(HitPolicy.UNIQUE, ("> 5", "a * a"), ("<= 5", "20")), {"a": 2_000_000_000}, {"a": 6})
    assert [row["t__fault"] for row in found] == [True, False]
    assert found[1]["t__out"] == 36


# --- refusals --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "refused"),
    [
        ("money / a * 3", "money / a"),
        ("a / b > 1", "a / b > 1"),
        ("a ** 2", "a ** 2"),
        ('text + "x"', 'text + "x"'),
        ("string length(text)", "string length(text)"),
        ("for i in 1..a return i", "for i in 1..a return i"),
        ("a = text", "a = text"),
    ],
)
def test_what_has_no_columnar_form_is_refused_with_its_text_and_place(text: str, refused: str) -> None:
    with pytest.raises(NotColumnar) as caught:
        value(text)
    assert caught.value.text == refused
    assert text[caught.value.position :].startswith(refused)
    assert caught.value.place == "answer"
    assert caught.value.zh
    assert caught.value.en


def test_a_table_whose_outcome_is_a_list_is_refused() -> None:
    with pytest.raises(NotColumnar, match="list"):
        table(HitPolicy.RULE_ORDER, ("> 5", "10"), ("> 7", "20"))


ROUNDINGS = {
    "decimal({}, 0)": ROUND_HALF_EVEN,
    "round half up({}, 0)": ROUND_HALF_UP,
    "round half down({}, 0)": ROUND_HALF_DOWN,
    "round up({}, 0)": ROUND_UP,
    "round down({}, 0)": ROUND_DOWN,
    "floor({})": ROUND_FLOOR,
    "ceiling({})": ROUND_CEILING,
}


@pytest.mark.parametrize("divisor", ["d", "1", "6", "7", "8"])
def test_what_is_never_negative_is_rounded_as_by_hand_ties_included(divisor: str) -> None:
    builder = Builder("r")
    builder.input("n", Type(Kind.NUMBER, 0, 60))
    builder.input("d", Type(Kind.NUMBER, 1, 9))
    names = [f"way_{at}" for at in range(len(ROUNDINGS))]
    for name, text in zip(names, ROUNDINGS, strict=True):
        builder.formula(name, text.format(f"n / {divisor}"))
    people = [{"n": n, "d": d} for n in (*range(26), 60) for d in range(1, 10)]
    found = rows_of(builder.program(names), *people, {"n": None, "d": 3})
    for person, row in zip(people, found, strict=False):
        exact = Decimal(person["n"]) / (person["d"] if divisor == "d" else int(divisor))
        want = [int(exact.quantize(Decimal(1), way)) for way in ROUNDINGS.values()]
        assert [row[f"r__{name}"] for name in names] == want, (person, divisor)
    assert {found[-1][f"r__{name}"] for name in names} == {None}


def test_codes_in_a_column_of_8_bits_find_their_rows_up_to_the_last() -> None:
    place = Type(Kind.CODE, 0, 127, values=tuple(f"p{i}" for i in range(128)))
    builder = Builder("p")
    builder.input("place", place)
    builder.parameter("standard", MONEY, "place", None, [Entry(i, None, None, 100 + i) for i in range(128)])
    builder.table("t", ["place"], [Output("out")], [Row(['"p0","p127"'], ["1"]), Row(['not("p0","p127")'], ["2"])])
    sql = population_sql(
        [Member(builder.program(["standard", "out"]), {"place": Stored("place", coded=True)})],
        Source("people", "id"),
        TODAY,
    )
    database = duckdb.connect()
    database.execute(
        "CREATE TABLE people AS SELECT id, code::TINYINT AS place"
        " FROM (VALUES (1, 127), (2, 126), (3, 0), (4, -1), (5, NULL)) p(id, code)"
    )
    read = f"SELECT p__standard, p__out, p__row_t FROM ({sql}) ORDER BY id"
    assert database.execute(read).fetchall() == [
        (227, 1, 1),
        (226, 2, 2),
        (100, 1, 1),
        (None, 2, 2),
        (None, None, -1),
    ]
