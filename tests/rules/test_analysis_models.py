"""A whole model looked through: each fault is told at its element, with a person, and a sound model is silent."""

from __future__ import annotations

import pytest

from tongban.rules.analysis.models import ModelRemark, model_remarks
from tongban.rules.dmn.execute import Model

MODEL = """<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="https://www.omg.org/spec/DMN/20230324/MODEL/" id="m" name="elderly" namespace="urn:elderly">
  <itemDefinition id="tAge" name="tAge"><typeRef>number</typeRef>
    <allowedValues><text>[60..130]</text></allowedValues></itemDefinition>
  <itemDefinition id="tCity" name="tCity"><typeRef>string</typeRef>
    <allowedValues><text>"small", "large"</text></allowedValues></itemDefinition>
  <inputData id="age" name="age"><variable name="age" typeRef="tAge"/></inputData>
  <inputData id="city" name="city"><variable name="city" typeRef="tCity"/></inputData>
  <decision id="amount" name="monthly amount"><variable name="monthly amount" typeRef="number"/>
    <informationRequirement><requiredInput href="#age"/></informationRequirement>
    <informationRequirement><requiredInput href="#city"/></informationRequirement>
    <decisionTable id="dt" hitPolicy="UNIQUE">
      <input id="i1" label="Age"><inputExpression typeRef="number"><text>age</text></inputExpression></input>
      <input id="i2"><inputExpression typeRef="string"><text>city</text></inputExpression></input>
      <output id="o1" typeRef="number"/>
      <rule id="r0"><inputEntry><text>null</text></inputEntry><inputEntry><text>-</text></inputEntry>
        <outputEntry><text>0</text></outputEntry></rule>
      <rule id="r1"><inputEntry><text>&lt; 80</text></inputEntry><inputEntry><text>-</text></inputEntry>
        <outputEntry><text>100</text></outputEntry></rule>
      <rule id="r2"><inputEntry><text>&gt;= 80</text></inputEntry><inputEntry><text>"small"</text></inputEntry>
        <outputEntry><text>200</text></outputEntry></rule>
      <rule id="r3"><inputEntry><text>&gt;= 80</text></inputEntry><inputEntry><text>"large", null</text></inputEntry>
        <outputEntry><text>age * 3 / 12</text></outputEntry></rule>
    </decisionTable>
  </decision>
  <decision id="visit" name="home visit"><variable name="home visit" typeRef="boolean"/>
    <informationRequirement><requiredInput href="#age"/></informationRequirement>
    <informationRequirement><requiredDecision href="#amount"/></informationRequirement>
    <literalExpression id="lit"><text>age &gt;= 80 and monthly amount &gt; 150</text></literalExpression>
  </decision>
</definitions>
"""


def told(old: str = "", new: str = "") -> list[ModelRemark]:
    assert MODEL.count(old) >= 1
    changed = MODEL.replace(old, new, 1) if old else MODEL
    return model_remarks(Model.load(changed.encode(), "elderly.dmn"))


def test_a_sound_model_is_silent() -> None:
    assert told() == []


CASES: list[tuple[str, str, str, str, str, int, int]] = [
    # code, severity, exchanged for, id of the element, row, position
    ("table-gap", "error", "&lt; 80", "&lt; 79", "dt", 0, -1),
    ("table-gap-unknown", "warning", "<text>null</text>", "<text>61</text>", "dt", 0, -1),
    ("table-overlap", "error", "&lt; 80", "&lt;= 80", "r2", 3, -1),
    ("row-unreachable", "warning", "&lt; 80", "&lt; 60", "r1", 2, -1),
    ("hit-policy", "warning", "UNIQUE", "FIRST", "dt", 0, -1),
    ("cell-beyond", "warning", '"large", null', "if age > 90 then ? else null", "r3", 4, -1),
    ("divide-before-multiply", "warning", "age * 3 / 12", "age / 12 * 3", "r3", 0, 0),
    ("formula-type", "error", "age * 3 / 12", "3 * city", "r3", 0, 0),
    ("formula-type", "error", "monthly amount &gt; 150", 'monthly amount &gt; "150"', "lit", 0, 14),
    ("formula-type", "error", "age &gt;= 80 and monthly amount &gt; 150", "age + monthly amount", "lit", 0, 0),
    ("threshold-differs", "warning", "age &gt;= 80", "age &gt; 80", "lit", 0, -1),
    ("type-missing", "warning", '<variable name="city" typeRef="tCity"/>', '<variable name="city"/>', "city", 0, -1),
    ("requirement-unread", "warning", " and monthly amount &gt; 150", "", "visit", 0, -1),
    (
        "input-unused",
        "warning",
        "<decision id",
        '<inputData id="spare" name="spare"><variable name="spare" typeRef="date"/></inputData><decision id',
        "spare",
        0,
        -1,
    ),
    (
        "requirement-cycle",
        "error",
        '<informationRequirement><requiredInput href="#city"/></informationRequirement>',
        '<informationRequirement><requiredDecision href="#visit"/></informationRequirement>'
        '<informationRequirement><requiredInput href="#city"/></informationRequirement>',
        "amount",
        0,
        -1,
    ),
    ("unknown-reference", "error", 'requiredInput href="#city"', 'requiredInput href="#town"', "amount", 0, -1),
    ("unexpected-end", "error", "age * 3 / 12", "age * 3 /", "r3", 0, 9),
]


@pytest.mark.parametrize(("code", "severity", "old", "new", "ident", "row", "position"), CASES, ids=lambda v: v)
def test_a_fault_is_told_at_its_element(
    code: str, severity: str, old: str, new: str, ident: str, row: int, position: int
) -> None:
    found = [remark for remark in told(old, new) if remark.code == code]
    assert found, "nothing was said"
    first = found[0]
    assert (first.severity, first.at.id, first.row) == (severity, ident, row)
    assert first.position == (None if position < 0 else position)
    assert first.file == "elderly.dmn" and first.at.line > 1 and first.zh != first.en


def test_a_decision_without_logic_is_told() -> None:
    start, end = MODEL.index('<literalExpression id="lit">'), MODEL.index("</literalExpression>")
    found = told(MODEL[start : end + len("</literalExpression>")], "")
    assert [(remark.code, remark.at.id) for remark in found] == [("logic-missing", "visit")]


def test_a_gap_is_shown_with_a_person_and_its_whole_region() -> None:
    (gap,) = [remark for remark in told("&lt; 80", "&lt; 79") if remark.code == "table-gap"]
    assert gap.en == "No row covers this person: Age 79, city: small"
    assert gap.where == (("Age", "[79..80)"),)


def test_allowed_values_keep_out_people_who_cannot_be() -> None:
    assert [remark.code for remark in told("[60..130]", "[0..130]")] == []
    assert [remark.code for remark in told('"small", "large"</text>', '"small", "large", "none"</text>')] == [
        "table-gap"
    ]
