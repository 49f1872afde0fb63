"""The DMN Technology Compatibility Kit, level 2: every case that needs only expressions and decision tables.

The kit lies beside the repository, not in it. The reader here is for this test alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path

import pytest
from lxml import etree

from tongban.rules import HitPolicy, Input, Output, Row, Table, compile_expression

KIT = Path(__file__).resolve().parents[3] / "shared" / "tck" / "compliance-level-2"
XSI = "{http://www.w3.org/2001/XMLSchema-instance}"
SAFE = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
TYPES = {"number", "string", "boolean"}
AGGREGATIONS = {"": "", "SUM": " sum", "MIN": " min", "MAX": " max", "COUNT": " count"}

pytestmark = pytest.mark.skipif(not KIT.is_dir(), reason="not run: the TCK is not beside the repository")


def folders() -> list[str]:
    return sorted(path.name for path in KIT.iterdir() if path.is_dir()) if KIT.is_dir() else []


def text_of(element: etree._Element, path: str) -> str:
    return (element.findtext(path) or "").strip()


def read_value(element: etree._Element) -> object:
    """The value of an inputNode, expected, item or component."""
    if (items := element.find("{*}list")) is not None:
        return [read_value(item) for item in items.findall("{*}item")]
    if components := element.findall("{*}component"):
        return {component.get("name", ""): read_value(component) for component in components}
    value = element.find("{*}value")
    if value is None or value.get(f"{XSI}nil") == "true":
        return None
    text = value.text or ""
    kind = (value.get(f"{XSI}type") or "").partition(":")[2]
    if kind in ("decimal", "double", "integer"):
        return Decimal(text)
    return text == "true" if kind == "boolean" else text


class Model:
    """One DMN file: its decisions by name, evaluated by asking for what they require."""

    def __init__(self, path: Path) -> None:
        root = etree.parse(path, SAFE).getroot()
        self.decisions = {d.get("name", ""): d for d in root.findall("{*}decision")}
        self.names = [e.get("name", "") for e in root.iterchildren("{*}decision", "{*}inputData")]
        self.needs_functions = root.find("{*}businessKnowledgeModel") is not None

    def evaluate(self, name: str, inputs: Mapping[str, object]) -> object:
        decision = self.decisions[name]
        facts = dict(inputs)
        for other in self.decisions:
            if other not in facts and other != name and any(True for _ in decision.iter("{*}requiredDecision")):
                facts[other] = self.evaluate(other, inputs)
        if (table := decision.find("{*}decisionTable")) is not None:
            return self.read_table(name, table).decide(facts).outcome
        text = text_of(decision, "{*}literalExpression/{*}text")
        return compile_expression(text, self.names).evaluate(facts)

    def read_table(self, name: str, element: etree._Element) -> Table:
        policy = element.get("hitPolicy", "UNIQUE").lower() + AGGREGATIONS[element.get("aggregation", "")]
        outputs = [
            Output(
                output.get("name", name),
                values=values(text_of(output, "{*}outputValues/{*}text")),
                default=text_of(output, "{*}defaultOutputEntry/{*}text") or None,
            )
            for output in element.findall("{*}output")
        ]
        inputs = [
            Input(
                text_of(column, "{*}inputExpression/{*}text"),
                type=kind if (kind := column.find("{*}inputExpression").get("typeRef", "")) in TYPES else "any",
                values=values(text_of(column, "{*}inputValues/{*}text")),
            )
            for column in element.findall("{*}input")
        ]
        rows = [
            Row(
                [text_of(cell, "{*}text") for cell in rule.findall("{*}inputEntry")],
                [text_of(cell, "{*}text") for cell in rule.findall("{*}outputEntry")],
            )
            for rule in element.findall("{*}rule")
        ]
        return Table.build(name, inputs, outputs, rows, HitPolicy(policy), self.names)


def values(text: str) -> list[object]:
    result = compile_expression(f"[{text}]", ()).evaluate({}) if text.startswith('"') else []
    assert isinstance(result, list)
    return result


def same(found: object, expected: object) -> bool:
    """Numbers in the kit are written with fewer digits than are computed."""
    if isinstance(found, Decimal) and isinstance(expected, Decimal):
        return abs(found - expected) <= Decimal("1e-8")
    if isinstance(found, list) and isinstance(expected, list):
        return len(found) == len(expected) and all(map(same, found, expected))
    if isinstance(found, dict) and isinstance(expected, dict):
        return found.keys() == expected.keys() and all(same(found[k], expected[k]) for k in found)
    return found == expected


@pytest.mark.parametrize("folder", folders())
def test_every_case_of_the_kit_has_the_expected_result(folder: str) -> None:
    (path,) = (KIT / folder).glob("*.dmn")
    model = Model(path)
    if model.needs_functions:
        pytest.skip("not run: needs business knowledge models, which are not supported yet")
    for suite in (KIT / folder).glob("*-test-*.xml"):
        for case in etree.parse(suite, SAFE).getroot().findall("{*}testCase"):
            inputs = {node.get("name", ""): read_value(node) for node in case.findall("{*}inputNode")}
            for node in case.findall("{*}resultNode"):
                expected = read_value(node.find("{*}expected"))
                found = model.evaluate(node.get("name", ""), inputs)
                assert same(found, expected), (case.get("id"), node.get("name"), found, expected)
