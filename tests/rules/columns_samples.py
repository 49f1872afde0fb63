"""Random programs and people for them: what any back end must agree on, drawn from the typed language itself."""

from __future__ import annotations

from dataclasses import dataclass, field

from hypothesis import strategies as st

from tongban.rules import HitPolicy
from tongban.rules.columns.ir import (
    Anything,
    Cell,
    Column,
    Decide,
    Define,
    Field,
    Holds,
    OneOf,
    Output,
    Program,
    Row,
    Span,
    Test,
    Verdict,
    Wait,
    Within,
    raw,
)
from tongban.rules.columns.nodes import (
    BOOLEAN,
    OTHER,
    TEXT,
    AddMonths,
    And,
    Arithmetic,
    Calculate,
    Compare,
    Comparison,
    Const,
    DateOf,
    Entry,
    Expr,
    Extreme,
    Guard,
    If,
    IsNull,
    Kind,
    Lookup,
    Modulo,
    MonthsBetween,
    Not,
    Or,
    Part,
    PartOf,
    Quotient,
    Ref,
    Rescale,
    Rounding,
    Same,
    Scalar,
    StartsWith,
    Substring,
    Type,
    Unknown,
)

AMOUNT = Type(Kind.NUMBER, -500, 500, 2)
COUNT = Type(Kind.NUMBER, 0, 40)
DAY = Type(Kind.DATE, 738_000, 739_500)
PLACE = Type(Kind.CODE, 0, 3, values=("甲", "乙'", '丙"', "{d}"))
INPUTS = (AMOUNT, AMOUNT, COUNT, COUNT, DAY, DAY, PLACE, BOOLEAN, BOOLEAN, TEXT)
TEXTS = ("", "甲", "ab", "abc", "b")
_BIG = 10**12


def _bits(mask: int, names: list[str]) -> tuple[str, ...]:
    return tuple(name for place, name in enumerate(names) if mask >> place & 1)


@dataclass
class Drawing:
    """A program while it is drawn: the names that may be referred to, by kind."""

    draw: st.DrawFn
    known: dict[Kind, list[Ref]] = field(default_factory=dict[Kind, list[Ref]])
    names: list[str] = field(default_factory=list[str])

    def give(self, name: str, of: Type) -> None:
        self.known.setdefault(of.kind, []).append(Ref(name, of))
        self.names.append(name)

    def some_names(self) -> tuple[str, ...]:
        return tuple(self.draw(st.lists(st.sampled_from(self.names), max_size=2, unique=True)))

    def number(self, scale: int, depth: int) -> Expr:
        """A number of a scale; bounds are wide enough for whatever comes out."""
        of = Type(Kind.NUMBER, -_BIG, _BIG, scale)
        refs = [ref for ref in self.known.get(Kind.NUMBER, []) if ref.type.scale == scale]
        if depth == 0 or (refs and self.draw(st.integers(0, 3)) == 0):
            constant = Const(self.draw(st.integers(-300, 300)), of)
            return self.draw(st.sampled_from(refs)) if refs and self.draw(st.booleans()) else constant
        return self.draw(st.sampled_from(_NUMBERS))(self, of, depth - 1)

    def day(self, depth: int) -> Expr:
        refs = self.known.get(Kind.DATE, [])
        choice = self.draw(st.integers(0, 5))
        if depth == 0 or choice < 3:
            return self.draw(st.sampled_from(refs)) if refs else Const(self.draw(st.integers(738_000, 739_500)), DAY)
        wide = Type(Kind.DATE, 700_000, 780_000)
        if choice == 3:
            months = Const(self.draw(st.integers(-30, 30)), Type(Kind.MONTHS, -30, 30))
            return AddMonths(self.day(0), months, wide)
        if choice == 4:
            days = Const(self.draw(st.integers(-400, 400)), Type(Kind.DAYS, -400, 400))
            return Calculate(Arithmetic.ADD, self.day(0), days, wide)
        parts = [self.draw(st.integers(*ends)) for ends in ((1_999, 2_024), (0, 13), (27, 32))]
        year, month, day = (Const(part, COUNT) for part in parts)
        return DateOf(year, month, day)

    def truth(self, depth: int) -> Expr:
        refs = self.known.get(Kind.BOOLEAN, [])
        if depth == 0:
            return self.draw(st.sampled_from([*refs, Const(True, BOOLEAN), Const(False, BOOLEAN)]))
        return self.draw(st.sampled_from(_TRUTHS))(self, depth - 1)

    def any_of(self, kind: Kind, depth: int) -> Expr:
        match kind:
            case Kind.NUMBER:
                return self.number(self.draw(st.sampled_from((0, 2))), depth)
            case Kind.DATE:
                return self.day(depth)
            case Kind.BOOLEAN:
                return self.truth(depth)
            case _:
                return self.draw(st.sampled_from(self.known[kind]))


def _calculated(d: Drawing, of: Type, depth: int) -> Expr:
    if d.draw(st.booleans()):
        op = d.draw(st.sampled_from((Arithmetic.ADD, Arithmetic.SUBTRACT)))
        return Calculate(op, d.number(of.scale, depth), d.number(of.scale, depth), of)
    return Calculate(Arithmetic.MULTIPLY, d.number(of.scale, depth), d.number(0, 0), of)


def _quotient(d: Drawing, of: Type, depth: int) -> Expr:
    rounding = d.draw(st.sampled_from(list(Rounding)))
    right = d.number(d.draw(st.sampled_from((0, 2))), 0)
    return Quotient(d.number(2, depth), right, rounding, of)


def _lookup(d: Drawing, of: Type, _: int) -> Expr:
    place, day = d.known.get(Kind.CODE, []), d.known.get(Kind.DATE, [])
    if not place or not day:
        return Const(7, of)
    entries: list[Entry] = []
    for value in range(d.draw(st.integers(1, 4))):
        category, since = d.draw(st.sampled_from((None, 0, 1, 2, 3))), d.draw(st.sampled_from((None, 738_500)))
        entries.append(Entry(category, since, d.draw(st.sampled_from((None, 739_000))), value))
    return Lookup("p", d.draw(st.sampled_from(place)), d.draw(st.sampled_from(day)), tuple(entries), of)


def _part(d: Drawing, of: Type, depth: int) -> Expr:
    if of.scale:
        return Rescale(d.number(0, depth), of)
    months = MonthsBetween(d.day(depth), d.day(depth), Type(Kind.MONTHS, -5_000, 5_000))
    part = d.draw(st.sampled_from(list(Part)))
    return PartOf(part, months if part in (Part.YEARS, Part.MONTHS) else d.day(depth), of)


_NUMBERS = (
    _calculated,
    _quotient,
    _lookup,
    _part,
    lambda d, of, depth: If(d.truth(depth), d.number(of.scale, depth), d.number(of.scale, depth), of),
    lambda d, of, depth: Guard(d.some_names(), d.number(of.scale, depth)),
    lambda d, of, depth: Modulo(d.number(of.scale, depth), d.number(of.scale, 0), of),
    lambda d, of, depth: Extreme((d.number(of.scale, depth), d.number(of.scale, depth)), d.draw(st.booleans()), of),
)


def _compared(d: Drawing, depth: int) -> Expr:
    kind = d.draw(st.sampled_from((Kind.NUMBER, Kind.DATE, Kind.CODE)))
    if kind is Kind.CODE and d.known.get(Kind.CODE):
        op = d.draw(st.sampled_from((Comparison.EQUAL, Comparison.UNEQUAL)))
        return Compare(op, d.draw(st.sampled_from(d.known[Kind.CODE])), Const(d.draw(st.integers(0, 3)), PLACE))
    op = d.draw(st.sampled_from(list(Comparison)))
    scale = d.draw(st.sampled_from((0, 2)))
    left, right = (d.day(depth) if kind is Kind.DATE else d.number(scale, depth) for _ in range(2))
    return Compare(op, left, right)


def _text(d: Drawing, _: int) -> Expr:
    texts = d.known.get(Kind.TEXT, [])
    if not texts:
        return Const(True, BOOLEAN)
    ref = d.draw(st.sampled_from(texts))
    part = Substring(ref, d.draw(st.integers(1, 3)), d.draw(st.sampled_from((None, 1, 2))))
    return StartsWith(part if d.draw(st.booleans()) else ref, d.draw(st.sampled_from(TEXTS)))


def _same(d: Drawing, depth: int) -> Expr:
    return Same(d.number(2, depth), d.number(2, depth))


_TRUTHS = (
    _compared,
    _compared,
    _text,
    _same,
    lambda d, depth: d.truth(0),
    lambda d, depth: And((d.truth(depth), d.truth(depth))),
    lambda d, depth: Or((d.truth(depth), d.truth(depth), d.truth(0))),
    lambda d, depth: Not(d.truth(depth)),
    lambda d, depth: IsNull(d.any_of(d.draw(st.sampled_from((Kind.NUMBER, Kind.DATE, Kind.BOOLEAN))), depth)),
    lambda d, depth: Unknown(d.draw(st.sampled_from(d.names))),
    lambda d, depth: Guard(d.some_names(), d.truth(depth)),
    lambda d, depth: If(d.truth(depth), d.truth(depth), d.truth(0), BOOLEAN),
)


def _test(d: Drawing, of: Type) -> Test:
    choice = d.draw(st.integers(0, 9))
    if choice < 2:
        return Anything()
    if choice == 2:
        return Holds(d.truth(1))
    negated, null = d.draw(st.booleans()) and choice == 3, d.draw(st.sampled_from((None, None, None, False, True)))
    if of.kind is Kind.TEXT:
        return OneOf(
            tuple(d.draw(st.lists(st.sampled_from(TEXTS[1:]), min_size=1, max_size=2, unique=True))), negated, null
        )
    low, high = {Kind.BOOLEAN: (0, 1), Kind.CODE: (0, 3), Kind.DATE: (738_000, 739_500)}.get(of.kind, (-50, 60))
    cuts = sorted(d.draw(st.lists(st.integers(low, high), min_size=2, max_size=4)))
    spans = [Span(cuts[0], cuts[1])]
    if len(cuts) == 4 and cuts[1] + 1 < cuts[2]:
        spans.append(Span(cuts[2], cuts[3]))
    if d.draw(st.integers(0, 3)) == 0:
        spans = [Span(None, cuts[0])] if d.draw(st.booleans()) else [Span(cuts[0], None)]
    return Within(tuple(spans), negated, null)


_HITS = (
    *(HitPolicy.UNIQUE, HitPolicy.UNIQUE, HitPolicy.FIRST, HitPolicy.FIRST, HitPolicy.PRIORITY, HitPolicy.ANY),
    *(HitPolicy.SUM, HitPolicy.MIN, HitPolicy.MAX, HitPolicy.COUNT),
)
_ONE = (HitPolicy.UNIQUE, HitPolicy.FIRST, HitPolicy.PRIORITY, HitPolicy.ANY)


def table(d: Drawing, name: str, *, single: bool = False) -> Decide:
    """A table over the names so far. Its outputs are given afterwards, by the caller."""
    hit = d.draw(st.sampled_from(_ONE if single else _HITS))
    columns: list[Column] = []
    reads: list[tuple[str, ...]] = []
    for _ in range(d.draw(st.integers(1, 3))):
        ref = d.draw(st.sampled_from([ref for refs in d.known.values() for ref in refs]))
        column = Column(ref, ref.type, "")
        if ref.type.kind is Kind.NUMBER and d.draw(st.booleans()):
            column = Column(d.number(ref.type.scale, 1), Type(Kind.NUMBER, None, None, ref.type.scale), "")
        columns.append(column)
        reads.append((ref.name,) if d.draw(st.booleans()) else d.some_names())
    rows: list[Row] = []
    for number in range(1, d.draw(st.integers(1, 5)) + 1):
        cells = tuple(
            Cell(_test(d, column.type), names, d.some_names() if d.draw(st.booleans()) else names)
            for column, names in zip(columns, reads, strict=True)
        )
        rows.append(Row(number, cells, (d.number(2, d.draw(st.integers(0, 1))),), "", ""))
    order = tuple(d.draw(st.permutations(range(1, len(rows) + 1)))) if hit is HitPolicy.PRIORITY else ()
    of = Type(Kind.NUMBER, -_BIG, _BIG, 0 if hit is HitPolicy.COUNT else 2)
    return Decide(name, name, hit, tuple(columns), tuple(rows), (Output(f"{name}_out", of),), order)


def _define(d: Drawing, name: str) -> Define:
    kind = d.draw(st.sampled_from((Kind.NUMBER, Kind.NUMBER, Kind.DATE, Kind.BOOLEAN)))
    value = d.any_of(kind, 2)
    of = {Kind.DATE: Type(Kind.DATE, 700_000, 780_000), Kind.BOOLEAN: BOOLEAN}.get(
        kind, Type(Kind.NUMBER, -_BIG, _BIG, 2)
    )
    if kind is Kind.NUMBER:
        value = d.number(2, 2)
    applies = d.truth(1) if d.draw(st.integers(0, 2)) == 0 else None
    if applies is not None:
        value = If(Same(applies, Const(False, BOOLEAN)), Const(None, of), value, of)
    waits = [Wait(d.truth(1), d.some_names())] if d.draw(st.booleans()) else []
    return Define(name, value, of, applies, (*waits, Wait(None, d.some_names())), "")


@st.composite
def programs(draw: st.DrawFn) -> Program:
    """A program with every kind of input, with conditional facts, formulas, tables and perhaps an outcome."""
    d = Drawing(draw)
    fields: list[Field] = []
    first: list[Define | Decide] = []
    for bit, of in enumerate(INPUTS):
        name = f"x{bit}"
        if bit in (3, 8):
            fields.append(Field(raw(name), of, bit))
        else:
            fields.append(Field(name, of, bit))
            d.give(name, of)
    for bit in (3, 8):
        applies = d.truth(1)
        of = INPUTS[bit]
        value = If(Same(applies, Const(False, BOOLEAN)), Const(None, of), Ref(raw(f"x{bit}"), of), of)
        first.append(Define(f"x{bit}", value, of, applies, (Wait(None, (raw(f"x{bit}"),)),), ""))
        d.give(f"x{bit}", of)

    def steps(letter: str, most: int) -> list[Define | Decide]:
        found: list[Define | Decide] = []
        for index in range(draw(st.integers(0, most))):
            name = f"{letter}{index}"
            if draw(st.booleans()):
                found.append(_define(d, name))
                d.give(name, found[-1].type)
            else:
                decide = table(d, name)
                found.append(decide)
                d.give(decide.outputs[0].name, decide.outputs[0].type)
        return found

    first += steps("s", 3)
    if draw(st.booleans()):
        outputs = tuple(name for name in d.names if name.startswith("s"))
        return Program("random", "", tuple(fields), tuple(first), None, (), outputs)
    ruling = table(d, "eligible", single=True)
    outcomes = tuple(draw(st.sampled_from(("eligible", "eligible", "no", "ask-official"))) for _ in ruling.rows)
    not_needed = d.truth(1) if draw(st.integers(0, 3)) == 0 else None
    early = set(d.names)
    later = steps("a", 2)
    amounts = tuple(name for name in d.names if name not in early)
    return Program(
        "random", "", tuple(fields), tuple(first), Verdict(not_needed, ruling, outcomes, amounts), tuple(later), amounts
    )


def _values(of: Type) -> st.SearchStrategy[Scalar]:
    match of.kind:
        case Kind.BOOLEAN:
            return st.booleans()
        case Kind.TEXT:
            return st.sampled_from(TEXTS[1:])
        case Kind.CODE:
            return st.integers(OTHER, 3)
        case _:
            return st.integers(of.low or 0, of.high or 0)


@st.composite
def people(draw: st.DrawFn, program: Program) -> dict[str, Scalar]:
    """One person: values within their types, mostly known."""
    gaps = draw(st.sampled_from((0, 0, 1, 3)))
    missing = draw(st.sets(st.sampled_from([field.name for field in program.inputs]), max_size=gaps))
    found: dict[str, Scalar] = {}
    for one in program.inputs:
        found[one.name] = None if one.name in missing else draw(_values(one.type))
    return found
