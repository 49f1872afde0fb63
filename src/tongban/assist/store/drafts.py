"""What officials made of drafts."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from tongban.assist.store.sealed import DRAFT
from tongban.base.database import Connection, Row
from tongban.base.sealing import PersonKey, Ring


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


async def add(connection: Connection, sent: SentDraft, key: PersonKey) -> None:
    """Keep one, sealed; the first stays."""
    row = (sent.region, sent.call, sent.person)
    sealed = msgspec.structs.replace(
        sent,
        offered=key.seal_text(DRAFT.place("offered", row), sent.offered),
        sent=key.seal_text(DRAFT.place("sent", row), sent.sent),
    )
    await connection.execute(
        "INSERT INTO assist_draft"
        " (region, call, person, subject, body, post, name, act, field, at, offered, sent, kept)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) ON CONFLICT DO NOTHING",
        *msgspec.structs.astuple(sealed),
    )


async def of_case(connection: Connection, region: str, case: str) -> list[SentDraft]:
    """Those of one case, oldest first, as they lie there (`opened`)."""
    return [_sent(row) for row in await connection.fetch(_OF_CASE, region, case)]


async def of_bodies(
    connection: Connection, bodies: Sequence[str], before: tuple[datetime, str], limit: int
) -> list[SentDraft]:
    """Those of some bodies, newest first, before a moment and call, as they lie there (`opened`)."""
    return [_sent(row) for row in await connection.fetch(_OF_BODIES, list(bodies), *before, limit)]


def texts(found: Sequence[SentDraft]) -> list[str]:
    """What of them is sealed, for `Store.ring`."""
    return [text for one in found for text in (one.offered, one.sent)]


def opened(ring: Ring, found: Sequence[SentDraft]) -> list[SentDraft]:
    """Their texts in clear; of somebody whose key was erased, that it was."""
    return [
        msgspec.structs.replace(
            one,
            offered=ring.shown(DRAFT.place("offered", (one.region, one.call, one.person)), one.offered),
            sent=ring.shown(DRAFT.place("sent", (one.region, one.call, one.person)), one.sent),
        )
        for one in found
    ]


def _sent(row: Row) -> SentDraft:
    return SentDraft(**dict(row))
