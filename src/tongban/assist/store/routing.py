"""Requests of earlier days and where they went. Nothing is added any more (`routing.earlier`)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

import msgspec

from tongban.assist.routing.records import Request
from tongban.assist.store.sealed import MOVE, REQUEST
from tongban.base.database import Connection, Row
from tongban.base.sealing import Ring

_REQUEST = """
    SELECT r.region, r.id, r.at, r.said, r.urgency, r.rule, r.taken_by, r.office, r.call, r.top,
           (SELECT jsonb_agg(to_jsonb(m) - '{region,request}'::text[] ORDER BY m.seq)
              FROM routing_move m WHERE m.region = r.region AND m.request = r.id) AS moves
      FROM routing_request r
"""
_ONE = _REQUEST + " WHERE r.region = $1 AND r.id = $2"
# A body sees what its counter took and what was ever sent to it: passing on leaves a trace with everybody who had it.
_OF_BODIES = (
    _REQUEST
    + """
     WHERE r.region = $1 AND ($3::timestamptz IS NULL OR (r.at, r.id) < ($3, $4))
       AND (r.office = ANY($2::text[]) OR EXISTS (
            SELECT FROM routing_move m WHERE m.region = r.region AND m.request = r.id AND m.body = ANY($2::text[])))
     ORDER BY r.at DESC, r.id DESC LIMIT $5
"""
)
# The check is the last move and follows the passing on directly; whoever passed it on does not check it.
_LESSONS = """
    SELECT r.region, r.id, r.said, c.category FROM routing_move c
      JOIN routing_move p ON p.region = c.region AND p.request = c.request AND p.seq = c.seq - 1
      JOIN routing_request r ON r.region = c.region AND r.id = c.request
     WHERE c.kind = 'checked' AND p.kind = 'passed-on' AND p.by_id <> c.by_id
       AND ($1::text IS NULL OR c.region = $1) AND c.at >= $2
       AND NOT EXISTS (SELECT FROM routing_move l
                        WHERE l.region = c.region AND l.request = c.request AND l.seq > c.seq)
     ORDER BY c.at DESC, c.request DESC LIMIT $3
"""


async def one(connection: Connection, region: str, request: str) -> Request | None:
    """A request by its number, sealed as it lies there (`opened`), like all that follow."""
    row = await connection.fetchrow(_ONE, region, request)
    return None if row is None else _request(row)


async def of_bodies(
    connection: Connection, region: str, bodies: Sequence[str], after: tuple[datetime, str] | None, limit: int
) -> list[Request]:
    """Requests that these bodies took or were ever sent, the newest first."""
    at, key = after or (None, None)
    return [_request(row) for row in await connection.fetch(_OF_BODIES, region, list(bodies), at, key, limit)]


async def lessons(connection: Connection, region: str | None, since: datetime, limit: int) -> list[Row]:
    """`region, id, said, category` of requests that one person passed on and another checked since then, the newest
    first; of every region for None. Their words are sealed (`words`)."""
    return await connection.fetch(_LESSONS, region, since, limit)


def words(ring: Ring, region: str, request: str, said: str) -> str:
    """The words of a request in clear; of one whose key was erased, that it was."""
    return ring.shown(REQUEST.place("said", (region, request)), said)


def texts(found: Sequence[Request]) -> Iterator[str]:
    """Everything of these requests that is sealed."""
    for one in found:
        yield one.said
        yield from (move.why for move in one.moves)


def opened(ring: Ring, found: Sequence[Request]) -> list[Request]:
    """Requests as they were said, each move with its reason."""
    return [
        msgspec.structs.replace(
            one,
            said=words(ring, one.region, one.id, one.said),
            moves=tuple(
                msgspec.structs.replace(
                    move, why=ring.shown(MOVE.place("why", (one.region, one.id, move.seq)), move.why)
                )
                for move in one.moves
            ),
        )
        for one in found
    ]


def _request(row: Row) -> Request:
    return msgspec.convert(dict(row), Request)
