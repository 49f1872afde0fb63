"""`Voice`: everything that people can say of the services, for the pages, the API and the jobs alike."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from tongban.assist.service import Assist
from tongban.base.clock import Clock
from tongban.base.database import Database
from tongban.base.telemetry import Log
from tongban.cases.service import Cases
from tongban.hall import Hall
from tongban.org import Directory
from tongban.voice import public_words
from tongban.voice.hotline.places import Places
from tongban.voice.hotline.service import Hotline
from tongban.voice.improvements.service import Improvements
from tongban.voice.participation.proposals.rooms import Rooms
from tongban.voice.ratings.service import Ratings


class Voice:
    """What people say, in one installation."""

    def __init__(
        self,
        db: Database,
        cases: Cases,
        hall: Hall,
        directory: Directory,
        clock: Clock,
        secret: bytes,
        log: Log,
        address: str,
        assist: Assist,
        data_dir: Path,
    ) -> None:
        self.ratings = Ratings(db, cases, hall, directory, clock, secret, log, address)
        places = Places(data_dir)
        for one in places.wrong:
            log.event("file-left-out", code=one.code, place=one.place)
        self.hotline = Hotline(db, cases, hall, directory, clock, secret, log, assist.routing, places)
        self.improvements = Improvements(db, cases, directory, clock, log)
        engine = cases.engine
        engine.beside = replace(engine.beside, invites=self.ratings.invites, fits=self.fits)
        self.proposals = Rooms(engine, log)

    def fits(self, service: str, facts: Mapping[str, Any], act: str, says: Mapping[str, Any]) -> None:
        """What an act must hold outside its case; asked by the engine before every act. Raises Refused as
        `public_words.checked` and `Improvements.fits`."""
        public_words.checked(service, act, says)
        self.improvements.fits(service, facts, act, says)

    async def demonstrate(self, data_dir: Path) -> None:
        """The ratings, requests and proposals of the demonstration, once."""
        from tongban.voice import demo  # read by the one job that needs it
        from tongban.voice.participation.proposals import demo as proposed

        cases, now = self.hotline.cases, self.hotline.clock()
        await demo.seed(self.hotline.db, self.hotline, self.improvements, data_dir, now)
        await proposed.seed(self.proposals, cases, now.astimezone(cases.engine.zone))

    async def turn(self) -> None:
        """The work that is nobody's request."""
        await self.ratings.turn()
        await self.hotline.turn()
        await self.improvements.turn()
        await self.proposals.answering.turn()
