"""Requests, where they went, and pairs that officials put together or apart. Rows are only ever added."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from tongban.assist.routing.records import Move, Pair, Request
from tongban.assist.store.sealed import MOVE, PAIR, REQUEST
from tongban.base.database import Connection, Row
from tongban.base.sealing import PersonKey, Ring

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
_RECENT = _REQUEST + " WHERE r.region = $1 AND r.at >= $2 ORDER BY r.at DESC, r.id DESC LIMIT $3"
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


async def add(connection: Connection, request: Request, key: PersonKey) -> None:
    """Keep a request with its first move, its words sealed; one that is there already stays as it is."""
    await connection.execute(
        "INSERT INTO routing_request (region, id, at, said, urgency, rule, taken_by, office, call, top)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT DO NOTHING",
        request.region,
        request.id,
        request.at,
        key.seal_text(REQUEST.place("said", (request.region, request.id)), request.said),
        str(request.urgency),
        request.rule,
        request.taken_by,
        request.office,
        request.call,
        msgspec.to_builtins(request.top),
    )
    for move in request.moves:
        await add_move(connection, request.region, request.id, move, key)


async def add_move(connection: Connection, region: str, request: str, move: Move, key: PersonKey) -> bool:
    """Keep a move, its reason sealed with the key of the request; False where somebody else has moved it meanwhile."""
    done = await connection.execute(
        "INSERT INTO routing_move (region, request, seq, at, kind, category, body, by_id, post, why, machine)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT DO NOTHING",
        region,
        request,
        move.seq,
        move.at,
        move.kind,
        move.category,
        move.body,
        move.by_id,
        move.post,
        key.seal_text(MOVE.place("why", (region, request, move.seq)), move.why) if move.why else "",
        None if move.machine is None else msgspec.to_builtins(move.machine),
    )
    return done.endswith(" 1")


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


async def recent(connection: Connection, region: str, since: datetime, limit: int) -> list[Request]:
    """The newest requests of a region, whoever has them: for finding twins, never for showing as they are."""
    return [_request(row) for row in await connection.fetch(_RECENT, region, since, limit)]


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


async def add_pair(connection: Connection, number: UUID, pair: Pair, key: PersonKey) -> None:
    """Keep that an official put two requests together or apart; why is sealed with the key of the first."""
    await connection.execute(
        "INSERT INTO routing_pair (region, id, at, kind, one, other, by_id, post, why)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING",
        pair.region,
        number,
        pair.at,
        pair.kind,
        pair.one,
        pair.other,
        pair.by_id,
        pair.post,
        key.seal_text(PAIR.place("why", (pair.region, number)), pair.why),
    )


async def pairs(connection: Connection, region: str, limit: int) -> list[Pair]:
    """What officials put together and apart, the newest first. Why is sealed as it lies there: no page shows it."""
    rows = await connection.fetch(
        "SELECT region, at, kind, one, other, by_id, post, why FROM routing_pair WHERE region = $1"
        " ORDER BY id DESC LIMIT $2",
        region,
        limit,
    )
    return [msgspec.convert(dict(row), Pair) for row in rows]


def _request(row: Row) -> Request:
    return msgspec.convert(dict(row), Request)
