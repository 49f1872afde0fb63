"""How the powers that moved are used: counts over the rows that lists read, by the label that names the move."""

from __future__ import annotations

from datetime import datetime

import msgspec

from tongban.cases.store.runner import Runner


class Handled(msgspec.Struct, frozen=True, kw_only=True):
    """Cases under one move in one state of one service. `on_time` and `late` are of those that were decided."""

    service: str
    state: str
    cases: int
    open: int
    on_time: int
    late: int
    corrected: int
    overturned: int


async def handled(db: Runner, body: str, label: str) -> list[Handled]:
    """What `body` owes or owed an answer to that bears this label."""
    rows = await db.fetch(
        "SELECT service, state, count(*)::int AS cases, count(*) FILTER (WHERE open)::int AS open,"
        " count(*) FILTER (WHERE used <= 1)::int AS on_time, count(*) FILTER (WHERE used > 1)::int AS late,"
        " count(*) FILTER (WHERE labels && ARRAY['correction', 'corrected'])::int AS corrected,"
        " count(*) FILTER (WHERE 'overturned' = ANY(labels))::int AS overturned"
        " FROM case_row WHERE body = $1 AND $2 = ANY(labels) GROUP BY 1, 2 ORDER BY 1, 2",
        body,
        label,
    )
    return [msgspec.convert(dict(row), Handled) for row in rows]


class Under(msgspec.Struct, frozen=True, kw_only=True):
    """One case under a move, without whose. `used` is the share of its time that had passed when it was decided."""

    case_id: str
    service: str
    opened_at: datetime
    open: bool
    used: float | None
    labels: tuple[str, ...]


async def listed(db: Runner, body: str, label: str, before: tuple[datetime, str] | None, limit: int) -> list[Under]:
    """The cases that `handled` counts, the latest first."""
    rows = await db.fetch(
        "SELECT case_id, service, opened_at, open, used, labels FROM case_row WHERE body = $1 AND $2 = ANY(labels)"
        " AND ($3::timestamptz IS NULL OR (opened_at, case_id) < ($3, $4))"
        " ORDER BY opened_at DESC, case_id DESC LIMIT $5",
        body,
        label,
        *(before or (None, "")),
        limit,
    )
    return [msgspec.convert(dict(row), Under) for row in rows]
