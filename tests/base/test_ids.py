"""Identifiers: what a person typed wrong is said so that they can put it right."""

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongban.base import ids
from tongban.base.clock import ZONE
from tongban.base.errors import Refused

NOW = datetime(2026, 11, 3, 9, 0, tzinfo=ZONE)


@pytest.mark.parametrize(
    "number",
    [
        "360426199101010071",
        "990101198002290011",
        "990101198003010018",
        "990101202401150023",
        "990101195507071232",
        "990102198812124564",
    ],
)
def test_a_right_identity_number_is_right_in_any_region(number: str):
    assert ids.id_number_problem(number) is None


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "id-number-length"),
        ("99010119800229001", "id-number-length"),
        ("110101491001001", "id-number-length"),
        ("9901011980022900I1", "id-number-characters"),
        ("X90101198002290011", "id-number-characters"),
        ("990101198102290011", "id-number-birth-date"),
        ("990101198013010011", "id-number-birth-date"),
        ("990101198002290012", "id-number-check"),
        ("990101189902290013", "id-number-birth-date"),
    ],
)
def test_a_wrong_identity_number_says_what_is_wrong(typed: str, code: str):
    problem = ids.id_number_problem(typed)
    assert problem is not None
    assert (problem.code, problem.place, bool(problem.law)) == (code, "id_number", True)


def test_the_length_that_was_typed_is_said():
    problem = ids.id_number_problem("12345")
    assert problem is not None
    assert "5位" in problem.text.zh
    assert "you gave 5" in problem.text.en


def test_a_birthday_still_to_come_is_impossible():
    first = "99010120301231001"
    number = first + ids.id_number_check(first)
    assert ids.id_number_problem(number) is None
    problem = ids.id_number_problem(number, today=date(2026, 11, 3))
    assert problem is not None
    assert problem.code == "id-number-birth-date"


def test_the_digits_of_other_scripts_are_no_second_spelling_of_a_number():
    arabic = "11010519491231002X".translate({ord(str(n)): chr(0x660 + n) for n in range(10)})
    problem = ids.id_number_problem(arabic)
    assert problem is not None and problem.code == "id-number-characters"


def test_full_width_and_lower_case_are_forgiven():
    first = next(f for f in (f"9901011980022900{i}" for i in range(10)) if ids.id_number_check(f) == "X")
    assert ids.id_number_problem(f" {first}x ") is None
    assert ids.id_number_problem("990101198002290011") is None


@given(st.dates(min_value=date(1900, 1, 1), max_value=date(2026, 1, 1)), st.integers(0, 999), st.integers(0, 16))
def test_any_single_mistyped_digit_is_noticed(born: date, sequence: int, at: int):
    first = f"990101{born:%Y%m%d}{sequence:03d}"
    number = first + ids.id_number_check(first)
    assert ids.id_number_problem(number) is None
    wrong = number[:at] + str((int(number[at]) + 1) % 10) + number[at + 1 :]
    assert ids.id_number_problem(wrong) is not None


@pytest.mark.parametrize(
    "code", ["91110000600037341L", "11450721MB15580811", "91990101MA0000001Y", "92990101MA0000002Y"]
)
def test_a_right_credit_code_is_right(code: str):
    assert ids.uscc_problem(code) is None


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("91110000", "uscc-length"),
        ("91110000600037341I", "uscc-characters"),
        ("9111000O600037341L", "uscc-characters"),
        ("91110000600037341M", "uscc-check"),
        ("91110000600037314L", "uscc-check"),
    ],
)
def test_a_wrong_credit_code_says_what_is_wrong(typed: str, code: str):
    problem = ids.uscc_problem(typed)
    assert problem is not None
    assert problem.code == code


def test_a_case_number_tells_region_and_day_and_cannot_be_guessed():
    case = ids.case_id("990101", NOW)
    assert case.startswith("990101-261103-")
    assert ids.region_of(case) == "990101"
    assert len({ids.case_id("990101", NOW) for _ in range(2000)}) == 2000


def test_a_case_number_can_be_read_aloud_and_typed_back():
    case = ids.case_id("990101", NOW, random=lambda bits: (2**bits - 1) // 31)  # every digit 1
    assert case == "990101-261103-11111111"
    assert ids.read_case_id(" 990101-261103-1lIi1L11 ") == case
    assert ids.read_case_id("990101-261103-oO0oOo00") == "990101-261103-00000000"


@pytest.mark.parametrize("typed", ["", "x", "990101-261103-4Q7Z2M9", "990101-261103-4Q7Z2M9U", "99-01", "-" * 40])
def test_what_is_no_case_number_is_refused_by_name(typed: str):
    with pytest.raises(Refused) as refused:
        ids.read_case_id(typed)
    assert refused.value.code == "bad-case-number"


def test_uuid7_is_ordered_by_time():
    made = [ids.uuid7() for _ in range(5000)]
    assert made == sorted(made)
    assert len(set(made)) == 5000
    assert {u.version for u in made} == {7}


def test_a_person_number_says_nothing_about_the_person():
    first, second = ids.person_id(), ids.person_id()
    assert first != second
    assert len(first) == 22
