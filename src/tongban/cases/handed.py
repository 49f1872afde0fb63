"""What a body has handed on: it sees that it went, to whom, and where it stands; no more (最小够用)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Literal

import msgspec

from tongban.base.errors import refuse
from tongban.base.i18n import LANGS, Text, words
from tongban.base.page import Page, cursor, read_cursor
from tongban.cases.model import Custody
from tongban.cases.projections import FAR
from tongban.cases.store import lists
from tongban.org import Actor, visible

if TYPE_CHECKING:
    from tongban.cases.engine import Engine
    from tongban.cases.loaded import Case


Stands = Literal["", "working", "ended"]
"""All of it; what the other body works on; what it has answered."""


class Handed(msgspec.Struct, frozen=True):
    """The least answer about a case that was handed on: nothing of the person, nothing of what was said."""

    case: str
    slug: str
    service: Text
    to: Text
    """The body that has it now, or is to have it."""
    at: datetime
    """When it was handed on."""
    taken_at: datetime | None
    state: Text
    """Where it stands."""
    ended: bool
    updated_at: datetime | None
    receipt: str = ""
    """What the receiving side signed (JWS)."""


async def handed_on(
    engine: Engine, actor: Actor, after: str | None, limit: int, stands: Stands = "", service: str = ""
) -> Page[Handed]:
    """What the bodies of this official have handed on, the latest first. Raises Refused (`bad-cursor`, 400)."""
    before = read_cursor(after, tuple[datetime, str]) if after else (FAR, "")
    open_ = stands == "working" if stands else None
    rows = await lists.held(engine.db, _bodies(engine, actor), before, limit + 1, open_=open_, service=service)
    return await _page(engine, rows, limit)


async def leaving(engine: Engine, actor: Actor, after: str | None, limit: int, service: str = "") -> Page[Handed]:
    """What waits to be taken over by another body, and is owed by this official's until it is; soonest due first.

    Raises Refused (`bad-cursor`, 400).
    """
    start = read_cursor(after, tuple[datetime, str]) if after else lists.FIRST
    rows = await lists.leaving(engine.db, _bodies(engine, actor), start, limit + 1, service=service)
    return await _page(engine, rows, limit)


async def receipt(engine: Engine, actor: Actor, case: str) -> str:
    """The receipt for a case that a body of this official handed on. Raises Refused (`no-custody-receipt`, 404)."""
    found = await engine.find(engine.db, case)
    sent = next((one for body in _bodies(engine, actor) if found and (one := _sent(found, body))), None)
    if sent is None or not sent.receipt:
        raise refuse(
            "no-custody-receipt",
            "没有这份交接回执：不是本机关转出去的，或者对方还没接收。",
            "There is no such receipt: this body did not hand it on, or it has not been taken over.",
            place="case",
            status=404,
        )
    return sent.receipt


async def _page(engine: Engine, rows: Sequence[tuple[datetime, str, str]], limit: int) -> Page[Handed]:
    """The first `limit` of them, and where the next page begins if there are more."""
    cases = [(await engine.find(engine.db, case), body) for _, case, body in rows[:limit]]
    told = tuple(least(found, body) for found, body in cases if found is not None and _sent(found, body))
    return Page(told, cursor(*rows[limit - 1][:2]) if len(rows) > limit else None)


def _bodies(engine: Engine, actor: Actor) -> list[str]:
    """Those whose work this official sees; nobody is told what a body does that they have no post in or above."""
    return sorted(visible(engine.directory, actor).bodies) if actor.kind == "official" else []


def _sent(found: Case, body: str) -> Custody | None:
    return next((one for one in reversed(found.state.custody) if one.from_office.id == body), None)


def least(found: Case, body: str) -> Handed:
    """What a body that held a case may know of it afterwards. Raises LookupError if it never handed it on."""
    state, custody = found.state, _sent(found, body)
    if custody is None:
        raise LookupError(body)
    away, way = state.elsewhere, state.on_its_way
    return Handed(
        state.case.case,
        state.case.service,
        Text(*(words(found.definition.service.name, lang) for lang in LANGS)),
        way.to_office.name if way else state.office.name,
        custody.at,
        custody.taken_at,
        away.stands if away else found.definition.procedure.states[state.state].name,
        away.ended if away else found.definition.ended(state),
        state.updated_at,
        custody.receipt,
    )
