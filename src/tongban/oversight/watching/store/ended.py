"""Cases that have ended: what is kept of each, what ended on each day, and the lists behind those figures."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Literal

import msgspec

from tongban.base.database import Row
from tongban.oversight.watching.model import Day, Watched
from tongban.oversight.watching.store.turns import Place, Runner

Which = Literal["all", "owed", "in-time", "in-law", "promised", "legal"]
_WHICH: Mapping[Which, str] = {
    "all": "true",
    "owed": "promised IS NOT NULL",
    "in-time": "promised",
    "in-law": "(promised IS NOT NULL AND legal IS NOT FALSE)",
    "promised": "promised = false",
    "legal": "(promised IS NOT NULL AND legal = false)",
}
"""What a case must be to count in a number of `watched_day`, as `count_days` has it; the last two are what is left of
`owed`: those that missed the promised date, or the law's."""


class Ended(msgspec.Struct, frozen=True):
    """A case that ended: where it is, and whose."""

    case: str
    body: str
    applicant: str
    at: datetime


async def ended(db: Runner, bodies: Sequence[str], after: Place, limit: int) -> list[Ended]:
    """Cases of these bodies that ended after this one, the first to end first: by the index of ended cases."""
    rows = await db.fetch(
        "SELECT r.* FROM unnest($1::text[]) AS b(body) CROSS JOIN LATERAL ("
        " SELECT case_id, body, applicant, updated_at FROM case_row"
        " WHERE NOT open AND case_row.body = b.body AND (updated_at, case_id) > ($2, $3)"
        " ORDER BY updated_at, case_id LIMIT $4"
        ") r ORDER BY r.updated_at, r.case_id LIMIT $4",
        list(bodies),
        *after,
        limit,
    )
    return [Ended(row["case_id"], row["body"], row["applicant"], row["updated_at"]) for row in rows]


async def looks(db: Runner, cases: Sequence[Ended]) -> dict[str, list[datetime]]:
    """When officials opened each of these cases, from the record that its person can read too."""
    rows = await db.fetch(
        "SELECT c.case_id, a.at FROM unnest($1::text[], $2::text[]) AS c(case_id, person)"
        " JOIN shared_access a ON a.person = c.person AND a.case_id = c.case_id AND a.kind = 'case' AND a.post <> ''"
        " ORDER BY a.at",
        [one.case for one in cases],
        [one.applicant for one in cases],
    )
    found: dict[str, list[datetime]] = {}
    for row in rows:
        found.setdefault(row["case_id"], []).append(row["at"])
    return found


async def keep(db: Runner, cases: Sequence[Watched]) -> None:
    """Keep ended cases; one that ended again takes its own place."""
    await db.execute(
        "INSERT INTO watched_case (region, case_id, body, service, ended_at, promised, legal, steps)"
        " SELECT region, case_id, body, service, ended_at, promised, legal, steps FROM jsonb_to_recordset($1)"
        " AS r(region text, case_id text, body text, service text, ended_at timestamptz, promised boolean,"
        " legal boolean, steps jsonb)"
        " ON CONFLICT (region, case_id) DO UPDATE SET body = EXCLUDED.body, service = EXCLUDED.service,"
        " ended_at = EXCLUDED.ended_at, promised = EXCLUDED.promised, legal = EXCLUDED.legal, steps = EXCLUDED.steps",
        [msgspec.to_builtins(one) for one in cases],
    )


async def days_kept(db: Runner, cases: Sequence[Watched], zone: str) -> set[date]:
    """The days on which these cases ended as they are kept so far: one that ended again leaves its day."""
    rows = await db.fetch(
        "SELECT DISTINCT (w.ended_at AT TIME ZONE $3)::date AS day FROM unnest($1::text[], $2::text[]) AS c(region, id)"
        " JOIN watched_case w ON w.region = c.region AND w.case_id = c.id",
        [one.region for one in cases],
        [one.case_id for one in cases],
        zone,
    )
    return {row["day"] for row in rows}


async def count_days(db: Runner, bodies: Sequence[str], days: Sequence[date], zone: str) -> None:
    """Count anew what ended at these bodies on these days. `legal` are those of `owed` that kept the law's dates: one
    taken back after its promise and within the law's time broke the promise alone."""
    await db.execute(
        "DELETE FROM watched_day WHERE body = ANY($1::text[]) AND day = ANY($2::date[])", list(bodies), list(days)
    )
    await db.execute(
        "INSERT INTO watched_day (region, body, service, day, ended, owed, promised, legal)"
        f" SELECT min(w.region), b.body, w.service, d.day, count(*), count(*) FILTER (WHERE {_WHICH['owed']}),"
        f" count(*) FILTER (WHERE {_WHICH['in-time']}), count(*) FILTER (WHERE {_WHICH['in-law']})"
        " FROM unnest($1::text[]) AS b(body) CROSS JOIN unnest($2::date[]) AS d(day) CROSS JOIN LATERAL ("
        " SELECT region, service, promised, legal FROM watched_case WHERE watched_case.body = b.body"
        "  AND ended_at >= d.day::timestamp AT TIME ZONE $3 AND ended_at < (d.day + 1)::timestamp AT TIME ZONE $3) w"
        " GROUP BY b.body, w.service, d.day",
        list(bodies),
        list(days),
        zone,
    )


async def days(db: Runner, bodies: Sequence[str], since: date, services: Sequence[str]) -> list[Day]:
    """What ended of these services on each day from `since` on, by body."""
    rows = await db.fetch(
        "SELECT body, day, sum(ended)::int AS ended, sum(owed)::int AS owed, sum(promised)::int AS promised,"
        " sum(legal)::int AS legal FROM watched_day WHERE body = ANY($1::text[]) AND day >= $2"
        " AND service = ANY($3::text[]) GROUP BY 1, 2 ORDER BY 2, 1",
        list(bodies),
        since,
        list(services),
    )
    return [msgspec.convert(dict(row), Day) for row in rows]


async def sums(db: Runner, bodies: Sequence[str], since: date, services: Sequence[str]) -> tuple[list[Day], list[Day]]:
    """The same as `days` summed up: by body for the whole time, and by day for all these bodies together."""
    rows = await db.fetch(
        "SELECT coalesce(body, '') AS body, coalesce(day, $2) AS day, sum(ended)::int AS ended, sum(owed)::int AS owed,"
        " sum(promised)::int AS promised, sum(legal)::int AS legal FROM watched_day WHERE body = ANY($1::text[])"
        " AND day >= $2 AND service = ANY($3::text[]) GROUP BY GROUPING SETS ((body), (day)) ORDER BY 1, 2",
        list(bodies),
        since,
        list(services),
    )
    every = [msgspec.convert(dict(row), Day) for row in rows]
    return [one for one in every if one.body], [one for one in every if not one.body]


async def listed(
    db: Runner, which: Which, bodies: Sequence[str], services: Sequence[str], since: datetime, before: Place, limit: int
) -> list[Row]:
    """Ended cases of these bodies that a number counts, the latest first."""
    return await db.fetch(
        "SELECT r.* FROM unnest($1::text[]) AS b(body) CROSS JOIN LATERAL ("
        " SELECT case_id, body, service, ended_at, promised, legal FROM watched_case WHERE watched_case.body = b.body"
        f"  AND ended_at >= $2 AND (ended_at, case_id) < ($3, $4) AND service = ANY($6::text[]) AND {_WHICH[which]}"
        "  ORDER BY ended_at DESC, case_id DESC LIMIT $5"
        ") r ORDER BY r.ended_at DESC, r.case_id DESC LIMIT $5",
        list(bodies),
        since,
        *before,
        limit,
        list(services),
    )


async def histories(
    db: Runner, body: str, services: Sequence[str], since: datetime
) -> list[tuple[Watched, datetime | None]]:
    """Cases of these services that ended at a body since a moment, each with when its applicant asked for the same
    again."""
    rows = await db.fetch(
        "SELECT w.region, w.case_id, w.body, w.service, w.ended_at, w.promised, w.legal, w.steps, again.at AS refiled"
        " FROM watched_case w LEFT JOIN LATERAL ("
        "  SELECT min(r.opened_at) AS at FROM case_row c JOIN case_row r ON r.applicant = c.applicant"
        "   AND r.service = c.service AND r.opened_at > w.ended_at"
        '  WHERE w.steps @> \'[{"w": "withdrawn"}]\' AND c.region = w.region AND c.case_id = w.case_id) again ON true'
        " WHERE w.body = $1 AND w.service = ANY($2::text[]) AND w.ended_at >= $3",
        body,
        list(services),
        since,
    )
    found: list[tuple[Watched, datetime | None]] = []
    for row in rows:
        values = dict(row)
        refiled = values.pop("refiled")
        found.append((msgspec.convert(values, Watched), refiled))
    return found
