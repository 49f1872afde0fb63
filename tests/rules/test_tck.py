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

pytestmark = pytest.mark.skipif(not KIT.is_dir(), reason="not run: the TCK is not beside the repository")


@pytest.mark.parametrize("folder", folders(KIT), ids=lambda folder: folder.name)
def test_every_case_of_the_kit_has_the_expected_result(folder: Path) -> None:
    ran = run_folder(folder, NOW)
    assert ran.cases
    assert [(one.case, one.differences, one.refused) for one in ran.cases if not one.passed] == []
