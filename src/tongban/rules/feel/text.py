"""Values written out: as FEEL, as JSON, and cells as Python scalars read from YAML."""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from .values import (
    Date,
    DateTime,
    DaysDuration,
    FunctionValue,
    MonthsDuration,
    Null,
    Number,
    Range,
    Time,
    Value,
    is_context,
    is_list,
    to_feel,
)

TEMPORAL = frozenset({Date, Time, DateTime, DaysDuration, MonthsDuration})
_LARGEST_JSON_INTEGER = 2**53


def number_text(value: Decimal) -> str:
    """Digits without an exponent: `100.50`, not `1.0050E+2`."""
    return format(value, "f")


def _string(value: str) -> str:
    return json.dumps(value, ensure_ascii=False)


def _boolean(value: bool) -> str:
    return "true" if value else "false"


def _list(value: list[Value]) -> str:
    return f"[{', '.join(map(feel_text, value))}]"


def _context(value: dict[str, Value]) -> str:
    return f"{{{', '.join(f'{_string(key)}: {feel_text(item)}' for key, item in value.items())}}}"


def _range(value: Range) -> str:
    if value.form != "..":
        return f"({value.form} {feel_text(value.low)})"
    if value.low is None or value.high is None:
        return _open_range(value)
    opening, closing = "[" if value.low_closed else "(", "]" if value.high_closed else ")"
    return f"{opening}{feel_text(value.low)}..{feel_text(value.high)}{closing}"


def _open_range(value: Range) -> str:
    if value.high is None:
        return f"({'>=' if value.low_closed else '>'} {feel_text(value.low)})"
    return f"({'<=' if value.high_closed else '<'} {feel_text(value.high)})"


def _function(value: FunctionValue) -> str:
    return f"function({', '.join(name for name, _ in value.type.parameters)})"


def _temporal(value: Value) -> str:
    return f'@"{value}"'


_AS_FEEL: dict[type, Callable[[Any], str]] = {
    Null: lambda _: "null",
    bool: _boolean,
    Number: number_text,
    str: _string,
    list: _list,
    dict: _context,
    Range: _range,
    FunctionValue: _function,
    **dict.fromkeys(TEMPORAL, _temporal),
}


def feel_text(value: Value) -> str:
    """The FEEL expression that gives `value` back: `"a"`, `8`, `@"2026-01-31"`."""
    return _AS_FEEL[type(value)](value)


def plain_text(value: Value) -> str:
    """`value` as FEEL's `string()` writes it: a string without quotation marks, a date without its `@`."""
    if type(value) is str:
        return value
    return str(value) if type(value) in TEMPORAL else feel_text(value)


def to_json(value: Value) -> Any:
    """`value` for a reader of JSON. A number is a JSON integer if it is one that every reader can hold, and else a
    string of its digits, so that no cent is lost to binary fractions; dates and durations are ISO 8601 strings."""
    if is_list(value):
        return [to_json(item) for item in value]
    if is_context(value):
        return {key: to_json(item) for key, item in value.items()}
    if isinstance(value, Decimal):
        whole = value == value.to_integral_value() and abs(value) <= _LARGEST_JSON_INTEGER
        return int(value) if whole else number_text(value)
    return value if value is None or isinstance(value, bool) else plain_text(value)


def cell_text(value: object) -> str:
    """The FEEL text of a cell that YAML may have read as a Python value.

    True becomes `true`, 6 becomes `6`, a date becomes `@"2026-01-31"`, a list becomes its items with commas. A
    string is FEEL already and stays as it is. None becomes `null`, that is "the fact is missing": an empty cell
    never means "anything", because forgetting a condition must not widen a right; "anything" is written `-`.
    Raises `RuleValueError` for objects that FEEL has no type for.
    """
    if isinstance(value, str):
        return str(value)
    feel = to_feel(value)
    return ", ".join(map(cell_text, feel)) if is_list(feel) else feel_text(feel)
