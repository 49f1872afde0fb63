"""Visits that cases of several bodies share, on the desk."""

import httpx
import pytest
from tests.web.test_tenants import Reader, in_post

from tongban.base.clock import SettableClock
from tongban.org import Actor, demo
from tongban.web.app import create
from tongban.web.site import Site

pytestmark = pytest.mark.database
PLACE = "清源区东河路21号"
PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF"


@pytest.fixture
async def http(site: Site):
    transport = httpx.ASGITransport(app=create(site), raise_app_exceptions=False)  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
        yield client


@pytest.fixture
async def two(site: Site) -> tuple[str, str]:
    """A shop that was registered on a promise, and a hairdresser's licence that is being examined, at one address."""
    people = {one.id: Actor.citizen(one) for one in demo.citizens()}
    shop = await site.cases.submit(
        people["p-wangxiaoman"],
        "small-food-shop",
        {
            "owner_name": "王小满",
            "shop_name": "小满早点（演示）",
            "premises": PLACE,
            "area": "30",
            "cold_food": "false",
            "by_promise": "true",
        },
        region="990101",
        key="visit-shop-1",
    )
    barber = people["p-chenzhiyuan"]
    file = await site.cases.add_document(barber, "paper.pdf", PDF)
    wanted = site.catalogue.service("public-venue-hygiene").materials
    salon = await site.cases.submit(
        barber,
        "public-venue-hygiene",
        {
            "uscc": "92990101MA0000021X",
            "business_name": "志远理发（演示）",
            "premises": PLACE,
            "phone": "15400000002",
            "venue": "hairdresser",
            "staff_certified": "true",
            "has_report": "true",
            "central_air": "false",
        },
        {slug: [file.id] for slug in wanted},
        region="990101",
        key="visit-salon-1",
    )
    clerk = site.directory.post("990101.service-centre.clerk")
    holder = next(one for one in demo.officials() if one.id == f"o-{clerk.id}")
    actor = Actor.official(holder, clerk, site.directory.body(clerk.body))
    await site.cases.act(actor, salon.case, "accept", {}, version=None, key="visit-accept-1")
    return shop.case, salon.case


async def step(who: Reader, case: str, **form: str) -> httpx.Response:
    return await who("POST", f"/desk/visits/{case}", data=form)


async def test_a_day_is_proposed_agreed_to_and_registered_on_the_desk(
    site: Site, http: httpx.AsyncClient, two: tuple[str, str], clock: SettableClock
) -> None:
    shop, salon = two
    market = await in_post(site, http, "990101", "market", "examiner")
    health = await in_post(site, http, "990101", "disease-control", "examiner")
    listed = (await market("GET", "/desk/visits")).text
    assert shop in listed and salon not in listed and "公共场所卫生许可" in listed
    assert PLACE not in listed  # the address is read on the page of a case, which leaves a row
    shown = (await market("GET", f"/desk/visits/{shop}")).text
    assert PLACE in shown and "陈志远" not in shown and salon not in shown

    wrong = await step(market, shop, do="propose", day="2026-1-1", hour="08:30")
    assert wrong.status_code == 422 and "08:30" in wrong.text
    day = (await site.cases.visits.of_case(await _actor(site, "market.examiner"), shop)).days
    assert day
    sent = await step(market, shop, do="propose", day=day[0].isoformat(), hour="09:00")
    assert sent.status_code == 303 and sent.headers["location"].endswith("said=proposed")
    assert "等本机关同意" in (await health("GET", "/desk/visits")).text
    assert (await step(health, salon, do="agree")).status_code == 303
    early = await step(market, shop, do="register", inspectors="甲、乙", seen="店面")
    assert early.status_code == 409
    clock.advance(days=(day[0] - site.today).days)
    market = await in_post(site, http, "990101", "market", "examiner")
    assert (await step(market, shop, do="register", inspectors="甲", seen="店面")).status_code == 422
    assert (await step(market, shop, do="register", inspectors="甲、乙", seen="店面")).status_code == 303
    assert "已登记" in (await market("GET", f"/desk/visits/{shop}")).text
    assert "现场已登记" in (await market("GET", f"/desk/cases/{shop}")).text


async def _actor(site: Site, seat: str) -> Actor:
    post = site.directory.post(f"990101.{seat}")
    holder = next(one for one in demo.officials() if one.id == f"o-{post.id}")
    return Actor.official(holder, post, site.directory.body(post.body))


async def test_where_nothing_can_be_shared_the_page_says_so(site: Site, http: httpx.AsyncClient) -> None:
    market = await in_post(site, http, "990101", "market", "examiner")
    assert "没有别的办件也等着去" in (await market("GET", "/desk/visits")).text
    assert "No visit is being arranged" in (await market("GET", "/desk/visits?lang=en")).text
    assert (await market("GET", "/desk/visits/990101-261126-AAAAAAAA")).status_code == 404
    assert (await step(market, "990101-261126-AAAAAAAA", do="propose")).status_code == 404


async def test_a_body_that_takes_part_finds_what_waits_for_it_on_its_own_desk(
    site: Site, http: httpx.AsyncClient
) -> None:
    air_defence = await in_post(site, http, "990101", "civil-defence", "examiner")
    page = (await air_defence("GET", "/desk")).text
    assert "/desk?list=urged" in page and "会同别的机关办的" in page
    assert "Escalated, joint" in (await air_defence("GET", "/desk?list=urged&lang=en")).text
