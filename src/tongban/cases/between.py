"""Cases that one body asked another for: what waits for those above both, and how such cases stand.

Each function filters by what the reader may see; a body that is neither of the two, nor above them, learns nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from tongban.base.page import Page, cursor, read_cursor
from tongban.cases.corrections import SERVICE as CORRECTION
from tongban.cases.engine import Engine
from tongban.cases.granting import KEEPING
from tongban.cases.projections import CaseRow
from tongban.cases.store import lists
from tongban.org import Actor, Grant, Matter, Purpose, Role, may

REQUEST = "data-sharing-request"
"""Slug of the service by which a body asks another for data."""

_ABOVE = (Role.SHARING_AUTHORITY, Role.COMMON_SUPERIOR, Role.GOVERNMENT_HEAD)
_MOST = 200


async def waiting_above(engine: Engine, actor: Actor) -> tuple[CaseRow, ...]:
    """Open cases whose next step is this official's as the authority above the two bodies, soonest due first."""
    if not actor.body:
        return ()
    rows = await lists.waiting_for(engine.db, [REQUEST, KEEPING], [role.value for role in _ABOVE], _MOST)
    return tuple(row for row in rows if row.waits_for in _roles(engine, actor, row))


async def waiting_asking(engine: Engine, actor: Actor) -> tuple[CaseRow, ...]:
    """Open cases of the own body that wait for it, soonest due first."""
    if not actor.body:
        return ()
    rows = await lists.waiting_of(engine.db, actor.body, [Role.ASKING.value, Role.ASKING_HEAD.value], _MOST)
    return tuple(row for row in rows if _roles(engine, actor, row))


def _roles(engine: Engine, actor: Actor, row: CaseRow) -> frozenset[str]:
    matter = Matter(region=row.region, body=row.body, service=row.service, applicant=row.applicant)
    granted = may(engine.directory, actor, "view", matter, Purpose.VIEW)
    return frozenset(granted.roles) if isinstance(granted, Grant) else frozenset()


async def standing(
    engine: Engine, bodies: Sequence[str], after: str | None, limit: int
) -> tuple[Page[CaseRow], dict[tuple[str, str], int]]:
    """Open requests, kept grants and corrections of these bodies, soonest due first, and how many stand where.

    The count is by service and state, of all of them, ended ones too. Raises Refused (`bad-cursor`, 400).
    """
    place = read_cursor(after, tuple[datetime, str]) if after else lists.FIRST
    services = [REQUEST, KEEPING, CORRECTION]
    rows = await lists.of_services(engine.db, services, bodies, place, limit + 1)
    following = cursor(rows[limit - 1].due_at, rows[limit - 1].case_id) if len(rows) > limit else None
    return Page(tuple(rows[:limit]), following), await lists.by_state(engine.db, services, bodies)
