"""All SQL of showing a certificate. A token opens one showing, once; only its digest is kept."""

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Any, Protocol

import msgspec

from tongban.base.errors import refuse
from tongban.base.ids import uuid7
from tongban.base.page import Page, cursor, read_cursor
from tongban.base.sealing import SealedTable, Sealer

SHOWING = SealedTable(table="certificate_showing", key=("holder", "id"), owner="holder", text=("asked",))
SPANS: dict[str, timedelta] = {"10m": timedelta(minutes=10), "1h": timedelta(hours=1), "1d": timedelta(days=1)}
"""How long a showing may be open: by the choices of the form."""
_PAGE = 50
LIVE_MOST = 10
"""Open showings that one person may have of one certificate."""


class Reads(Protocol):
    """A database, or a connection inside a transaction."""

    @property
    def sealer(self) -> Sealer: ...
    async def fetch(self, sql: str, *args: Any) -> list[Any]: ...
    async def fetchrow(self, sql: str, *args: Any) -> Any: ...
    async def execute(self, sql: str, *args: Any) -> str: ...


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """To whom, for what, and which lines: bound together, and sealed with the holder's key."""

    to: str
    purpose: str
    fields: tuple[str, ...]


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """One showing, as its holder sees it."""

    id: str
    holder: str
    certificate: str
    asked: Asked
    made_at: datetime
    until: datetime
    used_at: datetime | None = None
    ended_at: datetime | None = None

    def open_at(self, now: datetime) -> bool:
        """Whether its token still opens it."""
        return self.used_at is None and self.ended_at is None and now < self.until


_COLUMNS = "holder, id, certificate, asked, made_at, until, used_at, ended_at"


async def make(db: Reads, holder: str, certificate: str, asked: Asked, now: datetime, until: datetime) -> str:
    """Keep a showing; its token, which is nowhere else. Raises `Refused` (`too-many-showings`, 409)."""
    row = await db.fetchrow(
        "SELECT count(*) AS live FROM certificate_showing WHERE holder = $1 AND certificate = $2"
        " AND used_at IS NULL AND ended_at IS NULL AND until > $3",
        holder,
        certificate,
        now,
    )
    if row["live"] >= LIVE_MOST:
        raise refuse(
            "too-many-showings",
            "还没用过的出示码太多了，请先收回几个",
            "Too many codes are open: withdraw some first",
            status=409,
        )
    token, identifier = _code(), str(uuid7())
    key = await db.sealer.person(db, holder)
    await db.execute(
        "INSERT INTO certificate_showing (holder, id, token, certificate, asked, made_at, until)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7)",
        holder,
        identifier,
        _digest(token),
        certificate,
        key.seal_text(SHOWING.place("asked", (holder, identifier)), msgspec.json.encode(asked).decode()),
        now,
        until,
    )
    return token


async def answered(connection: Reads, holder: str, certificate: str, asked: Asked, now: datetime) -> str:
    """Keep that a certificate was shown to a counter that asked for it; the identifier of this line of the record."""
    identifier = str(uuid7())
    key = await connection.sealer.person(connection, holder)
    await connection.execute(
        "INSERT INTO certificate_showing (holder, id, token, certificate, asked, made_at, until, used_at)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $6)",
        holder,
        identifier,
        secrets.token_bytes(32),
        certificate,
        key.seal_text(SHOWING.place("asked", (holder, identifier)), msgspec.json.encode(asked).decode()),
        now,
        now + SPANS["10m"],
    )
    return identifier


async def use(db: Reads, token: str, now: datetime) -> Shown | None:
    """The showing that a token opens, which is thereby used up; None for one that is not, or no longer, open."""
    row = await db.fetchrow(
        "UPDATE certificate_showing SET used_at = $2 WHERE token = $1 AND used_at IS NULL AND ended_at IS NULL"  # noqa: S608 -- our own column names
        f" AND until > $2 RETURNING {_COLUMNS}",
        _digest(token),
        now,
    )
    return None if row is None else (await _all(db, [row]))[0]


async def of_certificate(db: Reads, holder: str, certificate: str, after: str | None = None) -> Page[Shown]:
    """The showings of a certificate, newest first, fifty at a time."""
    before = read_cursor(after, tuple[datetime, str]) if after else None
    rows = await db.fetch(
        f"SELECT {_COLUMNS} FROM certificate_showing WHERE holder = $1 AND certificate = $2"  # noqa: S608 -- our own column names
        " AND ($3::timestamptz IS NULL OR (made_at, id) < ($3, $4)) ORDER BY made_at DESC, id DESC LIMIT $5",
        holder,
        certificate,
        None if before is None else before[0],
        None if before is None else before[1],
        _PAGE + 1,
    )
    following = cursor(rows[_PAGE - 1]["made_at"], rows[_PAGE - 1]["id"]) if len(rows) > _PAGE else None
    return Page(tuple(await _all(db, rows[:_PAGE])), following)


async def end(db: Reads, holder: str, identifier: str, now: datetime) -> None:
    """The holder takes a showing back; of one that was used or ended nothing changes."""
    await db.execute(
        "UPDATE certificate_showing SET ended_at = $3 WHERE holder = $1 AND id = $2"
        " AND used_at IS NULL AND ended_at IS NULL",
        holder,
        identifier,
        now,
    )


_LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""None that looks like another: a code may be read out and typed."""


def _code() -> str:
    """80 random bits in four groups of four. It lives for a day at most, and tries are counted."""
    letters = "".join(secrets.choice(_LETTERS) for _ in range(16))
    return "-".join(letters[at : at + 4] for at in range(0, 16, 4))


def _digest(token: str) -> bytes:
    """Of a code however it was typed."""
    return hashlib.sha256("".join(token.upper().replace("-", " ").split()).encode()).digest()


async def _all(db: Reads, rows: list[Any]) -> list[Shown]:
    ring = await db.sealer.ring(db, (row["asked"] for row in rows))
    return [
        Shown(
            id=row["id"],
            holder=row["holder"],
            certificate=row["certificate"],
            asked=msgspec.json.decode(
                ring.text(SHOWING.place("asked", (row["holder"], row["id"])), row["asked"]), type=Asked
            ),
            made_at=row["made_at"],
            until=row["until"],
            used_at=row["used_at"],
            ended_at=row["ended_at"],
        )
        for row in rows
    ]
