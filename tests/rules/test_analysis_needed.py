"""What the unknown facts would have to be for each outcome: nothing reachable is left out, nothing else is named."""

from __future__ import annotations

from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from tongban import rules
from tongban.rules.analysis import Known, Reachable, needed, space

WHOLE = Known(unit=rules.to_feel(1), low=rules.to_feel(0), high=rules.to_feel(12))


def elderly() -> rules.Table:
    inputs = [rules.Input("age", type="number"), rules.Input("low_income", type="boolean")]
    rows = [
        rules.Row(["[60..70)", "true"], ["100"]),
        rules.Row(["[70..80)", "true"], ["150"]),
        rules.Row(["[70..80)", "false"], ["50"]),
        rules.Row([">= 80", "-"], ["150"]),
    ]
    return rules.Table.build("elderly", inputs, [rules.Output("amount")], rows, names=("age", "low_income"))


def said(found: tuple[Reachable, ...]) -> list[tuple[str, str, list[dict[int, str]]]]:
    return [
        (one.status.value, ", ".join(t for _, t in one.outputs), [dict(w.cells) for w in one.ways]) for one in found
    ]


def test_each_outcome_still_open_is_told_with_all_ways_to_it() -> None:
    known = [Known(low=rules.to_feel(0), unit=rules.to_feel(1))]
    assert said(needed(elderly(), {}, known)) == [
        ("decided", "100", [{0: "[60..70)", 1: "true"}]),
        ("decided", "150", [{0: "[70..80)", 1: "true"}, {0: ">= 80"}]),
        ("decided", "50", [{0: "[70..80)", 1: "false"}]),
        ("no-row", "", [{0: "< 60"}, {0: "[60..70)", 1: "false"}]),
    ]


def test_what_is_known_is_taken_as_it_is_and_only_the_rest_is_asked_for() -> None:
    assert said(needed(elderly(), {"age": 75})) == [
        ("decided", "150", [{1: "true"}]),
        ("decided", "50", [{1: "false"}]),
    ]
    (only,) = needed(elderly(), {"age": 85})
    assert (only.rows, [w.cells for w in only.ways]) == ((4,), [()])
    (values,) = [one.values for one in needed(elderly(), {"low_income": True}) if one.rows == (2, 4)]
    assert values == ((0, ">= 70"),)


def test_of_rows_in_order_those_after_a_sure_one_do_not_matter() -> None:
    rows = [rules.Row(["true", "-"], ["1"]), rules.Row(["-", "> 5"], ["2"])]
    built = rules.Table.build(
        "t",
        [rules.Input("a", type="boolean"), rules.Input("n", type="number")],
        [rules.Output("out")],
        rows,
        hit=rules.HitPolicy.FIRST,
        names=("a", "n"),
    )
    assert said(needed(built, {"a": True})) == [("decided", "1", [{}])]


def test_a_cell_on_another_unknown_fact_may_hold_or_not() -> None:
    built = rules.Table.build(
        "t",
        [rules.Input("income", type="number")],
        [rules.Output("out")],
        [rules.Row(["<= limit"], ["1"]), rules.Row(["> limit"], ["2"])],
        names=("income", "limit"),
    )
    assert {one.rows for one in needed(built, {})} == {(1,), (2,), ()}
    assert [one.rows for one in needed(built, {"income": 5, "limit": 9})] == [(1,)]


CELLS = st.tuples(
    st.sampled_from(["-", "< 3", "[3..6)", ">= 6", "[2..7]", "5", "not(4)"]),
    st.sampled_from(["-", '"a"', '"b","c"', 'not("a")']),
    st.sampled_from(["-", "true", "false"]),
    st.sampled_from(["1", "2", "3"]),
)
FACTS = st.fixed_dictionaries({}, optional={"n": st.integers(0, 12), "s": st.sampled_from("abx"), "b": st.booleans()})
HITS = st.sampled_from([rules.HitPolicy.UNIQUE, rules.HitPolicy.ANY, rules.HitPolicy.FIRST, rules.HitPolicy.PRIORITY])


@given(st.lists(CELLS, min_size=1, max_size=6), FACTS, HITS)
@settings(max_examples=100, deadline=None)
def test_the_ways_are_exactly_the_points_at_which_the_engine_gives_that_outcome(
    lines: list[tuple[str, str, str, str]], facts: dict[str, object], hit: rules.HitPolicy
) -> None:
    inputs = [rules.Input("n", type="number"), rules.Input("s", type="string"), rules.Input("b", type="boolean")]
    rows = [rules.Row(line[:3], [line[3]]) for line in lines]
    built = rules.Table.build(
        "t", inputs, [rules.Output("out", values=(1, 2, 3))], rows, hit=hit, names=("n", "s", "b")
    )
    found = needed(built, facts, [WHOLE])
    columns = space(built, [WHOLE]).columns
    choices = [
        [facts[name]] if name in facts else [part.value for part in column.parts[:-1]]
        for name, column in zip("nsb", columns, strict=True)
    ]
    for point in product(*choices):
        decision = built.decide(dict(zip("nsb", point, strict=True)))
        led_to = [
            one
            for one in found
            for way in one.ways
            if all(rules.compile_cell(cell).test(point[column]) is True for column, cell in way.cells)
        ]
        assert len(led_to) == 1
        assert led_to[0].status is decision.status
        if decision.status is rules.Status.DECIDED:
            assert led_to[0].outputs == (("out", rules.feel_text(decision.outcome)),)
