"""From the bytes of a DMN file, any edition from 1.1 to 1.6, to one model, with all faults found in one pass.

The editions differ little in what we read: names of namespaces, `feel:number` where 1.1 writes types as qualified
names, and elements that newer editions added (services in 1.2; `typeConstraint`, conditionals, filters and iterators
in 1.4 and 1.5). An older file cannot contain the newer elements, so one reader serves all.
"""

from __future__ import annotations

import hashlib

from . import model
from .boxed import BoxedReader
from .errors import ModelCode, ModelErrors
from .source import Source, extensions
from .xml import Element, parse

REQUIREMENTS = ("informationRequirement", "knowledgeRequirement", "authorityRequirement")


def read_model(data: bytes, file: str = "model.dmn") -> model.Definitions:
    """The model in `data`; `file` is only the name that messages call it by. Raises `ModelErrors`."""
    root = parse(data, file)
    if root.name != "definitions" or root.namespace not in set(model.Version):
        raise ModelErrors([Source(file, root).fault(root, ModelCode.NOT_DMN, f"{{{root.namespace}}}{root.name}")])
    reader = _Reader(Source(file, root))
    definitions = reader.definitions(root, hashlib.sha256(data).hexdigest())
    if reader.source.faults:
        raise ModelErrors(reader.source.faults)
    return definitions


class _Reader:
    """Reads one file."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self._boxed = BoxedReader(source)

    def definitions(self, root: Element, digest: str) -> model.Definitions:
        return model.Definitions(
            version=model.Version(root.namespace),
            id=root.get("id"),
            name=root.get("name"),
            namespace=root.get("namespace"),
            description=root.text_of("description"),
            language=root.get("expressionLanguage"),
            imports=tuple(map(self._import, root.children("import"))),
            items=tuple(map(self._item, root.children("itemDefinition"))),
            inputs=tuple(map(self._input_data, root.children("inputData"))),
            decisions=tuple(map(self._decision, root.children("decision"))),
            knowledge=tuple(map(self._knowledge, root.children("businessKnowledgeModel"))),
            services=tuple(map(self._service, root.children("decisionService"))),
            sources=tuple(map(self._source, root.children("knowledgeSource"))),
            extensions=extensions(root),
            hash=digest,
            at=root.at,
        )

    # --- types and imports -------------------------------------------------------------------------------

    def _import(self, element: Element) -> model.Import:
        return model.Import(
            name=self.source.import_name(element),
            namespace=element.get("namespace"),
            kind=element.get("importType"),
            location=element.get("locationURI"),
            at=element.at,
        )

    def _item(self, element: Element) -> model.ItemDefinition:
        function = element.child("functionItem")
        return model.ItemDefinition(
            name=self.source.name(element),
            type=self.source.type_of(element),
            components=tuple(map(self._item, element.children("itemComponent"))),
            function=None if function is None else self._function_item(function),
            collection=element.get("isCollection") in ("true", "1"),
            allowed=self.source.feel_in(element, "allowedValues"),
            constraint=self.source.feel_in(element, "typeConstraint"),
            at=element.at,
        )

    def _function_item(self, element: Element) -> model.FunctionItem:
        parameters = tuple(map(self.source.variable, element.children("parameters")))
        return model.FunctionItem(parameters, self.source.type_name(element, element.get("outputTypeRef")))

    # --- elements of the requirements graph --------------------------------------------------------------

    def _input_data(self, element: Element) -> model.InputData:
        return model.InputData(
            id=element.get("id"),
            name=self.source.name(element),
            variable=self._variable_of(element),
            description=element.text_of("description"),
            at=element.at,
        )

    def _decision(self, element: Element) -> model.Decision:
        return model.Decision(
            id=element.get("id"),
            name=self.source.name(element),
            variable=self._variable_of(element),
            question=element.text_of("question"),
            allowed_answers=element.text_of("allowedAnswers"),
            description=element.text_of("description"),
            required_inputs=self._required(element, "requiredInput"),
            required_decisions=self._required(element, "requiredDecision"),
            required_knowledge=self._required(element, "requiredKnowledge"),
            authorities=self._required(element, "requiredAuthority"),
            expression=self._boxed.inside(element),
            extensions=extensions(element),
            at=element.at,
        )

    def _knowledge(self, element: Element) -> model.BusinessKnowledgeModel:
        logic = element.child("encapsulatedLogic")
        return model.BusinessKnowledgeModel(
            id=element.get("id"),
            name=self.source.name(element),
            variable=self._variable_of(element),
            description=element.text_of("description"),
            required_knowledge=self._required(element, "requiredKnowledge"),
            authorities=self._required(element, "requiredAuthority"),
            logic=None if logic is None else self._boxed.function(logic),
            at=element.at,
        )

    def _service(self, element: Element) -> model.DecisionService:
        return model.DecisionService(
            id=element.get("id"),
            name=self.source.name(element),
            variable=self._variable_of(element),
            description=element.text_of("description"),
            output_decisions=self._references(element, "outputDecision"),
            encapsulated_decisions=self._references(element, "encapsulatedDecision"),
            input_decisions=self._references(element, "inputDecision"),
            input_data=self._references(element, "inputData"),
            at=element.at,
        )

    def _source(self, element: Element) -> model.KnowledgeSource:
        return model.KnowledgeSource(
            id=element.get("id"),
            name=element.get("name"),
            type=element.text_of("type"),
            location=element.get("locationURI"),
            description=element.text_of("description"),
            authorities=self._required(element, "requiredAuthority"),
            at=element.at,
        )

    # --- parts that many elements have -------------------------------------------------------------------

    def _variable_of(self, element: Element) -> model.Variable:
        """The variable of an element; one that has none is called like the element itself."""
        variable = element.child("variable")
        if variable is None:
            return model.Variable(self.source.name(element), None, element.at)
        read = self.source.variable(variable)
        return read if read.name else model.Variable(self.source.name(element), read.type, read.at)

    def _required(self, element: Element, name: str) -> tuple[model.Reference, ...]:
        parts = (self._references(requirement, name) for requirement in element.children(*REQUIREMENTS))
        return tuple(reference for part in parts for reference in part)

    def _references(self, element: Element, name: str) -> tuple[model.Reference, ...]:
        return tuple(map(self.source.reference, element.children(name)))
