"""Conversion to numbers and strings (DMN 1.5, 10.3.4.1); arguments are checked against the signature first."""

from __future__ import annotations

import re
from decimal import Decimal

from tongban.rules.feel.errors import Code, Undefined
from tongban.rules.feel.signature import builtin
from tongban.rules.feel.text import plain_text
from tongban.rules.feel.values import Value, number

_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?", re.ASCII)


@builtin("number(from: string|number)")
@builtin("number(from: string, grouping separator: string|null, decimal separator: string|null)")
def number_from(source: str | Decimal, grouping: str | None = None, point: str | None = None) -> Value:
    if isinstance(source, Decimal):
        return source
    if grouping not in (None, " ", ",", ".") or point not in (None, ",", ".") or (point and point == grouping):
        raise Undefined(Code.NOT_A_VALUE, f"{grouping} {point}"[:40], "separator")
    text = source.replace(grouping, "") if grouping else source
    if point == ",":
        text = text.replace(".", " ").replace(",", ".")
    if not _NUMBER.fullmatch(text):
        raise Undefined(Code.NOT_A_VALUE, source[:40], "number")
    try:
        return number(text)
    except Undefined:
        raise Undefined(Code.NOT_A_VALUE, source[:40], "number") from None


@builtin("string(from: any)")
def string(source: Value) -> Value:
    return None if source is None else plain_text(source)
