"""The demonstration's departments are six stores of the same invented people, and answer for every source."""

from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from node_world import ask, question

from tongban.base.clock import ZONE
from tongban.base.database import Database, EmbeddedPostgres
from tongban.base.ids import id_number_problem
from tongban.base.keys import KeyRing, Use
from tongban.catalog.certificate_type import RESOURCE
from tongban.catalog.load import load_service
from tongban.org import demo
from tongban.sharing import sources
from tongban.sharing.grants.demo import shipped_grants
from tongban.sharing.node.answering import Node, open_node
from tongban.sharing.node.config import load
from tongban.sharing.node.demo import people, setup
from tongban.sharing.node.demo.setup import Placed

NOW = datetime(2026, 11, 3, 9, 0, tzinfo=ZONE)
HERE = "login.account/person"
SERVICES = sorted((Path(__file__).parents[2] / "services").glob("*.yaml"))


def held() -> dict[str, frozenset[str]]:
    """What the nodes of both provinces hold: record → fields."""
    return {place: frozenset(fields) for node in setup.layout().values() for place, fields in node.records.items()}


def test_a_node_answers_for_every_source_that_a_service_names():
    here = held()
    for path in SERVICES:
        for source in sources(load_service(path.read_text(encoding="utf-8"), path.name).require()).values():
            place, _, field = source.at.partition("#")
            if place.startswith(RESOURCE):
                continue  # a certificate that was issued here lies here, and is the holder's own
            assert place == HERE or field in here.get(place, ()), f"{path.name}: {source.at}"


def test_the_nodes_hold_all_that_the_records_say_of_the_people_one_can_log_in_as():
    here = held()
    for place, _, fields in people.named():
        assert place == HERE or fields.keys() <= here.get(place, frozenset()), place


def test_every_provider_of_a_grant_is_a_member_with_a_node():
    bodies = {body for node in setup.layout().values() for body in node.bodies.values()}
    assert {grant.provider for grant in shipped_grants() if grant.resource != "login.account"} <= bodies


def test_the_people_are_invented_the_same_every_time_and_nobody_twice():
    first, again = list(people.residents(3_000)), list(people.residents(3_000))
    assert first == again
    assert len({one.number for one in first}) == 3_000
    for one in first:
        assert id_number_problem(one.number) is None
        assert one.number.startswith(("99", "98")), "areas that no real person's number has"
        assert one.birth < date(2026, 11, 1)


@pytest.fixture(scope="module")
async def placed(postgres: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory) -> Placed:
    folder = tmp_path_factory.mktemp("nodes")
    await setup.make_databases(postgres.url)
    assert await setup.make_stores(folder, postgres.url, NOW)
    assert not await setup.make_stores(folder, postgres.url, NOW), "made once"
    key = KeyRing.open(folder / "site", NOW).signer(Use.REGISTRY, NOW)
    return setup.place(folder, "http://127.0.0.1:8000", postgres.url, key, NOW)


def _opened(placed: Placed) -> dict[str, Node]:
    return {name: open_node(load(path), path.parent) for name, path in placed.files.items()}


async def test_the_nodes_answer_for_the_named_people_what_the_records_say(placed: Placed):
    nodes = _opened(placed)
    homes = {place: name for name, node in setup.layout().items() for place in node.records}
    asked = 0
    for place, number, fields in people.named():
        if place == HERE:
            continue
        resource, _, record = place.partition("/")
        names = tuple(setup.layout()[homes[place]].records[place])
        answer = await ask(nodes[homes[place]], question(names, subject=number, resource=resource, record=record))
        assert answer.found and answer.as_of == NOW
        assert _there(answer.values) == {name: _json(value) for name, value in fields.items()}, (place, number)
        asked += 1
    assert asked > 60
    for node in nodes.values():
        await node.close()


async def test_the_other_province_knows_what_was_paid_there(placed: Placed):
    nodes = _opened(placed)
    wang = next(one.id_number for one in demo.citizens() if one.id == "p-wangxiaoman")
    wanted = question(("months_paid", "employer"), subject=wang, resource="hr.paid-elsewhere")
    answer = await ask(nodes["elsewhere"], wanted)
    assert answer.values["months_paid"] == 34 and "云泽" in answer.values["employer"]
    assert "YZ/" in load(placed.files["elsewhere"]).member
    assert {grant.service for grant in shipped_grants() if grant.provider == "980000.hr"} == {"pension-claim"}
    for node in nodes.values():
        await node.close()


async def test_twenty_thousand_people_have_records_and_the_node_may_only_read_them(
    placed: Placed, postgres: EmbeddedPostgres
):
    db = await Database.open(setup.in_database(postgres.url, "tongban_data_hr"), name="t", max_size=1)
    assert await db.fetchval("SELECT count(*) FROM hr.hr_insurance_member") > 5_000
    rights = await db.fetch(
        "SELECT DISTINCT privilege_type AS held FROM information_schema.role_table_grants "
        "WHERE grantee = 'tongban_node_reader'"
    )
    assert [row["held"] for row in rights] == ["SELECT"]
    await db.close()
    drawn = {number for _, number, _ in people.drawn({"police.population/person"})}
    assert len(drawn) == people.PEOPLE == 20_000


def _json(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _there(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}
