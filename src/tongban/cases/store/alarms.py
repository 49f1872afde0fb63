"""Timers and the outbox: claimed so that two workers never do the same thing, one failure never stops the others."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from tongban.cases.store.runner import Runner

_ERROR = 500
"""Characters of an error that are kept."""


class Alarm(NamedTuple):
    """A timer that is due."""

    region: str
    case: str
    attempts: int


class Parcel(NamedTuple):
    """A letter to be carried."""

    region: str
    case: str
    seq: int
    attempts: int


async def due_regions(db: Runner, now: datetime) -> list[str]:
    """Regions in which an alarm is due."""
    rows = await db.fetch("SELECT DISTINCT region FROM timer WHERE NOT dead AND due_at <= $1 ORDER BY region", now)
    return [row["region"] for row in rows]


async def claim_alarms(db: Runner, region: str, now: datetime, limit: int) -> list[Alarm]:
    """Alarms of one region that are due, their cases locked for this transaction; locked ones are passed over.

    The case's row is locked, not the timer's: writers take that one first too, so nobody waits in a circle.
    """
    rows = await db.fetch(
        "SELECT t.region, t.case_id, t.attempts FROM timer t"
        " JOIN case_row r ON r.region = t.region AND r.case_id = t.case_id"
        " WHERE t.region = $1 AND NOT t.dead AND t.due_at <= $2"
        " ORDER BY t.due_at, t.case_id LIMIT $3 FOR UPDATE OF r SKIP LOCKED",
        region,
        now,
        limit,
    )
    return [Alarm(*row) for row in rows]


async def set_alarm(db: Runner, region: str, case: str, due_at: datetime | None) -> None:
    """Move an alarm without an event, or take it away."""
    if due_at is None:
        await db.execute("DELETE FROM timer WHERE region = $1 AND case_id = $2", region, case)
        return
    await db.execute(
        "UPDATE timer SET due_at = $3, attempts = 0, last_error = NULL WHERE region = $1 AND case_id = $2",
        region,
        case,
        due_at,
    )


async def alarm_failed(db: Runner, alarm: Alarm, error: str, again: datetime, *, dead: bool) -> None:
    """Note why, and when to try again; a dead one waits for a human."""
    await db.execute(
        "UPDATE timer SET attempts = attempts + 1, last_error = $3, due_at = $4, dead = $5"
        " WHERE region = $1 AND case_id = $2",
        alarm.region,
        alarm.case,
        error[:_ERROR],
        again,
        dead,
    )


async def dead_alarms(db: Runner, limit: int) -> list[tuple[str, str, str]]:
    """(region, case, last error) of alarms that were given up."""
    rows = await db.fetch(
        "SELECT region, case_id, last_error FROM timer WHERE dead ORDER BY region, case_id LIMIT $1", limit
    )
    return [(row["region"], row["case_id"], row["last_error"]) for row in rows]


async def claim_parcels(db: Runner, now: datetime, lease: timedelta, limit: int) -> list[Parcel]:
    """Letters to be carried now, leased to this worker: if it dies, another takes them over."""
    rows = await db.fetch(
        "UPDATE outbox o SET locked_until = $2, attempts = attempts + 1"
        " FROM (SELECT region, case_id, seq FROM outbox"
        "   WHERE due_at <= $1 AND (locked_until IS NULL OR locked_until <= $1)"
        "   ORDER BY due_at LIMIT $3 FOR UPDATE SKIP LOCKED) d"
        " WHERE o.region = d.region AND o.case_id = d.case_id AND o.seq = d.seq"
        " RETURNING o.region, o.case_id, o.seq, o.attempts",
        now,
        now + lease,
        limit,
    )
    return sorted(Parcel(*row) for row in rows)


async def parcel_failed(db: Runner, parcel: Parcel, error: str, again: datetime) -> None:
    """Note why a letter did not leave, and when to try again."""
    await db.execute(
        "UPDATE outbox SET due_at = $4, locked_until = NULL, last_error = $5"
        " WHERE region = $1 AND case_id = $2 AND seq = $3",
        parcel.region,
        parcel.case,
        parcel.seq,
        again,
        error[:_ERROR],
    )


async def drop_parcels(db: Runner, parcels: Sequence[Parcel]) -> None:
    """Letters whose case no longer has them."""
    for parcel in parcels:
        await db.execute(
            "DELETE FROM outbox WHERE region = $1 AND case_id = $2 AND seq = $3", parcel.region, parcel.case, parcel.seq
        )


async def text_waits(db: Runner, person: str, once: str, due: datetime) -> None:
    """Keep a short message until then; one a person."""
    await db.execute(
        "INSERT INTO text_waiting (person, once, due_at) VALUES ($1, $2, $3) ON CONFLICT (person) DO NOTHING",
        person,
        once,
        due,
    )


async def texts_due(db: Runner, now: datetime, limit: int) -> list[tuple[str, str]]:
    """Take short messages whose time has come: for whom, and their number. Each is given once."""
    rows = await db.fetch(
        "DELETE FROM text_waiting WHERE person IN (SELECT person FROM text_waiting WHERE due_at <= $1 ORDER BY due_at"
        " LIMIT $2 FOR UPDATE SKIP LOCKED) RETURNING person, once",
        now,
        limit,
    )
    return [(row["person"], row["once"]) for row in rows]
