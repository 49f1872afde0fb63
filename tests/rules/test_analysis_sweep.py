"""Gaps, overlaps and rows for nothing: found by the sweep, they are those of brute force and of the engine."""

from __future__ import annotations

from datetime import date
from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from tongban import rules
from tongban.rules.analysis import Known, Space
from tongban.rules.analysis.remarks import RemarkCode, remarks
from tongban.rules.analysis.study import Study, study
from tongban.rules.analysis.sweep import Box, points

WHOLE = Known(unit=rules.to_feel(1), low=rules.to_feel(0), high=rules.to_feel(12))
MAY_BE_BLANK = Known(blank=True)

NUMBERS = st.sampled_from(["-", "< 3", "[3..6)", ">= 6", "[2..7]", "5", "not(4)", "3,9", "> 12", "null"])
TEXTS = st.sampled_from(["-", '"a"', '"b","c"', 'not("a")', "null", 'not("b","c")'])
TRUTHS = st.sampled_from(["-", "true", "false", "null"])
ROWS = st.lists(
    st.tuples(NUMBERS, TEXTS, TRUTHS, st.integers(1, 3).map(str)).map(
        lambda row: rules.Row(row[:3], [row[3]], note=str(row))
    ),
    min_size=1,
    max_size=7,
)
HITS = st.sampled_from([rules.HitPolicy.UNIQUE, rules.HitPolicy.ANY, rules.HitPolicy.FIRST, rules.HitPolicy.PRIORITY])


def table(rows: list[rules.Row], hit: rules.HitPolicy = rules.HitPolicy.UNIQUE) -> rules.Table:
    inputs = [rules.Input("n", type="number"), rules.Input("s", type="string"), rules.Input("b", type="boolean")]
    outputs = [rules.Output("out", values=(1, 2, 3))]
    return rules.Table.build("t", inputs, outputs, rows, hit=hit, names=("n", "s", "b"))


def studied(rows: list[rules.Row], hit: rules.HitPolicy = rules.HitPolicy.UNIQUE) -> Study:
    return study(table(rows, hit), (WHOLE, Known(), MAY_BE_BLANK))


def decided(cut: Space, point: tuple[int, ...]) -> rules.Decision:
    return cut.table.decide(dict(zip("nsb", cut.values(point), strict=True)))


def spread(boxes: tuple[Box, ...]) -> list[tuple[int, ...]]:
    return [point for box in boxes for point in points(box)]


def everywhere(cut: Space) -> list[tuple[int, ...]]:
    return list(product(*(range(len(column.parts)) for column in cut.columns)))


@given(ROWS)
@settings(max_examples=100, deadline=None)
def test_the_gaps_are_the_points_where_the_engine_finds_no_row_each_once(rows: list[rules.Row]) -> None:
    found = studied(rows)
    cut = found.space
    told = spread(found.gaps + found.unknown_gaps)
    possible = [p for p in everywhere(cut) if all(c.possible >> n & 1 for c, n in zip(cut.columns, p, strict=True))]
    assert sorted(told) == sorted(p for p in possible if not decided(cut, p).hits)


@given(ROWS)
@settings(max_examples=100, deadline=None)
def test_the_overlaps_are_the_pairs_that_the_engine_lets_match_together(rows: list[rules.Row]) -> None:
    found = studied(rows)
    cut = found.space
    together = {
        (one, other)
        for point in everywhere(cut)
        if all(c.possible >> n & 1 for c, n in zip(cut.columns, point, strict=True))
        for hits in [decided(cut, point).hits]
        for one in hits
        for other in hits
        if one < other
    }
    assert {(pair.one + 1, pair.other + 1) for pair in found.overlaps} == together
    for pair in found.overlaps:
        assert all({pair.one + 1, pair.other + 1} <= set(decided(cut, p).hits) for p in points(pair.box))


@given(ROWS, HITS)
@settings(max_examples=100, deadline=None)
def test_a_row_is_called_dead_exactly_when_it_never_counts(rows: list[rules.Row], hit: rules.HitPolicy) -> None:
    found = studied(rows, hit)
    cut = found.space
    counted: set[int] = set()
    for point in everywhere(cut):
        if all(c.possible >> n & 1 for c, n in zip(cut.columns, point, strict=True)):
            counted |= set(decided(cut, point).matched)
    dead = {row + 1 for row in found.never} | {c.row + 1 for c in (*found.shadowed, *found.masked)}
    assert not dead & counted
    if hit is rules.HitPolicy.FIRST:
        assert dead == set(range(1, len(rows) + 1)) - counted


@given(ROWS, HITS)
@settings(max_examples=100, deadline=None)
def test_without_a_redundant_row_every_answer_is_the_same(rows: list[rules.Row], hit: rules.HitPolicy) -> None:
    found = studied(rows, hit)
    for covered in found.subsumed:
        less = table([row for index, row in enumerate(rows) if index != covered.row], hit)
        for point in everywhere(found.space):
            if all(c.possible >> n & 1 for c, n in zip(found.space.columns, point, strict=True)):
                facts = dict(zip("nsb", found.space.values(point), strict=True))
                assert less.decide(facts).outcome == found.table.decide(facts).outcome


@given(ROWS, HITS)
@settings(max_examples=100, deadline=None)
def test_a_policy_is_called_unique_only_where_no_two_rows_meet(rows: list[rules.Row], hit: rules.HitPolicy) -> None:
    found = studied(rows, hit)
    if found.really_unique:
        assert hit is not rules.HitPolicy.UNIQUE
        assert studied(rows).overlaps == ()


ELDERLY = [
    ("[60..70)", "true", '"small"', "100"),
    ("[60..70)", "true", '"large"', "120"),
    ("[70..80)", "false", '"small"', "50"),
    ("[70..80)", "false", '"large"', "60"),
    ("[70..80)", "true", "-", "150"),
    (">= 80", "-", '"small"', "200"),
    (">= 80", "-", '"large"', "260"),
]


def elderly(blank: bool = False) -> Study:
    """The allowance of notes on rules §4: two gaps that its authors had not seen."""
    inputs = [
        rules.Input("age", "年龄", "number"),
        rules.Input("low_income", "低收入", "boolean"),
        rules.Input("city", "城市", "string", ("small", "large")),
    ]
    rows = [rules.Row(cells, [out]) for *cells, out in ELDERLY]
    built = rules.Table.build("elderly", inputs, [rules.Output("amount")], rows, names=("age", "low_income", "city"))
    age = Known(unit=rules.to_feel(1), low=rules.to_feel(0), high=rules.to_feel(130))
    return study(built, (age, Known(blank=blank)))


def test_the_two_gaps_of_the_elderly_table_are_found_each_with_a_person() -> None:
    told = [remark for remark in remarks(elderly()) if remark.code is RemarkCode.GAP]
    assert [remark.where for remark in told] == [((0, "< 60"),), ((0, "[60..70)"), (1, "false"))]
    assert [remark.zh for remark in told] == [
        "没有一行管这种人：年龄 59、是低收入、城市：small",
        "没有一行管这种人：年龄 60、不是低收入、城市：small",
    ]
    assert told[1].en == "No row covers this person: 年龄 60, 低收入: no, 城市: small"


def test_a_fact_that_may_stay_unknown_is_a_gap_of_its_own() -> None:
    assert [r for r in remarks(elderly()) if r.code is RemarkCode.UNKNOWN_GAP] == []
    told = [remark for remark in remarks(elderly(blank=True)) if remark.code is RemarkCode.UNKNOWN_GAP]
    assert [remark.where for remark in told] == [((0, "< 80"), (1, "null"))]
    assert "低收入不知道" in told[0].zh


def test_a_day_under_no_law_and_a_day_under_two_are_found() -> None:
    rows = [
        rules.Row(['[@"2026-01-01"..@"2026-12-31")', "60"], ["1"]),
        rules.Row(['[@"2027-01-01"..@"2028-01-01"]', "60"], ["2"]),
        rules.Row(['>= @"2028-01-01"', "60"], ["3"]),
    ]
    inputs = [rules.Input("valid_on", "适用日期", "date"), rules.Input("age", values=(60,))]
    built = rules.Table.build("standard", inputs, [rules.Output("amount")], rows, names=("valid_on", "age"))
    since = rules.to_feel(date(2026, 1, 1))
    told = remarks(study(built, (Known(low=since),)))
    assert [(remark.code, remark.where) for remark in told] == [
        (RemarkCode.GAP, ((0, '@"2026-12-31"'),)),
        (RemarkCode.OVERLAP, ((0, '@"2028-01-01"'),)),
    ]
    assert told[0].zh == "没有一行管这种人：适用日期 2026-12-31、age 60"


def test_a_shown_person_really_falls_into_the_gap() -> None:
    found = elderly()
    for box in found.gaps:
        values = found.space.values(next(points(box)))
        status = found.table.decide(dict(zip(("age", "low_income", "city"), values, strict=True))).status
        assert status is rules.Status.NO_ROW


def one(rows: list[tuple[str, str]], hit: rules.HitPolicy, *values: object) -> list[tuple[RemarkCode, int]]:
    built = rules.Table.build(
        "t",
        [rules.Input("n", type="number")],
        [rules.Output("out", values=values)],
        [rules.Row([cell], [out]) for cell, out in rows],
        hit=hit,
        names=("n", "limit"),
    )
    return [(remark.code, remark.row) for remark in remarks(study(built, (WHOLE,)))]


def test_each_kind_of_fault_is_told_at_its_row() -> None:
    hits = rules.HitPolicy
    assert one([("< 5", "1"), (">= 5", "2")], hits.UNIQUE) == []
    assert one([("< 5", "1"), (">= 5", "2")], hits.FIRST) == [(RemarkCode.HIT_POLICY, -1)]
    assert one([("<= 5", "1"), (">= 5", "2")], hits.UNIQUE) == [(RemarkCode.OVERLAP, 1)]
    assert one([("<= 5", "1"), (">= 5", "2")], hits.ANY) == [(RemarkCode.OVERLAP, 1)]
    assert one([("-", "1"), (">= 5", "1")], hits.ANY) == [(RemarkCode.REDUNDANT, 1)]
    assert one([("-", "1"), (">= 5", "2")], hits.FIRST) == [(RemarkCode.NEVER, 1)]
    assert one([(">= 5", "1"), ("< 5", "1"), ("-", "2")], hits.FIRST) == [(RemarkCode.NEVER, 2)]
    assert one([(">= 5", "2"), ("-", "1")], hits.PRIORITY, 1, 2) == [(RemarkCode.NEVER, 0)]
    assert one([("-", "1"), ("> 99", "2")], hits.UNIQUE) == [(RemarkCode.NEVER, 1)]
    assert one([("-", "1")], hits.UNIQUE, 1, 2) == [(RemarkCode.UNREACHED, -1)]
    assert one([("> limit", "1"), ("-", "2")], hits.FIRST) == [(RemarkCode.BEYOND, 0)]
    assert one([("> limit", "1"), ("< 5", "2")], hits.UNIQUE) == [(RemarkCode.BEYOND, 0)]
