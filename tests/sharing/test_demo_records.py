"""The demonstration's records fit the shipped services, and every access is seen by the person."""

from datetime import date
from typing import Any

import pytest
from tests.shipped_files import services

from tongban.base.clock import SettableClock
from tongban.base.database import Database
from tongban.base.ids import id_number_problem, uscc_problem
from tongban.catalog import parse_fact
from tongban.catalog.certificate_type import RESOURCE
from tongban.catalog.model import Fact, FactType, Service
from tongban.org import demo as province
from tongban.sharing import Purpose, Reader, Sharing, demo, sources

SERVICES = list(services().values())


@pytest.fixture
async def seeded(db: Database, clock: SettableClock) -> Database:
    await province.seed(db)
    await demo.seed(db, clock())
    await demo.seed(db, clock())
    return db


_ANSWERS: dict[tuple[str, str, str], dict[str, Any]] = {}
"""By person, service and version: asked once for all tests, for the records and the hour are the same in each."""


async def look(db: Database, person: str, service: Service, clock: SettableClock) -> dict[str, Any]:
    key = (person, service.service, service.version)
    if key not in _ANSWERS:
        _ANSWERS[key] = await ask(db, person, service, clock)
    return _ANSWERS[key]


async def ask(db: Database, person: str, service: Service, clock: SettableClock) -> dict[str, Any]:
    purpose = Purpose.of(service, f"draft:{service.service}")
    reader = Reader(kind="person", id=person)
    answer = await Sharing(db, clock).look_up(person, sources(service), service=service, purpose=purpose, reader=reader)
    assert set(answer.found) | set(answer.missing) == set(sources(service))
    assert all(reason.zh and reason.en for reason in answer.missing.values())
    return {name: shared.value for name, shared in answer.found.items()}


def test_a_demonstration_phone_can_be_typed_in_and_is_nobodys() -> None:
    phone = Fact(type=FactType.PHONE, name="电话")
    for person in province.citizens():
        assert parse_fact(phone, person.phone, field="phone") == person.phone, person.id
        assert person.phone.startswith("154"), "a block of numbers that belongs to no operator"


def fits(fact: Fact, value: object) -> bool:
    """Whether a record's value is what the service takes for this fact."""
    match fact.type:
        case FactType.DATE:
            return isinstance(value, str) and date.fromisoformat(value).year > 1900
        case FactType.BOOLEAN:
            return isinstance(value, bool)
        case FactType.INTEGER:
            return isinstance(value, int)
        case FactType.NUMBER | FactType.MONEY:
            return isinstance(value, int | float)
        case FactType.ENUM:
            return value in [choice.value for choice in fact.choices]
        case FactType.ID_NUMBER:
            return isinstance(value, str) and id_number_problem(value) is None
        case FactType.USCC:
            return isinstance(value, str) and uscc_problem(value) is None
        case FactType.REGION:
            return isinstance(value, str) and len(value) == 6 and value.startswith("99")
        case _:
            return isinstance(value, str) and bool(value)


async def test_what_the_records_say_fits_the_facts_of_every_service(seeded: Database, clock: SettableClock):
    for service in SERVICES:
        for person in province.citizens():
            for name, value in (await look(seeded, person.id, service, clock)).items():
                if name in service.facts:
                    assert fits(service.facts[name], value), (service.service, person.id, name, value)


async def test_every_source_of_every_service_answers_for_somebody(seeded: Database, clock: SettableClock):
    unanswered = {"education.roll/student#school"}  # nobody: so that enrolment always has to be asked for
    for service in SERVICES:
        answered: set[str] = set()
        for person in province.citizens():
            answered |= set(await look(seeded, person.id, service, clock))
        asked = {name: source for name, source in sources(service).items() if not source.at.startswith(RESOURCE)}
        silent = {source.at for name, source in asked.items() if name not in answered}
        assert silent <= unanswered, service.service


async def test_somebody_has_to_be_asked_in_every_service(seeded: Database, clock: SettableClock):
    for service in SERVICES:
        if {source.at.split("/")[0] for source in sources(service).values()} <= {"police.population", "login.account"}:
            continue  # nothing is looked up, or only who somebody is: everything else is asked
        answers = [set(await look(seeded, person.id, service, clock)) for person in province.citizens()]
        assert any(found < set(sources(service)) for found in answers), service.service


async def test_every_access_is_seen_by_the_person(seeded: Database, clock: SettableClock):
    permit = next(service for service in SERVICES if service.service == "residence-permit")
    await ask(seeded, "p-wangxiaoman", permit, clock)
    seen = await Sharing(seeded, clock).accesses("p-wangxiaoman")
    asked = {(s.at.partition("/")[0], s.at.partition("#")[2]) for s in sources(permit).values()}
    assert {(access.resource, field) for access in seen.items for field in access.fields} == asked
    assert {access.by for access in seen.items} == {"self"}
    assert (await Sharing(seeded, clock).accesses("p-heqing")).items == ()
