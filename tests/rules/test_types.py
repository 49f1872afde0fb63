"""FEEL's types: membership, conformance and the implicit conversions of DMN 1.5, 10.3.2.9."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tongban.rules.feel.errors import Code, RuleSyntaxError, Undefined
from tongban.rules.feel.types import (
    ANY,
    Basic,
    ContextType,
    FeelType,
    ListType,
    NamedType,
    coerce,
    conforms,
    instance_of,
    parse_type,
    type_text,
)
from tongban.rules.feel.values import Range, Value

ONE = Decimal(1)
GRADE = NamedType("tGrade", Basic("string"), lambda value: value in ("A", "B"), '"A","B"')
PERSON = NamedType("tPerson", ContextType((("name", Basic("string")), ("grade", GRADE))))
NAMED: dict[str, FeelType] = {"tGrade": GRADE, "tPerson": PERSON, "law.tPerson": PERSON, "t-Text 2": Basic("string")}


@pytest.mark.parametrize(
    ("value", "text", "expected"),
    [
        (None, "Any", False),
        (None, "Null", True),
        (ONE, "Any", True),
        (ONE, "number", True),
        (ONE, "string", False),
        (True, "number", False),
        ([ONE], "list<number>", True),
        ([ONE], "number", False),
        (ONE, "list<number>", False),
        ([], "list<string>", True),
        ([None], "list<string>", True),
        ([ONE, "a"], "list<number>", False),
        ([ONE, "a"], "list<Any>", True),
        ({"a": "x", "b": ONE}, "context<a: string>", True),
        ({"a": None}, "context<a: string>", True),
        ({"b": "x"}, "context<a: string>", False),
        ({"a": {"b": ONE}}, "context<a: context<b: number>>", True),
        ({"a": {"b": ONE}}, "context<a: context<b: string>>", False),
        (Range(ONE, None), "range<number>", True),
        (Range(ONE, ONE), "range<string>", False),
        ("Z", "tGrade", True),
        ({"name": "x", "grade": "A"}, "law.tPerson", True),
        ({"name": "x"}, "tPerson", False),
        ([{"name": "x", "grade": "A"}], "list<tPerson>", True),
        ({"name": "x", "grade": "A"}, "law . tPerson", True),
        ("x", "t-Text 2", True),
        (["x"], "list< t-Text 2 >", True),
    ],
)
def test_value_is_an_instance_of_its_types_only(value: Value, text: str, expected: bool) -> None:
    assert instance_of(value, parse_type(text, NAMED)) is expected


@pytest.mark.parametrize(
    ("given", "wanted", "expected"),
    [
        ("number", "Any", True),
        ("Any", "number", False),
        ("Null", "list<number>", True),
        ("list<number>", "list<Any>", True),
        ("list<Any>", "list<number>", False),
        ("context<a: number, b: string>", "context<a: number>", True),
        ("context<a: number>", "context<a: number, b: string>", False),
        ("function<Any> -> number", "function<string> -> Any", True),
        ("function<string> -> number", "function<number> -> number", False),
        ("function<> -> number", "function<number> -> number", False),
        ("range<date>", "range<date>", True),
        ("range<date>", "range<number>", False),
        ("tPerson", "context<name: string>", True),
    ],
)
def test_type_conforms_where_each_of_its_values_would_do(given: str, wanted: str, expected: bool) -> None:
    assert conforms(parse_type(given, NAMED), parse_type(wanted, NAMED)) is expected


@pytest.mark.parametrize(
    ("value", "text", "expected"),
    [
        (None, "number", None),
        ([ONE], "number", ONE),
        (ONE, "list<number>", [ONE]),
        ("A", "tGrade", "A"),
        (["A"], "tGrade", "A"),
        ("x", "Any", "x"),
    ],
)
def test_value_is_made_to_fit(value: Value, text: str, expected: Value) -> None:
    assert coerce(value, parse_type(text, NAMED)) == expected


@pytest.mark.parametrize(
    ("value", "text", "code"),
    [
        ("a", "number", Code.WRONG_TYPE),
        ([ONE, ONE], "number", Code.WRONG_TYPE),
        (["a"], "number", Code.WRONG_TYPE),
        ("a", "list<number>", Code.WRONG_TYPE),
        ({"name": "x"}, "tPerson", Code.WRONG_TYPE),
        ("Z", "tGrade", Code.NOT_ALLOWED),
        ({"name": "x", "grade": "Z"}, "tPerson", Code.NOT_ALLOWED),
        ([{"name": "x", "grade": "Z"}], "list<tPerson>", Code.NOT_ALLOWED),
    ],
)
def test_value_that_does_not_fit_says_why(value: Value, text: str, code: Code) -> None:
    with pytest.raises(Undefined) as caught:
        coerce(value, parse_type(text, NAMED))
    assert caught.value.code is code


@pytest.mark.parametrize(
    "text",
    ["Any", "list<list<number>>", "context<a b: number, c: list<string>>", "function<number, Any> -> range<date>"],
)
def test_type_is_written_as_it_is_read(text: str) -> None:
    assert type_text(parse_type(text)) == text


@pytest.mark.parametrize(
    ("text", "code", "position"),
    [
        ("", Code.UNEXPECTED, 0),
        ("colour", Code.UNKNOWN_TYPE, 0),
        ("list<colour>", Code.UNKNOWN_TYPE, 5),
        ("list<number", Code.UNEXPECTED, 11),
        ("number string", Code.UNEXPECTED, 6),
        ("list<" * 40 + "number" + ">" * 40, Code.TOO_DEEP, 150),
    ],
)
def test_text_that_is_no_type_is_refused_at_its_place(text: str, code: Code, position: int) -> None:
    with pytest.raises(RuleSyntaxError) as caught:
        parse_type(text)
    assert (caught.value.code, caught.value.position) == (code, position)


def test_definition_may_be_resolved_after_it_is_used() -> None:
    later = NamedType("tLater", ANY)
    people = ListType(later)
    later.base = Basic("number")
    assert instance_of([ONE], people)
    assert not instance_of(["a"], people)
