"""The shipped register: every use in operation is measured, and by the set that lies there."""

import hashlib
from datetime import date
from pathlib import Path

import msgspec
import pytest
from tests.assist.gate_world import COUNTY, FINDER, measured, register, use
from tests.shipped_files import catalogue

from tongban.assist.evaluations import EVALUATORS, measure
from tongban.assist.gate import WHY
from tongban.assist.gate.register import Register
from tongban.assist.measured import folders, missed, read, write
from tongban.assist.public.wording import CODES, METRICS
from tongban.base.errors import Refused
from tongban.catalog.catalogue import Catalogue
from tongban.catalog.shipped import shipped
from tongban.catalog.use import Threshold, Use

SHIPPED = catalogue()
MEASURED = read(folders(Path("nowhere")))
ACTIVE = [use for use in SHIPPED.uses() if use.status == "active"]
DAY = date(2026, 11, 27)


@pytest.mark.parametrize("entry", ACTIVE, ids=lambda entry: entry.use)
def test_every_shipped_use_in_operation_may_run(entry: Use) -> None:
    """Its evaluator exists, its measurement is of this version and model, and keeps to every threshold."""
    assert entry.use in EVALUATORS
    refused = Register(SHIPPED, MEASURED).permits(entry.use, COUNTY, DAY)
    assert refused is None, refused


@pytest.mark.parametrize("entry", ACTIVE, ids=lambda entry: entry.use)
def test_the_shipped_measurement_is_of_the_set_that_lies_there(entry: Use) -> None:
    path = shipped("uses").parent / entry.evaluation.set
    if not path.is_file():
        pytest.skip(f"not run: the set of {entry.use} is not shipped ({entry.evaluation.set})")
    found = MEASURED[entry.use]
    assert found.digest == "sha256:" + hashlib.sha256(path.read_bytes()).hexdigest(), "measure it again"
    assert found.size >= entry.evaluation.size


def test_a_measurement_of_the_installation_s_own_wins_over_the_shipped_one(tmp_path: Path) -> None:
    write(tmp_path / "shipped", measured(metrics={"hit-at-3": 0.99}))
    write(tmp_path / "own", measured(metrics={"hit-at-3": 0.5}))
    found = read([tmp_path / "shipped", tmp_path / "own"])
    refused = Register(Catalogue((), (), (FINDER,)), found).permits("finder", COUNTY, DAY)
    assert refused is not None and refused.code == "below-threshold"


def test_a_threshold_with_an_upper_bound_is_kept_from_above() -> None:
    bound = Threshold(metric="wrong", at_most=0.03)
    entry = use(evaluation=msgspec.structs.replace(FINDER.evaluation, thresholds=(bound,)))
    assert not missed(entry, measured(entry, metrics={"wrong": 0.03}))
    assert missed(entry, measured(entry, metrics={"wrong": 0.031})) == (bound,)


def test_what_has_no_evaluator_cannot_be_measured() -> None:
    with pytest.raises(Refused) as refused:
        measure(SHIPPED, FINDER, None, DAY)
    assert refused.value.code == "no-evaluator"


def test_a_file_that_is_no_measurement_is_said_by_name(tmp_path: Path) -> None:
    (tmp_path / "guide.json").write_text('{"use": "guide"}', encoding="utf-8")
    with pytest.raises(Refused) as refused:
        read([tmp_path])
    assert refused.value.code == "bad-measurement" and "guide.json" in refused.value.problems[0].place


def test_a_use_stops_the_day_after_its_review_was_due() -> None:
    made = register(use(review_by=date(2026, 12, 1)), measured(on=date(2026, 11, 30)))
    assert made.permits("finder", COUNTY, date(2026, 12, 1)) is None
    late = made.permits("finder", COUNTY, date(2026, 12, 2))
    assert late is not None and late.code == "review-overdue"


@pytest.mark.parametrize("entry", SHIPPED.uses(), ids=lambda entry: entry.use)
def test_every_measured_quality_has_a_name_that_people_can_read(entry: Use) -> None:
    assert not [one.metric for one in entry.evaluation.thresholds if one.metric not in METRICS]


def test_every_code_of_the_gate_has_a_short_name_for_the_public_page() -> None:
    assert set(WHY) == set(CODES)
