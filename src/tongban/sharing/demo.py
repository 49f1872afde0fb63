"""Records of the demonstration province: what departments would know of its invented people."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
import yaml

from tongban.base.database import Database
from tongban.org import Person, demo
from tongban.sharing import store
from tongban.sharing.grants import demo as grants

_LEFT_OUT = {"p-liwen": ("photo", "home_region")}
"""Missing from the population register on purpose, so that asking has to fall back."""

Report = tuple[str, str, str, dict[str, Any]]
"""Person, resource, record, fields."""


def reports() -> Iterator[Report]:
    """Every record of the demonstration."""
    text = (Path(__file__).parent / "records.yaml").read_text(encoding="utf-8")
    written = msgspec.convert(yaml.load(text, Loader=yaml.CSafeLoader), dict[str, dict[str, dict[str, Any]]])
    for person, records in written.items():
        for place, fields in records.items():
            resource, _, record = place.partition("/")
            yield person, resource, record, fields
    for person in demo.citizens():
        yield from basics(person)


def basics(person: Person) -> Iterator[Report]:
    """What the account and the population register say of anybody."""
    account = {"full_name": person.name, "id_number": person.id_number, "phone": person.phone}
    yield person.id, "login.account", "person", account
    population = {
        "full_name": person.name,
        "id_number": person.id_number,
        "birth_date": person.birth_date,
        "sex": person.sex,
        "home_region": person.home_region,
        "photo": f"photo:{person.id}",
    }
    for field in _LEFT_OUT.get(person.id, ()):
        del population[field]
    yield person.id, "police.population", "person", population


async def seed_basics(db: Database, people: Iterable[Person], now: datetime) -> None:
    """Only what the account and the population register say of these people. Again is harmless."""
    async with db.transaction() as connection:
        for person in people:
            for owner, resource, record, fields in basics(person):
                await store.put(connection, owner, resource, record, fields, now)


async def seed(db: Database, now: datetime) -> None:
    """Put the records, as reported now, and the grants under which they may be asked for into the database.

    Again is harmless.
    """
    async with db.transaction() as connection:
        for person, resource, record, fields in reports():
            await store.put(connection, person, resource, record, fields, now)
        await grants.seed(connection, now)
