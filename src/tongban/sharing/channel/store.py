"""All SQL of the exchange: a message is remembered, answered and logged by one statement, many messages at once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final, NamedTuple
from uuid import UUID

from tongban.base.clock import utc
from tongban.base.database import Database, Row
from tongban.sharing.store import Reads

ANSWER_DAYS: Final = 1
"""How long an answer is kept for a repetition."""
LOG_MONTHS: Final = 37
"""How long the message log is kept: three years and the month begun."""


class Line(NamedTuple):
    """One message, as the log has it. `sealed` is the answer kept for a repetition, None for a refusal.

    `fresh` says that the signature held, so that its nonce counts as used. The order is that of the columns in `WRITE`.
    """

    id: UUID
    fresh: bool
    created: int
    nonce: str
    client: str
    key_id: str
    service: str
    purpose: str
    matter: str
    asker: str
    message_id: UUID | None
    repeat_key: str
    target: str
    digest: str
    parameters: str
    signature: bytes
    question: bytes
    code: str
    status: int
    answer_digest: str
    answer_parameters: str
    answer_signature: bytes
    sealed: bytes | None
    milliseconds: int


WRITE: Final = """
WITH item AS MATERIALIZED (
    SELECT * FROM unnest(
        $2::uuid[], $3::bool[], $4::int8[], $5::text[], $6::text[], $7::text[], $8::text[],
        $9::text[], $10::text[], $11::text[], $12::uuid[], $13::text[], $14::text[], $15::text[],
        $16::text[], $17::bytea[], $18::bytea[], $19::text[], $20::int4[], $21::text[], $22::text[],
        $23::bytea[], $24::bytea[], $25::int4[]
    ) WITH ORDINALITY AS i(
        id, fresh, created, nonce, client, key_id, service, purpose, matter, asker, message_id,
        repeat_key, target, digest, parameters, signature, question, code, status, answer_digest,
        answer_parameters, answer_signature, sealed, milliseconds, n
    )
), used AS (
    INSERT INTO x1_nonce (created, key_id, nonce)
    SELECT to_timestamp(created), key_id, nonce FROM item WHERE fresh
    ON CONFLICT DO NOTHING RETURNING key_id, nonce
), kept AS (
    INSERT INTO x1_answer (message_id, client, question, sealed)
    SELECT i.message_id, i.client, i.question, i.sealed FROM item i JOIN used USING (key_id, nonce)
     WHERE i.sealed IS NOT NULL
    ON CONFLICT DO NOTHING RETURNING message_id, client
), told AS MATERIALIZED (
    -- What was kept before is looked up only where something was: as a join it would read a whole day each time.
    SELECT i.*,
           CASE WHEN i.fresh AND used.nonce IS NULL THEN 'replayed'
                WHEN i.sealed IS NULL OR kept.client IS NOT NULL THEN ''
                ELSE coalesce((
                    SELECT CASE WHEN a.question = i.question THEN 'repeated' ELSE 'message-id-reused' END
                      FROM x1_answer a WHERE a.message_id = i.message_id AND a.client = i.client
                ), 'message-in-progress') END AS outcome
      FROM item i
      LEFT JOIN used USING (key_id, nonce)
      LEFT JOIN kept ON kept.message_id = i.message_id AND kept.client = i.client
), logged AS (
    INSERT INTO x1_message (at, id, client, key_id, service, purpose, matter, asker, message_id, repeat_key, target,
                            digest, parameters, signature, code, status, answer_digest, answer_parameters,
                            answer_signature, milliseconds)
    SELECT $1, id, client, key_id, service, purpose, matter, asker, message_id, repeat_key, target,
           digest, parameters, signature, CASE outcome WHEN '' THEN code ELSE outcome END,
           CASE outcome WHEN '' THEN status WHEN 'repeated' THEN 200 ELSE 409 END,
           CASE outcome WHEN '' THEN answer_digest ELSE '' END,
           CASE outcome WHEN '' THEN answer_parameters ELSE '' END,
           CASE outcome WHEN '' THEN answer_signature ELSE '' END, milliseconds
      FROM told
)
SELECT n, outcome,
       CASE outcome WHEN 'repeated' THEN (
         SELECT a.sealed FROM x1_answer a WHERE a.message_id = told.message_id AND a.client = told.client
       ) END AS earlier
  FROM told WHERE outcome <> ''
"""


async def write(db: Reads, at: datetime, lines: Sequence[Line]) -> list[Row]:
    """Remember, keep and log. Rows of `n` (from 1), `outcome`, `earlier` for those that were not the first."""
    return await db.fetch(WRITE, at, *(list(column) for column in zip(*lines, strict=True)))


async def messages(db: Reads, limit: int = 100, client: str = "") -> list[Row]:
    """The newest lines of the log, of all members or of one."""
    return await db.fetch(
        "SELECT * FROM x1_message WHERE $2 = '' OR client = $2 ORDER BY at DESC, id DESC LIMIT $1", limit, client
    )


async def counted(db: Reads) -> dict[str, int]:
    """How many lines of each code; the code of an answered message is empty."""
    rows = await db.fetch("SELECT code, count(*) AS number FROM x1_message GROUP BY code")
    return {row["code"]: row["number"] for row in rows}


async def tend(db: Database, now: datetime, *, log_months: int = LOG_MONTHS) -> list[str]:
    """Make the partitions of the days to come and drop those that are over; the names of what was dropped.

    Several processes may call it at once. Nothing is deleted row by row.
    """
    day = utc(now).date()
    wanted = {name: bounds for ahead in range(-1, 3) for name, bounds in _of_day(day + timedelta(days=ahead)).items()}
    wanted |= {name: bounds for ahead in range(2) for name, bounds in _of_month(_month(day, ahead)).items()}
    oldest_day, oldest_month = day - timedelta(days=ANSWER_DAYS + 1), _month(day, -log_months)
    async with db.transaction() as connection:
        await connection.execute("SELECT pg_advisory_xact_lock(hashtext('x1-partitions'))")
        rows = await connection.fetch(
            """
            SELECT c.relname AS name FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
             WHERE i.inhparent IN ('x1_nonce'::regclass, 'x1_answer'::regclass, 'x1_message'::regclass)
            """
        )
        there = {row["name"] for row in rows}
        for name, (table, low, high) in wanted.items():
            if name not in there:
                await connection.execute(
                    f"CREATE TABLE {name} PARTITION OF {table} FOR VALUES FROM ('{low}') TO ('{high}')"
                )
        over = sorted(name for name in there - wanted.keys() if _over(name, oldest_day, oldest_month))
        for name in over:
            await connection.execute(f"DROP TABLE {name}")
    return over


def _over(name: str, oldest_day: date, oldest_month: date) -> bool:
    kind, _, stamp = name.rpartition("_")
    if kind == "x1_message":
        return date(int(stamp[:4]), int(stamp[4:6]), 1) < oldest_month
    return date(int(stamp[:4]), int(stamp[4:6]), int(stamp[6:8])) < oldest_day


def _of_day(day: date) -> dict[str, tuple[str, Any, Any]]:
    after = day + timedelta(days=1)
    return {
        f"x1_nonce_{day:%Y%m%d}": ("x1_nonce", f"{day} 00:00+00", f"{after} 00:00+00"),
        f"x1_answer_{day:%Y%m%d}": ("x1_answer", _first_id(day), _first_id(after)),
    }


def _of_month(month: date) -> dict[str, tuple[str, Any, Any]]:
    after = _month(month, 1)
    return {f"x1_message_{month:%Y%m}": ("x1_message", f"{month} 00:00+00", f"{after} 00:00+00")}


def _month(day: date, ahead: int) -> date:
    number = day.year * 12 + day.month - 1 + ahead
    return date(number // 12, number % 12 + 1, 1)


def _first_id(day: date) -> UUID:
    """The lowest UUID of version 7 of a day (UTC): an id of a message says itself in which partition it lies."""
    return UUID(int=(day - date(1970, 1, 1)).days * 86_400_000 << 80)
