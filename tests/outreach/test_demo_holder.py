"""The demonstration's nodes and a holder's file for matching can be about the same invented people."""

from pathlib import Path

import duckdb
import pytest
from match_world import DAY

from tongban.catalog.model import Service
from tongban.catalog.policy import Policy
from tongban.outreach import demo_holder, demo_people
from tongban.outreach.match import match
from tongban.outreach.report import Standing
from tongban.sharing.node.demo import people

Pairs = list[tuple[Policy, Service]]


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("holder")
    path = demo_holder.keep(folder)
    assert demo_holder.keep(folder) == path and [one.name for one in path.parent.iterdir()] == [path.name]
    return path


def test_the_file_says_of_each_person_what_the_nodes_say_and_names_nobody(file: Path) -> None:
    held = duckdb.execute(f"SELECT person, region, birth_date, disability_grade FROM read_parquet('{file}')").fetchall()
    by_number = {row[0] - demo_people.FIRST_PERSON: row[1:] for row in held}
    first = list(people.residents(2_000))
    assert len(by_number) == people.PEOPLE
    assert all(by_number[n][:2] == (one.region, one.birth) for n, one in enumerate(first))
    assert {row[2] for row in by_number.values()} == {"0", "1", "2", "3", "4"}
    assert not {str(row[0]) for row in held} & {one.number for one in first}


def test_it_has_the_columns_that_every_policy_reads_and_can_be_matched(
    file: Path, pairs: Pairs, tmp_path: Path
) -> None:
    result = match(pairs, file, DAY, tmp_path / "out")
    assert result.people == people.PEOPLE
    counts = {one.policy: one.standings for one in result.reports}
    assert (counts["advanced-age-allowance"][Standing.ENTITLED] or 0) > 100
