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

    @property
    def late(self) -> bool:
        """Whether it was done after the promised date."""
        return bool(self.linked and self.ended_on and self.promised_by and self.ended_on > self.promised_by)


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
