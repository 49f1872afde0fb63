"""The other figures of a day: look-ups, waits in halls, sources that were silent."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

import msgspec

from tongban.oversight.watching.model import Figure, Silent
from tongban.oversight.watching.store.turns import Runner

_ANEW = (
    " ON CONFLICT (body, day, name) DO UPDATE SET value = EXCLUDED.value WHERE watched_figure.value <> EXCLUDED.value"
)
"""A figure that is what it was is not written again."""


async def figure_red(db: Runner, bodies: Sequence[str], day: date) -> None:
    """Keep how many were past a date on this day, none too, so that tomorrow can be held against it."""
    await db.execute(
        "INSERT INTO watched_figure (body, day, name, value)"
        " SELECT b.body, $2, 'red', coalesce(sum(n.red), 0) FROM unnest($1::text[]) AS b(body)"
        " LEFT JOIN watched_now n ON n.body = b.body GROUP BY b.body" + _ANEW,
        list(bodies),
        day,
    )


async def figure_looks(db: Runner, bodies: Sequence[str], day: date, since: datetime) -> None:
    """Look-ups of the day by the body that made them, and those without a basis."""
    await db.execute(
        "INSERT INTO watched_figure (body, day, name, value)"
        " SELECT f.body, $2, n.name, n.value FROM ("
        " SELECT a.body, count(*) AS looked, count(*) FILTER (WHERE grant_id = '') AS bare"
        " FROM unnest($1::text[]) AS b(body)"
        " CROSS JOIN LATERAL (SELECT body, grant_id FROM shared_access WHERE shared_access.body = b.body"
        "  AND at >= $3 AND kind = 'look-up') a GROUP BY 1) f"
        " CROSS JOIN LATERAL (VALUES ('looked-up', looked), ('without-basis', bare)) n(name, value)" + _ANEW,
        list(bodies),
        day,
        since,
    )


async def figure_failed(db: Runner, bodies: Sequence[str], day: date, since: datetime) -> None:
    """Questions of the day, by the body that put them, to which the source gave no answer at first: nobody's record was
    read, so that no look-up is on record."""
    await db.execute(
        "INSERT INTO watched_figure (body, day, name, value)"
        " SELECT reader ->> 'body', $2, 'failed', count(*) FROM shared_retry WHERE opened_at >= $3 AND attempts > 0"
        " AND last_error NOT IN ('correction-open', 'not-connected') AND reader ->> 'body' = ANY($1::text[])"
        " GROUP BY 1" + _ANEW,
        list(bodies),
        day,
        since,
    )


async def figure_waits(db: Runner, halls: Sequence[tuple[str, str, str]], day: date) -> None:
    """Waits of the day at these halls (region, hall, body): how many were called, seconds in all, the longest."""
    await db.execute(
        "INSERT INTO watched_figure (body, day, name, value)"
        " SELECT h.body, $4, n.name, n.value FROM unnest($1::text[], $2::text[], $3::text[]) AS h(region, hall, body)"
        " CROSS JOIN LATERAL (SELECT count(*) AS called,"
        "  coalesce(sum(extract(epoch FROM called_at - since)), 0)::bigint AS seconds,"
        "  coalesce(max(extract(epoch FROM called_at - since)), 0)::bigint AS longest FROM ticket t"
        "  WHERE t.region = h.region AND t.hall = h.hall AND t.day = $4 AND called_at IS NOT NULL) w"
        " CROSS JOIN LATERAL (VALUES ('waited', called), ('seconds', seconds), ('longest', longest)) n(name, value)"
        " WHERE w.called > 0" + _ANEW,
        [one[0] for one in halls],
        [one[1] for one in halls],
        [one[2] for one in halls],
        day,
    )


async def figures(db: Runner, bodies: Sequence[str], day: date) -> list[Figure]:
    """The other figures of a day."""
    rows = await db.fetch(
        "SELECT body, name, value FROM watched_figure WHERE body = ANY($1::text[]) AND day = $2 AND name <> 'red'",
        list(bodies),
        day,
    )
    return [msgspec.convert(dict(row), Figure) for row in rows]


async def red_before(db: Runner, bodies: Sequence[str], day: date) -> int | None:
    """How many were past a date at the end of the day before this one; None where nobody counted then."""
    rows = await db.fetch(
        "SELECT sum(value)::int AS red FROM watched_figure WHERE body = ANY($1::text[]) AND name = 'red' AND day = $2",
        list(bodies),
        day - timedelta(days=1),
    )
    return rows[0]["red"]


async def silent(db: Runner, bodies: Sequence[str]) -> list[Silent]:
    """What cases of these bodies wait for because its source could not be reached or was too slow, most cases first: by
    the index of open questions."""
    rows = await db.fetch(
        "SELECT r.resource, count(DISTINCT r.matter)::int AS cases, min(r.opened_at) AS since FROM shared_retry r"
        " JOIN case_row c ON c.region = left(r.matter, 6) AND c.case_id = r.matter AND c.body = ANY($1::text[])"
        " WHERE r.ended IS NULL AND r.submitted AND r.last_error IN ('source-away', 'too-slow')"
        " GROUP BY 1 ORDER BY 2 DESC, 1",
        list(bodies),
    )
    return [msgspec.convert(dict(row), Silent) for row in rows]


async def sweep(db: Runner, hours_before: datetime, figures_before: date) -> None:
    """Drop what is older."""
    await db.execute("DELETE FROM watched_hour WHERE hour < $1", hours_before)
    await db.execute("DELETE FROM watched_figure WHERE day < $1", figures_before)
