"""Each column of a table cut into finitely many parts that its cells cannot see into.

For the cells `< 60` and `[60..70)` a column of whole numbers has five parts: below 60, 60, 61 to 69, 70, above 70 —
and one more that every column has: the value is *unknown*. A part is a point or a span; whatever holds of its
representative holds of all its values. The table's own compiled cells judge each representative, so that analysis
cannot disagree with the engine.

Source of the idea: rules are boxes in the space of the inputs (Calvanese, Dumas, Laurson, Maggi, Montali,
Teinemaa, "Semantics and Analysis of DMN Decision Tables", BPM 2016). The extra part is ours: without it the
commonest real gap, a fact that nobody knows, is missed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from tongban.rules.feel.dialect import less
from tongban.rules.feel.errors import RuleSyntaxError, Undefined
from tongban.rules.feel.frame import Frame
from tongban.rules.feel.syntax import Node
from tongban.rules.feel.text import feel_text
from tongban.rules.feel.values import Range, Value, is_context, is_list, to_feel, type_name
from tongban.rules.tables.cells import Cell, compile_cell
from tongban.rules.tables.model import Input
from tongban.rules.tables.table import Table

from .named import Named, named
from .scale import ORDERED, Scale, in_order, scale

OTHER_TEXT = "…"
"""Stands for any text that no cell names."""
_SOME: dict[str, Value] = {"list": [], "context": {}, "range": Range(to_feel(0), to_feel(0))}
"""A value of each type that cells can only take whole."""


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of an input besides what the table says; all of it may be left out.

    type       FEEL's name of its type, where the column does not say
    values     all values it can have
    allowed    unary tests that all its values pass, as FEEL; one that computes is not used
    low, high  its bounds, both included
    unit       the smallest step: 1 for whole numbers, 0.01 for money
    blank      whether it may be unknown for good when the table is asked, so that null needs an answer too
    """

    type: str = "any"
    values: tuple[Value, ...] = ()
    allowed: tuple[str, ...] = ()
    low: Value = None
    high: Value = None
    unit: Value = None
    blank: bool = False


class PartKind(StrEnum):
    POINT = "point"
    SPAN = "span"
    OTHER = "other"
    """Any text that no cell names, or any value at all where cells name none."""
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Part:
    """Values that no cell of the column tells apart.

    value   the representative
    low, high, low_closed, high_closed   the ends of a span, an end of null being open without limit
    edges   the values next to its boundaries, the representative among them
    """

    kind: PartKind
    value: Value
    low: Value = None
    high: Value = None
    low_closed: bool = False
    high_closed: bool = False
    edges: tuple[Value, ...] = ()


UNKNOWN = Part(PartKind.UNKNOWN, None, edges=(None,))


@dataclass(frozen=True, slots=True)
class Beyond:
    """A cell that the analysis cannot look into: it computes, or reads another fact. `row`, `column` from 0."""

    row: int
    column: int
    text: str
    node: Node


@dataclass(frozen=True, slots=True)
class Domain:
    """One column. Parts are bits from 0, `parts[-1]` is the unknown; rows are bits from 0 too.

    accepts   for each row the parts whose values certainly pass its cell
    may       for each row the parts whose values may pass; differs from `accepts` only for cells that are beyond
    holds     for each part the rows that certainly accept it; `may_hold` those that may
    possible  the parts that can occur when the table is asked (the unknown only if the input may be blank)
    """

    input: Input
    known: Known
    scale: Scale | None
    parts: tuple[Part, ...]
    accepts: tuple[int, ...]
    may: tuple[int, ...]
    holds: tuple[int, ...]
    may_hold: tuple[int, ...]

    @property
    def all(self) -> int:
        return (1 << len(self.parts)) - 1

    @property
    def unknown(self) -> int:
        """The bit of the unknown part."""
        return 1 << (len(self.parts) - 1)

    @property
    def values(self) -> int:
        """All parts but the unknown."""
        return self.unknown - 1

    @property
    def possible(self) -> int:
        return self.all if self.known.blank else self.values

    @property
    def edges(self) -> tuple[Value, ...]:
        """Every boundary with its neighbours one unit to either side, and null last."""
        return distinct(edge for part in self.parts for edge in part.edges)

    def at(self, part: int) -> Value:
        """The representative of a part, by its number."""
        return self.parts[part].value


@dataclass(frozen=True, slots=True)
class Space:
    """All columns of a table cut into parts: its rows as boxes."""

    table: Table
    columns: tuple[Domain, ...]
    beyond: tuple[Beyond, ...]

    @property
    def rows(self) -> int:
        return len(self.table.rows)

    @property
    def all_rows(self) -> int:
        return (1 << self.rows) - 1

    @property
    def possible(self) -> tuple[int, ...]:
        """For each column the parts that can occur."""
        return tuple(column.possible for column in self.columns)

    def values(self, point: Sequence[int]) -> tuple[Value, ...]:
        """The representatives of a point, given as the number of a part for each column."""
        return tuple(column.at(part) for column, part in zip(self.columns, point, strict=True))


def space(table: Table, known: Mapping[int, Known] | Sequence[Known] = ()) -> Space:
    """The table as boxes. `known` says more about inputs, by the number of the column from 0."""
    more = dict(known) if isinstance(known, Mapping) else dict(enumerate(known))
    beyond: list[Beyond] = []
    columns = [_domain(table, index, more.get(index, Known()), beyond) for index in range(len(table.inputs))]
    return Space(table, tuple(columns), tuple(beyond))


def _domain(table: Table, index: int, known: Known, beyond: list[Beyond]) -> Domain:
    head = table.inputs[index]
    cells = {row[index].text: row[index] for row in table.cells}
    names = {text: named(cell) for text, cell in cells.items()}
    finite = [to_feel(value) for value in known.values or head.values]
    kind = known.type if head.type == "any" else head.type
    tests = list(_allowed(known))
    by_kind = _by_kind(kind, [*names.values(), *map(named, tests)])
    listed = finite or ([True, False] if set(by_kind) == {"boolean"} else [])
    opaque = {text: node for text, name in names.items() if (node := _opaque(name, bool(listed))) is not None}
    measure: Scale | None = None
    if listed:
        parts = [Part(PartKind.POINT, value, edges=(value,)) for value in distinct(listed)]
    else:
        parts: list[Part] = []
        for one, values in by_kind.items():
            ordered = any(name.ordered for name in (*names.values(), *map(named, tests)))
            try:
                more, measure = _parts(one, values, known, ordered)
                parts += more
            except Undefined:  # values without an order, such as times with and without a zone
                for text, name in names.items():
                    if any(type_name(value) == one for value in name.values):
                        opaque.setdefault(text, cells[text].tree.tests[0].operand)
        if not parts:
            value = _SOME.get(kind, OTHER_TEXT)
            parts = [Part(PartKind.OTHER, value, edges=(value,))]
    parts = [part for part in parts if all(test.test(part.value) is True for test in tests)] or parts
    parts.append(UNKNOWN)
    beyond += (
        Beyond(row, index, line[index].text, opaque[line[index].text])
        for row, line in enumerate(table.cells)
        if line[index].text in opaque
    )
    return _judged(head, known, measure, tuple(parts), [line[index] for line in table.cells], frozenset(opaque))


def _allowed(known: Known) -> Iterator[Cell]:
    for text in known.allowed:
        try:
            cell = compile_cell(text)
        except RuleSyntaxError:
            continue  # told where it is written
        if _opaque(named(cell), finite=False) is None:
            yield cell


def _opaque(name: Named, finite: bool) -> Node | None:
    """What keeps a cell beyond the analysis. Where all values are listed, whatever it asks of `?` can be asked."""
    return name.foreign or (None if finite else name.computes)


def _by_kind(kind: str, names: Iterable[Named]) -> dict[str, list[Value]]:
    """The named values by FEEL's name of their type; only those of the column's own type, where it has one."""
    found: dict[str, list[Value]] = {kind: []} if kind != "any" else {}
    for name in names:
        for value in name.values:
            one = type_name(value)
            if kind in ("any", one):
                found.setdefault(one, []).append(value)
    return found


def _parts(kind: str, values: list[Value], known: Known, ordered: bool) -> tuple[list[Part], Scale | None]:
    """The parts of one type. Raises `Undefined` if its values have no order."""
    if kind in ORDERED:
        measure = scale(kind, [*values, *(v for v in (known.low, known.high) if v is not None)], known.unit)
        return list(_spans(in_order(values), known, measure)), measure
    if kind in _SOME:
        return [], None
    if kind == "string" and ordered:
        return list(_texts(in_order(values))), None
    points = [Part(PartKind.POINT, value, edges=(value,)) for value in distinct(values)]
    other = OTHER_TEXT
    while other in values:
        other += OTHER_TEXT
    return [*points, Part(PartKind.OTHER, other, edges=(other,))], None


def _spans(cuts: list[Value], known: Known, measure: Scale) -> Iterator[Part]:
    """The cuts that exist within the bounds, and what lies below, between and above them."""
    inside = [cut for cut in cuts if _within(cut, known)]
    ends: list[Value] = [None, *inside, None]
    for number, (low, high) in enumerate(pairwise(ends)):
        if number and measure.exists(low):
            yield Part(PartKind.POINT, low, edges=(low,))
        span = _span(low, high, known, measure)
        if span is not None:
            yield span


def _within(value: Value, known: Known) -> bool:
    return not (known.low is not None and less(value, known.low)) and not (
        known.high is not None and less(known.high, value)
    )


def _span(low: Value, high: Value, known: Known, measure: Scale) -> Part | None:
    """What lies between two cuts (null: no cut on that side) within the bounds; None if nothing does."""
    bottom = known.low if low is None else low
    top = known.high if high is None else high
    first = measure.first(known.low) if low is None else measure.after(low)
    last = measure.last(known.high) if high is None else measure.before(high)
    edges = [edge for edge in (first, last) if edge is not None and _fits(edge, low, high, known)]
    if not edges:
        middle = measure.usual if bottom is None and top is None else None
        if bottom is not None and top is not None and less(bottom, top):
            middle = measure.between(bottom, top)
        if middle is None:
            return None
        edges = [middle]
    closed = (low is None and known.low is not None, high is None and known.high is not None)
    near = edges[-1] if low is None else edges[0]  # beside the cut, where people look
    return Part(PartKind.SPAN, near, bottom, top, *closed, distinct(edges))


def _fits(value: Value, low: Value, high: Value, known: Known) -> bool:
    """Whether `value` lies strictly between the cuts, and within the bounds."""
    after = low is None or less(low, value)
    return after and (high is None or less(value, high)) and _within(value, known)


def _texts(cuts: Sequence[Value]) -> Iterator[Part]:
    """Texts in a column that asks which comes first."""
    texts = [cut for cut in cuts if isinstance(cut, str)]
    if not texts or texts[0]:
        yield Part(PartKind.SPAN, "", None, texts[0] if texts else None, edges=("",))
    for low, high in zip(texts, [*texts[1:], None], strict=True):
        yield Part(PartKind.POINT, low, edges=(low,))
        near = next((n for tail in "…!\x00" if (n := low + tail) and (high is None or n < high)), None)
        if near is not None:
            yield Part(PartKind.SPAN, near, low, high, edges=(near,))


def distinct(values: Iterable[Value]) -> tuple[Value, ...]:
    """The different values, in the order given."""
    return tuple({_key(value): value for value in values}.values())


def _key(value: Value) -> object:
    return feel_text(value) if is_list(value) or is_context(value) else (type(value), value)


def _judged(
    head: Input, known: Known, measure: Scale | None, parts: tuple[Part, ...], cells: list[Cell], opaque: frozenset[str]
) -> Domain:
    """The domain with every cell judged at every part, each different cell once."""
    everything = (1 << len(parts)) - 1
    by_text: dict[str, tuple[int, int]] = {}
    frame: Frame | None = None
    for cell in cells:
        if cell.text in by_text:
            continue
        if cell.anything:
            by_text[cell.text] = everything, everything
        elif cell.text in opaque:
            by_text[cell.text] = 0, everything
        else:
            frame = frame or cell.layout.frame({})
            check = cell.check
            mask = 0
            for bit, part in enumerate(parts):
                if check(part.value, frame) is True:
                    mask |= 1 << bit
            by_text[cell.text] = mask, mask
    accepts = tuple(by_text[cell.text][0] for cell in cells)
    may = tuple(by_text[cell.text][1] for cell in cells)
    return Domain(head, known, measure, parts, accepts, may, _turned(accepts, parts), _turned(may, parts))


def _turned(by_row: Sequence[int], parts: Sequence[Part]) -> tuple[int, ...]:
    """From the parts of each row to the rows of each part."""
    rows: dict[int, int] = {}
    for row, mask in enumerate(by_row):
        rows[mask] = rows.get(mask, 0) | 1 << row
    found = [0] * len(parts)
    for mask, bits in rows.items():
        while mask:
            lowest = mask & -mask
            found[lowest.bit_length() - 1] |= bits
            mask ^= lowest
    return tuple(found)
