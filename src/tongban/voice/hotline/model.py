"""A request as it comes in, and as lists and counts see it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import msgspec

from tongban.base.i18n import Text

SERVICE = "hotline-request"
NOBODY = Text("未留名", "no name left")
"""The name of whoever leaves none; the Chinese is what the case keeps."""
Channel = Literal["online", "counter", "phone"]
URGENCY: Mapping[str, Text] = {
    "urgent": Text("紧急，两小时", "Urgent, two hours"),
    "utilities": Text("水电气热，一天", "Water, power, gas, heating: a day"),
    "general": Text("一般，五个工作日", "General, five working days"),
    "complex": Text("复杂，十五天", "Complex, fifteen days"),
}
"""How urgent, with the time that the service file gives; a region's own file may be quicker."""
ALIKE = 0.5
"""Share of runs of characters in common from which on an earlier request is shown as perhaps the same."""
RECENT_DAYS = 30
MOST = 2000
"""Earlier requests that are compared."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody says. `area` and `point` say where it is (`places`); `name` and `phone` are what they leave so as
    to be called. All of these may be empty."""

    kind: str
    said: str
    urgency: str = "general"
    place: str = ""
    about: str = ""
    name: str = ""
    phone: str = ""
    area: str = ""
    point: str = ""

    @property
    def facts(self) -> dict[str, str]:
        """The answers of the service file."""
        found = {"kind": self.kind, "said": self.said, "urgency": self.urgency, "place": self.place}
        return {name: value for name, value in (found | {"about_service": self.about}).items() if value}


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One request, without who and without what was said, as far as a list shows it."""

    region: str
    case_id: str
    at: datetime
    channel: str
    kind: str
    urgency: str
    about: str
    body: str
    state: str
    open: bool
    area: str = ""


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """What is kept of a request beside its case. Times are None for what has not happened; `solved` and `satisfied`
    are 1 or 0 as the person said, None where nobody was reached."""

    region: str
    case_id: str
    seq: int
    applicant: str
    caller: bytes | None
    at: datetime
    channel: Channel
    kind: str
    urgency: str
    about: str
    said: str
    body: str
    state: str
    open: bool
    dispatched_at: datetime | None = None
    contacted_at: datetime | None = None
    in_time: bool | None = None
    answered_at: datetime | None = None
    asked_at: datetime | None = None
    solved: int | None = None
    satisfied: int | None = None
    objected: bool = False


class Twin(msgspec.Struct, frozen=True, kw_only=True):
    """An earlier request that may be about the same thing."""

    case_id: str
    at: datetime
    body: str
    state: str
    alike: int
    """Per cent of runs in common."""


class Sent(msgspec.Struct, frozen=True, kw_only=True):
    """Where a person sent a request, at that event of its case. `category` is empty where only a body was named."""

    region: str
    case_id: str
    seq: int
    at: datetime
    category: str
    body: str
    by_id: str
    followed: bool


class HotSpot(msgspec.Struct, frozen=True, kw_only=True):
    """Many about one thing: the words that most of them share, how many, and the most typical ones."""

    words: tuple[str, ...]
    count: int
    cases: tuple[Row, ...]


class Rates(msgspec.Struct, frozen=True, kw_only=True):
    """三率 of a body or a region: how many of how many (facts sheet 7: the formulas are tag M, the names V)."""

    of: str
    requests: int
    open: int
    sent: int
    contacted: int
    reached: int
    solved: int
    satisfied: int

    @staticmethod
    def share(part: int, whole: int) -> str:
        """In per cent; a dash where there is nothing to divide by."""
        return f"{round(100 * part / whole)}%" if whole else "—"

    @property
    def response(self) -> str:
        """响应率: contacted in time, of those sent on."""
        return self.share(self.contacted, self.sent)

    @property
    def solution(self) -> str:
        """解决率: solved as the person says, of those reached."""
        return self.share(self.solved, self.reached)

    @property
    def satisfaction(self) -> str:
        """满意率: satisfied, of those reached."""
        return self.share(self.satisfied, self.reached)


def called(name: str) -> Text:
    """The name of an applicant, in words where they left none."""
    return NOBODY if name == NOBODY.zh else Text(name, name)
