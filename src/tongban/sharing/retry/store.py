"""All SQL of open questions. A question is written before it is put, so that nothing that happens then can lose it."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from tongban.base.database import Row
from tongban.sharing.retry.model import LEASE, Ended, Open, Wish
from tongban.sharing.store import Reads, Writes

_COLUMNS = "person, matter, resource, record, id, wishes, purpose, reader, opened_at, attempts, submitted"


def _open(row: Row) -> Open:
    return msgspec.convert(dict(row), Open)


async def begin(db: Writes, questions: Sequence[Open], now: datetime) -> None:
    """Write down what is about to be asked; one that was asked before for the same matter is open again."""
    await db.execute(
        """
        INSERT INTO shared_retry (person, matter, resource, record, id, wishes, purpose, reader, opened_at, next_at)
        SELECT q.person, q.matter, q.resource, q.record, q.id, q.wishes, q.purpose, q.reader, $2, $3
          FROM jsonb_to_recordset($1) AS q(person text, matter text, resource text, record text, id uuid,
                                           wishes jsonb, purpose jsonb, reader jsonb)
        ON CONFLICT (person, matter, resource, record) DO UPDATE SET
          id = EXCLUDED.id, wishes = EXCLUDED.wishes, purpose = EXCLUDED.purpose, reader = EXCLUDED.reader,
          opened_at = EXCLUDED.opened_at, next_at = EXCLUDED.next_at, attempts = 0, ended = NULL, ended_at = NULL
        """,
        [msgspec.to_builtins(one) for one in questions],
        now,
        now + LEASE,
    )


async def end(db: Writes, questions: Sequence[Open], how: Ended, now: datetime) -> None:
    """They have ended."""
    await db.execute(
        """
        UPDATE shared_retry r SET ended = $2, ended_at = $3
          FROM jsonb_to_recordset($1) AS q(person text, matter text, resource text, record text)
         WHERE (r.person, r.matter, r.resource, r.record) = (q.person, q.matter, q.resource, q.record)
        """,
        [_key(one) for one in questions],
        how.value,
        now,
    )


async def failed(db: Writes, question: Open, error: str, again: datetime) -> None:
    """Still open; `error` is a stable code, never a person's datum."""
    await db.execute(
        "UPDATE shared_retry SET attempts = attempts + 1, last_error = $5, next_at = $6"
        " WHERE person = $1 AND matter = $2 AND resource = $3 AND record = $4 AND ended IS NULL",
        question.person,
        question.matter,
        question.resource,
        question.record,
        error[:100],
        again,
    )


async def open_of(db: Reads, person: str, matter: str) -> list[Open]:
    """What is still open for a matter of somebody."""
    rows = await db.fetch(
        f"SELECT {_COLUMNS} FROM shared_retry"  # noqa: S608 -- a constant of this module
        " WHERE person = $1 AND matter = $2 AND ended IS NULL ORDER BY resource, record",
        person,
        matter,
    )
    return [_open(row) for row in rows]


async def hand_in(db: Writes, person: str, draft: str, case: str, names: Sequence[str], now: datetime) -> None:
    """A draft became a case: what is still wanted is now the case's, the rest is not needed."""
    await db.execute(
        """
        WITH needed AS (
            UPDATE shared_retry SET matter = $3, submitted = true, next_at = least(next_at, $5)
             WHERE person = $1 AND matter = $2 AND ended IS NULL
               AND EXISTS (SELECT FROM jsonb_array_elements(wishes) w WHERE w ->> 'name' = ANY($4::text[]))
            RETURNING resource, record
        )
        UPDATE shared_retry r SET ended = 'not-needed', ended_at = $5
         WHERE person = $1 AND matter = $2 AND ended IS NULL
           AND NOT EXISTS (SELECT FROM needed n WHERE (n.resource, n.record) = (r.resource, r.record))
        """,
        person,
        draft,
        case,
        list(names),
        now,
    )


async def await_corrections(db: Writes, questions: Sequence[Open], now: datetime, at: datetime) -> None:
    """Questions of a case that wait for a source to correct its record; looked at from `at` on, and see `wake`."""
    await db.execute(
        """
        INSERT INTO shared_retry
               (person, matter, resource, record, id, wishes, purpose, reader, opened_at, next_at, submitted)
        SELECT q.person, q.matter, q.resource, q.record, q.id, q.wishes, q.purpose, q.reader, $2, $3, true
          FROM jsonb_to_recordset($1) AS q(person text, matter text, resource text, record text, id uuid,
                                           wishes jsonb, purpose jsonb, reader jsonb)
        ON CONFLICT (person, matter, resource, record) DO UPDATE SET
          wishes = CASE WHEN shared_retry.ended IS NULL THEN shared_retry.wishes || EXCLUDED.wishes
                        ELSE EXCLUDED.wishes END,
          next_at = EXCLUDED.next_at, submitted = true, ended = NULL, ended_at = NULL
        """,
        [msgspec.to_builtins(one) for one in questions],
        now,
        at,
    )


async def wake(db: Writes, person: str, correction: str, now: datetime) -> None:
    """A correction was answered: what waits for it is due."""
    await db.execute(
        "UPDATE shared_retry SET next_at = least(next_at, $3) WHERE person = $1 AND ended IS NULL AND wishes @> $2",
        person,
        [{"awaits": correction}],
        now,
    )


async def narrow(db: Writes, question: Open, wishes: Sequence[Wish], again: datetime) -> None:
    """Part of a question is answered; of the rest it stays open."""
    await db.execute(
        "UPDATE shared_retry SET wishes = $5, next_at = $6"
        " WHERE person = $1 AND matter = $2 AND resource = $3 AND record = $4 AND ended IS NULL",
        question.person,
        question.matter,
        question.resource,
        question.record,
        msgspec.to_builtins(list(wishes)),
        again,
    )


async def claim(db: Writes, now: datetime, limit: int) -> list[Open]:
    """Questions of cases that are due, each for this process alone for a while."""
    rows = await db.fetch(
        f"""
        UPDATE shared_retry SET next_at = $2 WHERE (person, matter, resource, record) IN (
            SELECT person, matter, resource, record FROM shared_retry
             WHERE ended IS NULL AND submitted AND next_at <= $1 ORDER BY next_at LIMIT $3 FOR UPDATE SKIP LOCKED)
        RETURNING {_COLUMNS}
        """,  # noqa: S608 -- a constant of this module
        now,
        now + LEASE,
        limit,
    )
    return [_open(row) for row in rows]


async def close_drafts(db: Writes, before: datetime, now: datetime) -> None:
    """Questions of drafts that nobody handed in are closed."""
    await db.execute(
        "UPDATE shared_retry SET ended = 'not-needed', ended_at = $2"
        " WHERE ended IS NULL AND NOT submitted AND opened_at < $1",
        before,
        now,
    )


async def unanswered(db: Reads, before: datetime) -> dict[str, int]:
    """How many questions of before then were put to each resource and are still without an answer."""
    rows = await db.fetch(
        "SELECT resource, count(*) AS open FROM shared_retry WHERE ended IS NULL AND attempts > 0 AND opened_at < $1"
        " GROUP BY resource",
        before,
    )
    return {row["resource"]: row["open"] for row in rows}


def _key(question: Open) -> dict[str, str]:
    return {
        "person": question.person,
        "matter": question.matter,
        "resource": question.resource,
        "record": question.record,
    }
