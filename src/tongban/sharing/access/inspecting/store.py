"""All SQL of inspections. Their rows are only ever added."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from tongban.base.database import Row
from tongban.base.sealing import PersonKey, SealedTable
from tongban.sharing.access.store import Keeper, Place, Runner

INSPECTION = SealedTable(table="access_inspection", key=("person", "id"), owner="person", text=("reason",))
SEALED = (INSPECTION,)

_COLUMNS = (
    "i.person, i.id, i.at, i.case_id, i.body, i.post, i.reader, i.rule, i.until, i.reason,"
    " a.reader AS agreed_by, a.at AS agreed_at, e.at AS ended_at"
)
_WITH_ACTS = """
    FROM access_inspection i
    LEFT JOIN access_inspection_act a ON a.person = i.person AND a.inspection = i.id AND a.act = 'agreed'
    LEFT JOIN access_inspection_act e ON e.person = i.person AND e.inspection = i.id AND e.act = 'ended'
"""


async def add(db: Keeper, row: dict[str, Any], key: PersonKey) -> None:
    """Keep a proposal, its reason sealed with the key of the person whose case it is."""
    place = INSPECTION.place("reason", (row["person"], row["id"]))
    names = ("person", "id", "at", "case_id", "body", "post", "reader", "rule", "until", "reason", "kept_until")
    await db.execute(
        f"INSERT INTO access_inspection ({', '.join(names)})"  # noqa: S608 -- constants of this module
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        *({**row, "reason": key.seal_text(place, row["reason"])}[name] for name in names),
    )


async def say(
    db: Runner, person: str, number: UUID, act: Literal["agreed", "ended"], at: datetime, post: str, reader: str
) -> None:
    """Keep what was said of one; the first word counts."""
    await db.execute(
        "INSERT INTO access_inspection_act (person, inspection, act, at, post, reader)"
        " VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING",
        person,
        number,
        act,
        at,
        post,
        reader,
    )


async def latest(db: Runner, case: str, body: str, now: datetime) -> Row | None:
    """The last one of a body about a case that has neither ended nor run out."""
    rows = await db.fetch(
        f"SELECT {_COLUMNS} {_WITH_ACTS} WHERE i.case_id = $1 AND i.body = $2 AND i.until > $3 AND e.at IS NULL"
        " ORDER BY i.at DESC, i.id DESC LIMIT 1",
        case,
        body,
        now,
    )
    return rows[0] if rows else None


async def of_bodies(db: Runner, bodies: Sequence[str], after: Place | None, limit: int) -> list[Row]:
    """Those of these bodies, latest first."""
    at, key = after or (None, None)
    return await db.fetch(
        f"SELECT {_COLUMNS} {_WITH_ACTS} WHERE i.body = ANY($1::text[])"
        " AND ($2::timestamptz IS NULL OR (i.at, i.id) < ($2, $3)) ORDER BY i.at DESC, i.id DESC LIMIT $4",
        list(bodies),
        at,
        key,
        limit,
    )


async def sweep(db: Runner, today: date, limit: int) -> int:
    """Remove those that were kept for their time; their number."""
    done = await db.execute(
        "DELETE FROM access_inspection WHERE ctid = ANY(ARRAY(SELECT ctid FROM access_inspection"
        " WHERE kept_until < least($1::date, current_date) ORDER BY kept_until LIMIT $2))",
        today,
        limit,
    )
    return int(done.rpartition(" ")[2])
