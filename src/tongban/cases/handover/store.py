"""All SQL of hand-overs: what we have said to others, and what they have said to us."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

import msgspec

from tongban.base.database import Connection, Database, Row
from tongban.base.sealing import is_sealed
from tongban.cases.handover.model import Kind
from tongban.cases.store.sealed import HEARD, SAID

_ERROR = 200
_FIRST = ("", UUID(int=0))
Ended = Literal["taken", "declined", "recalled", "noted", "never-sent"]


class HeardBefore(Exception):
    """The same message came twice at once, and the other was quicker."""


class Outgoing(msgspec.Struct, frozen=True, kw_only=True):
    """A message to another installation. `seq` is the event that wrote it; `place` orders those of one event.

    `body` is what is sent (without the bytes of a paper), `digest` as `Receipt.digest`, `agreement` what it rests on.
    """

    region: str
    message: UUID
    kind: Kind
    case_id: str
    seq: int
    place: int
    peer: str
    agreement: str
    purpose: str
    person: str
    body: str
    digest: str
    at: datetime
    due_at: datetime
    attempts: int = 0
    outcome: Ended | None = None
    receipt: str = ""


class Incoming(msgspec.Struct, frozen=True, kw_only=True):
    """A message of another installation, with what was answered."""

    region: str
    message: UUID
    kind: Kind
    peer: str
    number: str
    case_id: str
    person: str
    digest: str
    outcome: Ended
    receipt: str
    at: datetime


async def send(connection: Connection, messages: Sequence[Outgoing]) -> None:
    """Write messages that are to be sent. In the transaction of the event that says the same."""
    keys = await connection.sealer.persons(connection, (one.person for one in messages))
    await connection.executemany(
        "INSERT INTO handover_out (region, message, kind, case_id, seq, place, peer, agreement, purpose, person, body,"
        " digest, at, due_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
        [
            (
                *(one.region, one.message, one.kind.value, one.case_id, one.seq, one.place, one.peer, one.agreement),
                *(one.purpose, one.person),
                keys[one.person].seal_text(SAID.place("body", (one.region, one.message)), one.body),
                *(one.digest, one.at, one.due_at),
            )
            for one in messages
        ],
    )


async def take_back(connection: Connection, region: str, case: str, seq: int) -> None:
    """Forget what the undone event would have said; nothing of it has left, for it was not due."""
    await connection.execute(
        "DELETE FROM handover_out WHERE region = $1 AND case_id = $2 AND seq = $3 AND outcome IS NULL AND attempts = 0",
        region,
        case,
        seq,
    )


async def stop(connection: Connection, region: str, message: UUID) -> bool:
    """Send a case no more. True if it never left, so that nobody else knows of it; False if it may have arrived.

    A paper that may have arrived is sent until it is answered: both sides have to know of the same ones.
    """
    rows = await connection.fetch(
        "WITH asked AS (SELECT region, case_id, seq FROM handover_out WHERE region = $1 AND message = $2)"
        " UPDATE handover_out o SET held = o.kind = 'case',"
        "  outcome = CASE WHEN o.attempts = 0 THEN 'never-sent' ELSE o.outcome END"
        " FROM asked a WHERE o.region = a.region AND o.case_id = a.case_id AND o.seq = a.seq AND o.outcome IS NULL"
        " RETURNING o.message, o.attempts",
        region,
        message,
    )
    return all(row["attempts"] == 0 for row in rows if row["message"] == message)


async def claim(db: Database, now: datetime, lease: timedelta, limit: int) -> list[Outgoing]:
    """Messages to be sent now, leased to this worker. Of each case only the first that is not answered."""
    rows = await db.fetch(
        "UPDATE handover_out o SET locked_until = $2, attempts = attempts + 1"
        " FROM (SELECT region, message FROM handover_out w"
        "   WHERE outcome IS NULL AND NOT held AND due_at <= $1 AND (locked_until IS NULL OR locked_until <= $1)"
        "   AND NOT EXISTS (SELECT FROM handover_out e WHERE e.region = w.region AND e.case_id = w.case_id"
        "     AND e.outcome IS NULL AND NOT e.held AND (e.seq, e.place) < (w.seq, w.place))"
        "   ORDER BY due_at LIMIT $3 FOR UPDATE SKIP LOCKED) d"
        " WHERE o.region = d.region AND o.message = d.message RETURNING o.*",
        now,
        now + lease,
        limit,
    )
    return await _outgoing(db, rows)


async def failed(db: Database, one: Outgoing, error: str, again: datetime) -> None:
    """Note why a message got no answer, and when to try again. It is never given up."""
    await db.execute(
        "UPDATE handover_out SET due_at = $3, locked_until = NULL, last_error = $4 WHERE region = $1 AND message = $2",
        one.region,
        one.message,
        again,
        error[:_ERROR],
    )


async def again(db: Database, region: str, case: str, seq: int) -> None:
    """The papers of an event have to be sent once more: the other side says that it has them not."""
    await db.execute(
        "UPDATE handover_out SET outcome = NULL, receipt = NULL, answered_at = NULL, locked_until = NULL"
        " WHERE region = $1 AND case_id = $2 AND seq = $3 AND kind = 'paper'",
        region,
        case,
        seq,
    )


async def answered(connection: Connection, one: Outgoing, outcome: Ended, receipt: str, at: datetime) -> bool:
    """Keep the answer to a message; False if it had one already."""
    key = await connection.sealer.person(connection, one.person)
    done = await connection.fetch(
        "UPDATE handover_out SET outcome = $3, receipt = $4, answered_at = $5, locked_until = NULL, last_error = NULL"
        " WHERE region = $1 AND message = $2 AND outcome IS NULL RETURNING 1",
        one.region,
        one.message,
        outcome,
        key.seal_text(SAID.place("receipt", (one.region, one.message)), receipt),
        at,
    )
    return bool(done)


async def sent(db: Database | Connection, region: str, message: UUID) -> Outgoing | None:
    """One message of ours."""
    rows = await db.fetch("SELECT * FROM handover_out WHERE region = $1 AND message = $2", region, message)
    return next(iter(await _outgoing(db, rows)), None)


async def of_case(db: Database | Connection, region: str, case: str) -> list[Outgoing]:
    """What was said about one case, in order."""
    rows = await db.fetch(
        "SELECT * FROM handover_out WHERE region = $1 AND case_id = $2 ORDER BY seq, place", region, case
    )
    return await _outgoing(db, rows)


async def received(db: Database | Connection, region: str, message: UUID) -> Incoming | None:
    """One message of theirs, if it came."""
    rows = await db.fetch("SELECT * FROM handover_in WHERE region = $1 AND message = $2", region, message)
    return next(iter(await _incoming(db, rows)), None)


async def declined(db: Database, region: str, message: UUID) -> bool:
    """Whether a paper of the case of this message was declined."""
    return bool(
        await db.fetchval(
            "SELECT EXISTS (SELECT FROM handover_in WHERE number = $2 AND region = $1 AND kind = 'paper'"
            " AND outcome = 'declined')",
            region,
            str(message),
        )
    )


async def note(connection: Connection, one: Incoming) -> None:
    """Write that a message was received, with its answer. Raises `HeardBefore` for a second one of the same id."""
    key = await connection.sealer.person(connection, one.person)
    written = await connection.fetch(
        "INSERT INTO handover_in (region, message, kind, peer, number, case_id, person, digest, outcome, receipt, at)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT DO NOTHING RETURNING 1",
        *(one.region, one.message, one.kind.value, one.peer, one.number, one.case_id, one.person, one.digest),
        one.outcome,
        key.seal_text(HEARD.place("receipt", (one.region, one.message)), one.receipt),
        one.at,
    )
    if not written:
        raise HeardBefore(one.message)


async def by_number(db: Database | Connection, number: str) -> list[str]:
    """Our numbers of cases that came from elsewhere under this number."""
    rows = await db.fetch(
        "SELECT DISTINCT case_id FROM handover_in WHERE number = $1 AND kind = 'case' AND outcome = 'taken'", number
    )
    return [row["case_id"] for row in rows]


async def said(db: Database, peer: str, after: tuple[str, UUID] = _FIRST, limit: int = 500) -> list[Outgoing]:
    """What we have said to a peer, in the order of the key."""
    rows = await db.fetch(
        "SELECT * FROM handover_out WHERE peer = $1 AND (region, message) > ($2, $3) ORDER BY region, message LIMIT $4",
        *(peer, *after, limit),
    )
    return await _outgoing(db, rows)


async def heard(db: Database, peer: str, after: tuple[str, UUID] = _FIRST, limit: int = 500) -> list[Incoming]:
    """What a peer has said to us, in the order of the key."""
    rows = await db.fetch(
        "SELECT * FROM handover_in WHERE peer = $1 AND (region, message) > ($2, $3) ORDER BY region, message LIMIT $4",
        *(peer, *after, limit),
    )
    return await _incoming(db, rows)


async def waiting(db: Database) -> int:
    """How many messages have no answer yet."""
    return int(await db.fetchval("SELECT count(*) FROM handover_out WHERE outcome IS NULL") or 0)


async def _outgoing(db: Database | Connection, rows: Sequence[Row]) -> list[Outgoing]:
    texts = [text for row in rows for text in (row["body"], row["receipt"]) if text]
    ring = await db.sealer.ring(db, [text for text in texts if is_sealed(text)])
    found: list[Outgoing] = []
    for row in rows:
        at = (row["region"], row["message"])
        body, receipt = ring.text(SAID.place("body", at), row["body"]), row["receipt"] or ""
        opened = ring.text(SAID.place("receipt", at), receipt)
        found.append(msgspec.convert({**row, "body": body, "receipt": opened}, Outgoing))
    return found


async def _incoming(db: Database | Connection, rows: Sequence[Row]) -> list[Incoming]:
    ring = await db.sealer.ring(db, [row["receipt"] for row in rows])
    found: list[Incoming] = []
    for row in rows:
        opened = ring.text(HEARD.place("receipt", (row["region"], row["message"])), row["receipt"])
        found.append(msgspec.convert({**row, "receipt": opened}, Incoming))
    return found
