"""All SQL of access records. Every list is one indexed query, paged by a cursor and never counted."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, Protocol
from uuid import UUID

from tongban.base.clock import utc
from tongban.base.database import Row
from tongban.base.sealing import PersonKey, SealedTable, Sealer
from tongban.base.sealing import Place as SealedPlace

Place = tuple[datetime, UUID]

EMERGENCY = SealedTable(table="access_emergency", key=("body", "at", "id"), owner="person", text=("reason",))
SEALED = (EMERGENCY,)


class Runner(Protocol):
    """A database, or a connection inside a transaction."""

    async def fetch(self, sql: str, *args: Any) -> list[Row]: ...
    async def execute(self, sql: str, *args: Any) -> str: ...


class Keeper(Runner, Protocol):
    """A runner with keys."""

    @property
    def sealer(self) -> Sealer: ...


ROW = """
    person text, at timestamptz, id uuid, resource text, record text, fields text[], reader jsonb,
    purpose text, matter text, law jsonb, source jsonb, kind text, post text, body text, grant_id text, case_id text,
    case_open boolean, own boolean, near text, once text, shown_from timestamptz, delayed_by text, kept_until date"""
"""An opening as JSON gives it, but for `answered`, which whoever reads the record at the same time finds out."""
COLUMNS = ", ".join(part.split()[0] for part in ROW.split(","))
_SHOWN = (
    "id, at, person, resource, record, fields, answered, reader, purpose, matter, law, source, kind, post, body,"
    " grant_id, case_id, case_open, own, near, shown_from, delayed_by"
)

INSERT = f"""
INSERT INTO shared_access ({COLUMNS}, answered)
SELECT {COLUMNS}, answered FROM jsonb_to_recordset($1) AS r({ROW}, answered boolean)
ON CONFLICT (person, once) DO NOTHING"""  # noqa: S608 -- constants of this module


async def insert(db: Runner, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write openings, all or none, in one statement; the same look within one window is already there."""
    await db.execute(INSERT, list(rows))


async def shown(
    db: Runner,
    person: str,
    now: datetime,
    after: Place | None,
    limit: int,
    *,
    body: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
) -> list[Row]:
    """One person's rows that may be shown by now, the latest to appear first."""
    at, key = after or (None, None)
    return await db.fetch(
        f"""
        SELECT {_SHOWN} FROM shared_access
         WHERE person = $1 AND shown_from <= $2 AND ($3::timestamptz IS NULL OR (shown_from, id) < ($3, $4))
           AND ($6::text IS NULL OR body = $6)
           AND ($7::timestamptz IS NULL OR at >= $7) AND ($8::timestamptz IS NULL OR at < $8)
         ORDER BY shown_from DESC, id DESC LIMIT $5""",  # noqa: S608 -- constants of this module
        person,
        now,
        at,
        key,
        limit,
        body,
        since,
        until,
    )


async def one(db: Runner, person: str, key: UUID, now: datetime) -> Row | None:
    """One of a person's own rows, if it may be shown."""
    rows = await db.fetch(
        f"SELECT {_SHOWN} FROM shared_access WHERE person = $1 AND id = $2 AND shown_from <= $3",  # noqa: S608
        person,
        key,
        now,
    )
    return rows[0] if rows else None


async def bodies(db: Runner, person: str, now: datetime) -> list[str]:
    """The bodies in a person's list, for narrowing it."""
    rows = await db.fetch(
        "SELECT DISTINCT body FROM shared_access WHERE person = $1 AND shown_from <= $2 AND body <> '' ORDER BY body",
        person,
        now,
    )
    return [row["body"] for row in rows]


async def held_back(db: Runner, person: str, now: datetime, rules: Sequence[str]) -> datetime | None:
    """When the last of the rows appears that are delayed by one of these rules."""
    rows = await db.fetch(
        "SELECT max(shown_from) AS last FROM shared_access WHERE person = $1 AND shown_from > $2"
        " AND delayed_by = ANY($3::text[])",
        person,
        now,
        list(rules),
    )
    return rows[0]["last"]


async def closed(db: Runner, watched: Sequence[str], after: Place | None, limit: int) -> list[Row]:
    """Openings of cases that were not open, by officials of these bodies, latest first."""
    return await _watched(db, "case_open = false", watched, after, limit)


async def near(db: Runner, watched: Sequence[str], after: Place | None, limit: int) -> list[Row]:
    """Openings where reader and person have something to do with one another."""
    return await _watched(db, "near <> ''", watched, after, limit)


async def _watched(db: Runner, narrowed: str, watched: Sequence[str], after: Place | None, limit: int) -> list[Row]:
    at, key = after or (None, None)
    return await db.fetch(
        f"""
        SELECT r.* FROM unnest($1::text[]) AS b(body) CROSS JOIN LATERAL (
          SELECT {_SHOWN} FROM shared_access WHERE shared_access.body = b.body AND {narrowed}
             AND ($2::timestamptz IS NULL OR (at, id) < ($2, $3)) ORDER BY at DESC, id DESC LIMIT $4
        ) r ORDER BY r.at DESC, r.id DESC LIMIT $4""",  # noqa: S608 -- constants of this module
        list(watched),
        at,
        key,
        limit,
    )


async def volumes(db: Runner, watched: Sequence[str], since: datetime, zone: str) -> list[Row]:
    """How many people's data each post opened on each day it opened any, in the zone's days: those that are counted
    from their counts, the others (today, as a rule) from the openings."""
    return await db.fetch(
        """
        WITH counted AS (SELECT max(day) AS last FROM access_counted)
        SELECT body, post, day, persons FROM access_day, counted
         WHERE body = ANY($1::text[]) AND day >= ($2 AT TIME ZONE $3)::date AND day <= last
        UNION ALL
        SELECT body, post, (at AT TIME ZONE $3)::date AS day, count(DISTINCT person) AS persons
          FROM shared_access WHERE body = ANY($1::text[]) AND post <> ''
           AND at >= greatest($2, ((SELECT last FROM counted) + 1)::timestamp AT TIME ZONE $3)
         GROUP BY body, post, (at AT TIME ZONE $3)::date""",
        list(watched),
        since,
        zone,
    )


async def count_days(db: Runner, since: datetime, before: date, zone: str) -> int:
    """Count the zone's days from `since` to `before` that are not counted yet, in their order; how many days that were.

    One statement: whoever reads meanwhile sees a day either counted or not. Counting twice at once is harmless.
    """
    done = await db.execute(
        """
        WITH days AS (
            SELECT d::date AS day FROM generate_series(
                greatest(($1 AT TIME ZONE $3)::date, (SELECT max(day) + 1 FROM access_counted)), $2::date - 1,
                interval '1 day') d),
        counts AS (
            INSERT INTO access_day (body, day, post, persons)
            SELECT body, (at AT TIME ZONE $3)::date, post, count(DISTINCT person)
              FROM shared_access WHERE body <> '' AND post <> ''
               AND at >= (SELECT min(day) FROM days)::timestamp AT TIME ZONE $3
               AND at < $2::date::timestamp AT TIME ZONE $3
             GROUP BY 1, 2, 3 ON CONFLICT DO NOTHING)
        INSERT INTO access_counted (day) SELECT day FROM days ON CONFLICT DO NOTHING""",
        since,
        before,
        zone,
    )
    return int(done.rpartition(" ")[2])


async def sweep_days(db: Runner, before: date) -> None:
    """Forget counts that nothing is held against any more."""
    await db.execute("DELETE FROM access_day WHERE day < $1", before)
    await db.execute("DELETE FROM access_counted WHERE day < $1", before)


async def no_basis(db: Runner, watched: Sequence[str]) -> int:
    """Rows without a basis: only what was written before one was required."""
    rows = await db.fetch(
        "SELECT count(*) AS n FROM (SELECT 1 FROM shared_access WHERE body = ANY($1::text[]) AND grant_id = ''"
        " LIMIT 1000) r",
        list(watched),
    )
    return rows[0]["n"]


async def refuse(db: Runner, row: Mapping[str, Any]) -> None:
    """Write an attempt that was refused; the same again within one window is already there."""
    await db.execute(
        "INSERT INTO access_refused (body, at, id, post, reader, kind, case_id, code, once)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (body, once) DO NOTHING",
        *(row[name] for name in ("body", "at", "id", "post", "reader", "kind", "case_id", "code", "once")),
    )


async def refused(db: Runner, watched: Sequence[str], after: Place | None, limit: int) -> list[Row]:
    """Refused attempts of officials of these bodies, latest first."""
    at, key = after or (None, None)
    return await db.fetch(
        """
        SELECT r.* FROM unnest($1::text[]) AS b(body) CROSS JOIN LATERAL (
          SELECT body, at, id, post, reader, kind, case_id, code FROM access_refused
           WHERE access_refused.body = b.body AND ($2::timestamptz IS NULL OR (at, id) < ($2, $3))
           ORDER BY at DESC, id DESC LIMIT $4
        ) r ORDER BY r.at DESC, r.id DESC LIMIT $4""",
        list(watched),
        at,
        key,
        limit,
    )


async def sweep(db: Runner, today: date, limit: int) -> int:
    """Remove rows whose time of keeping is over; the database itself refuses any other."""
    return await _swept(db, "shared_access", "true", today, limit)


async def sweep_emergencies(db: Runner, today: date, limit: int) -> int:
    """The same for emergencies that were reviewed."""
    reviewed = "EXISTS (SELECT FROM access_review r WHERE r.emergency = access_emergency.id)"
    return await _swept(db, "access_emergency", reviewed, today, limit)


async def sweep_runs(db: Runner, today: date, limit: int) -> int:
    """The same for runs over a population."""
    return await _swept(db, "population_run", "true", today, limit)


async def sweep_refused(db: Runner, today: date, limit: int) -> int:
    """The same for attempts that were refused; none goes before three years."""
    done = await db.execute(
        "DELETE FROM access_refused WHERE ctid = ANY(ARRAY(SELECT ctid FROM access_refused"
        " WHERE at < least($1::date, current_date) - interval '3 years 1 day' ORDER BY at LIMIT $2))",
        today,
        limit,
    )
    return int(done.rpartition(" ")[2])


_RUN = """
    region text, at timestamptz, id uuid, resource text, label jsonb, kind text, policy text, name jsonb, purpose text,
    law jsonb, reader jsonb, body text, post text, as_of date, people bigint, found bigint, once text,
    kept_until date"""
_RUN_COLUMNS = ", ".join(part.split()[0] for part in _RUN.split(","))


async def add_run(db: Runner, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write the rows of a run over a population, all or none; the same one within a window is already there."""
    await db.execute(
        f"INSERT INTO population_run ({_RUN_COLUMNS}) SELECT {_RUN_COLUMNS}"  # noqa: S608 -- constants of this module
        f" FROM jsonb_to_recordset($1) AS r({_RUN}) ON CONFLICT (once, resource) DO NOTHING",
        list(rows),
    )


async def runs(db: Runner, after: Place | None, limit: int) -> list[Row]:
    """Runs over a population with the resources of each, latest first."""
    at, key = after or (None, None)
    return await db.fetch(
        """
        SELECT at, id, kind, policy, name, purpose, law, reader, as_of, people, found,
               jsonb_object_agg(resource, label) AS resources
          FROM population_run WHERE $1::timestamptz IS NULL OR (at, id) < ($1, $2)
         GROUP BY at, id, kind, policy, name, purpose, law, reader, as_of, people, found
         ORDER BY at DESC, id DESC LIMIT $3""",
        at,
        key,
        limit,
    )


async def _swept(db: Runner, table: str, narrowed: str, today: date, limit: int) -> int:
    done = await db.execute(
        f"DELETE FROM {table} WHERE ctid = ANY(ARRAY(SELECT ctid FROM {table}"  # noqa: S608 -- constants of this module
        f" WHERE kept_until < least($1::date, current_date) AND {narrowed} ORDER BY kept_until LIMIT $2))",
        today,
        limit,
    )
    return int(done.rpartition(" ")[2])


_EMERGENCY = (
    "e.body, e.at, e.id, e.post, e.reader, e.case_id, e.person, e.until, e.ground, e.reason, e.delayed_by, e.watcher,"
    " r.case_id AS review"
)
_WITH_REVIEW = "FROM access_emergency e LEFT JOIN access_review r ON r.emergency = e.id"


def reason_place(body: str, at: datetime, key: UUID | str) -> SealedPlace:
    """Where the reason of an emergency lies. A moment is named in UTC, as the database gives it back."""
    return EMERGENCY.place("reason", (body, utc(at), key))


async def break_glass(db: Runner, row: Mapping[str, Any], key: PersonKey) -> None:
    """Write an emergency, its reason sealed; it is never changed."""
    names = ("body", "at", "id", "post", "reader", "case_id", "person", "until", "ground", "reason", "delayed_by",
             "watcher", "kept_until")  # fmt: skip
    row = {**row, "reason": key.seal_text(reason_place(row["body"], row["at"], row["id"]), row["reason"])}
    await db.execute(
        f"INSERT INTO access_emergency ({', '.join(names)})"  # noqa: S608
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
        *(row[name] for name in names),
    )


async def running(db: Runner, reader: str, post: str, case: str, now: datetime) -> Row | None:
    """The emergency by which an official may look at a case now."""
    rows = await db.fetch(
        f"SELECT {_EMERGENCY} {_WITH_REVIEW} WHERE e.reader = $1 AND e.post = $2 AND e.case_id = $3"
        " AND e.at <= $4 AND e.until > $4 ORDER BY e.until DESC LIMIT 1",
        reader,
        post,
        case,
        now,
    )
    return rows[0] if rows else None


async def reviewed_by(db: Runner, emergency: UUID, case: str) -> None:
    """Name the case that reviews an emergency."""
    await db.execute(
        "INSERT INTO access_review (emergency, case_id) VALUES ($1, $2) ON CONFLICT DO NOTHING", emergency, case
    )


async def unreviewed(db: Runner, limit: int) -> list[Row]:
    """Emergencies whose review is not open yet, oldest first."""
    return await db.fetch(
        f"SELECT {_EMERGENCY} {_WITH_REVIEW} WHERE r.case_id IS NULL ORDER BY e.at LIMIT $1",
        limit,
    )


async def emergencies(db: Runner, watchers: Sequence[str], after: Place | None, limit: int) -> list[Row]:
    """Emergencies that these bodies review, latest first."""
    at, key = after or (None, None)
    return await db.fetch(
        f"SELECT {_EMERGENCY} {_WITH_REVIEW} WHERE e.watcher = ANY($1::text[])"
        " AND ($2::timestamptz IS NULL OR (e.at, e.id) < ($2, $3)) ORDER BY e.at DESC, e.id DESC LIMIT $4",
        list(watchers),
        at,
        key,
        limit,
    )


async def reviews(db: Runner, emergencies: Sequence[UUID]) -> dict[str, str]:
    """The review of each emergency that has one."""
    rows = await db.fetch(
        "SELECT emergency, case_id FROM access_review WHERE emergency = ANY($1::uuid[])", list(emergencies)
    )
    return {str(row["emergency"]): row["case_id"] for row in rows}


_SAID = "person at id resource fields answered law source kind post body own shown_from kept_until"
_UNSAID = "record reader purpose matter grant_id case_id delayed_by"


async def committed(db: Runner, person: str, key: UUID) -> tuple[str, str] | None:
    """One of a person's own rows as the public log has it (migration 0018): what they may see of it, and the rest."""
    part = "(SELECT jsonb_object_agg(key, value) FROM jsonb_each(to_jsonb(a)) WHERE key = ANY({}::text[]))::text"
    rows = await db.fetch(
        f"SELECT {part.format('$3')} AS said, {part.format('$4')} AS hidden"  # noqa: S608 -- our own column names
        " FROM shared_access a WHERE person = $1 AND id = $2",
        person,
        key,
        _SAID.split(),
        _UNSAID.split(),
    )
    return (rows[0]["said"], rows[0]["hidden"]) if rows else None
