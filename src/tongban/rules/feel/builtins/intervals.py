"""Built-in functions on ranges and points (DMN 1.5, 10.3.4.9 and 10.3.4.1); a point counts as `[point..point]`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from tongban.rules.feel.dialect import equal, less
from tongban.rules.feel.errors import Code, RuleSyntaxError, Undefined
from tongban.rules.feel.parser import parse_expression
from tongban.rules.feel.signature import BUILTINS, builtin
from tongban.rules.feel.syntax import Call, Constant, Node, RangeOf
from tongban.rules.feel.values import Range, Value, type_name


@dataclass(frozen=True, slots=True)
class _End:
    """One end of a range; without a value it lies beyond all values, on the side that `beyond` says (-1 or 1)."""

    value: Value
    included: bool
    beyond: int

    def __lt__(self, other: _End) -> bool:
        if self.beyond or other.beyond:
            return self.beyond < other.beyond
        return less(self.value, other.value)

    def meets(self, other: _End) -> bool:
        """Whether both stand at the same point."""
        if self.beyond or other.beyond:
            return self.beyond == other.beyond
        if type(self.value) is not type(other.value):
            raise Undefined(Code.TYPE_MISMATCH, "..", f"{type_name(self.value)}, {type_name(other.value)}")
        return equal(self.value, other.value) is True

    def same(self, other: _End) -> bool:
        return self.included == other.included and self.meets(other)


@dataclass(frozen=True, slots=True)
class _Span:
    start: _End
    end: _End


def _span(value: Value) -> _Span:
    if not isinstance(value, Range):
        end = _End(value, included=True, beyond=0)
        return _Span(end, end)
    if value.form == "!=":
        raise Undefined(Code.TYPE_MISMATCH, "range", "(!=)")
    return _Span(
        _End(value.low, value.low_closed, -1 if value.low is None else 0),
        _End(value.high, value.high_closed, 1 if value.high is None else 0),
    )


def _before(a: _Span, b: _Span) -> bool:
    return a.end < b.start or (not (a.end.included and b.start.included) and a.end.meets(b.start))


def _meets(a: _Span, b: _Span) -> bool:
    return a.end.included and b.start.included and a.end.meets(b.start)


def _starts_first(a: _Span, b: _Span) -> bool:
    """Whether a holds a point before all points of b."""
    return a.start < b.start or (a.start.meets(b.start) and a.start.included and not b.start.included)


def _ends_first(a: _Span, b: _Span) -> bool:
    return a.end < b.end or (a.end.meets(b.end) and b.end.included and not a.end.included)


def _overlaps(a: _Span, b: _Span) -> bool:
    return not _before(a, b) and not _before(b, a)


def _overlaps_before(a: _Span, b: _Span) -> bool:
    return _starts_first(a, b) and not _before(a, b) and not _ends_first(b, a)


def _finishes(a: _Span, b: _Span) -> bool:
    return a.end.same(b.end) and not _starts_first(a, b)


def _includes(a: _Span, b: _Span) -> bool:
    return not _starts_first(b, a) and not _ends_first(a, b)


def _starts(a: _Span, b: _Span) -> bool:
    return a.start.same(b.start) and not _ends_first(b, a)


def _coincides(a: _Span, b: _Span) -> bool:
    return a.start.same(b.start) and a.end.same(b.end)


_Relation: TypeAlias = Callable[[_Span, _Span], bool]


def _turned(relation: _Relation) -> _Relation:
    return lambda a, b: relation(b, a)


_POINT = "number|string|date|time|date and time|days and time duration|years and months duration"
_POINTS = f"point1: {_POINT}, point2: {_POINT}"
_POINT_RANGE = f"point: {_POINT}, range: range"
_RANGE_POINT = f"range: range, point: {_POINT}"
_RANGES = "range1: range, range2: range"
_RELATIONS: dict[str, tuple[_Relation, tuple[str, ...]]] = {
    "before": (_before, (_POINTS, _POINT_RANGE, _RANGE_POINT, _RANGES)),
    "after": (_turned(_before), (_POINTS, _POINT_RANGE, _RANGE_POINT, _RANGES)),
    "meets": (_meets, (_RANGES,)),
    "met by": (_turned(_meets), (_RANGES,)),
    "overlaps": (_overlaps, (_RANGES,)),
    "overlaps before": (_overlaps_before, (_RANGES,)),
    "overlaps after": (_turned(_overlaps_before), (_RANGES,)),
    "finishes": (_finishes, (_POINT_RANGE, _RANGES)),
    "finished by": (_turned(_finishes), (_RANGE_POINT, _RANGES)),
    "includes": (_includes, (_RANGE_POINT, _RANGES)),
    "during": (_turned(_includes), (_POINT_RANGE, _RANGES)),
    "starts": (_starts, (_POINT_RANGE, _RANGES)),
    "started by": (_turned(_starts), (_RANGE_POINT, _RANGES)),
    "coincides": (_coincides, (_POINTS, _RANGES)),
}


def _enter(name: str, relation: _Relation, parameters: str) -> None:
    def run(left: Value, right: Value) -> Value:
        return relation(_span(left), _span(right))

    builtin(f"{name}({parameters})")(run)


for _name, (_relation, _signatures) in _RELATIONS.items():
    for _parameters in _signatures:
        _enter(_name, _relation, _parameters)


# --- range ------------------------------------------------------------------------------------------------

_LITERAL_FUNCTIONS = frozenset({"date", "time", "date and time", "duration"})


@builtin("range(from: string)")
def range_from(source: str) -> Value:
    """The range that a text writes: its ends are literals, or left out at a round bracket (`(..2]`, `[1..)`)."""
    text = source.strip()
    inside = text[1:-1].strip()
    if len(text) < 2 or text[0] not in "([]" or text[-1] not in ")][":
        raise _no_range(source)
    if inside.startswith("..") and text[0] != "[":
        low, high = None, _literal(_tree(inside[2:]), source)
    elif inside.endswith("..") and text[-1] != "]":
        low, high = _literal(_tree(inside[:-2]), source), None
    else:
        node = _tree(text)
        if not isinstance(node, RangeOf):
            raise _no_range(source)
        low, high = _literal(node.low, source), _literal(node.high, source)
        if type(low) is not type(high) or less(high, low):
            raise _no_range(source)
    return Range(low, high, text[0] == "[", text[-1] == "]")


def _no_range(source: str) -> Undefined:
    return Undefined(Code.NOT_A_VALUE, source[:40], "range")


def _tree(text: str) -> Node:
    try:
        return parse_expression(text, (), _LITERAL_FUNCTIONS)
    except RuleSyntaxError:
        raise _no_range(text) from None


def _literal(node: Node, source: str) -> Value:
    """The value of a literal, or of `date("…")` and the like. Raises `Undefined` for any other expression."""
    match node:
        case Constant(value=value) if value is not None and not isinstance(value, bool):
            return value
        case Call(function=name, arguments=(Constant(value=str() as text),), names=()):
            return next(f.run(text) for f in BUILTINS[name] if len(f.parameters) == 1)
        case _:
            raise _no_range(source)
