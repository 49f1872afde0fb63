"""How the cases of one service came out over a time: what a yearly publication is made of. Nobody is named."""

from __future__ import annotations

from datetime import datetime

import msgspec

from tongban.cases.engine import Engine
from tongban.cases.store import answered


class Came(msgspec.Struct, frozen=True, kw_only=True):
    """One case: when it was asked, how and when it ended, and what it said under the facts that were wanted."""

    region: str
    asked_at: datetime
    state: str
    ended_at: datetime | None
    said: dict[str, str]


async def came_out(
    engine: Engine, service: str, since: datetime, until: datetime, facts: tuple[str, ...]
) -> tuple[Came, ...]:
    """The cases of a service opened from `since` until before `until`, in the order in which they were opened."""
    procedure = engine.catalogue.procedure(engine.catalogue.service(service).procedure)
    ends = [name for name, state in procedure.states.items() if state.end]
    rows = await answered.came_out(engine.db, service, since, until, ends)
    return tuple(
        Came(
            region=row["region"],
            asked_at=row["asked_at"],
            state=row["state"],
            ended_at=row["ended_at"],
            said={name: str(row["facts"][name]) for name in facts if row["facts"].get(name)},
        )
        for row in rows
    )
