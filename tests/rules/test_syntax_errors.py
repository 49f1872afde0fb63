"""What a text that is no FEEL is told: a stable code, the exact place, what to do, in both languages."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from tongban.rules import Code, RuleSyntaxError, compile_cell, compile_expression
from tongban.rules.feel.builtins import BUILTINS
from tongban.rules.feel.errors import MESSAGES, TYPES_ZH
from tongban.rules.feel.parser import parse_expression
from tongban.rules.feel.syntax import Node, children
from tongban.rules.feel.values import TYPES

NAMES = ["months_here", "employment", "居住月数", "x"]


@pytest.mark.parametrize(
    ("text", "code", "position"),
    [
        ("", Code.EMPTY, 0),
        ("   ", Code.EMPTY, 0),
        ("1 +", Code.UNEXPECTED_END, 3),
        ("(1", Code.UNEXPECTED_END, 2),
        ("1 2", Code.UNEXPECTED, 2),
        ("x = = 1", Code.UNEXPECTED, 4),
        ("if x then 1", Code.UNEXPECTED_END, 11),
        ("[1, 2", Code.UNEXPECTED_END, 5),
        ("{a 1}", Code.UNEXPECTED, 1),
        ('"abc', Code.UNTERMINATED_STRING, 0),
        (r'"a\UFFFFFF"', Code.BAD_ESCAPE, 2),
        ("1e99999", Code.BAD_NUMBER, 0),
        ('x + @"2026-02-30"', Code.BAD_TEMPORAL, 4),
        ("x + y", Code.UNKNOWN_NAME, 4),
        ("居住月份 > 6", Code.UNKNOWN_NAME, 0),
        ("x + cont(1)", Code.UNKNOWN_FUNCTION, 4),
        ("now()", Code.NO_CLOCK, 0),
        ("x > today()", Code.NO_CLOCK, 4),
        ("floor()", Code.WRONG_ARGUMENTS, 0),
        ("floor(1, 2, 3)", Code.WRONG_ARGUMENTS, 0),
        ('substring(string: "a", begin: 1)', Code.WRONG_ARGUMENTS, 0),
        ("1 < x < 5", Code.CHAINED_COMPARISON, 6),
        ("x instance of nombre", Code.UNKNOWN_TYPE, 14),
        ("x instance number", Code.UNEXPECTED, 11),
        ("function(a, a) a", Code.DUPLICATE_NAME, 0),
        ("function(a", Code.UNEXPECTED_END, 10),
        ("function(a: list<number) a", Code.UNEXPECTED, 23),
        ("x + 1(2)", Code.UNEXPECTED, 5),
        ("x > 6，7", Code.FULL_WIDTH, 5),
        ("x ≥ 6", Code.FULL_WIDTH, 2),
        ("x in （1, 2)", Code.FULL_WIDTH, 5),
        ("(" * 60 + "1" + ")" * 60, Code.TOO_DEEP, 50),
        ("1" + " + 1" * 300, Code.TOO_DEEP, 0),
        ("for " + ", ".join(f"a{i} in x" for i in range(60)) + " return 1", Code.TOO_DEEP, 502),
        ("x" * 10_001, Code.TOO_LONG, 10_000),
    ],
)
def test_refused_text_names_the_fault_and_its_place(text: str, code: Code, position: int) -> None:
    with pytest.raises(RuleSyntaxError) as caught:
        compile_expression(text, NAMES)
    assert (caught.value.code, caught.value.position) == (code, position)
    assert caught.value.zh and caught.value.en


@pytest.mark.parametrize(
    ("text", "code", "position"),
    [
        ("", Code.EMPTY, 0),
        (">", Code.UNEXPECTED_END, 1),
        ('"a",', Code.UNEXPECTED_END, 4),
        ("employed", Code.UNKNOWN_NAME, 0),
        ("not(>= 6", Code.UNEXPECTED_END, 8),
        ("[1..5", Code.UNEXPECTED_END, 5),
        ("“a”", Code.FULL_WIDTH, 0),
    ],
)
def test_refused_cell_names_the_fault_and_its_place(text: str, code: Code, position: int) -> None:
    with pytest.raises(RuleSyntaxError) as caught:
        compile_cell(text, NAMES)
    assert (caught.value.code, caught.value.position) == (code, position)


def test_unknown_name_offers_quotation_marks_and_the_nearest_name() -> None:
    with pytest.raises(RuleSyntaxError) as caught:
        compile_expression("employmnt", NAMES)
    assert '"employmnt"' in caught.value.zh
    assert "employment" in caught.value.en


def test_full_width_sign_is_answered_with_the_right_one() -> None:
    with pytest.raises(RuleSyntaxError) as caught:
        compile_expression("x ≥ 6", NAMES)
    assert "“>=”" in caught.value.zh


def test_every_code_has_its_sentence_in_both_languages() -> None:
    assert set(MESSAGES) == set(Code)
    assert all(zh and en for zh, en in MESSAGES.values())


def test_every_type_has_a_chinese_name() -> None:
    assert set(TYPES) < set(TYPES_ZH)


def test_cause_speaks_of_types_in_the_readers_language() -> None:
    _, (cause,) = compile_expression('x + "a"', NAMES).explain({"x": 1})
    assert cause.zh == "+ 不能用于 数、文字"
    assert cause.en == "+ cannot be applied to number, string"


def nodes(node: Node) -> Iterator[Node]:
    yield node
    for child in children(node):
        yield from nodes(child)


@pytest.mark.parametrize(
    "text",
    [
        "(x + 1) * 2 > (3)",
        "((x)) between (1) and 2 * (x + 1)",
        "not((x or x) and x) or (x in (1, (2), [3..(4)]))",
        "-(x) ** (2 - (1))",
        "(if (x) then 1 else (2)) = x.a",
        "(x)[(1)].b + count([(x), {a: (x)}])",
    ],
)
def test_text_of_every_node_is_an_expression_that_means_the_node(text: str) -> None:
    for node in nodes(parse_expression(text, NAMES, BUILTINS)):
        again = parse_expression(text[slice(*node.at)], NAMES, BUILTINS)
        assert re.sub(r"at=\(\d+, \d+\)", "", repr(again)) == re.sub(r"at=\(\d+, \d+\)", "", repr(node))


def test_longest_chains_that_are_accepted_also_run() -> None:
    assert compile_expression("x" + " + x" * 140, ["x"]).evaluate({"x": 1}) == 141
    assert compile_expression("(" * 49 + "x" + ")" * 49, ["x"]).evaluate({"x": 1}) == 1
    assert compile_expression("-" * 49 + "x", ["x"]).evaluate({"x": 1}) == -1
