"""The built-in functions that have a columnar form."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from functools import reduce
from typing import TYPE_CHECKING, TypeAlias

from tongban.rules.feel import syntax
from tongban.rules.feel.syntax import Node

from . import sums
from .constants import constant_of
from .nodes import (
    Arithmetic,
    Compare,
    Comparison,
    Const,
    DateOf,
    Expr,
    Extreme,
    If,
    IsNull,
    Kind,
    Modulo,
    MonthsBetween,
    Not,
    Rounding,
    StartsWith,
    Substring,
    Type,
)
from .typed import type_of

if TYPE_CHECKING:
    from .lower import Lowering

Arguments: TypeAlias = Sequence[Node]
Lowered: TypeAlias = "Callable[[Lowering, syntax.Call, Arguments], Expr]"


def lower_call(lowering: Lowering, node: syntax.Call) -> Expr:
    """A call of a built-in function. Raises `NotColumnar`."""
    lower = _FUNCTIONS.get(node.function)
    if lower is None:
        said = f"函数 {node.function} 不能变成列", f"the function {node.function} has no columnar form"
        raise lowering.no(node, *said)
    arguments = node.arguments
    if node.names:
        order = _NAMED.get(node.function)
        given = dict(zip(node.names, arguments, strict=True))
        if order is None or set(given) - set(order):
            raise lowering.no(node, "请按位置写参数", "give the arguments by position")
        arguments = tuple(given[name] for name in order if name in given)
    return lower(lowering, node, arguments)


_NAMED: dict[str, tuple[str, ...]] = {
    "decimal": ("n", "scale"),
    "starts with": ("string", "match"),
    "substring": ("string", "start position", "length"),
    "years and months duration": ("from", "to"),
    "date": ("year", "month", "day"),
    "modulo": ("dividend", "divisor"),
}


def _constant(lowering: Lowering, node: Node, kind: type) -> Decimal | str:
    known = constant_of(lowering.source, node)
    if known is None or not isinstance(known[0], Decimal | str) or type(known[0]) is not kind:
        raise lowering.no(node, "这个参数要写成固定的值", "this argument must be a constant")
    return known[0]


def _whole(lowering: Lowering, node: Node) -> int:
    value = _constant(lowering, node, Decimal)
    if value != int(value) or abs(int(value)) > 30:
        raise lowering.no(node, "这个参数要是30以内的整数", "this argument must be a whole number up to 30")
    return int(value)


def _rounding(rounding: Rounding) -> Lowered:
    def lower(lowering: Lowering, node: syntax.Call, arguments: Arguments) -> Expr:
        places = _whole(lowering, arguments[1]) if len(arguments) > 1 else 0
        return sums.rounded(lowering, node, arguments[0], places, rounding)

    return lower


def _items(arguments: Arguments) -> Arguments:
    """The arguments of a function that takes a list or its items."""
    if len(arguments) == 1 and isinstance(arguments[0], syntax.ListOf):
        return arguments[0].items
    return arguments


def _extreme(greatest: bool) -> Lowered:
    def lower(lowering: Lowering, node: syntax.Call, arguments: Arguments) -> Expr:
        kinds = (Kind.NUMBER, Kind.DATE, Kind.MONTHS, Kind.DAYS)
        items = lowering.unify(node, [lowering.of_kind(item, *kinds) for item in _items(arguments)])
        if len(items) < 2:
            raise lowering.no(node, "要有两个以上的值", "two or more values are needed")
        types = [type_of(item) for item in items]
        pick = max if greatest else min
        lows, highs = [of.low for of in types], [of.high for of in types]
        low = None if None in lows else pick(low for low in lows if low is not None)
        high = None if None in highs else pick(high for high in highs if high is not None)
        of = types[0]
        return Extreme(tuple(items), greatest, Type(of.kind, low, high, of.scale))

    return lower


def _sum(lowering: Lowering, node: syntax.Call, arguments: Arguments) -> Expr:
    items = [lowering.of_kind(item, Kind.NUMBER) for item in _items(arguments)]
    if not items:
        raise lowering.no(node, "没有可加的数", "there is nothing to add")
    return reduce(lambda a, b: sums.combine(lowering, node, Arithmetic.ADD, a, b), items)


def _abs(lowering: Lowering, node: syntax.Call, arguments: Arguments) -> Expr:
    value = lowering.of_kind(arguments[0], Kind.NUMBER, Kind.MONTHS, Kind.DAYS)
    of = type_of(value)
    if of.low is None or of.high is None:
        raise lowering.no(node, "数的范围没有写明", "the bounds are not declared")
    zero = Const(0, Type(of.kind, 0, 0, of.scale))
    negative = sums.negative(lowering, node, value)
    result = Type(of.kind, 0, max(abs(of.low), abs(of.high)), of.scale)
    return If(Compare(Comparison.LESS, value, zero), negative, value, result)


def _modulo(lowering: Lowering, node: syntax.Call, arguments: Arguments) -> Expr:
    pair = (lowering.of_kind(arguments[0], Kind.NUMBER), lowering.of_kind(arguments[1], Kind.NUMBER))
    left, right = lowering.alike(node, *pair)
    of = type_of(right)
    if of.low is None or of.high is None:
        raise lowering.no(node, "数的范围没有写明", "the bounds are not declared")
    return Modulo(left, right, Type(Kind.NUMBER, min(of.low, 0), max(of.high, 0), of.scale))


def _not(lowering: Lowering, _: syntax.Call, arguments: Arguments) -> Expr:
    return Not(lowering.of_kind(arguments[0], Kind.BOOLEAN))


def _is_defined(lowering: Lowering, _: syntax.Call, arguments: Arguments) -> Expr:
    return Not(IsNull(lowering.lower(arguments[0])))


def _starts_with(lowering: Lowering, _: syntax.Call, arguments: Arguments) -> Expr:
    prefix = _constant(lowering, arguments[1], str)
    return StartsWith(lowering.of_kind(arguments[0], Kind.TEXT), str(prefix))


def _substring(lowering: Lowering, node: syntax.Call, arguments: Arguments) -> Expr:
    start = _whole(lowering, arguments[1])
    length = _whole(lowering, arguments[2]) if len(arguments) > 2 else None
    if start < 1 or (length is not None and length < 1):
        raise lowering.no(node, "只能从正数的位置取至少一个字", "only from a positive position, at least one character")
    return Substring(lowering.of_kind(arguments[0], Kind.TEXT), start, length)


def _months_between(lowering: Lowering, node: syntax.Call, arguments: Arguments) -> Expr:
    start, end = (lowering.of_kind(argument, Kind.DATE) for argument in arguments)
    a, b = type_of(start), type_of(end)
    if a.low is None or a.high is None or b.low is None or b.high is None:
        raise lowering.no(node, "日期的范围没有写明", "the bounds of the dates are not declared")
    low = -((a.high - b.low) // 28 + 1)
    high = (b.high - a.low) // 28 + 1
    return MonthsBetween(start, end, Type(Kind.MONTHS, low, high))


def _date(lowering: Lowering, node: syntax.Call, arguments: Arguments) -> Expr:
    if len(arguments) == 1:
        return lowering.of_kind(arguments[0], Kind.DATE)
    year, month, day = (lowering.of_kind(argument, Kind.NUMBER) for argument in arguments)
    if any(type_of(part).scale for part in (year, month, day)):
        raise lowering.no(node, "年月日要是整数", "year, month and day must be whole numbers")
    return DateOf(year, month, day)


_FUNCTIONS: dict[str, Lowered] = {
    "decimal": _rounding(Rounding.HALF_EVEN),
    "floor": _rounding(Rounding.FLOOR),
    "ceiling": _rounding(Rounding.CEILING),
    "round up": _rounding(Rounding.UP),
    "round down": _rounding(Rounding.DOWN),
    "round half up": _rounding(Rounding.HALF_UP),
    "round half down": _rounding(Rounding.HALF_DOWN),
    "min": _extreme(greatest=False),
    "max": _extreme(greatest=True),
    "sum": _sum,
    "abs": _abs,
    "modulo": _modulo,
    "not": _not,
    "is defined": _is_defined,
    "starts with": _starts_with,
    "substring": _substring,
    "years and months duration": _months_between,
    "date": _date,
}
