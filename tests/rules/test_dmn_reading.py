"""A DMN file of any edition becomes one model, and a bad one becomes a message with its place."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tongban.rules.dmn import model
from tongban.rules.dmn.errors import ModelCode, ModelErrors
from tongban.rules.dmn.read import read_model
from tongban.rules.tables.model import HitPolicy

FEEL_OF = {
    model.Version.DMN_1_1: "http://www.omg.org/spec/FEEL/20140401",
    model.Version.DMN_1_2: "http://www.omg.org/spec/DMN/20180521/FEEL/",
    model.Version.DMN_1_5: "https://www.omg.org/spec/DMN/20230324/FEEL/",
    model.Version.DMN_1_6: "https://www.omg.org/spec/DMN/20240513/FEEL/",
}


def document(body: str, version: model.Version = model.Version.DMN_1_5, attributes: str = "") -> bytes:
    return f'<definitions xmlns="{version}" namespace="urn:test" name="test" {attributes}>{body}</definitions>'.encode()


def faults(data: bytes) -> list[tuple[object, str, int]]:
    with pytest.raises(ModelErrors) as caught:
        read_model(data, "m.dmn")
    return [(fault.code, fault.at.element, fault.at.line) for fault in caught.value.faults]


@pytest.mark.parametrize("version", list(model.Version))
def test_every_edition_of_the_standard_is_read_into_the_same_model(version: model.Version) -> None:
    body = """<inputData id="i" name="age"><variable name="age" typeRef="number"/></inputData>
      <decision id="d" name="grown  up"><variable name="grown  up" typeRef="boolean"/>
        <informationRequirement><requiredInput href="#i"/></informationRequirement>
        <literalExpression><text>age >= 18</text></literalExpression></decision>"""
    read = read_model(document(body, version))
    (decision,) = read.decisions
    assert (read.version, decision.name, decision.variable.type) == (version, "grown up", "boolean")
    assert [reference.id for reference in decision.required_inputs] == ["i"]
    assert isinstance(decision.expression, model.LiteralExpression)
    assert decision.expression.feel.text == "age >= 18"


@pytest.mark.parametrize(("version", "uri"), FEEL_OF.items(), ids=lambda value: str(value)[-14:])
def test_a_type_of_the_language_has_no_prefix_however_the_file_wrote_it(version: model.Version, uri: str) -> None:
    body = '<inputData id="i" name="x"><variable name="x" typeRef="f:date and time"/></inputData>'
    read = read_model(document(body, version, f'xmlns:f="{uri}"'))
    assert read.inputs[0].variable.type == "date and time"


def test_a_type_of_an_import_carries_the_name_of_the_import() -> None:
    body = """<import name="lib" namespace="urn:lib" importType="dmn"/>
      <inputData id="a" name="a"><variable name="a" typeRef="l:tPerson"/></inputData>
      <inputData id="b" name="b"><variable name="b" typeRef="lib.tPerson"/></inputData>"""
    read = read_model(document(body, attributes='xmlns:l="urn:lib"'))
    assert [item.variable.type for item in read.inputs] == ["lib.tPerson", "lib.tPerson"]


def test_an_item_definition_keeps_components_values_constraints_and_functions() -> None:
    body = """<itemDefinition name="tAges" isCollection="true"><typeRef>number</typeRef>
        <allowedValues><text>[0..150]</text></allowedValues>
        <typeConstraint><text>count(?) &lt; 3</text></typeConstraint></itemDefinition>
      <itemDefinition name="tF"><functionItem outputTypeRef="number"><parameters name="x" typeRef="tAges"/>
        </functionItem></itemDefinition>
      <itemDefinition name="tP"><itemComponent name="full name"><typeRef>string</typeRef></itemComponent>
        </itemDefinition>"""
    ages, function, person = read_model(document(body)).items
    assert ages.collection
    assert ages.allowed is not None and ages.allowed.text == "[0..150]"
    assert ages.constraint is not None and ages.constraint.text == "count(?) < 3"
    assert function.function is not None
    assert [(p.name, p.type) for p in function.function.parameters] == [("x", "tAges")]
    assert [(c.name, c.type) for c in person.components] == [("full name", "string")]


@pytest.mark.parametrize(
    ("attributes", "policy"),
    [
        ("", HitPolicy.UNIQUE),
        ('hitPolicy="RULE ORDER"', HitPolicy.RULE_ORDER),
        ('hitPolicy="COLLECT"', HitPolicy.COLLECT),
        ('hitPolicy="COLLECT" aggregation="SUM"', HitPolicy.SUM),
        ('hitPolicy="COLLECT" aggregation="COUNT"', HitPolicy.COUNT),
        ('hitPolicy="UNIQUE" aggregation="SUM"', HitPolicy.UNIQUE),
    ],
)
def test_a_table_keeps_its_hit_policy_and_the_annotations_of_its_rows(attributes: str, policy: HitPolicy) -> None:
    body = f"""<decision id="d" name="d"><decisionTable {attributes}>
      <input><inputExpression typeRef="number"><text>x</text></inputExpression></input>
      <output name="y" typeRef="string"><outputValues><text>"a","b"</text></outputValues></output>
      <annotation name="law"/>
      <rule id="r"><inputEntry><text>&gt; 1</text></inputEntry><outputEntry><text>"a"</text></outputEntry>
        <annotationEntry><text>Art. 7</text></annotationEntry></rule></decisionTable></decision>"""
    table = read_model(document(body)).decisions[0].expression
    assert isinstance(table, model.DecisionTable)
    assert (table.hit, table.annotations, table.rules[0].annotations) == (policy, ("law",), ("Art. 7",))
    assert [column.values and column.values.text for column in table.outputs] == ['"a","b"']


def test_the_line_of_a_text_is_the_line_it_starts_in() -> None:
    body = (
        '\n<decision id="d" name="d">\n<literalExpression id="e">\n<text>1 +\n 2</text></literalExpression></decision>'
    )
    expression = read_model(document(body)).decisions[0].expression
    assert isinstance(expression, model.LiteralExpression)
    assert expression.feel.at == model.At("literalExpression", "e", 4)


def test_extension_elements_are_kept_with_their_attributes() -> None:
    body = """<decision id="d" name="d"><extensionElements><law:validity xmlns:law="urn:law" from="2026-01-01"/>
      </extensionElements></decision>"""
    (extension,) = read_model(document(body)).decisions[0].extensions
    assert (extension.namespace, extension.name, extension.attributes) == (
        "urn:law",
        "validity",
        (("from", "2026-01-01"),),
    )


def entities(levels: int) -> bytes:
    lines = "".join(f'<!ENTITY a{n + 1} "{f"&a{n};" * 10}">' for n in range(levels))
    return f'<!DOCTYPE definitions [<!ENTITY a0 "x">{lines}]><definitions>&a{levels};</definitions>'.encode()


HOSTILE: dict[str, Callable[[], bytes]] = {
    "entities inside entities": lambda: entities(9),
    "a file of the machine": lambda: (
        b'<!DOCTYPE d [<!ENTITY f SYSTEM "file:///etc/passwd">]><definitions>&f;</definitions>'
    ),
    "an outer subset": lambda: b'<!DOCTYPE definitions SYSTEM "http://127.0.0.1:9/d.dtd"><definitions/>',
    "a plain document type": lambda: b"<!DOCTYPE definitions><definitions/>",
}


@pytest.mark.parametrize("build", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_document_type_is_refused_whatever_it_declares(build: Callable[[], bytes]) -> None:
    (found,) = faults(build())
    assert found[0] in (ModelCode.DOCTYPE, ModelCode.NOT_XML)


BAD: dict[str, tuple[bytes, ModelCode]] = {
    "nothing": (b"", ModelCode.NOT_XML),
    "no XML": (b"hello", ModelCode.NOT_XML),
    "unclosed": (b"<definitions>", ModelCode.NOT_XML),
    "another vocabulary": (b"<html/>", ModelCode.NOT_DMN),
    "an edition nobody knows": (b'<definitions xmlns="https://www.omg.org/spec/DMN/1/MODEL/"/>', ModelCode.NOT_DMN),
    "too deep": (document("<a>" * 200 + "</a>" * 200), ModelCode.TOO_DEEP),
    "a decision without a name": (document('<decision id="d"/>'), ModelCode.NO_NAME),
    "a hit policy nobody knows": (
        document('<decision id="d" name="d"><decisionTable hitPolicy="BEST"/></decision>'),
        ModelCode.UNKNOWN_HIT_POLICY,
    ),
}


@pytest.mark.parametrize(("data", "code"), BAD.values(), ids=BAD.keys())
def test_a_bad_file_gives_a_code_and_a_place_never_a_trace(data: bytes, code: ModelCode) -> None:
    found = faults(data)
    assert code in {fault[0] for fault in found}
    assert all(line >= 1 for _, _, line in found)


def test_all_faults_of_a_file_are_reported_at_once() -> None:
    body = """
      <decision id="d"/>
      <inputData id="i"/>
      <businessKnowledgeModel id="b" name="f"><encapsulatedLogic kind="R"/></businessKnowledgeModel>"""
    assert {(code, line) for code, _, line in faults(document(body))} == {
        (ModelCode.NO_NAME, 2),
        (ModelCode.NO_NAME, 3),
        (ModelCode.UNKNOWN_KIND, 4),
    }
