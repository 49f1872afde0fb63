"""The built-in functions, rule by rule (DMN 1.5, 10.3.4); dates and times have a file of their own."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tongban.rules import Code, compile_expression
from tongban.rules.feel.dialect import STANDARD
from tongban.rules.feel.signature import BUILTINS

D = Decimal


def numbers(*items: object) -> list[object]:
    return [D(item) if isinstance(item, int) else item for item in items]


STRINGS: list[tuple[str, object]] = [
    ('number("1.000.000,01", ".", ",")', D("1000000.01")),
    ('number("1 000.5", " ", ".")', D("1000.5")),
    ('number("1,000", ",", null)', D(1000)),
    ('number("1,000", ",", ",")', None),
    ('number("1,000", ";", ".")', None),
    ('number("1_000")', None),
    ('number("inf")', None),
    ('number("１")', None),
    ('string join(["a", "b", "c"], " and ")', "a and b and c"),
    ('string join(["a", null, "c"])', "ac"),
    ('string join(["a", null, "c"], "X")', "aXc"),
    ('string join("a", "X")', "a"),
    ("string join([])", ""),
    ("string join([1], null)", None),
    ("string join(null)", None),
    ('split("a;b;c;;", ";")', ["a", "b", "c", "", ""]),
    (r'split("John Doe", "\s")', ["John", "Doe"]),
    ('split("ab", "x*")', None),
    ('replace("abcd", "(ab)|(a)", "[1=$1][2=$2]")', "[1=ab][2=]cd"),
    ('replace("abracadabra", "a.*?a", "*")', "*c*bra"),
    ('replace("abc", "x*", "-")', None),
    ('replace("abc", "b", "$")', None),
    (r'replace("abc", "b", "\$")', "a$c"),
    ('replace("a.c", ".", "x", "q")', "axc"),
    ('matches("abracadabra", "bra", null)', True),
    ('matches("abracadabra", "^bra")', False),
    ('matches(null, "a")', None),
    ('matches("a", "a", "p")', None),
]
LISTS: list[tuple[str, object]] = [
    ("sublist([1, 2, 3], 2)", numbers(2, 3)),
    ("sublist([1, 2, 3], -1, 1)", numbers(3)),
    ("sublist([1, 2, 3], 1, 4)", None),
    ("sublist([1, 2, 3], 0)", None),
    ("append([1], 2, [3])", numbers(1, 2, [D(3)])),
    ("append(1, null)", numbers(1, None)),
    ("concatenate([1], [2, 3])", numbers(1, 2, 3)),
    ("insert before([1, 2], 1, 0)", numbers(0, 1, 2)),
    ("insert before([1, 2], -1, 0)", numbers(1, 0, 2)),
    ("insert before([1, 2], 3, 0)", None),
    ("remove([1, 2, 3], 2)", numbers(1, 3)),
    ("remove([1, 2, 3], 4)", None),
    ("list replace([1, 2, 3], -1, 4)", numbers(1, 2, 4)),
    ("list replace([1, 2, 3], 2.5, 4)", numbers(1, 4, 3)),
    ("list replace([1, 2, 3], 0, 4)", None),
    ("list replace([1, 2, 3], 3, null)", numbers(1, 2, None)),
    ("list replace(position: 2, newItem: 4, list: [1, 2, 3])", numbers(1, 4, 3)),
    ("reverse([1, 2])", numbers(2, 1)),
    ('index of([1, "a", 1, null], 1)', numbers(1, 3)),
    ("index of([1, null], null)", numbers(2)),
    ("list contains([1, null], null)", True),
    ("union([1, 2], [2, 3], [3])", numbers(1, 2, 3)),
    ('distinct values([1, 1.0, "1", [1], [1], null, null])', numbers(1, "1", [D(1)], None)),
    ("duplicate values([1, 2, 1, 1, 2, 3])", numbers(1, 2)),
    ("partition([1, 2, 3], 2)", [numbers(1, 2), numbers(3)]),
    ("flatten([[1, [2]], [[[3]]], 4])", numbers(1, 2, 3, 4)),
    ("sort([2, 1], null)", None),
    ("sort([], function(a, b) a < b)", []),
]
AGGREGATES: list[tuple[str, object]] = [
    ("product([2, 3, 4])", D(24)),
    ("product(2, 3)", D(6)),
    ("product([])", None),
    ("median([8, 2, 5, 3, 4])", D(4)),
    ("median([6, 1, 2, 3])", D("2.5")),
    ("median([])", None),
    ('median([1, "a"])', None),
    ("stddev([2, 4, 7, 5])", D("2.081665999466132735282297706979931")),
    ("stddev([47])", None),
    ("mode([6, 1, 9, 6, 1])", numbers(1, 6)),
    ("mode([])", []),
    ("mode([1, null])", None),
    ("sum(null)", None),
    ("all([])", True),
    ("any([])", False),
    ("all([true, null])", None),
    ("any([true, 1])", True),
    ("all(list: null)", None),
    ("min(list: [2, 1])", D(1)),
    ("max()", None),
]
NUMBERS: list[tuple[str, object]] = [
    ("sqrt(2)", D("1.414213562373095048801688724209698")),
    ("sqrt(-1)", None),
    ("exp(1)", D("2.718281828459045235360287471352662")),
    ("exp(1000000)", None),
    ("log(number: 10)", D("2.302585092994045684017991454684364")),
    ("log(0)", None),
    ("0 ** 0", D(1)),
    ("modulo(-12, 5)", D(3)),
    ("modulo(12, 0)", None),
]
CONTEXTS: list[tuple[str, object]] = [
    ('get value({a: 1}, "a")', D(1)),
    ('get value({a: 1}, "b")', None),
    ('get value(key: "a", m: {a: 1})', D(1)),
    ("get entries({a: 1})", [{"key": "a", "value": D(1)}]),
    ("get entries([1])", None),
    ('context([{key: "a", value: 1}, {key: "b", value: null}])', {"a": D(1), "b": None}),
    ('context({key: "a", value: 1})', {"a": D(1)}),
    ('context([{key: "a", value: 1}, {key: "a", value: 2}])', None),
    ('context([{key: "a"}])', None),
    ('context put({a: 1}, "b", 2)', {"a": D(1), "b": D(2)}),
    ('context put({x: 1, y: {a: 0}}, ["y", "b"], 2)', {"x": D(1), "y": {"a": D(0), "b": D(2)}}),
    ('context put({x: 1}, ["y", "b"], 2)', None),
    ("context put({}, [], 2)", None),
    ('context put(context: {}, key: ["a"], value: 2)', {"a": D(2)}),
    ("context merge([{a: 1, b: 2}, {a: 3}])", {"a": D(3), "b": D(2)}),
    ("context merge([{a: 1}, 2])", None),
    ("is([1, {a: 2}], [1, {a: 2}])", True),
    ('is(1, "1")', False),
    ("is(null)", True),
    ("get or else(null, 1)", D(1)),
]
RANGES: list[tuple[str, object]] = [
    ("before(1, 2)", True),
    ("before([1..5), 5)", True),
    ("before([1..5], 5)", False),
    ("before([1..5), [5..9])", True),
    ("after(5, [1..5))", True),
    ("after([5..9], [1..5])", False),
    ("meets([1..5], [5..9])", True),
    ("meets([1..5), [5..9])", False),
    ("met by([5..9], [1..5])", True),
    ("overlaps([1..5], [3..8])", True),
    ("overlaps([1..5), [5..8])", False),
    ("overlaps before([1..5], [3..8])", True),
    ("overlaps before([3..8], [1..5])", False),
    ("overlaps after([3..8], [1..5])", True),
    ("finishes(5, [1..5])", True),
    ("finishes([3..5], [1..5])", True),
    ("finished by([1..5], [3..5])", True),
    ("includes([1..5], 5)", True),
    ("includes([1..5), 5)", False),
    ("includes([1..5], [2..3])", True),
    ("during((1..5), [1..5])", True),
    ("during([1..5], (1..5))", False),
    ("starts([1..3], [1..5])", True),
    ("started by([1..5], 1)", True),
    ("coincides([1..5], [1..5])", True),
    ("coincides([1..5], [1..5))", False),
    ("before((< 5), 7)", True),
    ("includes((>= 5), 7)", True),
    ("during([1..2], (< 5))", True),
    ('before(1, "a")', None),
    ("before(null, 1)", None),
    ("meets(1, [1..2])", None),
    ("before(point: 1, range: [2..3])", True),
    ('range("[18..21)") = [18..21)', True),
    ('range("(..21]") = (<= 21)', True),
    ('range("[18..)") = (>= 18)', True),
    ('range("[..21]")', None),
    ('range("[..]")', None),
    ('range("[3..1]")', None),
    ('range("[1..1 + 1]")', None),
    (r'range("[date(\"2020-01-01\")..@\"2020-02-01\"]").end.month', D(2)),
    (r'range("[date(string(\"2020-01-01\"))..@\"2020-02-01\"]")', None),
    ("range([1..2])", None),
]


@pytest.mark.parametrize(("text", "expected"), [*STRINGS, *LISTS, *AGGREGATES, *NUMBERS, *CONTEXTS, *RANGES])
def test_function_gives_what_the_standard_says(text: str, expected: object) -> None:
    found, causes = compile_expression(text, (), STANDARD).explain({})
    assert found == expected
    assert (type(found) is bool) == (type(expected) is bool)
    assert causes if expected is None and "null]" not in text else True


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("sqrt(null)", Code.NULL_ARGUMENT),
        ("sum([1, true])", Code.TYPE_MISMATCH),
        ('list replace([1], "1", 2)', Code.TYPE_MISMATCH),
        ('matches("a", "(")', Code.NOT_A_VALUE),
        ("remove([1], 2)", Code.OUT_OF_RANGE),
        ("context merge([1])", Code.WRONG_TYPE),
    ],
)
def test_null_of_a_function_says_why_in_both_languages(text: str, code: Code) -> None:
    _, causes = compile_expression(text, (), STANDARD).explain({})
    assert [cause.code for cause in causes] == [code]
    assert causes[0].zh and causes[0].en


def test_every_function_may_be_called_by_the_names_in_its_signature() -> None:
    for functions in BUILTINS.values():
        for function in functions:
            names = [parameter.name for parameter in function.parameters]
            assert len(set(names)) == len(names)
            assert function.fits(len(names), names) == tuple(range(len(names))) or not names


@pytest.mark.parametrize(
    "text",
    [
        "count(distinct values(for i in 1..3000 return [i]))",
        "sort(for i in 1..20000 return modulo(i * 7919, 20011), function(a, b) a < b)",
        'replace(string join(for i in 1..20000 return "a"), "a", "aaaaaaaaaa")',
        "{f: function(n, f) if n = 0 then 0 else f(n - 1, f), r: f(100000, f)}.r",
    ],
)
def test_work_of_a_function_is_bounded(text: str) -> None:
    found, causes = compile_expression(text, (), STANDARD).explain({})
    assert found is None
    assert causes[-1].code in (Code.TOO_MUCH_WORK, Code.OUT_OF_RANGE)
