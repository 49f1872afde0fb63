"""The lists of work and of letters: what somebody asked for, what waits for an official, a page at a time.

Each is one indexed query whatever the permissions, and gives its next page by where this one ended.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, time
from typing import Literal, TypeVar

import msgspec

from tongban.base.page import Page, cursor, read_cursor
from tongban.cases.engine import Engine
from tongban.cases.handover.store import by_number as known_by
from tongban.cases.projections import FAR, CaseRow
from tongban.cases.store import lists, personal
from tongban.cases.store.personal import InboxNotice
from tongban.org import Actor, Mandate, Scope, visible
from tongban.org.entries import ALL

_T = TypeVar("_T")

MOST = 100
"""Rows of a page."""


class QueueFilter(msgspec.Struct, frozen=True, kw_only=True):
    """Which part of an official's work.

    `view`: `todo` waits for the official's roles; `today` the same, due by the end of today; `corrections` waits for
    the applicant; `tasks` are overdue cases to see to and letters that reached nobody; `done` has ended, the latest
    first. `label` is one of a row's labels; `search` is a case number or its beginning.
    """

    view: Literal["todo", "today", "corrections", "tasks", "done"] = "todo"
    service: str | None = None
    label: str | None = None
    search: str = ""


async def mine(engine: Engine, actor: Actor, after: str | None, limit: int) -> Page[CaseRow]:
    """The cases a person has asked for, newest first; under a mandate those that it covers."""
    size = _size(limit)
    before = read_cursor(after, tuple[datetime, str]) if after else (FAR, "")
    services = None if actor.mandate is None else _covered(actor.mandate, engine.clock())
    rows = await lists.mine(engine.db, actor.on_behalf_of or actor.id, before, size + 1, services)
    return _page(rows, size, lambda row: cursor(row.opened_at, row.case_id))


async def asked(engine: Engine, actor: Actor, services: Sequence[str], after: str | None, limit: int) -> Page[CaseRow]:
    """The cases that an official's body has asked other bodies for, newest first; of these services, or of all."""
    size = _size(limit)
    if visible(engine.directory, actor).nothing or not actor.body:
        return Page(())
    before = read_cursor(after, tuple[datetime, str]) if after else (FAR, "")
    rows = await lists.mine(engine.db, actor.body, before, size + 1, services or None)
    return _page(rows, size, lambda row: cursor(row.opened_at, row.case_id))


async def queue(engine: Engine, actor: Actor, chosen: QueueFilter, after: str | None, limit: int) -> Page[CaseRow]:
    """An official's work, soonest due first; one query. Somebody without a body has none."""
    size, db = _size(limit), engine.db
    scope = visible(engine.directory, actor)
    if scope.nothing:
        return Page(())
    if chosen.search:
        start = chosen.search.strip().upper()
        ours = await known_by(db, start)
        found = await lists.by_number(db, scope.bodies, start, _text_cursor(after), size + 1, scope.lent, ours)
        return _page(found, size, lambda row: cursor(row.case_id))
    if chosen.view == "done":
        before = read_cursor(after, tuple[datetime, str]) if after else (FAR, "")
        ended = await lists.closed(db, scope.bodies, before, size + 1, scope.lent)
        return _page(ended, size, lambda row: cursor(row.updated_at, row.case_id))
    place = read_cursor(after, tuple[datetime, str]) if after else lists.FIRST
    if chosen.view == "tasks":
        tasks = await lists.urged(db, actor.body, sorted(actor.roles), place, size + 1)
        following = cursor(*tasks[size - 1][0]) if len(tasks) > size else None
        return Page(tuple(row for _, row in tasks[:size]), following)
    until = _end_of_today(engine) if chosen.view == "today" else None
    desk = _desk_of(actor, scope, corrections=chosen.view == "corrections")
    rows = await lists.queue(db, desk, place, size + 1, until=until, service=chosen.service, label=chosen.label)
    return _page(rows, size, lambda row: cursor(row.due_at, row.case_id))


def _end_of_today(engine: Engine) -> datetime:
    return datetime.combine(engine.clock().astimezone(engine.zone), time.max, engine.zone)


async def inbox(engine: Engine, actor: Actor, after: str | None, limit: int) -> Page[InboxNotice]:
    """A person's letters, newest first; an agent's are those about the cases that the mandate covers."""
    size = _size(limit)
    before = read_cursor(after, tuple[datetime, str, int]) if after else (FAR, "", 0)
    mandate, now = actor.mandate, engine.clock()
    agent = mandate is not None and mandate.ground != "legal-representative"
    services = None if mandate is None else _covered(mandate, now)
    whose = actor.on_behalf_of or actor.id
    rows = await personal.inbox(engine.db, whose, now, before, size + 1, services, cases_only=agent)
    return _page(rows, size, lambda row: cursor(row.at, row.case_id, row.seq))


def _desk_of(actor: Actor, scope: Scope, *, corrections: bool) -> lists.Desk:
    """What waits for an official: by their roles in their own body and where it is the delegate (行政许可法 24), at the
    one window in others (26)."""
    window = ("intake",) if "intake" in actor.roles else ()
    return lists.Desk(
        bodies=scope.bodies,
        lent=scope.lent,
        own=actor.body,
        own_waits=("applicant",) if corrections else tuple(sorted(actor.roles)),
        other_waits=("applicant",) if corrections and window else window,
    )


def _covered(mandate: Mandate, now: datetime) -> Sequence[str] | None:
    """The services whose cases a mandate lets its holder look at; None for all."""
    named = sorted(service for service in mandate.services if mandate.covers(service, "view", now))
    return None if ALL in named else named


def _page(rows: Sequence[_T], size: int, place: Callable[[_T], str]) -> Page[_T]:
    return Page(tuple(rows[:size]), place(rows[size - 1]) if len(rows) > size else None)


def _size(limit: int) -> int:
    return max(1, min(limit, MOST))


def _text_cursor(after: str | None) -> str:
    return read_cursor(after, tuple[str])[0] if after else ""
