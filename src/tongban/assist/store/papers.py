"""Papers that wait to be read, and what was read: claimed by whichever process is free, kept by case and document."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec

from tongban.assist.store.sealed import PAPER
from tongban.base.database import Connection, Row
from tongban.base.sealing import PersonKey, Place, Ring, open_json, seal_json


class PaperRow(msgspec.Struct, frozen=True, kw_only=True):
    """One file. `case_id` is empty for a draft's; `extracted` is what was read, as JSON, sealed as it lies
    there (`opened`); `outcome` the gate's."""

    region: str
    case_id: str
    document: str
    service: str
    material: str
    person: str
    sha256: str
    type: str
    due_at: datetime
    attempts: int = 0
    done_at: datetime | None = None
    call: str = ""
    outcome: str = ""
    extracted: Any = None


_COLUMNS = (
    "region, case_id, document, service, material, person, sha256, type, due_at, attempts, done_at, call, outcome,"
    " extracted"
)


async def expect(connection: Connection, rows: Sequence[PaperRow]) -> None:
    """Put files on the list; one that is there stays as it is."""
    await connection.executemany(
        "INSERT INTO precheck_paper (region, case_id, document, service, material, person, sha256, type, due_at)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING",
        [(r.region, r.case_id, r.document, r.service, r.material, r.person, r.sha256, r.type, r.due_at) for r in rows],
    )


async def claim(connection: Connection, now: datetime, lease: timedelta, limit: int) -> list[PaperRow]:
    """The files that wait longest, for this process alone until the lease is over."""
    rows = await connection.fetch(
        "UPDATE precheck_paper p SET locked_until = $2, attempts = p.attempts + 1"  # noqa: S608 -- constants
        " FROM (SELECT region, case_id, document FROM precheck_paper WHERE done_at IS NULL AND due_at <= $1"
        " AND (locked_until IS NULL OR locked_until < $1) ORDER BY due_at LIMIT $3 FOR UPDATE SKIP LOCKED) w"
        " WHERE (p.region, p.case_id, p.document) = (w.region, w.case_id, w.document)"
        f" RETURNING {', '.join(f'p.{name.strip()}' for name in _COLUMNS.split(','))}",
        now,
        now + lease,
        limit,
    )
    return [_row(row) for row in rows]


async def keep(
    connection: Connection,
    row: PaperRow,
    now: datetime,
    call: str,
    outcome: str,
    extracted: tuple[PersonKey, dict[str, Any]] | None,
) -> None:
    """Write what was read, sealed with this key, or why nothing was."""
    sealed = None if extracted is None else seal_json(extracted[0], _place(row), extracted[1])
    await connection.execute(
        "UPDATE precheck_paper SET done_at = $4, locked_until = NULL, call = $5, outcome = $6, extracted = $7"
        " WHERE region = $1 AND case_id = $2 AND document = $3",
        row.region,
        row.case_id,
        row.document,
        now,
        call,
        outcome,
        sealed,
    )


async def later(connection: Connection, row: PaperRow, at: datetime) -> None:
    """Try again then."""
    await connection.execute(
        "UPDATE precheck_paper SET due_at = $4, locked_until = NULL"
        " WHERE region = $1 AND case_id = $2 AND document = $3",
        row.region,
        row.case_id,
        row.document,
        at,
    )


async def of_case(connection: Connection, region: str, case: str) -> list[PaperRow]:
    """Every file of a case that is on the list; one indexed query."""
    rows = await connection.fetch(
        f"SELECT {_COLUMNS} FROM precheck_paper WHERE region = $1 AND case_id = $2",  # noqa: S608 -- constants
        region,
        case,
    )
    return [_row(row) for row in rows]


async def of_draft(connection: Connection, person: str, documents: Sequence[str]) -> list[PaperRow]:
    """What was read of a person's own uploads before they were sent."""
    rows = await connection.fetch(
        f"SELECT {_COLUMNS} FROM precheck_paper WHERE region = ANY($1::text[]) AND case_id = ''"  # noqa: S608
        " AND document = ANY($2::text[]) AND person = $3",
        sorted({one.partition("-")[0] for one in documents}),
        list(documents),
        person,
    )
    return [_row(row) for row in rows]


async def read_before(connection: Connection, row: PaperRow) -> PaperRow | None:
    """The same file of the same person read for the same material: an upload need not be read again for its case."""
    found = await connection.fetchrow(
        f"SELECT {_COLUMNS} FROM precheck_paper WHERE region = $1 AND document = $2 AND sha256 = $3"  # noqa: S608
        " AND service = $4 AND material = $5 AND extracted IS NOT NULL LIMIT 1",
        row.document.partition("-")[0],
        row.document,
        row.sha256,
        row.service,
        row.material,
    )
    return None if found is None else _row(found)


def opened(ring: Ring, row: PaperRow) -> PaperRow:
    """A file with what was read of it in clear. Raises Refused as `Ring.open`."""
    if row.extracted is None:
        return row
    return msgspec.structs.replace(row, extracted=open_json(ring, _place(row), row.extracted))


def _place(row: PaperRow) -> Place:
    return PAPER.place("extracted", (row.region, row.case_id, row.document))


async def forget_drafts(connection: Connection, before: datetime) -> None:
    """Delete what was read of uploads that never became part of a case."""
    await connection.execute("DELETE FROM precheck_paper WHERE case_id = '' AND due_at < $1", before)


async def any_paper(connection: Connection) -> bool:
    """Whether anything was ever put on the list."""
    return await connection.fetchval("SELECT EXISTS (SELECT FROM precheck_paper)")


def _row(row: Row) -> PaperRow:
    return msgspec.convert(dict(row), PaperRow)
