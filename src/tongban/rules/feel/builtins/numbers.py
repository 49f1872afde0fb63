"""Built-in functions on numbers (DMN 1.5, 10.3.4.5)."""

from __future__ import annotations

from decimal import (
    ROUND_CEILING,
    ROUND_DOWN,
    ROUND_FLOOR,
    ROUND_HALF_DOWN,
    ROUND_HALF_EVEN,
    ROUND_HALF_UP,
    ROUND_UP,
    Decimal,
)
from typing import Any

from tongban.rules.feel import temporal
from tongban.rules.feel.errors import Code, Undefined
from tongban.rules.feel.signature import builtin
from tongban.rules.feel.values import CONTEXT, Value, integer


def _rounded(value: Decimal, scale: Decimal | None, rounding: str) -> Decimal:
    """`value` with at most `scale` digits behind the point (a negative scale rounds to tens, hundreds, …)."""
    places = 0 if scale is None else integer(scale)
    if not -6_111 <= places <= 6_176:
        raise Undefined(Code.OUT_OF_RANGE)
    exponent = value.as_tuple().exponent
    if isinstance(exponent, int) and exponent >= -places:
        return value
    return value.quantize(Decimal(1).scaleb(-places), rounding=rounding, context=CONTEXT)


def _rounding(signature: str, rounding: str) -> None:
    def run(value: Decimal, scale: Decimal | None = None) -> Value:
        return _rounded(value, scale, rounding)

    builtin(signature)(run)


_rounding("decimal(n: number, scale: number)", ROUND_HALF_EVEN)
_rounding("floor(n: number, scale?: number)", ROUND_FLOOR)
_rounding("ceiling(n: number, scale?: number)", ROUND_CEILING)
_rounding("round up(n: number, scale?: number)", ROUND_UP)
_rounding("round down(n: number, scale?: number)", ROUND_DOWN)
_rounding("round half up(n: number, scale?: number)", ROUND_HALF_UP)
_rounding("round half down(n: number, scale?: number)", ROUND_HALF_DOWN)


@builtin("abs(n: number|days and time duration|years and months duration)")
def abs_(value: Any) -> Value:
    if isinstance(value, Decimal):
        return value.copy_abs()
    zero = type(value)(0)
    return value if value >= zero else temporal.negative(value)


@builtin("modulo(dividend: number, divisor: number)")
def modulo(dividend: Decimal, divisor: Decimal) -> Value:
    """What is left of division towards the lower number: it has the sign of the divisor (-7 modulo 5 is 3)."""
    if not divisor:
        raise Undefined(Code.DIVISION_BY_ZERO)
    rest = CONTEXT.remainder(dividend, divisor)
    return CONTEXT.add(rest, divisor) if rest and (rest < 0) != (divisor < 0) else rest


@builtin("odd(number: number)")
def odd(value: Decimal) -> Value:
    return CONTEXT.remainder(value, Decimal(2)).copy_abs() == 1


@builtin("even(number: number)")
def even(value: Decimal) -> Value:
    return not CONTEXT.remainder(value, Decimal(2))


@builtin("sqrt(number: number)")
def sqrt(value: Decimal) -> Value:
    return CONTEXT.sqrt(value)


@builtin("exp(number: number)")
def exp(value: Decimal) -> Value:
    return CONTEXT.exp(value)


@builtin("log(number: number)")
def log(value: Decimal) -> Value:
    """The natural logarithm."""
    if value <= 0:
        raise Undefined(Code.OUT_OF_RANGE)
    return CONTEXT.ln(value)
