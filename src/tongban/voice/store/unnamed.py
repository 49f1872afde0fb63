"""Requests that name no service, with their words for grouping and never for showing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from tongban.base.database import Database
from tongban.voice.store.hotline import COMPARED
from tongban.voice.store.sealed import HOTLINE


async def waiting(db: Database, regions: Sequence[str], since: datetime, limit: int) -> list[tuple[str, str, str]]:
    """(number, who asked, words) of those that nobody has put to a service, the latest first."""
    rows = await db.fetch(
        "SELECT c.region, c.id, h.applicant, h.said FROM complaint c"  # noqa: S608 (a constant)
        " JOIN hotline_row h ON h.region = c.region AND h.case_id = c.id"
        f" WHERE {COMPARED} AND c.service = '' AND c.cause = '' AND c.source = 'request'"
        " AND c.region = ANY($1::text[]) AND c.at >= $2"
        " ORDER BY c.at DESC, c.id LIMIT $3",
        list(regions),
        since,
        limit,
    )
    ring = await db.sealer.ring(db, (row["said"] for row in rows))
    return [
        (row["id"], row["applicant"], ring.shown(HOTLINE.place("said", (row["region"], row["id"])), row["said"]))
        for row in rows
    ]


async def name(
    db: Database, regions: Sequence[str], about: Mapping[str, str], service: str, cause: str, by: str, at: datetime
) -> int:
    """Note which service these are about, with the part that each seems to be about (`about`: number to part), or with
    `cause` that they are about none; how many it was."""
    done = await db.execute(
        "UPDATE complaint c SET service = $4, suggested = x.part, cause = $5, named_by = $6, named_at = $7"
        " FROM unnest($2::text[], $3::text[]) AS x(id, part)"
        " WHERE c.id = x.id AND c.region = ANY($1::text[]) AND c.source = 'request' AND c.service = ''"
        " AND c.cause = ''",
        list(regions),
        list(about),
        list(about.values()),
        service,
        cause,
        by,
        at,
    )
    return int(done.rpartition(" ")[2])
