"""Results by post: one parcel, followed for the person and the desk; what comes back is fetched at the hall."""

import asyncio
from functools import partial

import pytest
from citizen import Person
from test_case_pages import CLERK as CLERK_POST
from test_results import OWNER, at_counter, hand, ready

from tongban.base.clock import SettableClock
from tongban.base.errors import Refused
from tongban.hall.carrier import Address, Stage, Tracked
from tongban.hall.identity import by_hand
from tongban.hall.store.parcels import Parcel
from tongban.org import Actor, store
from tongban.web.desk.intake import checked
from tongban.web.site import Site

pytestmark = pytest.mark.database
RESULTS = "/desk/hall/results"
HOME = {"post_name": "王小满", "post_phone": "13900000000", "post_address": "东街街道河埠巷8号", "hall": "qingyuan"}


async def wanted(xiaoman: Person, site: Site, address: str = HOME["post_address"]) -> str:
    case, _ = await ready(xiaoman, site)
    await xiaoman.post(f"/cases/{case}/post", HOME | {"post_address": address})
    assert "等办好以后寄出" in xiaoman.text
    return case


async def test_it_is_sent_once_and_followed_to_the_door(xiaoman: Person, site: Site, clock: SettableClock) -> None:
    case = await wanted(xiaoman, site)
    sealed = await site.db.fetchval("SELECT address FROM parcel WHERE person = $1", OWNER)
    assert "河埠巷" not in sealed, "the address is sealed with the person's key"
    clerk = await at_counter(site)
    assert case in clerk.text and "河埠巷" not in clerk.text
    await clerk.post(RESULTS, {"case": case, "do": "send"})
    assert "河埠巷8号" in clerk.text and "DEMO-" in clerk.text
    looks = await site.db.fetchval("SELECT count(*) FROM shared_access WHERE person = $1 AND kind = 'counter'", OWNER)
    assert looks == 1, "that the address was shown is written down for the person"
    await clerk.post(RESULTS, {"case": case, "do": "send"})
    assert clerk.page.status_code == 409
    await hand(clerk, case, OWNER)
    assert clerk.page.status_code == 409, "what the carrier has is not handed over as well"
    for hours, said in ((0, "已交给快递"), (5, "在路上"), (48, "已送到")):
        clock.advance(hours=hours)
        await site.hall.posting.follow()
        await xiaoman.log_in()
        await xiaoman.get(f"/cases/{case}")
        assert said in xiaoman.text


async def test_what_comes_back_is_fetched_at_the_hall_and_the_person_is_told_once(
    xiaoman: Person, site: Site, clock: SettableClock
) -> None:
    case = await wanted(xiaoman, site, "查无此人路1号")
    clerk = await at_counter(site)
    await clerk.post(RESULTS, {"case": case, "do": "send"})
    clock.advance(hours=73)
    for _ in range(2):
        await site.hall.posting.follow()
    told = [letter for letter in (await site.cases.inbox(await _owner(site))).items if "退回" in letter.title.zh]
    assert len(told) == 1 and case in told[0].body.zh
    clerk = await at_counter(site)
    assert "退回大厅" in clerk.text
    await hand(clerk, case, OWNER)
    assert "已交出" in clerk.text


async def test_another_hall_cannot_send_it_and_an_address_has_to_be_whole(xiaoman: Person, site: Site) -> None:
    case = await wanted(xiaoman, site)
    other = await at_counter(site, "990100")
    assert case not in other.text
    await other.post(RESULTS, {"case": case, "do": "send"})
    assert other.page.status_code == 404 and "河埠巷" not in other.text
    await xiaoman.get(f"/cases/{case}")
    await xiaoman.post(f"/cases/{case}/post", HOME | {"post_phone": ""})
    assert xiaoman.page.status_code == 422


async def _owner(site: Site) -> Actor:
    person = await store.person(site.db, OWNER)
    assert person is not None
    return Actor.citizen(person)


class Patient:
    """A carrier that answers when it is told to."""

    def __init__(self) -> None:
        self.asked, self.answers = asyncio.Event(), asyncio.Event()

    async def send(self, to: Address, reference: str) -> str:
        self.asked.set()
        await self.answers.wait()
        return f"P-{reference}"

    async def track(self, number: str) -> Tracked:
        raise AssertionError(number)


async def waits_for_a_lock(site: Site) -> None:
    """Until some connection waits for what another one holds."""
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    async with asyncio.timeout(20):
        while not await site.db.fetchval(waiting):
            pass


async def both(site: Site, case: str) -> tuple[asyncio.Task[object], asyncio.Task[object]]:
    """The hand-over at the hall and the parcel, of one result as both read it, each on a connection of its own."""
    hall, place = site.hall, site.hall.places.get("qingyuan")
    clerk = Actor(kind="official", id="o-1", name="甲", post=CLERK_POST, body=place.body)
    one = await hall.results.at(place, case)
    owner = await store.person(site.db, OWNER)
    assert owner is not None
    who = by_hand(owner.name, owner.id_number, seen=True, reason="")
    seen = partial(checked, site, clerk, site.catalogue.versions(one.service)[-1], clerk.post)
    handing = hall.results.hand_over(clerk, one, who, seen)
    return asyncio.create_task(hall.posting.send(clerk, place, case)), asyncio.create_task(handing)


async def test_what_is_being_given_to_the_carrier_is_not_handed_over_meanwhile(xiaoman: Person, site: Site) -> None:
    case, carrier = await wanted(xiaoman, site), Patient()
    site.hall.posting.carrier = carrier
    sending, handing = await both(site, case)
    await carrier.asked.wait()
    await waits_for_a_lock(site)
    carrier.answers.set()
    sent, refused = await asyncio.gather(sending, handing, return_exceptions=True)
    assert isinstance(sent, Parcel) and sent.state is Stage.HANDED
    assert isinstance(refused, Refused) and refused.code == "already-posted"
    assert await site.db.fetchval("SELECT handed_at FROM result WHERE case_id = $1", case) is None


async def test_of_a_parcel_and_a_hand_over_at_the_same_instant_one_happens(xiaoman: Person, site: Site) -> None:
    case = await wanted(xiaoman, site)
    async with site.db.transaction() as held:
        await held.execute("SELECT FROM result WHERE case_id = $1 FOR UPDATE", case)
        sending, handing = await both(site, case)
        await waits_for_a_lock(site)
    done = await asyncio.gather(sending, handing, return_exceptions=True)
    refused = [one for one in done if isinstance(one, Refused)]
    assert len(refused) == 1 and refused[0].code in ("already-posted", "already-handed-over"), done
    row = await site.db.fetchrow(
        "SELECT r.handed_at, p.state FROM result r JOIN parcel p USING (person, case_id) WHERE case_id = $1", case
    )
    assert row is not None and (row["handed_at"] is None) != (row["state"] == "asked")
