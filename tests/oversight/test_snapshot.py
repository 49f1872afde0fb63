"""A public page says what a release says, digit for digit, and nothing of a group that the release leaves out."""

import shutil
from datetime import datetime
from pathlib import Path

import pytest
from fact_rows import case_fact

from tongban.base.clock import ZONE
from tongban.base.keys import KeyRing
from tongban.oversight.computing import Period
from tongban.oversight.files import read_indicators
from tongban.oversight.folder import opened, replace
from tongban.oversight.opendata import snapshot
from tongban.oversight.opendata.making import Public, release, releases_dir
from tongban.oversight.publishing import published

OCTOBER = Period.month(2026, 10)
NOW = datetime(2026, 11, 10, 9, tzinfo=ZONE)


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two bodies with enough cases, and one with three."""
    folder = tmp_path_factory.mktemp("released")
    rows = [case_fact(n, "ab"[n % 2], "st"[n % 4 // 2], "online", n % 30) for n in range(120)]
    rows += [case_fact(200 + n, "c", "s", "online", 1) for n in range(3)]
    replace(folder / "facts", "cases", "990101", "2026-10", rows)
    with opened(folder / "facts") as facts:
        public = Public(origin="https://lanjiang.example", regions=("990101",), services=("s", "t"))
        release(facts, read_indicators(), OCTOBER, public, KeyRing.open(folder / "keys", NOW), NOW, folder)
    return folder


def test_a_page_reads_every_figure_of_the_release_and_no_other(data_dir: Path):
    found = snapshot.latest(data_dir)
    assert found is not None
    assert found.month == "2026-10"
    with opened(data_dir / "facts") as facts:
        shown = published(facts, read_indicators(), OCTOBER)
    for indicator, figure in shown:
        number = found.groups(figure.indicator, *indicator_by(figure.by))[figure.group]
        assert (number.numerator, number.denominator, number.rows) == (
            figure.numerator,
            figure.denominator,
            figure.rows,
        )
        assert (number.value, number.unit) == (figure.value, indicator.unit)
    read = sum(len(found.groups(one.indicator, *by)) for one in read_indicators() for by in cuts(one.by))
    assert read == len(shown)


def indicator_by(by: tuple[str, ...]) -> tuple[snapshot.By, ...]:
    return tuple(one for one in snapshot.NAMES if one in by)


def cuts(by: tuple[snapshot.By, ...]) -> list[tuple[snapshot.By, ...]]:
    return [(), *((one,) for one in by), *([("service", "body")] if {"body", "service"} <= set(by) else [])]


def test_a_small_group_an_unknown_indicator_and_a_month_that_was_not_released_have_no_number(data_dir: Path):
    found = snapshot.latest(data_dir)
    assert found is not None
    assert found.one("days-used", body="a") is not None
    assert found.one("days-used", body="c") is None
    assert found.one("no-such-indicator") is None
    assert found.groups("days-used", "stage") == {}
    assert snapshot.of_month(data_dir, "2026-09") is None
    assert snapshot.of_month(data_dir, "../../keys") is None


def test_the_formula_beside_a_figure_is_that_of_its_own_release(data_dir: Path):
    found = snapshot.latest(data_dir)
    assert found is not None
    method = found.method("days-used")
    assert method is not None
    assert method in read_indicators()
    assert found.method("no-such-indicator") is None


def test_without_a_release_and_with_a_damaged_one_nothing_is_shown(data_dir: Path, tmp_path: Path):
    assert snapshot.latest(tmp_path) is None
    folder = releases_dir(tmp_path) / "2026-10"
    folder.mkdir(parents=True)
    (folder / "release.json").write_text("{}", encoding="utf-8")
    (folder / "figures.csv").write_text("nonsense\n", encoding="utf-8")
    damaged = snapshot.latest(tmp_path)
    assert damaged is not None
    assert damaged.groups("days-used") == {}
    assert damaged.one("days-used") is None
    shutil.copytree(releases_dir(data_dir) / "2026-10", folder, dirs_exist_ok=True)
    assert damaged.one("days-used") is not None, "put back from a copy it is read again"
