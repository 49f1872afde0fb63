"""Values of a department's data: strictly of the declared type, masked, compared. Nothing is guessed.

A database gives typed values, a file and JSON give text or numbers. A value is taken if it is of the type, or the
one plain spelling of it; anything else is a fault, never a best effort.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, tzinfo
from decimal import Decimal
from typing import Any, Literal

from tongban.sharing.channel.model import Operator, Scalar

Kind = Literal["string", "integer", "number", "boolean", "date", "datetime"]
Value = str | int | Decimal | bool | date | datetime

LONGEST = 4_000
"""Characters of a text; more is no field of a record but a document."""
_INTEGER = re.compile(r"-?(0|[1-9]\d{0,17})", re.ASCII)
_NUMBER = re.compile(r"-?(0|[1-9]\d{0,14})(\.\d{1,10})?", re.ASCII)
_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d{1,6})?(Z|[+-]\d\d:\d\d)?", re.ASCII)
_TRUTH = {"true": True, "false": False, "1": True, "0": False, "是": True, "否": False}
_SIGNIFICANT = 15
"""Decimal digits that a JSON number carries without loss (IEEE 754 double)."""


class WrongType(ValueError):
    """The value is not of the declared type. Carries no value: it may be somebody's."""


class TooLong(ValueError):
    """A text longer than any field of a record."""


def typed(raw: Any, kind: Kind, zone: tzinfo) -> Value | None:
    """The value as declared; None where the source has none (null, or an empty text in a file).

    A moment without an offset is in `zone`. Raises `WrongType`, `TooLong`.
    """
    if raw is None or raw == "":
        return None
    value = _READERS[kind](raw)
    if value is None:
        raise WrongType(kind)
    return value.replace(tzinfo=zone) if isinstance(value, datetime) and value.tzinfo is None else value


def _string(raw: Any) -> str | None:
    if not isinstance(raw, str):
        return None
    if len(raw) > LONGEST:
        raise TooLong
    return raw


def _integer(raw: Any) -> int | None:
    match raw:
        case bool():
            return None
        case int():
            return raw if abs(raw) < 10**18 else None
        case Decimal() if raw.is_finite() and raw == raw.to_integral_value() and abs(raw) < 10**18:
            return int(raw)
        case str() if _INTEGER.fullmatch(raw):
            return int(raw)
        case _:
            return None


def _number(raw: Any) -> Decimal | None:
    match raw:
        case bool():
            return None
        case int() | Decimal():
            found = Decimal(raw)
        case float():
            found = Decimal(repr(raw))
        case str() if _NUMBER.fullmatch(raw):
            found = Decimal(raw)
        case _:
            return None
    return found if found.is_finite() and len(found.normalize().as_tuple().digits) <= _SIGNIFICANT else None


def _boolean(raw: Any) -> bool | None:
    match raw:
        case bool():
            return raw
        case 0 | 1 if isinstance(raw, int):  # SQLite and MySQL have no other truth
            return bool(raw)
        case str():
            return _TRUTH.get(raw)
        case _:
            return None


def _date(raw: Any) -> date | None:
    match raw:
        case datetime():
            return None
        case date():
            return raw
        case str() if _DATE.fullmatch(raw):
            return _or_none(date.fromisoformat, raw)
        case _:
            return None


def _moment(raw: Any) -> datetime | None:
    match raw:
        case datetime():
            return raw
        case date():
            return datetime(raw.year, raw.month, raw.day)  # noqa: DTZ001 -- the caller puts the zone
        case str() if _MOMENT.fullmatch(raw):
            return _or_none(datetime.fromisoformat, raw)
        case str() if _DATE.fullmatch(raw):
            return _or_none(datetime.fromisoformat, raw)
        case _:
            return None


def _or_none(read: Callable[[str], Any], text: str) -> Any:
    try:
        return read(text)
    except ValueError:
        return None


_READERS: Mapping[Kind, Callable[[Any], Value | None]] = {
    "string": _string,
    "integer": _integer,
    "number": _number,
    "boolean": _boolean,
    "date": _date,
    "datetime": _moment,
}


def plain(value: Value) -> str | int | float | bool:
    """As JSON carries it: dates and moments as ISO 8601 text, a whole number without a point."""
    match value:
        case Decimal():
            return int(value) if value == value.to_integral_value() else float(value)
        case date():  # a moment too
            return value.isoformat()
        case _:
            return value


_MASKS: Mapping[str, tuple[frozenset[Kind], Callable[[Any], str]]] = {
    "last-4": (frozenset({"string"}), lambda text: "*" * max(len(text) - 4, 4) + (text[-4:] if len(text) > 4 else "")),
    "first-1": (frozenset({"string"}), lambda text: text[:1] + "*" * max(len(text) - 1, 1)),
    "year": (frozenset({"date", "datetime"}), lambda day: f"{day.year:04}"),
    "year-month": (frozenset({"date", "datetime"}), lambda day: f"{day.year:04}-{day.month:02}"),
}


def fits_mask(mask: str, kind: Kind) -> bool:
    """Whether values of this type can be masked so."""
    return kind in _MASKS[mask][0]


def shown(value: Value, mask: str) -> str | int | float | bool:
    """The value as it leaves."""
    return _MASKS[mask][1](value) if mask else plain(value)


_COMPARE: Mapping[Operator, Callable[[Any, Any], bool]] = {
    "=": lambda one, other: one == other,
    "!=": lambda one, other: one != other,
    "<": lambda one, other: one < other,
    "<=": lambda one, other: one <= other,
    ">": lambda one, other: one > other,
    ">=": lambda one, other: one >= other,
}


def orders(kind: Kind) -> bool:
    """Whether more and less have a meaning for this type."""
    return kind not in ("string", "boolean")


def reads_as(value: Scalar, kind: Kind) -> bool:
    """Whether a test's value can be compared with fields of this type: a text only with texts, dates and moments."""
    if isinstance(value, str) and kind not in ("string", "date", "datetime"):
        return False
    if isinstance(value, bool) is not (kind == "boolean"):
        return False
    return _READERS[kind](value) is not None


def holds(value: Value | None, op: Operator, other: Scalar, kind: Kind, zone: tzinfo) -> bool | None:
    """The truth of one comparison; None if the field is empty. Raises `WrongType` for what cannot be compared."""
    if not reads_as(other, kind) or (op not in ("=", "!=") and not orders(kind)):
        raise WrongType(kind)
    if value is None:
        return None
    return _COMPARE[op](value, typed(other, kind, zone))
