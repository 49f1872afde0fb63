"""The masker: nothing personal leaves, everything comes back, whatever the text."""

import re
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tongban.assist.gate.masking import Masking
from tongban.assist.gate.personal import Kind, luhn
from tongban.base.ids import id_number_check, uscc_check

NAMES = ("王小满", "欧阳若水", "李强", "Anna Müller", "清源区晨光早餐店")

# --- personal values, made so that each check passes -----------------------------------------------------------------

_DIGIT = st.sampled_from("0123456789")


def _digits(least: int, most: int | None = None) -> st.SearchStrategy[str]:
    return st.text(_DIGIT, min_size=least, max_size=most or least)


@st.composite
def id_numbers(draw: st.DrawFn) -> str:
    born = draw(st.dates(date(1930, 1, 1), date(2020, 12, 31)))
    head = f"99{draw(_digits(4))}{born:%Y%m%d}{draw(_digits(3))}"
    return head + id_number_check(head)


@st.composite
def credit_codes(draw: st.DrawFn) -> str:
    letters = st.sampled_from("0123456789ABCDEFGHJKLMNPQRTUWXY")
    head = (
        draw(st.sampled_from(("91", "92", "12", "52")))
        + draw(_digits(6))
        + draw(st.text(letters, min_size=9, max_size=9))
    )
    return head + uscc_check(head)


@st.composite
def cards(draw: st.DrawFn) -> str:
    head = "62" + draw(_digits(13, 16))
    return next(head + last for last in "0123456789" if luhn(head + last))


@st.composite
def addresses(draw: st.DrawFn) -> str:
    region = draw(st.sampled_from(("岚江省岚江市清源区", "清源区", "岚江市河西区柳林镇", "岚江市")))
    road = draw(st.sampled_from(("人民路", "和平大街", "大王村", "书院巷", "文化里小区")))
    number = draw(st.integers(1, 999))
    more = draw(st.sampled_from(("", "3栋2单元501室", "院2号楼1104室", "乙座12层", "四组")))
    return f"{region}{road}{number}号{more}"


MOBILES = _digits(9).map(lambda tail: "15" + tail)
VALUES: dict[Kind, st.SearchStrategy[str]] = {
    Kind.ID_NUMBER: id_numbers(),
    Kind.CREDIT_CODE: credit_codes(),
    Kind.PHONE: MOBILES | _digits(8).map(lambda tail: "0999-" + tail),
    Kind.CARD: cards(),
    Kind.EMAIL: st.from_regex(r"[a-z]{2,8}\.[a-z0-9]{1,8}@[a-z]{2,8}\.(com|gov\.cn)", fullmatch=True),
    Kind.PLATE: st.from_regex(r"[京沪苏浙][A-H]·?[A-HJ-NP-Z0-9]{5,6}", fullmatch=True),
    Kind.PASSPORT: st.from_regex(r"(E[A-H]\d{7}|[EG]\d{8}|[CHM]\d{8})", fullmatch=True),
    Kind.CASE: st.from_regex(r"990101-26(0[1-9]|1[0-2])(0[1-9]|2[0-8])-[0-9A-HJKMNP-TV-Z]{8}", fullmatch=True),
    Kind.ADDRESS: addresses(),
    Kind.NAME: st.sampled_from(NAMES),
}
ANYTHING = st.text(st.sampled_from("我想办，。居住证 在到1 9-〔〕姓名地址号区路3X@a.\n\u200b１Ａ"), max_size=25)
"""Chosen to break the masker: half placeholders, separators, words of addresses, other widths."""
PLAIN = st.sampled_from(("", "我想办居住证，", " 。", "联系方式：", "\n", "材料："))


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=60) | ANYTHING)
def test_whatever_the_text_it_comes_back_whole(text: str) -> None:
    masking = Masking(NAMES)
    assert masking.unmask(masking.mask(text)) == text


@settings(max_examples=150, deadline=None)
@given(st.lists(st.one_of(ANYTHING, *VALUES.values()), max_size=8).map("".join))
def test_personal_values_among_anything_come_back_whole(text: str) -> None:
    masking = Masking(NAMES)
    assert masking.unmask(masking.mask(text)) == text


@pytest.mark.parametrize("kind", VALUES, ids=lambda kind: kind.name.lower())
def test_nothing_of_a_personal_value_is_left(kind: Kind) -> None:
    @settings(max_examples=60, deadline=None)
    @given(VALUES[kind], PLAIN | ANYTHING, PLAIN | ANYTHING)
    def holds(value: str, before: str, after: str) -> None:
        text = f"{before}{value}{after}"
        masked = Masking(NAMES).mask(text)
        assert value not in masked
        if kind in (Kind.ID_NUMBER, Kind.PHONE, Kind.CARD):
            ours = re.sub(r"〔[^〔〕]*〕", "|", masked)
            assert value[-6:] not in re.sub(r"[^0-9X|]", "", ours), "nor its last six, however they are spaced"

    holds()


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("电话154 0000 0001", "电话〔电话1〕"),
        ("＋８６１５４０００００００１", "〔电话1〕"),
        ("١٥٤٠٠٠٠٠٠٠١", "〔电话1〕"),
        ("一五四零零零零零零零一", "〔电话1〕"),
        ("154\u200b0000\u200b0001", "〔电话1〕"),
        ("110105-19491231-002X", "〔身份证号1〕"),
        ("身份证１１０１０５１９４９１２３１００２ｘ。", "身份证〔身份证号1〕。"),
        ("座机8765432，尾号0001", "座机〔电话1〕，尾号〔电话2〕"),
        ("我叫赵德顺，想办证", "我叫〔姓名1〕，想办证"),
        ("欧阳若水女士和孙师傅", "〔姓名1〕女士〔姓名2〕师傅"),
        ("我住在柳林镇大王村", "我住在〔地址1〕"),
    ],
)
def test_ways_of_writing_do_not_matter(text: str, masked: str) -> None:
    assert Masking(["欧阳若水"]).mask(text) == masked


@pytest.mark.parametrize(
    "text",
    [
        "我想办居住证，在清源区打工半年多了。",
        "依照《居住证暂行条例》第二条，2026年11月3日受理，20个工作日内办结。",
        "补贴每月1,200.50元，从2026-12-01 09:30起发。",
        "12345热线、国令第663号",
    ],
)
def test_dates_amounts_articles_and_hotlines_stay_readable(text: str) -> None:
    assert Masking(["王小满"]).mask(text) == text


def test_the_same_value_has_the_same_placeholder_and_others_have_others() -> None:
    masking = Masking(["王小满", "李强"])
    assert masking.mask("王小满告李强，李强找王小满") == "〔姓名1〕告〔姓名2〕，〔姓名2〕找〔姓名1〕"
    assert masking.mask("再说王小满") == "再说〔姓名1〕"


def test_a_name_that_was_only_said_once_with_its_word_is_hidden_everywhere() -> None:
    masked = Masking().mask("我叫张伟想问问。张伟的证呢？")
    assert "张伟" not in masked


def test_what_a_model_invents_is_not_filled_with_somebody() -> None:
    masking = Masking(["王小满"])
    masking.mask("王小满")
    assert masking.unmask("〔姓名1〕、〔姓名2〕、〔电话1〕") == "王小满、〔姓名2〕、〔电话1〕"


def test_a_value_with_a_quotation_mark_does_not_break_an_answer() -> None:
    masking = Masking(['清源"晨光"早餐店'])
    masked = masking.mask('店名：清源"晨光"早餐店')
    assert masked == "店名：〔姓名1〕"
    assert masking.unmask_answer('{"text": "请〔姓名1〕补交"}') == '{"text":"请清源\\"晨光\\"早餐店补交"}'
    assert masking.unmask_answer("{请〔姓名1〕") == '{请清源"晨光"早餐店'


def test_long_texts_take_no_longer_than_they_are_long() -> None:
    """A text made to make patterns try again and again is still read in bounded steps."""
    for piece in ("区", "12345 ", "一二三四五六七八", "路1", "a.", "清源区大王"):
        text = piece * 4000
        masking = Masking()
        assert masking.unmask(masking.mask(text)) == text
