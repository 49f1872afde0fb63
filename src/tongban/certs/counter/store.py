"""All SQL of what counters ask for. Of the code that leads back only its digest is kept."""

import hashlib
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Protocol

import msgspec

from tongban.base.sealing import SealedTable, Sealer
from tongban.certs.counter.model import Ask, Line
from tongban.certs.wallet.encrypted import AnswerKey

REQUEST = SealedTable(table="certificate_request", key=("region", "id"), owner="holder", text=("answer",))
OPEN_FOR = timedelta(minutes=5)
SEEN_FOR = timedelta(minutes=30)
"""How long a counter sees what it was shown."""
TRIES = 10
"""Answers that are refused, after which a request is over."""
LISTED = 20
_KEPT = timedelta(days=30)


class Reads(Protocol):
    """A database, or a connection inside a transaction."""

    @property
    def sealer(self) -> Sealer: ...
    async def fetch(self, sql: str, *args: Any) -> list[Any]: ...
    async def fetchrow(self, sql: str, *args: Any) -> Any: ...
    async def execute(self, sql: str, *args: Any) -> str: ...


_COLUMNS = (
    "region, id, body, clerk, post, type, fields, service, client_id, nonce, state, made_at, until, refused,"
    " declined_at, ended_at, answered_at, key, answer"
)


def new(
    *, region: str, body: str, clerk: str, post: str, type_: str, fields: Sequence[str], service: str, client_id: str,
    secret: bytes, now: datetime,
) -> Ask:  # fmt: skip
    """A request with a fresh address, nonce and state, each of 128 random bits or more, and a key for its answer."""
    identifier = secrets.token_urlsafe(18)
    return Ask(
        region=region,
        id=identifier,
        key=AnswerKey.generate().sealed(secret, identifier),
        body=body,
        clerk=clerk,
        post=post,
        type=type_,
        fields=tuple(fields),
        service=service,
        client_id=client_id,
        nonce=secrets.token_urlsafe(24),
        state=secrets.token_urlsafe(18),
        made_at=now,
        until=now + OPEN_FOR,
    )


async def keep(db: Reads, ask: Ask) -> None:
    """Keep a new request."""
    await db.execute(
        "INSERT INTO certificate_request (region, id, body, clerk, post, type, fields, service, client_id, nonce,"
        " state, made_at, until, key) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
        ask.region,
        ask.id,
        ask.body,
        ask.clerk,
        ask.post,
        ask.type,
        list(ask.fields),
        ask.service,
        ask.client_id,
        ask.nonce,
        ask.state,
        ask.made_at,
        ask.until,
        ask.key,
    )


async def get(db: Reads, identifier: str, now: datetime) -> Ask | None:
    """One request. What was shown is not read any more after its half hour, whether or not it was swept away yet."""
    row = await db.fetchrow(
        f"SELECT {_COLUMNS} FROM certificate_request WHERE id = $1",  # noqa: S608 -- our own column names
        identifier,
    )
    if row is None or row["answer"] is None or now >= row["answered_at"] + SEEN_FOR:
        return None if row is None else _ask(row, ())
    ring = await db.sealer.ring(db, [row["answer"]])
    text = ring.text(REQUEST.place("answer", (row["region"], row["id"])), row["answer"])
    return _ask(row, msgspec.json.decode(text, type=tuple[Line, ...]))


async def of_clerk(db: Reads, clerk: str, post: str) -> tuple[Ask, ...]:
    """What an official asked for in a post, newest first, without what was shown."""
    rows = await db.fetch(
        f"SELECT {_COLUMNS} FROM certificate_request"  # noqa: S608 -- our own column names
        " WHERE clerk = $1 AND post = $2 ORDER BY made_at DESC LIMIT $3",
        clerk,
        post,
        LISTED,
    )
    return tuple(_ask(row, ()) for row in rows)


async def answered(connection: Reads, ask: Ask, holder: str, lines: Sequence[Line], now: datetime) -> str | None:
    """Keep what was shown; the code that leads its holder back to us. None if another answer came first."""
    back = secrets.token_urlsafe(24)
    key = await connection.sealer.person(connection, holder)
    place = REQUEST.place("answer", (ask.region, ask.id))
    done = await connection.execute(
        "UPDATE certificate_request SET answered_at = $3, back = $4, holder = $5, answer = $6, refused = NULL,"
        " key = NULL"
        " WHERE region = $1 AND id = $2 AND answered_at IS NULL AND declined_at IS NULL AND ended_at IS NULL"
        " AND until > $3",
        ask.region,
        ask.id,
        now,
        _digest(back),
        holder,
        key.seal_text(place, msgspec.json.encode(list(lines)).decode()),
    )
    return None if done == "UPDATE 0" else back


async def refused(db: Reads, ask: Ask, reason: str, now: datetime) -> None:
    """An answer was refused: the counter sees why, and after ten the request is over."""
    await db.execute(
        "UPDATE certificate_request SET tries = tries + 1, refused = $3,"
        " ended_at = CASE WHEN tries + 1 >= $4 THEN $5::timestamptz ELSE ended_at END,"
        " key = CASE WHEN tries + 1 >= $4 THEN NULL ELSE key END"
        " WHERE region = $1 AND id = $2 AND answered_at IS NULL AND declined_at IS NULL AND ended_at IS NULL",
        ask.region,
        ask.id,
        reason,
        TRIES,
        now,
    )


async def declined(db: Reads, ask: Ask, now: datetime) -> None:
    """The person said no, or their wallet could not answer."""
    await db.execute(
        "UPDATE certificate_request SET declined_at = $3, key = NULL"
        " WHERE region = $1 AND id = $2 AND answered_at IS NULL AND declined_at IS NULL AND ended_at IS NULL",
        ask.region,
        ask.id,
        now,
    )


async def end(db: Reads, ask: Ask, now: datetime) -> None:
    """The counter takes its request back, or has seen enough: what was shown is taken away with it."""
    await db.execute(
        "UPDATE certificate_request SET ended_at = coalesce(ended_at, $3), answer = NULL, holder = NULL,"
        " key = NULL"
        " WHERE region = $1 AND id = $2",
        ask.region,
        ask.id,
        now,
    )


async def by_back(db: Reads, back: str) -> Ask | None:
    """The request that a person was led back from; nothing of what was shown."""
    row = await db.fetchrow(
        f"SELECT {_COLUMNS} FROM certificate_request WHERE back = $1",  # noqa: S608 -- our own column names
        _digest(back),
    )
    return None if row is None else _ask(row, ())


async def sweep(db: Reads, now: datetime) -> None:
    """Take away what was shown half an hour ago, keys of requests that are over, and requests of a month ago."""
    await db.execute("UPDATE certificate_request SET key = NULL WHERE key IS NOT NULL AND until <= $1", now)
    await db.execute(
        "UPDATE certificate_request SET answer = NULL, holder = NULL WHERE answer IS NOT NULL AND answered_at <= $1",
        now - SEEN_FOR,
    )
    await db.execute("DELETE FROM certificate_request WHERE made_at <= $1", now - _KEPT)


def _digest(back: str) -> bytes:
    return hashlib.sha256(back.encode()).digest()


def _ask(row: Any, lines: tuple[Line, ...]) -> Ask:
    members = {name: row[name] for name in Ask.__struct_fields__ if name not in ("lines", "fields")}
    return Ask(**members, fields=tuple(row["fields"]), lines=lines)
