"""`Hall`: what the counter pages, the kiosk and the portal are given to work with."""

import asyncio
import hmac
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from tongban.base.clock import Clock
from tongban.base.database import Database
from tongban.base.errors import refuse
from tongban.base.ids import uuid7
from tongban.catalog.model import Service
from tongban.hall.carrier import DemonstrationCarrier
from tongban.hall.identity import DemonstrationReader, Identified, IdentityCheck, NoReader
from tongban.hall.kiosk import Kiosk
from tongban.hall.offline import Captured
from tongban.hall.places import Places
from tongban.hall.posting import Posting
from tongban.hall.queue import Queue
from tongban.hall.results import Results
from tongban.hall.scans import FolderScanner
from tongban.hall.store import counter
from tongban.hall.store.counter import Capture
from tongban.org import Actor, demo
from tongban.terms import Calendar

_RECENT = timedelta(days=30)


class Hall:
    """The counters of one installation."""

    def __init__(
        self,
        db: Database,
        clock: Clock,
        data_dir: Path,
        secret: bytes,
        zone: ZoneInfo,
        calendar: Calendar,
        *,
        demonstration: bool,
    ) -> None:
        self.db = db
        self.clock = clock
        self._secret = secret
        # Each holds a connection while the engine needs others: never so many that none is left.
        self._syncing = asyncio.Semaphore(2)
        self._demonstration = demonstration
        self.identity: IdentityCheck = DemonstrationReader(_cards) if demonstration else NoReader()
        self.places = Places(data_dir, demonstration=demonstration)
        self.queue = Queue(db, clock, self.places, zone, calendar)
        self.results = Results(db, clock, self.places, secret)
        carrier = DemonstrationCarrier(clock) if demonstration else None
        self.posting = Posting(db, clock, self.places, self.results, carrier)
        self.kiosk = Kiosk(db, clock, secret)
        self.scanner = FolderScanner(data_dir / "scans")

    @property
    def cards(self) -> tuple[tuple[str, str], ...]:
        """What may lie on the reader of the demonstration: (what it gives, whose it is)."""
        return tuple((id_, name) for id_, (name, _) in _cards().items()) if self._demonstration else ()

    async def received_most(self, clerk: Actor, most: int = 9) -> list[str]:
        """The services that this clerk has received most in the last thirty days: they get a key of their own."""
        since = self.clock() - _RECENT
        return await counter.services_of(self.db, clerk.region, clerk.id, since, most)

    async def identified(self, clerk: Actor, person: str, who: Identified, service: str) -> UUID:
        """Keep how a person was identified for a service; the number of the check."""
        check = counter.Check(
            region=clerk.region,
            person=person,
            id=uuid7(),
            official=clerk.id,
            post=clerk.post,
            service=service,
            how=who.how,
            reason=who.reason,
            at=self.clock(),
        )
        await counter.save_check(self.db, check)
        return check.id

    @asynccontextmanager
    async def syncing(self, clerk: Actor, one: Captured) -> AsyncGenerator[Capture | None]:
        """What a captured form has already become, if anything; meanwhile nobody else hands the same one in.

        Raises Refused (`key-reused`, 409) if another form came under this key.
        """
        async with self._syncing, self.db.transaction() as connection:
            await counter.lock_capture(connection, one.key)
            known = await counter.capture(connection, clerk.region, one.key)
            if known is not None and known.digest != self._digest(one):
                raise refuse(
                    "key-reused",
                    "这个编号已经用来交过另一份，请把这一份重新收一次。",
                    "Another form was handed in under this number; capture this one again.",
                    status=409,
                )
            yield known

    async def captured(self, clerk: Actor, one: Captured, case: str, *, counted: bool) -> None:
        """Note that a captured form has become a case."""
        row = Capture(
            region=clerk.region,
            key=one.key,
            official=clerk.id,
            post=clerk.post,
            service=one.service,
            digest=self._digest(one),
            received_at=one.received_at,
            counted=counted,
            at=self.clock(),
            case_id=case,
        )
        await counter.save_capture(self.db, row)

    def _digest(self, one: Captured) -> bytes:
        """Of what the person said, keyed: it proves sameness and tells nothing. Signing for another time is no other
        form."""
        said = msgspec.structs.replace(one, since="now")
        return hmac.digest(self._secret, msgspec.json.encode(said, order="sorted"), "sha256")

    async def led_to(self, clerk: Actor, person: str, check: UUID, case: str) -> None:
        """The identification was for this case."""
        await counter.check_led_to(self.db, clerk.region, person, check, case)

    async def taken_in(self, clerk: Actor, person: str, case: str, *, case_region: str, service: Service) -> None:
        """What came in at a hall is fetched there, unless its service file or the person says otherwise."""
        for place in self.places.all():
            if place.body == clerk.body and "counter" in service.result.ways:
                await self.results.choose(
                    person, case, case_region=case_region, service=service.service, hall=place.id, by=clerk.id
                )


def _cards() -> Mapping[str, tuple[str, str]]:
    """Name and number on the cards of the invented citizens."""
    return {one.id: (one.name, one.id_number) for one in demo.citizens()}
