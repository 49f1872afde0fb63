"""The verifier: what cannot be found in a cited source does not reach an official, and what can, does."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongban.assist.drafting.figures import Figure, figures, laws
from tongban.assist.drafting.model import Sentence, Source
from tongban.assist.drafting.verify import faults, verified
from tongban.assist.model import Evidence
from tongban.base.i18n import Text

DAY, REGION = date(2026, 11, 3), "990101"
LAW = "《行政许可法》第32条：收件后缺什么五日内一次说全，电话0999-12345，最迟2026年11月10日，收1,200元。"


def source(text: str, **more: object) -> Source:
    return Source(id="law:L", text=Text(text, text), **more)  # pyright: ignore[reportArgumentType]


def codes(text: str, quote: str, known: Source, *, by_model: bool = False) -> set[str]:
    sentence = Sentence(Text(text, text), (Evidence("law:L", quote),))
    found = verified([sentence], {"law:L": known}, DAY, REGION, ("zh",), by_model=by_model)
    return {fault.code for _, fault in found.dropped}


@pytest.mark.parametrize(
    ("one", "same"),
    [
        ("二十日内", "20天"),
        ("十五个工作日", "15个工作日"),
        ("第三十二条", "第 32 条"),
        ("2026年11月3日", "2026-11-03"),
        ("二〇二六年十一月三日", "2026/11/3"),
        ("百分之三十五", "35%"),
        ("1.2万元", "12,000元"),
        ("一万二千元", "12000元"),
        ("１２３４５", "12345"),
        ("半年", "0.5年"),
        ("三个月", "3个月"),
        ("on 3 November 2026", "November 3, 2026"),
        ("twenty working days", "20 working days"),
    ],
)
def test_the_same_figure_is_known_however_it_is_written(one: str, same: str) -> None:
    assert figures(one) == figures(same) != frozenset()


@pytest.mark.parametrize(
    "text", ["一次性告知", "另一人复核", "同一天", "万一不行", "第三方", "一致", "一网通办", "二手", "十分重要"]
)
def test_words_that_only_look_like_numbers_are_no_figures(text: str) -> None:
    assert figures(text) == frozenset()


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("打0990-1234567", "phone"),
        ("打13900000000", "phone"),
        ("见http://evil.example/pay", "link"),
        ("见 lj-shenpi.com", "link"),
        ("写信到a.b@example.com", "link"),
        ("办件990101-261103-00000001号", "number"),
        ("编号YB12345", "id"),
    ],
)
def test_addresses_and_identifiers_are_figures_too(text: str, kind: str) -> None:
    assert kind in {figure.kind for figure in figures(text)}


@given(st.integers(1, 9_999), st.sampled_from(["天", "个工作日", "元", "个月", "人"]))
def test_a_number_with_its_unit_is_found_and_only_itself(number: int, unit: str) -> None:
    found = figures(f"共{number}{unit}。")
    assert {figure.value for figure in found} == {str(number)}
    assert found != figures(f"共{number + 1}{unit}。")
    assert found != figures(f"共{number}号。")


@given(st.text(max_size=200))
def test_any_text_can_be_read_for_figures(text: str) -> None:
    assert all(isinstance(figure, Figure) for figure in figures(text))
    laws(text)


@pytest.mark.parametrize(
    "text",
    [
        "请在5日内办理。",
        "请在五日内办理。",
        "依据《行政许可法》第三十二条。",
        "最迟11月10日。",
        "电话0999-12345。",
        "收一千二百元。",
        "原文是“缺什么五日内一次说全”。",
    ],
)
def test_what_the_source_says_stands(text: str) -> None:
    assert codes(text, "五日内一次说全", source(LAW)) == set()


@pytest.mark.parametrize(
    ("text", "quote", "code"),
    [
        ("请在6日内办理。", "五日内", "figure-unsupported"),
        ("请在5个工作日内办理。", "五日内", "figure-unsupported"),
        ("最迟2026年11月11日。", "五日内", "figure-unsupported"),
        ("最迟2027年11月10日。", "五日内", "figure-unsupported"),
        ("收12000元。", "五日内", "figure-unsupported"),
        ("电话0999-12346。", "五日内", "figure-unsupported"),
        ("依据《行政处罚法》。", "五日内", "figure-unsupported"),
        ("依据《行政许可法》第33条。", "五日内", "figure-unsupported"),
        ("见http://evil.example。", "五日内", "figure-unsupported"),
        ("请办理。", "六日内", "quote-altered"),
        ("请办理。", "", "quote-altered"),
        ("原文是“缺什么六日内说全”。", "五日内", "figure-unsupported"),
        ("原文是“缺什么也不用说”。", "五日内", "quote-altered"),
    ],
)
def test_what_the_source_does_not_say_is_dropped(text: str, quote: str, code: str) -> None:
    assert code in codes(text, quote, source(LAW))


def test_an_article_belongs_to_its_own_law() -> None:
    """Both laws and both articles are cited, but not this article of this law."""
    known = {
        "law:A": Source(id="law:A", text=Text("《甲法》第3条", "")),
        "law:B": Source(id="law:B", text=Text("《乙法》第7条", "")),
    }
    evidence = (Evidence("law:A", "《甲法》"), Evidence("law:B", "《乙法》"))

    def said(text: str) -> set[str]:
        return {f.code for f in faults(Sentence(Text(text, text), evidence), known, DAY, REGION, ("zh",))}

    assert said("依据《甲法》第3条和《乙法》第7条。") == set()
    assert said("依据《甲法》第7条。") == {"law-unsupported"}


def test_a_figure_counts_only_from_a_source_that_the_sentence_cites() -> None:
    known = {
        "fact:a": Source(id="fact:a", text=Text("住了8个月", "")),
        "fact:b": Source(id="fact:b", text=Text("住了9个月", "")),
    }
    sentence = Sentence(Text("您住了9个月。", ""), (Evidence("fact:a", "住了"),))
    assert not verified([sentence], known, DAY, REGION, ("zh",)).kept


@pytest.mark.parametrize(
    ("since", "until", "region", "code"),
    [
        (date(2026, 11, 4), None, "", "not-in-force"),
        (None, date(2026, 11, 3), "", "not-in-force"),
        (None, None, "990200", "other-region"),
        (None, None, "980000", "other-region"),
    ],
)
def test_law_of_another_day_or_place_carries_nothing(
    since: date | None, until: date | None, region: str, code: str
) -> None:
    assert codes("请办理。", "五日内", source(LAW, since=since, until=until, region=region)) == {code}


@pytest.mark.parametrize("region", ["", "990000", "990100", "990101"])
def test_law_of_the_province_and_the_city_holds_in_their_county(region: str) -> None:
    assert codes("请办理。", "五日内", source(LAW, since=DAY, region=region)) == set()


@pytest.mark.parametrize("text", ["已经批准了。", "不符合条件。", "请先转账。", "属于失信。"])
def test_a_model_may_not_bring_a_verdict_of_its_own(text: str) -> None:
    assert codes(text, "五日内", source(LAW), by_model=True) & {"verdict-unsupported", "sense-turned"}


def test_a_model_may_not_turn_a_no_into_a_yes() -> None:
    missing = source("体检报告：还没有交。")
    assert codes("体检报告还没有交。", "还没有交", missing, by_model=True) == set()
    assert codes("体检报告已经交了。", "还没有交", missing, by_model=True) == {"sense-turned"}


def test_a_quote_written_in_another_width_is_shown_as_it_stands_in_the_source() -> None:
    known = {"law:L": source("收 1,200 元")}
    sentence = Sentence(Text("收1,200元。", ""), (Evidence("law:L", "收１，２００元"),))
    [kept] = verified([sentence], known, DAY, REGION, ("zh",)).kept
    assert kept.evidence == (Evidence("law:L", "收 1,200 元", 0),)


def test_a_sentence_that_cites_nothing_or_a_source_nobody_gave_is_dropped() -> None:
    bare = Sentence(Text("您好。", ""), ())
    foreign = Sentence(Text("您好。", ""), (Evidence("law:X", "您好"),))
    found = verified([bare, foreign], {}, DAY, REGION, ("zh",))
    assert [fault.code for _, fault in found.dropped] == ["no-source", "unknown-source"]
