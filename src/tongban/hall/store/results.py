"""Results that are fetched at a hall."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from tongban.base.database import Connection, Database, Row
from tongban.hall.store.sealed import RESULT


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """The results of one case, to be fetched at a hall. `region` is the hall's, `case_region` the case's."""

    person: str
    case_id: str
    region: str
    hall: str
    case_region: str
    service: str
    chosen_at: datetime
    chosen_by: str
    tries: int = 0
    handed_at: datetime | None = None
    official: str = ""
    post: str = ""
    ground: str = ""
    how: str = ""
    mandate: str = ""
    receiver: str = ""
    """The name of whoever fetched it."""
    reason: str = ""


class Ready(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the desk's list: it names nobody."""

    person: str
    case_id: str
    service: str
    ready_at: datetime


async def choose(db: Database | Connection, one: Result) -> bool:
    """Note where the person fetches; another hall takes the place of the first. False once it was handed over."""
    done = await db.execute(
        "INSERT INTO result (person, case_id, region, hall, case_region, service, chosen_at, chosen_by)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (person, case_id) DO UPDATE SET"
        " region = excluded.region, hall = excluded.hall, chosen_at = excluded.chosen_at,"
        " chosen_by = excluded.chosen_by WHERE result.handed_at IS NULL",
        one.person,
        one.case_id,
        one.region,
        one.hall,
        one.case_region,
        one.service,
        one.chosen_at,
        one.chosen_by,
    )
    return done != "INSERT 0 0"


async def ready(db: Database | Connection, region: str, hall: str, most: int) -> list[Ready]:
    """What lies ready at a hall, the oldest first: cases with a certificate that stands."""
    rows = await db.fetch(
        "SELECT r.person, r.case_id, r.service, max(c.issued_at) AS ready_at FROM result r"
        " JOIN certificate c ON c.region = r.case_region AND c.case_id = r.case_id AND c.holder = r.person"
        " WHERE r.region = $1 AND r.hall = $2 AND r.handed_at IS NULL AND c.revoked_at IS NULL"
        " AND NOT EXISTS (SELECT FROM parcel p WHERE p.person = r.person AND p.case_id = r.case_id"
        " AND p.state <> 'returned')"
        " GROUP BY r.person, r.case_id, r.service ORDER BY ready_at, r.case_id LIMIT $3",
        region,
        hall,
        most,
    )
    return [msgspec.convert(dict(row), Ready) for row in rows]


async def at_hall(db: Database | Connection, region: str, hall: str, case: str) -> Result | None:
    """The result of a case, if it is fetched at this hall."""
    rows = await db.fetch("SELECT * FROM result WHERE region = $1 AND hall = $2 AND case_id = $3", region, hall, case)
    return next(iter(await _opened(db, rows)), None)


async def of(db: Database | Connection, person: str, case: str) -> Result | None:
    """Where and how the result of a person's case is fetched."""
    rows = await db.fetch("SELECT * FROM result WHERE person = $1 AND case_id = $2", person, case)
    return next(iter(await _opened(db, rows)), None)


async def spend_try(db: Database | Connection, one: Result, most: int) -> bool:
    """Count one try of a pick-up code, before it is looked at; False if there were as many as are allowed."""
    done = await db.execute(
        "UPDATE result SET tries = tries + 1 WHERE person = $1 AND case_id = $2 AND tries < $3",
        one.person,
        one.case_id,
        most,
    )
    return done == "UPDATE 1"


async def hold(connection: Connection, one: Result) -> bool:
    """Keep a result for this transaction alone: who hands it over and who gives it to the carrier wait for one another.

    False if it was handed over, or moved to another hall, since it was read.
    """
    found = await connection.fetchrow(
        "SELECT handed_at IS NULL AND region = $3 AND hall = $4 AS here FROM result"
        " WHERE person = $1 AND case_id = $2 FOR UPDATE",
        one.person,
        one.case_id,
        one.region,
        one.hall,
    )
    return bool(found and found["here"])


async def hand_over(db: Database | Connection, one: Result) -> bool:
    """Note that it was handed over, as `one` says; False if it already had been, or was moved to another hall."""
    key = await db.sealer.person(db, one.person)
    sealed = {
        name: key.seal_text(RESULT.place(name, (one.person, one.case_id)), said) if said else ""
        for name, said in (("receiver", one.receiver), ("reason", one.reason))
    }
    done = await db.execute(
        "UPDATE result SET handed_at = $3, official = $4, post = $5, ground = $6, how = $7, mandate = $8,"
        " receiver = $9, reason = $10 WHERE person = $1 AND case_id = $2 AND handed_at IS NULL AND hall = $11",
        one.person,
        one.case_id,
        one.handed_at,
        one.official,
        one.post,
        one.ground,
        one.how,
        one.mandate,
        sealed["receiver"],
        sealed["reason"],
        one.hall,
    )
    return done == "UPDATE 1"


async def _opened(db: Database | Connection, rows: Sequence[Row]) -> list[Result]:
    ring = await db.sealer.ring(db, (text for row in rows for text in (row["receiver"], row["reason"])))

    def one(row: Row) -> Result:
        key = (row["person"], row["case_id"])
        clear = {
            name: ring.text(RESULT.place(name, key), row[name]) if row[name] else "" for name in ("receiver", "reason")
        }
        return msgspec.convert(dict(row) | clear, Result)

    return [one(row) for row in rows]
