"""Decision tables as decision trees: each value is looked at once, and the row is known at the leaf.

A tree follows three things at each of its nodes: which rows are still possible, which of those are *open* (a cell of
theirs cannot be told), and which columns are still to be looked at. Every column has a branch for null, in which rows
with `-` stay as they are and others become open (or whatever their cell says of null). So a tree gives exactly what
`interpret.decide` gives, overlaps and gaps included, and proves on the way what the table can come to: if no leaf is
a conflict, the rows are disjoint.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from math import log2
from typing import TypeAlias

from tongban.rules.tables.model import HitPolicy

from .ir import CONFLICT, NO_ROW, UNSETTLED, Anything, Cell, Column, Decide, Holds, OneOf, Span, Within
from .nodes import BOOLEAN, OTHER, TEXT, And, Compare, Comparison, Const, Expr, Guard, If, IsNull, Kind, Not, Or, Ref
from .typed import names_in

MOST_LEAVES = 1_500
"""A tree with more leaves than this is not worth its text; the table is then evaluated row by row."""


# --- what a cell says as an expression -------------------------------------------------------------------


def condition(cell: Cell, column: Column) -> Expr:
    """A cell as one condition: passes, fails, or null while it is open."""
    match cell.test:
        case Anything():
            return Const(True, BOOLEAN)
        case Holds(condition=held):
            test = held
        case Within() | OneOf():
            test = _plain(cell.test, column)
    opens = tuple(name for name in cell.opens if not _null_opens(cell, column, name))
    return Guard(opens, test) if opens else test


def _null_opens(cell: Cell, column: Column, name: str) -> bool:
    """Whether the test is null anyway while `name` is unknown."""
    own = isinstance(column.value, Ref) and column.value.name == name
    return own and isinstance(cell.test, Within | OneOf) and cell.test.null is None


def _plain(test: Within | OneOf, column: Column) -> Expr:
    """A test of the column's value as a condition with its verdict on null."""
    value, of = column.value, column.type
    if isinstance(test, OneOf):
        items = [Compare(Comparison.EQUAL, value, Const(text, TEXT)) for text in test.texts]
    elif of.kind is Kind.BOOLEAN:
        items = [Compare(Comparison.EQUAL, value, Const(truth, BOOLEAN)) for truth in (True, False) if _in(test, truth)]
        if test.negated:
            items = [Compare(Comparison.EQUAL, value, Const(t, BOOLEAN)) for t in (True, False) if not _in(test, t)]
            return _with_null(_any_of(items), test.null, column)
    else:
        items = [_within(value, span, column) for span in test.spans]
    held = _any_of(items)
    return _with_null(Not(held) if test.negated else held, test.null, column)


def _in(test: Within, value: int) -> bool:
    return any((s.low is None or s.low <= value) and (s.high is None or value <= s.high) for s in test.spans)


def _within(value: Expr, span: Span, column: Column) -> Expr:
    of = column.type
    parts: list[Expr] = []
    if span.low is not None and span.low == span.high:
        return Compare(Comparison.EQUAL, value, Const(span.low, of))
    if span.low is not None:
        parts.append(Compare(Comparison.AT_LEAST, value, Const(span.low, of)))
    if span.high is not None:
        parts.append(Compare(Comparison.AT_MOST, value, Const(span.high, of)))
    if not parts:
        return Not(_none(value))
    return parts[0] if len(parts) == 1 else And(tuple(parts))


def _none(value: Expr) -> Expr:
    return IsNull(value)


def _any_of(items: Sequence[Expr]) -> Expr:
    if not items:
        return Const(False, BOOLEAN)
    return items[0] if len(items) == 1 else Or(tuple(items))


def _with_null(held: Expr, null: bool | None, column: Column) -> Expr:
    if null is None and not isinstance(held, Const):
        return held  # comparisons with null are null
    return If(_none(column.value), Const(null, BOOLEAN), held, BOOLEAN)


# --- trees -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Leaf:
    """The row's number or one of `UNSETTLED`, `NO_ROW`, `CONFLICT`; for a table that aggregates, its matching rows as
    bits (the first row is bit 0), or `UNSETTLED`."""

    outcome: int


@dataclass(frozen=True, slots=True)
class Branch:
    """The values for which `then` holds: spans of whole numbers (booleans: 0 and 1), or texts; `rest` are all values
    that no other branch names."""

    spans: tuple[Span, ...]
    texts: tuple[str, ...]
    rest: bool
    then: Tree


@dataclass(frozen=True, slots=True)
class Split:
    """One look at `value`. `unknown`, if there, is the branch for null while that name is unknown; `null` for any
    other null."""

    value: Expr
    kind: Kind
    branches: tuple[Branch, ...]
    null: Tree
    unknown: tuple[str, Tree] | None = None


Tree: TypeAlias = Leaf | Split


@dataclass(frozen=True, slots=True)
class Plan:
    """A table as a tree; `disjoint` if no leaf is a conflict, `complete` if none is without a row."""

    tree: Tree
    leaves: int
    disjoint: bool
    complete: bool


class TooLarge(Exception):
    """A tree would have too many leaves."""


def plan(table: Decide) -> Plan | None:
    """The tree of a table; None if it would be too large, or if ANY has results to compare when it runs."""
    results = [result for row in table.rows for result in row.results]
    if table.hit is HitPolicy.ANY and not all(isinstance(result, Const) for result in results):
        return None
    try:
        planner = Planner(table)
        tree = planner.build(frozenset(range(len(planner.lanes))), (1 << len(table.rows)) - 1, 0)
    except TooLarge:
        return None
    outcomes = set(leaves(tree))
    return Plan(tree, planner.count, CONFLICT not in outcomes, not outcomes & {NO_ROW, CONFLICT})


def leaves(tree: Tree) -> Iterator[int]:
    """The outcomes of all leaves."""
    if isinstance(tree, Leaf):
        yield tree.outcome
        return
    yield from leaves(tree.null)
    if tree.unknown is not None:
        yield from leaves(tree.unknown[1])
    for branch in tree.branches:
        yield from leaves(branch.then)


@dataclass(frozen=True, slots=True)
class State:
    """What one value of a lane does to the rows: those that fail, and those that it leaves open."""

    fail: int
    open: int


Part: TypeAlias = "tuple[tuple[Span, ...], tuple[str, ...], bool, State]"
"""Values of a lane, as in `Branch`, and what they do."""


@dataclass(slots=True)
class Lane:
    """One thing to look at: a column with its plain cells, or a single cell that is a condition of its own."""

    value: Expr
    kind: Kind
    tested: int = 0
    null: State = field(default_factory=lambda: State(0, 0))
    unknown: tuple[str, State] | None = None
    parts: list[Part] = field(default_factory=lambda: list[Part]())
    cells: dict[int, Cell] = field(default_factory=lambda: dict[int, Cell]())
    """The cells that it looks at, by the bits of their rows."""

    def grouped(self, alive: int) -> Iterable[Part]:
        """The parts, those that do the same to the rows still possible as one."""
        found: dict[tuple[int, int], tuple[list[Span], list[str], bool]] = {}
        for spans, texts, other, state in self.parts:
            key = (state.fail & alive, state.open & alive)
            all_spans, all_texts, rest = found.get(key, ([], [], False))
            found[key] = ([*all_spans, *spans], [*all_texts, *texts], rest or other)
        for (fail, opened), (spans, texts, rest) in found.items():
            yield tuple(spans), tuple(texts), rest, State(fail, opened)


class Planner:
    def __init__(self, table: Decide) -> None:
        self.table = table
        self.lanes = [lane for index, column in enumerate(table.columns) for lane in _lanes(table, index, column)]
        self.count = 0

    def build(self, lanes: frozenset[int], alive: int, unsure: int) -> Tree:
        """The tree for the rows `alive`, of which `unsure` are open, with `lanes` still to be looked at."""
        lanes = frozenset(lane for lane in lanes if self.lanes[lane].tested & alive)
        alive = self.relevant(lanes, alive, unsure)
        lanes = frozenset(lane for lane in lanes if self.lanes[lane].tested & alive)
        leaf = self.leaf(lanes, alive, unsure & alive)
        if leaf is not None:
            self.count += 1
            if self.count > MOST_LEAVES:
                raise TooLarge
            return leaf
        chosen = min(sorted(lanes), key=lambda index: self.cost(index, lanes, alive))
        lane, rest = self.lanes[chosen], lanes - {chosen}

        def after(state: State) -> Tree:
            return self.build(rest, alive & ~state.fail, (unsure | state.open) & ~state.fail)

        branches = merge((spans, texts, other, after(state)) for spans, texts, other, state in lane.grouped(alive))
        null = after(lane.null)
        unknown = None if lane.unknown is None else (lane.unknown[0], after(lane.unknown[1]))
        if unknown is not None and unknown[1] == null:
            unknown = None
        if unknown is None and all(branch.then == null for branch in branches):
            return null
        return Split(lane.value, lane.kind, tuple(branches), null, unknown)

    def finished(self, lanes: frozenset[int], alive: int) -> int:
        """The rows that nothing left to look at tests."""
        for lane in lanes:
            alive &= ~self.lanes[lane].tested
        return alive

    def relevant(self, lanes: frozenset[int], alive: int, unsure: int) -> int:
        """With FIRST, no row after one that surely matches matters."""
        if self.table.hit is not HitPolicy.FIRST:
            return alive
        sure = self.finished(lanes, alive) & ~unsure
        return alive & ((sure & -sure) * 2 - 1) if sure else alive

    def leaf(self, lanes: frozenset[int], alive: int, unsure: int) -> Leaf | None:
        """The outcome, if nothing left to look at could change it."""
        aggregate = self.table.hit in AGGREGATES
        if not alive:
            return Leaf(0 if aggregate else NO_ROW)
        finished = self.finished(lanes, alive)
        if self.table.hit is HitPolicy.FIRST:
            lowest = alive & -alive
            if not lowest & finished:
                return None
            return Leaf(UNSETTLED if lowest & unsure else lowest.bit_length())
        if finished & unsure:
            return Leaf(UNSETTLED)
        if finished != alive:
            return None
        return Leaf(alive if aggregate else self.resolve(alive))

    def resolve(self, alive: int) -> int:
        """The row that counts of those that match, at least one."""
        numbers = [number for number in range(1, alive.bit_length() + 1) if alive >> (number - 1) & 1]
        if len(numbers) == 1:
            return numbers[0]
        match self.table.hit:
            case HitPolicy.PRIORITY:
                return min(numbers, key=self.table.order.index)
            case HitPolicy.ANY:
                rows = (self.table.rows[number - 1].results for number in numbers)
                results = {tuple(r.value for r in row if isinstance(r, Const)) for row in rows}
                return numbers[0] if len(results) == 1 else CONFLICT
            case _:
                return CONFLICT

    def cost(self, index: int, lanes: frozenset[int], alive: int) -> float:
        """How many tests a look at a lane takes on average, with those behind it, if each halves the rows that must
        still be looked at."""
        states = {(state.fail & alive) for _, _, _, state in self.lanes[index].parts}
        settled = self.finished(lanes - {index}, alive)
        left = [log2(1 + (alive & ~fail & ~settled).bit_count()) for fail in states]
        return sum(left) / len(left) + len(left) / 2


AGGREGATES = frozenset({HitPolicy.SUM, HitPolicy.MIN, HitPolicy.MAX, HitPolicy.COUNT})


def merge(parts: Iterable[tuple[tuple[Span, ...], tuple[str, ...], bool, Tree]]) -> list[Branch]:
    """Branches that lead to the same tree as one."""
    found: dict[Tree, Branch] = {}
    for spans, texts, rest, then in parts:
        old = found.get(then)
        if old is not None:
            spans, texts, rest = (*old.spans, *spans), (*old.texts, *texts), old.rest or rest
        found[then] = Branch(spans, texts, rest, then)
    return [Branch(join_spans(b.spans), b.texts, b.rest, b.then) for b in found.values()]


def join_spans(spans: tuple[Span, ...]) -> tuple[Span, ...]:
    from .lower_tables import merged

    return merged(spans)


# --- lanes -----------------------------------------------------------------------------------------------


def _lanes(table: Decide, index: int, column: Column) -> list[Lane]:
    """What there is to look at in one column."""
    plain: list[tuple[int, Cell]] = []
    found: list[Lane] = []
    own = frozenset(names_in(column.value))
    for row in table.rows:
        cell = row.cells[index]
        if isinstance(cell.test, Anything):
            continue
        computed = not isinstance(column.value, Ref)
        odd = computed and isinstance(cell.test, Within | OneOf) and cell.test.null is not None
        if isinstance(cell.test, Holds) or odd or not own.issuperset(cell.opens):
            bit = 1 << (row.number - 1)
            lane = Lane(condition(cell, column), Kind.BOOLEAN, bit, State(0, bit))
            lane.parts = [((Span(1, 1),), (), False, State(0, 0)), ((Span(0, 0),), (), True, State(bit, 0))]
            lane.cells = {bit: cell}
            found.append(lane)
        else:
            plain.append((1 << (row.number - 1), cell))
    if plain:
        found.insert(0, _column_lane(column, plain))
    return found


def _column_lane(column: Column, cells: list[tuple[int, Cell]]) -> Lane:
    tested = sum(bit for bit, _ in cells)
    lane = Lane(column.value, column.type.kind, tested, _null_state(cells, unknown=False), cells=dict(cells))
    unknown = _null_state(cells, unknown=True)
    if unknown != lane.null and isinstance(column.value, Ref):
        lane.unknown = (column.value.name, unknown)
    lane.parts = _text_parts(cells) if column.type.kind is Kind.TEXT else _span_parts(column, cells)
    return lane


def _null_state(cells: list[tuple[int, Cell]], *, unknown: bool) -> State:
    """What null does to the rows, while the fact is unknown or else."""
    fail = opened = 0
    for bit, cell in cells:
        verdict = cell.test.null if isinstance(cell.test, Within | OneOf) else None
        if verdict is None or (unknown and cell.opens):
            opened |= bit
        elif not verdict:
            fail |= bit
    return State(fail, opened)


def _text_parts(cells: list[tuple[int, Cell]]) -> list[Part]:
    texts = dict.fromkeys(text for _, cell in cells if isinstance(cell.test, OneOf) for text in cell.test.texts)

    def state(text: str | None) -> State:
        fail = sum(bit for bit, c in cells if isinstance(c.test, OneOf) and (text in c.test.texts) == c.test.negated)
        return State(fail, 0)

    named = [((), (text,), False, state(text)) for text in texts]
    return [*named, ((), (), True, state(None))]


def _span_parts(column: Column, cells: list[tuple[int, Cell]]) -> list[Part]:
    """The column cut where its cells begin and end; every part lies in or outside of each cell as a whole."""
    of = column.type
    tests = [(bit, cell.test) for bit, cell in cells if isinstance(cell.test, Within)]
    if of.kind is Kind.BOOLEAN:
        low, high = 0, 1
    elif of.kind is Kind.CODE:
        low, high = OTHER, len(of.values) - 1
    else:
        low, high = of.low, of.high
    starts = {span.low for _, test in tests for span in test.spans if span.low is not None}
    starts |= {span.high + 1 for _, test in tests for span in test.spans if span.high is not None}
    if of.kind in (Kind.BOOLEAN, Kind.CODE):
        starts = set(range(low or 0, (high or 0) + 1))
    inside = sorted(s for s in starts if (low is None or s > low) and (high is None or s <= high))
    cuts: list[int | None] = [low, *inside]
    ends: list[int | None] = [*(cut - 1 for cut in inside), high]
    found: list[Part] = []
    for start, end in zip(cuts, ends, strict=True):
        at = start if start is not None else end if end is not None else 0
        fail = sum(bit for bit, test in tests if _in(test, at) == test.negated)
        found.append(((Span(start, end),), (), False, State(fail, 0)))
    if of.kind is Kind.CODE:
        spans, texts, _, state = found[0]
        found[0] = (spans, texts, True, state)
    return found
