"""Formulas: what loses a cent, what cannot fit, and thresholds that two places draw on different sides."""

from __future__ import annotations

import pytest

from tongban import rules
from tongban.rules.analysis import Stated, disagreements, divides_first, in_cell, in_expression, infer

TYPES = {
    "income": "number",
    "size": "number",
    "name": "string",
    "born": "date",
    "day": "date",
    "low": "boolean",
    "period": "years and months duration",
    "children": "list",
}


def node(text: str) -> rules.Expression:
    return rules.compile_expression(text, TYPES)


@pytest.mark.parametrize(
    ("text", "quotients"),
    [
        ("income / 12 * size", ["income / 12"]),
        ("size * (income / 12)", ["(income / 12)"]),
        ("decimal(income / 12 * 3, 2)", ["income / 12"]),
        ("income * size / 12", []),
        ("income / 12 / size", []),
        ("income / (12 * size)", []),
    ],
)
def test_a_quotient_that_is_multiplied_afterwards_is_named(text: str, quotients: list[str]) -> None:
    assert [text[slice(*found.at)] for found in divides_first(node(text).node)] == quotients


@pytest.mark.parametrize(
    ("text", "types"),
    [
        ("income / size", {"number"}),
        ("day - born", {"days and time duration"}),
        ("born + period", {"date"}),
        ("years and months duration(born, day)", {"years and months duration"}),
        ("years and months duration(born, day).years", {"number"}),
        ("income > 3 and low", {"boolean"}),
        ("if low then income else name", {"number", "string"}),
        ('starts with(name, "99")', {"boolean"}),
        ("period.years + 1", {"number"}),
        ("income = null", {"boolean"}),
    ],
)
def test_what_comes_out_is_known_from_what_goes_in(text: str, types: set[str]) -> None:
    assert infer(node(text).node, TYPES) == (frozenset(types), ())


@pytest.mark.parametrize("text", ["children[1]", "income + other", "null", "date(name)", "children"])
def test_what_no_example_settles_is_of_any_type_and_no_fault(text: str) -> None:
    assert infer(rules.compile_expression(text, (*TYPES, "other")).node, TYPES) == (None, ())


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("income + name", "income + name"),
        ("born + 1", "born + 1"),
        ("income > name", "income > name"),
        ('income = "3"', 'income = "3"'),
        ("(born + income) = day", "(born + income)"),
        ("born.years", "born.years"),
        ("if income then 1 else 2", "income"),
        ("low and income", "income"),
        ("-name", "-name"),
        ("income between born and day", "income between born and day"),
    ],
)
def test_operands_that_can_never_fit_are_named(text: str, part: str) -> None:
    misfits = infer(node(text).node, TYPES)[1]
    assert [text[slice(*misfit.node.at)] for misfit in misfits] == [part]
    assert misfits[0].zh != misfits[0].en


def stated(*cells: str, fact: str = "age") -> list[Stated]:
    return [one for cell in cells for one in in_cell(rules.compile_cell(cell).tree, fact)]


def test_a_threshold_belongs_to_the_side_that_its_value_is_on() -> None:
    for cell, above in (
        (">= 80", True),
        ("< 80", True),
        ("> 80", False),
        ("<= 80", False),
        ("[80..90)", True),
        ("(80..90]", False),
        ("? >= 80", True),
        ("80 > ?", True),
        ("? between 80 and 90", True),
        ("80", None),
    ):
        first = next(one for one in stated(cell) if one.text == "80")
        assert (first.fact, first.above) == ("age", above), cell


def test_two_places_that_put_one_value_on_different_sides_disagree() -> None:
    first = stated(">= 80")
    second = list(in_expression(rules.compile_expression("age > 80 and income < 3", ("age", "income")).node))
    (found,) = disagreements([first, second])
    assert (found.one.text, found.first, found.second) == ("80", 0, 1)
    assert (found.one.above, found.other.above) == (True, False)


def test_places_agree_where_they_say_the_same_or_another_fact_or_know_both_sides() -> None:
    for one, other in (
        (stated(">= 80"), stated("< 80")),
        (stated(">= 80"), stated("> 80", fact="income")),
        (stated(">= 80"), stated("> 79")),
        (stated(">= 80"), stated("< 80", "80", "> 80")),
        (stated("< 80", "(80..90]"), stated(">= 80")),
    ):
        assert list(disagreements([one, other])) == []
