"""依职权: what a body began of its own duty and has under way, and what it found when it inspected a business before.

The yearly limit and the points of risk of an inspection are rules of its service file; how often in twelve months and
what the last one found are the two facts of them that the cases themselves know, so that nobody types them.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from tongban.base.page import Page, cursor, read_cursor
from tongban.cases.projections import FAR, CaseRow
from tongban.cases.store import lists
from tongban.catalog.model import Service
from tongban.org import Actor

if TYPE_CHECKING:
    from tongban.cases.engine import Engine

COUNTED = frozenset({"checked_this_year", "last_found"})
"""The facts of an inspection that `earlier` knows, so that they are not asked."""
_YEAR = timedelta(days=365)
_MOST = 400
"""Inspections looked at: more than one a day would be its own scandal."""
_UNCOUNTED = frozenset({"complaint", "follow-up"})
"""Causes that the limit does not count (国办发〔2024〕54号 [S])."""


async def under_way(engine: Engine, actor: Actor, services: list[str], after: str | None, limit: int) -> Page[CaseRow]:
    """Open cases of these services that the actor's own body leads, soonest due first.

    Raises Refused (`bad-cursor`, 400).
    """
    place = read_cursor(after, tuple[datetime, str]) if after else lists.FIRST
    rows = await lists.of_services(engine.db, services, [actor.body] if actor.body else [], place, limit + 1)
    following = cursor(rows[limit - 1].due_at, rows[limit - 1].case_id) if len(rows) > limit else None
    return Page(tuple(rows[:limit]), following)


async def earlier(engine: Engine, actor: Actor, service: Service, code: str) -> dict[str, str]:
    """`checked_this_year` and `last_found` of a business, as the facts of the service take them, from the cases of the
    actor's own body."""
    now = engine.clock()
    rows = await lists.mine(engine.db, code, (FAR, ""), _MOST, (service.service,))
    ours = [row for row in rows if row.body == actor.body]
    counted, last = 0, "none"
    for row in ours:
        found = await engine.load(row.case_id)
        came = found.state.last("arrive") is not None
        if came and last == "none" and not row.open:
            last = "to-put-right" if found.state.last("order") else "passed"
        if row.opened_at > now - _YEAR and found.state.state != "called-off":
            counted += str(found.state.facts.get("cause", "")) not in _UNCOUNTED
    return {"checked_this_year": str(counted), "last_found": last}
