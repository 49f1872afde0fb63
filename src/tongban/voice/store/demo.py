"""Invented complaints of the demonstration: only when, and of which part; nobody and no words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from tongban.base.database import Database


class Invented(NamedTuple):
    """A complaint of nobody."""

    id: str
    at: datetime


async def add_complaints(db: Database, region: str, service: str, cause: str, found: Sequence[Invented]) -> None:
    """Write them, confirmed and dealt with, so that none waits for anybody."""
    await db.execute(
        "INSERT INTO complaint (region, source, id, at, service, suggested, cause, confirmed_at, confirmed_by,"
        " improvement) SELECT $1, 'request', x.id, x.at, $2, $3, $3, x.at, 'demo', 'demo'"
        " FROM unnest($4::text[], $5::timestamptz[]) AS x(id, at) ON CONFLICT DO NOTHING",
        region,
        service,
        cause,
        [one.id for one in found],
        [one.at for one in found],
    )
