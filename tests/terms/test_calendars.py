"""The calendar is the State Council's: days off, make-up days, and honesty about years not yet announced."""

from datetime import date, timedelta

import chinese_calendar
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tongban.terms import Calendar, TermError, Text, notice_from_mapping

CHINA = Calendar.china()
DAYS = st.dates(date(2004, 1, 1), date(2030, 12, 31))


def test_every_day_from_2004_to_2026_agrees_with_the_published_tables() -> None:
    day = date(2004, 1, 1)
    while day <= date(2026, 12, 31):
        assert CHINA.is_working(day) is chinese_calendar.is_workday(day), day
        day += timedelta(1)


def test_make_up_days_are_worked_and_holidays_are_not() -> None:
    assert CHINA.is_working(date(2026, 10, 10))  # a Saturday made up for National Day
    assert CHINA.is_working(date(2026, 2, 28))
    assert not CHINA.is_working(date(2026, 10, 1))  # a Thursday
    assert CHINA.name(date(2026, 10, 1)) == Text("国庆节", "National Day")
    assert CHINA.name(date(2026, 11, 23)) is None


def test_a_year_without_a_notice_is_a_plain_week_and_says_so() -> None:
    assert CHINA.knows(2026)
    assert not CHINA.knows(2027)
    assert CHINA.is_working(date(2027, 1, 1))  # a Friday, until the notice is filed
    assert not CHINA.is_working(date(2027, 1, 2))


def test_the_next_working_day_steps_over_the_whole_holiday() -> None:
    assert CHINA.next_working(date(2026, 2, 15)) == date(2026, 2, 24)
    assert CHINA.next_working(date(2026, 2, 24)) == date(2026, 2, 24)
    assert CHINA.last_working(date(2026, 10, 7)) == date(2026, 9, 30)
    assert CHINA.working_days(date(2026, 9, 30), date(2026, 10, 10)) == 3


def test_filing_a_notice_makes_a_new_version_and_leaves_the_old_one() -> None:
    filed = CHINA.with_notice(2027, "演示通知", {date(2027, 1, 1): "元旦"}, {date(2027, 1, 2): "元旦"})
    assert filed.knows(2027)
    assert not filed.is_working(date(2027, 1, 1))
    assert filed.is_working(date(2027, 1, 2))
    assert filed.version != CHINA.version
    assert not CHINA.knows(2027)
    assert CHINA.is_working(date(2027, 1, 1))


def test_the_same_notices_make_the_same_version_in_whatever_order_they_were_filed() -> None:
    one = Calendar(()).with_notice(2027, "a").with_notice(2028, "b")
    other = Calendar(()).with_notice(2028, "b").with_notice(2027, "a")
    assert one.version == other.version
    assert one == other
    assert hash(one) == hash(other)


def test_a_later_notice_replaces_the_whole_year() -> None:
    first = CHINA.with_notice(2027, "first", {date(2027, 5, 3): "劳动节"})
    second = first.with_notice(2027, "second", {date(2027, 5, 4): "劳动节"})
    assert second.is_working(date(2027, 5, 3))
    assert not second.is_working(date(2027, 5, 4))


@settings(deadline=None)
@given(st.sets(DAYS, max_size=12), st.sets(DAYS, max_size=12), DAYS)
def test_counting_and_finding_working_days_are_inverse(off: set[date], on: set[date], day: date) -> None:
    calendar = Calendar(())
    for year in {d.year for d in off | on}:
        calendar = calendar.with_notice(
            year,
            "演示",
            {d: "放假" for d in off if d.year == year},
            {d: "上班" for d in on - off if d.year == year},
        )

    def works(d: date) -> bool:
        return d not in off and (d in on or d.weekday() < 5)

    assert calendar.is_working(day) is works(day)
    after = day
    while not works(after):
        after += timedelta(1)
    assert calendar.next_working(day) == after
    nth = calendar.count(day.toordinal())
    assert calendar.count(calendar.select(nth)) == nth
    assert calendar.select(nth) <= day.toordinal()


def test_a_notice_is_read_from_a_file_an_officer_can_write() -> None:
    notice = notice_from_mapping(
        {
            "year": 2027,
            "source": "国办发明电〔2026〕演示号",
            "holidays": {date(2027, 1, 1): {"zh": "元旦", "en": "New Year's Day"}, "2027-02-05": "春节"},
            "workdays": {"2027-01-02": "元旦"},
        }
    )
    assert notice.holidays[date(2027, 1, 1)] == Text("元旦", "New Year's Day")
    assert not CHINA.with_filed(notice).is_working(date(2027, 2, 5))


@pytest.mark.parametrize(
    ("data", "code", "place"),
    [
        ({"source": "x"}, "notice-unreadable", "year"),
        ({"year": "2027", "source": "x"}, "notice-unreadable", "year"),
        ({"year": 2027}, "notice-unreadable", "source"),
        ({"year": 2027, "source": "x", "holiday": {}}, "notice-unreadable", "holiday"),
        ({"year": 2027, "source": "x", "holidays": ["2027-01-01"]}, "notice-unreadable", "holidays"),
        ({"year": 2027, "source": "x", "holidays": {"1 Jan": "元旦"}}, "notice-unreadable", "holidays.1 Jan"),
        ({"year": 2027, "source": "x", "workdays": {"2027-01-02": 1}}, "notice-unreadable", "workdays.2027-01-02"),
        (
            {"year": 2027, "source": "x", "holidays": {"2027-01-02": "a"}, "workdays": {"2027-01-02": "a"}},
            "notice-contradicts-itself",
            "2027-01-02",
        ),
        ({"year": 2027, "source": "x", "holidays": {"2020-01-01": "a"}}, "notice-wrong-year", "2020-01-01"),
    ],
)
def test_a_bad_notice_is_refused_with_its_place(data: dict[str, object], code: str, place: str) -> None:
    with pytest.raises(TermError) as refused:
        notice_from_mapping(data)
    assert refused.value.code == code
    assert place in refused.value.zh
    assert place in refused.value.en
