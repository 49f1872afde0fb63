"""Waits at counters, for what is counted: no person, no token."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from tongban.base.database import Database


class Wait(msgspec.Struct, frozen=True, kw_only=True):
    """From the moment since when somebody waited to their call: `value` seconds, in the hall `code`."""

    id: str
    region: str
    at: datetime
    value: int
    code: str
    kind: str = "wait"
    case_id: str = ""
    body: str = ""
    service: str = ""
    channel: str = "counter"


async def moments(db: Database, region: str, after: tuple[datetime, str], limit: int) -> Sequence[Wait]:
    """Calls of a region after (time, id), in that order. Tickets are forgotten after some days, so there are few."""
    rows = await db.fetch(
        "SELECT id, called_at, hall, waited FROM ("
        " SELECT hall || '/' || day || '/' || number AS id, called_at, hall,"
        " greatest(0, extract(epoch FROM called_at - since))::int AS waited"
        " FROM ticket WHERE region = $1 AND called_at IS NOT NULL) t"
        " WHERE (called_at, id) > ($2, $3) ORDER BY called_at, id LIMIT $4",
        region,
        *after,
        limit,
    )
    return [
        Wait(id=row["id"], region=region, at=row["called_at"], value=row["waited"], code=row["hall"]) for row in rows
    ]
