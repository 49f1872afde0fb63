"""SQL of programs that people let act for them. A token is used in the statement that reads it, so it is used once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import msgspec

from tongban.base.database import Connection, Database
from tongban.org.apps.model import AppGrant, Kind, Scope

_GRANT = "g.id, g.person, g.client, g.scopes, g.level, g.since, g.until, g.used_at, g.ended_at"


class Found(NamedTuple):
    """A token that was found, with the grant behind it. `again`: it had been used before."""

    grant: AppGrant
    bound: str
    expires_at: datetime
    again: bool


async def give(db: Database | Connection, grant: AppGrant) -> None:
    """Keep a person's yes."""
    await db.execute(
        "INSERT INTO app_grant (id, person, client, scopes, level, since, until) VALUES ($1, $2, $3, $4, $5, $6, $7)",
        grant.id,
        grant.person,
        grant.client,
        sorted(grant.scopes),
        grant.level,
        grant.since,
        grant.until,
    )


async def end(db: Database | Connection, grants: Sequence[UUID], by: str, now: datetime) -> None:
    """End grants with every token and every session that came of them."""
    await db.execute(
        """
        WITH ended AS (
            UPDATE app_grant SET ended_at = $3, ended_by = $2 WHERE id = ANY($1) AND ended_at IS NULL
            RETURNING person, client
        ), sessions AS (
            DELETE FROM session s USING ended e WHERE s.person = e.person AND s.method = 'app:' || e.client
        )
        DELETE FROM app_token WHERE grant_id = ANY($1) AND kind <> 'refresh'
        """,
        list(grants),
        by,
        now,
    )


async def of_person(db: Database, person: str, now: datetime) -> list[AppGrant]:
    """What a person has let programs do and not ended, latest first."""
    rows = await db.fetch(
        f"SELECT {_GRANT} FROM app_grant g WHERE person = $1 AND ended_at IS NULL AND until > $2"  # noqa: S608 ours
        " ORDER BY since DESC LIMIT 100",
        person,
        now,
    )
    return [_grant(row) for row in rows]


async def keep(
    db: Database | Connection, token: bytes, kind: Kind, grant: UUID, bound: str, expires_at: datetime
) -> None:
    """Keep a token by its hash."""
    await db.execute(
        "INSERT INTO app_token (token_hash, kind, grant_id, bound, expires_at) VALUES ($1, $2, $3, $4, $5)",
        token,
        kind,
        grant,
        bound,
        expires_at,
    )


async def use(db: Database | Connection, token: bytes, kind: Kind, now: datetime) -> Found | None:
    """Use a token that is good once. Of two who come at the same moment one finds that it was used."""
    row = await db.fetchrow(
        f"""
        WITH before AS (SELECT * FROM app_token WHERE token_hash = $1 AND kind = $2 FOR UPDATE),
        used AS (
            UPDATE app_token t SET used_at = coalesce(t.used_at, $3) FROM before b WHERE t.token_hash = b.token_hash
        )
        SELECT b.bound, b.expires_at, b.used_at IS NOT NULL AS again, {_GRANT}
        FROM before b JOIN app_grant g ON g.id = b.grant_id
        """,  # noqa: S608 our columns
        token,
        kind,
        now,
    )
    return None if row is None else _found(row)


async def access(db: Database, token: bytes, now: datetime) -> Found | None:
    """The grant behind an access token; notes once a minute that it was used."""
    row = await db.fetchrow(
        f"SELECT t.bound, t.expires_at, false AS again, {_GRANT} FROM app_token t"  # noqa: S608 our columns
        " JOIN app_grant g ON g.id = t.grant_id WHERE t.token_hash = $1 AND t.kind = 'access'",
        token,
    )
    if row is None:
        return None
    found = _found(row)
    if found.grant.used_at is None or (now - found.grant.used_at).total_seconds() > 60:
        await db.execute("UPDATE app_grant SET used_at = $2 WHERE id = $1", found.grant.id, now)
    return found


async def sweep(db: Database, now: datetime, kept_since: datetime) -> None:
    """Forget tokens that have run out, and grants that ended before `kept_since`."""
    await db.execute("DELETE FROM app_token WHERE expires_at < $1", now)
    await db.execute("DELETE FROM app_grant WHERE coalesce(ended_at, until) < $1", kept_since)


def _grant(row: Any) -> AppGrant:
    named = {name: row[name] for name in AppGrant.__struct_fields__}
    return msgspec.convert(named | {"scopes": frozenset(map(Scope, row["scopes"]))}, AppGrant)


def _found(row: Any) -> Found:
    return Found(_grant(row), row["bound"], row["expires_at"], row["again"])
