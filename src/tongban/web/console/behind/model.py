"""What a list behind a number is: its name, how the number is counted, and its lines."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Final, NamedTuple

from tongban.base.i18n import Text
from tongban.oversight.watching.method import Method
from tongban.web.desk.timebar import Heat
from tongban.web.site import Site

ROWS: Final = 50
FIRST = (datetime(1, 1, 2, tzinfo=UTC), "")
LAST = (datetime(9998, 1, 1, tzinfo=UTC), "~")
OWN = Text("本平台定的，没有法律规定", "the platform's own, no statute says so")
NO_SERVICE: Final = "-"
"""In an address: what is of no service, as a visit to the hall."""


class Show(StrEnum):
    """The lists behind the numbers."""

    RED = "red"
    AMBER = "amber"
    OPEN = "open"
    TODAY = "today"
    ENDED = "ended"
    OWED = "owed"
    IN_TIME = "in-time"
    IN_LAW = "in-law"
    PROMISED = "promised"
    LEGAL = "legal"
    CURED = "cured"
    CURED_IN_TIME = "cured-in-time"
    CURED_LATE = "cured-late"
    STEP = "step"
    RATED = "rated"
    RATED_GOOD = "rated-good"
    RATED_BAD = "rated-bad"
    RATED_OPEN = "rated-open"
    ASKED = "asked"
    ASKED_OPEN = "asked-open"
    SENT = "sent"
    CONTACTED = "contacted"
    REACHED = "reached"
    SOLVED = "solved"
    SATISFIED = "satisfied"
    CALLED = "called"
    LOOKED_UP = "looked-up"
    FAILED = "failed"
    WITHOUT_BASIS = "without-basis"
    NEVER_A_BASIS = "never-a-basis"
    OPENED_BY = "opened-by"
    SILENT = "silent"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a list is narrowed to, as its address says. `bodies` are those in view, of one region or one of them where
    asked for; `service` is empty for all. `step`, `resource` and `post` are what the lists of one step, one source and
    one post are about."""

    show: Show
    bodies: tuple[str, ...]
    service: str = ""
    region: str = ""
    step: str = ""
    resource: str = ""
    post: str = ""
    day: date | None = None
    hour: int | None = None
    after: tuple[datetime, str] | None = None

    def services(self, site: Site) -> tuple[str, ...]:
        """The service asked for, or all that people and businesses ask for."""
        return (self.service,) if self.service else tuple(site.watch.services())

    def regions(self, site: Site) -> tuple[str, ...]:
        """The region asked for, or those of the bodies."""
        return (
            (self.region,) if self.region else tuple(sorted({site.directory.body(one).region for one in self.bodies}))
        )

    def since(self, site: Site, first: date) -> datetime:
        """The moment that the list begins with: that of the day and hour asked for, or the first of a day."""
        return midnight(site, self.day or first) + timedelta(hours=self.hour or 0)

    def before(self, site: Site) -> tuple[datetime, str]:
        """Up to where lines are read: after those shown already, within the day or the hour asked for."""
        if self.after:
            return self.after
        if self.day is None:
            return LAST
        span = timedelta(days=1) if self.hour is None else timedelta(hours=1)
        return midnight(site, self.day) + timedelta(hours=self.hour or 0) + span, ""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a list. `case` is empty where it is of no case, or where it may not lead to one; `place` is where the
    list goes on. `rung` is the named superior that a case has climbed to."""

    place: tuple[datetime, str]
    name: Text
    body: Text
    said: Text
    case: str = ""
    heat: Heat = "calm"
    rung: Text | None = None
    order: str = ""
    day_only: bool = False
    """Whether the time of day is kept back, so that nobody is told by it."""

    @property
    def at(self) -> datetime:
        return self.place[0]


class Listing(NamedTuple):
    """A list. `climbs`: its lines have superiors that they climb to. `of_day`: it can be narrowed to a day; a rating's
    cannot, for what came in up to an hour and what up to the next would tell its time."""

    name: Text
    method: Method
    lines: Callable[[Site, Wanted], Awaitable[list[Line]]]
    climbs: bool = False
    of_day: bool = False


def midnight(site: Site, day: date) -> datetime:
    """When a day begins here."""
    return datetime.combine(day, time(), site.settings.timezone)
