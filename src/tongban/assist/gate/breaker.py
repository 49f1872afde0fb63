"""A circuit breaker: a use that keeps failing is left alone for a while instead of making everybody wait.

M. Nygard, "Release It!" (2007): closed, open after a row of failures, half open with one probe after a pause.
"""

from datetime import datetime, timedelta

FAILURES = 5
"""In a row, until it opens."""
PAUSE = timedelta(seconds=60)


class Breaker:
    """One use in one process. Ask `lets` before a call, then say `done` or `failed`."""

    __slots__ = ("_failures", "_opened")

    def __init__(self) -> None:
        self._failures = 0
        self._opened: datetime | None = None

    def lets(self, now: datetime) -> bool:
        """Whether a call may be tried. After the pause one may, and the next only when that one is known to work."""
        if self._opened is None:
            return True
        if now - self._opened < PAUSE:
            return False
        self._opened = now
        return True

    def done(self) -> None:
        """It worked."""
        self._failures, self._opened = 0, None

    def failed(self, now: datetime) -> None:
        """It failed or took too long."""
        self._failures += 1
        if self._failures >= FAILURES:
            self._opened = now
