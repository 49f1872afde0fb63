"""What holds for all dates, times and durations: texts round trip, sums undo, order is total, Python agrees."""

from __future__ import annotations

import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tongban.rules import Date, DateTime, DaysDuration, MonthsDuration, Time, feel_text, to_feel, to_python
from tongban.rules.feel import temporal
from tongban.rules.feel.dialect import FEEL, equal
from tongban.rules.feel.errors import Undefined
from tongban.rules.feel.moments import DAY, LAST_YEAR, NANOSECONDS
from tongban.rules.feel.syntax import Op

SECOND = NANOSECONDS
ZONES = ("Asia/Shanghai", "Europe/Paris", "America/New_York", "Australia/Lord_Howe", "Africa/Casablanca", "Etc/UTC")

days = st.integers(Date.of(-LAST_YEAR, 1, 1).number, Date.of(LAST_YEAR, 12, 31).number).map(Date)
modern = st.integers(Date.of(1900, 1, 1).number, Date.of(2100, 1, 1).number).map(Date)
clocks = st.integers(0, DAY - 1)
offsets = st.none() | st.integers(-18 * 3600, 18 * 3600)
plain_times = st.builds(Time, clocks, offsets)
times = plain_times | st.builds(Time.within, st.builds(Time, clocks), st.sampled_from(ZONES))
moments = st.builds(DateTime.of, days, times)
day_spans = st.integers(-(10**6) * DAY, 10**6 * DAY).map(DaysDuration)
month_spans = st.integers(-(10**6), 10**6).map(MonthsDuration)
anything = st.one_of(days, times, moments, day_spans, month_spans)
fast = settings(max_examples=200, deadline=None)


@fast
@given(anything)
def test_text_of_a_moment_reads_back_the_same(value: object) -> None:
    assert temporal.read(str(value)) == value
    assert feel_text(value) == f'@"{value}"'


@settings(max_examples=500, deadline=None)
@given(st.text("0123456789-+:.TZPYMDHS@/EuropeParis", max_size=40) | st.from_regex(r"\d{4}-\d\d-\d\dT.*|-?P.*|@.*"))
def test_any_other_text_is_no_moment_and_never_a_crash(text: str) -> None:
    try:
        value = temporal.read(text)
    except Undefined:
        return
    assert temporal.read(str(value)) == value


@fast
@given(days, day_spans)
def test_days_added_and_taken_away_again_leave_the_date(day: Date, span: DaysDuration) -> None:
    whole = DaysDuration(span.nanoseconds // DAY * DAY)
    try:
        moved = temporal.add_days(day, whole)
    except Undefined:
        assume(False)
        return
    assert temporal.subtract_days(moved, whole) == day
    assert FEEL.apply(Op.SUBTRACT, moved, day) == whole


@fast
@given(moments, day_spans)
def test_time_added_and_taken_away_again_leaves_the_moment(moment: DateTime, span: DaysDuration) -> None:
    try:
        moved = temporal.add_days(moment, span)
    except Undefined:
        assume(False)
        return
    assert equal(temporal.subtract_days(moved, span), moment) is True
    assert FEEL.apply(Op.SUBTRACT, moved, moment) == span


@fast
@given(times, day_spans)
def test_time_of_day_comes_back_to_itself(time: Time, span: DaysDuration) -> None:
    assert temporal.subtract_from_time(temporal.add_to_time(time, span), span) == time


@fast
@given(days, st.integers(-(10**5), 10**5))
def test_months_come_back_unless_the_month_was_too_short(day: Date, months: int) -> None:
    try:
        moved = temporal.shift_months(day, months)
    except Undefined:
        assume(False)
        return
    assert moved.day <= day.day
    back = temporal.shift_months(moved, -months)
    assert (back.year, back.month, back.day) == (day.year, day.month, moved.day)


@fast
@given(modern, modern)
def test_complete_months_reach_the_end_date_and_one_more_does_not_fall_short(one: Date, other: Date) -> None:
    start, end = min(one, other), max(one, other)
    months = temporal.months_between(start, end).months
    assert temporal.shift_months(start, months) <= end <= temporal.shift_months(start, months + 1)
    assert temporal.months_between(end, start).months == -months


@fast
@given(st.sampled_from(ZONES), modern, clocks, modern, clocks)
def test_moments_are_before_after_or_equal_and_never_two_of_these(
    zone: str, day: Date, clock: int, other_day: Date, other_clock: int
) -> None:
    left = DateTime.of(day, Time(clock).within(zone))
    right = DateTime(other_day, Time(other_clock, 0))
    verdicts = [FEEL.apply(op, left, right) for op in (Op.LESS, Op.EQUAL, Op.GREATER)]
    assert sorted(map(bool, verdicts)) == [False, False, True]
    assert FEEL.apply(Op.AT_MOST, left, right) is not FEEL.apply(Op.GREATER, left, right)


@fast
@given(st.dates(), st.integers(-(10**6), 10**6))
def test_dates_agree_with_python(day: datetime.date, shift: int) -> None:
    ours = to_feel(day)
    assert isinstance(ours, Date)
    assert (ours.year, ours.month, ours.day, ours.weekday) == (day.year, day.month, day.day, day.isoweekday())
    assert str(ours) == day.isoformat()
    try:
        moved = day + datetime.timedelta(days=shift)
    except OverflowError:
        return
    assert to_python(temporal.add_days(ours, DaysDuration(shift * DAY))) == moved


@fast
@given(
    st.datetimes(datetime.datetime.fromisoformat("1900-01-01"), datetime.datetime.fromisoformat("2100-01-01")),
    st.sampled_from(ZONES),
    st.timedeltas(datetime.timedelta(days=-9999), datetime.timedelta(days=9999)),
)
def test_zones_agree_with_python(local: datetime.datetime, name: str, span: datetime.timedelta) -> None:
    zone = ZoneInfo(name)
    aware = local.replace(tzinfo=zone)
    ours = to_feel(aware)
    assert isinstance(ours, DateTime)
    utc = aware.astimezone(datetime.UTC)
    assert equal(ours, to_feel(utc)) is True
    step = to_feel(span)
    assert isinstance(step, DaysDuration)
    assert ours.plus(step.nanoseconds) == to_feel((utc + span).astimezone(zone))


@fast
@given(
    st.one_of(
        st.dates(),
        st.datetimes(),
        st.datetimes(timezones=st.sampled_from([*map(ZoneInfo, ZONES), datetime.UTC])),
        st.times(),
        st.times(timezones=st.just(datetime.timezone(datetime.timedelta(hours=8)))),
        st.timedeltas(),
    )
)
def test_values_of_python_come_back_the_same(value: object) -> None:
    back = to_python(to_feel(value))
    assert back == value
    assert type(back) is type(value)


def test_the_second_of_two_equal_clock_times_is_kept_apart() -> None:
    zone = ZoneInfo("Europe/Paris")
    first, second = (datetime.datetime(2021, 10, 31, 2, 30, tzinfo=zone, fold=fold) for fold in (0, 1))
    assert equal(to_feel(first), to_feel(second)) is False
    back = to_python(to_feel(second))
    assert (back.fold, back.utcoffset()) == (1, datetime.timedelta(hours=1))


@pytest.mark.parametrize("year", [-LAST_YEAR, -1, 0, 1, 1582, 1900, 2000, 2024, 10_000, LAST_YEAR])
def test_every_year_has_its_days_and_its_weeks(year: int) -> None:
    first, last = Date.of(year, 1, 1), Date.of(year, 12, 31)
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    assert last.number - first.number == 364 + leap
    assert all(Date.of(d.year, d.month, d.day) == d for d in map(Date, range(first.number, last.number + 1)))


@given(st.decimals(-1000, 1000, allow_nan=False, places=3), st.integers(-(10**9), 10**9))
def test_scaling_a_duration_cuts_towards_zero(factor: Decimal, nanoseconds: int) -> None:
    scaled = temporal.scale_days(DaysDuration(nanoseconds), factor)
    assert scaled.nanoseconds == int(Decimal(nanoseconds) * factor)
