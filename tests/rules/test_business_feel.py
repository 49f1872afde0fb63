"""B-FEEL (DMN 1.6, chapter 11) beside FEEL: the same texts, another table of meanings."""

from __future__ import annotations

from decimal import Decimal

import pytest
from dmn_samples import decision, document, given, model, text, value

from tongban.rules import compile_cell, compile_expression
from tongban.rules.dmn.execute import Model
from tongban.rules.feel.business import B_FEEL
from tongban.rules.feel.dialect import STANDARD
from tongban.rules.feel.signature import BUILTINS

D = Decimal
FACTS: dict[str, object] = {"none": None, "n": 5}


@pytest.mark.parametrize(
    ("written", "feel", "business"),
    [
        ("true and none", None, False),
        ("false or none", None, False),
        ("not(none)", None, True),
        ("n > none", None, False),
        ('n = "5"', None, False),
        ('n != "5"', None, True),
        ("[1, 2] = [1, none]", False, False),
        ('[1] = ["a"]', None, False),
        ("none between 1 and 5", None, False),
        ('n in (1, "a")', None, False),
        ("every x in [true, none] satisfies x", None, False),
        ("n + none", None, D(5)),
        ('n * "2"', None, D(10)),
        ('"a" + none', None, "a"),
        ('"a" + true', None, "atrue"),
        ("true + none", None, None),
        ("1 / 0", None, None),
        ("sum(none)", None, D(0)),
        ('number("x")', None, D(0)),
        ("upper case(n)", None, ""),
        ("all([true, none])", None, False),
        ("sublist([1], 5)", None, []),
        ("context merge([1])", None, {}),
        ('date("x").year', None, D(1970)),
        ("if none then 1 else 2", D(2), D(2)),
        ("n + 1", D(6), D(6)),
    ],
)
def test_text_means_what_its_dialect_says(written: str, feel: object, business: object) -> None:
    assert compile_expression(written, FACTS, STANDARD).evaluate(FACTS) == feel
    assert compile_expression(written, FACTS, B_FEEL).evaluate(FACTS) == business


@pytest.mark.parametrize("cell", ["> 5", '"a"', "? > 5 and true", "[1..2]"])
def test_cell_never_accepts_what_is_not_there(cell: str) -> None:

    assert compile_cell(cell, (), B_FEEL).test(None) is not True


def test_cause_is_kept_though_a_value_takes_its_place() -> None:
    found, causes = compile_expression("sqrt(-1)", (), B_FEEL).explain({})
    assert found == 0
    assert causes


def test_defaults_are_of_functions_that_exist() -> None:
    assert set(B_FEEL.defaults) <= set(BUILTINS)


def test_model_that_says_it_is_in_the_dialect_is_read_in_it() -> None:
    body = given("x", "y") + decision("d", text("x > y"), needs="i:x i:y")
    language = "https://www.omg.org/spec/DMN/20240513/B-FEEL/"
    business = Model.load(document(body, attributes=f'expressionLanguage="{language}"'), "m.dmn")
    assert value(model(body), x=1, y=None) is None
    assert value(business, x=1, y=None) is False
