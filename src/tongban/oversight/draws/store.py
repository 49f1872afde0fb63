"""All SQL of the draws."""

from __future__ import annotations

from datetime import datetime

import msgspec

from tongban.base.database import Database, Row
from tongban.oversight.draws.model import Draw

_COLUMNS = (
    "region, body, id, service, wanted, leaf, announced_at, announced_by, inspectors, seed, drawn_at, among,"
    ' "limit", drawn'
)


def _read(row: Row) -> Draw:
    return msgspec.convert(dict(row), Draw)


async def announce(db: Database, made: Draw) -> bool:
    """Keep an announced draw. False while the body has one that is not made."""
    done = await db.execute(
        "INSERT INTO inspection_draw (region, body, id, service, wanted, leaf, announced_at, announced_by,"
        " inspectors) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING",
        made.region,
        made.body,
        made.id,
        made.service,
        made.wanted,
        made.leaf,
        made.announced_at,
        made.announced_by,
        list(made.inspectors),
    )
    return done == "INSERT 0 1"


async def get(db: Database, body: str, number: str) -> Draw | None:
    """A draw of this body."""
    row = await db.fetchrow(f"SELECT {_COLUMNS} FROM inspection_draw WHERE body = $1 AND id = $2", body, number)
    return _read(row) if row else None


async def drew(db: Database, body: str, service: str, code: str) -> Draw | None:
    """The latest draw of this body that drew this business."""
    row = await db.fetchrow(
        f"SELECT {_COLUMNS} FROM inspection_draw WHERE body = $1 AND service = $2 AND drawn @> ARRAY[$3]"
        " ORDER BY announced_at DESC LIMIT 1",
        body,
        service,
        code.upper(),
    )
    return _read(row) if row else None


async def drawn(db: Database, made: Draw) -> None:
    """Keep what was drawn, once."""
    await db.execute(
        'UPDATE inspection_draw SET seed = $4, drawn_at = $5, among = $6, "limit" = $7, drawn = $8'
        " WHERE region = $1 AND body = $2 AND id = $3 AND drawn_at IS NULL",
        made.region,
        made.body,
        made.id,
        made.seed,
        made.drawn_at,
        made.among,
        made.limit,
        list(made.drawn),
    )


async def latest(db: Database, bodies: list[str] | None, after: tuple[datetime, str] | None, most: int) -> list[Draw]:
    """Draws of these bodies, or of all, the newest first."""
    at, last = after or (None, "")
    rows = await db.fetch(
        f"SELECT {_COLUMNS} FROM inspection_draw WHERE ($1::text[] IS NULL OR body = ANY($1))"
        " AND ($2::timestamptz IS NULL OR (announced_at, id) < ($2, $3)) ORDER BY announced_at DESC, id DESC LIMIT $4",
        bodies,
        at,
        last,
        most,
    )
    return [_read(row) for row in rows]
