"""The yearly figures of objections: counted right, and nobody can be found in them."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongban.assist.account.model import Outcomes
from tongban.assist.account.yearly import HIDDEN_BELOW, year_of
from tongban.base.clock import ZONE
from tongban.cases.answers import Came

NOW = datetime(2026, 12, 31, 9, tzinfo=ZONE)
ASKED = datetime(2026, 11, 2, 9, tzinfo=ZONE)
STATES = ("changed", "upheld", "explained", "withdrawn", "not-competent", "asked")


def days(since: datetime, until: datetime) -> int:
    return (until - since).days


def came(state: str, took: int = 2, use: str = "guide") -> Came:
    ended = None if state in ("asked", "taken-up") else ASKED + timedelta(days=took)
    return Came(region="990101", asked_at=ASKED, state=state, ended_at=ended, said={"use": use} if use else {})


def figures(*cases: Came) -> Outcomes:
    return year_of(cases, 2026, "000000", 5, days, NOW).all


def test_a_year_tells_how_many_how_it_came_out_and_how_long_it_took() -> None:
    found = figures(*[came("upheld", took) for took in (1, 2, 3, 4, 9)], *[came("changed", 5)] * 6)
    assert (found.asked, found.upheld, found.changed) == (11, 5, 6)
    assert (found.median_days, found.worst_days, found.overdue) == (5, 9, None), "one that was late is somebody"


def test_what_still_waits_after_the_promised_day_is_overdue() -> None:
    assert figures(*[came("asked")] * 5).overdue == 5


def test_who_withdrew_was_not_answered_and_does_not_make_it_look_quicker() -> None:
    found = figures(*[came("upheld", 4)] * 5, *[came("withdrawn", 0)] * 5)
    assert found.median_days == 4


def test_fewer_than_five_are_not_shown_at_all() -> None:
    found = figures(*[came("upheld")] * 4)
    assert found == Outcomes(use="*", asked=None)


def test_a_use_with_few_objections_is_not_listed_and_cannot_be_worked_out() -> None:
    found = year_of(
        [came("upheld", use="guide")] * 20 + [came("upheld", use="route")] * 3, 2026, "000000", 5, days, NOW
    )
    assert found.uses == (), "20 of 23 would tell of the other three"
    two = [came("upheld", use=use) for use in ("a", "b") for _ in range(3)]
    both = year_of([came("upheld", use="guide")] * 20 + two, 2026, "000000", 5, days, NOW)
    assert [one.use for one in both.uses] == ["guide"], "six of two uses: nobody knows which asked how often"


@given(st.lists(st.tuples(st.sampled_from(STATES), st.integers(0, 12), st.sampled_from(["", "a", "b", "c"]))))
def test_no_small_count_is_shown_or_can_be_worked_out_by_subtraction(asked: list[tuple[str, int, str]]) -> None:
    found = year_of([came(*one) for one in asked], 2026, "000000", 5, days, NOW)
    for group in (found.all, *found.uses):
        shown = [group.changed, group.upheld, group.explained, group.withdrawn, group.elsewhere, group.waiting]
        known = [n for n in shown if n is not None]
        assert not any(0 < n < HIDDEN_BELOW for n in (*known, group.overdue or 0))
        if group.asked is not None and len(known) < len(shown):
            hidden = group.asked - sum(known)
            assert shown.count(None) != 1 or hidden >= HIDDEN_BELOW
    listed = sum(one.asked or 0 for one in found.uses)
    rest = (found.all.asked or 0) - listed
    assert found.all.asked is None or not found.uses or rest == 0 or rest >= HIDDEN_BELOW


@pytest.mark.parametrize("state", STATES)
def test_every_end_of_the_procedure_has_its_count(state: str) -> None:
    found = figures(*[came(state)] * 5)
    counts = (found.changed, found.upheld, found.explained, found.withdrawn, found.elsewhere, found.waiting)
    assert sorted(n or 0 for n in counts) == [0, 0, 0, 0, 0, 5]
