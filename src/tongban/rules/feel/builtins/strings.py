"""Built-in functions on strings (DMN 1.5, 10.3.4.3)."""

from __future__ import annotations

from decimal import (
    Decimal,
)

from tongban.rules.feel.errors import Code, Undefined
from tongban.rules.feel.signature import builtin
from tongban.rules.feel.values import Value, integer, number


@builtin("substring(string: string, start position: number, length?: number)")
def substring(text: str, start: Decimal, length: Decimal | None = None) -> Value:
    """Positions count from 1, or backwards from -1 at the end."""
    first = integer(start)
    if first == 0 or abs(first) > len(text):
        raise Undefined(Code.OUT_OF_RANGE)
    begin = first - 1 if first > 0 else len(text) + first
    if length is None:
        return text[begin:]
    if length < 1:
        raise Undefined(Code.OUT_OF_RANGE)
    return text[begin : begin + integer(length)]


@builtin("string length(string: string)")
def string_length(text: str) -> Value:
    return number(len(text))


@builtin("upper case(string: string)")
def upper_case(text: str) -> Value:
    return text.upper()


@builtin("lower case(string: string)")
def lower_case(text: str) -> Value:
    return text.lower()


@builtin("substring before(string: string, match: string)")
def substring_before(text: str, match: str) -> Value:
    before, found, _ = text.partition(match) if match else ("", "", "")
    return before if found else ""


@builtin("substring after(string: string, match: string)")
def substring_after(text: str, match: str) -> Value:
    return text.partition(match)[2] if match else text


@builtin("contains(string: string, match: string)")
def contains(text: str, match: str) -> Value:
    return match in text


@builtin("starts with(string: string, match: string)")
def starts_with(text: str, match: str) -> Value:
    return text.startswith(match)


@builtin("ends with(string: string, match: string)")
def ends_with(text: str, match: str) -> Value:
    return text.endswith(match)
