"""The memory of false promises: one row for each case in which one was found. Nothing else may read this table."""

from __future__ import annotations

from datetime import date, datetime

import msgspec

from tongban.cases.store.runner import Runner


class Broken(msgspec.Struct, frozen=True, kw_only=True):
    """A promise that was found to be false, for as long as it is held against the person.

    `until` is the first day on which it no longer counts; `ended_by` the case in which it was repaired or corrected.
    """

    person: str
    case_id: str
    region: str
    service: str
    since: datetime
    until: date
    ended_at: datetime | None = None
    ended_by: str = ""

    def stands(self, now: datetime) -> bool:
        return self.ended_at is None and now.date() < self.until


_COLUMNS = "person, case_id, region, service, since, until, ended_at, ended_by"


async def remember(db: Runner, broken: Broken) -> None:
    """Keep it; again is harmless."""
    await db.execute(
        "INSERT INTO broken_promise (person, case_id, region, service, since, until)"
        " VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING",
        broken.person,
        broken.case_id,
        broken.region,
        broken.service,
        broken.since,
        broken.until,
    )


async def end(db: Runner, person: str, case: str, by: str, at: datetime) -> bool:
    """Hold it against the person no longer. False if nothing is held."""
    done = await db.execute(
        "UPDATE broken_promise SET ended_at = $4, ended_by = $3"
        " WHERE person = $1 AND case_id = $2 AND ended_at IS NULL",
        person,
        case,
        by,
        at,
    )
    return done != "UPDATE 0"


async def of_person(db: Runner, person: str) -> tuple[Broken, ...]:
    """What is remembered of one person, the latest first."""
    rows = await db.fetch(
        f"SELECT {_COLUMNS} FROM broken_promise WHERE person = $1 ORDER BY since DESC LIMIT 50",  # noqa: S608
        person,
    )
    return tuple(msgspec.convert(dict(row), Broken) for row in rows)
