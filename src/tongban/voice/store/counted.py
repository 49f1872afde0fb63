"""How many people spoke of a part, month by month."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from tongban.base.database import Database
from tongban.voice.improvements.model import Improvement, Month
from tongban.voice.store.improvements import improvement_of


async def begun(db: Database, regions: Sequence[str]) -> datetime | None:
    """When the first complaint of these regions was made that is gathered: nothing is known of before."""
    return await db.fetchval("SELECT min(at) FROM complaint WHERE region = ANY($1::text[])", list(regions))


async def known(db: Database, one: Improvement) -> set[date]:
    """The months that are counted already."""
    rows = await db.fetch(
        "SELECT month FROM improvement_month WHERE region = $1 AND case_id = $2", one.region, one.case_id
    )
    return {row["month"] for row in rows}


async def count(
    db: Database, one: Improvement, regions: Sequence[str], month: tuple[date, datetime, datetime], now: datetime
) -> None:
    """Count a month (its first day, from, until) once and for all: everybody once, as a person confirmed the part or
    else as it was suggested, so that months before and after are counted alike."""
    first, since, until = month
    await db.execute(
        "INSERT INTO improvement_month (region, case_id, month, people, counted_at)"
        " SELECT $1, $2, $3, count(DISTINCT coalesce(nullif(h.applicant, ''), nullif(r.person, ''), c.id)), $4"
        " FROM complaint c"
        " LEFT JOIN hotline_row h ON c.source = 'request' AND h.region = c.region AND h.case_id = c.id"
        " LEFT JOIN rating r ON c.source = 'rating' AND r.region = c.region AND r.id = c.id"
        " WHERE c.region = ANY($5::text[]) AND c.service = $6 AND coalesce(nullif(c.cause, ''), c.suggested) = $7"
        " AND c.at >= $8 AND c.at < $9 AND (c.source = 'request' OR r.counts) ON CONFLICT DO NOTHING",
        one.region,
        one.case_id,
        first,
        now,
        list(regions),
        one.service,
        one.cause,
        since,
        until,
    )


async def months(db: Database, cases: Sequence[str]) -> dict[str, list[Month]]:
    """What was counted of these cases, the oldest month first."""
    rows = await db.fetch(
        "SELECT case_id, month, people FROM improvement_month WHERE case_id = ANY($1::text[]) ORDER BY case_id, month",
        list(cases),
    )
    found: dict[str, list[Month]] = {}
    for row in rows:
        found.setdefault(row["case_id"], []).append(Month(row["month"], row["people"]))
    return found


async def recent(db: Database, since: date) -> list[Improvement]:
    """Cases that are open, or ended since then."""
    rows = await db.fetch("SELECT * FROM improvement WHERE open OR ended_on >= $1", since)
    return [improvement_of(row) for row in rows]
