"""Requests of earlier days, written as counters wrote them then: nothing of the platform writes them any more."""

from datetime import datetime
from typing import Literal

import msgspec

from tongban.assist.routing.records import Move, Request
from tongban.assist.routing.urgency import Level
from tongban.assist.store import Store
from tongban.assist.store.sealed import MOVE, PAIR, REQUEST
from tongban.base.ids import uuid7

WHY = "不是这里的"
Step = tuple[Literal["sent", "passed-on", "checked"], str, str]


def request(at: datetime, number: str, said: str, *steps: Step, region: str = "990101") -> Request:
    """A request with its moves as (kind, category, who)."""
    moves = tuple(
        Move(
            seq=n, at=at, kind=kind, category=category, body=f"{region}.housing", by_id=who, post="p", why="不是这里的"
        )
        for n, (kind, category, who) in enumerate(steps, start=1)
    )
    return Request(
        region=region, id=f"{region}-{number}", at=at, said=said, urgency=Level.USUAL, rule="", taken_by="a",
        office=f"{region}.service-centre", moves=moves,
    )  # fmt: skip


async def write(store: Store, one: Request, other: str = "", why: str = "") -> None:
    """As it lies in the database of an installation that took requests at its counters; put together with `other`."""
    key, where = await store.owner(one.id), (one.region, one.id)
    async with store.acting() as connection:
        await connection.execute(
            "INSERT INTO routing_request (region, id, at, said, urgency, rule, taken_by, office, call, top)"
            " VALUES ($1, $2, $3, $4, $5, '', $6, $7, '', $8)",
            *where, one.at, key.seal_text(REQUEST.place("said", where), one.said), str(one.urgency), one.taken_by,
            one.office, msgspec.to_builtins(one.top),
        )  # fmt: skip
        for move in one.moves:
            await connection.execute(
                "INSERT INTO routing_move (region, request, seq, at, kind, category, body, by_id, post, why)"
                " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
                *where, move.seq, move.at, move.kind, move.category, move.body, move.by_id, move.post,
                key.seal_text(MOVE.place("why", (*where, move.seq)), move.why),
            )  # fmt: skip
        if other:
            number = uuid7()
            await connection.execute(
                "INSERT INTO routing_pair (region, id, at, kind, one, other, by_id, post, why)"
                " VALUES ($1, $2, $3, 'together', $4, $5, 'a', 'p', $6)",
                one.region, number, one.at, one.id, other, key.seal_text(PAIR.place("why", (one.region, number)), why),
            )  # fmt: skip
