"""What the guide said, what people made of it, and the common names that were learned from it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal

import msgspec

from tongban.base.database import Connection
from tongban.base.ids import uuid7

AliasState = Literal["accepted", "rejected", "withdrawn"]


class Learned(msgspec.Struct, frozen=True, kw_only=True):
    """One decision about a common name of an item."""

    item: str
    alias: str
    question: str
    state: AliasState
    version: int
    at: datetime
    why: str
    by_id: str
    by_name: str
    body: str


class Proposal(msgspec.Struct, frozen=True, kw_only=True):
    """A question that led people to an item by choosing it; `times` it happened."""

    item: str
    question: str
    times: int
    last: datetime


class Missed(msgspec.Struct, frozen=True, kw_only=True):
    """A question whose answers people turned down."""

    question: str
    times: int
    last: datetime


async def keep(connection: Connection, region: str, answer: str, content: dict[str, Any], at: datetime) -> None:
    """Keep an answer; the same one again changes nothing."""
    await connection.execute(
        "INSERT INTO guide_answer (region, id, at, content) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
        region,
        answer,
        at,
        content,
    )


async def kept(connection: Connection, region: str, answer: str) -> tuple[datetime, dict[str, Any]] | None:
    """An answer by its id, and when it was first said."""
    row = await connection.fetchrow(
        "SELECT at, content FROM guide_answer WHERE region = $1 AND id = $2", region, answer
    )
    return None if row is None else (row["at"], row["content"])


async def say(
    connection: Connection,
    region: str,
    answer: str,
    kind: Literal["chosen", "none"],
    item: str,
    question: str,
    at: datetime,
) -> None:
    """Keep what somebody did with an answer."""
    await connection.execute(
        "INSERT INTO guide_feedback (region, id, answer, at, kind, item, question) VALUES ($1, $2, $3, $4, $5, $6, $7)",
        region,
        uuid7(),
        answer,
        at,
        kind,
        item,
        question,
    )


async def proposals(connection: Connection, region: str, limit: int) -> list[Proposal]:
    """Choices about which nobody has decided yet, the most frequent first."""
    rows = await connection.fetch(
        "SELECT f.item, f.question, count(*) AS times, max(f.at) AS last FROM guide_feedback f"
        " WHERE f.region = $1 AND f.kind = 'chosen' AND NOT EXISTS (SELECT FROM guide_alias a"
        " WHERE a.region = f.region AND a.item = f.item AND a.question = f.question)"
        " GROUP BY f.item, f.question ORDER BY times DESC, last DESC, f.item, f.question LIMIT $2",
        region,
        limit,
    )
    return [Proposal(**dict(row)) for row in rows]


async def missed(connection: Connection, region: str, limit: int) -> list[Missed]:
    """Questions whose answers were turned down, the most frequent first."""
    rows = await connection.fetch(
        "SELECT question, count(*) AS times, max(at) AS last FROM guide_feedback"
        " WHERE region = $1 AND kind = 'none' GROUP BY question ORDER BY times DESC, last DESC, question LIMIT $2",
        region,
        limit,
    )
    return [Missed(**dict(row)) for row in rows]


async def decide(connection: Connection, region: str, learned: Learned) -> int:
    """Write a decision with the item's next version, and say which; two at once take turns."""
    await connection.execute("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", f"{region}/{learned.item}")
    version: int = await connection.fetchval(
        "SELECT coalesce(max(version), 0) + 1 FROM guide_alias WHERE region = $1 AND item = $2", region, learned.item
    )
    await connection.execute(
        "INSERT INTO guide_alias (region, item, id, alias, question, state, version, at, why, by_id, by_name, body)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
        region,
        learned.item,
        uuid7(),
        learned.alias,
        learned.question,
        learned.state,
        version,
        learned.at,
        learned.why,
        learned.by_id,
        learned.by_name,
        learned.body,
    )
    return version


async def standing(connection: Connection, region: str) -> Sequence[Learned]:
    """How every alias that was ever decided about stands."""
    rows = await connection.fetch(
        "SELECT DISTINCT ON (item, alias) item, alias, question, state, version, at, why, by_id, by_name, body"
        " FROM guide_alias WHERE region = $1 ORDER BY item, alias, version DESC",
        region,
    )
    return [Learned(**dict(row)) for row in rows]


async def newest(connection: Connection, region: str) -> int:
    """How many decisions there are: another number means that the guide must be built anew."""
    count: int = await connection.fetchval("SELECT count(*) FROM guide_alias WHERE region = $1", region)
    return count
