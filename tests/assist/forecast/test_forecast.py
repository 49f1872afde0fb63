"""Forecasts that are shown only where they help, people at a counter, and the chance that a case is late."""

from itertools import pairwise
from math import sin

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongban.assist.forecast.demonstration import ended, weekly
from tongban.assist.forecast.evaluate import overdue
from tongban.assist.forecast.overdue import FEWEST, Past, risk
from tongban.assist.forecast.series import AHEAD, SHORTEST, backtest, expected, forecast, theta
from tongban.assist.forecast.staffing import SHARE, needed, served_within


def test_a_forecast_is_shown_only_where_it_beats_last_years_same_week() -> None:
    made = [forecast(weekly(f"s{n}", "body", 47)) for n in range(30)]
    assert any(one.shown for one in made)
    for one in made:
        assert one.backtest is not None
        assert one.shown == (one.backtest.error < one.backtest.naive_error)
        assert one.shown == bool(one.points)


def test_what_repeats_itself_exactly_is_left_to_the_calendar() -> None:
    """Nothing beats last year's same week where this year is the same: then nothing else is shown."""
    year = [20 + round(9 * sin(n / 52 * 6.283)) for n in range(52)]
    made = forecast([float(n) for n in year * 3])
    assert not made.shown


@pytest.mark.parametrize("weeks", [0, 1, SHORTEST + AHEAD - 1])
def test_too_few_weeks_say_nothing(weeks: int) -> None:
    assert backtest([5.0] * weeks) is None
    assert forecast([5.0] * weeks).points == ()


def test_intervals_hold_about_as_often_as_they_say() -> None:
    held = [tested.coverage for n in range(40) if (tested := backtest(weekly(f"s{n}", "body", 47))) and tested.coverage]
    assert 0.7 <= sum(held) / len(held) <= 0.9


@given(st.lists(st.integers(0, 500).map(float), min_size=SHORTEST + AHEAD, max_size=140))
def test_forecasts_are_never_below_nothing_and_lie_within_their_interval(counts: list[float]) -> None:
    assert all(value >= 0 for value in expected(counts, AHEAD))
    for point in forecast(counts).points:
        assert 0 <= point.low <= point.expected <= point.high


def test_theta_follows_half_the_slope_of_a_straight_line() -> None:
    ahead = theta([float(n) for n in range(60)], 3)
    assert [round(b - a, 6) for a, b in pairwise(ahead)] == [0.5, 0.5]


def test_erlangs_formula_agrees_with_his_table() -> None:
    """Two lines and one erlang: a third of the calls wait."""
    assert 1 - served_within(1.0, 2, 0.0) == pytest.approx(1 / 3)


@given(st.integers(0, 400), st.floats(1, 60))
def test_a_counter_has_the_fewest_people_with_whom_four_in_five_wait_no_longer(arrivals: int, minutes: float) -> None:
    found = needed(arrivals, minutes)
    if not arrivals:
        assert found.people == 0
        return
    assert found.within >= SHARE - 0.001
    load = arrivals * minutes / 240
    assert found.people == 1 or served_within(load, found.people - 1, 15 / minutes) < SHARE


def test_the_chance_of_being_late_is_counted_among_cases_that_were_still_open_at_this_point() -> None:
    past = [Past("licence", "a", 0.4)] * 50 + [Past("licence", "a", 0.9)] * 30 + [Past("licence", "a", 1.2)] * 10
    early, late = risk(past, "licence", "a", 0.1), risk(past, "licence", "a", 0.8)
    assert early is not None
    assert late is not None
    assert (early.late, early.similar) == (10, 90)
    assert (late.late, late.similar) == (10, 40)
    assert early.low < early.share < early.high
    assert early.share < late.share


def test_fewer_than_thirty_cases_say_nothing_and_other_bodies_are_asked_first() -> None:
    few = [Past("licence", "a", 1.2)] * (FEWEST - 1)
    assert risk(few, "licence", "a", 0.5) is None
    more = risk([*few, Past("licence", "b", 0.9)], "licence", "a", 0.5)
    assert more is not None
    assert more.wider
    assert risk(few * 2, "other", "a", 0.5) is None


def test_the_demonstration_shows_the_same_everywhere() -> None:
    assert weekly("s", "b", 3) == weekly("s", "b", 3) != weekly("s", "c", 3)
    assert ended("s", "b") == ended("s", "b")


def test_foretelling_who_is_late_beats_the_share_of_all_cases_and_means_what_it_says() -> None:
    metrics, size = overdue()
    assert size >= 2000
    assert metrics["brier"] < metrics["brier-base"]
    assert metrics["brier-skill"] == pytest.approx(1 - metrics["brier"] / metrics["brier-base"], abs=0.001)
    assert metrics["ece"] <= 0.05
