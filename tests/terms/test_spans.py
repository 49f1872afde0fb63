"""Spans are read from what people write, and refused when they leave the kind of day open."""

from datetime import date

import pytest

from tongban.terms import Span, TermError, Unit, add_months


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("20 working-days", Span(20, Unit.WORKING_DAY)),
        ("1 working-day", Span(1, Unit.WORKING_DAY)),
        ("20 working days", Span(20, Unit.WORKING_DAY)),
        ("15 calendar-days", Span(15, Unit.CALENDAR_DAY)),
        ("24 hours", Span(24, Unit.HOUR)),
        ("30 Minutes", Span(30, Unit.MINUTE)),
        ("1 month", Span(1, Unit.MONTH)),
        ("3 years", Span(3, Unit.YEAR)),
        ("on-the-spot", Span(0, Unit.ON_THE_SPOT)),
        ("20个工作日", Span(20, Unit.WORKING_DAY)),
        ("5工作日", Span(5, Unit.WORKING_DAY)),
        ("15日", Span(15, Unit.CALENDAR_DAY)),
        ("7天", Span(7, Unit.CALENDAR_DAY)),
        ("30个自然日", Span(30, Unit.CALENDAR_DAY)),
        ("24小时", Span(24, Unit.HOUR)),
        ("24个小时", Span(24, Unit.HOUR)),
        ("30分钟", Span(30, Unit.MINUTE)),
        ("3个月", Span(3, Unit.MONTH)),
        ("1年", Span(1, Unit.YEAR)),
        ("当场", Span(0, Unit.ON_THE_SPOT)),
        (" 即时 ", Span(0, Unit.ON_THE_SPOT)),
    ],
)
def test_a_span_is_read_in_english_and_chinese(text: str, span: Span) -> None:
    assert Span.parse(text) == span


@pytest.mark.parametrize("unit", [u for u in Unit if u is not Unit.ON_THE_SPOT])
@pytest.mark.parametrize("amount", [1, 20])
def test_what_is_printed_reads_back(unit: Unit, amount: int) -> None:
    span = Span(amount, unit)
    assert Span.parse(span.text("zh")) == Span.parse(span.text("en")) == span


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("20 days", "span-day-ambiguous"),
        ("1 day", "span-day-ambiguous"),
        ("soon", "span-unreadable"),
        ("20", "span-unreadable"),
        ("", "span-unreadable"),
        ("-3 hours", "span-unreadable"),
        ("0.5日", "span-unreadable"),
        ("3 fortnights", "span-unreadable"),
        ("0 hours", "span-amount"),
    ],
)
def test_an_unclear_span_is_refused_in_both_languages(text: str, code: str) -> None:
    with pytest.raises(TermError) as refused:
        Span.parse(text)
    assert refused.value.code == code
    assert refused.value.zh
    assert refused.value.en


def test_a_negative_span_cannot_be_made() -> None:
    with pytest.raises(TermError, match="span-amount"):
        Span(-1, Unit.HOUR)


def test_a_month_without_the_corresponding_day_ends_on_its_last_day() -> None:
    assert add_months(date(2026, 1, 31), 1) == date(2026, 2, 28)
    assert add_months(date(2028, 1, 31), 1) == date(2028, 2, 29)
    assert add_months(date(2024, 2, 29), 12) == date(2025, 2, 28)
    assert add_months(date(2026, 3, 31), -1) == date(2026, 2, 28)
    assert add_months(date(2026, 11, 30), 3) == date(2027, 2, 28)


def test_months_past_the_last_year_are_refused_not_crashed() -> None:
    with pytest.raises(TermError, match="beyond-the-calendar"):
        add_months(date(2026, 1, 1), 12 * 9000)
