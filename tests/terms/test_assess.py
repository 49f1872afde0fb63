"""Where a term stands, told by cases a person could work out on a wall calendar."""

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tongban.terms import (
    Calendar,
    Consequence,
    Direction,
    Ended,
    Entry,
    Extended,
    Ground,
    HandedOver,
    Paused,
    PausedSpan,
    Resumed,
    Span,
    Start,
    Started,
    State,
    TermError,
    TermRule,
    Unit,
    assess,
    assess_both,
    consequence_at,
    recompute,
    split,
    statute,
)

SHANGHAI = ZoneInfo("Asia/Shanghai")
CHINA = Calendar.china()
DECISION = statute("licensing.decision")
CORRECTION = statute("licensing.correction-notice")


def at(text: str) -> datetime:
    """``11-03 10:00`` of 2026 unless a year is written."""
    return datetime.fromisoformat(text if text[4] == "-" else f"2026-{text}").replace(tzinfo=SHANGHAI)


def last_second(text: str) -> datetime:
    return at(f"{text} 23:59:59")


def rule(span: str, **more: Any) -> TermRule:
    return TermRule("test", Span.parse(span), "演示", **more)


def due(of: TermRule, *ledger: Entry) -> datetime | None:
    return assess(of, ledger, CHINA, SHANGHAI).due


def test_before_a_start_there_is_no_date() -> None:
    standing = assess(DECISION, [], CHINA, SHANGHAI, at("11-03 10:00"))
    assert (standing.state, standing.due, standing.left) == (State.NOT_STARTED, None, 20)


def test_the_day_of_the_event_is_not_counted_and_the_last_day_ends_at_midnight() -> None:
    assert due(rule("5 working-days"), Started(at("11-02 00:10"))) == last_second("11-09")
    assert due(rule("5 working-days"), Started(at("11-02 23:50"))) == last_second("11-09")


def test_a_statute_may_count_the_day_of_the_event() -> None:
    assert due(rule("5 working-days", start_rule=Start.SAME_DAY), Started(at("11-02 10:00"))) == last_second("11-06")


def test_an_event_on_a_holiday_starts_with_the_first_working_day() -> None:
    assert due(rule("1 working-day"), Started(at("10-03 10:00"))) == last_second("10-08")


def test_the_day_may_end_at_close_of_business() -> None:
    office = rule("1 working-day", end_of_day=time(17, 30))
    ledger = [Started(at("11-03 10:00"))]
    assert due(office, *ledger) == at("11-04 17:30:00")
    assert assess(office, ledger, CHINA, SHANGHAI, at("11-04 17:30")).state is State.RUNNING
    assert assess(office, ledger, CHINA, SHANGHAI, at("11-04 17:31")).state is State.OVERDUE


def test_the_day_is_the_authority_s_wherever_the_moment_was_written() -> None:
    written_in_utc = datetime.fromisoformat("2026-11-02T17:00:00+00:00")  # already the 3rd in Shanghai
    assert due(rule("1 working-day"), Started(written_in_utc)) == last_second("11-04")


def test_a_last_calendar_day_on_a_holiday_moves_to_the_next_working_day() -> None:
    assert due(rule("15 calendar-days"), Started(at("09-19 10:00"))) == last_second("10-08")
    assert due(rule("15 calendar-days", rolls=False), Started(at("09-19 10:00"))) == last_second("10-04")


def test_a_last_day_on_a_made_up_saturday_stays() -> None:
    assert due(rule("10 calendar-days"), Started(at("09-30 10:00"))) == last_second("10-10")


def test_a_month_ends_on_the_corresponding_day_or_the_month_s_last() -> None:
    assert due(rule("1 month", rolls=False), Started(at("01-31 10:00"))) == last_second("02-28")
    assert due(rule("1 month", rolls=False), Started(at("2028-01-31 10:00"))) == last_second("2028-02-29")
    assert due(rule("1 year", rolls=False), Started(at("2024-02-29 10:00"))) == last_second("2025-02-28")


def test_an_extension_by_months_counts_from_the_start_not_from_a_clamped_day() -> None:
    ledger = [Started(at("01-31 10:00")), Extended(at("02-01 10:00"), Span(1, Unit.MONTH), "head")]
    assert due(rule("1 month", rolls=False), *ledger) == last_second("03-31")


def test_hours_run_from_the_moment_through_nights_and_holidays() -> None:
    assert due(rule("24 hours"), Started(at("10-01 22:15"))) == at("10-02 22:15:00")
    assert due(rule("90 minutes"), Started(at("10-01 22:15"))) == at("10-01 23:45:00")


def test_a_pause_stops_hours_to_the_second() -> None:
    ledger = [Started(at("11-03 10:00")), Paused(at("11-03 11:00"), "testing"), Resumed(at("11-03 14:30"))]
    assert due(rule("2 hours"), *ledger) == at("11-03 15:30:00")
    standing = assess(rule("2 hours"), ledger, CHINA, SHANGHAI, at("11-03 15:00"))
    assert (standing.consumed, standing.left, standing.left_text("zh")) == (90, 30, "30分钟")


def test_on_the_spot_means_the_same_day_and_a_sunday_s_filing_the_next_working_day() -> None:
    assert due(rule("当场"), Started(at("11-03 10:00"))) == last_second("11-03")
    assert due(rule("当场"), Started(at("11-01 10:00"))) == last_second("11-02")
    after_closing = rule("当场", end_of_day=time(17, 30))
    assert due(after_closing, Started(at("11-03 18:00"))) == at("11-04 17:30:00")


def test_the_day_the_clock_stops_is_given_back_and_the_day_it_resumes_is_used() -> None:
    """Three days stopped (Wed, Thu, Fri), so the fifth day moves from Monday 9th to Thursday 12th."""
    ledger = [Started(at("11-02 10:00")), Paused(at("11-04 09:00"), "testing"), Resumed(at("11-09 16:00"))]
    assert due(rule("5 working-days"), *ledger) == last_second("11-12")


def test_stopping_and_resuming_within_one_day_changes_nothing() -> None:
    ledger = [Started(at("11-02 10:00")), Paused(at("11-04 09:00"), "testing"), Resumed(at("11-04 16:00"))]
    assert due(rule("5 working-days"), *ledger) == last_second("11-09")


def test_a_pause_over_a_holiday_gives_back_only_working_days() -> None:
    ledger = [Started(at("09-29 10:00")), Paused(at("09-30 10:00"), "testing"), Resumed(at("10-08 10:00"))]
    assert due(rule("5 working-days"), *ledger) == last_second("10-13")  # one working day later than 10-12


def test_two_grounds_at_once_stop_the_clock_once_and_the_last_to_end_restarts_it() -> None:
    ledger: list[Entry] = [
        Started(at("11-02 10:00")),
        Paused(at("11-04 09:00"), Ground.TESTING),
        Paused(at("11-05 09:00"), Ground.HEARING),
        Resumed(at("11-06 09:00"), Ground.TESTING),
    ]
    still = assess(rule("5 working-days"), ledger, CHINA, SHANGHAI, at("11-06 12:00"))
    assert still.state is State.PAUSED
    assert still.paused_spans == (PausedSpan(at("11-04 09:00"), None, (Ground.TESTING, Ground.HEARING)),)
    ledger.append(Resumed(at("11-09 16:00"), Ground.HEARING))
    assert due(rule("5 working-days"), *ledger) == last_second("11-12")


def test_a_paused_term_has_no_date_but_says_what_it_would_be_if_resumed_now() -> None:
    ledger = [Started(at("11-02 10:00")), Paused(at("11-04 09:00"), "testing")]
    standing = assess(rule("5 working-days"), ledger, CHINA, SHANGHAI, at("11-09 16:00"))
    assert (standing.state, standing.due, standing.left) == (State.PAUSED, None, 4)
    assert standing.projected == last_second("11-12")
    assert not standing.overdue_at(at("2027-11-02 10:00"))


def test_a_pause_that_holds_the_rolled_last_day_moves_it_on() -> None:
    """The seventh day is Sunday 8th; on Monday 9th the clock stands; it falls due when it runs again."""
    ledger = [Started(at("11-01 10:00")), Paused(at("11-09 09:00"), "testing"), Resumed(at("11-11 09:00"))]
    assert due(rule("7 calendar-days"), *ledger) == last_second("11-11")


def test_a_past_moment_is_answered_as_it_was_known_then() -> None:
    ledger = [
        Started(at("11-02 10:00")),
        Extended(at("11-05 10:00"), Span.parse("5 working-days"), "head"),
    ]
    before = assess(rule("5 working-days"), ledger, CHINA, SHANGHAI, at("11-04 10:00"))
    assert before.due == last_second("11-09")
    assert assess(rule("5 working-days"), ledger, CHINA, SHANGHAI).due == last_second("11-16")


def test_today_counts_as_left_until_it_ends() -> None:
    ledger = [Started(at("11-02 10:00"))]

    def left(moment: str) -> int:
        return assess(rule("5 working-days"), ledger, CHINA, SHANGHAI, at(moment)).left

    assert [left(m) for m in ("11-02 12:00", "11-03 12:00", "11-04 00:00", "11-09 23:59")] == [5, 5, 4, 1]


def test_an_answer_in_time_is_met_and_one_after_it_met_late() -> None:
    started = Started(at("11-02 10:00"))
    on_time = assess(rule("5 working-days"), [started, Ended(at("11-09 23:59:59"))], CHINA, SHANGHAI)
    late = assess(rule("5 working-days"), [started, Ended(at("11-11 00:00"))], CHINA, SHANGHAI)
    assert (on_time.state, on_time.overrun) == (State.MET, 0)
    assert (late.state, late.overrun) == (State.MET_LATE, 1)
    assert late.overdue_at(at("12-01 00:00"))
    assert not on_time.overdue_at(at("12-01 00:00"))


def test_a_backward_term_counts_from_the_event_back_over_the_holiday() -> None:
    notice = statute("licensing.hearing-notice")
    standing = assess(notice, [Started(at("09-14 10:00"), origin=at("10-12 09:00"))], CHINA, SHANGHAI)
    assert standing.due == last_second("09-24")
    assert standing.budget == 9  # 15–18, the made-up Sunday 20, 21–24


def test_a_hearing_set_too_near_cannot_be_notified_in_time() -> None:
    notice = statute("licensing.hearing-notice")
    standing = assess(notice, [Started(at("10-09 10:00"), origin=at("10-12 09:00"))], CHINA, SHANGHAI)
    assert (standing.state, standing.left) == (State.OVERDUE, 0)


def test_a_backward_calendar_term_on_a_day_off_moves_to_the_working_day_before() -> None:
    back = rule("30 calendar-days", direction=Direction.BACKWARD)
    assert due(back, Started(at("09-01 10:00"), origin=at("11-03 10:00"))) == last_second("09-30")
    months = rule("1 month", direction=Direction.BACKWARD, rolls=False)
    assert due(months, Started(at("01-05 10:00"), origin=at("03-31 10:00"))) == last_second("02-28")
    hours = rule("2 hours", direction=Direction.BACKWARD)
    assert due(hours, Started(at("01-05 10:00"), origin=at("03-31 10:00"))) == at("03-31 08:00:00")


def test_unanswered_for_five_working_days_counts_as_accepted_from_the_day_of_receipt() -> None:
    ledger = [Started(at("09-24 15:00"))]
    assert consequence_at(CORRECTION, ledger, CHINA, SHANGHAI, last_second("10-09")) is None
    expiry = consequence_at(CORRECTION, ledger, CHINA, SHANGHAI, at("10-10 00:00"))
    assert expiry is not None
    assert expiry.consequence is Consequence.DEEMED_ACCEPTED
    assert (expiry.fires, expiry.effective) == (at("10-10 00:00"), at("09-24 15:00"))
    assert "视为受理" in expiry.text("zh")
    assert "deemed accepted" in expiry.text("en")


def test_a_correction_notice_sent_too_late_does_not_undo_the_acceptance() -> None:
    in_time = [Started(at("09-24 15:00")), Ended(at("10-09 20:00"))]
    too_late = [Started(at("09-24 15:00")), Ended(at("10-10 09:00"))]
    assert consequence_at(CORRECTION, in_time, CHINA, SHANGHAI, at("12-01 00:00")) is None
    assert consequence_at(CORRECTION, too_late, CHINA, SHANGHAI, at("12-01 00:00")) is not None


def test_the_decision_of_a_deemed_acceptance_runs_from_receipt() -> None:
    deemed = Started(at("10-10 00:00"), origin=at("09-24 15:00"))
    standing = assess(DECISION, [deemed], CHINA, SHANGHAI)
    assert standing.due == last_second("10-29")
    assert standing.consumed == 5


def test_a_licence_whose_renewal_is_not_decided_by_its_last_day_counts_as_renewed() -> None:
    renewal = statute("licensing.renewal-decision")
    ledger = [Started(at("08-20 10:00"), origin=at("10-03 00:00"))]
    assert consequence_at(renewal, ledger, CHINA, SHANGHAI, last_second("10-03")) is None
    expiry = consequence_at(renewal, ledger, CHINA, SHANGHAI, at("10-04 00:00"))
    assert expiry is not None
    assert (expiry.consequence, expiry.fires) == (Consequence.DEEMED_RENEWED, at("10-04 00:00"))


def test_nothing_fires_while_the_clock_stands_or_when_the_law_attaches_nothing() -> None:
    paused = [Started(at("09-24 15:00")), Paused(at("09-29 10:00"), Ground.TESTING)]
    assert consequence_at(DECISION, paused, CHINA, SHANGHAI, at("2027-12-01 00:00")) is None
    silent = statute("licensing.issue")
    assert consequence_at(silent, paused[:1], CHINA, SHANGHAI, at("12-01 00:00")) is None
    assert consequence_at(DECISION, [], CHINA, SHANGHAI, at("12-01 00:00")) is None


def test_each_body_answers_for_the_days_that_ended_in_its_hands() -> None:
    ledger = [
        Started(at("11-02 10:00"), holder="岚江县"),
        HandedOver(at("11-05 10:00"), "岚江市"),
        HandedOver(at("11-09 10:00"), "岚江县"),
    ]
    shares = split(rule("10 working-days"), ledger, CHINA, SHANGHAI, at("11-12 10:00"))
    assert shares == {"岚江县": 2 + 3, "岚江市": 2}
    assert split(rule("10 working-days"), [], CHINA, SHANGHAI) == {}


def test_a_newly_filed_notice_moves_open_terms_and_says_why() -> None:
    ledger = [Started(at("12-25 10:00"))]
    filed = CHINA.with_notice(2027, "2027年放假通知（演示）", {date(2027, 1, 1): "元旦"}, {})
    change = recompute(rule("5 working-days"), ledger, CHINA, filed, SHANGHAI)
    assert change is not None
    assert (change.old, change.new) == (last_second("2027-01-01"), last_second("2027-01-04"))
    assert change.days == (date(2027, 1, 1),)
    assert "2027年放假通知（演示）" in change.why.zh
    assert "2027-01-04" in change.why.en
    assert recompute(rule("5 working-days"), ledger, filed, filed, SHANGHAI) is None
    assert recompute(rule("24 hours"), ledger, CHINA, filed, SHANGHAI) is None
    closed = [*ledger, Ended(at("12-28 10:00"))]
    assert recompute(rule("5 working-days"), closed, CHINA, filed, SHANGHAI) is None


def test_a_promise_runs_beside_the_statute_and_the_earlier_binds() -> None:
    promise = DECISION.promised(Span.parse("5 working-days"), law="演示承诺")
    both = assess_both(DECISION, promise, [Started(at("11-02 10:00"))], CHINA, SHANGHAI)
    assert both.statutory.due == last_second("11-30")
    assert both.promised.due == last_second("11-09")
    assert both.binding is both.promised
    assert promise.consequence is Consequence.ESCALATE


def test_a_promise_longer_than_the_law_is_refused() -> None:
    with pytest.raises(TermError, match="promise-too-long"):
        DECISION.promised(Span.parse("30 working-days"))


def test_a_rule_whose_extension_cannot_be_added_is_refused() -> None:
    extension = DECISION.extension
    with pytest.raises(TermError, match="extension-unit"):
        rule("15 calendar-days", extension=extension)
    with pytest.raises(TermError, match="backward-fixed"):
        rule("15 working-days", extension=extension, direction=Direction.BACKWARD)


def test_a_term_past_the_last_year_is_refused_not_crashed() -> None:
    with pytest.raises(TermError, match="beyond-the-calendar"):
        assess(rule("99999 years"), [Started(at("11-02 10:00"))], CHINA, SHANGHAI)
    with pytest.raises(TermError, match="beyond-the-calendar"):
        assess(rule("99999 hours"), [Started(datetime(9999, 12, 1, tzinfo=SHANGHAI))], CHINA, SHANGHAI)


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(TermError, match="time-naive"):
        assess(DECISION, [Started(datetime(2026, 11, 2, 10))], CHINA, SHANGHAI)  # noqa: DTZ001 — the point
    with pytest.raises(TermError, match="time-naive"):
        assess(DECISION, [], CHINA, SHANGHAI, datetime(2026, 11, 2))  # noqa: DTZ001 — the point


def test_fractions_of_the_last_second_are_still_in_time() -> None:
    ledger = [Started(at("11-02 10:00"))]
    moment = last_second("11-09") + timedelta(milliseconds=700)
    assert assess(rule("5 working-days"), ledger, CHINA, SHANGHAI, moment).state is State.RUNNING
