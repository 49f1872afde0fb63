"""依职权: what a body began of its own duty and has under way, and what it found when it inspected a business before.

The yearly limit and the points of risk of an inspection are rules of its service file; how often in twelve months and
what the last one found are the two facts of them that the cases themselves know, so that nobody types them.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from tongban.base.errors import refuse
from tongban.base.page import Page, cursor, read_cursor
from tongban.cases.model import Applicant
from tongban.cases.projections import FAR, CaseRow
from tongban.cases.store import lists
from tongban.catalog.model import Service
from tongban.org import Actor

if TYPE_CHECKING:
    from tongban.cases.engine import Engine

COUNTED = frozenset({"checked_this_year", "last_found"})
"""The facts of an inspection that `earlier` knows, so that they are not asked."""
_INSPECTION = "inspection"
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


async def known(
    engine: Engine, actor: Actor, service: str, facts: Mapping[str, Any], whose: Applicant | None
) -> Mapping[str, Any]:
    """The facts of an inspection with what the cases count themselves in the place of whatever was said of it.

    Raises Refused `not-the-inspected` (422) where the case would be of another than the business that is named.
    """
    if actor.kind != "official" or not engine.directory.has(actor.body):
        return facts
    region = engine.directory.body(actor.body).region
    found = next((one for one in engine.catalogue.of_duty(region=region) if one.service == service), None)
    if found is None or found.procedure != _INSPECTION:
        return facts
    said = {name: value for name, value in facts.items() if name not in COUNTED}
    code = str(facts.get("uscc") or "").upper()
    if whose is None or whose.id.upper() != code:
        raise refuse(
            "not-the-inspected",
            "办件要记在被检查的那一家名下：写明它的统一社会信用代码。",
            "The case is that of the business that is inspected: give its credit code.",
            place="uscc",
            status=422,
        )
    return {**said, **await earlier(engine, actor, found, code)}


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
