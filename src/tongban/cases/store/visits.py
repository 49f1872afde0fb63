"""Which cases wait at one address, and the visits that they share. Numbers, days and a keyed hash; no address."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Literal

import msgspec

from tongban.base.database import Connection
from tongban.cases.store.runner import Runner

State = Literal["proposed", "set", "off", "registered"]


class Waiting(msgspec.Struct, frozen=True, kw_only=True):
    """A case for which somebody still has to come. `due` is the last day that its term leaves, `fixed_day` the day on
    which its own bodies come already."""

    region: str
    case_id: str
    place: bytes
    body: str
    service: str
    due: date | None = None
    fixed_day: date | None = None


class Visit(msgspec.Struct, frozen=True, kw_only=True):
    """One visit for several cases."""

    region: str
    visit: str
    place: bytes
    state: State
    day: date
    hour: str
    """A time of day, such as 09:00."""
    body: str
    proposed_by: str
    proposed_at: datetime
    registered_by: str = ""
    registered_at: datetime | None = None

    @property
    def open(self) -> bool:
        """Whether it is still to come."""
        return self.state in ("proposed", "set")


class Visited(msgspec.Struct, frozen=True, kw_only=True):
    """A case of a visit. `agreed_at` is when its body agreed to the day."""

    region: str
    visit: str
    case_id: str
    body: str
    service: str
    agreed_by: str = ""
    agreed_at: datetime | None = None


_WAITING = "w.region, w.case_id, w.place, w.body, w.service, w.due, w.fixed_day"
_VISIT = (
    "v.region, v.visit, v.place, v.state, v.day, v.hour, v.body, v.proposed_by, v.proposed_at, v.registered_by,"
    " v.registered_at"
)


async def wait(db: Connection, waiting: Waiting) -> None:
    """Keep that a case waits at a place; the latest word counts. A body that has taken it over meanwhile answers for it
    in the visit that is open too, and has to agree to the day itself."""
    await db.execute(
        "WITH taken_over AS (UPDATE visit_case c SET body = $4,"
        " agreed_by = CASE v.state WHEN 'proposed' THEN '' ELSE c.agreed_by END,"
        " agreed_at = CASE v.state WHEN 'proposed' THEN NULL ELSE c.agreed_at END"
        " FROM visit v WHERE v.region = c.region AND v.visit = c.visit AND v.state IN ('proposed', 'set')"
        " AND c.region = $1 AND c.case_id = $2 AND c.body <> $4)"
        " INSERT INTO visit_place (region, case_id, place, body, service, due, fixed_day)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (region, case_id) DO UPDATE SET place = excluded.place,"
        " body = excluded.body, due = excluded.due, fixed_day = excluded.fixed_day",
        waiting.region,
        waiting.case_id,
        waiting.place,
        waiting.body,
        waiting.service,
        waiting.due,
        waiting.fixed_day,
    )


async def wait_no_more(db: Connection, region: str, case: str) -> None:
    """Nobody has to come for this case any more."""
    await db.execute("DELETE FROM visit_place WHERE region = $1 AND case_id = $2", region, case)


async def at_place_of(db: Runner, region: str, case: str) -> tuple[Waiting, ...]:
    """Every case that waits where this one waits, this one first; empty if it waits for nobody."""
    rows = await db.fetch(
        f"SELECT {_WAITING} FROM visit_place w JOIN visit_place mine ON mine.region = w.region"  # noqa: S608
        " AND mine.place = w.place WHERE mine.region = $1 AND mine.case_id = $2"
        " ORDER BY w.case_id <> $2, w.case_id LIMIT 50",
        region,
        case,
    )
    return tuple(msgspec.convert(dict(row), Waiting) for row in rows)


async def shared(db: Runner, bodies: Sequence[str], limit: int) -> tuple[Waiting, ...]:
    """Cases at addresses where one of these bodies and another case wait and no visit is open, by address, the address
    of the case that is due first at the top."""
    rows = await db.fetch(
        f"SELECT {_WAITING} FROM visit_place w WHERE (w.region, w.place) IN"  # noqa: S608
        " (SELECT region, place FROM visit_place WHERE (region, place) IN"
        "  (SELECT region, place FROM visit_place WHERE body = ANY($1::text[]))"
        "  GROUP BY region, place HAVING count(*) > 1)"
        " AND NOT EXISTS (SELECT 1 FROM visit v WHERE v.region = w.region AND v.place = w.place"
        "  AND v.state IN ('proposed', 'set'))"
        " ORDER BY min(w.due) OVER (PARTITION BY w.region, w.place), w.region, w.place, w.case_id LIMIT $2",
        list(bodies),
        limit,
    )
    return tuple(msgspec.convert(dict(row), Waiting) for row in rows)


async def propose(db: Connection, visit: Visit, cases: Sequence[Visited]) -> bool:
    """Keep a visit and its cases. False where one to this address is open already."""
    done = await db.execute(
        "INSERT INTO visit (region, visit, place, state, day, hour, body, proposed_by, proposed_at)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING",
        visit.region,
        visit.visit,
        visit.place,
        visit.state,
        visit.day,
        visit.hour,
        visit.body,
        visit.proposed_by,
        visit.proposed_at,
    )
    if done == "INSERT 0 0":
        return False
    for one in cases:
        await db.execute(
            "INSERT INTO visit_case (region, visit, case_id, body, service, agreed_by, agreed_at)"
            " VALUES ($1, $2, $3, $4, $5, $6, $7)",
            one.region,
            one.visit,
            one.case_id,
            one.body,
            one.service,
            one.agreed_by,
            one.agreed_at,
        )
    return True


async def agree(db: Connection, visit: Visit, body: str, by: str, at: datetime) -> None:
    """A body agrees to the day for all its cases; again is harmless."""
    await db.execute(
        "UPDATE visit_case SET agreed_by = $4, agreed_at = $5"
        " WHERE region = $1 AND visit = $2 AND body = $3 AND agreed_at IS NULL",
        visit.region,
        visit.visit,
        body,
        by,
        at,
    )


async def move(db: Connection, visit: Visit, to: State, by: str = "", at: datetime | None = None) -> bool:
    """Go on to a state, from the one that was seen. False where another was quicker."""
    done = await db.execute(
        "UPDATE visit SET state = $4, registered_by = $5, registered_at = $6"
        " WHERE region = $1 AND visit = $2 AND state = $3",
        visit.region,
        visit.visit,
        visit.state,
        to,
        by,
        at,
    )
    return done != "UPDATE 0"


async def locked(db: Connection, region: str, visit: str) -> Visit | None:
    """A visit, held until the transaction ends: agreements that meet do not overlook one another."""
    row = await db.fetchrow(
        f"SELECT {_VISIT} FROM visit v WHERE v.region = $1 AND v.visit = $2 FOR UPDATE",  # noqa: S608
        region,
        visit,
    )
    return msgspec.convert(dict(row), Visit) if row else None


async def latest_of(db: Runner, region: str, case: str) -> Visit | None:
    """The visit that a case belongs to: the open one, else the latest."""
    rows = await db.fetch(
        f"SELECT {_VISIT} FROM visit v JOIN visit_case c ON c.region = v.region AND c.visit = v.visit"  # noqa: S608
        " WHERE c.region = $1 AND c.case_id = $2"
        " ORDER BY v.state NOT IN ('proposed', 'set'), v.proposed_at DESC, v.visit DESC LIMIT 1",
        region,
        case,
    )
    return msgspec.convert(dict(rows[0]), Visit) if rows else None


async def of_bodies(
    db: Runner, bodies: Sequence[str], limit: int, before: tuple[bool, date, str] | None = None
) -> tuple[Visit, ...]:
    """Visits that cases of these bodies belong to, open ones first, then the latest; with `before` (whether the last
    that was shown is open, its day and number) what comes after that."""
    rows = await db.fetch(
        f"SELECT {_VISIT} FROM visit v WHERE EXISTS (SELECT 1 FROM visit_case c WHERE c.body = ANY($1::text[])"  # noqa: S608
        " AND c.region = v.region AND c.visit = v.visit)"
        " AND ($3::boolean IS NULL OR (v.state IN ('proposed', 'set'), v.day, v.visit) < ($3, $4::date, $5))"
        " ORDER BY v.state IN ('proposed', 'set') DESC, v.day DESC, v.visit DESC LIMIT $2",
        list(bodies),
        limit,
        *(before or (None, None, "")),
    )
    return tuple(msgspec.convert(dict(row), Visit) for row in rows)


async def cases_of(db: Runner, visits: Sequence[Visit]) -> dict[str, list[Visited]]:
    """The cases of visits, by the number of the visit."""
    rows = await db.fetch(
        "SELECT region, visit, case_id, body, service, agreed_by, agreed_at FROM visit_case"
        " WHERE region = ANY($1::text[]) AND visit = ANY($2::text[]) ORDER BY case_id",
        sorted({one.region for one in visits}),
        [one.visit for one in visits],
    )
    found: dict[str, list[Visited]] = {one.visit: [] for one in visits}
    for row in rows:
        found[row["visit"]].append(msgspec.convert(dict(row), Visited))
    return found
