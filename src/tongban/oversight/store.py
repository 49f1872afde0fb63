"""All SQL of oversight on PostgreSQL: which cases moved, the sealed bands of who asked, which months were released."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from datetime import date, datetime, time, tzinfo
from typing import Any, NamedTuple, Protocol

import msgspec

from tongban.base.database import Row
from tongban.base.errors import Refused, refuse
from tongban.base.sealing import SealedTable, Sealer, open_json, seal_json

BAND = SealedTable(table="fact_band", key=("region", "case_id"), owner="person", json=("band",))
SEALED = (BAND,)


class Runs(Protocol):
    """A database, or a connection inside a transaction."""

    @property
    def sealer(self) -> Sealer: ...
    async def fetch(self, sql: str, *args: Any) -> list[Row]: ...


class Moved(msgspec.Struct, frozen=True):
    """A case as its row stands."""

    at: datetime
    case: str
    seq: int


class Band(msgspec.Struct, frozen=True):
    """Who asked, as coarsely as figures need it. Empty where it is not known."""

    age: str = ""
    language: str = ""


class Known(NamedTuple):
    """Who asked in a case: a number for the person, and the band. Nothing of it leaves the process."""

    case: str
    person: str
    band: Band


async def regions(db: Runs) -> list[str]:
    """Regions with cases, in order: a jump along the primary key for each."""
    rows = await db.fetch(
        "WITH RECURSIVE r AS (SELECT min(region) AS region FROM case_row UNION ALL"
        " SELECT (SELECT min(c.region) FROM case_row c WHERE c.region > r.region) FROM r WHERE r.region IS NOT NULL)"
        " SELECT region FROM r WHERE region IS NOT NULL"
    )
    return [row["region"] for row in rows]


async def begun(db: Runs, before: date, zone: tzinfo) -> bool:
    """Whether a case was opened before this day: a month in which the platform was not there yet is not released."""
    since = datetime.combine(before, time(), zone)
    return bool(await db.fetch("SELECT 1 FROM case_row WHERE opened_at < $1 LIMIT 1", since))


async def moved(db: Runs, region: str, after: tuple[datetime, str], limit: int) -> list[Moved]:
    """Cases of a region that moved after this one, in the order in which they moved."""
    rows = await db.fetch(
        "SELECT updated_at, case_id, seq FROM case_row WHERE region = $1 AND (updated_at, case_id) > ($2, $3)"
        " ORDER BY updated_at, case_id LIMIT $4",
        region,
        *after,
        limit,
    )
    return [Moved(row["updated_at"], row["case_id"], row["seq"]) for row in rows]


async def keep_bands(db: Runs, region: str, bands: Iterable[tuple[str, str, str]]) -> None:
    """Keeps (case, person, age band), with the language that the person reads; once for each case."""
    given = list(bands)
    if not given:
        return
    people = sorted({person for _, person, _ in given})
    rows = await db.fetch("SELECT id, lang FROM person WHERE id = ANY($1::text[])", people)
    reads = {row["id"]: row["lang"] for row in rows}
    keys = await db.sealer.persons(db, people)
    sealed = [
        {
            "case_id": case,
            "person": person,
            "band": seal_json(keys[person], BAND.place("band", (region, case)), Band(age, reads.get(person, ""))),
        }
        for case, person, age in given
    ]
    await db.fetch(
        "INSERT INTO fact_band (region, case_id, person, band)"
        " SELECT $1, b.case_id, b.person, b.band"
        " FROM jsonb_to_recordset($2) AS b(case_id text, person text, band jsonb)"
        " ON CONFLICT (region, case_id) DO NOTHING RETURNING case_id",
        region,
        sealed,
    )


async def bands(db: Runs) -> list[Known]:
    """Who asked, by case; those of people who were erased are left out."""
    found: list[Known] = []
    after = ("", "")
    while rows := await db.fetch(
        "SELECT region, case_id, person, band FROM fact_band WHERE (region, case_id) > ($1, $2)"
        " ORDER BY region, case_id LIMIT 2000",
        *after,
    ):
        ring = await db.sealer.ring(db, (row["band"] for row in rows))
        for row in rows:
            after = (row["region"], row["case_id"])
            with suppress(Refused):  # erased
                value = open_json(ring, BAND.place("band", after), row["band"])
                found.append(Known(row["case_id"], row["person"], msgspec.convert(value, Band)))
    return found


async def begin_release(db: Runs, month: str) -> str:
    """The digest of what was released of a month, empty if nothing was; no other process releases anything before this
    transaction ends. Raises Refused (`release-busy`, 409) where another does."""
    await db.fetch("SET LOCAL idle_in_transaction_session_timeout = 0")  # the figures are worked out meanwhile
    free = await db.fetch("SELECT pg_try_advisory_xact_lock(hashtextextended('open-data', 12)) AS free")
    if not free[0]["free"]:
        raise refuse(
            "release-busy",
            "另一个进程正在发布，等它做完再来",
            "Another process is releasing; try again when it has finished",
            status=409,
        )
    rows = await db.fetch("SELECT manifest FROM open_data_month WHERE month = $1", month)
    return rows[0]["manifest"] if rows else ""


async def released_months(db: Runs) -> list[str]:
    """The months that were ever released, in order."""
    return [row["month"] for row in await db.fetch("SELECT month FROM open_data_month ORDER BY month")]


async def keep_release(db: Runs, month: str, manifest: str, at: datetime) -> None:
    """Notes that a month was released, once."""
    await db.fetch(
        "INSERT INTO open_data_month (month, manifest, at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING RETURNING month",
        month,
        manifest,
        at,
    )
