"""What is gathered of complaints, and the promises that came of it, in the database."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

import msgspec

from tongban.base.database import Database, Row
from tongban.voice.improvements.model import Cluster, Heard, Improvement
from tongban.voice.store.sealed import HOTLINE, RATING

_NOW = "coalesce(nullif(c.cause, ''), c.suggested)"


async def heard(db: Database, since: datetime, settled: datetime, most: int) -> list[Heard]:
    """What was said since then and is not taken in yet, the oldest first; ratings given before `settled` alone, for
    later ones can still be changed.

    What was said seven days before the newest can still come in: requests are kept in no order.
    """
    rows = await db.fetch(
        "SELECT x.*, 'request' AS source FROM (SELECT h.region, h.case_id AS id, h.at, h.about, '{}'::text[] AS tags,"
        "   h.said FROM hotline_row h WHERE h.at >= greatest($1::timestamptz,"
        "  (SELECT max(at) FROM complaint WHERE source = 'request') - interval '7 days')"
        "  AND NOT EXISTS (SELECT FROM complaint c WHERE c.region = h.region AND c.source = 'request'"
        "   AND c.id = h.case_id) ORDER BY h.at LIMIT $3) x"
        " UNION ALL SELECT x.*, 'rating' FROM (SELECT r.region, r.id, r.at, r.service, r.tags, r.said FROM rating r"
        "  WHERE r.level <= 2 AND r.service <> '' AND r.at < $2 AND r.at >= greatest($1::timestamptz,"
        "  (SELECT max(at) FROM complaint WHERE source = 'rating') - interval '7 days')"
        "  AND NOT EXISTS (SELECT FROM complaint c WHERE c.region = r.region AND c.source = 'rating' AND c.id = r.id)"
        "  ORDER BY r.at LIMIT $3) x",
        since,
        settled,
        most,
    )
    ring = await db.sealer.ring(db, (row["said"] for row in rows))
    tables = {"request": HOTLINE, "rating": RATING}
    return [
        msgspec.convert(
            dict(row)
            | {
                "said": ring.shown(tables[row["source"]].place("said", (row["region"], row["id"])), row["said"])
                if row["said"]
                else ""
            },
            Heard,
        )
        for row in rows
    ]


async def take_in(db: Database, one: Heard, service: str, suggested: str, cause: str) -> None:
    """Keep what it seems to be about; what was said is not kept again."""
    await db.execute(
        "INSERT INTO complaint (region, source, id, at, service, suggested, cause) VALUES ($1, $2, $3, $4, $5, $6, $7)"
        " ON CONFLICT DO NOTHING",
        one.region,
        one.source,
        one.id,
        one.at,
        service,
        suggested,
        cause,
    )


async def clusters(db: Database, regions: Sequence[str], since: datetime, none: str) -> list[Cluster]:
    """What is said in these regions since then and has no case yet, the most people first.

    Everybody is counted once, whoever left no name as one each; ratings that were set aside are not counted.
    """
    rows = await db.fetch(
        f"SELECT c.service, {_NOW} AS cause, c.cause <> '' AS confirmed, max(c.at) AS latest,"  # noqa: S608
        " count(DISTINCT coalesce(nullif(h.applicant, ''), nullif(r.person, ''), c.id))::int AS people,"
        " count(*) FILTER (WHERE c.source = 'request')::int AS requests,"
        " count(*) FILTER (WHERE c.source = 'rating')::int AS ratings,"
        " (array_agg(coalesce(nullif(r.cure, ''), h.case_id) ORDER BY c.at DESC)"
        "   FILTER (WHERE coalesce(nullif(r.cure, ''), h.case_id) IS NOT NULL))[1:5] AS cases"
        " FROM complaint c"
        " LEFT JOIN hotline_row h ON c.source = 'request' AND h.region = c.region AND h.case_id = c.id"
        " LEFT JOIN rating r ON c.source = 'rating' AND r.region = c.region AND r.id = c.id"
        " WHERE c.region = ANY($1::text[]) AND c.at >= $2 AND c.improvement = '' AND c.cause <> $3 AND c.service <> ''"
        " AND (c.source = 'request' OR r.counts)"
        " GROUP BY 1, 2, 3 ORDER BY people DESC, service, cause, confirmed",
        list(regions),
        since,
        none,
    )
    return [msgspec.convert(dict(row) | {"cases": row["cases"] or []}, Cluster) for row in rows]


async def confirm(
    db: Database, regions: Sequence[str], since: datetime, one: tuple[str, str, bool], cause: str, by: str, at: datetime
) -> int:
    """Note which part a cluster (service, cause, whether confirmed) is about, as a person says; how many it was."""
    service, before, confirmed = one
    done = await db.execute(
        f"UPDATE complaint c SET cause = $6, confirmed_by = $7, confirmed_at = $8"  # noqa: S608 (a constant)
        f" WHERE c.region = ANY($1::text[]) AND c.at >= $2 AND c.service = $3 AND {_NOW} = $4"
        " AND (c.cause <> '') = $5 AND c.improvement = ''",
        list(regions),
        since,
        service,
        before,
        confirmed,
        cause,
        by,
        at,
    )
    return int(done.rpartition(" ")[2])


async def assign(
    db: Database, regions: Sequence[str], since: datetime, until: datetime, service: str, cause: str, case: str
) -> None:
    """Note the case that was opened of what was confirmed until then."""
    await db.execute(
        "UPDATE complaint SET improvement = $6 WHERE region = ANY($1::text[]) AND at >= $2 AND confirmed_at <= $3"
        " AND service = $4 AND cause = $5 AND improvement = ''",
        list(regions),
        since,
        until,
        service,
        cause,
        case,
    )


# --- the cases -------------------------------------------------------------------------------------------------------


async def moved(
    db: Database, since: datetime | None, after: tuple[datetime, str] | None, most: int
) -> list[tuple[datetime, str]]:
    """Cases that are not as they are kept here: changed since then (None: ever), after a place."""
    rows = await db.fetch(
        "SELECT c.updated_at, c.case_id FROM case_row c"
        " LEFT JOIN improvement i ON i.region = c.region AND i.case_id = c.case_id"
        " WHERE c.service = 'service-improvement' AND i.seq IS DISTINCT FROM c.seq"
        " AND ($1::timestamptz IS NULL OR c.updated_at >= $1)"
        " AND ($2::timestamptz IS NULL OR (c.updated_at, c.case_id) > ($2, $3))"
        " ORDER BY c.updated_at, c.case_id LIMIT $4",
        since,
        *(after or (None, None)),
        most,
    )
    return [(row["updated_at"], row["case_id"]) for row in rows]


async def keep(db: Database, one: Improvement) -> None:
    """Keep a case as it stands."""
    values = msgspec.structs.asdict(one) | {"moves": msgspec.to_builtins(one.moves)}
    names = ", ".join(values)
    places = ", ".join(f"${n}" for n in range(1, len(values) + 1))
    changed = ", ".join(f"{name} = excluded.{name}" for name in values if name not in ("region", "case_id"))
    await db.execute(
        f"INSERT INTO improvement ({names}) VALUES ({places})"  # noqa: S608 (names of our own struct)
        f" ON CONFLICT (region, case_id) DO UPDATE SET {changed} WHERE improvement.seq < excluded.seq",
        *values.values(),
    )


async def listed(
    db: Database, after: tuple[date, str] | None, limit: int, regions: Sequence[str] | None = None
) -> list[Improvement]:
    """All of them, or those of some regions, the latest first."""
    rows = await db.fetch(
        "SELECT * FROM improvement WHERE ($1::date IS NULL OR (opened_on, case_id) < ($1, $2))"
        " AND ($4::text[] IS NULL OR region = ANY($4)) ORDER BY opened_on DESC, case_id DESC LIMIT $3",
        *(after or (None, None)),
        limit,
        None if regions is None else list(regions),
    )
    return [improvement_of(row) for row in rows]


async def of_body(db: Database, body: str, after: tuple[date, str] | None, limit: int) -> list[Improvement]:
    """Those that a body owes, the latest first."""
    rows = await db.fetch(
        "SELECT * FROM improvement WHERE body = $4 AND ($1::date IS NULL OR (opened_on, case_id) < ($1, $2))"
        " ORDER BY opened_on DESC, case_id DESC LIMIT $3",
        *(after or (None, None)),
        limit,
        body,
    )
    return [improvement_of(row) for row in rows]


def improvement_of(row: Row) -> Improvement:
    """A row as it stands."""
    return msgspec.convert(dict(row), Improvement, strict=False)


async def open_one(db: Database, regions: Sequence[str], service: str, cause: str) -> str:
    """The number of an open case of this part of this service in these regions, or empty."""
    return (
        await db.fetchval(
            "SELECT case_id FROM improvement WHERE region = ANY($1::text[]) AND service = $2 AND cause = $3 AND open"
            " LIMIT 1",
            list(regions),
            service,
            cause,
        )
        or ""
    )
