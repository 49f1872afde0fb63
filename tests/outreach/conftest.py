"""A small invented population, matched once for all tests of this folder."""

from pathlib import Path

import pytest
from match_world import DAY, PEOPLE

from tongban.catalog.catalogue import Catalogue
from tongban.catalog.installation import open_catalogue
from tongban.catalog.model import Service
from tongban.catalog.policy import Policy
from tongban.outreach import demo_people
from tongban.outreach.match import Result, match


@pytest.fixture(scope="session")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> Catalogue:
    return open_catalogue(tmp_path_factory.mktemp("installation"))


@pytest.fixture(scope="session")
def pairs(catalogue: Catalogue) -> list[tuple[Policy, Service]]:
    """Every policy in force on the day, with its service."""
    return [(policy, catalogue.service(policy.service, on=DAY)) for policy in catalogue.policies(DAY)]


@pytest.fixture(scope="session")
def people(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("people") / "people.parquet"
    demo_people.write(path, PEOPLE)
    return path


@pytest.fixture(scope="session")
def matched(pairs: list[tuple[Policy, Service]], people: Path, tmp_path_factory: pytest.TempPathFactory) -> Result:
    return match(pairs, people, DAY, tmp_path_factory.mktemp("run") / "out", keep_not=True)
