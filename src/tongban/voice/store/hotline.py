"""Requests as lists, counts and likenesses read them; pairs that people put together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Literal

import msgspec

from tongban.base.database import Database
from tongban.voice.hotline.model import Kept, Rates, Row
from tongban.voice.store.sealed import HOTLINE

_ROW = """
    SELECT h.region, h.case_id, h.at, h.channel, h.kind, h.urgency, h.about, h.body, h.state, h.open,
           coalesce(p.area, h.region) AS area
      FROM hotline_row h LEFT JOIN hotline_place p ON p.region = h.region AND p.case_id = h.case_id
"""

COMPARED = (
    "NOT EXISTS (SELECT FROM case_row p WHERE p.region = h.region AND p.case_id = h.case_id"
    " AND 'people-only' = ANY(p.labels))"
)
"""Whether a machine may lay the words of a request (`h`) beside others (PIPL 24)."""

_BEHIND = """
    SELECT h.region, h.case_id, h.at, h.channel, h.kind, h.urgency, h.about, h.body, h.state, h.open FROM hotline_row h
"""

Which = Literal["requests", "open", "sent", "contacted", "reached", "solved", "satisfied"]
WHICH: Mapping[Which, str] = {
    "requests": "true",
    "open": "open",
    "sent": "dispatched_at IS NOT NULL",
    "contacted": "(dispatched_at IS NOT NULL AND in_time)",
    "reached": "solved IS NOT NULL",
    "solved": "solved = 1",
    "satisfied": "(solved IS NOT NULL AND satisfied = 1)",
}
"""The numbers of the three rates, by what a request must be to count: one condition for the number and for its list."""


async def moved(
    db: Database, since: datetime | None, after: tuple[datetime, str] | None, most: int
) -> list[tuple[datetime, str]]:
    """Cases that are not as they are kept here: changed since then (None: ever), after a place."""
    rows = await db.fetch(
        "SELECT c.updated_at, c.case_id FROM case_row c"
        " LEFT JOIN hotline_row h ON h.region = c.region AND h.case_id = c.case_id"
        " WHERE c.service = 'hotline-request' AND h.seq IS DISTINCT FROM c.seq"
        " AND ($1::timestamptz IS NULL OR c.updated_at >= $1)"
        " AND ($2::timestamptz IS NULL OR (c.updated_at, c.case_id) > ($2, $3))"
        " ORDER BY c.updated_at, c.case_id LIMIT $4",
        since,
        *(after or (None, None)),
        most,
    )
    return [(row["updated_at"], row["case_id"]) for row in rows]


async def keep(db: Database, one: Kept) -> None:
    """Keep a request as it stands; what was said is sealed and stays as it was first kept."""
    key = await db.sealer.person(db, one.applicant)
    await db.execute(
        "INSERT INTO hotline_row (region, case_id, seq, applicant, caller, at, channel, kind, urgency, about, said,"
        " body, state, open, dispatched_at, contacted_at, in_time, answered_at, asked_at, solved, satisfied,"
        " objected) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20,"
        " $21, $22)"
        " ON CONFLICT (region, case_id) DO UPDATE SET seq = excluded.seq, caller = excluded.caller,"
        " kind = excluded.kind, urgency = excluded.urgency, about = excluded.about, body = excluded.body,"
        " state = excluded.state, open = excluded.open, dispatched_at = excluded.dispatched_at,"
        " contacted_at = excluded.contacted_at, in_time = excluded.in_time, answered_at = excluded.answered_at,"
        " asked_at = excluded.asked_at, solved = excluded.solved, satisfied = excluded.satisfied,"
        " objected = excluded.objected WHERE hotline_row.seq < excluded.seq",
        one.region,
        one.case_id,
        one.seq,
        one.applicant,
        one.caller,
        one.at,
        one.channel,
        one.kind,
        one.urgency,
        one.about,
        key.seal_text(HOTLINE.place("said", (one.region, one.case_id)), one.said),
        one.body,
        one.state,
        one.open,
        one.dispatched_at,
        one.contacted_at,
        one.in_time,
        one.answered_at,
        one.asked_at,
        one.solved,
        one.satisfied,
        one.objected,
    )


async def listed(
    db: Database,
    region: str,
    body: str,
    after: tuple[datetime, str] | None = None,
    *,
    area: str = "",
    open_only: bool,
    limit: int,
) -> list[Row]:
    """Requests of a region, the latest first; those of one body, or with `body` empty of every body there; those of one
    street or community (and what lies in it), or with `area` empty of all."""
    at, case = after or (None, None)
    rows = await db.fetch(
        _ROW + " WHERE h.region = $1 AND ($2 = '' OR h.body = $2) AND (NOT $3 OR h.open)"
        " AND ($5::timestamptz IS NULL OR (h.at, h.case_id) < ($5, $6))"
        " AND ($7 = '' OR CASE WHEN $7 = h.region THEN coalesce(p.area, h.region) = h.region"
        "  ELSE starts_with(p.area, $7) END) ORDER BY h.at DESC, h.case_id DESC LIMIT $4",
        region,
        body,
        open_only,
        limit,
        at,
        case,
        area,
    )
    return [msgspec.convert(dict(row), Row) for row in rows]


async def of_caller(db: Database, region: str, caller: bytes, limit: int) -> list[tuple[Row, str]]:
    """Requests by whoever left this telephone, with whose they are."""
    rows = await db.fetch(
        "SELECT region, case_id, at, channel, kind, urgency, about, body, state, open, applicant FROM hotline_row"
        " WHERE region = $1 AND caller = $2 ORDER BY at DESC LIMIT $3",
        region,
        caller,
        limit,
    )
    return [(msgspec.convert(dict(row), Row), row["applicant"]) for row in rows]


async def words(db: Database, region: str, since: datetime, limit: int) -> list[tuple[Row, str]]:
    """Requests of a region with what was said, for finding what is alike, never for showing as they are. Those of
    whoever wants people alone to deal with them are not among them."""
    rows = await db.fetch(
        "SELECT h.region, h.case_id, h.at, h.channel, h.kind, h.urgency, h.about, h.body, h.state, h.open, h.said"  # noqa: S608 (a constant)
        f" FROM hotline_row h WHERE h.region = $1 AND h.at >= $2 AND {COMPARED} ORDER BY h.at DESC LIMIT $3",
        region,
        since,
        limit,
    )
    ring = await db.sealer.ring(db, (row["said"] for row in rows))
    return [
        (
            msgspec.convert(dict(row), Row),
            ring.shown(HOTLINE.place("said", (row["region"], row["case_id"])), row["said"]),
        )
        for row in rows
    ]


async def pair(db: Database, region: str, one: str, other: str, kind: str, by: str, at: datetime) -> None:
    """Keep that two are about the same thing, or are not."""
    await db.execute(
        "INSERT INTO hotline_pair (region, one, other, at, kind, by_id) VALUES ($1, $2, $3, $4, $5, $6)"
        " ON CONFLICT DO NOTHING",
        region,
        *sorted((one, other)),
        at,
        kind,
        by,
    )


async def together(db: Database, region: str, case: str) -> list[str]:
    """Every case that people put together with this one, however many pairs lie between."""
    rows = await db.fetch(
        "WITH RECURSIVE last AS ("
        "  SELECT DISTINCT ON (one, other) one, other, kind FROM hotline_pair WHERE region = $1"
        "  ORDER BY one, other, at DESC),"
        " links AS (SELECT one AS a, other AS b FROM last WHERE kind = 'together'"
        "           UNION SELECT other, one FROM last WHERE kind = 'together'),"
        ' found AS (SELECT $2::text COLLATE "C" AS a UNION'
        " SELECT l.b FROM found f JOIN links l ON l.a = f.a)"
        " SELECT a FROM found WHERE a <> $2 ORDER BY a",
        region,
        case,
    )
    return [row["a"] for row in rows]


async def pairs(db: Database, region: str) -> dict[tuple[str, str], str]:
    """What people last said of each pair: that the two are about one thing, or are not."""
    rows = await db.fetch(
        "SELECT DISTINCT ON (one, other) one, other, kind FROM hotline_pair WHERE region = $1"
        " ORDER BY one, other, at DESC",
        region,
    )
    return {(row["one"], row["other"]): row["kind"] for row in rows}


async def count(db: Database, since: datetime, now: datetime) -> None:
    """Count the three rates since then, by region and body, for whoever reads `rates`; nothing where another process is
    at it."""
    async with db.transaction() as connection:
        if not await connection.fetchval("SELECT pg_try_advisory_xact_lock(hashtextextended('hotline-rate', 11))"):
            return
        await connection.execute("DELETE FROM hotline_rate")
        sums = ", ".join(f"count(*) FILTER (WHERE {one})" for one in WHICH.values())
        await connection.execute(
            f"INSERT INTO hotline_rate (region, body, at, {', '.join(WHICH)})"  # noqa: S608 (names of our own)
            f" SELECT region, body, $2, {sums} FROM hotline_row WHERE at >= $1 GROUP BY region, body",
            since,
            now,
        )


async def counted_at(db: Database) -> datetime | None:
    """When the rates were last counted."""
    return await db.fetchval("SELECT max(at) FROM hotline_rate")


async def rates(db: Database, regions: Sequence[str], by: str) -> list[Rates]:
    """三率 as they were last counted, by `body` or by `region`."""
    column = "body" if by == "body" else "region"
    sums = ", ".join(f"sum({name})::int AS {name}" for name in WHICH)
    rows = await db.fetch(
        f"SELECT {column} AS of, {sums} FROM hotline_rate WHERE region = ANY($1::text[])"  # noqa: S608 (names of our own)
        f" GROUP BY {column} ORDER BY requests DESC, of",
        list(regions),
    )
    return [msgspec.convert(dict(row), Rates) for row in rows]


async def behind(
    db: Database,
    which: Which,
    regions: Sequence[str],
    bodies: Sequence[str],
    since: datetime,
    before: tuple[datetime, str],
    limit: int,
) -> list[Row]:
    """The requests of these regions and bodies that a number of `rates` counts, the latest first."""
    rows = await db.fetch(
        f"SELECT r.* FROM unnest($2::text[]) AS b(body) CROSS JOIN LATERAL ({_BEHIND} WHERE h.body = b.body"  # noqa: S608 (names of our own)
        f" AND h.region = ANY($1::text[]) AND h.at >= $3 AND (h.at, h.case_id) < ($4, $5) AND {WHICH[which]}"
        " ORDER BY h.at DESC, h.case_id DESC LIMIT $6) r ORDER BY r.at DESC, r.case_id DESC LIMIT $6",
        list(regions),
        list(bodies),
        since,
        *before,
        limit,
    )
    return [msgspec.convert(dict(row), Row) for row in rows]
