"""Python's syntax tree in short: the only way in which generated code comes to be.

Every identifier is a plain one that the generator numbers itself; whatever comes out of a file is a constant.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Sequence

NULL = ast.Constant(None)
TRUE = ast.Constant(True)
FALSE = ast.Constant(False)


def load(name: str) -> ast.expr:
    return ast.Name(name, ast.Load())


def const(value: bool | int | str | tuple[object, ...] | frozenset[object] | None) -> ast.expr:
    return ast.Constant(value)  # pyright: ignore[reportArgumentType] # tuples and frozensets are constants too


def assign(name: str, value: ast.expr) -> ast.stmt:
    return ast.Assign([ast.Name(name, ast.Store())], value)


def unpack(names: Sequence[str], value: ast.expr) -> ast.stmt:
    if len(names) == 1:
        return assign(names[0], ast.Subscript(value, const(0), ast.Load()))
    return ast.Assign([ast.Tuple([ast.Name(name, ast.Store()) for name in names], ast.Store())], value)


def tuple_of(items: Iterable[ast.expr]) -> ast.expr:
    return ast.Tuple(list(items), ast.Load())


def call(function: str, *arguments: ast.expr) -> ast.expr:
    return ast.Call(load(function), list(arguments), [])


def method(owner: ast.expr, name: str, *arguments: ast.expr) -> ast.expr:
    return ast.Call(ast.Attribute(owner, name, ast.Load()), list(arguments), [])


def attribute(owner: ast.expr, name: str) -> ast.expr:
    return ast.Attribute(owner, name, ast.Load())


def item(owner: ast.expr, index: ast.expr) -> ast.expr:
    return ast.Subscript(owner, index, ast.Load())


def binary(left: ast.expr, op: ast.operator, right: ast.expr) -> ast.expr:
    return ast.BinOp(left, op, right)


def compare(left: ast.expr, op: ast.cmpop, right: ast.expr) -> ast.expr:
    return ast.Compare(left, [op], [right])


def is_none(value: ast.expr) -> ast.expr:
    return compare(value, ast.Is(), NULL)


def not_(test: ast.expr) -> ast.expr:
    """The opposite; of a comparison with `is` or `==` the opposite comparison."""
    match test:
        case ast.Compare(left=left, ops=[ast.Is()], comparators=[right]):
            return compare(left, ast.IsNot(), right)
        case ast.Compare(left=left, ops=[ast.IsNot()], comparators=[right]):
            return compare(left, ast.Is(), right)
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return operand
        case ast.Constant(value=bool(value)):
            return ast.Constant(not value)
        case _:
            return ast.UnaryOp(ast.Not(), test)


def any_of(tests: Iterable[ast.expr]) -> ast.expr:
    """Whether one of the tests holds; false of none. Tests that are constants are decided here."""
    return _joined(ast.Or(), True, tests)


def all_of(tests: Iterable[ast.expr]) -> ast.expr:
    """Whether all tests hold; true of none."""
    return _joined(ast.And(), False, tests)


def _joined(op: ast.boolop, deciding: bool, tests: Iterable[ast.expr]) -> ast.expr:
    found: list[ast.expr] = []
    for test in tests:
        match test:
            case ast.Constant(value=bool(value)):
                if value is deciding:
                    return ast.Constant(deciding)
            case _:
                found.append(test)
    if not found:
        return ast.Constant(not deciding)
    return found[0] if len(found) == 1 else ast.BoolOp(op, found)


def choose(test: ast.expr, then: ast.expr, otherwise: ast.expr) -> ast.expr:
    match test:
        case ast.Constant(value=bool(value)):
            return then if value else otherwise
        case _:
            return ast.IfExp(test, then, otherwise)


def when(test: ast.expr, then: Sequence[ast.stmt], otherwise: Sequence[ast.stmt] = ()) -> list[ast.stmt]:
    """`if test: then else: otherwise`, or only what a constant test leaves."""
    match test:
        case ast.Constant(value=bool(value)):
            return list(then if value else otherwise)
        case _:
            if not then:
                return when(not_(test), otherwise) if otherwise else []
            return [ast.If(test, list(then), list(otherwise))]


def give(value: ast.expr) -> ast.stmt:
    return ast.Return(value)


def function(name: str, parameters: Sequence[str], body: Sequence[ast.stmt]) -> ast.FunctionDef:
    arguments = ast.arguments([], [ast.arg(parameter) for parameter in parameters], None, [], [], None, [])
    return ast.FunctionDef(name, arguments, list(body), [], None)
