"""Where requests are."""

from __future__ import annotations

from datetime import datetime

from tongban.base.database import Database
from tongban.voice.hotline.places import Point, Source, Where
from tongban.voice.store.sealed import PLACE


async def keep(db: Database, case: str, person: str, where: Where, at: datetime) -> None:
    """Keep where a request is: what the words say gives way to what a person says, and a point stays until there is
    another."""
    region, point = case[:6], where.point
    sealed = ""
    if point is not None:
        key = await db.sealer.person(db, person)
        sealed = key.seal_text(PLACE.place("point", (region, case)), point.exact)
    await db.execute(
        "INSERT INTO hotline_place (region, case_id, area, source, point, cell, at) VALUES ($1, $2, $3, $4, $5, $6, $7)"
        " ON CONFLICT (region, case_id) DO UPDATE SET area = excluded.area, source = excluded.source, at = excluded.at,"
        " point = coalesce(nullif(excluded.point, ''), hotline_place.point),"
        " cell = coalesce(nullif(excluded.cell, ''), hotline_place.cell)"
        " WHERE excluded.source <> 'words'",
        region,
        case,
        where.area,
        where.source,
        sealed,
        point.cell if point else "",
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
    east, _, north = written.partition(",")
    return Where(row["area"], source, Point(float(east), float(north)) if north else None)


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


async def cells(db: Database, region: str, body: str, since: datetime) -> dict[str, int]:
    """How many requests since then are in each cell of about 500 m, as far as points were given."""
    rows = await db.fetch(
        "SELECT p.cell, count(*)::int AS n FROM hotline_place p"
        " JOIN hotline_row h ON h.region = p.region AND h.case_id = p.case_id"
        " WHERE p.region = $1 AND ($2 = '' OR h.body = $2) AND h.at >= $3 AND p.cell <> '' GROUP BY 1 ORDER BY 1",
        region,
        body,
        since,
    )
    return {row["cell"]: row["n"] for row in rows}
