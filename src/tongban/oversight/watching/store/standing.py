"""How open cases stand, what came in each hour, and the lists behind those figures."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from tongban.base.database import Row
from tongban.oversight.watching.model import Hour, Now
from tongban.oversight.watching.store.turns import Place, Runner


async def count_hours(db: Runner, services: Sequence[str], since: datetime) -> None:
    """Count anew what came in each hour from `since` on, by the index of a service's cases."""
    await db.execute("DELETE FROM watched_hour WHERE hour >= $1", since)
    await db.execute(
        "INSERT INTO watched_hour (body, hour, opened)"
        " SELECT r.body, date_trunc('hour', r.opened_at), count(*) FROM unnest($1::text[]) AS s(name)"
        " CROSS JOIN LATERAL (SELECT body, opened_at FROM case_row WHERE service = s.name AND opened_at >= $2) r"
        " GROUP BY 1, 2",
        list(services),
        since,
    )


async def count_now(db: Runner, services: Sequence[str], now: datetime, amber: datetime) -> None:
    """How open cases stand that wait for their body: `red` are past a date, `amber` due before that moment."""
    await db.execute("DELETE FROM watched_now")
    await db.execute(
        "INSERT INTO watched_now (body, service, open, amber, red, first)"
        " SELECT body, service, count(*), count(*) FILTER (WHERE due_at >= $2 AND due_at < $3),"
        " count(*) FILTER (WHERE due_at < $2), min(due_at) FILTER (WHERE due_at < $2) FROM case_row"
        " WHERE open AND waits_for NOT IN ('applicant', 'nobody', 'elsewhere') AND service = ANY($1::text[])"
        " GROUP BY 1, 2",
        list(services),
        now,
        amber,
    )


async def now(db: Runner, bodies: Sequence[str]) -> list[Now]:
    """How open cases of these bodies stand."""
    rows = await db.fetch(
        "SELECT body, service, open, amber, red, first FROM watched_now WHERE body = ANY($1::text[])"
        " ORDER BY first, body, service",
        list(bodies),
    )
    return [msgspec.convert(dict(row), Now) for row in rows]


async def hours(db: Runner, bodies: Sequence[str], ranges: Sequence[tuple[datetime, datetime]]) -> list[Hour]:
    """What came in each hour of these spans, all these bodies together."""
    rows = await db.fetch(
        "SELECT h.hour, sum(h.opened)::int AS opened"
        " FROM unnest($2::timestamptz[], $3::timestamptz[]) AS s(since, until)"
        " JOIN watched_hour h ON h.hour >= s.since AND h.hour < s.until AND h.body = ANY($1::text[])"
        " GROUP BY 1 ORDER BY 1",
        list(bodies),
        [one[0] for one in ranges],
        [one[1] for one in ranges],
    )
    return [Hour(hour=row["hour"], opened=row["opened"]) for row in rows]


async def open_cases(
    db: Runner, bodies: Sequence[str], services: Sequence[str], until: datetime, after: Place, limit: int
) -> list[Row]:
    """Open cases that wait for one of these bodies and are due before `until`, the soonest first; `rung` and `person`
    are where each has climbed to."""
    return await db.fetch(
        "SELECT r.*, t.rung, t.person FROM (SELECT q.* FROM unnest($1::text[]) AS b(body) CROSS JOIN LATERAL ("
        " SELECT region, case_id, body, service, due_at, legal_at FROM case_row WHERE open AND case_row.body = b.body"
        "  AND waits_for NOT IN ('applicant', 'nobody', 'elsewhere') AND service = ANY($2::text[])"
        "  AND due_at < $3 AND (due_at, case_id) > ($4, $5) ORDER BY due_at, case_id LIMIT $6"
        ") q ORDER BY q.due_at, q.case_id LIMIT $6) r LEFT JOIN LATERAL ("
        " SELECT role AS rung, person FROM task WHERE task.region = r.region AND task.case_id = r.case_id"
        "  AND kind = 'escalated' AND open ORDER BY at DESC, seq DESC LIMIT 1) t ON true ORDER BY r.due_at, r.case_id",
        list(bodies),
        list(services),
        until,
        *after,
        limit,
    )


async def waiting(db: Runner, bodies: Sequence[str], services: Sequence[str], after: Place, limit: int) -> list[Row]:
    """Every open case that waits for one of these bodies, the oldest first; `due_at` is None where there is no date."""
    return await db.fetch(
        "SELECT r.* FROM unnest($1::text[]) AS b(body) CROSS JOIN LATERAL ("
        " SELECT case_id, body, service, opened_at, due_at FROM case_row WHERE open AND case_row.body = b.body"
        "  AND waits_for NOT IN ('applicant', 'nobody', 'elsewhere') AND service = ANY($2::text[])"
        "  AND (opened_at, case_id) > ($3, $4) ORDER BY opened_at, case_id LIMIT $5"
        ") r ORDER BY r.opened_at, r.case_id LIMIT $5",
        list(bodies),
        list(services),
        *after,
        limit,
    )


async def opened_since(
    db: Runner, bodies: Sequence[str], services: Sequence[str], since: datetime, before: Place, limit: int
) -> list[Row]:
    """Cases of these bodies opened since a moment, the latest first."""
    return await db.fetch(
        "SELECT r.* FROM unnest($2::text[]) AS s(name) CROSS JOIN LATERAL ("
        " SELECT case_id, body, service, opened_at FROM case_row WHERE service = s.name AND body = ANY($1::text[])"
        "  AND opened_at >= $3 AND (opened_at, case_id) < ($4, $5) ORDER BY opened_at DESC, case_id DESC LIMIT $6"
        ") r ORDER BY r.opened_at DESC, r.case_id DESC LIMIT $6",
        list(bodies),
        list(services),
        since,
        *before,
        limit,
    )


async def in_state(
    db: Runner, bodies: Sequence[str], services: Sequence[str], state: str, before: Place, limit: int
) -> list[Row]:
    """Cases of these bodies that stand in a state of their procedure, ended ones too, the latest first."""
    return await db.fetch(
        "SELECT case_id, body, service, opened_at, state_name FROM case_row WHERE service = ANY($2::text[])"
        " AND body = ANY($1::text[]) AND state = $3 AND (opened_at, case_id) < ($4, $5)"
        " ORDER BY opened_at DESC, case_id DESC LIMIT $6",
        list(bodies),
        list(services),
        state,
        *before,
        limit,
    )
