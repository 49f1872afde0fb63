"""A rating: what was rated, how, and what became of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

import msgspec

from tongban.base.i18n import Text

LEVELS: Mapping[int, Text] = {
    5: Text("非常满意", "Very satisfied"),
    4: Text("满意", "Satisfied"),
    3: Text("基本满意", "Fairly satisfied"),
    2: Text("不满意", "Dissatisfied"),
    1: Text("非常不满意", "Very dissatisfied"),
}
"""The five levels, the best first (国办发〔2019〕51号): the first three count as good, the others as bad."""
BAD = 2
"""The best level that is a bad rating, and is put right."""
LONGEST = 500
"""Characters of what is said beside a level."""
CHANGE = timedelta(minutes=10)
"""How long a rating can be changed, once, before anybody looks at it. The platform's own."""
OPEN_FOR = timedelta(days=90)
"""How long after its end a case or a visit can be rated. The platform's own."""

Kind = Literal["case", "visit"]
Channel = Literal["online", "letter", "window", "kiosk", "phone"]
CHANNELS: Mapping[Channel, Text] = {
    "online": Text("网上", "online"),
    "letter": Text("信件、短信里的链接", "a link in a letter or a message"),
    "window": Text("窗口二维码", "the code at the window"),
    "kiosk": Text("自助机", "the kiosk"),
    "phone": Text("电话", "by telephone"),
}
Comment = Literal["none", "waiting", "shown", "kept"]
"""Where what was said stands: nothing said, waiting to be cleared, shown in public, or not to be shown."""


@dataclass(frozen=True, slots=True)
class Subject:
    """What can be rated: a case that has ended, or a visit at a counter that has.

    `key` is its number or the token of its slip; `handlers` are the officials who took part, who neither rate it nor
    handle what comes of it; `person` is whoever it was done for, if that is known.
    """

    kind: Kind
    key: str
    region: str
    body: str
    name: Text
    service: str = ""
    version: str = ""
    person: str = ""
    handlers: frozenset[str] = frozenset()

    @property
    def place(self) -> Literal["online", "counter"]:
        """Which tags are offered."""
        return "counter" if self.kind == "visit" else "online"


class Rating(msgspec.Struct, frozen=True, kw_only=True):
    """One rating. `subject` is a keyed hash: the row leads to no case and to nobody, unless they gave their name, when
    `case_id` and `person` say so. `said` is sealed in the database.

    `cure` is the case that puts a bad one right; `counts` is false for one that was set aside as a mistake.
    """

    region: str
    id: str
    subject: bytes
    kind: Kind
    body: str
    service: str
    version: str
    channel: Channel
    level: int
    tags: tuple[str, ...]
    said: str
    at: datetime
    changed_at: datetime | None = None
    case_id: str = ""
    person: str = ""
    handlers: tuple[str, ...] = ()
    cure: str = ""
    cure_end: str = ""
    counts: bool = True
    comment: Comment = "none"
    shown: str = ""
    reply: str = ""
    name: Text = Text("", "")

    @property
    def named(self) -> bool:
        """实名: whether whoever rated gave their name."""
        return bool(self.person)

    @property
    def bad(self) -> bool:
        return self.level <= BAD

    def changeable(self, now: datetime) -> bool:
        """Whether it can still be changed, once."""
        return self.changed_at is None and not self.cure and now < self.at + CHANGE


class Tally(msgspec.Struct, frozen=True, kw_only=True):
    """How a service of a body was rated: counts by level (index 0 is level 1), bad ones put right, still open."""

    body: str
    service: str
    levels: tuple[int, int, int, int, int]
    cured: int
    open: int

    @property
    def all(self) -> int:
        return sum(self.levels)

    @property
    def good(self) -> int:
        """Per cent of good ones; 0 where there is none."""
        return round(100 * sum(self.levels[BAD:]) / self.all) if self.all else 0
