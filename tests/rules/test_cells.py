"""Cells of decision tables: what passes, what does not, and what cannot be known."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from tongban.rules import cell_text, compile_cell

PASS, FAIL, UNKNOWN = True, False, None


@pytest.mark.parametrize(
    ("cell", "value", "expected"),
    [
        ("-", 1, PASS),
        ("-", None, PASS),
        ('"a"', "a", PASS),
        ('"a"', "b", FAIL),
        ('"a","b"', "b", PASS),
        ('"a", "b"', "c", FAIL),
        ("6", 6, PASS),
        ("6", Decimal("6.0"), PASS),
        ("-5", -5, PASS),
        ("1, 2, 3", 3, PASS),
        ("true", True, PASS),
        ("true", False, FAIL),
        (">= 6", 6, PASS),
        (">= 6", 5, FAIL),
        ("< 6", 5, PASS),
        ("!= 6", 6, FAIL),
        ("= 6", 6, PASS),
        ("[60..70)", 60, PASS),
        ("[60..70)", 70, FAIL),
        ("(60..70]", 60, FAIL),
        ("(60..70]", 70, PASS),
        ("< 10, [60..70), > 100", 65, PASS),
        ("< 10, [60..70), > 100", 80, FAIL),
        ("not(1, 2)", 3, PASS),
        ("not(1, 2)", 2, FAIL),
        ("not(< 6)", 6, PASS),
        ('not("a")', "b", PASS),
        ('["a".."c"]', "b", PASS),
        ('>= date("2026-01-01")', date(2026, 1, 1), PASS),
        ('[@"2026-01-01"..@"2027-01-01")', date(2027, 1, 1), FAIL),
        ("> limit", 8, PASS),
        ("limit, 9", 7, PASS),
        ("[limit..10]", 6, FAIL),
        ("? > 5 and ? < limit + 2", 8, PASS),
        ('contains(?, "务")', "政务", PASS),
        ('not(contains(?, "x"))', "axb", FAIL),
        ("not(? > 5) or ? = limit", 7, PASS),
        ("limit > 5", 99, PASS),
        ("limit > 9", 99, FAIL),
        ("allowed", "p", PASS),
        ("allowed", "z", FAIL),
    ],
)
def test_cell_accepts_what_it_says(cell: str, value: object, expected: bool | None) -> None:
    facts = {"limit": 7, "allowed": ["p", "q"]}
    assert compile_cell(cell, facts).test(value, facts) is expected


@pytest.mark.parametrize(
    "cell",
    ['"a"', '"a","b"', "6", "true", ">= 6", "!= 6", "[1..2]", "not(6)", 'not("a","b")', "? > 5", "limit", "> limit"],
)
def test_unknown_fact_neither_passes_nor_fails_a_test_of_its_value(cell: str) -> None:
    assert compile_cell(cell, ["limit"]).test(None, {"limit": 3}) is UNKNOWN


@pytest.mark.parametrize("cell", ["null", '"a", null', "? = null", "not(is defined(?))", "[1, null]"])
def test_cell_that_asks_for_the_missing_fact_accepts_it(cell: str) -> None:
    assert compile_cell(cell).test(None) is PASS


@pytest.mark.parametrize("cell", ["not(null)", "? != null", "is defined(?)"])
def test_cell_that_demands_a_fact_refuses_a_missing_one(cell: str) -> None:
    assert compile_cell(cell).test(None) is FAIL
    assert compile_cell(cell).test(1) is PASS


@pytest.mark.parametrize(("cell", "value"), [(">= 6", "6"), ('"a"', 1), ("true", 1), ("[1..2]", True)])
def test_value_of_another_type_is_not_compared(cell: str, value: object) -> None:
    assert compile_cell(cell).test(value) is UNKNOWN


def test_limit_that_is_unknown_leaves_the_test_unknown() -> None:
    assert compile_cell("> limit", ["limit"]).test(8, {}) is UNKNOWN


@pytest.mark.parametrize(
    ("read", "text"),
    [
        (True, "true"),
        (False, "false"),
        (None, "null"),
        (6, "6"),
        (1.5, "1.5"),
        ("-", "-"),
        (">= 6", ">= 6"),
        ('"a","b"', '"a","b"'),
        (date(2026, 1, 31), '@"2026-01-31"'),
        (['"a"', '"b"'], '"a", "b"'),
        ([1, 2], "1, 2"),
    ],
)
def test_cell_that_yaml_read_as_a_value_becomes_feel_text(read: object, text: str) -> None:
    assert cell_text(read) == text
