"""SQL of mandates and of the one-time codes by which somebody agrees. What ended stays, with when and why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec

from tongban.base.database import Connection, Database, Row
from tongban.base.sealing import PersonKey, Place, Ring, SealedTable
from tongban.org.mandate import Mandate

Db = Database | Connection

_COLUMNS = (
    "id, from_party, from_name, to_person, services, acts, since, until, revoked_at, ground, asked_by, confirmed_at,"
    " how, under, ended_why, rests_since"
)
_MOST = 200
MANDATE = SealedTable(table="mandate", key=("id",), owner="from_party", text=("from_name",))


async def save_mandates(connection: Connection, mandates: Iterable[Mandate]) -> None:
    """Add mandates; one that is there stays as it is."""
    written = list(mandates)
    keys = await connection.sealer.persons(connection, (m.from_party for m in written))
    await connection.executemany(
        f"INSERT INTO mandate ({_COLUMNS})"  # noqa: S608 -- our columns
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16) ON CONFLICT (id) DO NOTHING",
        [
            (
                m.id,
                m.from_party,
                _from_name(keys[m.from_party], m.id, m.from_name),
                m.to_person,
                sorted(m.services),
                sorted(m.acts),
                m.since,
                m.until,
                m.revoked_at,
                m.ground,
                m.asked_by,
                m.confirmed_at,
                m.how,
                m.under,
                m.ended_why,
                m.rests_since,
            )
            for m in written
        ],
    )


async def mandates_to(db: Db, person_id: str, now: datetime) -> list[Mandate]:
    """The mandates a person holds now, by name; none of or for somebody who died or is blocked."""
    rows = await db.fetch(
        f"SELECT {_COLUMNS} FROM mandate m"  # noqa: S608 -- our columns
        " WHERE to_person = $1 AND since <= $2 AND $2 < until AND revoked_at IS NULL AND rests_since IS NULL"
        " AND (asked_by = '' OR confirmed_at IS NOT NULL)"
        " AND NOT EXISTS (SELECT FROM person p WHERE p.id IN (m.from_party, m.to_person) AND p.standing <> '')"
        " ORDER BY id",
        person_id,
        now,
    )
    return sorted(await _opened(db, rows), key=lambda mandate: (mandate.from_name, mandate.id))


async def mandates_from(db: Db, party: str) -> list[Mandate]:
    """Every mandate somebody has given, newest first, ended ones too."""
    rows = await db.fetch(
        f"SELECT {_COLUMNS} FROM mandate WHERE from_party = $1 ORDER BY since DESC, id LIMIT $2",  # noqa: S608
        party,
        _MOST,
    )
    return await _opened(db, rows)


async def represented_by(db: Db, party: str, now: datetime) -> tuple[str, ...]:
    """The persons who act for a business by law today: whoever has a tie to one of them has one to the business."""
    rows = await db.fetch(
        "SELECT to_person FROM mandate WHERE from_party = $1 AND ground = 'legal-representative' AND since <= $2"
        " AND $2 < until AND revoked_at IS NULL AND rests_since IS NULL"
        " AND (asked_by = '' OR confirmed_at IS NOT NULL)",
        party,
        now,
    )
    return tuple(row["to_person"] for row in rows)


async def mandates_of_agent(db: Db, person_id: str) -> list[Mandate]:
    """Every mandate somebody holds, has asked for or held, newest first."""
    rows = await db.fetch(
        f"SELECT {_COLUMNS} FROM mandate WHERE to_person = $1 ORDER BY since DESC, id LIMIT $2",  # noqa: S608
        person_id,
        _MOST,
    )
    return await _opened(db, rows)


async def mandate(db: Db, mandate_id: str) -> Mandate | None:
    """One mandate."""
    rows = await db.fetch(f"SELECT {_COLUMNS} FROM mandate WHERE id = $1", mandate_id)  # noqa: S608 -- our columns
    found = await _opened(db, rows)
    return found[0] if found else None


async def confirm_mandate(connection: Connection, mandate_id: str, party: str, how: str, now: datetime) -> bool:
    """What was asked for is agreed to and begins. False if there is nothing of this party's to agree to any more."""
    done = await connection.execute(
        "UPDATE mandate SET confirmed_at = $4, how = $3, since = $4"
        " WHERE id = $1 AND from_party = $2 AND confirmed_at IS NULL AND asked_by <> '' AND revoked_at IS NULL"
        " AND until > $4",
        mandate_id,
        party,
        how,
        now,
    )
    return done == "UPDATE 1"


async def end_mandates(
    connection: Connection, now: datetime, why: str, *, ids: Sequence[str] = (), person: str = ""
) -> list[str]:
    """End mandates, by id or all from and to a person, and those that hang on them; the ids of all that ended."""
    rows = await connection.fetch(
        "UPDATE mandate SET revoked_at = $1, ended_why = $2"
        " WHERE revoked_at IS NULL AND (id = ANY($3::text[]) OR ($4 <> '' AND $4 IN (from_party, to_person)))"
        " RETURNING id",
        now,
        why,
        list(ids),
        person,
    )
    ended = [row["id"] for row in rows]
    below = await connection.fetch(
        "UPDATE mandate SET revoked_at = $1, ended_why = 'under-ended'"
        " WHERE revoked_at IS NULL AND under = ANY($2::text[]) RETURNING id",
        now,
        ended,
    )
    return [*ended, *(row["id"] for row in below)]


async def rest_mandates(connection: Connection, mandate: str, now: datetime) -> list[str]:
    """A mandate rests, and those that hang on it; the ids of all that began to."""
    rows = await connection.fetch(
        "UPDATE mandate SET rests_since = $2"
        " WHERE (id = $1 OR under = $1) AND revoked_at IS NULL AND rests_since IS NULL RETURNING id",
        mandate,
        now,
    )
    return sorted(row["id"] for row in rows)


async def resume_mandates(connection: Connection, mandate: str) -> list[str]:
    """It and those that hang on it rest no longer; the ids of those that hold again."""
    rows = await connection.fetch(
        "UPDATE mandate SET rests_since = NULL WHERE (id = $1 OR under = $1) AND rests_since IS NOT NULL"
        " RETURNING id, revoked_at",
        mandate,
    )
    return sorted(row["id"] for row in rows if row["revoked_at"] is None)


async def revoke_mandate(db: Db, mandate_id: str, party: str, now: datetime) -> bool:
    """Withdraw a mandate one has given; it stops at once, also in open sessions. False if it was not theirs to stop."""
    done = await db.execute(
        "UPDATE mandate SET revoked_at = $3, ended_why = 'withdrawn'"
        " WHERE id = $1 AND from_party = $2 AND revoked_at IS NULL",
        mandate_id,
        party,
        now,
    )
    return done == "UPDATE 1"


# --- who can be represented no longer ---------------------------------------------------------------------------


async def set_standing(connection: Connection, person_id: str, standing: str) -> bool:
    """Note that somebody died, or that their account is blocked (or no longer). False for somebody not known here."""
    done = await connection.execute("UPDATE person SET standing = $2 WHERE id = $1", person_id, standing)
    return done == "UPDATE 1"


async def standing(db: Db, person_id: str) -> str:
    """`died`, `blocked` or nothing."""
    return await db.fetchval("SELECT standing FROM person WHERE id = $1", person_id) or ""


# --- one-time codes ---------------------------------------------------------------------------------------------


async def save_code(connection: Connection, person: str, about: str, code: str, expires_at: datetime) -> None:
    """Remember a code by its keyed hash; a new one takes the place of the last for the same matter."""
    await connection.execute(
        "INSERT INTO agreement_code (person, about, hash, expires_at) VALUES ($1, $2, $3, $4)"
        " ON CONFLICT (person, about) DO UPDATE SET hash = excluded.hash, expires_at = excluded.expires_at, tries = 0",
        person,
        about,
        connection.sealer.blind("agreement_code.hash", f"{person} {about} {code}"),
        expires_at,
    )


async def take_code(db: Database, person: str, about: str, code: str, now: datetime, most: int) -> bool:
    """Whether this is the code. Each try counts, also of several at once; used, it is gone."""
    tried = await db.fetchrow(
        "UPDATE agreement_code SET tries = tries + 1 WHERE person = $1 AND about = $2 AND expires_at > $3"
        " AND tries < $4 RETURNING hash",
        person,
        about,
        now,
        most,
    )
    if tried is None or tried["hash"] != db.sealer.blind("agreement_code.hash", f"{person} {about} {code}"):
        return False
    gone = await db.execute(
        "DELETE FROM agreement_code WHERE person = $1 AND about = $2 AND hash = $3", person, about, tried["hash"]
    )
    return gone == "DELETE 1"


async def forget_codes(db: Db, now: datetime) -> None:
    """Drop codes whose time is over."""
    await db.execute("DELETE FROM agreement_code WHERE expires_at <= $1", now)


# --- rows -------------------------------------------------------------------------------------------------------


async def _opened(db: Db, rows: Sequence[Row]) -> list[Mandate]:
    ring = await db.sealer.ring(db, (row["from_name"] for row in rows))
    return [read(dict(row), ring) for row in rows]


def read(row: Mapping[str, Any], ring: Ring) -> Mandate:
    """A row as a mandate; `ring` opens its name."""
    name = ring.shown(Place("mandate", "from_name", row["id"]), row["from_name"])
    return msgspec.convert({**row, "from_name": name}, Mandate)


def _from_name(key: PersonKey, mandate_id: str, name: str) -> str:
    return key.seal_text(Place("mandate", "from_name", mandate_id), name)
