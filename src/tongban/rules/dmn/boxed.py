"""Boxed expressions read from XML (DMN 1.5, chapter 10.2): one method for each kind of box."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from tongban.rules.tables.model import HitPolicy

from . import model
from .errors import ModelCode
from .source import Source, extensions, one_line
from .xml import Element

_AGGREGATIONS = {
    "SUM": HitPolicy.SUM,
    "MIN": HitPolicy.MIN,
    "MAX": HitPolicy.MAX,
    "COUNT": HitPolicy.COUNT,
}


class BoxedReader:
    """Reads the boxed expressions of one file."""

    def __init__(self, source: Source) -> None:
        self._source = source

    def inside(self, element: Element | None) -> model.Expression | None:
        """The expression that stands directly inside `element`, None if there is none."""
        if element is None:
            return None
        found = (part for part in element.children() if part.name in self._KINDS)
        part = next(found, None)
        return None if part is None else self._expression(part)

    def function(self, element: Element) -> model.FunctionDefinition:
        kind = element.get("kind", model.FunctionKind.FEEL.value)
        known = {str(one).casefold(): one for one in model.FunctionKind}
        if kind.casefold() not in known:
            self._source.fault(element, ModelCode.UNKNOWN_KIND, kind, ", ".join(model.FunctionKind))
        return model.FunctionDefinition(
            kind=known.get(kind.casefold(), model.FunctionKind.FEEL),
            parameters=tuple(map(self._named, element.children("formalParameter"))),
            body=self.inside(element),
            type=self._source.type_of(element),
            at=element.at,
        )

    def _expression(self, element: Element) -> model.Expression:
        return self._KINDS[element.name](self, element)

    def _named(self, element: Element) -> model.Variable:
        self._source.name(element)
        return self._source.variable(element)

    # --- the boxes ---------------------------------------------------------------------------------------

    def _literal(self, element: Element) -> model.LiteralExpression:
        return model.LiteralExpression(
            feel=self._source.feel(element),
            type=self._source.type_of(element),
            language=element.get("expressionLanguage") or None,
            at=element.at,
        )

    def _context(self, element: Element) -> model.Context:
        entries = tuple(map(self._entry, element.children("contextEntry")))
        return model.Context(entries, self._source.type_of(element), element.at)

    def _entry(self, element: Element) -> model.ContextEntry:
        variable = element.child("variable")
        named = None if variable is None else self._named(variable)
        return model.ContextEntry(named, self.inside(element), element.at)

    def _list(self, element: Element) -> model.ListExpression:
        items = tuple(self._expression(part) for part in element.children() if part.name in self._KINDS)
        return model.ListExpression(items, self._source.type_of(element), element.at)

    def _relation(self, element: Element) -> model.Relation:
        columns = tuple(map(self._named, element.children("column")))
        rows = tuple(map(self._row, element.children("row")))
        for row, part in zip(rows, element.children("row"), strict=True):
            if len(row) != len(columns):
                self._source.fault(part, ModelCode.SHORT_ROW, len(columns), len(row))
        return model.Relation(columns, rows, self._source.type_of(element), element.at)

    def _row(self, element: Element) -> tuple[model.Expression, ...]:
        return tuple(self._expression(part) for part in element.children() if part.name in self._KINDS)

    def _invocation(self, element: Element) -> model.Invocation:
        return model.Invocation(
            called=self.inside(element),
            bindings=tuple(map(self._binding, element.children("binding"))),
            type=self._source.type_of(element),
            at=element.at,
        )

    def _binding(self, element: Element) -> model.Binding:
        parameter = element.child("parameter")
        return model.Binding(self._named(element if parameter is None else parameter), self.inside(element))

    def _conditional(self, element: Element) -> model.Conditional:
        return model.Conditional(
            condition=self.inside(element.child("if")),
            then=self.inside(element.child("then")),
            otherwise=self.inside(element.child("else")),
            type=self._source.type_of(element),
            at=element.at,
        )

    def _filter(self, element: Element) -> model.Filter:
        return model.Filter(
            source=self.inside(element.child("in")),
            match=self.inside(element.child("match")),
            type=self._source.type_of(element),
            at=element.at,
        )

    def _iterator(self, element: Element) -> model.Iterator:
        kind = model.IteratorKind(element.name)
        variable = one_line(element.get("iteratorVariable"))
        if not variable:
            self._source.fault(element, ModelCode.NO_NAME, "iteratorVariable")
        return model.Iterator(
            kind=kind,
            variable=variable,
            source=self.inside(element.child("in")),
            body=self.inside(element.child("return" if kind is model.IteratorKind.FOR else "satisfies")),
            type=self._source.type_of(element),
            at=element.at,
        )

    # --- decision tables ---------------------------------------------------------------------------------

    def _table(self, element: Element) -> model.DecisionTable:
        table = model.DecisionTable(
            hit=self._hit_policy(element),
            inputs=tuple(map(self._input, element.children("input"))),
            outputs=tuple(map(self._output, element.children("output"))),
            annotations=tuple(one_line(part.get("name")) for part in element.children("annotation")),
            rules=tuple(map(self._rule, element.children("rule"))),
            type=self._source.type_of(element),
            at=element.at,
        )
        for rule, part in zip(table.rules, element.children("rule"), strict=True):
            for cells, columns in ((rule.inputs, table.inputs), (rule.outputs, table.outputs)):
                if len(cells) != len(columns):
                    self._source.fault(part, ModelCode.SHORT_ROW, len(columns), len(cells))
        return table

    def _hit_policy(self, element: Element) -> HitPolicy:
        name = element.get("hitPolicy", "UNIQUE")
        aggregation = element.get("aggregation")
        try:
            policy = HitPolicy(name)
        except ValueError:
            self._source.fault(element, ModelCode.UNKNOWN_HIT_POLICY, name)
            return HitPolicy.UNIQUE
        if policy is not HitPolicy.COLLECT or not aggregation:
            return policy
        if aggregation not in _AGGREGATIONS:
            self._source.fault(element, ModelCode.UNKNOWN_HIT_POLICY, f"{name} {aggregation}")
        return _AGGREGATIONS.get(aggregation, policy)

    def _input(self, element: Element) -> model.InputClause:
        expression = element.child("inputExpression")
        return model.InputClause(
            expression=self._source.feel(element if expression is None else expression),
            label=element.get("label"),
            type=None if expression is None else self._source.type_of(expression),
            values=self._source.feel_in(element, "inputValues"),
            at=element.at,
        )

    def _output(self, element: Element) -> model.OutputClause:
        return model.OutputClause(
            name=one_line(element.get("name")) or None,
            label=element.get("label"),
            type=self._source.type_of(element),
            values=self._source.feel_in(element, "outputValues"),
            default=self._source.feel_in(element, "defaultOutputEntry"),
            extensions=extensions(element),
            at=element.at,
        )

    def _rule(self, element: Element) -> model.Rule:
        description = element.child("description")
        return model.Rule(
            inputs=tuple(map(self._source.feel, element.children("inputEntry"))),
            outputs=tuple(map(self._source.feel, element.children("outputEntry"))),
            annotations=tuple(part.text_of("text") for part in element.children("annotationEntry")),
            description="" if description is None else description.text.strip(),
            at=element.at,
        )

    _KINDS: ClassVar[dict[str, Callable[[BoxedReader, Element], model.Expression]]] = {
        "literalExpression": _literal,
        "decisionTable": _table,
        "context": _context,
        "list": _list,
        "relation": _relation,
        "invocation": _invocation,
        "functionDefinition": function,
        "conditional": _conditional,
        "filter": _filter,
        "for": _iterator,
        "some": _iterator,
        "every": _iterator,
    }
