"""A parameter of the law has on each day the value of the one law in force, or no value and the reason."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongban.rules import Found, Missing, NoValue, Parameter, Period, RuleValueError, Span

NEW_YEAR = date(2027, 1, 1)
OLD = Period(Span(date(2026, 1, 1), NEW_YEAR), Decimal(60), "A-1")
NEW = Period(Span(NEW_YEAR), Decimal(80), "B-1")
EPOCH = date(2020, 1, 1)
DAY = timedelta(days=1)


def amount(*periods: Period) -> Parameter:
    return Parameter.build("amount", "number", periods)


def test_the_first_day_of_a_new_law_is_its_own() -> None:
    found = amount(OLD, NEW)
    assert found.lookup(NEW_YEAR - DAY) == Found(Decimal(60), 1, OLD.span, "A-1")
    assert found.lookup(NEW_YEAR) == Found(Decimal(80), 2, NEW.span, "B-1")


def test_before_the_first_law_there_is_no_value() -> None:
    assert amount(OLD, NEW).lookup(date(2025, 12, 31)) == Missing(NoValue.NO_LAW)
    assert amount().lookup(NEW_YEAR) == Missing(NoValue.NO_LAW)


def test_a_day_under_two_laws_has_no_value_and_names_both() -> None:
    late = Period(Span(date(2026, 12, 1)), Decimal(80), "B-1")
    assert amount(OLD, late).lookup(date(2026, 12, 15)) == Missing(NoValue.TWO_LAWS, (1, 2))


def test_by_category_each_has_its_own_value_and_nobody_another_s() -> None:
    by_age = Parameter.build(
        "amount", "number", [Period(NEW.span, {"eighties": Decimal(80), "nineties": Decimal(200)}, "B-1")], "band"
    )
    assert by_age.lookup(NEW_YEAR, "nineties") == Found(Decimal(200), 1, NEW.span, "B-1")
    for unknown in ("seventies", None, 80):
        assert by_age.lookup(NEW_YEAR, unknown) == Missing(NoValue.NO_CATEGORY, (1,))


def test_the_days_without_law_and_under_two_are_named() -> None:
    late = Period(Span(date(2027, 2, 1), date(2027, 4, 1)), Decimal(80), "B-1")
    later = Period(Span(date(2027, 3, 1)), Decimal(90), "C-1")
    found = amount(OLD, late, later)
    assert found.gaps(Span(date(2026, 6, 1))) == (Span(NEW_YEAR, date(2027, 2, 1)),)
    (clash,) = found.overlaps(Span(date(2026, 6, 1)))
    assert (clash.span, clash.one, clash.other) == (Span(date(2027, 3, 1), date(2027, 4, 1)), 2, 3)
    assert amount(OLD).gaps(Span(date(2026, 6, 1))) == (Span(NEW_YEAR),)
    assert found.gaps(Span(date(2026, 6, 1), date(2026, 7, 1))) == ()


def test_a_period_that_ends_before_it_begins_or_mixes_its_kinds_of_value_is_refused() -> None:
    with pytest.raises(RuleValueError):
        amount(Period(Span(NEW_YEAR, NEW_YEAR), Decimal(1)))
    with pytest.raises(RuleValueError):
        amount(Period(NEW.span, {"a": Decimal(1)}))
    with pytest.raises(RuleValueError):
        Parameter.build("amount", "number", [NEW], "band")


days = st.integers(0, 60).map(lambda n: EPOCH + n * DAY)


def span_of(since: date, length: int | None) -> Span:
    return Span(since, None if length is None else since + length * DAY)


spans = st.builds(span_of, days, st.none() | st.integers(1, 20))
periods = st.lists(spans, max_size=6).map(
    lambda found: [Period(span, Decimal(n), f"L{n}") for n, span in enumerate(found)]
)


@given(periods, spans)
def test_gaps_and_overlaps_are_exactly_the_days_that_have_no_value(listed: list[Period], within: Span) -> None:
    found = amount(*listed)
    gaps, overlaps = found.gaps(within), found.overlaps(within)
    for n in range(-5, 90):
        day = EPOCH + n * DAY
        held = [number for number, period in enumerate(listed, start=1) if day in period.span]
        looked = found.lookup(day)
        assert isinstance(looked, Found) is (len(held) == 1)
        if isinstance(looked, Found):
            assert (looked.number, looked.law) == (held[0], listed[held[0] - 1].law)
        assert any(day in gap for gap in gaps) is (day in within and not held)
        assert any(day in clash.span for clash in overlaps) is (day in within and len(held) > 1)


@given(periods, spans)
def test_gaps_are_as_long_as_they_can_be(listed: list[Period], within: Span) -> None:
    gaps = amount(*listed).gaps(within)
    assert all(one.until is not None and one.until < other.since for one, other in pairwise(gaps))
