"""Results by post: the person says where to, the hall gives the parcel to a carrier, everybody sees where it is.

A parcel that comes back is not lost: it lies at the hall that sent it, and the person is told to fetch it there.
"""

import asyncio
from collections.abc import Awaitable

import msgspec

from tongban.base.clock import Clock
from tongban.base.database import Database
from tongban.base.errors import Problem, Refused, refuse
from tongban.base.i18n import Text
from tongban.cases.store import personal
from tongban.hall.carrier import Address, Carrier, Stage
from tongban.hall.places import Place, Places
from tongban.hall.results import Results, already, posted
from tongban.hall.store import parcels, results
from tongban.hall.store.parcels import Line, Parcel
from tongban.org import Actor

SHOWN = 100
_PATIENCE = 20.0
"""Seconds until a carrier that says nothing is given up; nobody else can hand the result over meanwhile."""
_BACK = Text("寄给您的结果退回来了", "What was posted to you has come back")
_FETCH = Text(
    "办件{case}的结果没有送到，已经退回{hall}（{address}）。请带身份证去领；您的办件页面上有取件码，也可以让别人去领。",
    "The result of case {case} could not be delivered and is back at {hall} ({address}). Fetch it there with your "
    "identity card; somebody else can with the pick-up code on your case page.",
)


def read(name: str, phone: str, address: str) -> Address:
    """The address as typed. Raises Refused, naming each field that lacks something."""
    said = {"post_name": name.strip()[:50], "post_phone": phone.strip()[:20], "post_address": address.strip()[:200]}
    found = [
        Problem("address-incomplete", Text("请填写这一项，才能寄到", "Needed for it to arrive"), place)
        for place, value in said.items()
        if len(value) < (2 if place == "post_name" else 7 if place == "post_phone" else 5)
    ]
    if found:
        raise Refused(*found, status=422)
    return Address(name=said["post_name"], phone=said["post_phone"], address=said["post_address"])


async def _in_time(sending: Awaitable[str]) -> str:
    try:
        return await asyncio.wait_for(sending, _PATIENCE)
    except TimeoutError:
        raise refuse(
            "carrier-silent",
            "快递没有回应，结果还在大厅。请过一会儿再交。",
            "The carrier does not answer; the result is still at the hall. Please try again later.",
            status=503,
        ) from None


class Posting:
    """The parcels of an installation; without a carrier none is offered."""

    def __init__(self, db: Database, clock: Clock, places: Places, results: Results, carrier: Carrier | None) -> None:
        self.db, self.clock, self.places, self.results, self.carrier = db, clock, places, results, carrier
        # Each holds a connection while the carrier answers: never so many that none is left for others.
        self._sending = asyncio.Semaphore(2)

    async def ask(
        self, person: str, case: str, to: Address, *, case_region: str, service: str, hall: str, by: str
    ) -> None:
        """Post it there. Raises Refused: `unknown-hall` (404), `already-handed-over`, `already-posted` (409)."""
        place, now = self.places.get(hall), self.clock()
        row = Parcel(
            person=person,
            case_id=case,
            region=place.region,
            hall=place.id,
            address=to,
            asked_at=now,
            state=Stage.ASKED,
            state_at=now,
        )
        async with self.db.transaction() as connection:
            await self.results.chosen(
                connection, person, case, case_region=case_region, service=service, hall=hall, by=by
            )
            if not await parcels.ask(connection, row):
                raise posted()

    async def of(self, person: str, case: str) -> Parcel | None:
        """The parcel of a person's case."""
        return await parcels.of(self.db, person, case)

    async def lines(self, place: Place) -> list[Line]:
        """What a hall has to post, and what is on its way."""
        return await parcels.lines(self.db, place.region, place.id, SHOWN)

    async def send(self, clerk: Actor, place: Place, case: str) -> Parcel:
        """Give it to the carrier, once, and to nobody meanwhile.

        Raises Refused: `not-ready-here` (404), `already-handed-over`, `already-posted` (409), `carrier-silent` (503),
        and as the carrier; then it can be tried again.
        """
        one = await self.results.at(place, case)
        async with self._sending, self.db.transaction() as connection:
            if not await results.hold(connection, one):
                raise already()
            parcel = await parcels.of(connection, one.person, one.case_id)
            if parcel is None or parcel.state is not Stage.ASKED or self.carrier is None:
                raise posted()
            # The carrier knows it by its reference: one that is sent again after a lost answer is the same parcel.
            number = await _in_time(self.carrier.send(parcel.address, parcel.case_id))
            sent = msgspec.structs.replace(
                parcel, state=Stage.HANDED, state_at=self.clock(), number=number, official=clerk.id, post=clerk.post
            )
            await parcels.move(connection, sent, Stage.ASKED)
        return sent

    async def follow(self) -> None:
        """Ask the carrier about everything on its way; who has a parcel that came back is told once."""
        if self.carrier is None:
            return
        for one in await parcels.moving(self.db, SHOWN):
            found = await self.carrier.track(one.number)
            if found.stage is one.state or found.stage is Stage.ASKED:
                continue
            async with self.db.transaction() as connection:
                moved = msgspec.structs.replace(one, state=found.stage, state_at=found.at)
                if await parcels.move(connection, moved, one.state) and found.stage is Stage.RETURNED:
                    place = self.places.get(one.hall)
                    said = _FETCH.format(case=one.case_id, hall=place.name, address=place.address)
                    await personal.tell(connection, one.person, said, _BACK, self.clock(), "hall")
