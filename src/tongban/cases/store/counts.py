"""Counts over the rows that lists read: how many cases came each week, and how much of their time ended ones took."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from tongban.cases.store.runner import Runner


class Arrivals(NamedTuple):
    """Cases of a service that came to a body in the week that began on `week`."""

    service: str
    body: str
    week: datetime
    cases: int


async def arrivals(db: Runner, bodies: Sequence[str], since: datetime, until: datetime, zone: str) -> list[Arrivals]:
    """Weeks with at least one case, in order; a week begins on Monday in the zone."""
    rows = await db.fetch(
        "SELECT service, body, date_trunc('week', opened_at AT TIME ZONE $4) AT TIME ZONE $4 AS week,"
        " count(*)::int AS cases FROM case_row"
        " WHERE body = ANY($1::text[]) AND opened_at >= $2 AND opened_at < $3 GROUP BY 1, 2, 3 ORDER BY 1, 2, 3",
        list(bodies),
        since,
        until,
        zone,
    )
    return [Arrivals(row["service"], row["body"], row["week"], row["cases"]) for row in rows]


class TimeUsed(NamedTuple):
    """How much of its time a decided case took: the term, the body, and the share, above 1 when it was late."""

    service: str
    term: str
    body: str
    used: float


async def time_used(db: Runner, services: Sequence[str], most: int) -> list[TimeUsed]:
    """Of each service the cases decided last, `most` at most; of all bodies, and without anything of a person."""
    rows = await db.fetch(
        "SELECT r.* FROM unnest($1::text[]) AS s(name) CROSS JOIN LATERAL ("
        " SELECT service, term, body, used FROM case_row WHERE service = s.name AND used IS NOT NULL"
        " ORDER BY updated_at DESC LIMIT $2) r",
        list(services),
        most,
    )
    return [TimeUsed(row["service"], row["term"], row["body"], row["used"]) for row in rows]
