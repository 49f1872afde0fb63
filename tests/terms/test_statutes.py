"""Each statutory clock, worked out by hand around the Spring Festival and National Day of 2026.

The wall calendar used: off 15–23 Feb, worked Sat 14 and Sat 28 Feb; off 4–6 Apr; off 1–5 May, worked Sat 9 May;
off 19–21 Jun; off 25–27 Sep; worked Sun 20 Sep; off 1–7 Oct; worked Sat 10 Oct.
"""

from datetime import date, datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

import pytest

from tongban.terms import (
    APPROVERS,
    STATUTES,
    Calendar,
    Consequence,
    Direction,
    Extended,
    Span,
    Started,
    TermError,
    Unit,
    assess,
    check_entry,
    say,
    statute,
)

SHANGHAI = ZoneInfo("Asia/Shanghai")
CHINA = Calendar.china()
C = Consequence


class Row(NamedTuple):
    name: str
    span: str
    start: str
    due: str
    consequence: Consequence = C.NONE
    extension: str = ""
    approver: str = ""
    extended_due: str = ""
    tag: str = "V"


# For a backward term ``start`` is the day of the event from which it counts back.
ROWS = [
    # Thu 24 Sep; 28 29 30 Sep, 8 9 Oct
    Row("licensing.correction-notice", "5 working-days", "2026-09-24", "2026-10-09", C.DEEMED_ACCEPTED),
    # 15–18, Sun 20, 21–24, 28–30 Sep = 12; 8 9 10, 12–16 Oct = 8
    Row(
        "licensing.decision", "20 working-days", "2026-09-14", "2026-10-16",
        C.LIABILITY, "10 working-days", "authority-head", "2026-10-30",
    ),
    Row(
        "licensing.joint-decision", "45 working-days", "2026-01-05", "2026-03-13",
        C.LIABILITY, "15 working-days", "government-head", "2026-04-03",
    ),
    Row("licensing.lower-review", "20 working-days", "2026-02-02", "2026-03-06"),
    # 8 9 10, 12–16, 19 20 Oct
    Row("licensing.issue", "10 working-days", "2026-09-30", "2026-10-20"),
    # Sat 14, 24–27 Feb
    Row("licensing.hearing-request", "5 working-days", "2026-02-13", "2026-02-27", C.LAPSE),
    Row("licensing.hearing-held", "20 working-days", "2026-09-09", "2026-10-13"),
    # back: 10 9 8 Oct, 30 29 28, 24 Sep
    Row("licensing.hearing-notice", "7 working-days", "2026-10-12", "2026-09-24"),
    Row("licensing.renewal-application", "30 working-days", "2026-03-10", "2026-01-21"),
    # by the last day of the licence, even in a holiday
    Row("licensing.renewal-decision", "on-the-spot", "2026-10-03", "2026-10-03", C.DEEMED_RENEWED),
    # Sun 20, 21–24 Sep
    Row("licensing.inspection-assigned", "5 working-days", "2026-09-18", "2026-09-24"),
    Row("commitment.verification", "60 working-days", "2026-01-20", "2026-04-21", C.RECTIFY),
    # 2 Aug + 60 = 1 Oct, moved to the 8th
    Row("reconsideration.application", "60 calendar-days", "2026-08-02", "2026-10-08", C.LAPSE),
    Row("reconsideration.application-untold", "1 year", "2025-10-01", "2026-10-08", C.LAPSE),
    # 30 Sep, 8 9 10, 12 Oct
    Row("reconsideration.intake-review", "5 working-days", "2026-09-29", "2026-10-12", C.DEEMED_ACCEPTED_ON_EXPIRY),
    # 2 3, 7 8 9 Apr
    Row("reconsideration.correction-notice", "5 working-days", "2026-04-01", "2026-04-09"),
    # 29 30 Apr, 6–8, Sat 9, 11–14 May
    Row("reconsideration.correction", "10 working-days", "2026-04-28", "2026-05-14"),
    # 4 Aug + 60 = 3 Oct, moved; + 90 = Mon 2 Nov
    Row(
        "reconsideration.decision", "60 calendar-days", "2026-08-04", "2026-10-08",
        C.MAY_SUE, "30 calendar-days", "reconsideration-head", "2026-11-02",
    ),
    # 16 Jan + 30 = 15 Feb, the first day of the Spring Festival
    Row("reconsideration.simple-decision", "30 calendar-days", "2026-01-16", "2026-02-24", C.MAY_SUE),
    Row("litigation.after-silence", "15 calendar-days", "2026-09-17", "2026-10-08", C.LAPSE),
    Row("sharing.reply-unconditional", "1 working-day", "2026-09-30", "2026-10-08", C.ESCALATE),
    # 22–24, 28–30 Sep = 6; 8 9 10, 12 Oct
    Row(
        "sharing.reply-conditional", "10 working-days", "2026-09-21", "2026-10-12",
        C.ESCALATE, "10 working-days", "sharing-authority", "2026-10-26",
    ),
    Row("sharing.provision", "20 working-days", "2026-09-10", "2026-10-14", C.ESCALATE),
    # 9–13, Sat 14, 24–27 Feb; then Sat 28 Feb, 2–5 Mar
    Row(
        "sharing.catalogue-update", "10 working-days", "2026-02-06", "2026-02-27",
        C.ESCALATE, "5 working-days", "sharing-authority", "2026-03-05",
    ),
    # Sat 14, 24 Feb
    Row("sharing.catalogue-publication", "2 working-days", "2026-02-13", "2026-02-24"),
    Row("sharing.verification", "10 working-days", "2026-09-23", "2026-10-14", C.ESCALATE),
    # kept at least so long, holiday or not
    Row("sharing.record-retention", "3 years", "2026-10-03", "2029-10-03", C.KEPT_LONG_ENOUGH),
    Row("privacy.impact-report-retention", "3 years", "2024-02-29", "2027-02-28", C.KEPT_LONG_ENOUGH),
    Row("network.log-retention", "6 months", "2026-08-31", "2027-02-28", C.KEPT_LONG_ENOUGH),
    Row("security.flaw-report", "24 hours", "2026-10-01", "2026-10-02"),
    Row("security.incident", "on-the-spot", "2026-10-03", "2026-10-03"),
    # 27–30 Apr, 6–8, Sat 9, 11 12 May
    Row("algorithm.filing", "10 working-days", "2026-04-24", "2026-05-12", C.PENALTY),
    Row("algorithm.filing-review", "30 working-days", "2026-09-01", "2026-10-19"),
    Row("face.filing", "30 working-days", "2026-01-26", "2026-03-13"),
    Row("crypto.assessment", "1 year", "2025-10-04", "2026-10-04", C.MUST_STOP),
    # Fri 25 Sep is the Mid-autumn Festival
    Row("rating.contact", "1 working-day", "2026-09-24", "2026-09-28", C.FOLLOW_UP),
    Row("rating.rectification", "5 working-days", "2026-09-30", "2026-10-13", tag="S"),
    # 24–27, Sat 28 Feb
    Row("enterprise.request", "5 working-days", "2026-02-14", "2026-02-28"),
    Row("enterprise.request-complex", "15 working-days", "2026-09-16", "2026-10-13"),
    # 19 Sep + 15 = 4 Oct, moved; + 30 = Mon 19 Oct
    Row(
        "residence-permit.issue", "15 calendar-days", "2026-09-19", "2026-10-08",
        C.NONE, "15 calendar-days", "city-government", "2026-10-19",
    ),
    # 15–18, 22–26, 29 Jun
    Row("unemployment.assessment", "10 working-days", "2026-06-12", "2026-06-29"),
    Row("construction-permit.decision", "7 calendar-days", "2026-09-26", "2026-10-08"),
    Row("completion.filing", "15 calendar-days", "2026-02-04", "2026-02-24"),
    # 29 30 Sep, 8 9, Sat 10 Oct; then 12–16, 19–23
    Row(
        "hotline.shandong", "5 working-days", "2026-09-28", "2026-10-10",
        C.NONE, "10 working-days", "hotline-centre", "2026-10-23", "S",
    ),
    Row("hotline.shandong-return", "2 working-days", "2026-09-30", "2026-10-09", tag="S"),
    Row("hotline.emergency", "2 hours", "2026-10-01", "2026-10-01", tag="S"),
    Row("hotline.utilities", "24 hours", "2026-10-01", "2026-10-02", tag="S"),
    Row("hotline.general", "7 calendar-days", "2026-09-24", "2026-10-08", tag="S"),
    Row("hotline.complex", "15 calendar-days", "2026-09-16", "2026-10-08", tag="S"),
]  # fmt: skip


def morning(day: str) -> datetime:
    return datetime.combine(date.fromisoformat(day), datetime.min.time().replace(hour=9), SHANGHAI)


def started(row: Row) -> Started:
    event = morning(row.start)
    if STATUTES[row.name].direction is Direction.BACKWARD:
        return Started(morning("2026-01-05"), origin=event)
    return Started(event)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_the_statutory_day_is_the_one_a_wall_calendar_gives(row: Row) -> None:
    rule = statute(row.name)
    assert rule.span == Span.parse(row.span)
    due = assess(rule, [started(row)], CHINA, SHANGHAI).due
    assert due is not None
    assert due.date() == date.fromisoformat(row.due)
    if rule.span.unit is Unit.HOUR:
        assert (due.hour, due.minute) == ((9 + rule.span.amount) % 24, 0)
    else:
        assert (due.hour, due.minute, due.second) == (23, 59, 59)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_the_consequence_is_the_one_the_law_attaches(row: Row) -> None:
    assert statute(row.name).consequence is row.consequence
    assert statute(row.name).tag == row.tag


@pytest.mark.parametrize("row", [r for r in ROWS if r.extension], ids=lambda row: row.name)
def test_the_named_superior_may_extend_once_by_the_lawful_length(row: Row) -> None:
    rule = statute(row.name)
    begun = started(row)
    extended = Extended(begun.at, Span.parse(row.extension), row.approver, reason="演示")
    check_entry(rule, [begun], extended, CHINA, SHANGHAI)
    due = assess(rule, [begun, extended], CHINA, SHANGHAI).due
    assert due is not None
    assert due.date() == date.fromisoformat(row.extended_due)
    with pytest.raises(TermError, match="extension-again"):
        check_entry(rule, [begun, extended], extended, CHINA, SHANGHAI)


@pytest.mark.parametrize("row", [r for r in ROWS if not r.extension], ids=lambda row: row.name)
def test_where_the_law_gives_no_extension_there_is_none(row: Row) -> None:
    assert statute(row.name).extension is None


def test_every_statutory_term_is_tested_and_cites_its_law_in_both_languages() -> None:
    assert {row.name for row in ROWS} == set(STATUTES)
    for rule in STATUTES.values():
        assert rule.tag in {"V", "S", "M"}
        for words in (rule.law, rule.title, rule.event):
            assert say(words, "zh")
            assert say(words, "en").isascii()
        if rule.extension is not None:
            assert rule.extension.approver in APPROVERS


def test_only_the_procedures_of_article_45_stop_a_licensing_decision() -> None:
    assert set(statute("licensing.decision").pauses) == {
        "hearing", "tender", "auction", "inspection", "testing", "quarantine", "appraisal", "expert-review",
    }  # fmt: skip


def test_an_unknown_term_is_refused_with_its_neighbours() -> None:
    with pytest.raises(TermError) as refused:
        statute("licensing.decison")
    assert refused.value.code == "term-unknown"
    assert "licensing.decision" in refused.value.en
