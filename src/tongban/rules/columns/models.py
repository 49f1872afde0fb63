"""A decision model (DMN) as a typed program: its inputs with the types that it declares, its decisions in order.

A number that declares no range is held up to 10 to the power of 13 units of two decimals. A string with allowed values
becomes a code. Decisions with one value only: a formula, or a table with one output.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from tongban.rules.dmn.model import Decision, DecisionTable, Definitions, Feel, ItemDefinition, LiteralExpression
from tongban.rules.feel.errors import RuleSyntaxError
from tongban.rules.feel.values import Range, Value
from tongban.rules.tables.cells import compile_cell
from tongban.rules.tables.model import Output, Row

from .build import Builder
from .constants import constant_of
from .ir import Program
from .nodes import BOOLEAN, TEXT, Kind, Type
from .refusal import NotColumnar

_SCALE = 2
_LARGEST = 10**13
_DAYS = Type(Kind.DATE, date(1850, 1, 1).toordinal(), date(2199, 12, 31).toordinal())


@dataclass(frozen=True, slots=True)
class ColumnarModel:
    """The program of what is columnar, None if nothing is; and what is not, with reasons."""

    program: Program | None
    refusals: tuple[NotColumnar, ...]


def columnar_model(model: Definitions) -> ColumnarModel:
    """The typed program of a model."""
    builder = Builder(model.name, model.hash)
    refusals: list[NotColumnar] = []
    items = {item.name: item for item in model.items}
    ready: set[str] = set()
    for given in model.inputs:
        of = _type(given.variable.type, items)
        if of is None:
            said = f"类型 {given.variable.type} 放不进一列", f"the type {given.variable.type} is no column's"
            refusals.append(NotColumnar(given.name, 0, *said, given.name))
        else:
            builder.input(given.name, of)
            ready.add(given.id)
    waiting = list(model.decisions)
    while waiting:
        able = [one for one in waiting if _needed(one) <= ready]
        if not able:
            break
        for decision in able:
            waiting.remove(decision)
            try:
                _step(builder, decision)
            except NotColumnar as refusal:
                refusals.append(refusal.at(f"{decision.name} {refusal.place}".strip()))
            except RuleSyntaxError as error:
                refusals.append(NotColumnar(decision.name, error.position, error.zh, error.en, decision.name))
            else:
                ready.add(decision.id)
    for decision in waiting:
        said = "它要用到不能变成列的部分", "it needs something that has no columnar form"
        refusals.append(NotColumnar(decision.name, 0, *said, decision.name))
    program = builder.program([one.name for one in model.decisions if one.id in ready])
    return ColumnarModel(program if program.steps else None, tuple(refusals))


def _needed(decision: Decision) -> set[str]:
    return {one.id for one in (*decision.required_inputs, *decision.required_decisions, *decision.required_knowledge)}


def _step(builder: Builder, decision: Decision) -> None:
    match decision.expression:
        case LiteralExpression(feel=feel):
            builder.formula(decision.name, feel.text)
        case DecisionTable(outputs=(output,), rules=rules) as table:
            rows = [
                Row([cell.text for cell in rule.inputs], [cell.text for cell in rule.outputs], note=rule.description)
                for rule in rules
            ]
            values = [] if output.values is None else list(_constants(output.values))
            default = None if output.default is None else output.default.text
            heads = [column.expression.text for column in table.inputs]
            made = Output(decision.name, values=values, default=default)
            builder.table(decision.name, heads, [made], rows, table.hit)
        case DecisionTable():
            said = "多个结果合成一个值，放不进一列", "several outputs make one value, which no column holds"
            raise NotColumnar(decision.name, 0, *said)
        case other:
            kind = type(other).__name__
            raise NotColumnar(decision.name, 0, f"{kind} 不能变成列", f"a {kind} has no columnar form")


def _type(name: str | None, items: dict[str, ItemDefinition]) -> Type | None:
    """The column's type for a declared one; None if it is no scalar."""
    item = items.get(name or "")
    allowed: tuple[Value, ...] = ()
    while item is not None:
        if item.collection or item.components or item.function:
            return None
        allowed = allowed or (() if item.allowed is None else _constants(item.allowed))
        name, item = item.type, items.get(item.type or "") if item.type != item.name else None
    match name:
        case "boolean":
            return BOOLEAN
        case "date":
            return _DAYS
        case "string":
            texts = tuple(value for value in allowed if isinstance(value, str))
            return Type(Kind.CODE, 0, len(texts) - 1, values=texts) if texts and len(texts) == len(allowed) else TEXT
        case "number":
            return _number(allowed)
        case _:
            return None


def _number(allowed: tuple[Value, ...]) -> Type:
    ends: list[Decimal] = []
    for value in allowed:
        found = (value.low, value.high) if isinstance(value, Range) else (value, value)
        ends += [end for end in found if isinstance(end, Decimal)]
    if len(ends) < 2 * len(allowed) or not ends:
        return Type(Kind.NUMBER, -_LARGEST, _LARGEST, _SCALE)
    return Type(Kind.NUMBER, int(min(ends) * 10**_SCALE), int(max(ends) * 10**_SCALE), _SCALE)


def _constants(allowed: Feel) -> tuple[Value, ...]:
    """The values that a declaration lists; empty if it says more than constants."""
    tree = compile_cell(allowed.text, ()).tree
    found = [constant_of(allowed.text, test.operand) for test in tree.tests]
    return () if tree.negated or any(one is None for one in found) else tuple(one[0] for one in found if one)
