"""核查期间晚些告诉本人: openings of one case, by one body, that the person sees on a stated day and not at once.

Only where a rule of `delays.yaml` allows it. One official of the body proposes it with a reason and a last day, another
one agrees; until then, and after the last day, everything is shown at once. The person is told meanwhile that there are
such lines, and on the day sees each with its reason (个人信息保护法 35).
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec

from tongban.base.database import Row
from tongban.base.errors import refuse
from tongban.base.ids import uuid7
from tongban.base.page import Page, cursor, read_cursor
from tongban.base.sealing import Ring
from tongban.org import Actor
from tongban.sharing.access.delays import Delay, delays
from tongban.sharing.access.inspecting import store
from tongban.sharing.access.model import Kind
from tongban.sharing.access.record import kept_until
from tongban.sharing.access.store import Keeper, Runner

SHORTEST, LONGEST = 10, 1000
_SWEPT = 5_000
KINDS: Final = (Kind.CASE, Kind.DOCUMENT)
"""What of a case is shown later."""


class Inspection(msgspec.Struct, frozen=True, kw_only=True):
    """One inspection. It delays nothing before `agreed_at` and nothing after `until` or `ended_at`."""

    id: str
    person: str
    at: datetime
    case_id: str
    body: str
    post: str
    reader: str
    rule: str
    until: datetime
    reason: str
    agreed_by: str | None = None
    agreed_at: datetime | None = None
    ended_at: datetime | None = None


def rule_for(kind_of_body: str, service: str) -> Delay | None:
    """The rule by which such a body may delay what it opens of a case of this service."""
    fitting = (
        one
        for one in delays().values()
        if Kind.CASE in one.kinds and kind_of_body in one.bodies and service in (one.services or ())
    )
    return next(fitting, None)


async def propose(
    db: Keeper, actor: Actor, case: str, person: str, rule: Delay, *, reason: str, until: datetime, now: datetime
) -> Inspection:
    """Keep a proposal. Raises Refused: `reason-too-short`; `until-too-late` where the last day is not within the
    rule's days; `inspection-open` (409) where one of this body about this case is under way."""
    said = " ".join(reason.split())[:LONGEST]
    if len(said) < SHORTEST:
        raise refuse(
            "reason-too-short",
            f"请写清楚核查什么、为什么现在告诉会妨碍核查（至少{SHORTEST}个字）",
            f"Say what is checked and why telling now would obstruct it (at least {SHORTEST} characters)",
            place="reason",
        )
    if not 0 < (until - now).total_seconds() <= rule.days * 86_400:
        raise refuse(
            "until-too-late",
            f"请写从明天起{rule.days}天以内的一天；到了那天就显示给本人",
            f"Name a day within {rule.days} days from tomorrow; on that day the person sees it",
            place="until",
            law=rule.law.zh,
        )
    if await store.latest(db, case, actor.body, now):
        raise refuse(
            "inspection-open",
            "这一件已经有一个核查，等它结束再提。",
            "There is one for this case already; wait until it has ended.",
            status=409,
        )
    found = Inspection(
        id=str(uuid7()), person=person, at=now, case_id=case, body=actor.body, post=actor.post, reader=actor.id,
        rule=rule.rule, until=until, reason=said,
    )  # fmt: skip
    row = {name: getattr(found, name) for name in found.__struct_fields__}
    await store.add(db, row | {"id": UUID(found.id), "kept_until": kept_until(now)}, await db.sealer.person(db, person))
    return found


async def agree(db: Runner, actor: Actor, found: Inspection, now: datetime) -> None:
    """The second person's yes; from now on it delays. Raises Refused `second-person-needed` (403)."""
    if actor.id == found.reader:
        raise refuse(
            "second-person-needed",
            "提出的人不能自己同意，请同机关的审批人或者负责人来看",
            "Whoever proposed it cannot agree; ask a decider or the head of your body",
            status=403,
        )
    await store.say(db, found.person, UUID(found.id), "agreed", now, actor.post, actor.id)


async def end(db: Runner, actor: Actor, found: Inspection, now: datetime) -> None:
    """From now on what is opened is shown at once; what was opened before appears on its day."""
    await store.say(db, found.person, UUID(found.id), "ended", now, actor.post, actor.id)


async def under_way(db: Keeper, case: str, body: str, now: datetime) -> Inspection | None:
    """The one of this body about this case that has not ended, agreed to or not."""
    row = await store.latest(db, case, body, now)
    return (await _opened(db, [row]))[0] if row else None


async def delaying(db: Runner, case: str, body: str, now: datetime) -> tuple[str, datetime] | None:
    """By which rule, and until when, an opening of this case by this body is shown later."""
    row = await store.latest(db, case, body, now)
    return None if row is None or row["agreed_at"] is None else (row["rule"], row["until"])


async def of_bodies(db: Keeper, bodies: Sequence[str], after: str | None, limit: int) -> Page[Inspection]:
    """For whoever supervises these bodies, latest first. Raises Refused (`bad-cursor`, 400)."""
    place = read_cursor(after, tuple[datetime, UUID]) if after else None
    rows = await store.of_bodies(db, bodies, place, limit + 1)
    following = cursor(rows[limit - 1]["at"], rows[limit - 1]["id"]) if len(rows) > limit else None
    return Page(await _opened(db, rows[:limit]), following)


async def sweep(db: Runner, now: datetime) -> int:
    """Remove those that were kept for their time, three years at least; their number."""
    removed = 0
    while (done := await store.sweep(db, now.date(), _SWEPT)) > 0:
        removed += done
    return removed


async def _opened(db: Keeper, rows: Sequence[Row]) -> tuple[Inspection, ...]:
    ring = await db.sealer.ring(db, (row["reason"] for row in rows))
    return tuple(_inspection(row, ring) for row in rows)


def _inspection(row: Row, ring: Ring) -> Inspection:
    place = store.INSPECTION.place("reason", (row["person"], row["id"]))
    return msgspec.convert(dict(row) | {"id": str(row["id"]), "reason": ring.shown(place, row["reason"])}, Inspection)
