"""Conversion to numbers and strings (DMN 1.5, 10.3.4.1); arguments are checked against the signature first."""

from __future__ import annotations

from decimal import Decimal

from tongban.rules.feel.errors import Code, Undefined
from tongban.rules.feel.signature import builtin
from tongban.rules.feel.text import plain_text
from tongban.rules.feel.values import Value, number


@builtin("number(from: string|number)")
def number_from(source: str | Decimal) -> Value:
    if isinstance(source, Decimal):
        return source
    if not source.isascii() or "_" in source or source != source.strip():
        raise Undefined(Code.NOT_A_VALUE, source[:40], "number")
    try:
        return number(source)
    except Undefined:
        raise Undefined(Code.NOT_A_VALUE, source[:40], "number") from None


@builtin("string(from: any)")
def string(source: Value) -> Value:
    return None if source is None else plain_text(source)
