"""What a body has handed on: it sees that it went, to whom, and where it stands; no more (最小够用)."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import msgspec

from tongban.base.i18n import LANGS, Text, words
from tongban.base.page import Page, cursor, read_cursor
from tongban.cases.projections import FAR
from tongban.cases.store import lists
from tongban.org import Actor, visible

if TYPE_CHECKING:
    from tongban.cases.engine import Engine
    from tongban.cases.loaded import Case


class Handed(msgspec.Struct, frozen=True):
    """The least answer about a case that was handed on: nothing of the person, nothing of what was said."""

    case: str
    service: Text
    to: Text
    """The body that has it now."""
    at: datetime
    """When it was handed on."""
    taken_at: datetime | None
    state: Text
    """Where it stands."""
    ended: bool
    updated_at: datetime | None


async def handed_on(engine: Engine, actor: Actor, after: str | None, limit: int) -> Page[Handed]:
    """What the official's own body has handed on, the latest first. Raises Refused (`bad-cursor`, 400)."""
    if actor.body not in visible(engine.directory, actor).bodies:
        return Page(())
    before = read_cursor(after, tuple[datetime, str]) if after else (FAR, "")
    rows = await lists.held(engine.db, actor.body, before, limit + 1)
    cases = [(at, await engine.find(engine.db, case)) for at, _, case in rows[:limit]]
    told = tuple(least(found, actor.body) for _, found in cases if found is not None)
    return Page(told, cursor(rows[limit - 1][0], rows[limit - 1][2]) if len(rows) > limit else None)


def least(found: Case, body: str) -> Handed:
    """What a body that held a case may know of it afterwards."""
    state, custody = found.state, next(one for one in reversed(found.state.custody) if one.from_office.id == body)
    return Handed(
        state.case.case,
        Text(*(words(found.definition.service.name, lang) for lang in LANGS)),
        state.office.name,
        custody.at,
        custody.taken_at,
        found.definition.procedure.states[state.state].name,
        found.definition.ended(state),
        state.updated_at,
    )
