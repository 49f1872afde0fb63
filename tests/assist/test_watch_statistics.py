"""Shares, differences, runs and drift: held to scipy, to fairlearn and to counting by hand."""

from collections import Counter
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tongban.assist.gate.kinds import BANDS as KINDS
from tongban.assist.gate.kinds import input_band
from tongban.assist.watch.figures import INPUT, drift
from tongban.assist.watch.groups import SMALLEST, Share, Treated, count, gap, hide
from tongban.assist.watch.statistics import (
    Rate,
    chance_of_run,
    difference,
    longest_run,
    stability,
    wilson,
)
from tongban.catalog.watching import Measure

COUNTS = st.integers(1, 400).flatmap(lambda of: st.tuples(st.integers(0, of), st.just(of)))
BANDS = st.integers(2, 8).flatmap(lambda n: st.tuples(*[st.lists(st.integers(1, 300), min_size=n, max_size=n)] * 2))


@given(COUNTS)
@settings(max_examples=60, deadline=None)
def test_an_interval_is_that_of_wilson(counts: tuple[int, int]) -> None:
    from scipy.stats import binomtest

    hits, of = counts
    theirs = binomtest(hits, of).proportion_ci(method="wilson")
    ours = wilson(hits, of)
    assert (ours.low, ours.high) == pytest.approx((theirs.low, theirs.high), abs=1e-9)
    assert ours.low <= hits / of <= ours.high


@given(COUNTS, COUNTS)
def test_a_difference_lies_in_its_interval_and_turns_its_sign_when_turned_round(
    one: tuple[int, int], other: tuple[int, int]
) -> None:
    a, b = Rate(*one), Rate(*other)
    there, back = difference(a, b), difference(b, a)
    assert there.low <= a.share - b.share <= there.high
    assert (there.low, there.high) == pytest.approx((-back.high, -back.low))


def test_the_difference_of_newcombes_own_example() -> None:
    found = difference(Rate(56, 70), Rate(48, 80))
    assert (found.low, found.high) == pytest.approx((0.0524, 0.3339), abs=1e-4)


@given(st.integers(0, 9), st.integers(1, 9), st.floats(0, 1))
@settings(deadline=None)
def test_the_chance_of_a_run_is_the_share_of_all_sequences_that_have_one(of: int, length: int, share: float) -> None:
    counted = sum(
        share ** sum(one) * (1 - share) ** (of - sum(one))
        for one in product((True, False), repeat=of)
        if longest_run(one) >= length
    )
    assert chance_of_run(length, of, share) == pytest.approx(counted, abs=1e-9)


@given(BANDS)
def test_nothing_has_drifted_from_itself_and_drift_has_no_direction(bands: tuple[list[int], list[int]]) -> None:
    before, now = bands
    assert stability(before, before).high == pytest.approx(0)
    there, back = stability(before, now), stability(now, before)
    assert there.low <= there.high
    assert back.low <= back.high


def test_chance_alone_is_no_drift_and_a_new_public_is() -> None:
    assert stability([50, 50, 50, 50], [13, 11, 14, 12]).low == 0
    assert stability([500, 300, 150, 50], [50, 150, 300, 500]).low > 1


@given(st.integers(2, 40))
@settings(deadline=None)
def test_what_chance_explains_follows_chi_square(bands: int) -> None:
    from scipy.stats import chi2

    many = [1000 + 100 * (n % 2) for n in range(bands)]
    found = stability(many, many[1:] + many[:1])
    expected = chi2.ppf(0.975, bands - 1) * (1 / sum(many) * 2)
    if found.low > 0:
        assert found.high - found.low == pytest.approx(expected, rel=0.02)


TREATED = st.lists(
    st.builds(
        Treated,
        group=st.sampled_from(["甲", "乙", "丙"]),
        selected=st.just(True),
        accepted=st.booleans(),
    ),
    min_size=60,
    max_size=200,
)


@given(TREATED)
@settings(max_examples=15, deadline=None)
def test_the_gap_in_errors_is_the_one_that_fairlearn_finds(treated: list[Treated]) -> None:
    from fairlearn.metrics import MetricFrame, mean_prediction

    groups = count(treated)
    found = gap(groups, Share.WRONG)
    large = {group.name for group in groups if group.settled >= SMALLEST}
    kept = [one for one in treated if one.group in large]
    if len(large) < 2:
        assert found is None
        return
    declined = [one.accepted is False for one in kept]
    frame = MetricFrame(
        metrics=mean_prediction, y_true=declined, y_pred=declined, sensitive_features=[one.group for one in kept]
    )
    assert found is not None
    assert found.value == pytest.approx(frame.difference(method="between_groups"))
    assert found.interval.low <= found.value <= found.interval.high


@given(st.lists(st.tuples(st.sampled_from("甲乙丙丁"), st.booleans()), max_size=120))
def test_a_small_group_cannot_be_told_from_what_is_shown_and_the_total(rows: list[tuple[str, bool]]) -> None:
    groups = count([Treated(name, selected) for name, selected in rows])
    shown = hide(groups)
    small = {group.name for group in groups if group.calls < SMALLEST}
    hidden = {group.name for group in shown if group.hidden}
    assert small <= hidden
    assert all(not group.calls and not group.selected for group in shown if group.hidden)
    assert len(hidden) != 1 or len(groups) == 1


def test_the_same_sort_of_question_falls_together_and_another_sort_moves_the_index() -> None:
    """Broder (1997): texts that share words share their band more often than chance."""
    school = [f"孩子{n}岁想上小学要带什么材料" for n in range(200)]
    weather = [f"明天第{n}条街会不会下雨" for n in range(200)]
    first, same, other = (
        Counter(f"{INPUT}{input_band(q.encode())}" for q in asked) for asked in (school[:100], school[100:], weather)
    )
    figures = {name: next(drift(Measure.INPUTS, first, now)).low for name, now in (("same", same), ("other", other))}
    assert figures["same"] < 0.1 < 0.25 < figures["other"]


def test_nothing_of_a_text_can_be_read_from_its_band() -> None:
    assert {input_band(text.encode()) for text in ("", "孩")} == {None}
    assert all(0 <= band < KINDS for n in range(500) if (band := input_band(f"问题{n}".encode())) is not None)
