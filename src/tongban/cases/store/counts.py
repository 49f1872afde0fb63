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
