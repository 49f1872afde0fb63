"""The engine over the demonstration province, with a small list of shared data."""

from pathlib import Path

import pytest
from two_cities import SHELF, Between

from tongban.base.clock import SettableClock
from tongban.base.database import Database
from tongban.base.keys import KeyRing
from tongban.cases.service import Cases
from tongban.catalog import load_procedure, load_service
from tongban.catalog.catalogue import Catalogue
from tongban.catalog.shipped import shipped
from tongban.org import Directory, demo
from tongban.terms import Calendar


@pytest.fixture
def directory(clock: SettableClock) -> Directory:
    return Directory.build(demo.register(), clock)


@pytest.fixture
def catalogue(clock: SettableClock) -> Catalogue:
    names = ("data-sharing-request", "record-correction", "directory-entry")
    power = load_service((shipped("services") / "power-delegation.yaml").read_text("utf-8")).require()
    move = load_procedure((shipped("procedures") / "power-move.yaml").read_text("utf-8")).require()
    services = [load_service((shipped("services") / f"{n}.yaml").read_text("utf-8")).require() for n in names]
    procedures = [load_procedure((shipped("procedures") / f"{n}.yaml").read_text("utf-8")).require() for n in names]
    return Catalogue([*services, power], [*procedures, move], clock=clock)


@pytest.fixture
def cases(db: Database, catalogue: Catalogue, directory: Directory, clock: SettableClock, tmp_path: Path) -> Cases:
    keys = KeyRing.open(tmp_path / "keys", clock())
    calendar = Calendar.china()
    return Cases(db, catalogue, directory, calendar, keys, clock, data_dir=tmp_path, listed=SHELF.get)


@pytest.fixture
def between(cases: Cases, directory: Directory) -> Between:
    return Between(cases, directory)
