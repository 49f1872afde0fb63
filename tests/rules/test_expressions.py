"""What FEEL expressions mean: one row per rule of the language (DMN 1.5, 10.3)."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from tongban.rules import (
    Code,
    Date,
    DaysDuration,
    MonthsDuration,
    RuleValueError,
    compile_expression,
    feel_text,
)

D = Decimal

FACTS: dict[str, object] = {
    "n": 8,
    "price": 1.1,
    "missing": None,
    "born": date(2020, 2, 29),
    "居住月数": 7,
    "monthly income": D("3200.50"),
    "income": 1,
    "person": {"name": "演示", "birth date": date(2019, 9, 1), "age": 6},
    "people": [{"age": 6, "city": "A"}, {"age": 40, "city": "B"}, {"age": 70, "city": "B"}],
    "numbers": [1, 2, 3],
    "yes": True,
}


def value(text: str) -> object:
    return compile_expression(text, FACTS).evaluate(FACTS)


NUMBERS = [
    ("0.1 + 0.2 = 0.3", True),
    ("10 / 4", D("2.5")),
    ("1 / 3 * 3 = 1", False),  # 34 digits, not fractions: why formulas divide last
    ("price * 3", D("3.3")),  # a float is the decimal that it prints as
    ("2 ** 3 ** 2", D(64)),  # to the left
    ("-5 ** 2", D(25)),  # the sign binds first
    ("5 + 2 ** 5 + 3", D(40)),
    ("(1 + 0.5) ** -1", D("0.6666666666666666666666666666666667")),
    ("10 + 20 / -5 - 3", D(3)),
    ("10--5", D(15)),
    (".872", D("0.872")),
    ("1.2e3", D(1200)),
    ("1 / 0", None),
    ("10 ** 1000000", None),
    ('1 + "1"', None),
    ("decimal(2.5, 0)", D(2)),
    ("decimal(3.5, 0)", D(4)),
    ("round half up(2.5, 0)", D(3)),
    ("round half up(-2.345, 2)", D("-2.35")),
    ("round half down(2.5, 0)", D(2)),
    ("round up(1.121, 2)", D("1.13")),
    ("round down(1.126, 2)", D("1.12")),
    ("floor(-3.5)", D(-4)),
    ("ceiling(-3.5)", D(-3)),
    ("floor(1234, -2)", D(1200)),
    ("abs(-7)", D(7)),
    ("modulo(-7, 5)", D(3)),
    ("modulo(7, -5)", D(-3)),
    ("modulo(7, 0)", None),
    ("odd(7)", True),
    ("even(7)", False),
    ('number("12.50")', D("12.50")),
    ('number("1,000")', None),
    ("-(-n)", D(8)),
]

LOGIC = [
    ("true and null", None),
    ("false and null", False),
    ("null and false", False),
    ("true or null", True),
    ("null or true", True),
    ("false or null", None),
    ("null or null", None),
    ('true and "x"', None),
    ('false and "x"', False),
    ("not(true)", False),
    ("not(null)", None),
    ("not(3)", None),
    ("if missing then 1 else 2", D(2)),
    ("if n > 5 then 1 else 2", D(1)),
    ("is defined(missing)", False),
    ("is defined(n)", True),
    ("all([true, null, false])", False),
    ("all([true, null])", None),
    ("any([null, true])", True),
    ("any([])", False),
]

COMPARISONS = [
    ("null = null", True),
    ("1 = null", False),
    ("1 != null", True),
    ('1 = "1"', None),
    ("1.0 = 1", True),
    ("[1, 2] = [1, 2]", True),
    ("[1, 2] = [1]", False),
    ("{a: 1, b: 2} = {b: 2, a: 1}", True),
    ("[1..3] = [1..3]", True),
    ("[1..3] = [1..3)", False),
    ("missing < 1", None),
    ('"a" < "b"', True),
    ("5 between 1 and 5", True),
    ("missing between 1 and 5", None),
    ("n in [6..12)", True),
    ("12 in [6..12)", False),
    ("6 in (6..12)", False),
    ("6 in ]6..12]", False),
    ("10 in (1, 5, >= 10)", True),
    ("n in (1, 5)", False),
    ("n in < 10", True),
    ("2 in numbers", True),
    ("5 in [[2..4], [5..6]]", True),
    ('"b" in ["a".."c"]', True),
    ("missing in [1..3]", None),
    ("not(n in (1, 2)) and yes", True),
]

STRINGS = [
    ('"foo" + "bar"', "foobar"),
    (r'"a\n\"b\" \\ \u901a"', 'a\n"b" \\ 通'),
    (r'"\ud83d\ude00"', "\U0001f600"),
    ('string length("横綱")', D(2)),
    ('substring("foobar", 3)', "obar"),
    ('substring("foobar", 3, 3)', "oba"),
    ('substring("foobar", -2, 1)', "a"),
    ('substring("foobar", 0)', None),
    ('substring(string: "foobar", start position: 3)', "obar"),
    ('contains("foobar", "oba")', True),
    ('starts with("foobar", "fo")', True),
    ('ends with("foobar", "r")', True),
    ('upper case("abc")', "ABC"),
    ('lower case("ABC")', "abc"),
    ('substring before("foobar", "bar")', "foo"),
    ('substring after("foobar", "ob")', "ar"),
    ("contains(missing, person.name)", None),
    ("string(1.50)", "1.50"),
    ('string(date("2026-01-31"))', "2026-01-31"),
]

TIME = [
    ('years and months duration(date("2024-02-29"), date("2025-02-28"))', MonthsDuration(11)),
    ('years and months duration(date("2024-02-29"), date("2025-03-01"))', MonthsDuration(12)),
    ('years and months duration(date("2025-03-01"), date("2024-02-29"))', MonthsDuration(-12)),
    ('date("2024-01-31") + duration("P1M")', Date.of(2024, 2, 29)),
    ('date("2023-01-31") + duration("P1M")', Date.of(2023, 2, 28)),
    ('date("2024-03-31") - duration("P1M")', Date.of(2024, 2, 29)),
    ('@"P1Y" + born', Date.of(2021, 2, 28)),
    ('date("2024-02-28") + duration("P2D")', Date.of(2024, 3, 1)),
    ('date("2026-03-01") - date("2026-02-01")', DaysDuration(28 * 86_400_000_000_000)),
    ('(date("2026-11-23") - date("2026-01-01")).days', D(326)),
    ('date("9999-12-31") + duration("P1D")', Date.of(10000, 1, 1)),
    ('date("999999999-12-31") + duration("P1D")', None),
    ('date("2026-02-29")', None),
    ("date(2026, 2, 29)", None),
    ("date(2026, 2, 28)", Date.of(2026, 2, 28)),
    ("born.year * 10000 + born.month * 100 + born.day", D(20200229)),
    ('date("2026-11-23").weekday', D(1)),
    ('duration("P1Y2M").months', D(2)),
    ('duration("-P14M").years', D(-1)),
    ('duration("P1DT2H").hours', D(2)),
    ('duration("P1Y") / 3', MonthsDuration(4)),
    ('duration("P1Y") / duration("P3M")', D(4)),
    ('duration("P1D") * 2', DaysDuration(2 * 86_400_000_000_000)),
    ('duration("P1D") = duration("PT24H")', True),
    ('duration("P1Y") = duration("P12M")', True),
    ('duration("P")', None),
    ('time("23:00:00") + duration("PT2H") = time("01:00:00")', True),
    ('date and time("2026-01-01T08:00:00+08:00") = date and time("2026-01-01T00:00:00Z")', True),
    ('date and time("2026-01-01T08:00:00") < date and time("2026-01-01T00:00:00Z")', None),
    ('date(date and time("2026-01-01T23:00:00"))', Date.of(2026, 1, 1)),
    ('born < date("2020-03-01")', True),
    ("person.birth date > born", False),
]

LISTS = [
    ("min(3, 1, 2)", D(1)),
    ("max([3, 1, 2])", D(3)),
    ('max(["a", "c", "b"])', "c"),
    ("min([])", None),
    ("sum(numbers)", D(6)),
    ("sum([])", None),
    ("sum([1, null])", None),
    ("count(numbers)", D(3)),
    ("count([])", D(0)),
    ("[{rent paid: 1}, {rent paid: 9}][rent paid > 5].rent paid", [D(9)]),
    ("mean(1, 2)", D("1.5")),
    ("list contains(numbers, 2)", True),
    ("list contains([1, null], null)", True),
    ("numbers[1]", D(1)),
    ("numbers[-1]", D(3)),
    ("numbers[4]", None),
    ("numbers[item >= 2]", [D(2), D(3)]),
    ("people[age > 18].city", ["B", "B"]),
    ('people[city = "A"][1].age', D(6)),
    ("people[age > n][income = 1].age", [D(40), D(70)]),
    ("for i in 1..3 return i * i", [D(1), D(4), D(9)]),
    ("for i in 3..1 return i", [D(3), D(2), D(1)]),
    ("for i in 1..2, j in [10, 20] return i + j", [D(11), D(21), D(12), D(22)]),
    ("for i in 1..4 return if i = 1 then 1 else partial[-1] * i", [D(1), D(2), D(6), D(24)]),
    ("some p in people satisfies p.age >= 60", True),
    ("every p in people satisfies p.age >= 60", False),
    ("every p in [] satisfies p.age >= 60", True),
    ("some p in [1, null] satisfies p > 1", None),
    ("{a: 1, b: a + 1}.b", D(2)),
    ("append([1], 2, 3)", [D(1), D(2), D(3)]),
    ("concatenate([1], [2])", [D(1), D(2)]),
    ("distinct values([1, 1.0, 2])", [D(1), D(2)]),
    ("reverse(numbers)", [D(3), D(2), D(1)]),
]

NAMES = [
    ("居住月数 + 1", D(8)),
    ("monthly income * 2", D("6401.00")),
    ("monthly   income + income", D("3201.50")),  # the longest name wins, whatever its spacing
    ("person.name", "演示"),
    ("n /* months */ + 1 // done", D(9)),
]


@pytest.mark.parametrize(("text", "expected"), NUMBERS + LOGIC + COMPARISONS + STRINGS + TIME + LISTS + NAMES)
def test_expression_has_the_value_that_feel_gives_it(text: str, expected: object) -> None:
    result = value(text)
    assert result == expected
    assert type(result) is type(expected)


@pytest.mark.parametrize(
    ("text", "code", "start", "end"),
    [
        ("1 + n / 0", Code.DIVISION_BY_ZERO, 4, 9),
        ("missing * 2", Code.MISSING_FACT, 0, 7),
        ('n + "x"', Code.TYPE_MISMATCH, 0, 7),
        ("1 + contains(missing, person.name)", Code.MISSING_FACT, 13, 20),
        ('date("2026-02-30").year', Code.NOT_A_VALUE, 0, 18),
        ("person.nothing", Code.NO_SUCH_ENTRY, 0, 14),
        ("numbers[9]", Code.NO_SUCH_ENTRY, 0, 10),
        ("for i in 1..1000000 return i", Code.TOO_MUCH_WORK, 0, 0),
    ],
)
def test_null_comes_with_the_place_and_the_cause(text: str, code: Code, start: int, end: int) -> None:
    result, causes = compile_expression(text, FACTS).explain(FACTS)
    assert result is None
    assert (causes[0].code, causes[0].start, causes[0].end) == (code, start, end)
    assert causes[0].zh and causes[0].en


def test_fact_that_is_not_given_is_null_like_one_that_is_null() -> None:
    expression = compile_expression("x = null", ["x"])
    assert expression.evaluate({}) is True
    assert expression.evaluate({"x": None}) is True


def test_expression_tells_which_facts_it_reads() -> None:
    expression = compile_expression("if a > 1 then monthly income else 0", ["a", "b", "monthly income"])
    assert expression.names == ("a", "monthly income")


@pytest.mark.parametrize(
    ("given", "taken"),
    [
        (3, "3"),
        (1.1, "1.1"),
        (float("nan"), "null"),
        (float("inf"), "null"),
        (True, "true"),
        ([1, "a"], '[1, "a"]'),
        ((1, 2), "[1, 2]"),
        ({"k": date(2026, 1, 31)}, '{"k": @"2026-01-31"}'),
        (datetime(2026, 1, 31, 8, 30, tzinfo=UTC), '@"2026-01-31T08:30:00Z"'),
    ],
)
def test_python_values_become_feel_values(given: object, taken: str) -> None:
    assert feel_text(compile_expression("x", ["x"]).evaluate({"x": given})) == taken


def test_value_without_a_feel_type_is_the_callers_mistake() -> None:
    with pytest.raises(RuleValueError):
        compile_expression("x", ["x"]).evaluate({"x": object()})


@pytest.mark.parametrize(
    "text",
    [
        "for i in 1..400 return partial",
        "{a: [1, 1], " + ", ".join(f"b{i}: [b{i - 1}, b{i - 1}]" for i in range(1, 40)).replace("b0", "a") + "}",
        '{a: "xxxxxxxx", ' + ", ".join(f"b{i}: b{i - 1} + b{i - 1}" for i in range(1, 40)).replace("b0", "a") + "}.b39",
        "for a in 1..1000, b in 1..1000, c in 1..1000 return 1",
        "count(for a in 1..1000, b in 1..1000 return 1)",
    ],
)
def test_expression_that_would_take_all_memory_or_time_is_null(text: str) -> None:
    assert value(text) is None
