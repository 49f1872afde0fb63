"""The engine over the demonstration province, with a small list of shared data."""

from pathlib import Path

import pytest
from law_world import province, shipped_law
from two_cities import SHELF, Between

from tongban.base.clock import SettableClock
from tongban.base.database import Database
from tongban.base.keys import KeyRing
from tongban.cases.service import Cases
from tongban.catalog.catalogue import Catalogue
from tongban.org import Directory
from tongban.terms import Calendar


@pytest.fixture
def directory(clock: SettableClock) -> Directory:
    return province(clock)


@pytest.fixture
def catalogue(clock: SettableClock) -> Catalogue:
    same = ("data-sharing-request", "record-correction", "directory-entry")
    return shipped_law(clock, (*same, "power-delegation"), (*same, "power-move"))


@pytest.fixture
def cases(db: Database, catalogue: Catalogue, directory: Directory, clock: SettableClock, tmp_path: Path) -> Cases:
    keys = KeyRing.open(tmp_path / "keys", clock())
    calendar = Calendar.china()
    return Cases(db, catalogue, directory, calendar, keys, clock, data_dir=tmp_path, listed=SHELF.get)


@pytest.fixture
def between(cases: Cases, directory: Directory) -> Between:
    return Between(cases, directory)
