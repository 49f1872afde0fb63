"""Results that go by post."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from tongban.base.database import Connection, Database, Row
from tongban.base.sealing import open_json, seal_json
from tongban.hall.carrier import Address, Stage
from tongban.hall.store.sealed import PARCEL


class Parcel(msgspec.Struct, frozen=True, kw_only=True):
    """One parcel. `region` is the hall's."""

    person: str
    case_id: str
    region: str
    hall: str
    address: Address
    asked_at: datetime
    state: Stage
    state_at: datetime
    number: str = ""
    official: str = ""
    post: str = ""


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the desk's list: it names nobody and no place."""

    case_id: str
    state: Stage
    state_at: datetime
    number: str


async def ask(db: Connection, one: Parcel) -> bool:
    """Note the address; another takes its place until it is sent. False once it was."""
    key = await db.sealer.person(db, one.person)
    done = await db.execute(
        "INSERT INTO parcel (person, case_id, region, hall, address, asked_at, state_at)"
        " VALUES ($1, $2, $3, $4, $5, $6, $6) ON CONFLICT (person, case_id) DO UPDATE SET region = excluded.region,"
        " hall = excluded.hall, address = excluded.address, asked_at = excluded.asked_at, state_at = excluded.state_at"
        " WHERE parcel.state = 'asked'",
        one.person,
        one.case_id,
        one.region,
        one.hall,
        seal_json(key, PARCEL.place("address", (one.person, one.case_id)), one.address),
        one.asked_at,
    )
    return done != "INSERT 0 0"


async def give_up(db: Connection, person: str, case: str) -> bool:
    """No parcel is wanted any more, or it has come back; False while one is on its way or was delivered."""
    await db.execute("DELETE FROM parcel WHERE person = $1 AND case_id = $2 AND state = 'asked'", person, case)
    kept = await db.fetchval(
        "SELECT count(*) FROM parcel WHERE person = $1 AND case_id = $2 AND state <> 'returned'", person, case
    )
    return kept == 0


async def of(db: Database | Connection, person: str, case: str) -> Parcel | None:
    """The parcel of a person's case."""
    rows = await db.fetch("SELECT * FROM parcel WHERE person = $1 AND case_id = $2", person, case)
    return next(iter(await _opened(db, rows)), None)


async def lines(db: Database, region: str, hall: str, most: int) -> list[Line]:
    """What a hall has to post or is waiting for, the oldest first."""
    rows = await db.fetch(
        "SELECT p.case_id, p.state, p.state_at, p.number FROM parcel p JOIN result r USING (person, case_id)"
        " WHERE p.region = $1 AND p.hall = $2 AND p.state <> 'delivered' AND r.handed_at IS NULL AND EXISTS"
        " (SELECT FROM certificate c WHERE c.region = r.case_region AND c.case_id = r.case_id"
        " AND c.holder = r.person AND c.revoked_at IS NULL) ORDER BY p.asked_at, p.case_id LIMIT $3",
        region,
        hall,
        most,
    )
    return [msgspec.convert(dict(row), Line) for row in rows]


async def move(db: Database | Connection, one: Parcel, before: Stage) -> bool:
    """Note where it is now; False if it is no longer where it was."""
    done = await db.execute(
        "UPDATE parcel SET state = $4, state_at = $5, number = $6, official = $7, post = $8"
        " WHERE person = $1 AND case_id = $2 AND state = $3",
        one.person,
        one.case_id,
        before,
        one.state,
        one.state_at,
        one.number,
        one.official,
        one.post,
    )
    return done == "UPDATE 1"


async def moving(db: Database, most: int) -> list[Parcel]:
    """What a carrier has, the longest unheard of first."""
    rows = await db.fetch(
        "SELECT * FROM parcel WHERE state IN ('handed', 'under-way') ORDER BY state_at LIMIT $1", most
    )
    return await _opened(db, rows)


async def _opened(db: Database | Connection, rows: Sequence[Row]) -> list[Parcel]:
    ring = await db.sealer.ring(db, (row["address"] for row in rows))

    def one(row: Row) -> Parcel:
        place = PARCEL.place("address", (row["person"], row["case_id"]))
        return msgspec.convert(dict(row) | {"address": open_json(ring, place, row["address"])}, Parcel)

    return [one(row) for row in rows]
