"""紧急查看 (break-glass): an official opens one case that is not theirs, for a reason, for an hour.

They are told beforehand that the person sees it and that it is reviewed; the review is a case of its own with the
supervising body. It opens reading only: no act becomes possible by it.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

import msgspec

from tongban.base.database import Database, Row
from tongban.base.errors import refuse
from tongban.base.i18n import Text
from tongban.base.ids import uuid7
from tongban.base.page import Page, cursor, read_cursor
from tongban.base.sealing import Ring
from tongban.org import Actor
from tongban.sharing.access import store
from tongban.sharing.access.record import kept_until

LASTS: Final = timedelta(hours=1)
SHORTEST, LONGEST = 10, 1000


class Ground(StrEnum):
    """Why an emergency."""

    LIFE = "life"
    PROPERTY = "property"
    DISASTER = "disaster"
    AWAY = "away"


GROUNDS: dict[Ground, Text] = {
    Ground.LIFE: Text("救人，或者防止人身危险", "To save somebody or keep them from harm"),
    Ground.PROPERTY: Text("防止本人财产马上受损", "To keep the person's property from immediate loss"),
    Ground.DISASTER: Text("灾害、事故、疫情处置", "A disaster, an accident or an epidemic"),
    Ground.AWAY: Text(
        "经办的人和机关都找不到，再等就误了本人的事", "Nobody in charge can be reached, and waiting harms"
    ),
}


class Emergency(msgspec.Struct, frozen=True, kw_only=True):
    """One emergency. `watcher` is the body that reviews it; `review` its case, once that is open."""

    id: str
    at: datetime
    body: str
    post: str
    reader: str
    case_id: str
    person: str
    until: datetime
    ground: Ground
    reason: str
    delayed_by: str | None
    watcher: str
    review: str | None


def checked(ground: str, reason: str, *, understood: bool) -> tuple[Ground, str]:
    """What was given, if it will do. Raises Refused: `ground-missing`, `reason-too-short`, `not-confirmed`."""
    said = " ".join(reason.split())[:LONGEST]
    if ground not in frozenset(Ground):
        raise refuse("ground-missing", "请选一项情形", "Choose what kind of emergency this is", place="ground")
    if len(said) < SHORTEST:
        raise refuse(
            "reason-too-short",
            f"请写清楚发生了什么、为什么等不了（至少{SHORTEST}个字）",
            f"Say what happened and why it cannot wait (at least {SHORTEST} characters)",
            place="reason",
        )
    if not understood:
        raise refuse(
            "not-confirmed",
            "请先确认：本人会看到，监督单位会复核",
            "First confirm that the person sees it and that it is reviewed",
            place="understood",
        )
    return Ground(ground), said


async def declare(
    db: store.Keeper,
    actor: Actor,
    case: str,
    person: str,
    *,
    ground: Ground,
    reason: str,
    watcher: str,
    now: datetime,
    delayed_by: str | None = None,
) -> Emergency:
    """Write it. From now on for `LASTS` the official may look at this one case."""
    found = Emergency(
        id=str(uuid7()),
        at=now,
        body=actor.body,
        post=actor.post,
        reader=actor.id,
        case_id=case,
        person=person,
        until=now + LASTS,
        ground=ground,
        reason=reason,
        delayed_by=delayed_by,
        watcher=watcher,
        review=None,
    )
    key = await db.sealer.person(db, person)
    row = {name: getattr(found, name) for name in found.__struct_fields__}
    await store.break_glass(db, row | {"kept_until": kept_until(now)}, key)
    return found


async def running(db: store.Keeper, actor: Actor, case: str, now: datetime) -> Emergency | None:
    """The emergency by which this official may look at this case at this moment."""
    row = await store.running(db, actor.id, actor.post, case, now)
    return (await _opened(db, [row]))[0] if row else None


async def reviewed_by(db: store.Runner, emergency: str, case: str) -> None:
    """Name its review; again is harmless."""
    await store.reviewed_by(db, UUID(emergency), case)


async def unreviewed(db: store.Keeper, limit: int = 50) -> tuple[Emergency, ...]:
    """Emergencies whose review could not be opened yet."""
    return await _opened(db, await store.unreviewed(db, limit))


async def emergencies(db: Database, watcher: str, after: str | None, limit: int) -> Page[Emergency]:
    """What a body reviews, latest first. Raises Refused (`bad-cursor`, 400)."""
    place = read_cursor(after, tuple[datetime, UUID]) if after else None
    rows = await store.emergencies(db, [watcher], place, limit + 1)
    following = cursor(rows[limit - 1]["at"], rows[limit - 1]["id"]) if len(rows) > limit else None
    return Page(await _opened(db, rows[:limit]), following)


async def reviews(db: store.Runner, emergencies: list[str]) -> dict[str, str]:
    """The review case of each emergency that has one."""
    return await store.reviews(db, [UUID(one) for one in emergencies]) if emergencies else {}


async def _opened(db: store.Keeper, rows: Sequence[Row]) -> tuple[Emergency, ...]:
    """With their reasons in clear; of somebody whose key was erased, that it was."""
    ring = await db.sealer.ring(db, (row["reason"] for row in rows))
    return tuple(_emergency(row, ring) for row in rows)


def _emergency(row: Row, ring: Ring) -> Emergency:
    place = store.reason_place(row["body"], row["at"], row["id"])
    found = dict(row) | {"id": str(row["id"]), "reason": ring.shown(place, row["reason"])}
    return msgspec.convert(found, Emergency)
