"""Which calendar the dates in the rows were worked out with."""

from __future__ import annotations

from tongban.base.database import Database


async def calendar_version(db: Database) -> str | None:
    """None before any was noted."""
    version: str | None = await db.fetchval("SELECT version FROM case_calendar")
    return version


async def save_calendar_version(db: Database, version: str) -> None:
    """Note that every row's dates are now those of this calendar."""
    await db.execute(
        "INSERT INTO case_calendar (version) VALUES ($1) ON CONFLICT (single) DO UPDATE SET version = EXCLUDED.version",
        version,
    )
