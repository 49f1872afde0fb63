"""Properties that hold for any rule text and any table, against a reference that is naive on purpose."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from tongban.rules import (
    Decision,
    HitPolicy,
    Input,
    Output,
    Reason,
    Row,
    RuleSyntaxError,
    Status,
    Table,
    compile_cell,
    compile_expression,
    feel_text,
)

Predicate = Callable[[int | None], bool | None]


@dataclass(frozen=True)
class CellCase:
    """A cell's text, and what it means in plain Python."""

    text: str
    holds: Predicate


def known(predicate: Callable[[int], bool]) -> Predicate:
    """A test of a value: unknown while the value is."""
    return lambda value: None if value is None else predicate(value)


small = st.integers(-2, 6)
cells = st.one_of(
    st.just(CellCase("-", lambda _: True)),
    st.just(CellCase("null", lambda value: value is None)),
    st.lists(small, min_size=1, max_size=3).map(lambda xs: CellCase(",".join(map(str, xs)), known(lambda v: v in xs))),
    st.lists(small, min_size=1, max_size=2).map(
        lambda xs: CellCase(f"not({','.join(map(str, xs))})", known(lambda v: v not in xs))
    ),
    small.map(lambda x: CellCase(f">= {x}", known(lambda v: v >= x))),
    small.map(lambda x: CellCase(f"< {x}", known(lambda v: v < x))),
    small.map(lambda x: CellCase(f"? * 2 > {x}", known(lambda v: v * 2 > x))),
    st.tuples(small, small).map(lambda p: CellCase(f"[{p[0]}..{p[1]})", known(lambda v: p[0] <= v < p[1]))),
    st.tuples(small, small).map(
        lambda p: CellCase(f"< {p[0]}, ({p[0]}..{p[1]}]", known(lambda v: v < p[0] or p[0] < v <= p[1]))
    ),
)
WIDTH = 3
NAMES = ("a", "b", "c")
VALUES = (3, 2, 1, 0)
rows = st.lists(
    st.tuples(st.lists(cells, min_size=WIDTH, max_size=WIDTH), st.sampled_from(VALUES)), min_size=1, max_size=8
)
facts = st.lists(st.one_of(st.none(), small), min_size=WIDTH, max_size=WIDTH)
RowCase = tuple[list[CellCase], int]


def build(case: list[RowCase], hit: HitPolicy) -> Table:
    return Table.build(
        "t",
        [Input(name, type="number") for name in NAMES],
        [Output("out", "number", VALUES)],
        [Row([cell.text for cell in row], [str(output)]) for row, output in case],
        hit,
        NAMES,
    )


def decide(table: Table, values: list[int | None]) -> Decision:
    return table.decide(dict(zip(NAMES, values, strict=True)))


def verdicts(row: list[CellCase], values: list[int | None]) -> list[bool | None]:
    return [cell.holds(value) for cell, value in zip(row, values, strict=True)]


def reference(case: list[RowCase], hits: list[int], hit: HitPolicy) -> object:
    """The outcome of at least one matching row, computed the plainest way."""
    outs = [case[row][1] for row in hits]
    ranked = sorted(outs, key=VALUES.index)
    table: dict[HitPolicy, object] = {
        HitPolicy.UNIQUE: outs[0] if len(outs) == 1 else None,
        HitPolicy.ANY: outs[0] if len(set(outs)) == 1 else None,
        HitPolicy.FIRST: outs[0],
        HitPolicy.PRIORITY: ranked[0],
        HitPolicy.COLLECT: outs,
        HitPolicy.RULE_ORDER: outs,
        HitPolicy.OUTPUT_ORDER: ranked,
        HitPolicy.SUM: sum(outs),
        HitPolicy.MIN: min(outs),
        HitPolicy.MAX: max(outs),
        HitPolicy.COUNT: len(outs),
    }
    return table[hit]


@settings(max_examples=300, deadline=None)
@given(case=rows, values=facts, hit=st.sampled_from(HitPolicy))
def test_table_decides_as_reading_it_row_by_row(case: list[RowCase], values: list[int | None], hit: HitPolicy) -> None:
    decision = decide(build(case, hit), values)
    matching = [i for i, (row, _) in enumerate(case) if all(v is True for v in verdicts(row, values))]
    possible = [i for i, (row, _) in enumerate(case) if False not in verdicts(row, values)]
    assert decision.hits == tuple(row + 1 for row in matching)
    assert decision.could_match == tuple(row + 1 for row in possible if row not in matching)
    if matching:
        assert decision.outcome == reference(case, matching, hit)
        assert decision.status is (Status.CONFLICT if decision.outputs is None else Status.DECIDED)
    else:
        assert decision.status is (Status.MISSING_FACT if possible else Status.NO_ROW)


@settings(max_examples=200, deadline=None)
@given(case=rows, values=facts, hit=st.sampled_from(HitPolicy))
def test_reason_given_against_a_row_is_true(case: list[RowCase], values: list[int | None], hit: HitPolicy) -> None:
    decision = decide(build(case, hit), values)
    misses = decision.why_not()
    assert sorted([*decision.matched, *(miss.row for miss in misses)]) == list(range(1, len(case) + 1))
    for miss in misses:
        found = verdicts(case[miss.row - 1][0], values)
        match miss.reason:
            case Reason.FALSE:
                assert found.index(False) == miss.column
            case Reason.UNKNOWN:
                assert False not in found
                assert found.index(None) == miss.column
            case Reason.OUTRANKED:
                assert all(found)
        if miss.column >= 0:
            assert miss.cell == case[miss.row - 1][0][miss.column].text
            assert miss.value == values[miss.column]


@settings(max_examples=300, deadline=None)
@given(case=rows, values=facts, later=st.lists(small, min_size=WIDTH, max_size=WIDTH), hit=st.sampled_from(HitPolicy))
def test_what_is_settled_does_not_change_when_more_becomes_known(
    case: list[RowCase], values: list[int | None], later: list[int], hit: HitPolicy
) -> None:
    asks_for_null = any(cell.text == "null" for row, _ in case for cell in row)
    table = build(case, hit)
    decision = decide(table, values)
    completed = [new if old is None else old for old, new in zip(values, later, strict=True)]
    if decision.settled and not asks_for_null:
        after = decide(table, list[int | None](completed))
        assert (after.status, after.outputs) == (decision.status, decision.outputs)


@settings(max_examples=100, deadline=None)
@given(case=rows, values=facts, hit=st.sampled_from(HitPolicy))
def test_compact_record_replays_to_an_equal_decision(
    case: list[RowCase], values: list[int | None], hit: HitPolicy
) -> None:
    table = build(case, hit)
    decision = decide(table, values)
    assert table.replay(decision.compact()) == decision


FRAGMENTS = """
( ) [ ] { } .. , : . + - * ** / = != < <= >= in and or not( if then else for return some satisfies between null true
"a" 1 2.5 @"P1D" x 年龄 ? item date( count( partial monthly income ， “ " \\ // /*
"""
fragments = st.sampled_from(FRAGMENTS.split())
texts = st.one_of(
    st.text(max_size=60),
    st.lists(fragments, max_size=30).map(" ".join),
    st.lists(fragments, max_size=30).map("".join),
)


@settings(max_examples=1500, deadline=None)
@given(texts)
def test_any_text_is_either_a_rule_or_refused_with_a_place(text: str) -> None:
    for compiled in (compile_expression, compile_cell):
        try:
            rule = compiled(text, ("x", "年龄", "monthly income"))
        except RuleSyntaxError as error:
            assert 0 <= error.position <= len(text)
            assert error.zh and error.en
        else:
            if compiled is compile_expression:
                compile_expression(text, ("x", "年龄", "monthly income")).evaluate({"x": 1, "年龄": [1, {"a": 2}]})
            else:
                assert rule is not None
                compile_cell(text, ("x", "年龄", "monthly income")).test(1, {"x": 1})


scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-(10**12), max_value=10**12),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=20),
    st.dates(),
    st.datetimes(),
    st.timedeltas(),
)
values = st.recursive(
    scalars,
    lambda v: st.lists(v, max_size=3) | st.dictionaries(st.text("abc 年", min_size=1), v, max_size=3),
    max_leaves=8,
)


@settings(max_examples=300, deadline=None)
@given(values)
def test_value_written_as_feel_reads_back_the_same(value: object) -> None:
    taken = compile_expression("x", ["x"]).evaluate({"x": value})
    assert compile_expression(feel_text(taken), ()).evaluate({}) == taken


kleene = st.sampled_from([True, False, None])


@given(kleene, kleene, kleene)
def test_three_valued_logic_obeys_de_morgan_and_distributes(a: object, b: object, c: object) -> None:
    context = {"a": a, "b": b, "c": c}

    def value(text: str) -> object:
        return compile_expression(text, context).evaluate(context)

    assert value("not(a and b)") is value("not(a) or not(b)")
    assert value("a and (b or c)") is value("(a and b) or (a and c)")
    assert value("a and b") is value("b and a")


@given(st.decimals(allow_nan=False, allow_infinity=False, places=2, min_value=-(10**9), max_value=10**9))
def test_money_adds_up_to_the_cent(amount: Decimal) -> None:
    assert compile_expression("x + 0.01 - 0.01", ["x"]).evaluate({"x": amount}) == amount
