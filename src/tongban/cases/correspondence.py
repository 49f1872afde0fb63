"""Letters to a body: of the cases that it asked other bodies for, read by those who may act for it there.

A body is an applicant like a person, and what it is told is told it word for word; its inbox is at the desk.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from tongban.base.errors import refuse
from tongban.base.ids import region_of
from tongban.base.page import Page, cursor, read_cursor
from tongban.cases.engine import Engine
from tongban.cases.projections import FAR
from tongban.cases.refusals import unknown_case
from tongban.cases.store import correspondence as store
from tongban.cases.store.correspondence import ToBody
from tongban.org import Actor, Role, visible

_READS = frozenset({Role.EXAMINE, Role.DECIDE, Role.HEAD})
"""Who acts for a body that asks (政务数据共享条例 11, 20), and so reads what it is told."""


@dataclass(frozen=True, slots=True)
class Correspondence:
    """One page of a body's letters; `senders` are the authorities that wrote, with how many are unopened."""

    letters: Page[ToBody]
    senders: dict[str, int]


async def letters(engine: Engine, actor: Actor, sender: str, after: str | None, limit: int) -> Correspondence:
    """What the official's body was told, newest first. Raises Refused: `not-for-this-post` (403), `bad-cursor`."""
    body, now = _reader(engine, actor), engine.clock()
    before = read_cursor(after, tuple[datetime, str, int]) if after else (FAR, "", 0)
    rows = await store.newest(engine.db, body, sender, now, before, limit + 1)
    last = rows[limit - 1] if len(rows) > limit else None
    following = cursor(last.at, last.case_id, last.seq) if last else None
    return Correspondence(Page(tuple(rows[:limit]), following), await store.senders(engine.db, body, now))


async def thread(engine: Engine, actor: Actor, case: str) -> Sequence[ToBody]:
    """Every letter of one case that the body asked for, oldest first; from then on they count as opened.

    Raises Refused: `not-for-this-post` (403); `unknown-case` (404), also for a case of anybody else.
    """
    body, now = _reader(engine, actor), engine.clock()
    region = region_of(case)
    found = await store.thread(engine.db, body, region, case, now)
    if not found:
        raise unknown_case()
    await store.read(engine.db, body, region, case, now)
    return found


async def unread(engine: Engine, actor: Actor) -> int:
    """How many letters nobody of the body has opened; 0 for whoever does not read them."""
    if not _may(engine, actor):
        return 0
    return await store.unread(engine.db, actor.body, engine.clock())


def _may(engine: Engine, actor: Actor) -> bool:
    return bool(actor.body and _READS & actor.roles) and not visible(engine.directory, actor).nothing


def _reader(engine: Engine, actor: Actor) -> str:
    if not _may(engine, actor):
        raise refuse(
            "not-for-this-post",
            "写给本单位的通知，由审查、审批岗位和负责人看。",
            "Letters to the body are read by its examiners, deciders and heads.",
            law="政务数据共享条例 11",
            status=403,
        )
    return actor.body
