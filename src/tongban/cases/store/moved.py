"""How the powers that moved are used: counts over the rows that lists read, by the label that names the move."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Literal

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


Which = Literal["all", "open", "on-time", "late", "decided", "corrected", "overturned"]
_WHICH: Mapping[Which, str] = {
    "all": "true",
    "open": "open",
    "on-time": "used <= 1",
    "late": "used > 1",
    "decided": "used IS NOT NULL",
    "corrected": "labels && ARRAY['correction', 'corrected']",
    "overturned": "'overturned' = ANY(labels)",
}
"""What a case must be to count in a number: one condition for the number and for its list."""


_COUNTED: Mapping[str, Which] = {
    "open": "open",
    "on_time": "on-time",
    "late": "late",
    "corrected": "corrected",
    "overturned": "overturned",
}


async def handled(db: Runner, body: str, label: str) -> list[Handled]:
    """What `body` owes or owed an answer to that bears this label."""
    sums = ", ".join(f"count(*) FILTER (WHERE {_WHICH[which]})::int AS {name}" for name, which in _COUNTED.items())
    rows = await db.fetch(
        f"SELECT service, state, count(*)::int AS cases, {sums}"  # noqa: S608 (conditions of our own)
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


async def listed(
    db: Runner,
    body: str,
    label: str,
    which: Which,
    states: Sequence[tuple[str, str]] | None,
    before: tuple[datetime, str] | None,
    limit: int,
) -> list[Under]:
    """The cases that a number of `handled` counts, the latest first; those in one of these states (service, state)
    alone, where any are given."""
    rows = await db.fetch(
        "SELECT case_id, service, opened_at, open, used, labels FROM case_row WHERE body = $1 AND $2 = ANY(labels)"  # noqa: S608 (our own)
        f" AND {_WHICH[which]} AND ($3::timestamptz IS NULL OR (opened_at, case_id) < ($3, $4))"
        " AND ($6 OR (service, state) IN (SELECT * FROM unnest($7::text[], $8::text[])))"
        " ORDER BY opened_at DESC, case_id DESC LIMIT $5",
        body,
        label,
        *(before or (None, "")),
        limit,
        states is None,
        [service for service, _ in states or ()],
        [state for _, state in states or ()],
    )
    return [msgspec.convert(dict(row), Under) for row in rows]
