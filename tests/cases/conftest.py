"""Fixtures of the case engine: the pure story, and the engine on a database of its own."""

from pathlib import Path

import pytest
from case_world import FILES, Officials, Story, official, register

from tongban.base.clock import ZONE, SettableClock
from tongban.base.database import Database
from tongban.base.keys import KeyRing
from tongban.cases.definition import Definition
from tongban.cases.service import Cases
from tongban.catalog import load_procedure, load_service
from tongban.catalog.catalogue import Catalogue
from tongban.catalog.model import Service
from tongban.catalog.procedure import Procedure
from tongban.org import Directory
from tongban.terms import Calendar


@pytest.fixture(scope="session")
def service() -> Service:
    return load_service((FILES / "stall-permit.yaml").read_text(encoding="utf-8")).require()


@pytest.fixture(scope="session")
def procedure() -> Procedure:
    return load_procedure((FILES / "licensing.yaml").read_text(encoding="utf-8")).require()


@pytest.fixture(scope="session")
def definition(service: Service, procedure: Procedure) -> Definition:
    return Definition(service, procedure, Calendar.china(), ZONE, service.terms)


@pytest.fixture
def story(definition: Definition) -> Story:
    """Nothing has happened yet; it is Tuesday 3 November 2026, nine o'clock."""
    return Story(definition)


@pytest.fixture
def directory(clock: SettableClock) -> Directory:
    return Directory.build(register(), clock)


@pytest.fixture
def catalogue(service: Service, procedure: Procedure, clock: SettableClock) -> Catalogue:
    return Catalogue([service], [procedure], clock=clock)


@pytest.fixture
def cases(db: Database, catalogue: Catalogue, directory: Directory, clock: SettableClock, tmp_path: Path) -> Cases:
    return Cases(
        db,
        catalogue,
        directory,
        Calendar.china(),
        KeyRing.open(tmp_path / "keys", clock()),
        clock,
        data_dir=tmp_path,
    )


@pytest.fixture
def post(directory: Directory) -> Officials:
    """The holder of a post."""
    return lambda name: official(directory, name)
