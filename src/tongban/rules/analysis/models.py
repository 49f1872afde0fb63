"""A whole decision model looked through: its tables, its formulas, and how its parts hang together.

What keeps a model from being computed (cycles, references to nothing, texts that cannot be read) is found when it is
loaded; here is what can be computed and is wrong all the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal, TypeAlias

from tongban.rules.dmn import model
from tongban.rules.dmn.decision_table import TableCompiler
from tongban.rules.dmn.entries import entry_names, parts
from tongban.rules.dmn.execute import Model
from tongban.rules.dmn.formula import Formulas
from tongban.rules.dmn.items import Types
from tongban.rules.dmn.link import Node, Unit
from tongban.rules.dmn.model import At, Feel
from tongban.rules.feel.builtins import BUILTINS
from tongban.rules.feel.dialect import STANDARD
from tongban.rules.feel.errors import Code, RuleSyntaxError, sentence
from tongban.rules.feel.parser import parse_expression
from tongban.rules.feel.syntax import Node as FeelNode
from tongban.rules.feel.types import Basic, ContextType, FeelType, FunctionType, ListType, NamedType, RangeType
from tongban.rules.tables.table import Table

from .domains import Known
from .formulas import divides_first, infer
from .remarks import ERRORS, Remark, RemarkCode, remarks
from .study import study
from .thresholds import Stated, disagreements, in_cell, in_expression

Severity: TypeAlias = Literal["error", "warning"]


class ModelRemarkCode(StrEnum):
    """What can be wrong with a model that its tables do not tell (those have a `RemarkCode`)."""

    TYPE = "formula-type"
    DIVISION = "divide-before-multiply"
    THRESHOLD = "threshold-differs"
    NO_TYPE = "type-missing"
    UNUSED = "input-unused"
    UNREAD = "requirement-unread"
    NO_LOGIC = "logic-missing"


@dataclass(frozen=True, slots=True)
class ModelRemark:
    """One finding in a model, at an element of a file. `row` and `column` of a table are from 1, 0 for none;
    `position` counts characters in the element's text from 0; `where` is the region of a gap or an overlap."""

    severity: Severity
    code: str
    file: str
    at: At
    zh: str
    en: str
    element: str = ""
    row: int = 0
    column: int = 0
    position: int | None = None
    where: tuple[tuple[str, str], ...] = ()


def model_remarks(loaded: Model) -> list[ModelRemark]:
    """Everything wrong with a model, its faults first, in the order of its files and lines."""
    found = [
        ModelRemark("error", fault.code.value, fault.file, fault.at, fault.zh, fault.en, position=fault.position)
        for fault in loaded.faults
    ]
    look = _Look(loaded)
    for unit in loaded.linked.units:
        found += look.unit(unit)
    found += look.thresholds()
    order = {unit.file: number for number, unit in enumerate(loaded.linked.units)}
    return sorted(dict.fromkeys(found), key=lambda one: (order[one.file], one.at.line, one.row, one.column, one.code))


@dataclass(frozen=True, slots=True)
class _Place:
    """Something that states thresholds."""

    file: str
    at: At
    element: str
    stated: tuple[Stated, ...]


class _Look:
    def __init__(self, loaded: Model) -> None:
        self._linked = loaded.linked
        self._units = {unit.definitions.namespace: unit for unit in loaded.linked.units}
        self._entries = entry_names(loaded.linked.units)
        self._types = {unit.file: Types(unit, self._units, STANDARD) for unit in loaded.linked.units}
        self._places: list[_Place] = []

    def unit(self, unit: Unit) -> Iterator[ModelRemark]:
        formulas = Formulas(unit, self._types[unit.file], self._entries, STANDARD)
        for node in self._linked.nodes.values():
            if node.definitions is unit.definitions:
                yield from self._graph(node)
                yield from _Logic(self, node, formulas).remarks()

    def types_of(self, node: Node) -> dict[str, str]:
        """The types of the names that a node's requirements put into scope, as far as FEEL has a name for them."""
        found: dict[str, str] = {}
        for supply in node.supplies:
            required = self._linked.nodes[supply.key]
            if len(supply.path) == 1 and isinstance(required.element, model.InputData | model.Decision):
                variable = required.element.variable
                found[supply.path[0]] = basic(self._types[required.file].find(variable.type, variable.at))
        return found

    def allowed_of(self, node: Node, name: str) -> tuple[str, ...]:
        """The tests that values of the requirement called `name` pass."""
        supply = next((one for one in node.supplies if one.path == (name,)), None)
        if supply is None:
            return ()
        required = self._linked.nodes[supply.key]
        if not isinstance(required.element, model.InputData | model.Decision):
            return ()
        return allowed(self._types[required.file].find(required.element.variable.type, required.element.at))

    def place(self, node: Node, at: At, stated: tuple[Stated, ...]) -> None:
        if stated:
            self._places.append(_Place(node.file, at, node.element.name, stated))

    def thresholds(self) -> Iterator[ModelRemark]:
        for found in disagreements([place.stated for place in self._places]):
            first, second = self._places[found.first], self._places[found.second]
            name, value = found.one.fact, found.one.text
            one, other = _SIDES[bool(found.one.above)], _SIDES[bool(found.other.above)]
            zh = f"{name} 的分界 {value} 在这里算{other[0]}，在“{first.element}”（第 {first.at.line} 行）却算{one[0]}"
            en = f"{value} of {name} counts {other[1]} here and {one[1]} in '{first.element}' (line {first.at.line})"
            yield self.remark(ModelRemarkCode.THRESHOLD, second.file, second.at, zh, en, second.element)

    def remark(
        self, code: ModelRemarkCode, file: str, at: At, zh: str, en: str, element: str = "", position: int | None = None
    ) -> ModelRemark:
        severity: Severity = "error" if code is ModelRemarkCode.TYPE else "warning"
        return ModelRemark(severity, code.value, file, at, zh, en, element, position=position)

    # --- the graph -------------------------------------------------------------------------------------------

    def _graph(self, node: Node) -> Iterator[ModelRemark]:
        element = node.element
        match element:
            case model.InputData():
                if not any(s.key == node.key for other in self._linked.nodes.values() for s in other.supplies):
                    zh, en = f"输入“{element.name}”没有用到", f"Nothing uses the input '{element.name}'"
                    yield self.remark(ModelRemarkCode.UNUSED, node.file, element.at, zh, en, element.name)
                yield from self._typed(node, element.variable)
            case model.Decision():
                if element.expression is None:
                    zh, en = f"决策“{element.name}”没有写怎么决定", f"The decision '{element.name}' has no logic"
                    yield self.remark(ModelRemarkCode.NO_LOGIC, node.file, element.at, zh, en, element.name)
                else:
                    yield from self._unread(node, element.expression)
                yield from self._typed(node, element.variable)
            case model.BusinessKnowledgeModel() | model.DecisionService() | model.KnowledgeSource():
                pass

    def _typed(self, node: Node, variable: model.Variable) -> Iterator[ModelRemark]:
        if variable.type is None:
            name = node.element.name
            zh, en = f"“{name}”没有写类型（typeRef）", f"'{name}' states no type (typeRef)"
            yield self.remark(ModelRemarkCode.NO_TYPE, node.file, variable.at, zh, en, name)

    def _unread(self, node: Node, expression: model.Expression) -> Iterator[ModelRemark]:
        """Requirements whose names stand in no text of the logic."""
        text = " ".join(" ".join(feel.text.split()) for feel in texts(expression))
        for supply in node.supplies:
            if supply.path[-1] not in text:
                zh = f"“{node.element.name}”连着“{supply.path[-1]}”，却没有用到"
                en = f"'{node.element.name}' requires '{supply.path[-1]}' but does not use it"
                yield self.remark(ModelRemarkCode.UNREAD, node.file, node.element.at, zh, en, node.element.name)


_SIDES = {True: ("上面", "as above"), False: ("下面", "as below")}


class _Logic:
    """The boxes of one decision or knowledge model."""

    def __init__(self, look: _Look, node: Node, formulas: Formulas) -> None:
        self._look = look
        self._node = node
        self._formulas = formulas
        self._tables = TableCompiler(formulas)
        self._names = look.types_of(node)
        self._known = frozenset(node.names)

    def remarks(self) -> Iterator[ModelRemark]:
        element = self._node.element
        match element:
            case model.Decision(expression=expression, variable=variable):
                wanted = self._formulas.type(variable.type, variable.at)
                if isinstance(expression, model.LiteralExpression) and self._formulas.speaks(expression):
                    yield from self._formula(expression.feel, basic(wanted))
                elif expression is not None:
                    yield from self._box(expression, frozenset())
            case model.BusinessKnowledgeModel(logic=logic):
                if logic is not None:
                    yield from self._box(logic, frozenset())
            case model.InputData() | model.DecisionService() | model.KnowledgeSource():
                pass

    def _box(self, box: model.Expression, local: frozenset[str]) -> Iterator[ModelRemark]:
        """The tables inside a box, with the variables that it adds to the scope; their types are not looked at."""
        match box:
            case model.DecisionTable():
                yield from self._table(box, local)
            case model.LiteralExpression() if not local:
                if self._formulas.speaks(box):
                    yield from self._formula(box.feel, "any")
            case model.FunctionDefinition(parameters=parameters):
                local |= {parameter.name for parameter in parameters}
            case model.Context(entries=entries):
                local |= {entry.variable.name for entry in entries if entry.variable}
            case model.Iterator(variable=variable):
                local |= {variable, "partial"}
            case _:
                pass
        for part in parts(box):
            if part is not None:
                yield from self._box(part, local)

    # --- formulas --------------------------------------------------------------------------------------------

    def _parsed(self, feel: Feel, names: frozenset[str]) -> FeelNode | None:
        try:
            return parse_expression(feel.text, names, BUILTINS, self._formulas.vocabulary)
        except RuleSyntaxError:
            return None  # among the model's faults

    def _formula(self, feel: Feel, wanted: str) -> Iterator[ModelRemark]:
        node = self._parsed(feel, self._known)
        if node is None:
            return
        stated = tuple(one for one in in_expression(node) if one.fact in self._names)
        self._look.place(self._node, feel.at, stated)
        types, misfits = infer(node, self._names)
        for misfit in misfits:
            yield self._said(ModelRemarkCode.TYPE, feel.at, misfit.zh, misfit.en, misfit.node.at[0])
        if types is not None and wanted != "any" and wanted not in types:
            zh, en = sentence(Code.RESULT_TYPE, wanted, ", ".join(sorted(types)))
            yield self._said(ModelRemarkCode.TYPE, feel.at, zh, en, node.at[0])
        for quotient in divides_first(node):
            zh, en = "先除后乘会丢掉尾数，请改成先乘后除", "Dividing first loses digits; multiply first, divide last"
            yield self._said(ModelRemarkCode.DIVISION, feel.at, zh, en, quotient.at[0])

    def _said(self, code: ModelRemarkCode, at: At, zh: str, en: str, position: int) -> ModelRemark:
        return self._look.remark(code, self._node.file, at, zh, en, self._node.element.name, position)

    # --- tables ----------------------------------------------------------------------------------------------

    def _table(self, box: model.DecisionTable, local: frozenset[str]) -> Iterator[ModelRemark]:
        names = self._known | local
        built = self._tables.table(box, names, self._node.element.name)
        if built is None:
            return  # its faults are the model's
        found = study(built, tuple(self._column(column, names) for column in box.inputs))
        said = remarks(found)
        unknown = [remark for remark in said if remark.code is RemarkCode.UNKNOWN_GAP]
        for remark in said:
            if remark not in unknown[1:]:  # any input of a model may be null: once a table is enough
                yield self._placed(box, built, remark)
        stated: list[Stated] = []
        for number, column in enumerate(box.inputs):
            name = " ".join(column.expression.text.split())
            if name in self._names and name not in local:
                cells = {row[number].text: row[number] for row in built.cells}
                stated += (one for cell in cells.values() for one in in_cell(cell.tree, name))
        self._look.place(self._node, box.at, tuple(stated))
        for rule in box.rules:
            for feel, output in zip(rule.outputs, box.outputs, strict=False):
                if not local:
                    yield from self._formula(feel, basic(self._formulas.type(output.type, output.at)))

    def _column(self, column: model.InputClause, names: frozenset[str]) -> Known:
        name = " ".join(column.expression.text.split())
        stated = self._formulas.type(column.type, column.at)
        kind = basic(stated) if column.type is not None else self._names.get(name, "any")
        if kind == "any":
            node = self._parsed(column.expression, names)
            types = infer(node, self._names)[0] if node is not None else None
            kind = next(iter(types)) if types is not None and len(types) == 1 else "any"
        tests = (column.values.text,) if column.values is not None else allowed(stated)
        return Known(kind, allowed=(*tests, *self._look.allowed_of(self._node, name)), blank=True)

    def _placed(self, box: model.DecisionTable, built: Table, remark: Remark) -> ModelRemark:
        inputs = len(box.inputs)
        at = box.at
        if remark.row >= 0:
            at = box.rules[remark.row].at
            if 0 <= remark.column < inputs:
                at = box.rules[remark.row].inputs[remark.column].at
        elif remark.column >= inputs:
            at = box.outputs[remark.column - inputs].at
        severity: Severity = "error" if remark.code in ERRORS else "warning"
        where = tuple((built.inputs[column].title, text) for column, text in remark.where)
        name = self._node.element.name
        return ModelRemark(
            severity,
            remark.code.value,
            self._node.file,
            at,
            remark.zh,
            remark.en,
            name,
            remark.row + 1,
            remark.column + 1,
            where=where,
        )


def basic(kind: FeelType) -> str:
    """FEEL's own name of what a type is at bottom."""
    match kind:
        case NamedType(base=base):
            return basic(base)
        case Basic(name=name):
            return name
        case ListType():
            return "list"
        case RangeType():
            return "range"
        case ContextType():
            return "context"
        case FunctionType():
            return "function"


def allowed(kind: FeelType) -> tuple[str, ...]:
    """The unary tests that the item definitions of a type state."""
    if not isinstance(kind, NamedType):
        return ()
    own = (kind.allowed_text,) if kind.allowed is not None else ()
    return (*own, *allowed(kind.base))


def texts(box: model.Expression) -> Iterator[Feel]:
    """Every FEEL text of a box."""
    match box:
        case model.LiteralExpression(feel=feel):
            yield feel
        case model.DecisionTable(inputs=inputs, outputs=outputs, rules=rules):
            yield from (column.expression for column in inputs)
            yield from (output.default for output in outputs if output.default is not None)
            yield from (feel for rule in rules for feel in (*rule.inputs, *rule.outputs))
        case _:
            for part in parts(box):
                if part is not None:
                    yield from texts(part)
