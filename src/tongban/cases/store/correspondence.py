"""All SQL of letters to a body: of the cases that it asked other bodies for. Their words lie sealed with its key."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import msgspec

from tongban.base.database import Row
from tongban.base.i18n import Text
from tongban.base.sealing import open_json
from tongban.cases.store.runner import Runner
from tongban.cases.store.sealed import NOTICE

MOST_UNREAD = 100


class ToBody(msgspec.Struct, frozen=True, kw_only=True):
    """One letter. `sender` is the body that answers for the case; `read_at` when somebody of the reader's body first
    opened it."""

    case_id: str
    seq: int
    at: datetime
    title: Text
    body: Text
    read_at: datetime | None
    sender: str
    service: str


_LETTER = (
    "SELECT n.region, n.case_id, n.seq, n.at, n.title, n.body, n.read_at, c.body AS sender, c.service"
    " FROM notice n JOIN case_row c ON c.region = n.region AND c.case_id = n.case_id"
)


async def newest(
    db: Runner, reader: str, sender: str, now: datetime, before: tuple[datetime, str, int], limit: int
) -> list[ToBody]:
    """Letters to a body that have been sent by `now`, newest first; of one `sender` where it is named."""
    rows = await db.fetch(
        f"{_LETTER} WHERE n.person = $1 AND n.at <= $2 AND (n.at, n.case_id, n.seq) < ($3, $4, $5)"
        " AND ($6 = '' OR c.body = $6) ORDER BY n.at DESC, n.case_id DESC, n.seq DESC LIMIT $7",
        reader,
        now,
        *before,
        sender,
        limit,
    )
    return await _opened(db, rows)


async def thread(db: Runner, reader: str, region: str, case: str, now: datetime) -> list[ToBody]:
    """The letters of one case, oldest first."""
    rows = await db.fetch(
        f"{_LETTER} WHERE n.region = $1 AND n.case_id = $2 AND n.person = $3 AND n.at <= $4 ORDER BY n.seq",
        region,
        case,
        reader,
        now,
    )
    return await _opened(db, rows)


async def senders(db: Runner, reader: str, now: datetime) -> dict[str, int]:
    """Who has written to a body, and how many of their letters nobody has opened; the most written-to hundred."""
    rows = await db.fetch(
        "SELECT c.body AS sender, count(*) FILTER (WHERE n.read_at IS NULL)::int AS unread FROM notice n"
        " JOIN case_row c ON c.region = n.region AND c.case_id = n.case_id"
        " WHERE n.person = $1 AND n.at <= $2 GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 100",
        reader,
        now,
    )
    return {row["sender"]: row["unread"] for row in rows}


async def unread(db: Runner, reader: str, now: datetime) -> int:
    """How many nobody has opened, `MOST_UNREAD` at most."""
    return await db.fetchval(
        "SELECT count(*)::int FROM (SELECT FROM notice WHERE person = $1 AND at <= $2 AND read_at IS NULL LIMIT $3) u",
        reader,
        now,
        MOST_UNREAD,
    )


async def read(db: Runner, reader: str, region: str, case: str, now: datetime) -> None:
    """Somebody of the body has opened the letters of a case."""
    await db.execute(
        "UPDATE notice SET read_at = $4 WHERE region = $1 AND case_id = $2 AND person = $3 AND at <= $4"
        " AND read_at IS NULL",
        region,
        case,
        reader,
        now,
    )


async def _opened(db: Runner, rows: Sequence[Row]) -> list[ToBody]:
    ring = await db.sealer.ring(db, (text for row in rows for text in (row["title"], row["body"])))
    letters: list[ToBody] = []
    for row in rows:
        at = (row["region"], row["case_id"], row["seq"])
        words = {part: open_json(ring, NOTICE.place(part, at), row[part]) for part in NOTICE.json}
        letters.append(msgspec.convert({**row, **words}, ToBody))
    return letters
