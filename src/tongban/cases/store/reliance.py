"""Which case relies on which certificate, and the changes that a case has still to be told of."""

from __future__ import annotations

from datetime import datetime
from typing import Literal, TypeAlias

import msgspec

from tongban.base.ids import region_of
from tongban.cases.store.runner import Runner
from tongban.sharing import Listed

Change: TypeAlias = Literal["suspended", "revoked", "replaced", "restored", "unknown", "confirmed"]
"""What became of a certificate; `unknown` and `confirmed` only of one of another installation, whose list of status
could not be had for a day, or can be had again."""
Standing: TypeAlias = Literal["valid", "suspended", "revoked", "unknown"]


class Changed(msgspec.Struct, frozen=True, kw_only=True):
    """A change that a case has not been told of yet."""

    region: str
    case_id: str
    certificate: str
    first: str
    """The one that it relied on to begin with, where another has taken its place since."""
    change: Change
    at: datetime


class Elsewhere(msgspec.Struct, frozen=True, kw_only=True):
    """A certificate of another installation on which open cases rest, as its issuer's list last had it."""

    certificate: str
    uri: str
    place: int
    standing: Standing
    seen_at: datetime


async def rely(db: Runner, certificate: str, case: str) -> None:
    """Keep that a case relies on it; again is harmless."""
    await db.execute(
        "INSERT INTO certificate_reliance (region, case_id, certificate) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
        region_of(case),
        case,
        certificate,
    )


async def rely_elsewhere(db: Runner, certificate: str, case: str, listed: Listed, now: datetime) -> None:
    """Keep that a case relies on one of another installation, and where that says how it stands."""
    await db.execute(
        "INSERT INTO certificate_reliance (region, case_id, certificate, uri, place, seen_at)"
        " VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING",
        region_of(case),
        case,
        certificate,
        listed.uri,
        listed.place,
        now,
    )


async def elsewhere(db: Runner, after: tuple[str, str, str], most: int) -> list[Elsewhere]:
    """The certificates of other installations on which open cases rest, by number, address and standing; those after
    such a place."""
    rows = await db.fetch(
        "SELECT r.certificate, r.uri, r.place, r.standing, min(r.seen_at) AS seen_at FROM certificate_reliance r"
        " JOIN case_row c ON c.region = r.region AND c.case_id = r.case_id AND c.open WHERE r.uri <> ''"
        " AND (r.certificate, r.uri, r.standing) > ($1, $2, $3) GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 4 LIMIT $4",
        *after,
        most,
    )
    return [msgspec.convert(dict(row), Elsewhere) for row in rows]


async def seen(db: Runner, one: Elsewhere, standing: Standing, change: Change | None, at: datetime) -> bool:
    """Its issuer's list was had, or was not for too long (`unknown`): whoever relies on it is to be told of a change.
    False if somebody else has noted it meanwhile."""
    done = await db.execute(
        "UPDATE certificate_reliance SET standing = $3,"
        " seen_at = CASE WHEN $3 = 'unknown' THEN seen_at ELSE $5 END,"
        " change = coalesce($4::text, change), changed_at = CASE WHEN $4::text IS NULL THEN changed_at ELSE $5 END"
        " WHERE certificate = $1 AND uri <> '' AND standing = $2",
        one.certificate,
        one.standing,
        standing,
        change,
        at,
    )
    return done != "UPDATE 0"


async def mark(db: Runner, certificate: str, change: Change, at: datetime) -> None:
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
            " AND change NOT IN ('restored', 'confirmed'))",
            region_of(case),
            case,
        )
    )


async def open_about(db: Runner, certificate: str, service: str) -> str:
    """The newest open case of a service that is about a certificate; empty where there is none."""
    found: str | None = await db.fetchval(
        "SELECT r.case_id FROM certificate_reliance r JOIN case_row c ON c.region = r.region AND c.case_id = r.case_id"
        " WHERE r.certificate = $1 AND c.open AND c.service = $2 ORDER BY c.opened_at DESC LIMIT 1",
        certificate,
        service,
    )
    return found or ""


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
