"""All SQL of the watched figures. A page reads a row for a body and a day, an hour or a service."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any, Protocol

import msgspec

from tongban.base.database import Connection, Row
from tongban.oversight.watching.model import Answer, Day, Figure, Hour, Kept, Now, Silent, Watched


class Runner(Protocol):
    """A database, or a connection inside a transaction."""

    async def fetch(self, sql: str, *args: Any) -> list[Row]: ...
    async def execute(self, sql: str, *args: Any) -> str: ...


# --- the job ----------------------------------------------------------------------------------------------------------


async def begin(connection: Connection, job: str, now: datetime, every_seconds: float) -> datetime | None:
    """Takes a turn of a job for this transaction, and says when it was last done (1970 if never); None when it was done
    within `every_seconds`, or another process is at it."""
    free = await connection.fetchval("SELECT pg_try_advisory_xact_lock(hashtextextended($1, 11))", job)
    if not free:
        return None
    rows = await connection.fetch(
        "SELECT coalesce((SELECT at FROM watched_turn WHERE job = $1), 'epoch'::timestamptz) AS at", job
    )
    last: datetime = rows[0]["at"]
    return last if (now - last).total_seconds() >= every_seconds else None


async def done(connection: Connection, job: str, at: datetime) -> None:
    """Note up to when a job is done."""
    await connection.execute(
        "INSERT INTO watched_turn (job, at) VALUES ($1, $2) ON CONFLICT (job) DO UPDATE SET at = EXCLUDED.at", job, at
    )


async def last(db: Runner, job: str) -> datetime | None:
    """When a job was last done."""
    rows = await db.fetch("SELECT at FROM watched_turn WHERE job = $1", job)
    return rows[0]["at"] if rows else None


class Ended(msgspec.Struct, frozen=True):
    """A case that ended: where it is, and whose."""

    case: str
    body: str
    applicant: str
    at: datetime


async def ended(db: Runner, bodies: Sequence[str], after: datetime, limit: int) -> list[Ended]:
    """Cases of these bodies that ended after a moment, the first to end first: by the index of ended cases."""
    rows = await db.fetch(
        "SELECT r.* FROM unnest($1::text[]) AS b(body) CROSS JOIN LATERAL ("
        " SELECT case_id, body, applicant, updated_at FROM case_row"
        " WHERE NOT open AND case_row.body = b.body AND updated_at > $2 ORDER BY updated_at, case_id LIMIT $3"
        ") r ORDER BY r.updated_at, r.case_id LIMIT $3",
        list(bodies),
        after,
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
        " SELECT min(w.region), b.body, w.service, d.day, count(*), count(w.promised),"
        " count(*) FILTER (WHERE w.promised), count(*) FILTER (WHERE w.promised IS NOT NULL AND w.legal IS NOT FALSE)"
        " FROM unnest($1::text[]) AS b(body) CROSS JOIN unnest($2::date[]) AS d(day) CROSS JOIN LATERAL ("
        " SELECT region, service, promised, legal FROM watched_case WHERE watched_case.body = b.body"
        "  AND ended_at >= d.day::timestamp AT TIME ZONE $3 AND ended_at < (d.day + 1)::timestamp AT TIME ZONE $3) w"
        " GROUP BY b.body, w.service, d.day",
        list(bodies),
        list(days),
        zone,
    )


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


# --- what pages read --------------------------------------------------------------------------------------------------


async def now(db: Runner, bodies: Sequence[str]) -> list[Now]:
    """How open cases of these bodies stand."""
    rows = await db.fetch(
        "SELECT body, service, open, amber, red, first FROM watched_now WHERE body = ANY($1::text[])"
        " ORDER BY first, body, service",
        list(bodies),
    )
    return [msgspec.convert(dict(row), Now) for row in rows]


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


Place = tuple[datetime, str]


async def late(
    db: Runner, bodies: Sequence[str], services: Sequence[str], since: datetime, before: Place, limit: int
) -> list[Row]:
    """Ended cases of these bodies that missed the promised date, the latest first."""
    return await db.fetch(
        "SELECT r.* FROM unnest($1::text[]) AS b(body) CROSS JOIN LATERAL ("
        " SELECT case_id, body, service, ended_at, legal FROM watched_case WHERE promised = false"
        "  AND watched_case.body = b.body AND ended_at >= $2 AND (ended_at, case_id) < ($3, $4)"
        "  AND service = ANY($6::text[]) ORDER BY ended_at DESC, case_id DESC LIMIT $5"
        ") r ORDER BY r.ended_at DESC, r.case_id DESC LIMIT $5",
        list(bodies),
        since,
        *before,
        limit,
        list(services),
    )


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


# --- findings and answers ---------------------------------------------------------------------------------------------


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


async def keep_findings(db: Runner, findings: Sequence[Kept]) -> None:
    """Keep what was found; the same finding found again the same day is the same."""
    await db.execute(
        "INSERT INTO clock_finding SELECT * FROM jsonb_to_recordset($1) AS r(region text, body text, id uuid,"
        " index text, service text, hits integer, cases integer, expected float8, chance float8, peers integer,"
        " behind text[], since date, until date) ON CONFLICT (body, index, service, until) DO NOTHING",
        [msgspec.to_builtins(one) for one in findings],
    )


async def findings(db: Runner, bodies: Sequence[str], zone: str, limit: int) -> list[Kept]:
    """What was found about these bodies when abuse was last looked for, the least likely first."""
    rows = await db.fetch(
        "SELECT region, body, id::text, index, service, hits, cases, expected, chance, peers, behind, since, until"
        " FROM clock_finding WHERE body = ANY($1::text[])"
        " AND until = (SELECT (at AT TIME ZONE $2)::date FROM watched_turn WHERE job = 'abuse')"
        " ORDER BY chance, id LIMIT $3",
        list(bodies),
        zone,
        limit,
    )
    return [msgspec.convert(dict(row), Kept) for row in rows]


async def finding(db: Runner, bodies: Sequence[str], key: str) -> Kept | None:
    """One finding about one of these bodies."""
    rows = await db.fetch(
        "SELECT region, body, id::text, index, service, hits, cases, expected, chance, peers, behind, since, until"
        " FROM clock_finding WHERE body = ANY($1::text[]) AND id::text = $2",
        list(bodies),
        key,
    )
    return msgspec.convert(dict(rows[0]), Kept) if rows else None


async def keep_answer(db: Runner, one: Answer) -> None:
    """Publish an answer; the last one of a case stands."""
    await db.execute(
        "INSERT INTO public_answer SELECT * FROM jsonb_to_recordset($1) AS r(region text, case_id text, body text,"
        " index text, service text, finding text, outcome text, answer text, opened date, ended date)"
        " ON CONFLICT (region, case_id) DO UPDATE SET outcome = EXCLUDED.outcome, answer = EXCLUDED.answer,"
        " ended = EXCLUDED.ended",
        [msgspec.to_builtins(one)],
    )


_ANSWER = "SELECT region, case_id, body, index, service, finding, outcome, answer, opened, ended FROM public_answer"


async def answers(db: Runner, limit: int) -> list[Answer]:
    """Published answers, the latest first."""
    rows = await db.fetch(_ANSWER + " ORDER BY ended DESC, case_id DESC LIMIT $1", limit)
    return [msgspec.convert(dict(row), Answer) for row in rows]


async def answers_of(db: Runner, bodies: Sequence[str], since: date) -> list[Answer]:
    """What these bodies answered to findings since a day, the latest first. A finding is found anew every day that it
    lasts, under another number: what an answer belongs to is told by body, index and service."""
    rows = await db.fetch(
        _ANSWER + " WHERE body = ANY($1::text[]) AND index <> '' AND ended >= $2 ORDER BY ended DESC, case_id DESC",
        list(bodies),
        since,
    )
    return [msgspec.convert(dict(row), Answer) for row in rows]


async def sweep(db: Runner, hours_before: datetime, figures_before: date) -> None:
    """Drop what is older."""
    await db.execute("DELETE FROM watched_hour WHERE hour < $1", hours_before)
    await db.execute("DELETE FROM watched_figure WHERE day < $1", figures_before)
