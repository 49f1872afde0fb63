"""A decision model gives each decision's value once, of its type, or null with the place and the reason."""

from __future__ import annotations

import datetime

import pytest
from dmn_samples import decision, document, given, item, knowledge, model, text, value

from tongban.rules.dmn.errors import ModelCode, ModelErrors
from tongban.rules.feel.errors import Code
from tongban.rules.feel.values import to_feel

# --- requirements ----------------------------------------------------------------------------------------


def test_a_decision_sees_what_it_requires_and_nothing_else() -> None:
    body = given("x", "y") + decision("e", text("x + 1"), needs="i:x") + decision("d", text("e * 2"), needs="d:e")
    assert value(model(body), x=3) == 8
    stranger = model(given("x", "y") + decision("d", text("x + y"), needs="i:x"))
    assert value(stranger, x=1, y=2) is None
    assert [fault.code for fault in stranger.faults] == [Code.UNKNOWN_NAME]


def test_a_long_chain_of_decisions_is_computed_without_running_out_of_stack() -> None:
    links = [decision(f"d{n}", text(f"d{n - 1} + 1"), needs=f"d:d{n - 1}") for n in range(1, 3000)]
    assert value(model(decision("d0", text("0")) + "".join(links)), "d2999") == 2999


def test_decisions_that_require_one_another_are_a_fault_and_null_and_the_others_still_have_values() -> None:
    body = (
        decision("a", text("b"), needs="d:b")
        + decision("b", text("a"), needs="d:a")
        + decision("c", text("c"), needs="d:c")
        + decision("d", text("1"))
    )
    built = model(body)
    assert [fault.code for fault in built.faults] == [ModelCode.CYCLE, ModelCode.CYCLE]
    assert value(built, "a") is None and value(built, "c") is None and value(built) == 1
    assert {cause.code for cause in built.evaluate(["a"], {}).causes} == {ModelCode.CYCLE}


def test_each_reference_that_leads_nowhere_or_to_the_wrong_kind_is_reported() -> None:
    body = given("x") + decision("d", text("1"), needs="i:nobody d:x k:x")
    with pytest.raises(ModelErrors) as caught:
        model(body).check()
    codes = [fault.code for fault in caught.value.faults]
    assert codes == [ModelCode.UNKNOWN_REFERENCE, ModelCode.WRONG_REFERENCE, ModelCode.WRONG_REFERENCE]


def test_all_bad_texts_of_a_model_are_reported_at_once_each_with_file_element_line_and_position() -> None:
    table = """
      <decisionTable id="t"><input id="i"><inputExpression><text>x</text></inputExpression></input>
      <output name="y"/>
      <rule id="r"><inputEntry id="cell"><text>1 1</text></inputEntry>
        <outputEntry id="out"><text>(2</text></outputEntry></rule></decisionTable>"""
    body = given("x") + decision("d", text("1 +\n * 2")) + decision("e", table, needs="i:x")
    found = [(fault.file, fault.at.element, fault.at.id, fault.at.line, fault.position) for fault in model(body).faults]
    assert found == [
        ("m.dmn", "literalExpression", "d", 2, 5),
        ("m.dmn", "inputEntry", "cell", 5, 2),
        ("m.dmn", "outputEntry", "out", 6, 2),
    ]


# --- types -----------------------------------------------------------------------------------------------

TYPES = """
  <itemDefinition name="tGrade"><typeRef>string</typeRef><allowedValues><text>"A","B"</text></allowedValues>
    </itemDefinition>
  <itemDefinition name="tGrades" isCollection="true"><typeRef>tGrade</typeRef>
    <typeConstraint><text>count(?) &lt; 3</text></typeConstraint></itemDefinition>
  <itemDefinition name="tPerson"><itemComponent name="first name"><typeRef>string</typeRef></itemComponent>
    <itemComponent name="grades"><typeRef>tGrades</typeRef></itemComponent></itemDefinition>"""


@pytest.mark.parametrize(
    ("kind", "feel", "expected"),
    [
        ("tGrade", '"A"', "A"),
        ("tGrade", '["A"]', "A"),
        ("tGrade", '"C"', None),
        ("tGrade", "1", None),
        ("tGrades", '"A"', ["A"]),
        ("tGrades", '["A","B"]', ["A", "B"]),
        ("tGrades", '["A","C"]', None),
        ("tGrades", '["A","A","A"]', None),
        ("tPerson", '{first name: "x", grades: ["A"]}', {"first name": "x", "grades": ["A"]}),
        ("tPerson", '{first name: "x"}', None),
        ("tPerson", '{first name: "x", grades: ["Z"]}', None),
        ("number", "[[1]]", None),
    ],
)
def test_the_value_of_a_decision_fits_its_type_or_is_null(kind: str, feel: str, expected: object) -> None:
    assert value(model(TYPES + decision("d", text(feel), kind=kind))) == expected


def test_input_that_is_not_allowed_counts_as_null_and_says_why() -> None:
    evaluation = model(TYPES + given("g", kind="tGrade") + decision("d", text("g = null"), needs="i:g")).evaluate(
        ["d"], {"g": "Z"}
    )
    assert evaluation.values == {"d": True}
    assert [(cause.code, cause.at.element) for cause in evaluation.input_causes] == [(Code.NOT_ALLOWED, "inputData")]


def test_a_type_that_nobody_defined_is_a_fault_and_one_that_only_names_itself_too() -> None:
    loop = item("a", "b") + item("b", "a")
    codes = {fault.code for fault in model(loop + given("x", kind="tNobody")).faults}
    assert codes == {ModelCode.TYPE_CYCLE, ModelCode.UNKNOWN_MODEL_TYPE}


def test_a_type_may_hold_others_of_its_own_kind() -> None:
    next_one = '<itemComponent name="next"><typeRef>tNode</typeRef></itemComponent>'
    tree = f'<itemDefinition name="tNode">{next_one}</itemDefinition>'
    built = model(tree + decision("d", text("{next: {next: null}}"), kind="tNode"))
    assert built.faults == ()
    assert value(built) == {"next": {"next": None}}


# --- imports ---------------------------------------------------------------------------------------------

LIBRARY = document(
    '<itemDefinition name="tAge"><typeRef>number</typeRef></itemDefinition>'
    + given("age", kind="tAge")
    + decision("is grown up", text("age >= 18"), needs="i:age").replace('id="is grown up"', 'id="grown"')
    + knowledge("twice", text("2 * n"), n="tAge"),
    namespace="urn:lib",
)


def test_imported_elements_are_used_under_the_name_of_the_import() -> None:
    body = (
        '<import name="the lib" namespace="urn:lib" importType="x"/>'
        + given("mine", kind="the lib.tAge")
        + decision(
            "d", text("[the lib.is grown up, the lib.twice(mine)]"), needs="d:urn:lib#grown k:urn:lib#twice i:mine"
        )
    )
    built = model(body, lib=LIBRARY)
    assert built.faults == ()
    assert value(built, age=20, mine=4) == [True, 8]
    assert value(built, **{"{urn:lib}age": 3}, mine=4) == [False, 8]


def test_an_import_that_was_not_given_is_one_fault() -> None:
    body = '<import name="lib" namespace="urn:lib" importType=""/>' + decision("d", text("lib.x"), needs="d:urn:lib#x")
    assert ModelCode.UNKNOWN_IMPORT in {fault.code for fault in model(body).faults}


# --- bounds ----------------------------------------------------------------------------------------------


def test_an_evaluation_that_would_grow_without_end_is_null() -> None:
    doubled = "".join(
        f'<contextEntry><variable name="a{n}"/><list>{text(f"a{n - 1}")}{text(f"a{n - 1}")}</list></contextEntry>'
        for n in range(1, 60)
    )
    first = f'<contextEntry><variable name="a0"/>{text("1")}</contextEntry>'
    assert value(model(decision("d", f"<context>{first}{doubled}</context>"))) is None


def test_now_is_what_the_caller_says() -> None:
    built = model(decision("d", text("now().year")))
    assert built.faults == ()
    assert built.evaluate(["d"], {}).values == {"d": None}
    moment = to_feel(datetime.datetime(2026, 1, 31, 12, tzinfo=datetime.UTC))
    assert built.evaluate(["d"], {}, moment).values == {"d": 2026}


def test_a_text_in_another_language_is_a_fault() -> None:
    logic = '<literalExpression expressionLanguage="urn:javascript"><text>1</text></literalExpression>'
    built = model(decision("d", logic))
    assert [fault.code for fault in built.faults] == [ModelCode.UNKNOWN_LANGUAGE]
    assert value(built) is None
