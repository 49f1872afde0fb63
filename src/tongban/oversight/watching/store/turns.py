"""Turns of the jobs: who is at it, and up to where each is done."""

from datetime import UTC, datetime
from typing import Any, Protocol

from tongban.base.database import Connection, Row


class Runner(Protocol):
    """A database, or a connection inside a transaction."""

    async def fetch(self, sql: str, *args: Any) -> list[Row]: ...
    async def execute(self, sql: str, *args: Any) -> str: ...


Place = tuple[datetime, str]
"""A case in the order of a time: the time, and its number."""
BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)


async def begin(connection: Connection, job: str, now: datetime, every_seconds: float) -> datetime | None:
    """Takes a turn of a job for this transaction, and says when it was last done (1970 if never); None when it was done
    within `every_seconds`, or another process is at it."""
    free = await connection.fetchval("SELECT pg_try_advisory_xact_lock(hashtextextended($1, 11))", job)
    if not free:
        return None
    rows = await connection.fetch(
        "SELECT coalesce((SELECT at FROM watched_turn WHERE job = $1), 'epoch'::timestamptz) AS at", job
    )
    last: datetime = rows[0]["at"]
    return last if (now - last).total_seconds() >= every_seconds else None


async def place(connection: Connection, job: str) -> Place:
    """After which case a job goes on: its moment and its number; the beginning of time if it was never done."""
    rows = await connection.fetch("SELECT at, case_id FROM watched_turn WHERE job = $1", job)
    return (rows[0]["at"], rows[0]["case_id"]) if rows else (BEGINNING, "")


async def done(connection: Connection, job: str, at: datetime, case: str = "") -> None:
    """Note up to when a job is done, and up to which case of that moment."""
    await connection.execute(
        "INSERT INTO watched_turn (job, at, case_id) VALUES ($1, $2, $3)"
        " ON CONFLICT (job) DO UPDATE SET at = EXCLUDED.at, case_id = EXCLUDED.case_id",
        job,
        at,
        case,
    )


async def last(db: Runner, job: str) -> datetime | None:
    """When a job was last done."""
    rows = await db.fetch("SELECT at FROM watched_turn WHERE job = $1", job)
    return rows[0]["at"] if rows else None
