"""Booked times."""

from datetime import datetime
from uuid import UUID

import msgspec

from tongban.base.database import Connection, Database


class Appointment(msgspec.Struct, frozen=True, kw_only=True):
    """One booked time."""

    person: str
    id: UUID
    region: str
    hall: str
    starts_at: datetime
    place: int
    state: str


_COLUMNS = "person, id, region, hall, starts_at, place, state"


async def taken(db: Database, hall: str, since: datetime, until: datetime) -> dict[datetime, int]:
    """How many places of each slot are taken."""
    rows = await db.fetch(
        "SELECT starts_at, count(*)::int AS taken FROM appointment WHERE hall = $1 AND state <> 'cancelled'"
        " AND starts_at >= $2 AND starts_at < $3 GROUP BY starts_at",
        hall,
        since,
        until,
    )
    return {row["starts_at"]: row["taken"] for row in rows}


async def book(connection: Connection, one: Appointment, capacity: int, now: datetime, by: str) -> bool:
    """Take a free place of the slot; False if there is none. Who has another time in this hall gives it up for this."""
    await connection.execute("SELECT pg_advisory_xact_lock(hashtextextended($1, 43))", f"{one.hall} {one.starts_at}")
    place = await connection.fetchval(
        "SELECT min(n) FROM generate_series(1, $3) n WHERE NOT EXISTS (SELECT 1 FROM appointment"
        " WHERE hall = $1 AND starts_at = $2 AND place = n AND state <> 'cancelled')",
        one.hall,
        one.starts_at,
        capacity,
    )
    if place is None:
        return False
    await connection.execute(
        "UPDATE appointment SET state = 'cancelled' WHERE person = $1 AND hall = $2 AND state = 'booked'",
        one.person,
        one.hall,
    )
    await connection.execute(
        "INSERT INTO appointment (person, id, region, hall, starts_at, place, booked_at, booked_by)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        one.person,
        one.id,
        one.region,
        one.hall,
        one.starts_at,
        place,
        now,
        by,
    )
    return True


async def cancel(db: Database, person: str, hall: str) -> None:
    """Give the time up; none is fine too."""
    await db.execute(
        "UPDATE appointment SET state = 'cancelled' WHERE person = $1 AND hall = $2 AND state = 'booked'", person, hall
    )


async def of(db: Database | Connection, person: str, hall: str) -> Appointment | None:
    """The time that a person has booked in a hall."""
    row = await db.fetchrow(
        f"SELECT {_COLUMNS} FROM appointment WHERE person = $1 AND hall = $2 AND state = 'booked'",  # noqa: S608
        person,
        hall,
    )
    return None if row is None else msgspec.convert(dict(row), Appointment)


async def came(connection: Connection, one: Appointment) -> None:
    """The person is here."""
    await connection.execute("UPDATE appointment SET state = 'came' WHERE person = $1 AND id = $2", one.person, one.id)


async def not_come(db: Database, before: datetime) -> None:
    """Note that nobody came. Nothing follows from it: the person books again, or walks in."""
    await db.execute("UPDATE appointment SET state = 'no-show' WHERE state = 'booked' AND starts_at < $1", before)


async def remind(
    connection: Connection, since: datetime, until: datetime, booked_before: datetime, now: datetime
) -> list[Appointment]:
    """Booked times in a span whose people have not been reminded; with this transaction they have."""
    rows = await connection.fetch(
        "UPDATE appointment SET reminded_at = $4 WHERE state = 'booked' AND reminded_at IS NULL"  # noqa: S608
        f" AND booked_at < $3 AND starts_at >= $1 AND starts_at < $2 RETURNING {_COLUMNS}",
        since,
        until,
        booked_before,
        now,
    )
    return [msgspec.convert(dict(row), Appointment) for row in rows]
