"""Fine tables: a bounded share for everybody, a cell for everything that is public, noise drawn once."""

import csv
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import pytest
from fact_rows import case_fact

from tongban.base.clock import ZONE
from tongban.base.errors import Refused
from tongban.base.keys import KeyRing
from tongban.oversight.computing import Period
from tongban.oversight.files import read_indicators
from tongban.oversight.folder import Facts, opened, replace
from tongban.oversight.opendata import noise
from tongban.oversight.opendata.making import Public, release
from tongban.oversight.opendata.reading import recompute
from tongban.oversight.store import Band, Known

OCTOBER = Period.month(2026, 10)
NOW = datetime(2026, 11, 10, 9, tzinfo=ZONE)
REGIONS, SERVICES = ("990101", "990102", "990103"), ("s", "t", "never-asked-for")


def known(facts: Facts, people: int) -> None:
    rows = [case_fact(n, "abcd"[n % 4], "st"[n % 2]) for n in range(200)]
    facts.know(Known(row.case_id, f"p-{n % people}", Band("35-59", "zh")) for n, row in enumerate(rows))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    replace(
        tmp_path / "facts", "cases", "990101", "2026-10", [case_fact(n, "abcd"[n % 4], "st"[n % 2]) for n in range(200)]
    )
    return tmp_path


def test_one_person_adds_two_cases_at_most_however_many_they_have(folder: Path):
    with opened(folder / "facts") as facts:
        known(facts, people=3)
        noise.count(facts, OCTOBER)
        assert facts.run("SELECT count(*) FROM counted") == [(3 * noise.MOST,)]


def test_without_knowing_who_asked_no_fine_table_is_drawn(folder: Path):
    with opened(folder / "facts") as facts, pytest.raises(Refused) as caught:
        noise.count(facts, OCTOBER)
    assert caught.value.code == "bands-missing"


def test_the_budget_of_a_month_is_one_and_a_half():
    assert sum(one.epsilon for one in noise.tables(REGIONS, SERVICES, OCTOBER)) == Decimal("1.5")


def test_fine_tables_have_every_public_cell_and_say_what_they_cost(folder: Path, tmp_path: Path):
    pytest.importorskip("opendp")
    keys = KeyRing.open(tmp_path / "keys", NOW)
    public = Public(origin="https://lanjiang.example", regions=REGIONS, services=SERVICES)
    with opened(folder / "facts") as facts:
        known(facts, people=200)
        made = release(facts, read_indicators(), OCTOBER, public, keys, NOW, tmp_path)
    found = recompute(made, keys.keys, NOW)
    assert not found.wrong
    assert [one.table for one in found.release.budget] == ["fine-cases.csv", "fine-answers.csv", "fine-days.csv"]
    with (made / "fine-cases.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == len(REGIONS) * len(SERVICES) * 6
    assert {row["service"] for row in rows} == set(SERVICES), "also what nobody asked for: no cell tells by being there"
    assert abs(sum(int(row["count"]) for row in rows) - 200) < 500
    assert len({row["count"] for row in rows if row["service"] == "never-asked-for"}) > 1, "noise, also on nothing"
