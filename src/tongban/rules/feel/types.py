"""FEEL's types: which values belong to one, which type conforms to which, and how a value is made to fit.

Source: DMN 1.5, 10.3.2.9 (types, conformance, implicit conversions) and 7.3.3 (item definitions). A type is one of

- `Basic`: a type without parts, by its name in `values.TYPES` (`any`, `null`, `number`, `date and time`, …);
- `ListType`, `RangeType`, `ContextType`, `FunctionType`: built from other types;
- `NamedType`: an item definition; its base may be resolved later, so that definitions may stand in any order.

Null belongs to no type by itself (`null instance of Any` is false) but is welcome wherever a value of any type is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import ClassVar, TypeAlias, assert_never

from . import temporal
from .errors import Code, RuleSyntaxError, Undefined
from .values import TYPES, Date, FunctionValue, Range, Value, is_context, is_list, type_name

MAX_TYPE_DEPTH = 30


@dataclass(frozen=True, slots=True)
class Basic:
    """A type without parts; `name` is a key of `values.TYPES`, or `null`."""

    name: str


@dataclass(frozen=True, slots=True)
class ListType:
    item: FeelType


@dataclass(frozen=True, slots=True)
class RangeType:
    end: FeelType


@dataclass(frozen=True, slots=True)
class ContextType:
    """A context with at least these entries; a context may have more."""

    entries: tuple[tuple[str, FeelType], ...]


@dataclass(frozen=True, slots=True)
class FunctionType:
    """`parameters` in order, each with its name (empty in a written type) and type."""

    parameters: tuple[tuple[str, FeelType], ...]
    result: FeelType
    variadic: bool = False
    """Whether the last parameter may be given any number of times, as in some built-in functions."""


@dataclass(slots=True, eq=False)
class NamedType:
    """An item definition. `base` may be set after the making; `allowed` says whether a value is permitted, and
    does not count for `instance of` (the type is its base; DMN 1.5, 10.3.2.9.2)."""

    name: str
    base: FeelType
    allowed: Callable[[Value], bool | None] | None = field(default=None, repr=False)
    allowed_text: str = ""


FeelType: TypeAlias = Basic | ListType | RangeType | ContextType | FunctionType | NamedType

ANY = Basic("any")
NULL = Basic("null")
NAMES: dict[str, FeelType] = {
    **{name: Basic(name) for name in TYPES if name not in ("list", "context", "range", "function")},
    "Any": ANY,
    "Null": NULL,
    "null": NULL,
    "list": ListType(ANY),
    "context": ContextType(()),
    "range": RangeType(ANY),
    "function": Basic("function"),
    "dateTime": Basic("date and time"),
    "dayTimeDuration": Basic("days and time duration"),
    "yearMonthDuration": Basic("years and months duration"),
}
"""Types by the names that expressions and DMN files (from 1.1 on) give them."""


# --- membership -----------------------------------------------------------------------------------------


def instance_of(value: Value, wanted: FeelType) -> bool:
    """FEEL's `instance of`: null belongs to nothing but the type of null."""
    return _base(wanted) == NULL if value is None else fits(value, wanted)


def fits(value: Value, wanted: FeelType) -> bool:
    """Whether `value` is null or belongs to `wanted`, its parts included."""
    if value is None:
        return True
    match wanted:
        case Basic(name="any"):
            return True
        case Basic(name=name):
            return type(value) in TYPES.get(name, ())
        case ListType(item=item):
            return is_list(value) and all(fits(one, item) for one in value)
        case RangeType(end=end):
            return type(value) is Range and fits(value.low, end) and fits(value.high, end)
        case ContextType(entries=entries):
            return is_context(value) and all(name in value and fits(value[name], kind) for name, kind in entries)
        case FunctionType():
            return type(value) is FunctionValue and conforms(value.type, wanted)
        case NamedType(base=base):
            return fits(value, base)
        case _:
            assert_never(wanted)


def conforms(given: FeelType, wanted: FeelType) -> bool:
    """Whether every value of `given` may stand where `wanted` is asked for (DMN 1.5, table 46)."""
    given, wanted = _base(given), _base(wanted)
    match given, wanted:
        case _, Basic(name="any"):
            return True
        case Basic(name="null"), _:
            return True
        case ListType(item=one), ListType(item=other):
            return conforms(one, other)
        case RangeType(end=one), RangeType(end=other):
            return conforms(one, other)
        case ContextType(entries=have), ContextType(entries=need):
            found = dict(have)
            return all(name in found and conforms(found[name], kind) for name, kind in need)
        case FunctionType(), Basic(name="function"):
            return True
        case FunctionType(), FunctionType():
            return _callable_as(given, wanted)
        case _:
            return given == wanted


def _callable_as(given: FunctionType, wanted: FunctionType) -> bool:
    """Parameters the other way round, the result the same way; an untyped one asks nothing and promises nothing."""
    have, need = len(given.parameters), len(wanted.parameters)
    if have != need and not (given.variadic and need >= have - 1):
        return False
    taken = [given.parameters[min(i, have - 1)][1] for i in range(need)]
    return all(
        conforms(asked, kind) or _base(asked) == ANY for kind, (_, asked) in zip(taken, wanted.parameters, strict=True)
    ) and (conforms(given.result, wanted.result) or _base(given.result) == ANY)


def _base(kind: FeelType) -> FeelType:
    for _ in range(MAX_TYPE_DEPTH):
        if not isinstance(kind, NamedType):
            break
        kind = kind.base
    return kind


# --- conversion -----------------------------------------------------------------------------------------


def coerce(value: Value, wanted: FeelType) -> Value:
    """`value` as a value of `wanted`, by the implicit conversions of DMN 1.5, 10.3.2.9.4: a list of one for its item
    and the reverse, a date for the date and time of its midnight (UTC). Null stays null.

    Raises `Undefined` if it does not fit, or is not among the allowed values of an item definition.
    """
    if value is None or (isinstance(wanted, Basic) and wanted.name == "any"):
        return value
    found = _convert(value, wanted)
    forbidden = _forbidden(found, wanted)
    if forbidden is not None:
        raise Undefined(Code.NOT_ALLOWED, forbidden.name, forbidden.allowed_text)
    return found


def _convert(value: Value, wanted: FeelType) -> Value:
    if fits(value, wanted):
        return value
    base = _base(wanted)
    if is_list(value) and len(value) == 1 and not isinstance(base, ListType) and not is_list(value[0]):
        return _convert(value[0], wanted)
    if isinstance(base, ListType) and not is_list(value):
        return [_convert(value, base.item)]
    if type(value) is Date and base == Basic("date and time"):
        return temporal.midnight(value)
    raise Undefined(Code.WRONG_TYPE, "value", type_text(wanted), type_name(value))


def _forbidden(value: Value, wanted: FeelType) -> NamedType | None:
    """The innermost item definition whose allowed values leave out a part of `value`."""
    if value is None:
        return None
    match wanted:
        case NamedType(base=base, allowed=allowed):
            inner = _forbidden(value, base)
            if inner is None and allowed is not None and allowed(value) is not True:
                return wanted
            return inner
        case ListType(item=item) if is_list(value):
            return next((f for f in (_forbidden(one, item) for one in value) if f), None)
        case ContextType(entries=entries) if is_context(value):
            return next((f for f in (_forbidden(value.get(name), kind) for name, kind in entries) if f), None)
        case _:
            return None


# --- texts ----------------------------------------------------------------------------------------------


def type_text(kind: FeelType) -> str:
    """`kind` as FEEL writes it."""
    match kind:
        case Basic(name="any"):
            return "Any"
        case Basic(name=name) | NamedType(name=name):
            return name
        case ListType(item=item):
            return f"list<{type_text(item)}>"
        case RangeType(end=end):
            return f"range<{type_text(end)}>"
        case ContextType(entries=entries):
            return f"context<{', '.join(f'{name}: {type_text(entry)}' for name, entry in entries)}>"
        case FunctionType(parameters=parameters, result=result):
            return f"function<{', '.join(type_text(p) for _, p in parameters)}> -> {type_text(result)}"
        case _:
            assert_never(kind)


_TYPE_MARK = re.compile(r"\s*(->|[<>,:])")
_TYPE_WORD = re.compile(r"\s*([^\W\d][\w.]*)")


@lru_cache(maxsize=2048)
def _written(name: str) -> re.Pattern[str]:
    """Matches `name` with any spacing between its words and around its dots, and not as part of a longer word."""
    words = r"\s+".join(re.escape(word).replace(r"\.", r"\s*\.\s*") for word in name.split())
    return re.compile(rf"\s*{words}(?!\w)")


class _TypeReader:
    """Reads one written type from `at` on. `named` are the item definitions, by (qualified) name."""

    def __init__(self, text: str, at: int, named: Mapping[str, FeelType]) -> None:
        self.text = text
        self.at = at
        self._named = named
        self._depth = 0

    def read(self) -> FeelType:
        self._depth += 1
        if self._depth > MAX_TYPE_DEPTH:
            raise RuleSyntaxError(Code.TOO_DEEP, self.at, MAX_TYPE_DEPTH)
        start = self.at + len(self.text[self.at :]) - len(self.text[self.at :].lstrip())
        name = self._name()
        kind = self._PARTS[name](self) if name in self._PARTS and self._accept("<") else self._known(name, start)
        self._depth -= 1
        return kind

    def _name(self) -> str:
        """The longest known name that stands here, and else one word."""
        word = _TYPE_WORD.match(self.text, self.at)
        ends = {name: end for name in (*NAMES, *self._named) if (end := self._end_of(name)) is not None}
        if ends:
            name = max(ends, key=lambda name: ends[name])
            self.at = ends[name]
            return name
        if word is None:
            raise RuleSyntaxError(Code.UNEXPECTED, self.at, self.text[self.at : self.at + 1], "类型", "a type")
        self.at = word.end()
        return word[1]

    def _end_of(self, name: str) -> int | None:
        found = _written(name).match(self.text, self.at)
        return found.end() if found else None

    def _known(self, name: str, at: int) -> FeelType:
        kind = self._named.get(name) or NAMES.get(name)
        if kind is None:
            raise RuleSyntaxError(Code.UNKNOWN_TYPE, at, name, ", ".join([*NAMES][:12]))
        return kind

    def _accept(self, mark: str) -> bool:
        found = _TYPE_MARK.match(self.text, self.at)
        if found is None or found[1] != mark:
            return False
        self.at = found.end()
        return True

    def _expect(self, mark: str) -> None:
        if not self._accept(mark):
            raise RuleSyntaxError(Code.UNEXPECTED, self.at, self.text[self.at : self.at + 1], f"“{mark}”", f"'{mark}'")

    def _list(self) -> FeelType:
        item = self.read()
        self._expect(">")
        return ListType(item)

    def _range(self) -> FeelType:
        end = self.read()
        self._expect(">")
        return RangeType(end)

    def _context(self) -> FeelType:
        entries: list[tuple[str, FeelType]] = []
        while not self._accept(">"):
            if entries:
                self._expect(",")
            key, colon, _ = self.text[self.at :].partition(":")
            if not colon or not key.strip() or any(mark in key for mark in "<>,"):
                raise RuleSyntaxError(Code.UNEXPECTED, self.at, key[:20], "“:”", "':'")
            self.at += len(key) + 1
            entries.append((" ".join(key.split()), self.read()))
        return ContextType(tuple(entries))

    def _function(self) -> FeelType:
        parameters: list[tuple[str, FeelType]] = []
        while not self._accept(">"):
            if parameters:
                self._expect(",")
            parameters.append(("", self.read()))
        self._expect("->")
        return FunctionType(tuple(parameters), self.read())

    _PARTS: ClassVar = {"list": _list, "range": _range, "context": _context, "function": _function}


def read_type(text: str, at: int, named: Mapping[str, FeelType]) -> tuple[FeelType, int]:
    """The type written at position `at` of `text`, and where it ends. Raises `RuleSyntaxError`."""
    reader = _TypeReader(text, at, named)
    return reader.read(), reader.at


def parse_type(text: str, named: Mapping[str, FeelType] | None = None) -> FeelType:
    """The type that `text` writes: `number`, `list<tPerson>`, `context<a: number>`, `function<number> -> string`.

    `named` are item definitions by their (qualified) names. Raises `RuleSyntaxError` with the position.
    """
    kind, end = read_type(text, 0, named or {})
    if text[end:].strip():
        raise RuleSyntaxError(Code.UNEXPECTED, end, text[end:].strip()[:20], "结尾", "the end")
    return kind
