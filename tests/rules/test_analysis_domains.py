"""Columns cut into parts: no cell tells two values of one part apart, and the engine itself is the judge."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tongban import rules
from tongban.rules.analysis import Known, PartKind, boundary_rows, domain_text, space

D = Decimal
ANYTHING = Known()
WHOLE = Known(unit=D(1))


def table(column: rules.Input, *cells: str, names: tuple[str, ...] = ()) -> rules.Table:
    rows = [rules.Row([cell], ["1"]) for cell in cells]
    return rules.Table.build("t", [column], [rules.Output("out")], rows, names=(column.expression, *names))


def parts(built: rules.Table, known: Known = ANYTHING) -> list[object]:
    return [part.value for part in space(built, [known]).columns[0].parts]


def test_whole_numbers_are_cut_at_below_between_and_above_what_cells_name() -> None:
    age = table(rules.Input("age", type="number"), "< 60", "[60..70)", ">= 80")
    assert parts(age, WHOLE) == [D(59), D(60), D(61), D(70), D(71), D(80), D(81), None]


def test_nothing_lies_between_two_neighbouring_whole_numbers_but_between_two_amounts_does() -> None:
    pair = table(rules.Input("n", type="number"), "1", "2")
    assert parts(pair, WHOLE) == [D(0), D(1), D(2), D(3), None]
    assert parts(pair) == [D(0), D(1), D("1.5"), D(2), D(3), None]


def test_bounds_keep_out_what_cannot_be() -> None:
    age = table(rules.Input("age", type="number"), ">= 18", ">= 200")
    assert parts(age, Known(low=D(0), high=D(130), unit=D(1))) == [D(17), D(18), D(19), None]


def test_a_boundary_off_the_grid_is_no_value_itself() -> None:
    half = table(rules.Input("n", type="number"), ">= 59.5")
    assert parts(half, WHOLE) == [D(59), D(60), None]


def test_edges_are_the_boundary_and_one_unit_to_either_side_and_null() -> None:
    money = table(rules.Input("income", type="number"), "< 1000")
    column = space(money, [Known(unit=D("0.01"), low=D(0))]).columns[0]
    assert column.edges == (D(0), D("999.99"), D(1000), D("1000.01"), None)


def test_dates_times_and_durations_are_cut_by_day_second_and_month() -> None:
    day = table(rules.Input("d", type="date"), '[@"2026-01-01"..@"2027-01-01")')
    assert parts(day)[:3] == [rules.Date.of(2025, 12, 31), rules.Date.of(2026, 1, 1), rules.Date.of(2026, 1, 2)]
    for kind, cell, around in (
        ("time", '< @"08:00:00"', ['@"07:59:59"', '@"08:00:00"', '@"08:00:01"']),
        ("date and time", '< @"2026-01-01T00:00:00"', ['@"2025-12-31T23:59:59"', '@"2026-01-01T00:00:00"']),
        ("years and months duration", '>= @"P1Y"', ['@"P11M"', '@"P1Y"', '@"P1Y1M"']),
        ("days and time duration", '> @"P3D"', ['@"P2D"', '@"P3D"', '@"P4D"']),
        ("days and time duration", '> @"PT36H"', ['@"P1DT11H59M59S"', '@"P1DT12H"', '@"P1DT12H1S"']),
    ):
        found = parts(table(rules.Input("x", type=kind), cell))
        assert [rules.feel_text(value) for value in found][: len(around)] == around


def test_texts_are_those_named_and_any_other() -> None:
    tier = table(rules.Input("tier", type="string"), '"a","b"', 'not("c")', '"…"')
    assert parts(tier) == ["a", "b", "c", "…", "……", None]


def test_listed_values_are_all_there_are() -> None:
    tier = table(rules.Input("tier", type="string", values=("a", "b", "c")), '"a"', 'starts with(?, "b")')
    cut = space(tier)
    assert parts(tier) == ["a", "b", "c", None]
    assert cut.beyond == ()
    assert cut.columns[0].accepts == (0b0001, 0b0010)


def test_the_unknown_is_a_part_of_every_column_and_occurs_only_where_it_may() -> None:
    low = table(rules.Input("low", type="boolean"), "true", "-", "null", "not(false)")
    column = space(low).columns[0]
    assert column.parts[-1].kind is PartKind.UNKNOWN
    assert column.accepts == (0b001, 0b111, 0b100, 0b001)
    assert (column.possible, space(low, [Known(blank=True)]).columns[0].possible) == (0b011, 0b111)


def test_a_cell_that_says_what_it_asks_is_cut_where_it_compares() -> None:
    age = table(rules.Input("age", type="number"), "? > 5 and ? <= 9 or ? = 20", "? in (1, [2..3])")
    assert {D(5), D(9), D(20), D(1), D(2), D(3)} <= set(parts(age, WHOLE))


@pytest.mark.parametrize("cell", ["> limit", "limit", "? * 2 > 5", 'contains(string(?), "1")', "> limit + 1"])
def test_a_cell_that_computes_is_named_and_neither_accepts_nor_refuses_for_certain(cell: str) -> None:
    built = table(rules.Input("n", type="number"), cell, ">= 3", names=("limit",))
    cut = space(built)
    (beyond,) = cut.beyond
    assert (beyond.row, beyond.column, beyond.text) == (0, 0, cell)
    assert cell[slice(*beyond.node.at)] in cell
    assert cut.columns[0].accepts[0] == 0
    assert cut.columns[0].may[0] == cut.columns[0].all


CELLS = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(["<", "<=", ">", ">="]), st.integers(0, 9)).map(lambda p: f"{p[0]} {p[1]}"),
        st.tuples(st.sampled_from("[("), st.integers(0, 9), st.integers(0, 9), st.sampled_from(")]")).map(
            lambda p: f"{p[0]}{min(p[1], p[2])}..{max(p[1], p[2])}{p[3]}"
        ),
        st.lists(st.integers(0, 9), min_size=1, max_size=3).map(lambda p: ", ".join(map(str, p))),
        st.integers(0, 9).map(lambda n: f"not({n})"),
        st.just("-"),
        st.just("null"),
    ),
    min_size=1,
    max_size=5,
)


@given(CELLS, st.integers(-3, 13))
@settings(deadline=None)
def test_every_value_is_judged_like_the_representative_of_its_part(cells: list[str], value: int) -> None:
    built = table(rules.Input("n", type="number"), *cells)
    column = space(built, [WHOLE]).columns[0]
    here = next(
        bit for bit in range(len(column.parts)) if rules.compile_cell(domain_text(column, 1 << bit)).test(value) is True
    )
    for row, (cell,) in enumerate(built.cells):
        assert (cell.test(value) is True) == bool(column.accepts[row] >> here & 1)


@given(CELLS)
@settings(deadline=None)
def test_what_a_row_accepts_can_be_written_as_a_cell_again(cells: list[str]) -> None:
    built = table(rules.Input("n", type="number"), *cells)
    column = space(built, [WHOLE]).columns[0]
    for row, (cell,) in enumerate(built.cells):
        known = column.accepts[row] & column.values
        if known:
            again = rules.compile_cell(domain_text(column, known))
            assert all((cell.test(n) is True) == (again.test(n) is True) for n in range(-3, 14))


def test_boundary_rows_move_one_input_at_a_time_through_all_its_edges() -> None:
    built = rules.Table.build(
        "t",
        [rules.Input("age", type="number"), rules.Input("low", type="boolean")],
        [rules.Output("out")],
        [rules.Row([">= 80", "-"], ["1"]), rules.Row(["[60..80)", "true"], ["2"])],
        names=("age", "low"),
    )
    rows = list(boundary_rows(built, [WHOLE]))
    assert len(rows) == len({tuple(map(str, row)) for row in rows})
    assert {row[0] for row in rows} == {D(59), D(60), D(61), D(79), D(80), D(81), None}
    assert {row[1] for row in rows} == {True, False, None}
    assert rows[-1] == (None, None)
    assert {built.decide(dict(zip(("age", "low"), row, strict=True))).matched for row in rows} == {(), (1,), (2,)}
