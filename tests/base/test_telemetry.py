"""The log says what the machine did and nothing about anybody."""

import json
import logging

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongban.base.clock import SettableClock
from tongban.base.telemetry import FIELDS, REMOVED, LibraryHandler, Log, request_id

NAME, NUMBER, PHONE = "王小满", "990101198002290011", "13900000001"


def test_a_line_is_json_with_time_event_and_request(clock: SettableClock):
    lines: list[str] = []
    with request_id("r-1"):
        Log(lines.append, clock).event("http.request", method="GET", route="/cases/{case}", status=200, ms=1.5)
    assert json.loads(lines[0]) == {
        "at": "2026-11-03T01:00:00.000+00:00",
        "event": "http.request",
        "request": "r-1",
        "method": "GET",
        "route": "/cases/{case}",
        "status": 200,
        "ms": 1.5,
    }
    assert lines[0].endswith("\n")


@pytest.mark.parametrize("secret", [NAME, NUMBER, PHONE, "wang@example.cn", f"id={NUMBER}", "青石街 12 号"])
def test_personal_data_is_not_written_whatever_field_it_comes_in(secret: str):
    lines: list[str] = []
    for field in sorted(FIELDS):
        Log(lines.append).event("case.submitted", **{field: secret})
    Log(lines.append).event("case.submitted", full_name=secret)
    Log(lines.append).event(secret)
    assert secret not in "".join(lines)
    assert REMOVED in lines[0]
    assert json.loads(lines[-2])["left_out"] == ["full_name"]


@given(st.integers(min_value=10**10, max_value=10**18))
def test_a_long_number_is_not_written_as_a_count(number: int):
    lines: list[str] = []
    Log(lines.append).event("case.submitted", count=number)
    assert str(number) not in lines[0]


def test_a_case_number_may_be_written():
    lines: list[str] = []
    Log(lines.append).event("case.submitted", case="990101-261103-4Q7Z2M9K")
    assert json.loads(lines[0])["case"] == "990101-261103-4Q7Z2M9K"


def test_an_error_is_logged_by_type_and_place_without_its_message():
    lines: list[str] = []
    try:
        raise ValueError(f"duplicate key: ({NAME}, {NUMBER})")
    except ValueError as error:
        Log(lines.append).error("http.error", error, status=500)
    assert NUMBER not in lines[0]
    written = json.loads(lines[0])
    assert written["error"] == "ValueError"
    assert written["where"].startswith("test_telemetry.py:")


def test_what_a_library_logs_loses_its_message():
    lines: list[str] = []
    logger = logging.Logger("asyncpg")
    logger.addHandler(LibraryHandler(Log(lines.append)))
    logger.warning("row of %s is broken", NAME)
    logger.info("not even this")
    assert len(lines) == 1
    written = json.loads(lines[0])
    assert (written["event"], written["level"]) == ("library", "warning")
    assert written["where"].startswith("asyncpg:")
    assert NAME not in lines[0]
