"""What may be asked for now: of the database, or as the rights that the members' registry carries."""

from collections.abc import Collection, Sequence
from datetime import date

from tongban.sharing.grants import store
from tongban.sharing.grants.model import Allowed, Grant, Right, covering
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
    tests: Collection[Allowed] = (),
    consumers: Collection[str] = (),
) -> Grant:
    """`covering` of what the database holds at this moment; a suspension counts from its commit on."""
    return covering(await held(db, service), resource, record, fields, service, day, tests=tests, consumers=consumers)


async def rights(db: Reads, day: date) -> list[Right]:
    """Every grant in force on a day, as the registry carries it. What is suspended, over or not begun is left out."""
    return [
        Right(
            grant=one.id,
            consumer=one.consumer,
            provider=one.provider,
            resource=one.resource,
            record=one.record,
            fields=one.fields,
            tests=one.tests,
            purpose=one.service,
            law=one.law,
            since=one.since,
            until=one.until,
        )
        for one in await store.in_force(db, day)
    ]
