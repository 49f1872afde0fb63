"""Values known while compiling, as typed constants."""

from __future__ import annotations

from decimal import Decimal
from typing import cast

from tongban.rules.feel import syntax
from tongban.rules.feel.errors import RuleSyntaxError
from tongban.rules.feel.expression import compile_expression
from tongban.rules.feel.moments import DAY
from tongban.rules.feel.syntax import Node
from tongban.rules.feel.values import Date, DaysDuration, MonthsDuration, Value

from .nodes import BOOLEAN, DATE, TEXT, Const, Kind, Type

NULL = Const(None, Type(Kind.BOOLEAN))
"""`null` before it takes the type of what it stands beside."""


def constant_of(source: str, node: Node) -> tuple[Value] | None:
    """The value of a node that reads no name, in a tuple; None if it does."""
    if not _closed(node):
        return None
    try:
        return (compile_expression(source[slice(*node.at)], ()).evaluate({}),)
    except RuleSyntaxError:
        return None


def _closed(node: Node) -> bool:
    return not isinstance(node, syntax.Name) and all(map(_closed, syntax.children(node)))


def constant(value: Value) -> Const | None:
    """A typed constant; None for a value that no column holds."""
    match value:
        case None:
            return NULL
        case bool():
            return Const(value, BOOLEAN)
        case Decimal():
            return number_constant(value)
        case str():
            return Const(value, TEXT) if value else None
        case Date(number=day):
            return Const(day, DATE)
        case MonthsDuration(months=months):
            return Const(months, Type(Kind.MONTHS, months, months))
        case DaysDuration(nanoseconds=nanoseconds) if nanoseconds % DAY == 0:
            return Const(nanoseconds // DAY, Type(Kind.DAYS, nanoseconds // DAY, nanoseconds // DAY))
        case _:
            return None


def number_constant(value: Decimal) -> Const:
    exponent = cast("int", value.normalize().as_tuple().exponent) if value else 0
    scale = max(0, -exponent)
    whole = int(value.scaleb(scale))
    return Const(whole, Type(Kind.NUMBER, whole, whole, scale))
