"""Where people sent requests, and what may be learned from it."""

from __future__ import annotations

from datetime import datetime

import msgspec

from tongban.base.database import Database
from tongban.voice.hotline.model import Sent
from tongban.voice.store.sealed import HOTLINE

# The last sending of a request that its body has taken up. What a machine had put first counts only after an objection.
_LESSONS = """
    SELECT h.region, h.case_id, h.said, s.category FROM hotline_sent s
      JOIN hotline_row h ON h.region = s.region AND h.case_id = s.case_id
     WHERE s.category <> '' AND s.at >= $2 AND ($1::text IS NULL OR s.region = $1)
       AND (h.objected OR NOT s.followed) AND h.body = s.body
       AND h.state IN ('working', 'replied', 'closed')
       AND NOT EXISTS (SELECT FROM hotline_sent l
                        WHERE l.region = s.region AND l.case_id = s.case_id AND l.seq > s.seq)
     ORDER BY s.at DESC, s.case_id DESC LIMIT $3
"""


async def add(db: Database, one: Sent) -> None:
    """Keep where a person sent it."""
    values = msgspec.structs.asdict(one)
    places = ", ".join(f"${n}" for n in range(1, len(values) + 1))
    await db.execute(
        f"INSERT INTO hotline_sent ({', '.join(values)}) VALUES ({places}) ON CONFLICT DO NOTHING",  # noqa: S608 (names of our own struct)
        *values.values(),
    )


async def lessons(db: Database, region: str | None, since: datetime, limit: int) -> list[tuple[str, str]]:
    """Words and category, the newest first; of every region for None."""
    rows = await db.fetch(_LESSONS, region, since, limit)
    ring = await db.sealer.ring(db, (row["said"] for row in rows))
    return [
        (ring.shown(HOTLINE.place("said", (row["region"], row["case_id"])), row["said"]), row["category"])
        for row in rows
    ]
