"""The DMN Technology Compatibility Kit, levels 2 and 3, folder by folder: every case has the result expected.

The kit lies beside the repository, not in it.
"""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from tongban.cli.rules.kit import folders, run_folder

KIT = Path(__file__).resolve().parents[3] / "shared" / "tck"
NOW = datetime.datetime(2026, 1, 31, 12, tzinfo=datetime.UTC)

UNFINISHED = frozenset(
    [
        "0002-string-functions",
        "0008-listGen",
        "0009-append-flatten",
        "0010-concatenate",
        "0011-insert-remove",
        "0012-list-functions",
        "0013-sort",
        "0014-loan-comparison",
        "0021-singleton-list",
        "0051-feel-sqrt-function",
        "0052-feel-exp-function",
        "0053-feel-log-function",
        "0058-feel-number-function",
        "0061-feel-median-function",
        "0062-feel-mode-function",
        "0063-feel-stddev-function",
        "0067-feel-split-function",
        "0068-feel-equality",
        "0072-feel-in",
        "0074-feel-properties",
        "0080-feel-getvalue-function",
        "0081-feel-getentries-function",
        "0082-feel-coercion",
        "0092-feel-lambda",
        "0093-feel-at-literals",
        "0094-feel-product-function",
        "0095-feel-day-of-year-function",
        "0096-feel-day-of-week-function",
        "0097-feel-month-of-year-function",
        "0098-feel-week-of-year-function",
        "0100-arithmetic",
        "0103-feel-is-function",
        "1109-feel-replace-function",
        "1111-feel-matches-function",
        "1115-feel-date-function",
        "1116-feel-time-function",
        "1117-feel-date-and-time-function",
        "1120-feel-duration-function",
        "1121-feel-years-and-months-duration-function",
        "1130-feel-interval",
        "1140-feel-string-join-function",
        "1145-feel-context-function",
        "1146-feel-context-put-function",
        "1147-feel-context-merge-function",
        "1148-feel-now-function",
        "1149-feel-today-function",
        "1155-list-replace-function",
        "1156-range-function",
    ]
)
"""Folders whose built-in functions or temporal values are still being written; the list only gets shorter."""

pytestmark = pytest.mark.skipif(not KIT.is_dir(), reason="not run: the TCK is not beside the repository")


@pytest.mark.parametrize("folder", folders(KIT), ids=lambda folder: folder.name)
def test_every_case_of_the_kit_has_the_expected_result(folder: Path) -> None:
    ran = run_folder(folder, NOW)
    assert ran.cases
    if folder.name in UNFINISHED and not all(one.passed for one in ran.cases):
        pytest.xfail("not all of its built-in functions are there yet")
    assert [(one.case, one.differences, one.refused) for one in ran.cases if not one.passed] == []
