"""Reading lists: one indexed query each, whatever the permissions, paged by a cursor and never counted."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import msgspec

from tongban.base.database import Row
from tongban.cases.projections import CaseRow
from tongban.cases.store.runner import Runner
from tongban.cases.store.sealed import ROW

Cursor = tuple[datetime, str]

_COLUMNS = (
    "region, case_id, seq, version, service, service_version, state, state_name, stage, waits_for, open, body,"
    " applicant, applicant_name, due_at, legal_at, opened_at, updated_at, labels, term, term_at, used"
)

# The soonest of each body by its index, then the soonest of those: the price does not grow with the backlog.
_QUEUE = f"""
SELECT r.* FROM unnest($1::text[], $11::text[]) AS b(body, sole)
CROSS JOIN LATERAL (
  SELECT {_COLUMNS} FROM case_row
  WHERE open AND case_row.body = b.body AND (due_at, case_id) > ($5, $6)
    AND waits_for = ANY(CASE WHEN b.body = $2 OR b.sole IS NOT NULL THEN $3::text[] ELSE $4::text[] END)
    AND (b.sole IS NULL OR b.sole IN ('*', service))
    AND ($7::timestamptz IS NULL OR due_at <= $7) AND ($8::text IS NULL OR service = $8)
    AND ($10::text IS NULL OR $10 = ANY(labels))
  ORDER BY due_at, case_id LIMIT $9
) r ORDER BY r.due_at, r.case_id LIMIT $9"""  # noqa: S608 -- constants of this module

_CLOSED = f"""
SELECT r.* FROM unnest($1::text[], $5::text[]) AS b(body, sole)
CROSS JOIN LATERAL (
  SELECT {_COLUMNS} FROM case_row
  WHERE NOT open AND case_row.body = b.body AND (b.sole IS NULL OR b.sole IN ('*', service))
    AND (updated_at, case_id) < ($2, $3)
  ORDER BY updated_at DESC, case_id DESC LIMIT $4
) r ORDER BY r.updated_at DESC, r.case_id DESC LIMIT $4"""  # noqa: S608

_MINE = f"""
SELECT {_COLUMNS} FROM case_row WHERE applicant = $1 AND (opened_at, case_id) < ($2, $3)
  AND ($5::text[] IS NULL OR service = ANY($5)) AND ($6 = '' OR $6 = ANY(labels))
ORDER BY opened_at DESC, case_id DESC LIMIT $4"""  # noqa: S608

_NUMBER = f"""
SELECT {_COLUMNS} FROM case_row
WHERE (body = ANY($1::text[]) OR (body, service) IN (SELECT * FROM unnest($5::text[], $6::text[])))
  AND (case_id >= $2 AND case_id < $2 || '~' OR case_id = ANY($7::text[])) AND case_id > $3
ORDER BY case_id LIMIT $4"""  # noqa: S608

# The latest of each body by its index, then the latest of those.
_HELD = """
SELECT h.* FROM unnest($1::text[]) AS b(body)
CROSS JOIN LATERAL (
  SELECT t.at, t.case_id, t.body FROM task t JOIN case_row r ON r.region = t.region AND r.case_id = t.case_id
  WHERE t.kind = 'held' AND t.body = b.body AND (r.body <> b.body OR 'elsewhere' = ANY(r.labels))
    AND (t.at, t.case_id) < ($2, $3) AND ($5::boolean IS NULL OR r.open = $5) AND ($6 = '' OR r.service = $6)
  ORDER BY t.at DESC, t.case_id DESC LIMIT $4
) h ORDER BY h.at DESC, h.case_id DESC LIMIT $4"""

_URGED = f"""
SELECT t.seq AS task_seq, t.at AS task_at, {", ".join(f"r.{c.strip()}" for c in _COLUMNS.split(","))}
FROM task t JOIN case_row r ON r.region = t.region AND r.case_id = t.case_id
WHERE t.open AND t.body = $1 AND t.role = ANY($2::text[]) AND (t.at, t.case_id) > ($3, $4)
ORDER BY t.at, t.case_id LIMIT $5"""  # noqa: S608


async def _case_rows(db: Runner, rows: Sequence[Row]) -> list[CaseRow]:
    """Rows with their names opened: no more statements for many than for one."""
    ring = await db.sealer.ring(db, (row["applicant_name"] for row in rows))
    opened: list[CaseRow] = []
    for row in rows:
        place = ROW.place("applicant_name", (row["region"], row["case_id"]))
        opened.append(msgspec.convert({**row, "applicant_name": ring.shown(place, row["applicant_name"])}, CaseRow))
    return opened


Lent = Sequence[tuple[str, str]]
"""Bodies of whose cases one service, or `*`, is handled here by delegation: there it waits as in one's own body."""


def _wide(bodies: Sequence[str], lent: Lent) -> tuple[list[str], list[str | None]]:
    """Bodies in view and, beside each, the one service of it; None for all that may be seen anyway."""
    whole = [body for body in bodies if (body, "*") not in lent]
    return [*whole, *(body for body, _ in lent)], [*(None for _ in whole), *(service for _, service in lent)]


class Desk(msgspec.Struct, frozen=True, kw_only=True):
    """Whose work is asked for: the bodies in view, what waits for the reader in their own and in the others."""

    bodies: tuple[str, ...]
    own: str
    own_waits: tuple[str, ...]
    other_waits: tuple[str, ...]
    lent: Lent = ()


async def queue(
    db: Runner,
    desk: Desk,
    after: Cursor,
    limit: int,
    *,
    until: datetime | None = None,
    service: str | None = None,
    label: str | None = None,
) -> list[CaseRow]:
    """Open cases that wait at a desk, soonest due first."""
    bodies, only = _wide(desk.bodies, desk.lent)
    rows = await db.fetch(
        _QUEUE,
        bodies,
        desk.own,
        list(desk.own_waits),
        list(desk.other_waits),
        *after,
        until,
        service,
        limit,
        label,
        only,
    )
    return await _case_rows(db, rows)


async def closed(db: Runner, bodies: Sequence[str], before: Cursor, limit: int, lent: Lent = ()) -> list[CaseRow]:
    """Cases of these bodies that have ended, the latest first."""
    wide, only = _wide(bodies, lent)
    return await _case_rows(db, await db.fetch(_CLOSED, wide, *before, limit, only))


async def urged(db: Runner, body: str, roles: Sequence[str], after: Cursor, limit: int) -> list[tuple[Cursor, CaseRow]]:
    """Cases with a task for one of these roles of a body, oldest first, each with its place in the order."""
    rows = await db.fetch(_URGED, body, list(roles), *after, limit)
    opened = await _case_rows(db, rows)
    return [((row["task_at"], row["case_id"]), one) for row, one in zip(rows, opened, strict=True)]


async def by_number(
    db: Runner, bodies: Sequence[str], start: str, after: str, limit: int, lent: Lent = (), named: Sequence[str] = ()
) -> list[CaseRow]:
    """Cases of these bodies whose number begins like this, and those of them that are `named`."""
    lenders, services = [body for body, _ in lent], [service for _, service in lent]
    rows = await db.fetch(_NUMBER, list(bodies), start, after, limit, lenders, services, list(named))
    return await _case_rows(db, rows)


async def mine(
    db: Runner, applicant: str, before: Cursor, limit: int, services: Sequence[str] | None = None, label: str = ""
) -> list[CaseRow]:
    """An applicant's cases, newest first; `services` names those that may be seen, None lets all be."""
    wanted = None if services is None else list(services)
    return await _case_rows(db, await db.fetch(_MINE, applicant, *before, limit, wanted, label))


FIRST: Cursor = (datetime(1, 1, 2, tzinfo=UTC), "")
"""Before every row that is ordered by when it is due."""


async def waiting_for(db: Runner, services: Sequence[str], roles: Sequence[str], most: int) -> list[CaseRow]:
    """Open cases of these services that wait for one of these, whoever owes the answer, soonest due first."""
    rows = await db.fetch(
        f"SELECT {_COLUMNS} FROM case_row WHERE open AND service = ANY($1::text[]) AND waits_for = ANY($2::text[])"  # noqa: S608
        " ORDER BY due_at, case_id LIMIT $3",
        list(services),
        list(roles),
        most,
    )
    return await _case_rows(db, rows)


async def waiting_of(db: Runner, applicant: str, roles: Sequence[str], most: int) -> list[CaseRow]:
    """Open cases of an applicant that wait for one of these, soonest due first."""
    rows = await db.fetch(
        f"SELECT {_COLUMNS} FROM case_row WHERE open AND applicant = $1 AND waits_for = ANY($2::text[])"  # noqa: S608
        " ORDER BY due_at, case_id LIMIT $3",
        applicant,
        list(roles),
        most,
    )
    return await _case_rows(db, rows)


async def businesses_of(db: Runner, body: str, asked_by: datetime) -> list[str]:
    """The codes (GB 32100) of businesses that a body has given something to that was asked for by then."""
    rows = await db.fetch(
        "SELECT DISTINCT applicant FROM case_row WHERE body = $1 AND NOT open AND stage = 'delivered'"
        " AND applicant ~ '^[0-9A-Z]{18}$' AND opened_at <= $2 ORDER BY applicant",
        body,
        asked_by,
    )
    return [row["applicant"] for row in rows]


async def of_services(
    db: Runner, services: Sequence[str], bodies: Sequence[str], after: Cursor, limit: int
) -> list[CaseRow]:
    """Open cases of some services that these bodies owe an answer to, soonest due first."""
    rows = await db.fetch(
        f"SELECT {_COLUMNS} FROM case_row WHERE open AND service = ANY($1::text[]) AND body = ANY($2::text[])"  # noqa: S608
        " AND (due_at, case_id) > ($3, $4) ORDER BY due_at, case_id LIMIT $5",
        list(services),
        list(bodies),
        *after,
        limit,
    )
    return await _case_rows(db, rows)


async def by_state(db: Runner, services: Sequence[str], bodies: Sequence[str]) -> dict[tuple[str, str], int]:
    """How many cases of these bodies are in each state, by service and state."""
    rows = await db.fetch(
        "SELECT service, state, count(*)::int AS cases FROM case_row"
        " WHERE service = ANY($1::text[]) AND body = ANY($2::text[]) GROUP BY 1, 2",
        list(services),
        list(bodies),
    )
    return {(row["service"], row["state"]): row["cases"] for row in rows}


async def applicants(db: Runner, region: str, cases: Sequence[str]) -> dict[str, tuple[str, str]]:
    """Who applied, and the way they came (`counter` through an official, else `online`), by case."""
    rows = await db.fetch(
        "SELECT case_id, applicant, 'counter' = ANY(labels) AS counter FROM case_row"
        " WHERE region = $1 AND case_id = ANY($2::text[])",
        region,
        list(cases),
    )
    return {row["case_id"]: (row["applicant"], "counter" if row["counter"] else "online") for row in rows}


async def held(
    db: Runner, bodies: Sequence[str], before: Cursor, limit: int, *, open_: bool | None, service: str
) -> list[tuple[datetime, str, str]]:
    """When one of these bodies handed a case on that lies elsewhere now, the case and that body, the latest first.

    `open_` narrows to what is answered or not; empty `service` is any.
    """
    rows = await db.fetch(_HELD, list(bodies), *before, limit, open_, service)
    return [(row["at"], row["case_id"], row["body"]) for row in rows]


async def leaving(
    db: Runner, bodies: Sequence[str], after: Cursor, limit: int, *, service: str
) -> list[tuple[datetime, str, str]]:
    """When it is due, the case, and the body of these that still owes the answer, of cases that are on their way to
    another, the soonest first; empty `service` is any."""
    rows = await db.fetch(
        "SELECT due_at, case_id, body FROM case_row WHERE open AND body = ANY($1::text[])"
        " AND 'on-its-way' = ANY(labels) AND (due_at, case_id) > ($2, $3) AND ($5 = '' OR service = $5)"
        " ORDER BY due_at, case_id LIMIT $4",
        list(bodies),
        *after,
        limit,
        service,
    )
    return [(row["due_at"], row["case_id"], row["body"]) for row in rows]
