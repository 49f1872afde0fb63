"""An operator's contract as the centre registers it, the windows in which they were let in, and how they left."""

from datetime import date, datetime
from enum import StrEnum

import msgspec

from tongban.base.i18n import Text


class Way(StrEnum):
    """What became of something that the operator held."""

    SHREDDED = "shredded"
    ERASED = "erased"
    RETURNED = "returned"
    NOTHING = "nothing"


WAYS: dict[Way, Text] = {
    Way.SHREDDED: Text("密钥已销毁", "its keys were shredded"),
    Way.ERASED: Text("已清除", "erased"),
    Way.RETURNED: Text("已交还", "returned"),
    Way.NOTHING: Text("查过，没有留存", "looked at: nothing was kept"),
}


class State(StrEnum):
    """Where a contract stands."""

    FUTURE = "future"
    RUNNING = "running"
    ENDED = "ended"
    """Its time is over and nobody has opened the exit."""
    LEAVING = "leaving"
    """The exit is open: what they held is not yet shown to be gone."""
    GONE = "gone"


STATES: dict[State, Text] = {
    State.FUTURE: Text("还没有开始", "not begun"),
    State.RUNNING: Text("合同期内", "running"),
    State.ENDED: Text("合同到期，没有办退出", "contract over, no exit opened"),
    State.LEAVING: Text("正在退出，还没有查清", "leaving, not checked yet"),
    State.GONE: Text("已退出，已查清", "gone, and checked"),
}
ALARMING = frozenset({State.ENDED, State.LEAVING})
"""Somebody outside may still hold what they may not."""


class Contract(msgspec.Struct, frozen=True, kw_only=True):
    """One contract. `body` answers for it; `since` and `until` are its first and last day."""

    region: str
    id: str
    number: str
    operator: str
    uscc: str
    duties: str
    body: str
    systems: tuple[str, ...]
    since: date
    until: date


class Window(msgspec.Struct, frozen=True, kw_only=True):
    """A time in which the operator's people may come in. `ended_at` is there where it was ended before `until`."""

    seq: int
    purpose: str
    since: datetime
    until: datetime
    post: str
    ended_at: datetime | None = None

    def open_at(self, now: datetime) -> bool:
        """Whether it lets in; the clock decides, no job."""
        return self.since <= now < (self.ended_at or self.until)


class Exit(msgspec.Struct, frozen=True, kw_only=True):
    """An exit that was opened."""

    reasons: str
    opened_by: str
    opened_at: datetime


class Holding(msgspec.Struct, frozen=True):
    """Something the operator held, what became of it, and by what one can tell."""

    what: str
    way: Way
    note: str


class Erasure(msgspec.Struct, frozen=True, kw_only=True):
    """That all they held is gone. `post` checked it; `statement` is the signed file, `sha256` its digest in hex."""

    held: tuple[Holding, ...]
    checked_at: datetime
    post: str
    statement: str
    sha256: str


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """A contract with all that followed."""

    contract: Contract
    windows: tuple[Window, ...] = ()
    exit: Exit | None = None
    erasure: Erasure | None = None

    def state(self, today: date) -> State:
        """Where it stands on a day."""
        if self.erasure:
            return State.GONE
        if self.exit:
            return State.LEAVING
        if today > self.contract.until:
            return State.ENDED
        return State.FUTURE if today < self.contract.since else State.RUNNING

    def alarming(self, today: date) -> bool:
        """Whether it is shown in red."""
        return self.state(today) in ALARMING
