"""The time, always passed in: who needs "now" is given a clock, so a test and a replay can give another."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

Clock = Callable[[], datetime]
"""Says what time it is, with a zone."""

ZONE = ZoneInfo("Asia/Shanghai")
"""The zone in which days begin and end for the law of the People's Republic, unless an installation says otherwise."""


def system_clock(zone: ZoneInfo = ZONE) -> Clock:
    """The machine's clock, in `zone`."""

    def now() -> datetime:
        return datetime.now(zone)

    return now


class SettableClock:
    """A clock that stands still until it is told to move; for tests, rehearsals and benchmarks."""

    def __init__(self, now: datetime) -> None:
        self.now = _zoned(now)

    def __call__(self) -> datetime:
        return self.now

    def set(self, now: datetime) -> None:
        """Jump to a moment."""
        self.now = _zoned(now)

    def advance(self, **span: float) -> datetime:
        """Move forward by a `timedelta(**span)` and say the new time."""
        self.now += timedelta(**span)
        return self.now


def _zoned(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError("a moment without a zone is no moment")
    return moment


def utc(moment: datetime) -> datetime:
    """The same moment in UTC, as it is stored and signed."""
    return _zoned(moment).astimezone(UTC)
