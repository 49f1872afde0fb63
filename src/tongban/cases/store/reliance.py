"""Which case relies on which certificate, and the changes that a case has still to be told of."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import msgspec

from tongban.base.ids import region_of
from tongban.cases.store.runner import Runner


class Changed(msgspec.Struct, frozen=True, kw_only=True):
    """A change that a case has not been told of yet."""

    region: str
    case_id: str
    certificate: str
    first: str
    """The one that it relied on to begin with, where another has taken its place since."""
    change: Literal["suspended", "revoked", "replaced", "restored"]
    at: datetime


async def rely(db: Runner, certificate: str, case: str) -> None:
    """Keep that a case relies on it; again is harmless."""
    await db.execute(
        "INSERT INTO certificate_reliance (region, case_id, certificate) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
        region_of(case),
        case,
        certificate,
    )


async def mark(db: Runner, certificate: str, change: str, at: datetime) -> None:
    """Every case that relies on it is to be told; only the last change counts."""
    await db.execute(
        "UPDATE certificate_reliance SET change = $2, changed_at = $3 WHERE certificate = $1", certificate, change, at
    )


async def follow(db: Runner, old: str, new: str) -> None:
    """Whoever relies on the old one learns from now on what becomes of the one in its place."""
    await db.execute(
        "INSERT INTO certificate_reliance (region, case_id, certificate, first)"
        " SELECT region, case_id, $2, CASE first WHEN '' THEN certificate ELSE first END"
        " FROM certificate_reliance WHERE certificate = $1 ON CONFLICT DO NOTHING",
        old,
        new,
    )


async def marked(db: Runner, most: int) -> list[Changed]:
    """What is still to be told, the oldest first."""
    rows = await db.fetch(
        "SELECT region, case_id, certificate, first, change, changed_at AS at FROM certificate_reliance"
        " WHERE changed_at IS NOT NULL ORDER BY changed_at, case_id LIMIT $1",
        most,
    )
    return [msgspec.convert(dict(row), Changed) for row in rows]


async def untold(db: Runner, case: str) -> bool:
    """Whether something that speaks against a certificate has still to be told to this case."""
    return bool(
        await db.fetchval(
            "SELECT EXISTS (SELECT FROM certificate_reliance WHERE region = $1 AND case_id = $2"
            " AND change <> 'restored')",
            region_of(case),
            case,
        )
    )


async def settle(db: Runner, told: Changed) -> None:
    """It was told, if nothing newer has come meanwhile."""
    await db.execute(
        "UPDATE certificate_reliance SET change = NULL, changed_at = NULL"
        " WHERE region = $1 AND case_id = $2 AND certificate = $3 AND changed_at = $4",
        told.region,
        told.case_id,
        told.certificate,
        told.at,
    )
