"""What those who supervise see of who opened whose data: attempts, closed cases, relatives, volumes.

A volume is held against the post's own days and those of like posts by median and median absolute deviation (MAD), so
that every figure can be shown and worked out again by hand (Leys et al., J. Exp. Soc. Psychol. 49 (2013) 764: three
scaled deviations from the median).
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, time, timedelta
from statistics import median
from typing import Final, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from tongban.base.database import Row
from tongban.base.page import Page, cursor, read_cursor
from tongban.sharing.access import store

WEEK: Final = timedelta(days=7)
BEFORE: Final = timedelta(days=56)
"""Eight weeks before the last one are the baseline."""
FEWEST_DAYS: Final = 5
"""With fewer days nothing is compared."""
FLOOR: Final = 10
"""Fewer people than this on a day are never called many."""
WIDTH: Final = 3 * 1.4826
"""Three standard deviations, where days are spread normally."""


class Watched(msgspec.Struct, frozen=True, kw_only=True):
    """One opening as a supervisor sees it: who and which case, never whose. `near` ties reader and person."""

    id: str
    at: datetime
    reader: str
    post: str
    body: str
    kind: str
    case: str
    near: str


class Attempt(msgspec.Struct, frozen=True, kw_only=True):
    """Something that was refused."""

    id: str
    at: datetime
    reader: str
    post: str
    body: str
    kind: str
    case: str
    code: str


class Baseline(NamedTuple):
    """Days that others are held against. `limit`: more than this is more than usual."""

    days: int
    median: float
    mad: float
    limit: int


class Volume(msgspec.Struct, frozen=True, kw_only=True):
    """The busiest day of a post in the last week: on how many people's data it opened, against its own days and those
    of like posts. A baseline is None where there are too few days to say."""

    body: str
    post: str
    day: date
    persons: int
    own: Baseline | None
    peers: Baseline | None

    @property
    def above_own(self) -> bool:
        """More than this post's own days would let one expect."""
        return self.own is not None and self.persons > self.own.limit

    @property
    def above_peers(self) -> bool:
        """More than the days of like posts would."""
        return self.peers is not None and self.persons > self.peers.limit


def baseline(counts: Sequence[int]) -> Baseline | None:
    """Median, MAD and limit of daily counts; a MAD below one counts as one, so that a quiet desk is no alarm."""
    if len(counts) < FEWEST_DAYS:
        return None
    middle = float(median(counts))
    mad = float(median(abs(count - middle) for count in counts))
    return Baseline(len(counts), middle, mad, max(FLOOR, int(middle + WIDTH * max(mad, 1.0))))


def judged(days: Iterable[tuple[str, str, date, int]], today: date, like: Callable[[str], str]) -> list[Volume]:
    """Every post that opened anything in the last week, what is above its baseline first, then the busiest.

    `days` are (body, post, day, persons); `like` names the group of like posts of a post.
    """
    week = today - WEEK
    before: dict[str, list[int]] = defaultdict(list)
    peers: dict[str, list[tuple[str, int]]] = defaultdict(list)
    busiest: dict[str, tuple[str, date, int]] = {}
    for body, post, day, persons in days:
        if day > week:
            if persons > busiest.get(post, ("", day, -1))[2]:
                busiest[post] = (body, day, persons)
        else:
            before[post].append(persons)
            peers[like(post)].append((post, persons))
    found = [
        Volume(
            body=body,
            post=post,
            day=day,
            persons=persons,
            own=baseline(before[post]),
            peers=baseline([count for other, count in peers[like(post)] if other != post]),
        )
        for post, (body, day, persons) in busiest.items()
    ]
    return sorted(found, key=rank)


def rank(one: Volume) -> tuple[bool, int, str]:
    """Its place in the list."""
    return not (one.above_own or one.above_peers), -one.persons, one.post


async def volumes(
    db: store.Runner,
    bodies: Sequence[str],
    now: datetime,
    zone: ZoneInfo,
    like: Callable[[str], str],
    after: str | None,
    limit: int,
) -> Page[Volume]:
    """The posts of these bodies. Raises Refused (`bad-cursor`, 400)."""
    place = read_cursor(after, tuple[bool, int, str]) if after else None
    rows = await store.volumes(db, bodies, _since(now, zone), zone.key)
    days = ((row["body"], row["post"], row["day"], row["persons"]) for row in rows)
    every = judged(days, now.astimezone(zone).date(), like)
    found = [one for one in every if place is None or rank(one) > place]
    return Page(tuple(found[:limit]), cursor(*rank(found[limit - 1])) if len(found) > limit else None)


async def count(db: store.Runner, now: datetime, zone: ZoneInfo) -> int:
    """Keep the counts of the days that are over; how many days were counted. A day is over an hour after midnight: what
    was being written then is in. Counts of before the baseline go."""
    before = (now - timedelta(hours=1)).astimezone(zone).date()
    since = _since(now, zone)
    done = await store.count_days(db, since, before, zone.key)
    await store.sweep_days(db, since.date())
    return done


def _since(now: datetime, zone: ZoneInfo) -> datetime:
    """The beginning of the first day that counts."""
    return datetime.combine((now - WEEK - BEFORE).astimezone(zone).date(), time(), zone)


async def closed(db: store.Runner, bodies: Sequence[str], after: str | None, limit: int) -> Page[Watched]:
    """Openings of cases that had ended. Raises Refused (`bad-cursor`, 400)."""
    return _watched(await store.closed(db, bodies, _place(after), limit + 1), limit)


async def near(db: store.Runner, bodies: Sequence[str], after: str | None, limit: int) -> Page[Watched]:
    """Openings of relatives' and namesakes' data. Raises Refused (`bad-cursor`, 400)."""
    return _watched(await store.near(db, bodies, _place(after), limit + 1), limit)


async def attempts(db: store.Runner, bodies: Sequence[str], after: str | None, limit: int) -> Page[Attempt]:
    """What was refused. Raises Refused (`bad-cursor`, 400)."""
    rows = await store.refused(db, bodies, _place(after), limit + 1)
    items = tuple(
        Attempt(
            id=str(row["id"]),
            at=row["at"],
            reader=row["reader"],
            post=row["post"],
            body=row["body"],
            kind=row["kind"],
            case=row["case_id"],
            code=row["code"],
        )
        for row in rows[:limit]
    )
    return Page(items, _next(rows, limit))


async def without_basis(db: store.Runner, bodies: Sequence[str]) -> int:
    """Rows that name no basis: only what was written before one was required; a thousand at most are counted."""
    return await store.no_basis(db, bodies)


def _place(after: str | None) -> store.Place | None:
    return read_cursor(after, tuple[datetime, UUID]) if after else None


def _next(rows: Sequence[Row], limit: int) -> str | None:
    return cursor(rows[limit - 1]["at"], rows[limit - 1]["id"]) if len(rows) > limit else None


def _watched(rows: Sequence[Row], limit: int) -> Page[Watched]:
    items = tuple(
        Watched(
            id=str(row["id"]),
            at=row["at"],
            reader=row["reader"]["id"],
            post=row["post"],
            body=row["body"],
            kind=row["kind"],
            case=row["case_id"],
            near=row["near"],
        )
        for row in rows[:limit]
    )
    return Page(items, _next(rows, limit))
