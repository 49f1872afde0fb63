"""What the console shows, worked out from what is kept: eight small queries, whatever the number of cases."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from tongban.oversight.watching.model import Day, Figure, Hour, Now
from tongban.oversight.watching.store import daily, ended, standing, turns

TARGET: Final = 0.95
"""The platform's own aim for the promised date; no statute names a share."""
WINDOW: Final = 30
"""Days that a share of cases in time is of: today and those before."""
FEWEST: Final = 10
"""A share of fewer cases is not shown."""
WEEKS: Final = 4
CURE: Final = "rating-cure"
"""The service by which a bad rating is put right; its cases are counted like any other."""


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many."""

    part: int
    whole: int

    @property
    def shown(self) -> bool:
        """Whether there are enough of them for a share."""
        return self.whole >= FEWEST

    @property
    def value(self) -> float:
        return self.part / self.whole if self.whole else 0.0


@dataclass(frozen=True, slots=True)
class Place:
    """A region or a body with its open cases."""

    id: str
    red: Share


@dataclass(frozen=True, slots=True)
class Wait:
    """Waits in a hall today."""

    body: str
    called: int
    minutes: int
    longest: int


@dataclass(frozen=True, slots=True)
class Overview:
    """Everything on the first page of the console. `at` is when it was counted; None before the first time."""

    at: datetime | None
    opened: int
    opened_over: int
    """Of these, what came in the hours that are over."""
    opened_before: int | None
    """In the same hours a week ago; None while there is nothing to compare with."""
    promised: Share
    days_on_target: int
    red: int
    red_yesterday: int | None
    amber: int
    regions: tuple[Place, ...]
    bodies: tuple[tuple[str, Share], ...]
    """Share in time of each body that has enough cases, the best first."""
    matters: tuple[Now, ...]
    """What is past a date, by how many cases for how long."""
    today: tuple[tuple[int, int], ...]
    """Each hour of the day so far, and what came in it; nothing where none came."""
    usual: tuple[tuple[int, float], ...]
    """The mean of the same weekday in the last four weeks."""
    waits: tuple[Wait, ...]
    looked_up: int
    failed: Share
    """Questions that got no answer at first, of these and those that were answered."""
    without_basis: int
    cured: Share
    """Bad ratings whose case ended this month, and those in time."""

    @property
    def wait(self) -> int | None:
        """Mean minutes over all who were called today."""
        called = sum(one.called for one in self.waits)
        return round(sum(one.called * one.minutes for one in self.waits) / called) if called else None


async def overview(
    db: turns.Runner,
    bodies: Sequence[str],
    services: Sequence[str],
    region_of: Callable[[str], str],
    now: datetime,
    zone: ZoneInfo,
) -> Overview:
    """Of these bodies and services. `region_of` says where a body is."""
    local = now.astimezone(zone)
    today = local.date()
    open_now = await standing.now(db, bodies)
    by_body, by_day = await ended.sums(db, bodies, first_day(today), services)
    cures = await ended.days(db, bodies, today.replace(day=1), [CURE])
    spans = [_day(today - timedelta(weeks=weeks), zone) for weeks in range(WEEKS + 1)]
    hours = await standing.hours(db, bodies, spans)
    figures = await daily.figures(db, bodies, today)
    this, before = _of(hours, today, zone), _of(hours, today - timedelta(weeks=1), zone)
    look = _summed(figures)
    return Overview(
        at=await turns.last(db, "now"),
        opened=sum(this.values()),
        opened_over=sum(n for hour, n in this.items() if hour < local.hour),
        opened_before=sum(n for hour, n in before.items() if hour < local.hour) if before else None,
        promised=_share(by_day),
        days_on_target=_on_target(by_day, today),
        red=sum(one.red for one in open_now),
        red_yesterday=await daily.red_before(db, bodies, today),
        amber=sum(one.amber for one in open_now),
        regions=_regions(open_now, bodies, region_of),
        bodies=_by_body(by_body),
        matters=tuple(sorted((one for one in open_now if one.red), key=lambda one: -weight(one, now))),
        today=tuple((hour, this.get(hour, 0)) for hour in range(local.hour + 1)) if this else (),
        usual=_usual(hours, today, zone),
        waits=_waits(figures),
        looked_up=look["looked-up"],
        failed=Share(look["failed"], look["looked-up"] + look["failed"]),
        without_basis=look["without-basis"],
        cured=_share(cures),
    )


async def by_hour(
    db: turns.Runner, bodies: Sequence[str], today: date, zone: ZoneInfo
) -> list[tuple[date, dict[int, int]]]:
    """What came in each hour of today, and of the same weekday of the weeks before, the latest day first."""
    days = [today - timedelta(weeks=weeks) for weeks in range(WEEKS + 1)]
    hours = await standing.hours(db, bodies, [_day(day, zone) for day in days])
    return [(day, _of(hours, day, zone)) for day in days]


def first_day(today: date) -> date:
    """The first of the days that a share of cases in time is of."""
    return today - timedelta(days=WINDOW - 1)


def weight(one: Now, now: datetime) -> float:
    """How much a matter weighs: its cases times the days that the oldest is late, a day begun being one."""
    return one.red * ((now - one.first).days + 1) if one.first else 0.0


def _day(day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    return datetime.combine(day, time(), zone), datetime.combine(day + timedelta(days=1), time(), zone)


def _of(hours: Sequence[Hour], day: date, zone: ZoneInfo) -> dict[int, int]:
    local = ((one.hour.astimezone(zone), one.opened) for one in hours)
    return {at.hour: opened for at, opened in local if at.date() == day}


def _usual(hours: Sequence[Hour], today: date, zone: ZoneInfo) -> tuple[tuple[int, float], ...]:
    weeks = [_of(hours, today - timedelta(weeks=n), zone) for n in range(1, WEEKS + 1)]
    known = [week for week in weeks if week]
    return tuple((h, sum(week.get(h, 0) for week in known) / len(known)) for h in range(24) if known)


def _share(days: Sequence[Day]) -> Share:
    return Share(sum(one.promised for one in days), sum(one.owed for one in days))


def _on_target(days: Sequence[Day], today: date) -> int:
    """For how many days on end, up to yesterday, the aim was reached; days on which nothing was due are passed over."""
    reached = 0
    for one in sorted(days, key=lambda one: one.day, reverse=True):
        share = _share([one])
        if one.day >= today or not share.whole:
            continue
        if share.value < TARGET:
            break
        reached += 1
    return reached


def _regions(standing: Sequence[Now], bodies: Sequence[str], region_of: Callable[[str], str]) -> tuple[Place, ...]:
    found: dict[str, list[int]] = {region_of(body): [0, 0] for body in bodies}
    for one in standing:
        counts = found[region_of(one.body)]
        counts[0] += one.red
        counts[1] += one.open
    return tuple(Place(region, Share(*counts)) for region, counts in sorted(found.items()))


def _by_body(bodies: Sequence[Day]) -> tuple[tuple[str, Share], ...]:
    shares = ((one.body, _share([one])) for one in bodies)
    return tuple(sorted(((b, s) for b, s in shares if s.shown), key=lambda one: (-one[1].value, one[0])))


def _summed(figures: Sequence[Figure]) -> defaultdict[str, int]:
    found: defaultdict[str, int] = defaultdict(int)
    for one in figures:
        found[one.name] += one.value
    return found


def _waits(figures: Sequence[Figure]) -> tuple[Wait, ...]:
    by_body: dict[str, dict[str, int]] = defaultdict(dict)
    for one in figures:
        by_body[one.body][one.name] = one.value
    waits = (
        Wait(body, own["waited"], round(own["seconds"] / own["waited"] / 60), round(own["longest"] / 60))
        for body, own in by_body.items()
        if own.get("waited")
    )
    return tuple(sorted(waits, key=lambda one: (-one.longest, one.body)))
