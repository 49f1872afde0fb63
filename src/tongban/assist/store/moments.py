"""What officials said to suggestions, for what is counted: no person, no post, no words."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from tongban.base.database import Database


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """An official of `body` took a suggestion of the use `code` (1) or did not (0)."""

    id: str
    region: str
    body: str
    at: datetime
    value: int
    code: str
    kind: str = "suggestion"
    case_id: str = ""
    service: str = ""
    channel: str = ""


async def moments(db: Database, region: str, after: tuple[datetime, str], limit: int) -> Sequence[Said]:
    """Answers of officials in a region after (time, id), in that order; what citizens said is left out."""
    rows = await db.fetch(
        "SELECT md5(call || '/' || person) AS id, body, at, outcome, use FROM assist_settled"
        " WHERE region = $1 AND post <> '' AND at >= $2 AND (at, md5(call || '/' || person)) > ($2, $3)"
        " ORDER BY at, 1 LIMIT $4",
        region,
        *after,
        limit,
    )
    return [
        Said(
            id=row["id"],
            region=region,
            body=row["body"],
            at=row["at"],
            value=int(row["outcome"] == "accepted"),
            code=row["use"],
        )
        for row in rows
    ]
