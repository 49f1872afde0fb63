"""What may be asked for now: of the database, or as the rights that the members' registry carries."""

from collections.abc import Collection, Sequence
from datetime import date

from tongban.sharing.grants import store
from tongban.sharing.grants.model import Asked, Grant, covering
from tongban.sharing.store import Reads


async def held(db: Reads, service: str) -> Sequence[Grant]:
    """Every grant for the cases of a service: one query for all that a form looks up, then `covering` for each."""
    return await store.of_service(db, service)


async def ask(
    db: Reads,
    resource: str,
    record: str,
    fields: Collection[str],
    service: str,
    day: date,
    *,
    tests: Collection[Asked] = (),
    consumers: Collection[str] = (),
) -> Grant:
    """`covering` of what the database holds at this moment; a suspension counts from its commit on."""
    return covering(await held(db, service), resource, record, fields, service, day, tests=tests, consumers=consumers)


async def rights(db: Reads, day: date) -> list[Grant]:
    """Every grant in force on a day, as the registry carries it. What is suspended, over or not begun is left out."""
    return await store.in_force(db, day)
