"""One-time codes for kiosks."""

from datetime import datetime

import msgspec

from tongban.base.database import Database


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """Whose draft of which service a code opens, at which real-name level."""

    person: str
    service: str
    level: int


async def save(db: Database, one: Entry, code: bytes, expires_at: datetime) -> None:
    """Keep the hash of a code; a new one takes the place of the last for the same draft."""
    await db.execute(
        "INSERT INTO kiosk_code (person, service, hash, level, expires_at) VALUES ($1, $2, $3, $4, $5)"
        " ON CONFLICT (person, service) DO UPDATE SET hash = excluded.hash, level = excluded.level,"
        " expires_at = excluded.expires_at",
        one.person,
        one.service,
        code,
        one.level,
        expires_at,
    )


async def take(db: Database, code: bytes, now: datetime) -> Entry | None:
    """What a code opens; used, it is gone."""
    row = await db.fetchrow(
        "DELETE FROM kiosk_code WHERE hash = $1 AND expires_at > $2 RETURNING person, service, level", code, now
    )
    return None if row is None else msgspec.convert(dict(row), Entry)


async def forget(db: Database, now: datetime) -> None:
    """Drop codes whose time is over."""
    await db.execute("DELETE FROM kiosk_code WHERE expires_at <= $1", now)
