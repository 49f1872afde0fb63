"""All SQL of grants. A change and the row it leads to are written by one transaction, once for each event."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import msgspec

from tongban.base.database import Row
from tongban.sharing.grants.model import Change, Grant, What
from tongban.sharing.store import Reads, Writes

_COLUMNS = (
    "id, resource, record, fields, tests, provider, consumer, service, purpose, law, mode, since, until, suspended,"
    " ended, case_id"
)


def _grant(row: Row) -> Grant:
    named = {**dict(row), "case": row["case_id"]}
    del named["case_id"]
    return msgspec.convert(named, Grant)


async def of_service(db: Reads, service: str) -> list[Grant]:
    """Every grant for the cases of a service, also those that are over: why not is said by them."""
    rows = await db.fetch(f"SELECT {_COLUMNS} FROM data_grant WHERE service = $1 ORDER BY until DESC, id", service)  # noqa: S608 -- a constant of this module
    return [_grant(row) for row in rows]


async def in_force(db: Reads, day: date) -> list[Grant]:
    """Every grant that may be used on a day, by id."""
    rows = await db.fetch(
        f"SELECT {_COLUMNS} FROM data_grant"  # noqa: S608 -- a constant of this module
        " WHERE since <= $1 AND until >= $1 AND suspended IS NULL AND ended IS NULL ORDER BY id",
        day,
    )
    return [_grant(row) for row in rows]


async def given_by(db: Reads, bodies: Sequence[str], after: tuple[date, str] | None, limit: int) -> list[Grant]:
    """Grants of records that these bodies own, the last to end first."""
    return await _page(db, "provider", bodies, after, limit)


async def taken_by(db: Reads, consumers: Sequence[str], after: tuple[date, str] | None, limit: int) -> list[Grant]:
    """Grants that these consumers hold, the last to end first."""
    return await _page(db, "consumer", consumers, after, limit)


async def ending(db: Reads, consumers: Sequence[str], day: date, last: date) -> list[Grant]:
    """Grants that these consumers may use on a day and that end by `last`, the first to end first."""
    rows = await db.fetch(
        f"SELECT {_COLUMNS} FROM data_grant WHERE consumer = ANY($1::text[])"  # noqa: S608 -- a constant of this module
        " AND since <= $2 AND until BETWEEN $2 AND $3 AND suspended IS NULL AND ended IS NULL ORDER BY until, id",
        list(consumers),
        day,
        last,
    )
    return [_grant(row) for row in rows]


async def _page(
    db: Reads, column: str, values: Sequence[str], after: tuple[date, str] | None, limit: int
) -> list[Grant]:
    until, key = after or (None, None)
    rows = await db.fetch(
        f"SELECT {_COLUMNS} FROM data_grant WHERE {column} = ANY($1::text[])"  # noqa: S608 -- constants of this module
        " AND ($2::date IS NULL OR (until, id) < ($2, $3)) ORDER BY until DESC, id DESC LIMIT $4",
        list(values),
        until,
        key,
        limit,
    )
    return [_grant(row) for row in rows]


async def one(db: Reads, grant: str) -> Grant | None:
    """A grant by its id."""
    rows = await db.fetch(f"SELECT {_COLUMNS} FROM data_grant WHERE id = $1", grant)  # noqa: S608 -- a constant of this module
    return _grant(rows[0]) if rows else None


async def give(db: Writes, grant: Grant, change: Change) -> None:
    """A new grant, and that it was given. Again with the same event is nothing."""
    await db.execute(
        """
        WITH given AS (
            INSERT INTO data_grant_change (grant_id, event, at, what, by_id, reasons)
            VALUES ($1, $16, $17, 'given', $18, $19) ON CONFLICT DO NOTHING RETURNING grant_id
        )
        INSERT INTO data_grant (id, resource, record, fields, tests, provider, consumer, service, purpose, law, mode,
                                since, until, suspended, ended, case_id)
        SELECT grant_id, $2, $3, $4::text[], $5::jsonb, $6, $7, $8, $9::jsonb, $10::jsonb, $11, $12::date, $13::date,
               NULL, $14::jsonb, $15
          FROM given ON CONFLICT (id) DO NOTHING
        """,
        grant.id,
        grant.resource,
        grant.record,
        list(grant.fields),
        msgspec.to_builtins(grant.tests),
        grant.provider,
        grant.consumer,
        grant.service,
        msgspec.to_builtins(grant.purpose),
        msgspec.to_builtins(grant.law),
        grant.mode.value,
        grant.since,
        grant.until,
        None,
        grant.case,
        change.event,
        change.at,
        change.by,
        change.reasons,
    )


async def take_up(db: Writes, grant: str, provider: str, case: str) -> bool:
    """From now on a grant that had no case is kept in this one. False where there is no such grant of this provider,
    it has a case already, or it is over."""
    rows = await db.fetch(
        "UPDATE data_grant SET case_id = $3 WHERE id = $1 AND provider = $2 AND case_id IN ('', $3) AND ended IS NULL"
        " RETURNING id",
        grant,
        provider,
        case,
    )
    return bool(rows)


_SETS: dict[What, str] = {
    "suspended": "suspended = $6::jsonb",
    "resumed": "suspended = NULL",
    "ended": "suspended = NULL, ended = $6::jsonb",
}


async def change(db: Writes, grant: str, what: What, change: Change, said: dict[str, Any] | None) -> None:
    """Suspend, resume or end a grant, and keep that it was. Again with the same event, or of a grant
    that was never given, is nothing."""
    await db.execute(
        f"""
        WITH changed AS (
            INSERT INTO data_grant_change (grant_id, event, at, what, by_id, reasons)
            SELECT id, $2, $3, '{what}', $4, $5 FROM data_grant WHERE id = $1 ON CONFLICT DO NOTHING RETURNING grant_id
        ), said AS (SELECT $6::jsonb AS said)
        UPDATE data_grant SET {_SETS[what].replace("$6::jsonb", "said.said")} FROM changed, said
         WHERE data_grant.id = changed.grant_id
        """,  # noqa: S608 -- constants of this module
        grant,
        change.event,
        change.at,
        change.by,
        change.reasons,
        said,
    )


async def changes(db: Reads, grant: str) -> list[tuple[datetime, What, str, str]]:
    """What happened to a grant, in order: when, what, by whom, why."""
    rows = await db.fetch(
        "SELECT at, what, by_id, reasons FROM data_grant_change WHERE grant_id = $1 ORDER BY at, event", grant
    )
    return [(row["at"], row["what"], row["by_id"], row["reasons"]) for row in rows]


async def last_looked(db: Reads) -> dict[str, datetime]:
    """When somebody last looked at data of each body under any grant of it; bodies nobody looked at are left out."""
    rows = await db.fetch(
        "SELECT g.provider, max(u.at) AS at FROM data_grant g CROSS JOIN LATERAL ("
        " SELECT at FROM shared_access WHERE grant_id = g.id AND grant_id <> '' ORDER BY at DESC LIMIT 1) u"
        " GROUP BY g.provider"
    )
    return {row["provider"]: row["at"] for row in rows}


async def last_used(db: Reads, grants: Sequence[str]) -> dict[str, datetime]:
    """When somebody last looked under each of these grants; those nobody used are left out."""
    rows = await db.fetch(
        "SELECT g.id, u.at FROM unnest($1::text[]) AS g(id) CROSS JOIN LATERAL ("
        " SELECT at FROM shared_access WHERE grant_id = g.id AND grant_id <> '' ORDER BY at DESC LIMIT 1) u",
        list(grants),
    )
    return {row["id"]: row["at"] for row in rows}


_SAID = "id resource record fields tests provider consumer service purpose law mode since until"


async def committed(db: Reads, grant: str) -> str | None:
    """A grant as the public log has it (migration 0016)."""
    rows = await db.fetch(
        "SELECT (SELECT jsonb_object_agg(key, value) FROM jsonb_each(to_jsonb(g)) WHERE key = ANY($2::text[]))::text"
        " AS said FROM data_grant g WHERE id = $1",
        grant,
        _SAID.split(),
    )
    return rows[0]["said"] if rows else None
