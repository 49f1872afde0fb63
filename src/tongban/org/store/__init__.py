"""All SQL of this package: the register, people, sessions, log-in attempts; mandates and codes beside it.

What says who somebody is lies sealed with that person's key.
"""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any

import msgspec

from tongban.base.clock import Clock
from tongban.base.database import Connection, Database, Row
from tongban.base.sealing import PersonKey, Place, Ring, SealedTable
from tongban.org.directory import Directory
from tongban.org.mandate import Mandate
from tongban.org.model import Actor, House, Person, Register
from tongban.org.moved import Delegation
from tongban.org.store import mandates
from tongban.org.store.mandates import MANDATE
from tongban.org.store.mandates import mandates_from as mandates_from
from tongban.org.store.mandates import mandates_to as mandates_to
from tongban.org.store.mandates import represented_by as represented_by
from tongban.org.store.mandates import revoke_mandate as revoke_mandate
from tongban.org.store.mandates import save_mandates as save_mandates

Db = Database | Connection

_PERSON = "id, name, id_number, phone, birth_date, sex, home_region, level, lang"


PERSON = SealedTable(
    table="person",
    key=("id",),
    owner="id",
    text=("name", "id_number", "phone", "birth_date", "email", "sex", "home_region"),
    blind={"id_number": "number_blind"},
)
SEALED = (PERSON, MANDATE)
_OF_PERSON = ("name", "id_number", "phone", "birth_date", "sex", "home_region")


class SessionRow(msgspec.Struct, frozen=True, kw_only=True):
    """A session with the person and the mandate it is about, as read in one query."""

    person: Person
    post: str
    mandate: Mandate | None
    csrf: bytes
    seen_at: datetime
    expires_at: datetime
    method: str


class Attempt(msgspec.Struct, frozen=True, kw_only=True):
    """What was remembered when the person left for the identity provider."""

    browser: str
    nonce: str
    verifier: str
    back_to: str


# --- the register ------------------------------------------------------------------------------------------------


async def register(db: Db) -> Register:
    """Everything in the register."""
    rows = await db.fetch("SELECT kind, jsonb_agg(entry ORDER BY id) AS entries FROM org_entry GROUP BY kind")
    return msgspec.convert({row["kind"]: row["entries"] for row in rows}, Register)


async def load(db: Db, clock: Clock) -> Directory:
    """The register as a directory. Raises `Refused` if it does not hold together."""
    return Directory.build(await register(db), clock)


async def delegations(db: Db) -> tuple[Delegation, ...]:
    """委托、集中、下放, ended ones too: the part of the register that acts of cases change."""
    rows = await db.fetch("SELECT entry FROM org_entry WHERE kind = 'delegations' ORDER BY id")
    return msgspec.convert([row["entry"] for row in rows], tuple[Delegation, ...])


async def house(db: Db) -> House:
    """Courses, class sheets and leave: the part that officials enter."""
    rows = await db.fetch(
        "SELECT kind, jsonb_agg(entry ORDER BY id) AS entries FROM org_entry"
        " WHERE kind IN ('courses', 'classes', 'absences') GROUP BY kind"
    )
    return msgspec.convert({row["kind"]: row["entries"] for row in rows}, House)


async def entered(connection: Connection, actor: Actor, entries: Register, at: datetime) -> None:
    """Keep who entered this, from which post."""
    for kind in House.__struct_fields__:
        for entry in getattr(entries, kind):
            await connection.execute(
                "INSERT INTO org_entered (body, at, kind, id, post, person, entry) VALUES ($1, $2, $3, $4, $5, $6, $7)"
                " ON CONFLICT DO NOTHING",
                actor.body,
                at,
                kind,
                entry.id,
                actor.post,
                actor.id,
                msgspec.to_builtins(entry),
            )


async def save(connection: Connection, entries: Register) -> None:
    """Add or replace entries. Nothing is deleted: what ends gets an `until`."""
    await _write(connection, entries, "DO UPDATE SET entry = EXCLUDED.entry")


async def add(connection: Connection, entries: Register) -> None:
    """Add the entries that are not there yet; those that are stay as they are."""
    await _write(connection, entries, "DO NOTHING")


async def _write(connection: Connection, entries: Register, known: str) -> None:
    rows: list[tuple[str, str, Any]] = []
    for kind in Register.__struct_fields__:
        for entry in getattr(entries, kind):
            plain = msgspec.to_builtins(entry)
            rows.append((kind, plain.get("id") or plain["code"], plain))
    await connection.executemany(
        f"INSERT INTO org_entry (kind, id, entry) VALUES ($1, $2, $3) ON CONFLICT (kind, id) {known}",  # noqa: S608 -- our words
        rows,
    )


# --- people ------------------------------------------------------------------------------------------------------


async def person(db: Db, person_id: str) -> Person | None:
    """A person by our number for them."""
    row = await db.fetchrow(f"SELECT {_PERSON} FROM person WHERE id = $1", person_id)  # noqa: S608 -- our columns
    return None if row is None else _person(row, await _ring(db, [row]))


async def person_with_number(db: Db, id_number: str) -> Person | None:
    """A person by their identity number."""
    row = await db.fetchrow(
        f"SELECT {_PERSON} FROM person WHERE number_blind = $1 OR id_number = $2",  # noqa: S608 -- our columns
        db.sealer.blind("person.id_number", id_number),
        id_number,
    )
    return None if row is None or not id_number else _person(row, await _ring(db, [row]))


async def save_people(connection: Connection, people: Iterable[Person]) -> None:
    """Add people, or bring what is known of them up to date."""
    written = list(people)
    keys = await connection.sealer.persons(connection, (p.id for p in written))
    await connection.executemany(
        """
        INSERT INTO person (id, name, id_number, number_blind, phone, birth_date, sex, home_region, level, lang)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
        ON CONFLICT (id) DO UPDATE SET name = EXCLUDED.name, id_number = EXCLUDED.id_number,
            number_blind = EXCLUDED.number_blind, phone = EXCLUDED.phone,
            birth_date = EXCLUDED.birth_date, sex = EXCLUDED.sex, home_region = EXCLUDED.home_region,
            level = EXCLUDED.level, lang = EXCLUDED.lang
        """,
        [
            (
                p.id,
                _sealed(keys[p.id], "name", p.name),
                _sealed(keys[p.id], "id_number", p.id_number),
                connection.sealer.blind("person.id_number", p.id_number) if p.id_number else None,
                _sealed(keys[p.id], "phone", p.phone),
                _sealed(keys[p.id], "birth_date", p.birth_date.isoformat() if p.birth_date else ""),
                _sealed(keys[p.id], "sex", p.sex),
                _sealed(keys[p.id], "home_region", p.home_region),
                p.level,
                p.lang,
            )
            for p in written
        ],
    )


async def names(db: Db, persons: Sequence[str]) -> dict[str, str]:
    """What people are called, by id."""
    rows = await db.fetch("SELECT id, name FROM person WHERE id = ANY($1::text[])", list(persons))
    ring = await db.sealer.ring(db, (row["name"] for row in rows))
    return {row["id"]: ring.shown(Place("person", "name", row["id"]), row["name"]) for row in rows}


async def bands(db: Db, persons: Sequence[str], today: date) -> dict[str, tuple[str, str, str]]:
    """Age band, sex and language of people, for counting groups: no name, number or birthday leaves this function. Of
    somebody whose key was erased only the language is known."""
    rows = await db.fetch("SELECT id, birth_date, sex, lang FROM person WHERE id = ANY($1::text[])", list(persons))
    ring = await db.sealer.ring(db, (row[column] for row in rows for column in ("birth_date", "sex")))
    return {row["id"]: (_band(ring, row, today), _left(ring, row, "sex"), row["lang"]) for row in rows}


_BANDS = ("0-17", "18-34", "35-59", "60-79", "80-")


def _band(ring: Ring, row: Row, today: date) -> str:
    born = _date(_left(ring, row, "birth_date"))
    if born is None:
        return ""
    age = today.year - born.year - ((today.month, today.day) < (born.month, born.day))
    return _BANDS[bisect_right((18, 35, 60, 80), age)]


def _left(ring: Ring, row: Row, column: str) -> str:
    """What is known of a person, nothing where it was erased: one of them must not spoil a count."""
    return "" if ring.is_gone(row[column]) else ring.text(Place("person", column, row["id"]), row[column])


async def email(db: Db, person_id: str) -> str:
    """Where a person's letters are mailed; empty where nothing is known."""
    found: str | None = await db.fetchval("SELECT email FROM person WHERE id = $1", person_id)
    ring = await db.sealer.ring(db, [found])
    return ring.text(Place("person", "email", person_id), found or "")


async def save_email(connection: Connection, person_id: str, address: str) -> None:
    """Keep a person's mail address."""
    key = await connection.sealer.person(connection, person_id)
    sealed = _sealed(key, "email", address)
    await connection.execute("UPDATE person SET email = $2 WHERE id = $1", person_id, sealed)


async def erase(connection: Connection, person_id: str, now: datetime, why: str) -> bool:
    """Make what is known of a person unreadable for good, in every table, and log them out. False if there was nothing.

    Whether the law lets it go is decided before (个人信息保护法 47; 档案法 outranks a wish).
    """
    await end_sessions(connection, person_id)
    await connection.execute("DELETE FROM person_identity WHERE person = $1", person_id)
    await connection.execute("UPDATE person SET number_blind = NULL WHERE id = $1", person_id)
    return await connection.sealer.erase(connection, person_id, now, why)


async def identity(db: Db, issuer: str, subject: str) -> str | None:
    """The person an identity provider calls `subject`."""
    return await db.fetchval("SELECT person FROM person_identity WHERE issuer = $1 AND subject = $2", issuer, subject)


async def save_identity(connection: Connection, issuer: str, subject: str, person_id: str) -> None:
    """Remember who an identity provider means."""
    await connection.execute(
        "INSERT INTO person_identity (issuer, subject, person) VALUES ($1, $2, $3)"
        " ON CONFLICT (issuer, subject) DO UPDATE SET person = EXCLUDED.person",
        issuer,
        subject,
        person_id,
    )


async def lock_identity(connection: Connection, issuer: str, subject: str) -> None:
    """Let two first log-ins of one person, or two at a counter, at the same time, come one after the other."""
    await connection.execute("SELECT pg_advisory_xact_lock(hashtextextended($1 || ' ' || $2, 0))", issuer, subject)


# --- sessions ----------------------------------------------------------------------------------------------------


async def save_session(
    db: Db,
    token_hash: bytes,
    *,
    person_id: str,
    post: str,
    mandate: str | None,
    level: int,
    method: str,
    csrf: bytes,
    now: datetime,
    expires_at: datetime,
) -> None:
    """Open a session."""
    await db.execute(
        "INSERT INTO session (token_hash, person, post, mandate, level, method, csrf, created_at, seen_at, expires_at)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8, $9)",
        token_hash,
        person_id,
        post,
        mandate,
        level,
        method,
        csrf,
        now,
        expires_at,
    )


async def session(db: Db, token_hash: bytes) -> SessionRow | None:
    """A session with its person, who has the level of this log-in at most, and its mandate."""
    row = await db.fetchrow(
        """
        SELECT p.id, p.name, p.id_number, p.phone, p.birth_date, p.sex, p.home_region, p.lang,
               least(p.level, s.level) AS level, s.post, s.csrf, s.seen_at, s.expires_at, s.method,
               to_jsonb(m) AS mandate
        FROM session s JOIN person p ON p.id = s.person LEFT JOIN mandate m ON m.id = s.mandate
        WHERE s.token_hash = $1
        """,
        token_hash,
    )
    if row is None:
        return None
    sealed = [row[column] for column in _OF_PERSON]
    ring = await db.sealer.ring(db, [*sealed, row["mandate"]["from_name"] if row["mandate"] else None])
    mandate = None if row["mandate"] is None else mandates.read(row["mandate"], ring)
    return SessionRow(
        person=_person(row, ring),
        post=row["post"],
        mandate=mandate,
        csrf=row["csrf"],
        seen_at=row["seen_at"],
        method=row["method"],
        expires_at=row["expires_at"],
    )


async def touch_session(db: Db, token_hash: bytes, now: datetime) -> None:
    """The person is still there."""
    await db.execute("UPDATE session SET seen_at = $2 WHERE token_hash = $1", token_hash, now)


async def end_session(db: Db, token_hash: bytes) -> None:
    """Log out here."""
    await db.execute("DELETE FROM session WHERE token_hash = $1", token_hash)


async def end_sessions(db: Db, person_id: str) -> None:
    """Log out everywhere."""
    await db.execute("DELETE FROM session WHERE person = $1", person_id)


async def forget_expired(db: Db, now: datetime, idle: timedelta) -> None:
    """Drop sessions and log-in attempts that no longer hold."""
    await db.execute("DELETE FROM session WHERE expires_at <= $1 OR seen_at <= $2", now, now - idle)
    await db.execute("DELETE FROM login_attempt WHERE expires_at <= $1", now)


# --- log-in attempts ---------------------------------------------------------------------------------------------


async def save_attempt(db: Db, state_hash: bytes, attempt: Attempt, expires_at: datetime) -> None:
    """Remember a log-in that leaves for the identity provider."""
    await db.execute(
        "INSERT INTO login_attempt (state_hash, browser, nonce, verifier, back_to, expires_at)"
        " VALUES ($1, $2, $3, $4, $5, $6)",
        state_hash,
        attempt.browser,
        attempt.nonce,
        attempt.verifier,
        attempt.back_to,
        expires_at,
    )


async def take_attempt(db: Db, state_hash: bytes, now: datetime) -> Attempt | None:
    """The log-in that comes back; a second time there is none."""
    row = await db.fetchrow(
        "DELETE FROM login_attempt WHERE state_hash = $1"
        " RETURNING browser, nonce, verifier, back_to, expires_at > $2 AS fresh",
        state_hash,
        now,
    )
    if row is None or not row["fresh"]:
        return None
    return Attempt(browser=row["browser"], nonce=row["nonce"], verifier=row["verifier"], back_to=row["back_to"])


async def _ring(db: Db, rows: Sequence[Row]) -> Ring:
    return await db.sealer.ring(db, (row[column] for row in rows for column in _OF_PERSON))


def _sealed(key: PersonKey, column: str, text: str) -> str:
    return key.seal_text(Place("person", column, key.owner), text)


def _person(row: Row, ring: Ring) -> Person:
    name, id_number, phone, born, sex, home = (ring.text(Place("person", c, row["id"]), row[c]) for c in _OF_PERSON)
    return msgspec.convert(
        {
            "id": row["id"],
            "name": name,
            "id_number": id_number,
            "phone": phone,
            "birth_date": _date(born),
            "sex": sex,
            "home_region": home,
            "level": row["level"],
            "lang": row["lang"],
        },
        Person,
    )


def _date(text: str) -> date | None:
    return date.fromisoformat(text) if text else None
