"""Of what a value is made: the names that it cannot do without, and the factor that makes it nothing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from .nodes import Arithmetic, Calculate, Const, Expr, Extreme, Quotient, Ref, Rescale
from .typed import children, may_be_zero, type_of

if TYPE_CHECKING:
    from .write import Writer


def nothing(w: Writer, expr: Expr) -> str | None:
    """When a product is surely 0 because a table gave 0, as it does to most people: then nothing else of it need be
    worked out. None where that saves nothing, or where it cannot be told."""
    factors = list(_factors(expr))
    zeros = [one for one in factors if isinstance(one, Ref) and one.name in w.zeros]
    others = [one for one in factors if one not in zeros]
    if not zeros or all(isinstance(one, Ref | Const) for one in others):
        return None
    tests = [f"{w.read(zeros[0].name)} = 0", *map(w.known, zeros[1:])]
    for one in others:
        parts = parts_of(one)
        if parts is None:
            return None
        tests += map(w.known, parts)
    return " AND ".join(dict.fromkeys(tests))


def _factors(expr: Expr) -> Iterator[Expr]:
    """The factors of a product."""
    match expr:
        case Calculate(op=Arithmetic.MULTIPLY, left=left, right=right):
            yield from _factors(left)
            yield from _factors(right)
        case Rescale(operand=operand):
            yield from _factors(operand)
        case _:
            yield expr


def parts_of(expr: Expr) -> tuple[Ref, ...] | None:
    """The names of which `expr` is null if and only if one of them is; None where that is not all."""
    match expr:
        case Ref():
            return (expr,)
        case Const(value=value):
            return None if value is None else ()
        case Quotient(right=right) if may_be_zero(type_of(right)):
            return None
        case Calculate() | Rescale() | Extreme() | Quotient():
            found = [parts_of(child) for child in children(expr)]
            return None if None in found else tuple(dict.fromkeys(ref for part in found if part for ref in part))
        case _:
            return None
