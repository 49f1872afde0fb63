"""What stands behind the other figures of a day (`daily`): look-ups, questions without an answer, calls in halls.

Each list has the condition of the figure that it belongs to, and names nobody.
"""

from collections.abc import Sequence
from datetime import date, datetime

from tongban.base.database import Row
from tongban.oversight.watching.store.turns import Place, Runner


async def looked_up(
    db: Runner, bodies: Sequence[str], since: datetime, before: Place, limit: int, *, without_basis: bool
) -> list[Row]:
    """Look-ups that these bodies made since a moment, the latest first; those alone that name no basis."""
    return await db.fetch(
        "SELECT r.* FROM unnest($1::text[]) AS b(body) CROSS JOIN LATERAL ("
        " SELECT at, id::text AS id, body, post, resource, case_id FROM shared_access WHERE shared_access.body = b.body"
        "  AND at >= $2 AND kind = 'look-up' AND (NOT $6 OR grant_id = '') AND (at, id::text) < ($3, $4)"
        "  ORDER BY at DESC, id::text DESC LIMIT $5) r ORDER BY r.at DESC, r.id DESC LIMIT $5",
        list(bodies),
        since,
        *before,
        limit,
        without_basis,
    )


async def opened_by(
    db: Runner, bodies: Sequence[str], post: str, since: datetime, until: datetime, before: Place, limit: int
) -> list[Row]:
    """The people whose data a post opened within a day, a line each: how often, and the latest case; nobody's name."""
    return await db.fetch(
        "SELECT * FROM (SELECT max(at) AS at, (array_agg(id::text ORDER BY at DESC, id DESC))[1] AS id, body,"
        " count(*)::int AS looks, (array_agg(case_id ORDER BY at DESC, id DESC))[1] AS case_id FROM shared_access"
        " WHERE body = ANY($1::text[]) AND post = $2 AND post <> '' AND at >= $3 AND at < $4 GROUP BY body, person) p"
        " WHERE (p.at, p.id) < ($5, $6) ORDER BY p.at DESC, p.id DESC LIMIT $7",
        list(bodies),
        post,
        since,
        until,
        *before,
        limit,
    )


async def without_basis(db: Runner, bodies: Sequence[str], before: Place, limit: int) -> list[Row]:
    """Every line of these bodies that names no basis, however old and of whatever kind, the latest first."""
    return await db.fetch(
        "SELECT at, id::text AS id, body, post, resource, case_id FROM shared_access WHERE body = ANY($1::text[])"
        " AND grant_id = '' AND (at, id::text) < ($2, $3) ORDER BY at DESC, id::text DESC LIMIT $4",
        list(bodies),
        *before,
        limit,
    )


async def failed(db: Runner, bodies: Sequence[str], since: datetime, before: Place, limit: int) -> list[Row]:
    """Questions that these bodies put since a moment and that got no answer at first, the latest first."""
    return await db.fetch(
        "SELECT q.opened_at AS at, q.id::text AS id, q.reader ->> 'body' AS body, q.resource, q.last_error, q.ended,"
        " coalesce(c.case_id, '') AS case_id FROM shared_retry q"
        " LEFT JOIN case_row c ON c.region = left(q.matter, 6) AND c.case_id = q.matter"
        " WHERE q.opened_at >= $2 AND q.attempts > 0 AND q.last_error NOT IN ('correction-open', 'not-connected')"
        " AND q.reader ->> 'body' = ANY($1::text[]) AND (q.opened_at, q.id::text) < ($3, $4)"
        " ORDER BY q.opened_at DESC, q.id::text DESC LIMIT $5",
        list(bodies),
        since,
        *before,
        limit,
    )


async def silent(db: Runner, bodies: Sequence[str], resource: str, after: Place, limit: int) -> list[Row]:
    """The cases of these bodies that wait for a resource whose source did not answer, those that wait longest first."""
    return await db.fetch(
        "SELECT * FROM (SELECT min(r.opened_at) AS at, c.case_id, c.case_id AS id, c.body, c.service"
        " FROM shared_retry r JOIN case_row c ON c.region = left(r.matter, 6) AND c.case_id = r.matter"
        " AND c.body = ANY($1::text[]) WHERE r.resource = $2 AND r.ended IS NULL AND r.submitted"
        " AND r.last_error IN ('source-away', 'too-slow') GROUP BY c.region, c.case_id, c.body, c.service) w"
        " WHERE (w.at, w.id) > ($3, $4) ORDER BY w.at, w.id LIMIT $5",
        list(bodies),
        resource,
        *after,
        limit,
    )


async def called(db: Runner, halls: Sequence[tuple[str, str, str]], day: date, before: Place, limit: int) -> list[Row]:
    """Who was called on a day at these halls (region, hall, body), by number alone, the latest first."""
    return await db.fetch(
        "SELECT t.called_at AS at, t.hall || ' ' || t.number AS id, h.body, t.hall, t.number, t.since, t.counter"
        " FROM unnest($1::text[], $2::text[], $3::text[]) AS h(region, hall, body)"
        " JOIN ticket t ON t.region = h.region AND t.hall = h.hall AND t.day = $4 AND t.called_at IS NOT NULL"
        " WHERE (t.called_at, t.hall || ' ' || t.number) < ($5, $6)"
        " ORDER BY t.called_at DESC, t.hall || ' ' || t.number DESC LIMIT $7",
        [one[0] for one in halls],
        [one[1] for one in halls],
        [one[2] for one in halls],
        day,
        *before,
        limit,
    )
