"""Foreign functions: the listed Java methods have their meaning, everything else is refused with its name."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tongban.rules import Code, compile_expression
from tongban.rules.feel.dialect import STANDARD

D = Decimal


def call(java_class: str, signature: str, *arguments: str) -> tuple[object, list[Code]]:
    names = [f"p{place}" for place, _ in enumerate(arguments)]
    body = f'{{java: {{class: "java.lang.{java_class}", method signature: "{signature}"}}}}'
    text = f"(function({', '.join(names)}) external {body})({', '.join(arguments)})"
    found, causes = compile_expression(text, (), STANDARD).explain({})
    return found, [cause.code for cause in causes]


@pytest.mark.parametrize(
    ("java_class", "signature", "arguments", "expected"),
    [
        ("Math", "max(double, double)", ["123", "456"], D(456)),
        ("Math", "max(float,float)", ["123.46", "456.78"], D("456.78")),
        ("Math", "abs(int)", ["-3"], D(3)),
        ("Math", "pow(double,double)", ["2", "10"], D(1024)),
        ("Math", "round(double)", ["2.5"], D(3)),
        ("Math", "floorMod(int,int)", ["-7", "5"], D(3)),
        ("Integer", "valueOf(java.lang.String)", ['"123"'], D(123)),
        ("Integer", "parseInt(java.lang.String)", ['"-1"'], D(-1)),
        ("Double", "valueOf(java.lang.String)", ['"1234.56"'], D("1234.56")),
        ("Float", "valueOf(java.lang.String)", ['"0.1"'], D("0.1")),
        ("Short", "valueOf(short)", ["7"], D(7)),
        ("Byte", "valueOf(byte)", ["3"], D(3)),
        ("String", "valueOf(char)", ['"a"'], "a"),
        ("String", "format(java.lang.String, [Ljava.lang.Object;)", ['"foo %s"', '"bar"'], "foo bar"),
        ("String", "format(java.lang.String, [Ljava.lang.Object;)", ['"%05d|%-4s|%.2f%%"', "42", '"a"', "1.5"],
         "00042|a   |1.50%"),
    ],
)  # fmt: skip
def test_listed_method_gives_what_java_gives(
    java_class: str, signature: str, arguments: list[str], expected: object
) -> None:
    assert call(java_class, signature, *arguments) == (expected, [])


@pytest.mark.parametrize(
    ("java_class", "signature", "arguments", "code"),
    [
        ("Runtime", "exec(java.lang.String)", ['"x"'], Code.NOT_ON_THE_LIST),
        ("Math", "foo(double)", ["1"], Code.NOT_ON_THE_LIST),
        ("Math", "max(java.lang.String, java.lang.String)", ['"1"', '"2"'], Code.NOT_ON_THE_LIST),
        ("Math", "max(double, double)", ["1"], Code.WRONG_ARGUMENTS),
        ("Math", "sqrt(double)", ["-1"], Code.OUT_OF_RANGE),
        ("Math", "pow(double,double)", ["10", "1000"], Code.OUT_OF_RANGE),
        ("Byte", "valueOf(byte)", ["128"], Code.OUT_OF_RANGE),
        ("Short", "valueOf(short)", ["1.5"], Code.WRONG_TYPE),
        ("Integer", "valueOf(java.lang.String)", ['"x"'], Code.NOT_A_VALUE),
        ("String", "valueOf(char)", ['"abc"'], Code.WRONG_TYPE),
        ("String", "format(java.lang.String, [Ljava.lang.Object;)", ['"%s %s"', '"a"'], Code.WRONG_ARGUMENTS),
        ("String", "format(java.lang.String, [Ljava.lang.Object;)", ['"%999999s"', '"a"'], Code.OUT_OF_RANGE),
        ("String", "format(java.lang.String, [Ljava.lang.Object;)", ['"%x"', "1"], Code.NOT_A_VALUE),
    ],
)
def test_anything_else_is_null_with_its_cause(
    java_class: str, signature: str, arguments: list[str], code: Code
) -> None:
    found, causes = call(java_class, signature, *arguments)
    assert found is None
    assert code in causes


def test_pmml_is_not_on_the_list() -> None:
    text = 'function(a) external {pmml: {document: "x", model: "y"}}'
    found, (cause,) = compile_expression(text, (), STANDARD).explain({})
    assert (found, cause.code) == (None, Code.NOT_ON_THE_LIST)
