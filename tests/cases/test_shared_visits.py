"""一次现场: cases of different bodies and people at one address are looked at in one visit, registered once."""

from collections.abc import Awaitable
from datetime import date, timedelta

import pytest
from law_world import REGION, Seats, province, seats, shipped_law

from tongban.base.clock import SettableClock
from tongban.base.database import Database
from tongban.base.errors import Refused
from tongban.cases.service import Cases
from tongban.cases.spots import same_place
from tongban.cases.store import visits
from tongban.cases.views import CaseView
from tongban.catalog.catalogue import Catalogue
from tongban.org import Actor, Directory, Person

pytestmark = pytest.mark.database

BAKER = Actor.citizen(Person(id="p-weijiajia", name="魏佳佳", home_region=REGION, level=4))
BARBER = Actor.citizen(Person(id="p-luosiyuan", name="罗思源", home_region=REGION, level=4))
SHOP = {
    "owner_name": "魏佳佳",
    "shop_name": "佳佳早点铺（演示）",
    "premises": "岚江市清源区东河路 21 号（演示）",
    "area": "30",
    "cold_food": "false",
    "by_promise": "true",
}
SALON = {
    "uscc": "92990101MA0000021X",
    "business_name": "思源理发店（演示）",
    "premises": "岚江市清源区东河路２１号",
    "phone": "15400000101",
    "venue": "hairdresser",
    "staff_certified": "true",
    "has_report": "true",
    "central_air": "false",
}


@pytest.fixture
def directory(clock: SettableClock) -> Directory:
    return province(clock)


@pytest.fixture
def catalogue(clock: SettableClock) -> Catalogue:
    return shipped_law(
        clock, ("small-food-shop", "public-venue-hygiene"), ("informed-promise", "filing", "licensing@2")
    )


@pytest.fixture
def who(directory: Directory) -> Seats:
    return seats(directory)


async def opened(cases: Cases, who: Seats, **salon: str) -> tuple[str, str]:
    """A shop granted on a promise that is still to be verified, and a licence that is being examined."""
    shop = await cases.submit(BAKER, "small-food-shop", SHOP, region=REGION, key="shop-0001")
    assert shop.state.state == "checking"
    file = await cases.add_document(BARBER, "paper.pdf", b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF")
    needed = {"layout": [file.id], "rules": [file.id], "test-report": [file.id]}
    wanted = cases.engine.catalogue.service("public-venue-hygiene").materials
    papers = {slug: needed.get(slug, [file.id]) for slug in wanted}
    licence = await cases.submit(
        BARBER, "public-venue-hygiene", {**SALON, **salon}, papers, region=REGION, key="salon-001"
    )
    await cases.act(who("service-centre.clerk"), licence.case, "accept", {}, version=None, key="accept-001")
    return shop.case, licence.case


async def code(doing: Awaitable[object]) -> str:
    with pytest.raises(Refused) as refused:
        await doing
    return refused.value.code


def letters(view: CaseView, kind: str) -> list[str]:
    return [event.letter.body.zh for event in view.loaded.events if event.type == kind and event.letter]


async def test_two_cases_of_two_bodies_and_two_people_at_one_address_share_one_visit(
    cases: Cases, who: Seats, clock: SettableClock
) -> None:
    shop, licence = await opened(cases, who)
    market, health = who("market.examiner"), who("disease-control.examiner")
    (found,) = (await cases.visits.overview(market)).together
    assert {one.case_id for one in found.cases} == {shop, licence} and found.days
    assert (await cases.visits.of_case(market, shop)).place == SHOP["premises"]

    day = found.days[0]
    visit = await cases.visits.propose(market, shop, day, "09:00")
    assert await code(cases.visits.propose(health, licence, day, "10:00")) == "visit-open"
    assert not letters(await cases.view(BAKER, shop), "visit-arranged")  # nobody is told before all have agreed
    await cases.visits.agree(health, licence)
    for person, case in ((BAKER, shop), (BARBER, licence)):
        (told,) = letters(await cases.view(person, case), "visit-arranged")
        assert "市场监督管理局" in told and "疾病预防控制局" in told and "09:00" in told and person.name in told
    assert BARBER.name not in letters(await cases.view(BAKER, shop), "visit-arranged")[0]

    assert await code(cases.visits.register(health, licence, "甲、乙", "都看了")) == "visit-not-yet"
    clock.set(clock() + timedelta(days=(day - clock().date()).days))
    assert await code(cases.visits.register(health, licence, "甲", "都看了")) == "two-inspectors"
    market_second = who("market.approver-2")  # whose training ran out
    assert await code(cases.visits.register(market_second, shop, "甲、乙", "都看了")) == "training-expired"
    await cases.visits.register(health, licence, "甲、乙、丙", "店面、消毒设备、冷藏设备")
    for person, case in ((BAKER, shop), (BARBER, licence)):
        view = await cases.view(person, case)
        assert view.loaded.events[-1].type == "visit-registered"
        assert view.loaded.events[-1].payload["visit"] == visit.visit
        assert "店面、消毒设备" in letters(view, "visit-registered")[0]
    # Nobody has to come again for them, so nothing is proposed again.
    assert (await cases.visits.overview(market)).together == ()
    # Registered once; what was found is each body's own act in its own case.
    assert await code(cases.visits.register(market, shop, "甲、乙", "又看")) == "stale-version"
    kept = {"finding": "与承诺一致", "inspectors": "甲、乙"}
    done = await cases.act(who("market.approver"), shop, "find-kept", kept, version=None, key="find-kept-1")
    assert done.state.state == "kept"


async def test_no_case_gets_late_by_sharing_a_visit_and_nobody_is_surprised_by_one(
    cases: Cases, who: Seats, clock: SettableClock
) -> None:
    shop, _ = await opened(cases, who)
    market, today = who("market.examiner"), clock().date()
    found = await cases.visits.of_case(market, shop)
    assert found.days
    first, last = found.days
    for day, said in (
        (today, "visit-too-early"),
        (last + timedelta(days=1), "visit-too-late"),
        (_weekend(first, last), "visit-no-working-day"),
    ):
        assert await code(cases.visits.propose(market, shop, day, "09:00")) == said
    assert await code(cases.visits.propose(market, shop, first, " ")) == "field-missing"


async def test_a_visit_that_is_called_off_is_told_and_another_day_can_be_proposed(cases: Cases, who: Seats) -> None:
    shop, licence = await opened(cases, who)
    market, health = who("market.examiner"), who("disease-control.examiner")
    days = (await cases.visits.of_case(market, shop)).days
    assert days
    await cases.visits.propose(market, shop, days[0], "09:00")
    await cases.visits.call_off(health, licence, "那天全员培训")
    assert not letters(await cases.view(BARBER, licence), "visit-called-off")  # nobody had been told of it
    await cases.visits.propose(health, licence, days[0], "10:00")
    await cases.visits.agree(market, shop)
    await cases.visits.call_off(market, shop, "台风")
    (told,) = letters(await cases.view(BARBER, licence), "visit-called-off")
    assert "台风" in told
    assert (await cases.visits.of_case(market, shop)).visit is None


async def test_who_takes_a_case_over_agrees_to_the_visit_in_place_of_who_handed_it_on(cases: Cases, who: Seats) -> None:
    shop, licence = await opened(cases, who)
    market, health = who("market.examiner"), who("disease-control.examiner")
    days = (await cases.visits.of_case(market, shop)).days
    assert days
    await cases.visits.propose(health, licence, days[0], "09:00")
    said = {"body": "990102.disease-control", "reasons": "店在云岫区"}
    await cases.act(health, licence, "hand-on", said, version=None, key="hand-on-01")
    there = who("disease-control.examiner", "990102")
    await cases.act(there, licence, "take-over", {}, version=None, key="take-over-1")
    await cases.visits.agree(market, shop)
    assert [one.visit.state for one in (await cases.visits.overview(there)).visits if one.visit] == ["proposed"]
    assert not (await cases.visits.of_case(there, licence)).agreed(there.body), "the other body's word is not theirs"
    await cases.visits.agree(there, licence)
    (told,) = letters(await cases.view(BARBER, licence), "visit-arranged")
    assert "云岫区疾病预防控制局" in told


async def test_a_body_without_a_case_there_arranges_nothing_and_learns_nothing(cases: Cases, who: Seats) -> None:
    shop, licence = await opened(cases, who)
    outsider = who("education.examiner")
    assert (await cases.visits.overview(outsider)).together == ()
    assert await code(cases.visits.of_case(outsider, shop)) == "unknown-case"
    # A body with a case there sees of the other's that there is one, and does not open it.
    assert await code(cases.visits.of_case(who("market.examiner"), licence)) == "unknown-case"
    assert await code(cases.visits.propose(BAKER, shop, date(2026, 12, 1), "09:00")) == "unknown-case"


async def test_cases_at_other_addresses_are_left_alone(cases: Cases, who: Seats) -> None:
    shop, _ = await opened(cases, who, premises="岚江市清源区东河路23号")
    market = who("market.examiner")
    assert (await cases.visits.overview(market)).together == ()
    assert await code(cases.visits.propose(market, shop, date(2026, 12, 1), "09:00")) == "no-other-case"


def test_one_address_written_two_ways_is_one() -> None:
    assert same_place("岚江市清源区东河路 21 号（演示）") == same_place("岚江市清源区东河路２１号")
    assert same_place("东河路21号") != same_place("东河路2号1")


def _weekend(first: date, last: date) -> date:
    days = (first + timedelta(days=n) for n in range((last - first).days + 1))
    return next(day for day in days if day.weekday() == 6)


async def test_page_by_page_every_visit_is_listed_once_and_those_to_come_before_those_that_are_over(
    cases: Cases, who: Seats, db: Database
) -> None:
    shop, _ = await opened(cases, who)
    market = who("market.examiner")
    days = (await cases.visits.of_case(market, shop)).days
    assert days
    await cases.visits.propose(market, shop, days[0], "09:00")
    for number, state in (("a", "set"), ("b", "registered"), ("c", "off")):
        await db.execute(
            "INSERT INTO visit SELECT region, $1, decode($2, 'hex'), $3, day, hour, body, proposed_by, proposed_at"
            " FROM visit WHERE state = 'proposed'",
            number, f"0{number}", state,
        )  # fmt: skip
        await db.execute(
            "INSERT INTO visit_case SELECT c.region, $1, case_id, c.body, service FROM visit_case c"
            " JOIN visit v USING (region, visit) WHERE v.state = 'proposed'",
            number,
        )
    (whole, found, before) = (await visits.of_bodies(db, [market.body], 9), list[visits.Visit](), None)
    while page := await visits.of_bodies(db, [market.body], 1, before):
        found += page
        before = page[0].open, page[0].day, page[0].visit
    assert found == list(whole) and [one.open for one in found] == [True, True, False, False]
