"""What on a paper is the same as what was declared, and what only looks so."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongban.assist.precheck.compare import outcome_of
from tongban.assist.precheck.model import Doubt, Outcome
from tongban.assist.precheck.values import FORMS, Likeness, like
from tongban.catalog.paper import PaperKind as Kind

SAME = [
    (Kind.NAME, "王　小满", "王小满"),
    (Kind.ID_NUMBER, "９９０２２１１９９００６１６１２８Ｘ", "99022119900616128X"),
    (Kind.ID_NUMBER, "99022119900616128x", "99022119900616128X"),
    (Kind.DATE, "2026年1月8日", "2026-01-08"),
    (Kind.DATE, "2026 年 01 月 08 日", "2026-01-08"),
    (Kind.DATE, "2026.1.8", "2026-01-08"),
    (Kind.DATE, "二〇二六年一月八日", "2026-01-08"),
    (Kind.DATE, "二零二五年十二月二十一日", "2025-12-21"),
    (Kind.DATE, "20260108", "2026-01-08"),
    (Kind.MONEY, "人民币1,800元整", "1800"),
    (Kind.MONEY, "1.2万元", "12000"),
    (Kind.MONEY, "壹万贰仟元整", "12000"),
    (Kind.MONEY, "￥1800.00", "1800"),
    (Kind.ACCOUNT, "9900 0000 0000 1122 345", "9900000000001122345"),
    (Kind.ADDRESS, "清源区柳溪街18号2幢３０１室", "岚江省岚江市清源区柳溪街18号2栋301室"),
    (Kind.TEXT, "清源区家和小馆(演示)", "清源区家和小馆（演示）"),
]
DIFFERENT = [
    (Kind.ADDRESS, "岚江市清源区柳溪街8号2栋301室", "岚江市清源区柳溪街18号2栋301室"),
    (Kind.ADDRESS, "岚江市清源区柳溪街18号2栋301室", "岚江市清源区柳溪街18号2栋302室"),
    (Kind.ADDRESS, "岚江市清源区柳溪街18号", "岚江市清源区柳溪街18号2栋301室"),
    (Kind.ADDRESS, "岚江市云岫区柳溪街18号", "岚江市清源区柳溪街18号"),
    (Kind.NAME, "王小满", "王小蒲"),
    (Kind.DATE, "2026年1月8日", "2026-01-18"),
    (Kind.MONEY, "1800元", "18000"),
    (Kind.ID_NUMBER, "990221199006161284", "990221199006161292"),
]
UNSURE = [
    (Kind.ADDRESS, "柳溪街18号2栋301室", "岚江市清源区柳溪街18号2栋301室"),
    (Kind.ADDRESS, "岚江市清源区柳溪街18号桃花苑2栋301室", "岚江市清源区柳溪街18号2栋301室"),
    (Kind.ADDRESS, "岚江市清源区柳溪街十八号", "岚江市清源区柳溪街18号"),
    (Kind.DATE, "2026年1月", "2026-01-08"),
    (Kind.NAME, "王*满", "王小满"),
    (Kind.DATE, "2026年13月8日", "2026-01-08"),
]


@pytest.mark.parametrize(("kind", "paper", "declared"), SAME)
def test_one_thing_written_two_ways_is_the_same(kind: Kind, paper: str, declared: str) -> None:
    assert like(kind, paper, declared) is Likeness.SAME
    assert like(kind, declared, paper) is Likeness.SAME


@pytest.mark.parametrize(("kind", "paper", "declared"), DIFFERENT)
def test_two_things_are_never_the_same(kind: Kind, paper: str, declared: str) -> None:
    assert like(kind, paper, declared) is Likeness.DIFFERENT
    assert like(kind, declared, paper) is Likeness.DIFFERENT


@pytest.mark.parametrize(("kind", "paper", "declared"), UNSURE)
def test_what_could_be_either_is_left_to_a_person(kind: Kind, paper: str, declared: str) -> None:
    assert like(kind, paper, declared) is Likeness.UNSURE


@given(st.sampled_from(sorted(Doubt)), st.sampled_from(sorted(Kind)), st.text(min_size=1, max_size=20))
def test_a_value_in_doubt_never_agrees(doubt: Doubt, kind: Kind, text: str) -> None:
    assert outcome_of(kind, text, (doubt,), [text])[0] is Outcome.LOOK


@given(st.sampled_from(sorted(Kind)), st.text(max_size=30), st.text(max_size=30))
def test_only_equal_plain_forms_agree_except_for_the_top_of_an_address(kind: Kind, one: str, other: str) -> None:
    if like(kind, one, other) is Likeness.SAME and kind is not Kind.ADDRESS:
        assert FORMS[kind](one) == FORMS[kind](other) != ""


@given(st.integers(1, 999), st.integers(1, 999))
def test_two_house_numbers_agree_only_if_they_are_one(one: int, other: int) -> None:
    said = like(Kind.ADDRESS, f"岚江市清源区柳溪街{one}号", f"清源区柳溪街{other}号")
    assert said is (Likeness.SAME if one == other else Likeness.DIFFERENT)
