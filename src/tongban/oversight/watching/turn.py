"""The job that keeps the figures: ended cases are taken in, open ones counted, once a day abuse is looked for.

Each part is one short transaction under a lock of its own, so that several processes never do the same; abuse, which
takes longer, is worked out between two. What one turn does not get through, the next does. Nothing here writes to a
case.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from uuid import NAMESPACE_URL, uuid5
from zoneinfo import ZoneInfo

from tongban.base.clock import Clock
from tongban.base.database import Connection, Database
from tongban.base.errors import Refused
from tongban.cases.engine import Engine
from tongban.cases.loaded import Case
from tongban.cases.rebuilding import readable
from tongban.org import Directory
from tongban.oversight.abuse import INDICES, Finding
from tongban.oversight.abuse.judging import Count, counted, found
from tongban.oversight.watching import answers
from tongban.oversight.watching.model import Kept
from tongban.oversight.watching.steps import watched
from tongban.oversight.watching.store import daily, ended, findings, standing, turns
from tongban.oversight.watching.store.turns import Place

EVERY: Final = 60.0
"""Seconds between two counts of what stands open."""
AT_ONCE: Final = 300
"""Ended cases taken in at a turn; a large backlog takes several."""
ROUNDS: Final = 20
OVERLAP: Final = timedelta(minutes=2)
"""Looked at again: a case is dated before it is committed."""
AMBER: Final = timedelta(days=2)
"""Due within this is amber, as on the desk."""
WEEKS: Final = timedelta(days=29)
"""Hours are kept for four weeks of the same weekday."""
FIGURES: Final = timedelta(days=400)
"""The other figures of a day are kept for a year, and a month to look back on it."""
LOOKED_AT: Final = timedelta(days=180)
"""Abuse is looked for in what ended in this time."""
JUDGE_EVERY: Final = 20 * 3600.0
AGAIN: Final = 3600.0
"""Seconds after which a look for abuse that came to no end is begun again."""
_BEGUN: Final = "abuse-begun"


@dataclass(frozen=True, slots=True)
class Halls:
    """Where queues are: region, hall and body of each."""

    places: tuple[tuple[str, str, str], ...] = ()


class Watch:
    """The job of one process."""

    def __init__(self, db: Database, engine: Engine, clock: Clock, zone: ZoneInfo, halls: Halls) -> None:
        self._db, self._engine, self._clock, self._zone, self._halls = db, engine, clock, zone, halls

    async def turn(self) -> None:
        """What is due: ended cases, open ones, and once a day abuse."""
        for _ in range(ROUNDS):
            if await self.take_in() < AT_ONCE:
                break
        await self.count()
        await self.look_for_abuse()

    async def take_in(self) -> int:
        """Cases that ended since the last time; how many were looked at."""
        async with self._db.transaction() as connection:
            if await turns.begin(connection, "ended", self._clock(), 0) is None:
                return 0
            bodies = self._bodies()
            over = await ended.ended(connection, bodies, await turns.place(connection, "ended"), AT_ONCE)
            if not over:
                return 0
            looks = await ended.looks(connection, over)
            cases = [(one, await self._readable(one.case)) for one in over]
            kept = [w for one, case in cases if case and (w := watched(case, looks.get(one.case, ())))]
            days = await ended.days_kept(connection, kept, self._zone.key)
            days |= {one.ended_at.astimezone(self._zone).date() for one in kept}
            await ended.keep(connection, kept)
            for _, case in cases:
                if case and (answer := answers.published(case)):
                    await findings.keep_answer(connection, answer)
            await ended.count_days(connection, bodies, sorted(days), self._zone.key)
            await turns.done(connection, "ended", *self._upto(over))
        return len(over)

    def _upto(self, over: Sequence[ended.Ended]) -> Place:
        """After which case the next turn looks. A full turn ends at its last case, whatever others share its moment;
        one that took in all there was looks back a little."""
        full = len(over) == AT_ONCE
        return (over[-1].at, over[-1].case) if full else (self._clock() - OVERLAP, "")

    async def _readable(self, number: str) -> Case | None:
        """The case; None where its person was erased or its law is no longer among the files: others go on."""
        try:
            return await readable(self._engine, number)
        except Refused:
            return None

    async def count(self) -> bool:
        """How open cases stand, what came in each hour, the day's other figures; False if it was not due."""
        now = self._clock()
        async with self._db.transaction() as connection:
            last = await turns.begin(connection, "now", now, EVERY)
            if last is None:
                return False
            today = now.astimezone(self._zone).date()
            services = self.services()
            since = max(self._midnight(last.astimezone(self._zone).date()), self._midnight(today) - WEEKS)
            await standing.count_hours(connection, services, since)
            await standing.count_now(connection, services, now, now + AMBER)
            await daily.figure_red(connection, self._bodies(), today)
            await self._figures(connection, today)
            await turns.done(connection, "now", now)
        return True

    async def _figures(self, connection: Connection, today: date) -> None:
        await daily.figure_looks(connection, self._bodies(), today, self._midnight(today))
        await daily.figure_failed(connection, self._bodies(), today, self._midnight(today))
        await daily.figure_waits(connection, self._halls.places, today)

    async def look_for_abuse(self) -> list[Finding]:
        """Once a day, body by body so that memory stays small; bodies are held against peers by service."""
        now = self._clock()
        async with self._db.transaction() as connection:
            if await turns.begin(connection, "abuse", now, JUDGE_EVERY) is None:
                return []
            if await turns.begin(connection, _BEGUN, now, AGAIN) is None:
                return []
            await turns.done(connection, _BEGUN, now)
        today = now.astimezone(self._zone).date()
        first = today - LOOKED_AT
        counts: dict[str, dict[tuple[str, str], Count]] = {index.id: {} for index in INDICES}
        services = self.services()
        for body in self._bodies():
            histories = [
                one.history(self._zone, again)
                for one, again in await ended.histories(self._db, body, services, self._midnight(first))
            ]
            if histories:
                for index, more in (await asyncio.to_thread(counted, histories, INDICES)).items():
                    counts[index] |= more
        noticed = await asyncio.to_thread(found, counts, INDICES)
        kept = [self._kept(one, first, today) for one in noticed]
        async with self._db.transaction() as connection:
            await findings.keep_findings(connection, kept)
            await turns.done(connection, "abuse", now)
            await daily.sweep(connection, self._midnight(today) - WEEKS, today - FIGURES)
        return noticed

    def services(self) -> Sequence[str]:
        """Services that people or businesses ask for; what bodies ask of one another is counted elsewhere."""
        return sorted({one.service for one in self._engine.catalogue.services()})

    def _kept(self, one: Finding, since: date, until: date) -> Kept:
        return Kept(
            region=self._directory.body(one.body).region,
            body=one.body,
            id=str(uuid5(NAMESPACE_URL, f"{one.index} {one.body} {one.service} {until}")),
            index=one.index,
            service=one.service,
            hits=one.hits,
            cases=one.cases,
            expected=one.expected,
            chance=one.chance,
            peers=one.peers,
            behind=one.behind,
            since=since,
            until=until,
        )

    def _bodies(self) -> list[str]:
        return [body.id for body in self._directory.register.bodies]

    @property
    def _directory(self) -> Directory:
        return self._engine.directory

    def _midnight(self, day: date) -> datetime:
        return datetime.combine(day, time(), self._zone).astimezone(UTC)
