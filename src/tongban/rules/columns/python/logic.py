"""Names, constants, truth and comparisons as Python."""

from __future__ import annotations

import ast
from collections.abc import Callable

from tongban.rules.columns.nodes import (
    And,
    Compare,
    Comparison,
    Const,
    Guard,
    If,
    IsNull,
    Not,
    Or,
    Ref,
    Same,
    StartsWith,
    Substring,
    Unknown,
)

from . import build as py
from .writer import Form, Value, Writer, held_in


def _const(writer: Writer, expr: Const) -> Value:
    if expr.value is None:
        return Value({"": py.TRUE}, py.NULL)
    return Value({}, writer.literal(expr.value, expr.type.kind))


def _ref(writer: Writer, expr: Ref) -> Value:
    held = writer.held.get(expr.name)
    if held is None:  # a name that no step gave: null, as in the interpreter
        return Value({"": py.TRUE}, py.NULL)
    return held_in(held.local) if held.nullable else Value({}, py.load(held.local))


def _guard(writer: Writer, expr: Guard) -> Value:
    operand = writer.value(expr.operand)
    nulls: dict[str, ast.expr] = {}
    for name in expr.names:
        held = writer.held.get(name)
        if held is not None and held.nullable and held.local not in operand.nulls:
            nulls[f"unknown {name}"] = writer.unknown(name)
    return Value({**operand.nulls, **nulls}, operand.expr)


def _and(writer: Writer, expr: And) -> Value:
    return _kleene(writer, [writer.value(item) for item in expr.items], deciding=False)


def _or(writer: Writer, expr: Or) -> Value:
    return _kleene(writer, [writer.value(item) for item in expr.items], deciding=True)


def _kleene(writer: Writer, values: list[Value], *, deciding: bool) -> Value:
    join = py.any_of if deciding else py.all_of
    if not any(value.nulls for value in values):
        return Value({}, join([value.expr for value in values]))
    decided = [
        py.all_of((*map(py.not_, value.nulls.values()), value.expr if deciding else py.not_(value.expr)))
        for value in values
    ]
    null = py.any_of([test for value in values for test in value.nulls.values()])
    name = writer.fresh()
    undecided = py.choose(null, py.NULL, py.const(not deciding))
    writer.emit(py.assign(name, py.choose(py.any_of(decided), py.const(deciding), undecided)))
    return held_in(name)


def _if(writer: Writer, expr: If) -> Value:
    condition = writer.true(expr.condition)
    with writer.inside() as before_then:
        then = writer.value(expr.then)
    with writer.inside() as before_else:
        otherwise = writer.value(expr.otherwise)
    nulls = bool(then.nulls or otherwise.nulls)
    if not before_then and not before_else:
        value = py.choose(condition, then.or_none, otherwise.or_none)
        if not nulls:
            return Value({}, value)
        name = writer.fresh()
        writer.emit(py.assign(name, value))
        return held_in(name)
    name = writer.fresh()
    before_then.append(py.assign(name, then.or_none))
    before_else.append(py.assign(name, otherwise.or_none))
    writer.emit(*py.when(condition, before_then, before_else))
    return held_in(name) if nulls else Value({}, py.load(name))


_COMPARISONS: dict[Comparison, Callable[[], ast.cmpop]] = {
    Comparison.EQUAL: ast.Eq,
    Comparison.UNEQUAL: ast.NotEq,
    Comparison.LESS: ast.Lt,
    Comparison.AT_MOST: ast.LtE,
    Comparison.GREATER: ast.Gt,
    Comparison.AT_LEAST: ast.GtE,
}


def _compare(writer: Writer, expr: Compare) -> Value:
    left, right = writer.value(expr.left), writer.value(expr.right)
    return Value({**left.nulls, **right.nulls}, py.compare(left.expr, _COMPARISONS[expr.op](), right.expr))


def _same(writer: Writer, expr: Same) -> Value:
    left, right = writer.value(expr.left), writer.value(expr.right)
    return Value({}, py.compare(left.or_none, ast.Eq(), right.or_none))


def _is_null(writer: Writer, expr: IsNull) -> Value:
    return Value({}, writer.value(expr.operand).null)


def _unknown(writer: Writer, expr: Unknown) -> Value:
    return Value({}, writer.unknown(expr.name) if expr.name in writer.held else py.FALSE)


def _not(writer: Writer, expr: Not) -> Value:
    operand = writer.value(expr.operand)
    return Value(operand.nulls, py.not_(operand.expr))


def _starts_with(writer: Writer, expr: StartsWith) -> Value:
    operand = writer.value(expr.operand)
    return Value(operand.nulls, py.method(operand.expr, "startswith", py.const(expr.prefix)))


def _substring(writer: Writer, expr: Substring) -> Value:
    operand = writer.value(expr.operand)
    start = expr.start - 1
    end = None if expr.length is None else start + expr.length
    short = py.compare(py.call("length", operand.expr), ast.Lt(), py.const(expr.start))
    part = py.item(operand.expr, ast.Slice(py.const(start), py.const(end)))
    return Value({**operand.nulls, f"short {writer.fresh()}": short}, part)


FORMS: dict[type, Form] = {
    Const: _const,
    Ref: _ref,
    Guard: _guard,
    And: _and,
    Or: _or,
    If: _if,
    Compare: _compare,
    Same: _same,
    IsNull: _is_null,
    Unknown: _unknown,
    Not: _not,
    StartsWith: _starts_with,
    Substring: _substring,
}
