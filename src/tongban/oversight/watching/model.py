"""What is kept of cases for the console, without anything of a person."""

from dataclasses import replace
from datetime import date, datetime, tzinfo
from typing import Literal

import msgspec

from tongban.oversight.abuse.model import History, Step, What


class KeptStep(msgspec.Struct, frozen=True, omit_defaults=True, rename={"what": "w", "at": "a"}):
    """A step as it is kept: what was the default is not written."""

    what: What
    at: datetime
    since: datetime | None = None
    due: datetime | None = None
    ground: str = ""
    text: str = ""
    nothing_new: bool = False
    adverse: bool = False


class Watched(msgspec.Struct, frozen=True, kw_only=True):
    """A case that has ended, and whether all dates that the body owed were kept; None where it owed none."""

    region: str
    case_id: str
    body: str
    service: str
    ended_at: datetime
    promised: bool | None
    legal: bool | None
    steps: tuple[KeptStep, ...]

    def history(self, zone: tzinfo, refiled: datetime | None = None) -> History:
        """As the abuse indices read it: a day is a day of the authority's zone."""
        steps = (Step(**{name: getattr(one, name) for name in Step.__slots__}) for one in self.steps)
        local = tuple(replace(one, at=one.at.astimezone(zone)) for one in steps)
        return History(self.case_id, self.body, self.service, local, refiled)


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What a body answered in public to a supervision order."""

    region: str
    case_id: str
    body: str
    index: str
    service: str
    finding: str
    outcome: str
    answer: str
    opened: date
    ended: date


class Now(msgspec.Struct, frozen=True, kw_only=True):
    """How the open cases of a body and a service stand. `first` is the earliest date that has passed."""

    body: str
    service: str
    open: int
    amber: int
    red: int
    first: datetime | None


class Day(msgspec.Struct, frozen=True, kw_only=True):
    """What ended on a day: `owed` of them by a date, `promised` and `legal` of those within its dates."""

    body: str
    day: date
    ended: int
    owed: int
    promised: int
    legal: int


class Hour(msgspec.Struct, frozen=True, kw_only=True):
    """How many cases came in an hour."""

    hour: datetime
    opened: int


FigureName = Literal["looked-up", "failed", "without-basis", "waited", "seconds", "longest"]


class Figure(msgspec.Struct, frozen=True, kw_only=True):
    """One of the day's other figures of a body."""

    body: str
    name: FigureName
    value: int


class Silent(msgspec.Struct, frozen=True, kw_only=True):
    """A resource whose source did not answer when it was last asked: how many cases wait for it, and since when."""

    resource: str
    cases: int
    since: datetime


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """A finding of the abuse indices as it is kept; `behind` are the cases."""

    region: str
    body: str
    id: str
    index: str
    service: str
    hits: int
    cases: int
    expected: float
    chance: float
    peers: int
    behind: tuple[str, ...]
    since: date
    until: date
