"""Which waiting cases may be late: counted from cases like them, for the official they wait for, without effect."""

import pytest
from desk_people import Official, restaurant

from tongban.assist.forecast.early import EarlyWarning
from tongban.assist.model import Abstain
from tongban.base.clock import SettableClock
from tongban.cases import QueueFilter
from tongban.org import Actor
from tongban.org import store as org_store
from tongban.web.site import Site

pytestmark = pytest.mark.database


async def decided(site: Site, count: int, used: float, *, body: str = "990101.market", first: int = 0) -> None:
    """Earlier cases of the same service that took this share of their time."""
    await site.db.execute(
        "INSERT INTO case_row SELECT '990101', '990101-260103-' || lpad(n::text, 8, '0'), 1, 1, 'food-licence', '1',"
        " 'issued', '{\"zh\": \"\", \"en\": \"\"}', 'delivered', 'nobody', false, $1, 'p-sunhao', '', now(), NULL,"
        " now(), now(), '{}', 'decide', now(), $2 FROM generate_series($3::int, $3::int + $4::int - 1) n",
        body,
        used,
        first,
        count,
    )


async def accepted(site: Site, clock: SettableClock) -> str:
    """A case of the restaurant that waits for the examiner, some days on."""
    case = (await restaurant(site)).case
    clerk = await Official(site).sit("service-centre.clerk")
    await clerk.open(case)
    await clerk.do(case, "accept")
    clock.advance(days=5)
    return case


async def examiner(site: Site) -> Actor:
    (person,) = site.directory.holders("990101.market.examiner")[:1]
    found = await org_store.person(site.db, person)
    assert found is not None
    post = site.directory.post("990101.market.examiner")
    return Actor.official(found, post, site.directory.body(post.body))


async def test_a_case_is_shown_with_how_many_like_it_were_late(site: Site, clock: SettableClock) -> None:
    case = await accepted(site, clock)
    await decided(site, 60, 0.05)
    await decided(site, 30, 0.9, first=100)
    await decided(site, 10, 1.3, first=200)
    desk = await Official(site).sit("market.examiner")
    await desk.get("/desk/forecast")
    assert case in desk.text
    assert "40件" in desk.text, "sixty were done before they came to this point"
    assert "10件" in desk.text
    assert "拿来比的办结记录是虚构的" not in desk.text


async def test_nobody_is_shown_a_case_that_is_not_theirs_to_see(site: Site, clock: SettableClock) -> None:
    case = await accepted(site, clock)
    await decided(site, 40, 1.2)
    for post in ("police.examiner", "service-centre.clerk"):
        desk = await Official(site).sit(post)
        await desk.get("/desk/forecast")
        assert desk.page.status_code == 200
        assert case not in desk.page.text, post


async def test_with_fewer_than_thirty_alike_nothing_is_said_and_a_demonstration_says_it_is_invented(
    site: Site, clock: SettableClock
) -> None:
    case = await accepted(site, clock)
    await decided(site, 29, 1.2)
    actor = await examiner(site)
    rows = (await site.cases.queue(actor, QueueFilter())).items
    assert [row.case_id for row in rows] == [case]
    early: EarlyWarning = site.assist.early
    assert isinstance(await early.at_risk(actor, rows, demo=False), Abstain)
    desk = await Official(site).sit("market.examiner")
    await desk.get("/desk/forecast")
    assert "拿来比的办结记录是虚构的" in desk.text


async def test_a_case_whose_applicant_wants_only_people_is_left_out(site: Site, clock: SettableClock) -> None:
    await accepted(site, clock)
    await decided(site, 40, 1.2)
    await site.db.execute("UPDATE case_row SET labels = labels || '{people-only}' WHERE open")
    actor = await examiner(site)
    rows = (await site.cases.queue(actor, QueueFilter())).items
    assert isinstance(await site.assist.early.at_risk(actor, rows, demo=False), Abstain)


async def test_a_warning_changes_nothing_of_a_case(site: Site, clock: SettableClock) -> None:
    await accepted(site, clock)
    await decided(site, 40, 1.2)
    held = "SELECT (SELECT count(*) FROM case_event), (SELECT jsonb_agg(r ORDER BY case_id) FROM case_row r)::text"
    before = tuple(await site.db.fetchrow(held) or ())
    desk = await Official(site).sit("market.examiner")
    await desk.get("/desk/forecast")
    assert "40件" in desk.text
    assert tuple(await site.db.fetchrow(held) or ()) == before
