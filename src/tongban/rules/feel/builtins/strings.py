"""Built-in functions on strings (DMN 1.5, 10.3.4.3)."""

from __future__ import annotations

from decimal import (
    Decimal,
)

from tongban.rules.feel.dialect import MAX_STRING
from tongban.rules.feel.errors import Code, Undefined
from tongban.rules.feel.frame import Frame
from tongban.rules.feel.patterns import Spend, check_not_empty, compile_pattern, expand
from tongban.rules.feel.signature import builtin
from tongban.rules.feel.values import Value, integer, number

STEPS_OF_A_MATCH = 16
"""So many steps of matching a pattern count as one step of a run."""


def _count(frame: Frame) -> Spend:
    spare = 0

    def spend(steps: int) -> None:
        nonlocal spare
        spare += steps
        if spare >= STEPS_OF_A_MATCH:
            frame.spend(spare // STEPS_OF_A_MATCH)
            spare %= STEPS_OF_A_MATCH

    return spend


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


@builtin("matches(input: string, pattern: string, flags?: string|null)", framed=True)
def matches(frame: Frame, text: str, pattern: str, flags: str | None = None) -> Value:
    """Whether `pattern`, a regular expression of XPath, matches anywhere in the text."""
    return compile_pattern(pattern, flags or "").search(text, 0, _count(frame)) is not None


@builtin("replace(input: string, pattern: string, replacement: string, flags?: string|null)", framed=True)
def replace(frame: Frame, text: str, pattern: str, replacement: str, flags: str | None = None) -> Value:
    """The text with each match replaced; `$1` stands for the first group."""
    compiled, spend = compile_pattern(pattern, flags or ""), _count(frame)
    check_not_empty(compiled, spend)
    parts: list[str] = []
    size = end = 0
    for span in compiled.matches(text, spend):
        new = replacement if compiled.flags.plain else expand(replacement, text, span, compiled.groups)
        parts += [text[end : span[0]], new]
        size, end = size + len(new), span[1]
        if size > MAX_STRING:
            raise Undefined(Code.OUT_OF_RANGE)
    return "".join((*parts, text[end:]))


@builtin("split(string: string, delimiter: string)", framed=True)
def split(frame: Frame, text: str, delimiter: str) -> Value:
    """The texts between the matches of `delimiter`, a regular expression of XPath."""
    compiled, spend = compile_pattern(delimiter), _count(frame)
    check_not_empty(compiled, spend)
    parts: list[Value] = []
    end = 0
    for span in compiled.matches(text, spend):
        parts.append(text[end : span[0]])
        end = span[1]
    return [*parts, text[end:]]


@builtin("string join(list: list, delimiter?: string|null)")
def string_join(items: list[Value], delimiter: str | None = None) -> Value:
    """The strings in one, nulls left out."""
    texts = [item for item in items if isinstance(item, str)]
    if any(item is not None and not isinstance(item, str) for item in items):
        raise Undefined(Code.TYPE_MISMATCH, "string join()", "list")
    if sum(map(len, texts)) + len(texts) * len(delimiter or "") > MAX_STRING:
        raise Undefined(Code.OUT_OF_RANGE)
    return (delimiter or "").join(texts)
