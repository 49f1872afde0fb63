"""Arithmetic in whole numbers: exact, with bounds, so that nothing overflows and nothing is rounded unasked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, cast

from tongban.rules.feel import syntax
from tongban.rules.feel.syntax import Node, Op

from .nodes import (
    DATE,
    FLIPPED,
    AddMonths,
    Arithmetic,
    Calculate,
    Comparison,
    Const,
    Expr,
    Kind,
    Quotient,
    Rescale,
    Rounding,
    Type,
)
from .typed import EXACT, type_of

if TYPE_CHECKING:
    from .lower import Lowering

_OPS: dict[Op, Arithmetic] = {
    Op.ADD: Arithmetic.ADD,
    Op.SUBTRACT: Arithmetic.SUBTRACT,
    Op.MULTIPLY: Arithmetic.MULTIPLY,
}
_BOUNDS: dict[Arithmetic, Callable[[int, int, int, int], Sequence[int]]] = {
    Arithmetic.ADD: lambda a, b, c, d: (a + c, b + d),
    Arithmetic.SUBTRACT: lambda a, b, c, d: (a - d, b - c),
    Arithmetic.MULTIPLY: lambda a, b, c, d: (a * c, a * d, b * c, b * d),
}
N, M, D, T = Kind.NUMBER, Kind.MONTHS, Kind.DAYS, Kind.DATE
_RESULTS: dict[tuple[Arithmetic, Kind, Kind], Kind] = {
    **{(op, kind, kind): kind for op in (Arithmetic.ADD, Arithmetic.SUBTRACT) for kind in (N, M, D)},
    (Arithmetic.ADD, T, D): T,
    (Arithmetic.ADD, D, T): T,
    (Arithmetic.SUBTRACT, T, D): T,
    (Arithmetic.SUBTRACT, T, T): D,
    (Arithmetic.MULTIPLY, N, N): N,
    (Arithmetic.MULTIPLY, M, N): M,
    (Arithmetic.MULTIPLY, N, M): M,
}


def calculate(lowering: Lowering, node: syntax.Binary) -> Expr:
    """`+ - *`, and division by a constant that ends after finitely many digits."""
    if node.op is Op.DIVIDE:
        return _divided(lowering, node)
    op = _OPS.get(node.op)
    if op is None:
        raise lowering.no(node, "乘方不能变成列", "a power has no columnar form")
    return combine(lowering, node, op, lowering.lower(node.left), lowering.lower(node.right))


def combine(lowering: Lowering, node: Node, op: Arithmetic, left: Expr, right: Expr) -> Expr:
    """`left op right` in the type that holds every result."""
    a, b = type_of(left), type_of(right)
    if T in (a.kind, b.kind) and M in (a.kind, b.kind):
        return _shifted(lowering, node, op, left, right)
    kind = _RESULTS.get((op, a.kind, b.kind))
    if kind is None:
        raise lowering.no(node, f"不能计算 {a.kind} {op} {b.kind}", f"{a.kind} {op} {b.kind} has no columnar form")
    if kind is N and op is not Arithmetic.MULTIPLY:
        left, right = lowering.alike(node, left, right)
    elif kind is M and op is Arithmetic.MULTIPLY and (a.scale or b.scale):
        raise lowering.no(node, "年月时长只能乘整数", "months can only be multiplied by whole numbers")
    return Calculate(op, left, right, _bounded(lowering, node, op, kind, left, right))


def _bounded(lowering: Lowering, node: Node, op: Arithmetic, kind: Kind, left: Expr, right: Expr) -> Type:
    a, b = type_of(left), type_of(right)
    scale = a.scale + b.scale if op is Arithmetic.MULTIPLY and kind is N else max(a.scale, b.scale)
    if a.low is None or a.high is None or b.low is None or b.high is None:
        raise lowering.no(node, "数的范围没有写明，算不出需要多宽", "the bounds are not declared, so no width is safe")
    ends = _BOUNDS[op](a.low, a.high, b.low, b.high)
    low, high = min(ends), max(ends)
    if max(-low, high) >= EXACT:
        raise lowering.no(node, "结果可能超过34位数字", "the result may have more than 34 digits")
    if kind is T and not (cast("int", DATE.low) <= low and high <= cast("int", DATE.high)):
        raise lowering.no(node, "日期可能超出1到9999年", "the date may leave the years 1 to 9999")
    return Type(kind, low, high, scale)


def _shifted(lowering: Lowering, node: Node, op: Arithmetic, left: Expr, right: Expr) -> Expr:
    """A date and months."""
    if type_of(left).kind is M:
        left, right = right, left
    if op is Arithmetic.MULTIPLY or (op is Arithmetic.SUBTRACT and type_of(left).kind is not T):
        raise lowering.no(node, "这样的日期运算不能变成列", "this arithmetic on dates has no columnar form")
    months = negative(lowering, node, right) if op is Arithmetic.SUBTRACT else right
    return AddMonths(left, months, DATE)


def negated(lowering: Lowering, node: syntax.Negate) -> Expr:
    return negative(lowering, node, lowering.of_kind(node.operand, N, M, D))


def negative(lowering: Lowering, node: Node, expr: Expr) -> Expr:
    of = type_of(expr)
    zero = Const(0, replace(of, low=0, high=0))
    if isinstance(expr, Const) and expr.value is not None:
        value = -int(expr.value)
        return Const(value, replace(of, low=value, high=value))
    return Calculate(
        Arithmetic.SUBTRACT, zero, expr, _bounded(lowering, node, Arithmetic.SUBTRACT, of.kind, zero, expr)
    )


# --- division --------------------------------------------------------------------------------------------


def _divided(lowering: Lowering, node: syntax.Binary) -> Expr:
    """A division that is no operand of rounding or comparison: only by a constant made of twos and fives."""
    top, bottom = _fraction(lowering, node)
    if isinstance(bottom, Const) and bottom.value:
        factor = reciprocal(Decimal(int(bottom.value)).scaleb(-bottom.type.scale))
        if factor is not None:
            return combine(lowering, node, Arithmetic.MULTIPLY, top, lowering.typed(factor, node))
    raise lowering.no(
        node,
        "除法要直接放在 decimal()、round 或比较之中（先乘后除）",
        "a division must stand directly in decimal(), a rounding function or a comparison (divide last)",
    )


def reciprocal(value: Decimal) -> Decimal | None:
    """`1 / value` if that ends after finitely many digits."""
    found = Decimal(1) / value
    return found if abs(value.adjusted()) < 9 and found * value == 1 and len(found.as_tuple().digits) < 25 else None


def _fraction(lowering: Lowering, node: syntax.Binary) -> tuple[Expr, Expr]:
    """The two sides of a division as numbers: a duration over a duration counts its months or days."""
    top, bottom = lowering.lower(node.left), lowering.lower(node.right)
    a, b = type_of(top), type_of(bottom)
    if a.kind is b.kind and a.kind in (M, D):
        return as_number(top), as_number(bottom)
    if a.kind is not N or b.kind is not N:
        raise lowering.no(node, f"不能计算 {a.kind} / {b.kind}", f"{a.kind} / {b.kind} has no columnar form")
    return top, bottom


def as_number(expr: Expr) -> Expr:
    """A duration as the number of its months or days."""
    of = type_of(expr)
    number = Type(N, of.low, of.high)
    return Const(expr.value, number) if isinstance(expr, Const) else Rescale(expr, number)


def rounded(lowering: Lowering, node: Node, inner: Node, places: int, rounding: Rounding) -> Expr:
    """`inner` with at most `places` digits behind the point, the division inside it included."""
    if isinstance(inner, syntax.Binary) and inner.op is Op.DIVIDE:
        top, bottom = _fraction(lowering, inner)
    else:
        top, bottom = lowering.of_kind(inner, N), Const(1, Type(N, 1, 1))
        if type_of(top).scale <= places:
            return top
    return quotient(lowering, node, top, bottom, Type(N, scale=places), rounding)


def quotient(lowering: Lowering, node: Node, top: Expr, bottom: Expr, of: Type, rounding: Rounding) -> Expr:
    """`top / bottom` rounded to the scale of `of`; refused where FEEL's own 34 digits could show."""
    a, b = type_of(top), type_of(bottom)
    if a.low is None or a.high is None or b.low is None or b.high is None:
        raise lowering.no(node, "数的范围没有写明，算不出需要多宽", "the bounds are not declared, so no width is safe")
    power = of.scale + b.scale - a.scale
    most = max(abs(a.low), abs(a.high)) * 10 ** max(power, 0)
    least = max(abs(b.low), abs(b.high)) * 10 ** max(-power, 0)
    if 2 * most >= EXACT or 2 * least >= EXACT:
        raise lowering.no(node, "除法可能超过34位数字", "the division may need more than 34 digits")
    smallest = (b.low if b.low > 0 else -b.high if b.high < 0 else 1) * 10 ** max(-power, 0)
    bound = most // smallest + 1
    low = 0 if a.low >= 0 and b.low > 0 else -bound
    exact = Quotient(top, bottom, rounding, replace(of, low=low, high=bound))
    if of.scale >= 0:
        return exact
    factor = 10**-of.scale
    return Rescale(exact, Type(N, low * factor, bound * factor))


def cross_multiplied(lowering: Lowering, node: syntax.Binary, op: Comparison) -> Expr | None:
    """`a / b < c` as `a < c * b`, where the sign of `b` is known; None if neither side is a division."""
    sides: list[tuple[Expr, Expr | None]] = []
    for side in (node.left, node.right):
        if isinstance(side, syntax.Binary) and side.op is Op.DIVIDE:
            sides.append(_fraction(lowering, side))
        else:
            sides.append((lowering.lower(side), None))
    (left, below_left), (right, below_right) = sides
    if below_left is None and below_right is None:
        return None
    for below in (below_left, below_right):
        if below is not None and sign(type_of(below)) < 0:
            op = FLIPPED[op]
        elif below is not None and sign(type_of(below)) == 0:
            raise lowering.no(node, "除数可能为零或变号", "the divisor may be zero or change its sign")
    if below_right is not None:
        left = combine(lowering, node, Arithmetic.MULTIPLY, left, below_right)
    if below_left is not None:
        right = combine(lowering, node, Arithmetic.MULTIPLY, right, below_left)
    return lowering.compare(node, op, left, right)


def sign(of: Type) -> int:
    """1 or -1 if all values have that sign, else 0."""
    if of.low is not None and of.low > 0:
        return 1
    return -1 if of.high is not None and of.high < 0 else 0
