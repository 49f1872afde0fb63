"""What is gathered, from how many people on it is acted upon, and a promise as everybody may read it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

import msgspec

from tongban.base.i18n import Text

SERVICE = "service-improvement"
"""The service, and the procedure, of a case that asks an owner for a change."""
NOT_OF_THE_FILE = "none"
"""What a person finds to be nothing that the file of the service could put right."""
LONGEST_PROMISE = timedelta(days=183)
"""The furthest that a date may be promised ahead. The platform's own."""
FEWEST_COUNTED = 10
"""Of fewer people everybody reads that they were fewer than so many."""


@dataclass(frozen=True, slots=True)
class Threshold:
    """From how many people on, within how many days, an owner is asked. The platform's own; `since` dates it."""

    since: date
    people: int
    days: int


THRESHOLDS = (Threshold(date(2026, 1, 1), people=5, days=90),)
"""The oldest first. A change is a new line, so that it can be seen what counted when a case was opened."""


def threshold(on: date) -> Threshold:
    """The one that counts on a day; the first before all of them."""
    return next((one for one in reversed(THRESHOLDS) if one.since <= on), THRESHOLDS[0])


Source = Literal["request", "rating"]


class Heard(msgspec.Struct, frozen=True, kw_only=True):
    """A request or a bad rating that nobody has looked through yet. `about` is what it names as its service."""

    region: str
    source: Source
    id: str
    at: datetime
    about: str
    tags: tuple[str, ...]
    said: str


class Cluster(msgspec.Struct, frozen=True, kw_only=True):
    """What many said of one part of one service. `cause` is as a person confirmed it, or else as it is suggested
    (empty: nothing is). `people` counts everybody once; `cases` are a few of the numbers behind it, without words."""

    service: str
    cause: str
    confirmed: bool
    people: int
    requests: int
    ratings: int
    latest: datetime
    cases: tuple[str, ...]


class Moving(msgspec.Struct, frozen=True, kw_only=True):
    """A promised date that was moved: on which day, from when to when, and why, as everybody reads it."""

    on: date
    was: date
    to: date
    why: str


@dataclass(frozen=True, slots=True)
class Month:
    """How many people spoke of the part in a whole month (its first day)."""

    month: date
    people: int


class Improvement(msgspec.Struct, frozen=True, kw_only=True):
    """A case as everybody may read it: no words of anybody. `version` is the one that was complained of."""

    region: str
    case_id: str
    seq: int
    service: str
    version: str
    cause: str
    body: str
    said_by: int
    opened_on: date
    answer_by: date | None
    promised_by: date | None
    first_promised: date | None
    moves: tuple[Moving, ...]
    linked: str
    state: str
    open: bool
    ended_on: date | None

    def standing(self, today: date) -> Standing:
        """Where it stands on a day."""
        if not self.open:
            return "done" if self.linked else "unchanged"
        due = self.promised_by or self.answer_by
        if due is not None and due < today:
            return "overdue" if self.promised_by else "unanswered"
        return "promised" if self.promised_by else "asked"

    def late(self, today: date) -> bool:
        """Whether the first promised date passed before it was done: a date that is moved makes nothing punctual."""
        done = self.ended_on if self.linked and self.ended_on else today
        return bool((self.linked or self.open) and self.first_promised and done > self.first_promised)


Phase = Literal["before", "changing", "after"]
PHASES: Mapping[Phase, Text] = {
    "before": Text("改以前", "before"),
    "changing": Text("改的那个月", "month of the change"),
    "after": Text("改以后", "after"),
}


def phase(month: date, changed: date | None) -> Phase:
    """Where a month lies beside the day from which the new version is in force; `before` while there is none."""
    if changed is None or (month.year, month.month) < (changed.year, changed.month):
        return "before"
    return "after" if month >= changed else "changing"


Standing = Literal["asked", "unanswered", "promised", "overdue", "done", "unchanged"]
STANDINGS: Mapping[Standing, Text] = {
    "asked": Text("等责任单位答应日期", "Waiting for the owner's date"),
    "unanswered": Text("超期没有答复", "No answer, overdue"),
    "promised": Text("在改", "Being changed"),
    "overdue": Text("超期没改好", "Overdue"),
    "done": Text("已改", "Changed"),
    "unchanged": Text("说明了理由，不改", "Explained, nothing changes"),
}


def people(count: int) -> Text:
    """How many, as everybody may read it."""
    if count < FEWEST_COUNTED:
        return Text(f"不到{FEWEST_COUNTED}人", "fewer than ten people")
    return Text(f"{count}人", f"{count} people")


CAREFUL = Text(
    "每个月过完才数一次，以后不改；不到十人的不写几个。人数少了不等于是因为改了：办的人多了少了、季节、大家知不知道可以说，"
    "都会变。",
    "Each month is counted once, when it is over, and not changed; fewer than ten are not counted out. Fewer people"
    " does not mean that the change is why: how many apply, the season, and who knows that one can say so change too.",
)
"""What is said beside the months: a count before and after shows no cause."""
