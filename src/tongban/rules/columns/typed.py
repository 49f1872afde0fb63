"""What can be said about an expression without running it: its type, its parts, when it is null, how wide it is."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import fields, replace
from typing import Any, cast

from .nodes import (
    BOOLEAN,
    DATE,
    TEXT,
    AddMonths,
    And,
    Compare,
    Const,
    DateOf,
    Expr,
    Guard,
    If,
    IsNull,
    Kind,
    Lookup,
    Modulo,
    Not,
    Or,
    Quotient,
    Ref,
    Same,
    StartsWith,
    Substring,
    Type,
    Unknown,
)

INT64, INT32 = 2**63 - 1, 2**31 - 1
EXACT = 10**33
"""Whole numbers below this are exact in FEEL's 34 digits, with a digit to spare for rounding."""

_FIXED: dict[type, Type] = {
    **dict.fromkeys((Unknown, IsNull, Compare, Same, And, Or, Not, StartsWith), BOOLEAN),
    Substring: TEXT,
    DateOf: DATE,
}


def type_of(expr: Expr) -> Type:
    """The type of an expression."""
    fixed = _FIXED.get(type(expr))
    if fixed is not None:
        return fixed
    if isinstance(expr, Guard):
        return type_of(expr.operand)
    return cast("Type", cast("Any", expr).type)


def children(expr: Expr) -> tuple[Expr, ...]:
    """The expressions directly below `expr`."""
    found: list[Expr] = []
    for field in fields(expr):
        value: object = getattr(expr, field.name)
        items = cast("tuple[object, ...]", value) if isinstance(value, tuple) else (value,)
        found += [item for item in items if isinstance(item, Expr)]
    return tuple(found)


def rebuild(expr: Expr, change: Callable[[Expr], Expr]) -> Expr:
    """`expr` with `change` applied to the expressions directly below it."""
    changes: dict[str, Any] = {}
    for field in fields(expr):
        value: object = getattr(expr, field.name)
        if isinstance(value, Expr):
            changes[field.name] = change(value)
        elif isinstance(value, tuple):
            items = cast("tuple[object, ...]", value)
            changes[field.name] = tuple(change(item) if isinstance(item, Expr) else item for item in items)
    return replace(expr, **changes) if changes else expr


def names_in(expr: Expr) -> frozenset[str]:
    """All names that an expression refers to."""
    own = {expr.name} if isinstance(expr, Ref | Unknown) else set[str]()
    if isinstance(expr, Guard):
        own |= set(expr.names)
    return frozenset(own).union(*map(names_in, children(expr)))


def nullable(expr: Expr, nulls: Collection[str]) -> bool:
    """Whether `expr` may be null when only the names `nulls` may be."""
    match expr:
        case Const(value=value):
            return value is None
        case Ref(name=name):
            return name in nulls
        case Unknown() | IsNull() | Same():
            return False
        case If(then=then, otherwise=otherwise):
            return nullable(then, nulls) or nullable(otherwise, nulls)
        case Quotient(right=right) | Modulo(right=right) if may_be_zero(type_of(right)):
            return True
        case Substring() | DateOf() | AddMonths() | Lookup() | Guard():
            return True
        case _:
            return any(nullable(child, nulls) for child in children(expr))


def strict_in(expr: Expr, name: str) -> bool:
    """Whether `expr` is null whenever `name` is."""
    match expr:
        case Ref():
            return expr.name == name
        case Const(value=value):
            return value is None
        case Unknown() | IsNull() | Same():
            return False
        case If(condition=IsNull(operand=Ref(name=asked)), then=then) if asked == name:
            return strict_in(then, name)
        case And(items=items) | Or(items=items):
            return all(strict_in(item, name) for item in items)
        case If(then=then, otherwise=otherwise):
            return strict_in(then, name) and strict_in(otherwise, name)
        case Guard(names=names, operand=operand):
            return name in names or strict_in(operand, name)
        case _:
            return any(strict_in(child, name) for child in children(expr))


def may_be_zero(of: Type) -> bool:
    return (of.low is None or of.low <= 0) and (of.high is None or of.high >= 0)


def wide(of: Type) -> bool:
    """Whether a value may not fit into 64 bits."""
    if of.kind in (Kind.BOOLEAN, Kind.TEXT):
        return False
    return of.low is None or of.high is None or of.low < -INT64 or of.high > INT64


def small(of: Type) -> bool:
    """Whether every value is a whole number that fits into 32 bits to the database."""
    if of.kind in (Kind.BOOLEAN, Kind.CODE):
        return True
    if of.kind in (Kind.TEXT, Kind.DATE) or of.low is None or of.high is None:
        return False
    return of.low >= -INT32 and of.high <= INT32
