"""Every date says in one sentence why it is that day, in both languages."""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from tongban.terms import (
    CONSEQUENCE_NAMES,
    GROUND_NAMES,
    Calendar,
    Consequence,
    Entry,
    Extended,
    Ground,
    Paused,
    Resumed,
    Span,
    Started,
    TermRule,
    assess,
    statute,
)

SHANGHAI = ZoneInfo("Asia/Shanghai")
CHINA = Calendar.china()


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def both(rule: TermRule, *ledger: Entry, calendar: Calendar = CHINA) -> tuple[str, str]:
    standing = assess(rule, ledger, calendar, SHANGHAI)
    return standing.explain("zh"), standing.explain("en")


def test_a_decision_over_national_day_names_holidays_make_up_days_pause_and_extension() -> None:
    assert both(
        statute("licensing.decision"),
        Started(at("2026-09-14 10:00")),
        Paused(at("2026-09-22 10:00"), Ground.TESTING, notice="演示"),
        Resumed(at("2026-09-30 10:00")),
        Extended(at("2026-10-09 10:00"), Span.parse("10 working-days"), "authority-head", reason="演示"),
    ) == (
        "2026年9月14日受理 + 20个工作日（次日起算） + 延长10个工作日（本机关负责人批准）"
        " + 检测暂停5个工作日（9月22日至9月29日，《行政许可法》第45条） + 国庆节放假5个工作日（10月1日至10月7日）"
        " − 调休上班2天（9月20日、10月10日） = 2026年11月6日，依据《行政许可法》第42条第1款。",
        "Acceptance on 14 Sep 2026 + 20 working days (from the next day)"
        " + 10 working days of extension (approved by the head of the authority)"
        " + 5 working days paused for testing (22 Sep to 29 Sep; Administrative Licensing Law art. 45)"
        " + 5 working days off for National Day (1 Oct to 7 Oct)"
        " − 2 working days made up at a weekend (20 Sep, 10 Oct)"
        " = 6 Nov 2026, under Administrative Licensing Law art. 42(1).",
    )


def test_a_year_not_yet_announced_is_admitted() -> None:
    zh, en = both(statute("licensing.decision"), Started(at("2026-12-15 10:00")))
    assert zh.endswith("；2027年放假安排尚未公布，先按周末计算。")
    assert "the 2027 holidays are not yet announced" in en
    filed = CHINA.with_notice(2027, "演示", {date(2027, 1, 1): "元旦"})
    zh, _ = both(statute("licensing.decision"), Started(at("2026-12-15 10:00")), calendar=filed)
    assert "尚未公布" not in zh
    assert "元旦放假1个工作日（2027年1月1日）" in zh


def test_a_term_that_no_holiday_can_move_does_not_mention_the_year() -> None:
    zh, _ = both(statute("security.flaw-report"), Started(at("2027-03-01 10:00")))
    assert zh == "2027年3月1日10:00发现 + 24小时（即时起算） = 2027年3月2日10:00，依据《网络数据安全管理条例》第10条。"


def test_a_last_day_on_a_holiday_says_that_it_moved() -> None:
    zh, en = both(statute("residence-permit.issue"), Started(at("2026-09-19 10:00")))
    assert "末日10月4日（国庆节放假）不是工作日，顺延 = 2026年10月8日" in zh
    assert "the last day, 4 Oct (National Day holiday), is not a working day = 8 Oct 2026" in en


def test_a_last_day_on_a_weekend_says_so() -> None:
    zh, _ = both(statute("residence-permit.issue"), Started(at("2026-10-30 10:00")))
    assert "末日11月14日（周末）不是工作日，顺延 = 2026年11月16日" in zh


def test_two_grounds_at_once_are_one_pause_with_both_named() -> None:
    zh, _ = both(
        statute("licensing.decision"),
        Started(at("2026-11-02 10:00")),
        Paused(at("2026-11-04 10:00"), Ground.TESTING, notice="演示"),
        Paused(at("2026-11-05 10:00"), Ground.HEARING, notice="演示"),
        Resumed(at("2026-11-06 10:00"), Ground.TESTING),
        Resumed(at("2026-11-10 10:00"), Ground.HEARING),
    )
    assert "检测、听证暂停4个工作日（11月4日至11月9日，《行政许可法》第45条）" in zh


def test_while_paused_it_says_since_when_and_what_is_left() -> None:
    zh, en = both(
        statute("licensing.decision"),
        Started(at("2026-11-02 10:00")),
        Paused(at("2026-11-04 10:00"), Ground.EXPERT_REVIEW, notice="演示"),
    )
    assert "专家评审暂停中（自11月4日起），恢复计时后再定到期日，尚余19个工作日" in zh
    assert "paused for expert review since 4 Nov, so the date is open until the clock resumes" in en


def test_counting_back_adds_with_the_signs_turned() -> None:
    zh, en = both(statute("licensing.hearing-notice"), Started(at("2026-09-14 10:00"), origin=at("2026-10-12 09:00")))
    assert zh == (
        "2026年10月12日举行听证 − 7个工作日（当日不计） − 中秋放假1个工作日（9月25日）"
        " − 国庆节放假5个工作日（10月1日至10月7日） + 调休上班1天（10月10日）"
        " = 2026年9月24日，依据《行政许可法》第48条。"
    )
    assert en.startswith("Hearing on 12 Oct 2026 − 7 working days (that day not counted)")


def test_close_of_business_is_told_with_its_hour() -> None:
    rule = TermRule("test", Span.parse("当场"), "演示规定", event="申请", end_of_day=time(17, 30))
    zh, en = both(rule, Started(at("2026-11-03 10:00")))
    assert zh == "2026年11月3日申请，当场办结 = 2026年11月3日 17:30，依据演示规定。"
    assert en == "申请 on 3 Nov 2026, answered on the spot = 3 Nov 2026 17:30, under 演示规定."


def test_a_term_that_has_not_begun_says_so() -> None:
    assert both(statute("licensing.decision")) == (
        "尚未起算，依据《行政许可法》第42条第1款。",
        "Not yet started, under Administrative Licensing Law art. 42(1).",
    )


def test_a_pause_of_hours_is_told_in_moments() -> None:
    rule = TermRule("test", Span.parse("2小时"), "演示规定", event="派单", pauses={"correction": "演示规定"})
    zh, _ = both(
        rule,
        Started(at("2026-11-03 10:00")),
        Paused(at("2026-11-03 11:00"), Ground.CORRECTION, notice="演示"),
        Resumed(at("2026-11-03 14:30"), Ground.CORRECTION),
    )
    assert zh == (
        "2026年11月3日10:00派单 + 2小时（即时起算）"
        " + 补正暂停210分钟（2026年11月3日11:00至2026年11月3日14:30，演示规定） = 2026年11月3日15:30，依据演示规定。"
    )


def test_what_is_left_reads_as_people_say_it() -> None:
    rule = statute("security.flaw-report")
    standing = assess(rule, [Started(at("2026-11-03 10:00"))], CHINA, SHANGHAI, at("2026-11-04 06:40"))
    assert standing.left_text("zh") == "3小时20分钟"
    assert standing.left_text("en") == "3 hours 20 minutes"


def test_every_ground_and_consequence_has_its_words() -> None:
    assert set(GROUND_NAMES) == set(Ground)
    assert set(CONSEQUENCE_NAMES) == set(Consequence)
