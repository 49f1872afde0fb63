"""Division as SQL: whole numbers only, rounded as the expression says."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from math import gcd
from typing import TYPE_CHECKING

from .evaluate import shifts
from .nodes import Arithmetic, Calculate, Comparison, Const, Expr, Extreme, Quotient, Ref, Rounding, Type
from .parts import nothing
from .typed import small, type_of, wide

if TYPE_CHECKING:
    from .write import Writer


def quotient(w: Writer, expr: Quotient) -> str:
    cut_off = _cut_off(w, expr)
    if cut_off is not None:
        return cut_off
    up, down = shifts(expr)
    top, bottom = _scaled(w, expr.left, up), _scaled(w, expr.right, down)
    of, below = type_of(expr.left), type_of(expr.right)
    large = wide(_times(of, up)) or wide(_times(below, down))
    kind = w.sheet.dialect.wide if large else "BIGINT"
    fixed = int(expr.right.value) * down if isinstance(expr.right, Const) and expr.right.value is not None else None
    if fixed == 0:
        return "CAST(NULL AS BIGINT)"
    if of.low is not None and of.low >= 0 and (fixed or (below.low is not None and below.low > 0)):
        text = _positive_quotient(w, expr, top, str(fixed) if fixed else bottom, _times(of, up), _times(below, down))
        if text is not None:
            return text
    signed = below.low is None or below.low < 0
    turned = f"CASE WHEN {bottom} < 0 THEN -({top}) ELSE {top} END" if signed and fixed is None else top
    n = w.hidden(f"CAST({turned if fixed is None or fixed > 0 else f'-({top})'} AS {kind})")
    if fixed == 1:
        return n
    d = f"{abs(fixed)}" if fixed is not None else w.hidden(f"NULLIF(abs(CAST({bottom} AS {kind})), 0)")
    whole = w.sheet.dialect.divide(n, d)
    negative = of.low is None or of.low < 0 or signed
    whole = w.hidden(whole) if negative else whole
    floored = f"({whole} - CASE WHEN {n} - {whole} * {d} < 0 THEN 1 ELSE 0 END)" if negative else whole
    q = w.hidden(floored)
    rest = f"({n} - {q} * {d})"
    more = _MORE[expr.rounding].format(rest=rest, d=d, n=n, q=q)
    text = q if not more else f"({q} + CASE WHEN {more} THEN 1 ELSE 0 END)"
    return f"CAST({text} AS BIGINT)" if large and not wide(expr.type) else text


def threshold(w: Writer, expr: Expr, op: Comparison, limit: int) -> str | None:
    """`quotient op limit` without a division: a quotient of what is never negative is below a whole number if and only
    if its dividend is below that many divisors, less what rounding gives away. None for anything else, and where a
    product may not fit into 64 bits."""
    if not isinstance(expr, Quotient) or op not in _BELOW:
        return None
    above, less = _BELOW[op]
    limit += less
    up, down = shifts(expr)
    top, by = _times(type_of(expr.left), up), _times(type_of(expr.right), down)
    if top.low is None or top.low < 0 or by.low is None or by.low <= 0:
        return None
    twice, strict = _LIMITS[expr.rounding](limit)
    left, right = _factored(expr.left, 2 * up), _factored(expr.right, twice * down)
    common = gcd(left[1], right[1]) or 1
    if wide(_times(top, 2)) or wide(_times(by, twice)):
        return None
    sides = [_product(w, operand, factor // common) for operand, factor in (left, right)]
    signs = {(False, True): "<", (False, False): "<=", (True, True): ">=", (True, False): ">"}
    return f"{sides[0]} {signs[above, strict]} {sides[1]}"


_BELOW: dict[Comparison, tuple[bool, int]] = {
    Comparison.LESS: (False, 0),
    Comparison.AT_MOST: (False, 1),
    Comparison.AT_LEAST: (True, 0),
    Comparison.GREATER: (True, 1),
}
"""Comparisons as "below the limit" or, if true, its opposite, of the limit so much higher."""
_LIMITS: dict[Rounding, Callable[[int], tuple[int, bool]]] = {
    Rounding.FLOOR: lambda n: (2 * n, True),
    Rounding.DOWN: lambda n: (2 * n, True),
    Rounding.CEILING: lambda n: (2 * n - 2, False),
    Rounding.UP: lambda n: (2 * n - 2, False),
    Rounding.HALF_UP: lambda n: (2 * n - 1, True),
    Rounding.HALF_DOWN: lambda n: (2 * n - 1, False),
    Rounding.HALF_EVEN: lambda n: (2 * n - 1, n % 2 == 0),
}
"""A quotient of what is not negative, so rounded, is below `n` if twice the dividend is below so many divisors; if
false, also if it is just as many."""


def _factored(expr: Expr, factor: int) -> tuple[Expr, int]:
    """`expr` times a number, with the constants of its products taken out."""
    match expr:
        case Calculate(op=Arithmetic.MULTIPLY, left=Const(value=int() as by), right=inner):
            return _factored(inner, factor * by)
        case Calculate(op=Arithmetic.MULTIPLY, left=inner, right=Const(value=int() as by)):
            return _factored(inner, factor * by)
        case _:
            return expr, factor


def _product(w: Writer, expr: Expr, factor: int) -> str:
    of = _times(type_of(expr), factor)
    text = w.value(expr, of)
    return text if factor == 1 else w.hidden(f"({text} * {factor})", cheap=True)


def _positive_quotient(w: Writer, expr: Quotient, top: str, bottom: str, of: Type, by: Type) -> str | None:
    """A quotient of what is never negative: what rounding adds is added first, then one division is all; None where
    that may not fit into 64 bits.

    Half of the divisor is added, so that the quotient is one more from half on; nothing where it is just half and the
    quotient even: n is then half of d more than a multiple of 2d."""
    if wide(_times(of, 4)) or wide(_times(by, 4)):
        return None
    divide = w.sheet.dialect.divide
    kind = "INTEGER" if small(_times(of, 4)) and small(_times(by, 4)) else "BIGINT"
    n = top if isinstance(expr.left, Ref) else w.hidden(f"CAST({top} AS {kind})")
    if expr.rounding in (Rounding.FLOOR, Rounding.DOWN):
        return divide(n, bottom)
    if expr.rounding in (Rounding.CEILING, Rounding.UP):
        return divide(f"({n} + {bottom} - 1)", bottom)
    down, even = expr.rounding is Rounding.HALF_DOWN, expr.rounding is Rounding.HALF_EVEN
    if isinstance(expr.right, Const):
        whole, fixed = n, int(bottom)
        half = str((fixed - 1) // 2 if down else fixed // 2)
        tie = f"{n} % {2 * fixed} = {half}" if fixed % 2 == 0 else ""
    else:
        d = w.hidden(f"CAST({bottom} AS {kind})")
        whole, half, bottom = w.hidden(f"(2 * {n})"), f"({d} - 1)" if down else d, f"(2 * {d})"
        tie = f"{whole} % (4 * {d}) = {d}"
    added = f"CASE WHEN {tie} THEN 0 ELSE {half} END" if even and tie else half
    found = divide(f"({whole} + {added})", bottom)
    return f"CASE WHEN {n} = 0 THEN 0 ELSE {found} END" if nothing(w, expr.left) else found


def _cut_off(w: Writer, expr: Quotient) -> str | None:
    """`max(0, x) / d`: what is cut off at 0, as it is of most people, is not divided."""
    match expr.left:
        case Extreme(items=(Const(value=0), inner) | (inner, Const(value=0)), greatest=True):
            pass
        case _:
            return None
    of, up = type_of(inner), shifts(expr)[0]
    if wide(_times(of, 4 * up)) or not isinstance(expr.right, Const):
        return None
    positive = replace(expr, left=w.named(inner, replace(of, low=0, high=max(of.high or 0, 0))))
    column = w.write(positive.left)
    null = w.nil(expr.type, "0")
    return f"CASE WHEN {column} > 0 THEN {quotient(w, positive)} WHEN {column} <= 0 THEN 0 ELSE {null} END"


def _scaled(w: Writer, expr: Expr, factor: int) -> str:
    of = _times(type_of(expr), factor)
    text = w.value(expr, of)
    return text if factor == 1 else f"({text} * {factor})"


def _times(of: Type, factor: int) -> Type:
    low = None if of.low is None else of.low * factor
    high = None if of.high is None else of.high * factor
    return replace(of, low=low, high=high)


_MORE: dict[Rounding, str] = {
    Rounding.FLOOR: "",
    Rounding.CEILING: "{rest} > 0",
    Rounding.UP: "{rest} > 0 AND {n} > 0",
    Rounding.DOWN: "{rest} > 0 AND {n} < 0",
    Rounding.HALF_EVEN: "2 * {rest} > {d} OR (2 * {rest} = {d} AND {q} % 2 <> 0)",
    Rounding.HALF_UP: "2 * {rest} > {d} OR (2 * {rest} = {d} AND {n} > 0)",
    Rounding.HALF_DOWN: "2 * {rest} > {d} OR (2 * {rest} = {d} AND {n} < 0)",
}
"""When the quotient is one more than the whole number below: from the rest, the divisor, the dividend and that
number."""
