"""Nothing unlawful gets into a ledger: each refusal has a stable code and speaks both languages."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from tongban.terms import (
    Calendar,
    Ended,
    Entry,
    Extended,
    Ground,
    HandedOver,
    Paused,
    Resumed,
    Span,
    Started,
    TermError,
    TermRule,
    check_entry,
    statute,
)

SHANGHAI = ZoneInfo("Asia/Shanghai")
CHINA = Calendar.china()
DECISION = statute("licensing.decision")
TEN = Span.parse("10 working-days")


def day(n: int, hour: int = 10) -> datetime:
    return datetime(2026, 11, n, hour, tzinfo=SHANGHAI)


STARTED = Started(day(2))  # due on 30 November
PAUSED = Paused(day(3), Ground.TESTING, notice="演示告知1号")
EXTENDED = Extended(day(5), TEN, "authority-head", reason="需进一步核实")


def check(entry: Entry, *ledger: Entry, rule: TermRule = DECISION) -> None:
    check_entry(rule, ledger, entry, CHINA, SHANGHAI)


def code(entry: Entry, *ledger: Entry, rule: TermRule = DECISION) -> str:
    with pytest.raises(TermError) as refused:
        check(entry, *ledger, rule=rule)
    assert refused.value.zh
    assert refused.value.en
    return refused.value.code


def test_a_lawful_course_is_accepted_entry_by_entry() -> None:
    course: Sequence[Entry] = (
        STARTED,
        PAUSED,
        Paused(day(3, 11), Ground.HEARING, notice="演示告知2号"),
        Resumed(day(4), Ground.TESTING),
        Resumed(day(4, 12)),
        EXTENDED,
        HandedOver(day(6), "岚江市"),
        Ended(day(9)),
    )
    for n, entry in enumerate(course):
        check(entry, *course[:n])


def test_only_the_superior_whom_the_law_names_may_extend() -> None:
    assert code(replace(EXTENDED, approver="government-head"), STARTED) == "extension-approver"


def test_a_second_extension_is_refused() -> None:
    assert code(replace(EXTENDED, at=day(6)), STARTED, EXTENDED) == "extension-again"


def test_an_extension_longer_than_the_law_s_is_refused() -> None:
    assert code(replace(EXTENDED, span=Span.parse("11 working-days")), STARTED) == "extension-too-long"
    assert code(replace(EXTENDED, span=Span.parse("10 calendar-days")), STARTED) == "extension-unit"


def test_an_extension_after_expiry_is_refused() -> None:
    late = datetime(2026, 12, 1, 0, 0, tzinfo=SHANGHAI)
    assert code(replace(EXTENDED, at=late), STARTED) == "expired"


def test_an_extension_the_person_is_given_no_reason_for_is_refused() -> None:
    assert code(replace(EXTENDED, reason=""), STARTED) == "extension-reason"


def test_a_term_without_an_extension_in_law_cannot_be_extended() -> None:
    assert code(EXTENDED, STARTED, rule=statute("licensing.correction-notice")) == "no-extension"


def test_a_pause_needs_a_ground_in_law_and_a_notice_to_the_person() -> None:
    assert code(replace(PAUSED, ground="holiday"), STARTED) == "pause-ground"
    assert code(replace(PAUSED, ground=Ground.CORRECTION), STARTED) == "pause-ground"
    assert code(replace(PAUSED, notice=""), STARTED) == "pause-notice"
    assert code(replace(PAUSED, law="《演示法》第1条"), STARTED) == "pause-law"


def test_a_term_that_has_expired_cannot_be_paused_to_save_it() -> None:
    assert code(replace(PAUSED, at=datetime(2026, 12, 1, 9, tzinfo=SHANGHAI)), STARTED) == "expired"


def test_the_ledger_itself_must_be_possible() -> None:
    assert code(PAUSED) == "not-started"
    assert code(STARTED, STARTED) == "already-started"
    assert code(Resumed(day(3)), STARTED) == "not-paused"
    assert code(Resumed(day(4), "hearing"), STARTED, PAUSED) == "not-paused"
    assert code(replace(PAUSED, at=day(4)), STARTED, PAUSED) == "already-paused"
    assert code(replace(PAUSED, at=day(1)), STARTED) == "ledger-disordered"
    assert code(PAUSED, STARTED, Ended(day(2, 12))) == "after-end"
    assert code(Ended(day(3)), STARTED, Ended(day(2, 12))) == "after-end"


def test_with_several_pauses_open_one_must_say_which_ends() -> None:
    second = Paused(day(3, 11), Ground.TESTING, notice="演示告知2号", id="second-test")
    assert code(Resumed(day(4)), STARTED, PAUSED, second) == "which-pause"
    check(Resumed(day(4), "second-test"), STARTED, PAUSED, second)


def test_a_hand_over_names_who_has_it_now() -> None:
    assert code(HandedOver(day(3), ""), STARTED) == "holder-missing"


def test_a_backward_term_must_say_from_which_day() -> None:
    assert code(STARTED, rule=statute("licensing.hearing-notice")) == "origin-missing"
