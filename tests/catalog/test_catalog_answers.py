"""What people type is understood where it can be, and refused in a sentence that names the field where not."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongban.base.errors import Refused
from tongban.base.i18n import Text
from tongban.catalog import parse_fact, stored_fact
from tongban.catalog.answers import _BACK, _READERS  # pyright: ignore[reportPrivateUsage]
from tongban.catalog.model import Choice, Fact, FactType

TODAY = date(2026, 11, 23)


def fact(kind: str, **more: Any) -> Fact:
    return Fact(type=FactType(kind), name=Text("这一项", "This"), **more)


def refused(code: str, kind: str, raw: object, **more: Any) -> Refused:
    with pytest.raises(Refused) as refusal:
        parse_fact(fact(kind, **more), raw, field="it", today=TODAY)
    assert refusal.value.code == code
    assert refusal.value.problems[0].place == "it"
    return refusal.value


def test_every_type_of_fact_has_a_reader() -> None:
    assert set(_READERS) == set(FactType)
    assert set(_BACK) <= set(FactType)


@pytest.mark.parametrize(
    ("kind", "raw", "value"),
    [
        ("date", "2025-3-1", date(2025, 3, 1)),
        ("date", ["2025", "3", "1"], date(2025, 3, 1)),
        ("date", "２０２５年３月１日", date(2025, 3, 1)),
        ("date", "2025.03.01", date(2025, 3, 1)),
        ("date", "20250301", date(2025, 3, 1)),
        ("date", " 2025 3 1 ", date(2025, 3, 1)),
        ("date", date(2025, 3, 1), date(2025, 3, 1)),
        ("integer", "１２", 12),
        ("integer", "1,200", 1200),
        ("integer", 7, 7),
        ("number", "12.50", Decimal("12.50")),
        ("money", "¥1,200.5元", Decimal("1200.5")),
        ("boolean", "是", True),
        ("boolean", "false", False),
        ("boolean", True, True),
        ("phone", "138 0013 8000", "13800138000"),
        ("phone", "+86 138-0013-8000", "13800138000"),
        ("phone", "０１０－６６６６８８８８", "010-66668888"),
        ("region", "990101", "990101"),
        ("bank-account", "6222 0200 0000 1234", "6222020000001234"),
        ("text", "  张\t三 ", "张 三"),
        ("long-text", " 一\n二 ", "一\n二"),
        ("id-number", "11010519491231002x", "11010519491231002X"),
        ("uscc", "91350100m000100y43", "91350100M000100Y43"),
    ],
)
def test_what_people_type_is_understood(kind: str, raw: object, value: object) -> None:
    assert parse_fact(fact(kind), raw, today=TODAY) == value


@pytest.mark.parametrize(
    ("code", "kind", "raw"),
    [
        ("answer-not-a-date", "date", "2025-2-30"),
        ("answer-not-a-date", "date", ["2025", "", "1"]),
        ("answer-not-a-date", "date", "yesterday"),
        ("answer-not-a-date", "date", "0001-01-01"),
        ("answer-not-a-number", "integer", "12.5"),
        ("answer-not-a-number", "number", "NaN"),
        ("answer-not-a-number", "number", "1e999"),
        ("answer-not-a-number", "money", "1.005"),
        ("answer-not-yes-or-no", "boolean", "maybe"),
        ("answer-not-a-phone", "phone", "12345"),
        ("answer-not-a-region", "region", "99"),
        ("answer-not-an-account", "bank-account", "12"),
        ("id-number-check", "id-number", "110105194912310021"),
        ("id-number-length", "id-number", "1101051949123100"),
        ("uscc-check", "uscc", "91350100M000100Y44"),
        ("answer-missing", "text", ""),
        ("answer-missing", "date", ["", "", ""]),
        ("answer-missing", "text", None),
    ],
)
def test_what_cannot_be_is_refused_naming_the_field(code: str, kind: str, raw: object) -> None:
    refusal = refused(code, kind, raw)
    assert refusal.status == 422


def test_a_day_that_has_not_come_is_refused_only_where_it_must_be_past() -> None:
    refused("answer-in-the-future", "date", "2026-11-24", not_future=True)
    assert parse_fact(fact("date", not_future=True), "2026-11-23", today=TODAY) == TODAY
    assert parse_fact(fact("date"), "2027-01-01", today=TODAY) == date(2027, 1, 1)


def test_bounds_are_told_with_their_unit() -> None:
    refusal = refused("answer-too-large", "integer", "131", max=130, unit="岁")
    assert "130岁" in refusal.problems[0].text.zh
    refused("answer-too-small", "money", "-0.01", min=0)
    refused("answer-too-long", "text", "x" * 51, max_length=50)


def test_a_choice_is_taken_by_its_value_or_its_words() -> None:
    choices = (Choice(value="a", name=Text("甲", "First")), Choice(value="b", name="乙"))
    asked = fact("enum", choices=choices)
    assert [parse_fact(asked, raw) for raw in ("a", "甲", "First", "乙")] == ["a", "a", "a", "b"]
    refusal = refused("answer-not-a-choice", "enum", "c", choices=choices)
    assert "甲、乙" in refusal.problems[0].text.zh


def test_an_optional_question_may_be_left_blank() -> None:
    assert parse_fact(fact("integer", required=False), " ") is None


@given(st.sampled_from(list(FactType)), st.text(max_size=30))
def test_no_answer_whatever_is_an_error_of_the_platform(kind: FactType, raw: str) -> None:
    try:
        value = parse_fact(Fact(type=kind, name="x", choices=(Choice(value="a", name="甲"),)), raw)
    except Refused:
        return
    assert value is not None


@given(st.sampled_from(list(FactType)), st.one_of(st.text(max_size=20), st.integers(), st.booleans(), st.none()))
def test_what_is_stored_is_read_back_or_unknown(kind: FactType, stored: object) -> None:
    stored_fact(Fact(type=kind, name="x"), stored)


def test_dates_and_decimals_come_back_from_storage_as_they_were() -> None:
    assert stored_fact(fact("date"), "2025-03-01") == date(2025, 3, 1)
    assert stored_fact(fact("money"), "12.50") == Decimal("12.50")
    assert stored_fact(fact("integer"), 3) == 3
    assert stored_fact(fact("date"), "soon") is None
    assert stored_fact(fact("boolean"), False) is False
