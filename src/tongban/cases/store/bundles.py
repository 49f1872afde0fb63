"""What waits for a whole: parts to be opened later with what they need, and invitations of other people.

Both are sealed for whoever applied for the whole. What a waiting part holds is deleted when it is opened or given up.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Literal

import msgspec

from tongban.base.database import Connection, Row
from tongban.base.ids import region_of
from tongban.base.sealing import open_json, seal_json
from tongban.cases.model import Dispute
from tongban.cases.store.runner import Runner
from tongban.cases.store.sealed import INVITATION, PREPARED
from tongban.sharing import Shared

State = Literal["open", "taken", "done", "withdrawn", "declined", "expired"]


class Prepared(msgspec.Struct, frozen=True, kw_only=True):
    """What one part of a whole needs of the one form, under its own names."""

    part: str
    region: str
    facts: dict[str, Any]
    documents: dict[str, Any]
    records: dict[str, Shared]
    disputes: dict[str, Dispute]
    people_only: bool = False

    def says(self, taken: Mapping[str, Any]) -> dict[str, Any]:
        """What its opening says, with what other parts gave it."""
        return {"facts": {**self.facts, **taken}, "documents": self.documents}


class Invited(msgspec.Struct, frozen=True, kw_only=True):
    """Who is invited, and by which code: for the person who invites them and nobody else."""

    name: str
    number: str
    code: str
    tells: dict[str, Any] = {}
    """What of the one form the invited person reads too, as its bundle says."""


class Invitation(msgspec.Struct, frozen=True, kw_only=True):
    """An invitation without what is sealed in it."""

    region: str
    case_id: str
    part: str
    owner: str
    service: str
    bundle: str
    role: str
    state: State
    person: str
    level: int
    made_at: datetime
    until: datetime
    reminded_at: datetime | None

    @property
    def last(self) -> datetime:
        """The end of the last day on which it can be taken up."""
        return self.until - timedelta(seconds=1)


_COLUMNS = "region, case_id, part, owner, service, bundle, role, state, person, level, made_at, until, reminded_at"


async def prepare(connection: Connection, region: str, whole: str, owner: str, parts: Sequence[Prepared]) -> None:
    """Keep what later parts need."""
    if not parts:
        return
    key = await connection.sealer.person(connection, owner)
    places = [PREPARED.place("content", (region, whole, one.part)) for one in parts]
    await connection.execute(
        "INSERT INTO prepared_part (region, case_id, part, owner, content)"
        " SELECT $1, $2, part, $3, content FROM unnest($4::text[], $5::jsonb[]) AS p(part, content)",
        region,
        whole,
        owner,
        [one.part for one in parts],
        [seal_json(key, place, one) for place, one in zip(places, parts, strict=True)],
    )


async def prepared(db: Runner, region: str, whole: str) -> list[Prepared]:
    """The parts of a whole that are still to be opened."""
    rows = await db.fetch(
        "SELECT part, content FROM prepared_part WHERE region = $1 AND case_id = $2 ORDER BY part", region, whole
    )
    ring = await db.sealer.ring(db, (row["content"] for row in rows))
    return [
        msgspec.convert(
            open_json(ring, PREPARED.place("content", (region, whole, row["part"])), row["content"]), Prepared
        )
        for row in rows
    ]


async def forget(db: Runner, region: str, whole: str, part: str) -> None:
    """A part has been opened or will not be."""
    await db.execute("DELETE FROM prepared_part WHERE region = $1 AND case_id = $2 AND part = $3", region, whole, part)


async def forget_all(db: Runner, region: str, whole: str) -> None:
    """Nothing waits any more."""
    await db.execute("DELETE FROM prepared_part WHERE region = $1 AND case_id = $2", region, whole)


async def untold(db: Runner) -> list[str]:
    """Parts that have ended after their open whole was last told of anything, oldest first."""
    rows = await db.fetch(
        "SELECT p.case_id FROM case_row p JOIN case_row w ON w.case_id = p.part_of AND w.open"
        " WHERE p.part_of <> '' AND NOT p.open AND p.updated_at > w.updated_at ORDER BY p.updated_at LIMIT 200"
    )
    return [row["case_id"] for row in rows]


# --- invitations -------------------------------------------------------------------------------------------------


async def invite(connection: Connection, made: Invitation, invited: Invited) -> None:
    """Keep an invitation."""
    key = await connection.sealer.person(connection, made.owner)
    place = INVITATION.place("content", (made.region, made.case_id, made.part))
    await connection.execute(
        f"INSERT INTO invitation ({_COLUMNS}, code, number, content)"  # noqa: S608 -- columns of this module
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)",
        *msgspec.structs.astuple(made),
        connection.sealer.blind("invitation.code", invited.code),
        connection.sealer.blind("invitation.number", invited.number),
        seal_json(key, place, invited),
    )


async def by_code(db: Runner, code: str) -> Invitation | None:
    """The invitation of a code."""
    row = await db.fetchrow(
        f"SELECT {_COLUMNS} FROM invitation WHERE code = $1",  # noqa: S608 -- columns of this module
        db.sealer.blind("invitation.code", code),
    )
    return None if row is None else _invitation(row)


async def is_for(db: Runner, one: Invitation, number: str) -> bool:
    """Whether an invitation is bound to this identity number."""
    row = await db.fetchrow(
        "SELECT number = $4 AS mine FROM invitation WHERE region = $1 AND case_id = $2 AND part = $3",
        one.region,
        one.case_id,
        one.part,
        db.sealer.blind("invitation.number", number),
    )
    return bool(row and row["mine"])


async def waiting(db: Runner, number: str) -> list[Invitation]:
    """Invitations that wait for the person of an identity number."""
    rows = await db.fetch(
        f"SELECT {_COLUMNS} FROM invitation"  # noqa: S608 -- columns of this module
        " WHERE number = $1 AND state IN ('open', 'taken') ORDER BY until",
        db.sealer.blind("invitation.number", number),
    )
    return [_invitation(row) for row in rows]


async def taken_by(db: Runner, person: str, service: str) -> Invitation | None:
    """The invitation that a person has accepted and not answered yet, for a service; the earliest to end first."""
    row = await db.fetchrow(
        f"SELECT {_COLUMNS} FROM invitation"  # noqa: S608 -- columns of this module
        " WHERE person = $1 AND service = $2 AND state = 'taken' ORDER BY until LIMIT 1",
        person,
        service,
    )
    return None if row is None else _invitation(row)


async def of_whole(db: Runner, region: str, whole: str) -> list[tuple[Invitation, Invited]]:
    """The invitations of a whole, opened for who made them."""
    rows = await db.fetch(
        f"SELECT {_COLUMNS}, content FROM invitation"  # noqa: S608 -- columns of this module
        " WHERE region = $1 AND case_id = $2 ORDER BY part",
        region,
        whole,
    )
    ring = await db.sealer.ring(db, (row["content"] for row in rows))
    found: list[tuple[Invitation, Invited]] = []
    for row in rows:
        place = INVITATION.place("content", (region, whole, row["part"]))
        found.append((_invitation(row), msgspec.convert(open_json(ring, place, row["content"]), Invited)))
    return found


async def content(db: Runner, one: Invitation) -> Invited:
    """What is sealed in an invitation."""
    row = await db.fetchrow(
        "SELECT content FROM invitation WHERE region = $1 AND case_id = $2 AND part = $3",
        one.region,
        one.case_id,
        one.part,
    )
    if row is None:
        raise LookupError(one.part)
    ring = await db.sealer.ring(db, [row["content"]])
    place = INVITATION.place("content", (one.region, one.case_id, one.part))
    return msgspec.convert(open_json(ring, place, row["content"]), Invited)


async def move(db: Runner, one: Invitation, to: State, *, person: str = "") -> bool:
    """From the state it was read in to another; False if somebody was quicker."""
    row = await db.fetchrow(
        "UPDATE invitation SET state = $5, person = CASE WHEN $6 = '' THEN person ELSE $6 END"
        " WHERE region = $1 AND case_id = $2 AND part = $3 AND state = $4 RETURNING part",
        one.region,
        one.case_id,
        one.part,
        one.state,
        to,
        person,
    )
    return row is not None


async def answered(db: Runner, whole: str, part: str, person: str) -> None:
    """The invited person has handed in their part."""
    await db.execute(
        "UPDATE invitation SET state = 'done'"
        " WHERE region = $1 AND case_id = $2 AND part = $3 AND person = $4 AND state = 'taken'",
        region_of(whole),
        whole,
        part,
        person,
    )


async def reminded(db: Runner, one: Invitation, at: datetime) -> None:
    """The other person was reminded."""
    await db.execute(
        "UPDATE invitation SET reminded_at = $4 WHERE region = $1 AND case_id = $2 AND part = $3",
        one.region,
        one.case_id,
        one.part,
        at,
    )


async def run_out(db: Runner, now: datetime) -> list[tuple[str, str]]:
    """End the invitations whose time is over: (whole, part)."""
    rows = await db.fetch(
        "UPDATE invitation SET state = 'expired' WHERE state IN ('open', 'taken') AND until <= $1"
        " RETURNING case_id, part",
        now,
    )
    return [(row["case_id"], row["part"]) for row in rows]


async def close_invitations(db: Runner, region: str, whole: str) -> None:
    """A whole has ended: nobody is waited for any more."""
    await db.execute(
        "UPDATE invitation SET state = 'withdrawn' WHERE region = $1 AND case_id = $2 AND state IN ('open', 'taken')",
        region,
        whole,
    )


def _invitation(row: Row) -> Invitation:
    return msgspec.convert({name: row[name] for name in _COLUMNS.split(", ")}, Invitation)
