"""All SQL of the list: what was published, and what is proposed."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from tongban.base.database import Row
from tongban.sharing.store import Reads, Writes


async def newest(db: Reads) -> tuple[int, datetime | None]:
    """How much was published, and when last: what tells one state of the tables from another."""
    (row,) = await db.fetch(
        "SELECT count(*) AS entries, max(published) AS last FROM"
        " (SELECT published FROM data_entry UNION ALL SELECT published FROM data_element) p"
    )
    return row["entries"], row["last"]


async def entries(db: Reads) -> list[Row]:
    """The newest published version of each entry, by resource."""
    return await db.fetch("SELECT DISTINCT ON (resource) * FROM data_entry ORDER BY resource, version DESC")


async def version_of(db: Reads, resource: str) -> int:
    """The newest published version; 0 where nothing was published here."""
    (row,) = await db.fetch("SELECT coalesce(max(version), 0) AS version FROM data_entry WHERE resource = $1", resource)
    return row["version"]


async def publish(
    db: Writes, resource: str, version: int, body: str, content: Mapping[str, Any], at: datetime, event: str
) -> None:
    """One version; the same event again is harmless."""
    await db.execute(
        """
        INSERT INTO data_entry (resource, version, body, content, published, event) VALUES ($1, $2, $3, $4, $5, $6)
        ON CONFLICT (event) DO NOTHING
        """,
        resource,
        version,
        body,
        dict(content),
        at,
        event,
    )


async def elements(db: Reads) -> list[Row]:
    """The newest published version of each element, by name."""
    return await db.fetch("SELECT DISTINCT ON (element) * FROM data_element ORDER BY element, version DESC")


async def publish_element(
    db: Writes, element: str, body: str, content: Mapping[str, Any], at: datetime, event: str
) -> None:
    """The next version of an element; the same event again is harmless."""
    await db.execute(
        """
        INSERT INTO data_element (element, version, body, content, published, event)
        SELECT $1, coalesce(max(version), 0) + 1, $2, $3, $4, $5 FROM data_element WHERE element = $1
        ON CONFLICT (event) DO NOTHING
        """,
        element,
        body,
        dict(content),
        at,
        event,
    )


async def propose(
    db: Writes, body: str, key: UUID, resource: str, content: Mapping[str, Any], at: datetime, by: str
) -> None:
    """Keep what a body proposes, word for word."""
    await db.execute(
        """
        INSERT INTO data_entry_proposal (body, id, resource, content, at, by_id) VALUES ($1, $2, $3, $4, $5, $6)
        ON CONFLICT DO NOTHING
        """,
        body,
        key,
        resource,
        dict(content),
        at,
        by,
    )


async def proposal(db: Reads, body: str, key: UUID) -> Row | None:
    """One proposal of a body."""
    rows = await db.fetch("SELECT * FROM data_entry_proposal WHERE body = $1 AND id = $2", body, key)
    return rows[0] if rows else None


async def carried(db: Writes, body: str, key: UUID, case: str) -> None:
    """Say which case carries a proposal."""
    await db.execute("UPDATE data_entry_proposal SET case_id = $3 WHERE body = $1 AND id = $2", body, key, case)


async def proposals(db: Reads, body: str, after: tuple[datetime, UUID] | None, limit: int) -> list[Row]:
    """What a body proposed with a case, newest first."""
    at, key = after or (None, None)
    return await db.fetch(
        """
        SELECT * FROM data_entry_proposal
         WHERE body = $1 AND case_id <> '' AND ($2::timestamptz IS NULL OR (at, id) < ($2, $3))
         ORDER BY at DESC, id DESC LIMIT $4
        """,
        body,
        at,
        key,
        limit,
    )


async def take(db: Writes, entry: str, case: str, at: datetime) -> str:
    """A case begins to change an entry. The answer is the case that does: this one, or one that was before it."""
    rows = await db.fetch(
        """
        INSERT INTO data_entry_open AS o (entry, case_id, since) VALUES ($1, $2, $3)
        ON CONFLICT (entry) DO UPDATE SET since = o.since RETURNING case_id
        """,
        entry,
        case,
        at,
    )
    return rows[0]["case_id"]


async def let_go(db: Writes, case: str) -> None:
    """A case has ended: its entries can be changed by another."""
    await db.execute("DELETE FROM data_entry_open WHERE case_id = $1", case)


async def last_case(db: Reads, body: str, resource: str) -> str | None:
    """The newest case by which a body proposed a change of an entry."""
    rows = await db.fetch(
        """
        SELECT case_id FROM data_entry_proposal
         WHERE body = $1 AND resource = $2 AND case_id <> '' ORDER BY at DESC, id DESC LIMIT 1
        """,
        body,
        resource,
    )
    return rows[0]["case_id"] if rows else None
