"""The rules of a service leave as a DMN file that decides alike, and come back from it as they were."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from functools import cache
from typing import Any

import msgspec
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from tongban.catalog import assess, load_service
from tongban.catalog.dated import Parameter
from tongban.catalog.decisions import draft_rules
from tongban.catalog.export import decision_model
from tongban.catalog.export.decision_model import guarded
from tongban.catalog.model import Fact, FactType, Service, Table
from tongban.catalog.shipped import shipped
from tongban.rules import to_feel, to_json
from tongban.rules.dmn.execute import Model
from tongban.rules.dmn.read import read_model

FILES = sorted(shipped("services").glob("*.yaml"))
DAY = datetime.date(2026, 11, 3)


@cache
def service(name: str) -> Service:
    path = shipped("services") / f"{name}.yaml"
    return load_service(path.read_text(encoding="utf-8"), path.name).require()


@cache
def returned(name: str) -> Service:
    """The service with its rules as they come back from the exported file."""
    drafted = draft_rules(read_model(decision_model(service(name))), "m.dmn")
    assert drafted.problems == ()
    parts: dict[str, Any] = yaml.safe_load(drafted.yaml)
    return msgspec.structs.replace(
        service(name),
        counts_on=parts.get("counts_on", ""),
        parameters=msgspec.convert(parts.get("parameters", {}), dict[str, Parameter]),
        tables=msgspec.convert(parts.get("tables", {}), dict[str, Table]),
        amounts=msgspec.convert(parts.get("amounts", {}), dict[str, Table]),
        eligible=msgspec.convert(parts["eligible"], Table),
    )


@cache
def model_of(name: str) -> Model:
    return Model.load(decision_model(service(name))).check()


VALUES: dict[FactType, st.SearchStrategy[Any]] = {
    FactType.BOOLEAN: st.booleans(),
    FactType.DATE: st.dates(datetime.date(1915, 1, 1), datetime.date(2027, 12, 31)),
    FactType.REGION: st.sampled_from(["990101", "990203", "110101", "320100"]),
    FactType.ID_NUMBER: st.sampled_from(["110101201809012347", "110101194611030013"]),
}


def value_of(fact: Fact) -> st.SearchStrategy[Any]:
    if fact.choices:
        return st.sampled_from([choice.value for choice in fact.choices])
    if fact.type in (FactType.INTEGER, FactType.NUMBER, FactType.MONEY):
        return st.integers(int(fact.min or 0), int(20_000 if fact.max is None else fact.max))  # as the form takes them
    return VALUES.get(fact.type, st.just("x"))


@cache
def people(name: str, *, whole: bool) -> st.SearchStrategy[dict[str, Any]]:
    """Facts of a person; unless `whole`, any of them may be unknown."""
    facts = {key: value_of(fact) for key, fact in service(name).facts.items() if not fact.derive}
    return st.fixed_dictionaries(facts) if whole else st.fixed_dictionaries({}, optional=facts)


NAMES = [path.stem for path in FILES]


@pytest.mark.parametrize("name", NAMES)
def test_the_exported_model_has_no_fault_and_every_law_is_a_source_with_authority(name: str) -> None:
    definitions = model_of(name).linked.main.definitions
    assert {source.id for source in definitions.sources} == {f"law.{law.id}" for law in service(name).law}
    eligible = next(decision for decision in definitions.decisions if decision.id == "eligible")
    cited = {row[-1]["law"] for row in service(name).eligible.rows if isinstance(row[-1], dict) and "law" in row[-1]}
    assert {reference.id for reference in eligible.authorities} == {f"law.{law}" for law in cited}


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_rules_that_left_and_came_back_decide_as_before(name: str, data: st.DataObject) -> None:
    facts = data.draw(people(name, whole=False))
    before, after = assess(service(name), facts, DAY), assess(returned(name), facts, DAY)
    assert (after.outcome, after.message, after.unknown) == (before.outcome, before.message, before.unknown)
    assert (after.outputs, after.laws, after.fully_determined) == (before.outputs, before.laws, before.fully_determined)


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_the_exported_model_decides_as_the_service_does(name: str, data: st.DataObject) -> None:
    facts = data.draw(people(name, whole=True))
    assessed = assess(service(name), facts, DAY)
    if assessed.outcome in ("unknown", "not-needed"):
        return
    decided = model_of(name).evaluate(["eligible"], {**facts, "application_date": DAY}).values["eligible"]
    assert (decided or "ask-official") == assessed.outcome
    amounts: Mapping[str, Any] = assessed.outputs if assessed.outcome == "eligible" else {}
    known = {decision for decision in model_of(name).decisions if amounts.get(decision) is not None}
    found = model_of(name).evaluate(sorted(known), {**facts, "application_date": DAY}).values
    assert {key: to_json(found[key]) for key in known} == {key: to_json(to_feel(amounts[key])) for key in known}


def test_the_elements_stand_in_the_order_of_the_standards_schema() -> None:
    root = etree.fromstring(decision_model(service("advanced-age-allowance")))
    names = [etree.QName(child).localname for child in root]
    order = ["description", "extensionElements", "itemDefinition", "inputData", "decision", "knowledgeSource"]
    assert names == sorted(names, key=order.index)
    ids = [element.get("id") for element in root.iter() if element.get("id")]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize(
    ("cell", "written"),
    [
        ("-", "-"),
        (">= 6", ">= 6"),
        ("null", "null"),
        ('not("a","b")', '? != null and not(? in ("a","b"))'),
        ('!= "a"', '? != null and ? in (!= "a")'),
    ],
)
def test_a_negated_cell_is_guarded_because_elsewhere_null_would_pass_it(cell: str, written: str) -> None:
    assert guarded(cell, ()) == written


FOREIGN = """<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" namespace="urn:x" name="x">
  <inputData id="i" name="Monthly Income"><variable name="Monthly Income" typeRef="number"/></inputData>
  <decision id="a" name="Half Income"><variable name="Half Income" typeRef="number"/>
    <informationRequirement><requiredInput href="#i"/></informationRequirement>
    <literalExpression><text>Monthly Income / 2</text></literalExpression></decision>
  <decision id="d" name="Subsidy Class"><variable name="Subsidy Class" typeRef="string"/>
    <informationRequirement><requiredDecision href="#a"/></informationRequirement>
    <decisionTable hitPolicy="FIRST"><input><inputExpression><text>Half Income</text></inputExpression></input>
      <output typeRef="string"/><annotation name="why"/>
      <rule><inputEntry><text>&lt; Monthly Income - 5</text></inputEntry><outputEntry><text>"low"</text></outputEntry>
        <annotationEntry><text>Art. 3</text></annotationEntry></rule>
      <rule><inputEntry><text>-</text></inputEntry><outputEntry><text>"high"</text></outputEntry>
        <annotationEntry><text/></annotationEntry></rule></decisionTable></decision>
  <decision id="c" name="boxed"><context/></decision>
</definitions>"""


def test_a_model_from_elsewhere_is_taken_with_names_that_facts_may_have() -> None:
    drafted = draft_rules(read_model(FOREIGN.encode()), "x.dmn")
    read = yaml.safe_load(drafted.yaml)
    assert read["facts"]["half_income"]["derive"] == "monthly_income / 2"
    assert read["tables"]["subsidy-class"] == {
        "hit": "first",
        "inputs": ["half_income"],
        "outputs": [{"name": "subsidy_class", "type": "text"}],
        "rows": [["< monthly_income - 5", "low", {"note": "Art. 3"}], ["-", "high"]],
    }
    assert [(problem.code, problem.place) for problem in drafted.problems] == [
        ("dmn-not-a-table", "x.dmn:14: context c")
    ]
