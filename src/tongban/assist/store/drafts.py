"""What officials made of drafts."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from tongban.base.database import Connection, Row


class SentDraft(msgspec.Struct, frozen=True, kw_only=True):
    """A draft that an official took: what was offered, what they sent, and the share of it that stood in the draft.

    `subject` is the case, `person` the official's id, `name` theirs on that day.
    """

    region: str
    call: str
    person: str
    subject: str
    body: str
    post: str
    name: str
    act: str
    field: str
    at: datetime
    offered: str
    sent: str
    kept: float


_OF_CASE = """
    SELECT region, call, person, subject, body, post, name, act, field, at, offered, sent, kept
      FROM assist_draft WHERE region = $1 AND subject = $2 ORDER BY at, call
"""
_OF_BODIES = """
    SELECT region, call, person, subject, body, post, name, act, field, at, offered, sent, kept
      FROM assist_draft WHERE body = ANY($1::text[]) AND (at, call) < ($2, $3) ORDER BY at DESC, call DESC LIMIT $4
"""


async def add(connection: Connection, sent: SentDraft) -> None:
    """Keep one; the first stays."""
    await connection.execute(
        "INSERT INTO assist_draft"
        " (region, call, person, subject, body, post, name, act, field, at, offered, sent, kept)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) ON CONFLICT DO NOTHING",
        *msgspec.structs.astuple(sent),
    )


async def of_case(connection: Connection, region: str, case: str) -> list[SentDraft]:
    """Those of one case, oldest first."""
    return [_sent(row) for row in await connection.fetch(_OF_CASE, region, case)]


async def of_bodies(
    connection: Connection, bodies: Sequence[str], before: tuple[datetime, str], limit: int
) -> list[SentDraft]:
    """Those of some bodies, newest first, before a moment and call."""
    return [_sent(row) for row in await connection.fetch(_OF_BODIES, list(bodies), *before, limit)]


def _sent(row: Row) -> SentDraft:
    return SentDraft(**dict(row))
