"""Where requests are."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from tongban.base.database import Database
from tongban.base.errors import Refused
from tongban.voice.hotline.places import Point, Source, Where
from tongban.voice.store.sealed import PLACE

_AT_ONCE = 500
"""Points that are opened at once while cells are counted."""


async def keep(db: Database, case: str, person: str, where: Where, at: datetime) -> None:
    """Keep where a request is: what the words say gives way to what a person says, and a point stays until there is
    another."""
    region, point = case[:6], where.point
    sealed = ""
    if point is not None:
        key = await db.sealer.person(db, person)
        sealed = key.seal_text(PLACE.place("point", (region, case)), point.exact)
    await db.execute(
        "INSERT INTO hotline_place (region, case_id, area, source, point, at) VALUES ($1, $2, $3, $4, $5, $6)"
        " ON CONFLICT (region, case_id) DO UPDATE SET area = excluded.area, source = excluded.source, at = excluded.at,"
        " point = coalesce(nullif(excluded.point, ''), hotline_place.point)"
        " WHERE excluded.source <> 'words'",
        region,
        case,
        where.area,
        where.source,
        sealed,
        at,
    )


async def of(db: Database, case: str) -> Where | None:
    """Where a request is, its point in clear; None where nothing is kept yet."""
    row = await db.fetchrow(
        "SELECT region, area, source, point FROM hotline_place WHERE region = $1 AND case_id = $2", case[:6], case
    )
    if row is None:
        return None
    source: Source = row["source"]
    if not row["point"]:
        return Where(row["area"], source)
    ring = await db.sealer.ring(db, [row["point"]])
    written = ring.shown(PLACE.place("point", (row["region"], case)), row["point"])
    return Where(row["area"], source, _point(written))


async def counted(db: Database, region: str, body: str, since: datetime) -> dict[str, tuple[int, int]]:
    """Requests since then by area: all and open; of one body, or with `body` empty of every body there."""
    rows = await db.fetch(
        "SELECT coalesce(p.area, h.region) AS area, count(*)::int AS n, count(*) FILTER (WHERE h.open)::int AS open"
        " FROM hotline_row h LEFT JOIN hotline_place p ON p.region = h.region AND p.case_id = h.case_id"
        " WHERE h.region = $1 AND ($2 = '' OR h.body = $2) AND h.at >= $3 GROUP BY 1 ORDER BY 1",
        region,
        body,
        since,
    )
    return {row["area"]: (row["n"], row["open"]) for row in rows}


async def cells(db: Database, region: str, body: str) -> dict[str, int]:
    """How many requests are in each cell of about 500 m, as they were last counted; of one body, or with `body` empty
    of every body there."""
    rows = await db.fetch(
        "SELECT cell, sum(n)::int AS n FROM hotline_cell WHERE region = $1 AND ($2 = '' OR body = $2)"
        " GROUP BY 1 ORDER BY 1",
        region,
        body,
    )
    return {row["cell"]: row["n"] for row in rows}


async def cells_counted_at(db: Database) -> datetime | None:
    """When the cells were last counted."""
    return await db.fetchval("SELECT at FROM hotline_cell WHERE region = '' AND body = '' AND cell = ''")


async def count_cells(db: Database, since: datetime, now: datetime) -> None:
    """Count the requests since then by body and cell, as far as points were given. A point whose person's key was
    erased is in none; nothing where another process is at it."""
    async with db.transaction() as connection:
        if not await connection.fetchval("SELECT pg_try_advisory_xact_lock(hashtextextended('hotline-cell', 11))"):
            return
        found: Counter[tuple[str, str, str]] = Counter()
        last = ("", "")
        while rows := await connection.fetch(
            "SELECT p.region, p.case_id, h.body, p.point FROM hotline_place p"
            " JOIN hotline_row h ON h.region = p.region AND h.case_id = p.case_id"
            " WHERE p.point <> '' AND h.at >= $1 AND (p.region, p.case_id) > ($2, $3)"
            " ORDER BY p.region, p.case_id LIMIT $4",
            since,
            *last,
            _AT_ONCE,
        ):
            last = (rows[-1]["region"], rows[-1]["case_id"])
            ring = await db.sealer.ring(connection, [row["point"] for row in rows])
            for row in rows:
                try:
                    written = ring.text(PLACE.place("point", (row["region"], row["case_id"])), row["point"])
                except Refused:
                    continue  # erased, or not as we sealed it, which the page of that request tells
                if point := _point(written):
                    found[row["region"], row["body"], point.cell] += 1
        await connection.execute("DELETE FROM hotline_cell")
        keys = [*found, ("", "", "")]
        await connection.execute(
            "INSERT INTO hotline_cell (region, body, cell, n, at)"
            " SELECT x.region, x.body, x.cell, x.n, $5"
            " FROM unnest($1::text[], $2::text[], $3::text[], $4::int[]) AS x(region, body, cell, n)",
            [region for region, _, _ in keys],
            [body for _, body, _ in keys],
            [cell for _, _, cell in keys],
            [found[key] for key in keys],
            now,
        )


def _point(written: str) -> Point | None:
    """A point as it was kept; None for what is no longer one."""
    east, _, north = written.partition(",")
    return Point(float(east), float(north)) if north else None
