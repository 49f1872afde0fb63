"""Identity checks and offline captures."""

from datetime import datetime
from uuid import UUID

import msgspec

from tongban.base.database import Connection, Database
from tongban.hall.store.sealed import CHECK


class Check(msgspec.Struct, frozen=True, kw_only=True):
    """One identification at a counter."""

    region: str
    person: str
    id: UUID
    official: str
    post: str
    service: str
    how: str
    reason: str
    at: datetime


class Capture(msgspec.Struct, frozen=True, kw_only=True):
    """One form that was captured offline and has become a case."""

    region: str
    key: str
    official: str
    post: str
    service: str
    digest: bytes
    received_at: datetime
    counted: bool
    at: datetime
    case_id: str


async def save_check(db: Database | Connection, check: Check) -> None:
    """Keep how somebody was identified."""
    key = await db.sealer.person(db, check.person)
    place = CHECK.place("reason", (check.region, check.person, check.id))
    await db.execute(
        "INSERT INTO identity_check (region, person, id, official, post, service, how, reason, at)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        check.region,
        check.person,
        check.id,
        check.official,
        check.post,
        check.service,
        check.how,
        key.seal_text(place, check.reason) if check.reason else "",
        check.at,
    )


async def check_led_to(db: Database | Connection, region: str, person: str, check: UUID, case: str) -> None:
    """Note the case that the person was identified for."""
    await db.execute(
        "UPDATE identity_check SET case_id = $4 WHERE region = $1 AND person = $2 AND id = $3 AND case_id = ''",
        region,
        person,
        check,
        case,
    )


async def lock_capture(connection: Connection, key: str) -> None:
    """Until the end of the transaction nobody else hands in what was captured under this key."""
    await connection.execute("SELECT pg_advisory_xact_lock(hashtextextended($1, 41))", key)


async def capture(db: Database | Connection, region: str, key: str) -> Capture | None:
    """What became of a form, by the key it was captured under."""
    row = await db.fetchrow("SELECT * FROM offline_capture WHERE region = $1 AND key = $2", region, key)
    return None if row is None else msgspec.convert(dict(row), Capture)


async def save_capture(db: Database | Connection, one: Capture) -> None:
    """Note the case; a second time is harmless."""
    await db.execute(
        "INSERT INTO offline_capture"
        " (region, key, official, post, service, digest, received_at, counted, at, case_id)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (region, key) DO NOTHING",
        one.region,
        one.key,
        one.official,
        one.post,
        one.service,
        one.digest,
        one.received_at,
        one.counted,
        one.at,
        one.case_id,
    )


async def services_of(db: Database | Connection, region: str, official: str, since: datetime, most: int) -> list[str]:
    """What an official has received most since a moment, the most frequent first."""
    rows = await db.fetch(
        "SELECT service FROM identity_check WHERE region = $1 AND official = $2 AND at >= $3"
        " GROUP BY service ORDER BY count(*) DESC, service LIMIT $4",
        region,
        official,
        since,
        most,
    )
    return [row["service"] for row in rows]
