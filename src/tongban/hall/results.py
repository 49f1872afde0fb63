"""统一出件: results are handed over at one counter, whichever body decided (国发〔2022〕5号, from memory, tag M).

Handed over to the person themselves, to whoever brings the pick-up code that stands on the person's case page, or to an
agent whose mandate covers it. Only the hall that was chosen sees it, and it is handed over once.
"""

import hmac
from collections.abc import Callable

import msgspec

from tongban import certs
from tongban.base.clock import Clock
from tongban.base.database import Connection, Database
from tongban.base.errors import Refused, refuse
from tongban.base.i18n import Text
from tongban.base.ids import narrow
from tongban.hall.carrier import Stage
from tongban.hall.identity import Identified
from tongban.hall.places import Place, Places
from tongban.hall.store import parcels, results
from tongban.hall.store.results import Ready, Result
from tongban.org import Actor, store
from tongban.sharing.access import Opened, open_record

TRIES = 5
"""Codes tried before only the person or their agent can fetch."""
FETCH = "fetch"
"""What a mandate has to cover."""
SHOWN = 100
WITH_CARRIER = (Stage.HANDED, Stage.UNDER_WAY, Stage.DELIVERED)
GROUNDS = {
    "self": Text("本人领取", "by the person themselves"),
    "code": Text("凭取件码领取", "by whoever brought the pick-up code"),
    "mandate": Text("代办人凭授权领取", "by an agent under a mandate"),
}


class Results:
    """What lies ready at the halls of an installation."""

    def __init__(self, db: Database, clock: Clock, places: Places, secret: bytes) -> None:
        self.db, self.clock, self.places, self._secret = db, clock, places, secret

    def code(self, person: str, case: str) -> str:
        """The pick-up code: eight digits that nobody can work out who does not hold the installation's secret."""
        said = hmac.digest(self._secret, f"pick-up\n{person}\n{case}".encode(), "sha256")
        return f"{int.from_bytes(said[:8]) % 10**8:08}"

    async def choose(self, person: str, case: str, *, case_region: str, service: str, hall: str, by: str) -> None:
        """Fetch at this hall. Raises Refused: `unknown-hall` (404), `already-handed-over`, `already-posted` (409)."""
        async with self.db.transaction() as connection:
            await self.chosen(connection, person, case, case_region=case_region, service=service, hall=hall, by=by)

    async def chosen(
        self, connection: Connection, person: str, case: str, *, case_region: str, service: str, hall: str, by: str
    ) -> None:
        """As `choose`, in a transaction that is open."""
        place = self.places.get(hall)
        row = Result(
            person=person,
            case_id=case,
            region=place.region,
            hall=place.id,
            case_region=case_region,
            service=service,
            chosen_at=self.clock(),
            chosen_by=by,
        )
        if not await results.choose(connection, row):
            raise already()
        if not await parcels.give_up(connection, person, case):
            raise posted()

    async def of(self, person: str, case: str) -> Result | None:
        """Where a person's result is fetched, and how it was handed over."""
        return await results.of(self.db, person, case)

    async def ready(self, place: Place) -> list[Ready]:
        """What lies ready at a hall."""
        return await results.ready(self.db, place.region, place.id, SHOWN)

    async def at(self, place: Place, case: str) -> Result:
        """What is to be handed over. Raises Refused: `not-ready-here` (404), `already-handed-over`, `already-posted`
        (409)."""
        one = await results.at_hall(self.db, place.region, place.id, case.strip()[:40])
        if one is None:
            raise _not_here()
        if one.handed_at is not None:
            raise already()
        issued = await certs.store.for_case(self.db, one.case_region, one.case_id)
        if not any(found.revocation is None for found in issued):
            raise _not_here()
        parcel = await parcels.of(self.db, one.person, one.case_id)
        if parcel is not None and parcel.state in WITH_CARRIER:
            raise posted()
        return one

    async def hand_over(
        self, clerk: Actor, one: Result, who: Identified, seen: Callable[[str], Opened], code: str = ""
    ) -> Result:
        """Hand over to whoever was identified. `seen` says who looks and why: whoever is looked up sees that.

        Raises Refused: `not-theirs` (403) for somebody who is neither the person nor their agent and brings no code,
        `wrong-pick-up-code` (422), `already-handed-over`, `already-posted` (409).
        """
        ground, mandate = await self._ground(one, who, seen, narrow(code).strip())
        done = msgspec.structs.replace(
            one,
            handed_at=self.clock(),
            official=clerk.id,
            post=clerk.post,
            ground=ground,
            how=who.how,
            mandate=mandate,
            receiver=who.name,
            reason=who.reason,
        )
        async with self.db.transaction() as connection:
            if not await results.hold(connection, one):
                raise already()
            parcel = await parcels.of(connection, one.person, one.case_id)
            if parcel is not None and parcel.state in WITH_CARRIER:
                raise posted()
            if not await results.hand_over(connection, done):
                raise already()
        return done

    async def _ground(self, one: Result, who: Identified, seen: Callable[[str], Opened], code: str) -> tuple[str, str]:
        await open_record(self.db, seen(one.person))
        owner = await store.person(self.db, one.person)
        if owner is not None and (owner.id_number, owner.name) == (who.number, who.name):
            return "self", ""
        if code:
            await self._check(one, code)
            return "code", ""
        agent = await store.person_with_number(self.db, who.number)
        if agent is not None:
            await open_record(self.db, seen(agent.id))
        now = self.clock()
        held = await store.mandates_to(self.db, agent.id, now) if agent and agent.name == who.name else []
        for mandate in held:
            if mandate.from_party == one.person and mandate.covers(one.service, FETCH, now):
                return "mandate", mandate.id
        raise refuse(
            "not-theirs",
            "这份结果不是这个人的，也没有能用的授权。请本人来，或者带本人办件页面上的取件码来。",
            "This result is not this person's, and no mandate of theirs covers it. Let the person come, or bring the "
            "pick-up code from their case page.",
            place="name",
            status=403,
        )

    async def _check(self, one: Result, code: str) -> None:
        if not await results.spend_try(self.db, one, TRIES):
            raise refuse(
                "pick-up-code-closed",
                "取件码错的次数太多，不能再用。请本人带证件来取。",
                "The pick-up code was wrong too often. Let the person come with their card.",
                place="code",
            )
        if not hmac.compare_digest(code.encode(), self.code(one.person, one.case_id).encode()):
            raise refuse(
                "wrong-pick-up-code",
                "取件码不对，请再看一次本人的办件页面。",
                "The pick-up code is wrong; look at the person's case page again.",
                place="code",
            )


def already() -> Refused:
    """Somebody has it."""
    return refuse(
        "already-handed-over",
        "这份结果已经交出去了，不能再交一次。谁领走的，本人在办件页面上看得到。",
        "This result has already been handed over. The person's case page says to whom.",
        status=409,
    )


def _not_here() -> Refused:
    return refuse(
        "not-ready-here",
        "这个大厅没有这份可以领的结果。",
        "No such result is ready at this hall.",
        place="case",
        status=404,
    )


def posted() -> Refused:
    """It is in the carrier's hands, or was."""
    return refuse(
        "already-posted",
        "这份结果已经交给快递，或者没有要寄的，不能再办。",
        "This result has been given to the carrier already, or there is nothing to post.",
        status=409,
    )
