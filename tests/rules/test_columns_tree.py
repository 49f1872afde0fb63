"""Decision trees decide as their tables do, and prove what a table can come to."""

from __future__ import annotations

from columns_samples import Drawing, table
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tongban.rules import HitPolicy, Output, Row
from tongban.rules.columns.build import Builder
from tongban.rules.columns.evaluate import Facts, evaluate
from tongban.rules.columns.interpret import decide
from tongban.rules.columns.ir import UNSETTLED, Decide
from tongban.rules.columns.nodes import BOOLEAN, Kind, Scalar, Type
from tongban.rules.columns.regrow import mapped, shared
from tongban.rules.columns.tree import AGGREGATES, Split, Tree, leaves, plan

AGE = Type(Kind.NUMBER, 0, 120)
PLACE = Type(Kind.CODE, 0, 1, values=("town", "village"))


def walk(tree: Tree, facts: Facts) -> int:
    """The outcome at the leaf that these facts lead to."""
    while isinstance(tree, Split):
        tree = _next(tree, evaluate(tree.value, facts), facts)
    return tree.outcome


def _next(split: Split, value: Scalar, facts: Facts) -> Tree:
    if value is None:
        return split.unknown[1] if split.unknown is not None and split.unknown[0] in facts.unknown else split.null
    for branch in split.branches:
        if isinstance(value, str):
            if value in branch.texts:
                return branch.then
        elif any((s.low is None or s.low <= value) and (s.high is None or value <= s.high) for s in branch.spans):
            return branch.then
    return next(branch.then for branch in split.branches if branch.rest)


INPUTS = {"age": AGE, "place": PLACE, "poor": BOOLEAN, "day": Type(Kind.DATE, 738_000, 739_500)}


def person(data: st.DataObject) -> Facts:
    """Values within their types; what is null is unknown or inapplicable."""
    values: dict[str, Scalar] = {}
    for name, of in INPUTS.items():
        low, high = (0, 1) if of.kind is Kind.BOOLEAN else (of.low or 0, of.high or 0)
        value = data.draw(st.none() | st.integers(low, high) | st.sampled_from((low, high)))
        values[name] = bool(value) if value is not None and of.kind is Kind.BOOLEAN else value
    nulls = [name for name, value in values.items() if value is None]
    return Facts(values, frozenset(name for name in nulls if data.draw(st.booleans())))


@given(st.data())
@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck), phases=[Phase.generate])
def test_a_tree_decides_as_the_table_does_row_by_row(data: st.DataObject) -> None:
    drawing = Drawing(data.draw)
    for name, of in INPUTS.items():
        drawing.give(name, of)
    step = table(drawing, "t")
    found = plan(step)
    if found is None:
        return
    for _ in range(10):
        facts = person(data)
        settled, got = decide(step, facts), walk(found.tree, facts)
        assert walk(shared(found.tree), facts) == got
        assert walk(mapped(found.tree, lambda outcome: outcome % 2), facts) == got % 2
        if step.hit in AGGREGATES:
            bits = sum(1 << (number - 1) for number in settled.matching)
            assert got == (UNSETTLED if settled.row == UNSETTLED else bits)
        else:
            assert got == settled.row


def table_of(*rows: tuple[str, str], hit: HitPolicy = HitPolicy.UNIQUE) -> Decide:
    builder = Builder("t")
    builder.input("age", AGE)
    builder.input("place", PLACE)
    made = [Row(list(row), [str(number)]) for number, row in enumerate(rows)]
    builder.table("t", ["age", "place"], [Output("out")], made, hit)
    step = builder.program().first[-1]
    assert isinstance(step, Decide)
    return step


def test_disjoint_rows_are_proved_disjoint_and_an_overlap_is_found() -> None:
    apart = plan(table_of(("< 60", "-"), (">= 60", '"town"'), (">= 60", 'not("town")')))
    assert apart is not None
    assert (apart.disjoint, apart.complete) == (True, True)
    overlapping = plan(table_of(("<= 60", "-"), (">= 60", "-")))
    assert overlapping is not None
    assert not overlapping.disjoint
    gap = plan(table_of(("< 60", "-"), ("> 60", "-")))
    assert gap is not None
    assert (gap.disjoint, gap.complete) == (True, False)


def test_null_leaves_rows_with_a_dash_as_they_are_and_opens_the_others() -> None:
    found = plan(table_of(("-", '"town"'), (">= 60", '"village"')))
    assert found is not None
    assert walk(found.tree, Facts({"place": 0}, frozenset({"age"}))) == 1
    assert walk(found.tree, Facts({"place": 1}, frozenset({"age"}))) == UNSETTLED


def test_a_bound_is_looked_at_once_however_many_rows_name_it() -> None:
    rows = [(f"[{low}..{low + 10})", place) for low in range(0, 120, 10) for place in ('"town"', '"village"')]
    found = plan(table_of(*rows))
    assert found is not None
    assert found.leaves < 3 * len(rows)
    assert set(leaves(found.tree)) >= set(range(1, len(rows) + 1))
