"""Functions as values, calls, types in expressions, ranges and names (DMN 1.5, 10.3.1 and 10.3.2)."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tongban.rules import Code, RuleSyntaxError, compile_cell, compile_expression, feel_text
from tongban.rules.feel.dialect import FEEL, STANDARD
from tongban.rules.feel.types import Basic, ContextType, FeelType, NamedType

D = Decimal
FACTS: dict[str, object] = {
    "n": 8,
    "start-end": 3,
    "date": "a text",
    "in stock": 5,
    "none": None,
    "people": [{"name": "a", "item": 1, "first name": "A"}, {"name": "b", "item": 2, "first name": "B"}],
}
TYPES: dict[str, FeelType] = {
    "tAge": NamedType("tAge", Basic("number"), lambda value: value == 1, "1"),
    "law.tPerson": NamedType("tPerson", ContextType((("name", Basic("string")),))),
}


def value(text: str) -> object:
    made = compile_expression(text, FACTS, STANDARD, types=TYPES, entries=["first name"])
    return made.evaluate(FACTS)


CALLS = [
    ("(function(a, b) a - b)(5, 3)", D(2)),
    ("(function(a, b) a - b)(b: 5, a: 3)", D(-2)),
    ("(function(a) function(b) a * b)(3)(4)", D(12)),
    ("{twice: function(x) x * 2, y: twice(n)}.y", D(16)),
    ("{f: {g: function(x) x + 1}}.f.g(1)", D(2)),
    ("[function(x) x + 1, function(x) x * 10][2](4)", D(40)),
    ("(for i in 1..3 return function(x) x + i)[1](10)", D(11)),  # each closes over its own turn
    ("{apply: function(f, x) f(f(x)), r: apply(function(y) y * y, 3)}.r", D(81)),
    ("{apply: function(f, x) f(x), r: apply(abs, -3)}.r", D(3)),
    ("{sum: function(a, b) 0, r: sum(1, 2)}.r", D(0)),  # what is nearer hides the built-in
    ("{max: 7, r: max(1, 2)}.r", D(2)),  # but only if it is a function
    ("sort([3, 1, 2], function(x, y) x > y)", [D(3), D(2), D(1)]),
    ("sort([[2, 1], [1, 1], [2, 0]], function(x, y) x[1] < y[1])", [[D(1), D(1)], [D(2), D(1)], [D(2), D(0)]]),
    ("sort(precedes: function(x, y) x < y, list: [2, 1])", [D(1), D(2)]),
    ("list replace([1, 2, 3], function(item, newItem) item > newItem, 1)", [D(1), D(1), D(1)]),
    ("(function(a: number) a)(1)", D(1)),
    ("(function(a: list<number>) a)(1)", [D(1)]),
    ("(function(a: number) a)([1])", D(1)),
    ("(function(a: number) 1)(null)", D(1)),
    ("-(function(a) a)(10) ** 2", D(100)),
    ('{f: function(x) if x = null then "none" else x, r: f(none)}.r', "none"),
]
NOT_CALLS = [
    ('(function(a: number) 1)("x")', Code.WRONG_TYPE),
    ("(function(a: tAge) 1)(2)", Code.NOT_ALLOWED),
    ("(function(a) a)()", Code.WRONG_ARGUMENTS),
    ("(function(a) a)(1, 2)", Code.WRONG_ARGUMENTS),
    ("(function(a) a)(b: 1)", Code.WRONG_ARGUMENTS),
    ("n(1)", Code.NO_FUNCTION),
    ("null()", Code.NO_FUNCTION),
    ('"abs"(-1)', Code.NO_FUNCTION),
    ("no such(1)", Code.UNKNOWN_FUNCTION),
    ("abs(1, 1)", Code.WRONG_ARGUMENTS),
    ("abs(number: 1)", Code.WRONG_ARGUMENTS),
    ("sort([1, 2], function(x, y) x)", Code.WRONG_TYPE),
    ("sort([1, 2], function(x) true)", Code.WRONG_ARGUMENTS),
    ("(function(f) f(f))(function(f) f(f))", Code.TOO_MUCH_WORK),
]
INSTANCES = [
    ("1 instance of number", True),
    ("[1] instance of number", False),
    ("1 instance of tAge", True),
    ("2 instance of tAge", True),  # allowed values are no part of the type
    ('{name: "a", age: 1} instance of law.tPerson', True),
    ("null instance of Any", False),
    ("n instance of number and date instance of string", True),
    ("[1..2] instance of range<number>", True),
    ("(function(a: number) 1) instance of function<number> -> Any", True),
    ("(function(a: number) 1) instance of function<string> -> Any", False),
    ("abs instance of function<number> -> Any", True),
    ("if 1 instance of date and time then 1 else 2", D(2)),
]
RANGES = [
    ("5 in (< 10)", True),
    ("5 in ((< 10))", True),
    ("[(< 5), 7][2]", D(7)),
    ("(< 10) = (< 10)", True),
    ("(= 10) = [10..10]", False),
    ("(!= 10) = (!= 10)", True),
    ("5 in (!= 5)", False),
    ("(>= 10).start", D(10)),
    ("(>= 10).end", None),
    ("[1..10[ = [1..10)", True),
    ("]1..10] = (1..10]", True),
    ("[1..10[.end included", False),
    ("{r: [1..n], s: 3 in r}.s", True),
    ("[n..1].start", D(8)),
    ("[1..null]", None),
    ("for i in (1..4) return i", [D(2), D(3)]),
    ("for i in [3..1] return i", None),
    ("for i in 3..1 return i", [D(3), D(2), D(1)]),
    ("for i in 1..1.5 return i", None),
    ('for i in "a".."c" return i', None),
    ('count(for d in @"2024-02-28"..@"2024-03-01" return d)', D(3)),
    ("some i in 1..3 satisfies i = 2", True),
]
NAMES = [
    ("start-end - 1", D(2)),
    ("in stock + 1", D(6)),
    ("if in stock in [1..9] then 1 else 2", D(1)),
    ('date + "!"', "a text!"),
    ('date("2020-01-01").year', D(2020)),
    ("{a b: 1, a: 2, c: a b + a}.c", D(3)),
    ("{a+b: 1, c: a+b}.c", D(1)),
    ('{"a+b((!": 1}.c', None),
    ("for my item in [1, 2] return my item * 2", [D(2), D(4)]),
    ("some any one in [1, 2] satisfies any one > 1", True),
    ("(function(my value: number, b) my value + b)(1, 2)", D(3)),
    ("[1, 2, 9][in stock > item]", [D(1), D(2)]),
    ('people[first name = "B"].name', ["b"]),
    ("people.first name", ["A", "B"]),
    ("people[item = 2].name", ["b"]),  # an entry hides what the filter calls an item
    ("[1, 2, 3][item > 1]", [D(2), D(3)]),
    ("[][1]", None),
    ("[][n]", None),
    ("[][item > 1]", []),
    ('[1]["a"]', None),
    ("{a: 1, a: 2}", None),
    (r'"a\d"', r"a\d"),
    (r'string length("\U01F40E")', D(1)),
    ("/* one */ 1 // two", D(1)),
    ("{🐎: 1}.🐎", D(1)),
]


@pytest.mark.parametrize(("text", "expected"), [*CALLS, *INSTANCES, *RANGES, *NAMES])
def test_expression_has_the_value_that_the_standard_gives_it(text: str, expected: object) -> None:
    assert value(text) == expected


@pytest.mark.parametrize(("text", "code"), NOT_CALLS)
def test_call_that_cannot_be_is_null_with_its_cause(text: str, code: Code) -> None:
    found, causes = compile_expression(text, FACTS, STANDARD, types=TYPES).explain(FACTS)
    assert found is None
    assert code in [cause.code for cause in causes]


@pytest.mark.parametrize("text", ["no such(1)", "abs(1, 1)", "no such", "now()"])
def test_house_dialect_refuses_at_once_what_the_standard_makes_null(text: str) -> None:
    compile_expression(text, FACTS, STANDARD)
    with pytest.raises(RuleSyntaxError):
        compile_expression(text, FACTS, FEEL)


def test_built_in_as_a_value_is_not_taken_for_the_beginning_of_an_unknown_name() -> None:
    with pytest.raises(RuleSyntaxError) as caught:
        compile_expression("min income > 1", FACTS)
    assert caught.value.code is Code.UNKNOWN_NAME


def test_function_is_written_with_its_parameters() -> None:
    assert feel_text(value("function(a, b: number) a")) == "function(a, b)"


@pytest.mark.parametrize(
    ("cell", "tested", "house", "standard"),
    [
        ('not("a")', None, None, True),
        ("null", None, True, True),
        ("-", None, True, True),
        ("> 5", None, None, None),
        ('"a","b"', "a", True, True),
        ('"a","b"', None, None, False),
        ("not(1, 2)", D(3), True, True),
        ("[1..5]", D(5), True, True),
        ("? > n", D(9), True, True),
    ],
)
def test_cell_takes_null_for_unknown_or_for_a_value_as_the_dialect_says(
    cell: str, tested: object, house: object, standard: object
) -> None:
    assert compile_cell(cell, FACTS, FEEL).test(tested, FACTS) is house
    assert compile_cell(cell, FACTS, STANDARD).test(tested, FACTS) is standard


def test_cell_whose_limit_takes_too_much_work_is_unknown() -> None:
    cell = compile_cell("(function(f) f(f))(function(f) f(f))", (), STANDARD)
    assert cell.test(1) is not True
