"""Writing: `open_record` before anything is opened, `refused_attempt` where something was not.

An opening that cannot be written is not made: `open_record` raises and nobody holds a `Trace`.
"""

import hashlib
from datetime import date, datetime, timedelta
from uuid import UUID

import msgspec

from tongban.base.ids import uuid7
from tongban.sharing.access import store
from tongban.sharing.access.delays import held_for
from tongban.sharing.access.model import WINDOW, Kind, Opened, Trace, traced
from tongban.sharing.model import Reader

_SWEPT = 5_000


async def open_record(db: store.Runner, *opened: Opened) -> Trace:
    """Write that these records are opened, in one statement, and give the trace with which they can be.

    Inside a transaction the rows stand or fall with it. Raises Refused: `delay-without-rule` (403), and as the
    database (503); asyncpg's IntegrityConstraintViolationError if the database itself finds a basis missing.
    """
    await store.insert(db, [row(one) for one in opened])
    return traced(opened)


def row(one: Opened, key: UUID | None = None) -> dict[str, object]:
    """An opening as its row."""
    shown_from = one.at + held_for(one)
    if one.delayed_by and one.delayed_until:
        shown_from = min(shown_from, one.delayed_until)
    return {
        "person": one.person,
        "at": one.at,
        "id": str(key or uuid7()),
        "resource": one.resource,
        "record": one.record,
        "fields": list(one.fields),
        "answered": one.answered,
        "reader": msgspec.to_builtins(one.reader),
        "purpose": one.purpose.service,
        "matter": one.purpose.matter,
        "law": msgspec.to_builtins(one.purpose.law),
        "source": {
            "source": msgspec.to_builtins(one.source),
            "service": msgspec.to_builtins(one.purpose.name),
            "labels": msgspec.to_builtins(one.labels),
        },
        "kind": one.kind.value,
        "post": one.reader.post,
        "body": one.reader.body,
        "grant_id": one.grant,
        "case_id": one.case,
        "case_open": one.case_open,
        "own": one.own,
        "near": one.near,
        "once": _once(one),
        "shown_from": shown_from,
        "delayed_by": one.delayed_by,
        "kept_until": kept_until(one.at).isoformat(),
    }


def kept_until(at: datetime) -> date:
    """The last day on which an opening is kept at least."""
    return (at + timedelta(days=3 * 366)).date()


def _once(one: Opened) -> str | None:
    if one.once is None:
        return None
    parts = (one.reader.id, one.reader.post, one.kind, one.grant, one.once)
    return hashlib.sha256("\n".join((*parts, str(window(one.at)))).encode()).hexdigest()[:32]


def window(at: datetime) -> int:
    """Which half hour of the clock it is."""
    return int(at.timestamp() // WINDOW.total_seconds())


async def refused_attempt(db: store.Runner, reader: Reader, kind: Kind, case: str, code: str, at: datetime) -> None:
    """Write that an official tried and was refused. It names no person: nothing was read, and a number may be wrong."""
    parts = (reader.id, reader.post, kind, case, code, str(window(at)))
    once = hashlib.sha256("\n".join(parts).encode()).hexdigest()[:32]
    await store.refuse(
        db,
        {
            "body": reader.body,
            "at": at,
            "id": uuid7(),
            "post": reader.post,
            "reader": reader.id,
            "kind": kind.value,
            "case_id": case[:40],
            "code": code,
            "once": once,
        },
    )


async def sweep(db: store.Runner, now: datetime) -> int:
    """Remove rows that were kept for their time (three years at least, 政务数据共享条例 29); their number."""
    removed = 0
    for over in (store.sweep, store.sweep_emergencies, store.sweep_runs, store.sweep_refused):
        while (done := await over(db, now.date(), _SWEPT)) > 0:
            removed += done
    return removed
