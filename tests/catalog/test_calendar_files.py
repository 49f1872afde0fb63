"""An officer files next year's holidays as one file, and every date follows."""

from datetime import date
from pathlib import Path

import pytest

from tongban.base.errors import Refused
from tongban.catalog.calendars import open_calendar

NOTICE = """\
year: 2027
source: 国办发明电〔2026〕0号（演示）
holidays: {2027-01-01: 元旦, 2027-01-04: {zh: 演示假, en: Demonstration holiday}}
workdays: {2027-01-02: 元旦调休}
"""


def _file(data: Path, text: str, name: str = "2027.yaml") -> Path:
    (data / "calendars").mkdir(exist_ok=True)
    (data / "calendars" / name).write_text(text, encoding="utf-8")
    return data


def test_a_year_without_a_notice_is_a_plain_week_until_one_is_filed(tmp_path: Path) -> None:
    assert not open_calendar(tmp_path).knows(2027)
    assert open_calendar(tmp_path).is_working(date(2027, 1, 4))
    filed = open_calendar(_file(tmp_path, NOTICE))
    assert filed.knows(2027)
    assert not filed.is_working(date(2027, 1, 1))
    assert not filed.is_working(date(2027, 1, 4))
    assert filed.is_working(date(2027, 1, 2)), "a make-up day (调休) is worked although it is a Saturday"


def test_a_filed_notice_is_another_version_of_the_calendar(tmp_path: Path) -> None:
    before = open_calendar(tmp_path).version
    assert open_calendar(_file(tmp_path, NOTICE)).version != before


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("year: 2027\nholidays: {}\n", "notice-unreadable"),
        ("year: 2027\nsource: s\nholidays: {2027-13-01: x}\n", "notice-unreadable"),
        ("year: 2027\nsource: s\nholidays: {2025-01-01: 元旦}\n", "notice-wrong-year"),
        ("- a list\n", "not-a-mapping"),
        ("", "file-empty"),
        ("a: &x [1]\nb: *x\n", "yaml-alias"),
    ],
)
def test_a_calendar_that_cannot_be_read_is_named_with_its_file(tmp_path: Path, text: str, code: str) -> None:
    with pytest.raises(Refused) as refused:
        open_calendar(_file(tmp_path, text))
    assert refused.value.code == code
    assert "2027.yaml" in refused.value.problems[0].place
