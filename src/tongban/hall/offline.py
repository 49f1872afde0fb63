"""What a counter received while the line was away: since when it counts.

行政许可法 32: where nothing is said within five days, an application counts as accepted from the day on which the
papers were received (tag V). The day on which a clerk took them is that day, not the one on which the line came back.
But the clock of a device is nobody's proof: the time counts only if it is plausible and the clerk signs for it.
"""

from datetime import datetime, time, timedelta
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

import msgspec

from tongban.base.errors import Problem, Refused
from tongban.base.i18n import Text
from tongban.terms import Calendar

BACK = 3
"""Working days: a line that is away for longer needs another way than a device that keeps papers to itself."""
AHEAD = timedelta(minutes=5)
"""By how much a device's clock may be fast."""
KEY = r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"


class CapturedFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A photo or scan, as base64."""

    material: str
    name: str
    data: str


class Captured(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One form as a device kept it. `key` is its own for ever: sent twice it is still one application.

    `clerk` is whose session captured it. `since` says what the clerk signs for: that it was received `then`, at
    `received_at`, or that it counts from `now`.
    """

    key: Annotated[str, msgspec.Meta(pattern=f"^{KEY}$")]
    clerk: str
    received_at: datetime
    since: Literal["then", "now"]
    service: str
    region: str
    name: str
    number: str
    seen: bool = False
    reason: str = ""
    lookups: bool = False
    confirmed: bool = False
    answers: dict[str, str | list[str]] = {}
    files: tuple[CapturedFile, ...] = ()


def earliest(now: datetime, calendar: Calendar, zone: ZoneInfo) -> datetime:
    """The earliest moment that may count at `now`: the beginning of the working day three working days before."""
    day = now.astimezone(zone).date()
    for _ in range(BACK):
        day = calendar.last_working(day - timedelta(days=1))
    return datetime.combine(day, time(), zone)


def counts_from(one: Captured, now: datetime, calendar: Calendar, zone: ZoneInfo) -> datetime | None:
    """The moment of receipt that counts; None where it is now.

    Raises Refused: `received-in-the-future`, `received-too-long-ago`, both for the clerk to sign for `now` instead.
    """
    if one.since == "now":
        return None
    if one.received_at.tzinfo is None or one.received_at > now + AHEAD:
        raise _refused(
            "received-in-the-future",
            Text(
                "这台设备的时间不对，比现在还晚。请改成“从提交的时候起算”。",
                "The clock of this device is wrong: it is ahead. Choose “From when it is handed in”.",
            ),
        )
    if one.received_at < earliest(now, calendar, zone):
        raise _refused(
            "received-too-long-ago",
            Text(
                f"收件时间在{BACK}个工作日以前，不能直接算数。请改成“从提交的时候起算”，并报告负责人。",
                f"It was received more than {BACK} working days ago and cannot count as it is. Choose “From when it is"
                " handed in” and report it to your head.",
            ),
        )
    return min(one.received_at, now)


def _refused(code: str, text: Text) -> Refused:
    return Refused(Problem(code, text, "since", "行政许可法 32"), status=422)
