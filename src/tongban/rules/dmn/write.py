"""A decision model as a DMN file of one edition, in the order that the standard's schema prescribes.

What `read_model` reads, this writes: reading what was written gives the same model (places and hash apart).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any, ClassVar, TypeAlias
from xml.etree import ElementTree

from tongban.rules.tables.model import HitPolicy

from . import model
from .model import Definitions, Feel, Reference, Variable

Tag: TypeAlias = "ElementTree.Element[str]"

_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_HITS: dict[HitPolicy, tuple[str, str]] = {
    HitPolicy.SUM: ("COLLECT", "SUM"),
    HitPolicy.MIN: ("COLLECT", "MIN"),
    HitPolicy.MAX: ("COLLECT", "MAX"),
    HitPolicy.COUNT: ("COLLECT", "COUNT"),
}


def write_model(definitions: Definitions) -> bytes:
    """The model as an XML document in UTF-8. Characters that XML cannot hold are written as `?`."""
    root = _Writer(definitions).root()
    ElementTree.indent(root)
    return ElementTree.tostring(root, encoding="utf-8", xml_declaration=True) + b"\n"


def _clean(text: str) -> str:
    return _NOT_XML.sub("?", text)


class _Writer:
    """Writes one model. Elements are of the default namespace; those of extensions bring their own."""

    def __init__(self, definitions: Definitions) -> None:
        self._definitions = definitions

    def root(self) -> Tag:
        d = self._definitions
        root = _tag("definitions", xmlns=d.version.value, id=d.id, name=d.name, namespace=d.namespace)
        if d.language:
            root.set("expressionLanguage", d.language)
        root.extend(_described(d.description, d.extensions))
        for one in d.imports:
            kind = {"locationURI": one.location} if one.location else {}
            root.append(_tag("import", name=one.name, namespace=one.namespace, importType=one.kind, **kind))
        root.extend(self._item("itemDefinition", item) for item in d.items)
        root.extend(self._input(one) for one in d.inputs)
        root.extend(self._decision(one) for one in d.decisions)
        root.extend(self._knowledge(one) for one in d.knowledge)
        root.extend(self._service(one) for one in d.services)
        root.extend(self._source(one) for one in d.sources)
        return root

    # --- types -------------------------------------------------------------------------------------------

    def _item(self, name: str, item: model.ItemDefinition) -> Tag:
        tag = _tag(name, name=item.name, isCollection="true" if item.collection else "false")
        if item.type is not None:
            tag.append(_text("typeRef", item.type))
        tag.extend(_tests("allowedValues", item.allowed))
        tag.extend(_tests("typeConstraint", item.constraint))
        tag.extend(self._item("itemComponent", part) for part in item.components)
        if item.function is not None:
            function = _typed(_tag("functionItem"), item.function.output, "outputTypeRef")
            function.extend(_variable("parameters", one) for one in item.function.parameters)
            tag.append(function)
        return tag

    # --- elements ----------------------------------------------------------------------------------------

    def _input(self, one: model.InputData) -> Tag:
        tag = _element("inputData", one.id, one.name, one.description)
        tag.append(_variable("variable", one.variable))
        return tag

    def _decision(self, one: model.Decision) -> Tag:
        tag = _element("decision", one.id, one.name, one.description, one.extensions)
        if one.question:
            tag.append(_text("question", one.question))
        if one.allowed_answers:
            tag.append(_text("allowedAnswers", one.allowed_answers))
        tag.append(_variable("variable", one.variable))
        tag.extend(self._required("informationRequirement", "requiredDecision", one.required_decisions))
        tag.extend(self._required("informationRequirement", "requiredInput", one.required_inputs))
        tag.extend(self._required("knowledgeRequirement", "requiredKnowledge", one.required_knowledge))
        tag.extend(self._required("authorityRequirement", "requiredAuthority", one.authorities))
        tag.extend(self._boxes(one.expression))
        return tag

    def _knowledge(self, one: model.BusinessKnowledgeModel) -> Tag:
        tag = _element("businessKnowledgeModel", one.id, one.name, one.description)
        tag.append(_variable("variable", one.variable))
        if one.logic is not None:
            tag.append(self._function("encapsulatedLogic", one.logic))
        tag.extend(self._required("knowledgeRequirement", "requiredKnowledge", one.required_knowledge))
        tag.extend(self._required("authorityRequirement", "requiredAuthority", one.authorities))
        return tag

    def _service(self, one: model.DecisionService) -> Tag:
        tag = _element("decisionService", one.id, one.name, one.description)
        tag.append(_variable("variable", one.variable))
        for name, references in (
            ("outputDecision", one.output_decisions),
            ("encapsulatedDecision", one.encapsulated_decisions),
            ("inputDecision", one.input_decisions),
            ("inputData", one.input_data),
        ):
            tag.extend(_tag(name, href=self._href(reference)) for reference in references)
        return tag

    def _source(self, one: model.KnowledgeSource) -> Tag:
        tag = _element("knowledgeSource", one.id, one.name, one.description)
        if one.location:
            tag.set("locationURI", one.location)
        tag.extend(self._required("authorityRequirement", "requiredAuthority", one.authorities))
        if one.type:
            tag.append(_text("type", one.type))
        return tag

    def _required(self, name: str, inner: str, references: Iterable[Reference]) -> Iterable[Tag]:
        for reference in references:
            tag = _tag(name)
            tag.append(_tag(inner, href=self._href(reference)))
            yield tag

    def _href(self, reference: Reference) -> str:
        own = reference.namespace == self._definitions.namespace
        return f"#{reference.id}" if own else f"{reference.namespace}#{reference.id}"

    # --- boxed expressions -------------------------------------------------------------------------------

    def _boxes(self, box: model.Expression | None) -> Iterable[Tag]:
        """The element of a box, if there is one."""
        if box is not None:
            yield self._BOXES[type(box)](self, box)

    def _inside(self, name: str, box: model.Expression | None) -> Tag:
        tag = _tag(name)
        tag.extend(self._boxes(box))
        return tag

    def _literal(self, box: model.LiteralExpression) -> Tag:
        tag = _typed(_tag("literalExpression"), box.type)
        if box.language:
            tag.set("expressionLanguage", box.language)
        tag.append(_text("text", box.feel.text))
        return tag

    def _table(self, box: model.DecisionTable) -> Tag:
        hit, aggregation = _HITS.get(box.hit, (box.hit.value.upper(), ""))
        tag = _typed(_tag("decisionTable", hitPolicy=hit), box.type)
        if aggregation:
            tag.set("aggregation", aggregation)
        for column in box.inputs:
            head = _labelled(_tag("input"), column.label)
            expression = _typed(_tag("inputExpression"), column.type)
            expression.append(_text("text", column.expression.text))
            head.append(expression)
            head.extend(_tests("inputValues", column.values))
            tag.append(head)
        for output in box.outputs:
            head = _typed(_labelled(_tag("output"), output.label), output.type)
            if output.name is not None:
                head.set("name", _clean(output.name))
            head.extend(_described("", output.extensions))
            head.extend(_tests("outputValues", output.values))
            head.extend(_tests("defaultOutputEntry", output.default))
            tag.append(head)
        tag.extend(_tag("annotation", name=name) for name in box.annotations)
        for rule in box.rules:
            row = _tag("rule")
            row.extend(_described(rule.description, ()))
            row.extend(_holding("inputEntry", cell.text) for cell in rule.inputs)
            row.extend(_holding("outputEntry", cell.text) for cell in rule.outputs)
            row.extend(_holding("annotationEntry", note) for note in rule.annotations)
            tag.append(row)
        return tag

    def _context(self, box: model.Context) -> Tag:
        tag = _typed(_tag("context"), box.type)
        for entry in box.entries:
            inside = _tag("contextEntry")
            if entry.variable is not None:
                inside.append(_variable("variable", entry.variable))
            inside.extend(self._boxes(entry.value))
            tag.append(inside)
        return tag

    def _list(self, box: model.ListExpression) -> Tag:
        tag = _typed(_tag("list"), box.type)
        for item in box.items:
            tag.extend(self._boxes(item))
        return tag

    def _relation(self, box: model.Relation) -> Tag:
        tag = _typed(_tag("relation"), box.type)
        tag.extend(_variable("column", column) for column in box.columns)
        for cells in box.rows:
            row = _tag("row")
            for cell in cells:
                row.extend(self._boxes(cell))
            tag.append(row)
        return tag

    def _invocation(self, box: model.Invocation) -> Tag:
        tag = _typed(_tag("invocation"), box.type)
        tag.extend(self._boxes(box.called))
        for binding in box.bindings:
            inside = _tag("binding")
            inside.append(_variable("parameter", binding.parameter))
            inside.extend(self._boxes(binding.value))
            tag.append(inside)
        return tag

    def _function_box(self, box: model.FunctionDefinition) -> Tag:
        return self._function("functionDefinition", box)

    def _function(self, name: str, box: model.FunctionDefinition) -> Tag:
        tag = _typed(_tag(name, kind=box.kind.value), box.type)
        tag.extend(_variable("formalParameter", one) for one in box.parameters)
        tag.extend(self._boxes(box.body))
        return tag

    def _conditional(self, box: model.Conditional) -> Tag:
        tag = _typed(_tag("conditional"), box.type)
        parts = (("if", box.condition), ("then", box.then), ("else", box.otherwise))
        tag.extend(self._inside(name, part) for name, part in parts)
        return tag

    def _filter(self, box: model.Filter) -> Tag:
        tag = _typed(_tag("filter"), box.type)
        tag.extend((self._inside("in", box.source), self._inside("match", box.match)))
        return tag

    def _iterator(self, box: model.Iterator) -> Tag:
        tag = _typed(_tag(box.kind.value, iteratorVariable=box.variable), box.type)
        body = "return" if box.kind is model.IteratorKind.FOR else "satisfies"
        tag.extend((self._inside("in", box.source), self._inside(body, box.body)))
        return tag

    _BOXES: ClassVar[dict[type[model.Expression], Callable[[_Writer, Any], Tag]]] = {
        model.LiteralExpression: _literal,
        model.DecisionTable: _table,
        model.Context: _context,
        model.ListExpression: _list,
        model.Relation: _relation,
        model.Invocation: _invocation,
        model.FunctionDefinition: _function_box,
        model.Conditional: _conditional,
        model.Filter: _filter,
        model.Iterator: _iterator,
    }


# --- elements --------------------------------------------------------------------------------------------


def _tag(name: str, /, **attributes: str) -> Tag:
    return ElementTree.Element(name, {key: _clean(value) for key, value in attributes.items()})


def _text(name: str, text: str) -> Tag:
    tag = _tag(name)
    tag.text = _clean(text)
    return tag


def _holding(name: str, text: str) -> Tag:
    """An element that holds its text in a `text` element, as FEEL stands everywhere."""
    tag = _tag(name)
    tag.append(_text("text", text))
    return tag


def _tests(name: str, feel: Feel | None) -> Iterable[Tag]:
    return () if feel is None else (_holding(name, feel.text),)


def _typed(tag: Tag, kind: str | None, attribute: str = "typeRef") -> Tag:
    if kind is not None:
        tag.set(attribute, kind)
    return tag


def _labelled(tag: Tag, label: str) -> Tag:
    if label:
        tag.set("label", _clean(label))
    return tag


def _variable(name: str, variable: Variable) -> Tag:
    return _typed(_tag(name, name=variable.name), variable.type)


def _element(kind: str, ident: str, name: str, description: str, extensions: tuple[model.Extension, ...] = ()) -> Tag:
    tag = _tag(kind, id=ident, name=name)
    tag.extend(_described(description, extensions))
    return tag


def _described(description: str, extensions: tuple[model.Extension, ...]) -> Iterable[Tag]:
    if description:
        yield _text("description", description)
    if extensions:
        holder = _tag("extensionElements")
        holder.extend(map(_extension, extensions))
        yield holder


def _extension(one: model.Extension) -> Tag:
    tag = ElementTree.Element(one.name, {"xmlns": one.namespace} if one.namespace else {})
    for key, value in one.attributes:
        tag.set(key, _clean(value))
    tag.text = _clean(one.text) or None
    tag.extend(map(_extension, one.children))
    return tag
