"""Which cases moved since one last looked, without looking at all of them each time."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from datetime import date, datetime, timedelta

OVERLAP = timedelta(minutes=15)
"""How far back each turn looks again: an event may be committed a little after its time."""
_BATCH = 200

Place = tuple[datetime, str]
Moved = Callable[[datetime | None, Place | None, int], Awaitable[Sequence[Place]]]
"""Cases (time, number) that are not kept as they stand: changed since then (None: ever), after a place, so many."""


class Following:
    """Where the last turn stopped. Of a process alone: the first turn, and the first of each day, looks at every case,
    so that what came with an old date (a counter without a line, a clock that was set) is found too."""

    def __init__(self) -> None:
        self._since: datetime | None = None
        self._whole: date | None = None

    async def moved(self, now: datetime, find: Moved, *, whole: bool = False) -> AsyncIterator[str]:
        """Every case that moved, the longest ago first; one that cannot be kept holds up no other."""
        since = None if whole or self._whole != now.date() or self._since is None else self._since - OVERLAP
        after: Place | None = None
        while found := await find(since, after, _BATCH):
            for _, case in found:
                yield case
            after = found[-1]
            if len(found) < _BATCH:
                break
        self._since, self._whole = now, now.date()
