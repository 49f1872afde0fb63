"""Taking the event history into the facts, region by region, from where it stopped.

Run in a process of its own (`tongban indicators refresh`, which the platform starts now and then), never in a request.
A case that moved is read whole, and its rows replace the ones it had. Where it stopped is written after the rows it has
written, so that one that was killed does a little again and nothing twice. Once a day every case is looked at: what
came with an old date, from a counter that had no line, is taken in too. A region that fails stops no other.
"""

from __future__ import annotations

import fcntl
from collections import defaultdict
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import msgspec

from tongban.base.clock import Clock
from tongban.base.errors import Refused, refuse
from tongban.cases.engine import Engine
from tongban.cases.rebuilding import readable
from tongban.oversight import store
from tongban.oversight.extracting import Extracted, extract
from tongban.oversight.facts import Moment
from tongban.oversight.folder import known, replace
from tongban.oversight.turning import BEGINNING, Place, Source, keep, places

PAGE = 500
FLUSH = 4_000
"""Cases, or moments, after which files and place are written."""
OVERLAP = timedelta(minutes=15)
"""How far back each turn looks again: an event may be committed a little after its time."""
_MOMENTS_BACK = timedelta(days=1)
_MOMENTS_WHOLE = timedelta(days=35)
"""How far back moments are looked at again once a day: a rating may be changed, and one may come late."""


class Failure(msgspec.Struct, frozen=True):
    """A region that could not be taken in: why, in words for whoever runs the machine, and as a code for the log."""

    region: str
    code: str
    words: str


class Turn(msgspec.Struct, frozen=True):
    """What a turn did."""

    cases: int
    moments: int
    failed: tuple[Failure, ...]


class Follower:
    """Takes what happened into the facts of one folder."""

    def __init__(self, engine: Engine, folder: Path, clock: Clock, sources: Sequence[tuple[str, Source]] = ()) -> None:
        self._engine = engine
        self._folder = folder
        self._clock = clock
        self._sources = sources

    async def turn(self, *, whole: bool = False) -> Turn:
        """Takes in what moved since the last turn; every case with `whole` or on a new day.

        Raises Refused (`facts-busy`, 409) while another process does.
        """
        import duckdb

        cases, moments, failed = 0, 0, list[Failure]()
        with _alone(self._folder):
            for region in await store.regions(self._engine.db):
                try:
                    whole_day = whole or self._place(region).whole != self._today()
                    cases += await self._region(region, whole=whole_day)
                    moments += await self._moments(region, whole=whole_day)
                except (Refused, ValueError, OSError, duckdb.Error) as problem:
                    code = problem.code if isinstance(problem, Refused) else type(problem).__name__
                    failed.append(Failure(region, code, str(problem)))
        return Turn(cases, moments, tuple(failed))

    async def _region(self, region: str, *, whole: bool) -> int:
        place, today = self._place(region), self._today()
        have = known(self._folder, region)
        after, latest, taken = (BEGINNING if whole else place.at - OVERLAP, ""), place.at, 0
        waiting: list[Extracted] = []
        while page := await store.moved(self._engine.db, region, after, PAGE):
            for row in page:
                if have.get(row.case) != row.seq and (case := await readable(self._engine, row.case)) is not None:
                    waiting.append(extract(case))
            after = (page[-1].at, page[-1].case)
            latest = max(latest, page[-1].at)
            if len(waiting) >= FLUSH:
                taken += await self._write(region, waiting)
                if not whole:  # one that looks at everything begins again, and skips what it has
                    self._keep(region, msgspec.structs.replace(place, at=latest))
                waiting = []
        taken += await self._write(region, waiting)
        self._keep(region, msgspec.structs.replace(place, at=latest, whole=today if whole else place.whole))
        return taken

    async def _write(self, region: str, found: Sequence[Extracted]) -> int:
        months: defaultdict[str, list[Extracted]] = defaultdict(list)
        for one in found:
            months[one.month].append(one)
        await store.keep_bands(self._engine.db, region, [(one.case.case_id, one.person, one.age) for one in found])
        for month, some in sorted(months.items()):
            # events first: a case whose row is written is not read again
            replace(self._folder, "events", region, month, [event for one in some for event in one.events])
            replace(self._folder, "cases", region, month, [one.case for one in some])
        return len(found)

    async def _moments(self, region: str, *, whole: bool) -> int:
        taken, back = 0, _MOMENTS_WHOLE if whole else _MOMENTS_BACK
        for name, source in self._sources:
            place = self._place(region)
            since = place.moments.get(name, BEGINNING)
            after, latest = (since - back if since > BEGINNING + back else BEGINNING, ""), since
            while page := await source(self._engine.db, region, after, FLUSH):
                self._write_moments(region, page)
                after = (page[-1].at, page[-1].id)
                latest = max(latest, page[-1].at)
                taken += len(page)
            self._keep(region, msgspec.structs.replace(place, moments={**place.moments, name: latest}))
        return taken

    def _write_moments(self, region: str, page: Sequence[Any]) -> None:
        months: defaultdict[str, list[Moment]] = defaultdict(list)
        for row in page:
            local = row.at.astimezone(self._engine.zone).replace(tzinfo=None, microsecond=0)
            fields = {name: getattr(row, name) for name in Moment.__struct_fields__ if name != "happened_at"}
            months[f"{local:%Y-%m}"].append(Moment(**fields, happened_at=local))
        for month, some in sorted(months.items()):
            replace(self._folder, "moments", region, month, some)

    def _today(self) -> date:
        return self._clock().date()

    def _place(self, region: str) -> Place:
        return places(self._folder).get(region, Place())

    def _keep(self, region: str, place: Place) -> None:
        keep(self._folder, region, place)


@contextmanager
def _alone(folder: Path) -> Generator[None]:
    """One at a time, over processes too; the lock goes with whoever holds it."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (folder / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise refuse(
                "facts-busy",
                "另一个进程正在整理统计用的事实，等它做完再来",
                "Another process is taking in the facts; try again when it has finished",
                status=409,
            ) from None
        yield
