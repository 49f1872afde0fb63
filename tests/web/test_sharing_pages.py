"""数据共享 at the desk: ask from the list, agree, see what is held and given; another body's grant is not there."""

import re
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import date
from html import unescape

import httpx
import pytest
from msgspec import structs
from tests.web.citizen import Person

from tongban.org import Actor, demo, sessions
from tongban.sharing.grants import Grant, store
from tongban.sharing.grants.demo import shipped_grants
from tongban.sharing.grants.model import Change
from tongban.web.app import create
from tongban.web.desk.sharing import ROWS
from tongban.web.site import Site

pytestmark = pytest.mark.database

ASKED = {
    "fields": "left_on",
    "tests": "months_paid >= 12",
    "for_service": "rent-subsidy",
    "basis": "社会救助法26",
    "scene": "审核收入时",
    "scope": "住房保障科审批岗",
    "mode": "interface",
    "until.year": "2026",
    "until.month": "11",
    "until.day": "30",
}
NEW = "/desk/sharing/new/hr.insurance/member"


@asynccontextmanager
async def at_desk(site: Site, post: str, lang: str = "zh") -> AsyncGenerator[Person]:
    """Whoever holds this post, at a browser of their own."""
    transport = httpx.ASGITransport(app=create(site), raise_app_exceptions=False)  # type: ignore[arg-type]
    opened = await sessions.log_in_demo(
        site.db, site.directory, site.directory.holders(post)[0], site.clock(), post=post
    )
    cookies = {"session": opened.token, "lang": lang}
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost", cookies=cookies) as client:
        yield Person(client)


async def asked(site: Site) -> str:
    """A request of the district's housing bureau, as its examiner sends it."""
    async with at_desk(site, "990101.housing.examiner") as person:
        await person.get(NEW)
        assert "有条件共享" in person.text
        await person.post(NEW, {"key": person.hidden("key"), **ASKED})
        assert person.page.status_code == 200, person.text
        found = re.search(r"/desk/cases/([0-9A-Z-]+)", str(person.page.url))
        assert found is not None, person.text
        return found[1]


async def act(site: Site, post: str, case: str, name: str, **says: object) -> None:
    person = next(one for one in demo.officials() if one.id == site.directory.holders(post)[0])
    held = site.directory.post(post)
    actor = Actor.official(person, held, site.directory.body(held.body))
    await site.cases.act(actor, case, name, says, version=None, key=f"{case}-{name}")


async def in_use(site: Site) -> str:
    case = await asked(site)
    await act(site, "990101.housing.head", case, "consent")
    await act(site, "990000.hr.approver", case, "agree")
    return case


async def test_a_request_goes_from_the_list_to_the_consent_of_the_own_head(site: Site) -> None:
    case = await asked(site)
    async with at_desk(site, "990101.housing.head") as head:
        await head.get("/desk/sharing")
        assert case in head.text
        assert "等本单位共享工作负责人同意" in head.text
        await head.get(f"/desk/cases/{case}")
        assert "同意对外申请" in head.text


async def test_what_is_wrong_with_a_request_is_said_beside_its_field_and_nothing_typed_is_lost(site: Site) -> None:
    async with at_desk(site, "990101.housing.examiner") as person:
        await person.get(NEW)
        bad = {**ASKED, "tests": "months_paid 约 12", "scene": "只写了场景"}
        await person.post(NEW, {"key": person.hidden("key"), **bad})
        assert person.page.status_code == 422
        assert "看不懂" in person.text
        assert "只写了场景" in person.text


async def test_both_ends_see_the_grant_and_nobody_else_does(site: Site) -> None:
    case = await in_use(site)
    address = f"/desk/sharing/grants/g.{case}"
    for post, says, further in (
        ("990101.housing.examiner", "续用", "held_after"),
        ("990000.hr.approver", "暂停", "after"),
    ):
        async with at_desk(site, post) as person:
            await person.get("/desk/sharing")
            while address not in person.page.text:  # the list has pages
                more = re.search(rf'href="(/desk/sharing\?{further}=[^"]+)"', person.page.text)
                assert more, "neither on this page nor on a further one"
                await person.get(unescape(more[1]))
            await person.get(address)
            assert person.page.status_code == 200
            assert says in person.text
    for post in ("990101.tax.head", "990101.hr.head", "990000.housing.head", "990102.housing.examiner"):
        async with at_desk(site, post) as stranger:
            await stranger.get(address)
            assert stranger.page.status_code == 404, post
            await stranger.get("/desk/sharing")
            assert case not in stranger.page.text
            await stranger.get(f"{NEW}?renews=g.{case}")
            assert stranger.page.status_code == 404


async def test_data_of_another_province_hide_no_page_and_are_not_asked_for_from_here(site: Site) -> None:
    (foreign,) = [one for one in shipped_grants() if one.provider == "980000.hr"]
    async with at_desk(site, "990101.hr.examiner") as person:
        await person.get("/desk/sharing/new")
        assert person.page.status_code == 200
        assert "hr.insurance" in person.page.text
        assert foreign.resource not in person.page.text
        await person.get(f"/desk/sharing/grants/{foreign.id}")
        assert person.page.status_code == 200
        assert "云泽省人力资源和社会保障厅" in person.text
        await person.get(f"/desk/sharing/new/{foreign.resource}/{foreign.record}?renews={foreign.id}")
        assert person.page.status_code == 409
        assert "请找本级数字政务中心" in person.text


async def test_thirty_days_before_its_end_a_grant_is_offered_for_renewal_as_it_was(site: Site) -> None:
    case = await in_use(site)
    held = await store.one(site.db, f"g.{case}")
    assert held is not None
    for number in range(ROWS + 1):  # the list begins with those that last longest
        longer = structs.replace(held, id=f"long-{number}", case="", until=date(2027, 12, 31))
        await store.give(site.db, longer, Change(event="long", at=site.clock(), by="demo"))
    async with at_desk(site, "990101.housing.examiner") as person:
        await person.get("/desk/sharing")
        assert "三十天内到期" in person.text and f"renews=g.{case}" in person.page.text
        assert person.page.text.count("?renews=") == 1, "and no other is said to end"
        await person.get(f"{NEW}?renews=g.{case}")
        assert 'value="left_on" checked' in person.page.text
        assert "months_paid >= 12" in person.text
        assert "审核收入时" in person.text


async def test_a_grant_that_lasts_longer_is_not_said_to_end(site: Site) -> None:
    async with at_desk(site, "990101.hr.examiner") as person:
        await person.get("/desk/sharing")
        assert "三十天内到期" not in person.text


async def test_a_suspended_grant_says_why(site: Site) -> None:
    case = await in_use(site)
    await act(site, "990000.hr.approver", case, "suspend", reasons="查了不在办的人", rectify_by="2026-11-20")
    async with at_desk(site, "990101.housing.head") as person:
        await person.get(f"/desk/sharing/grants/g.{case}")
        assert "查了不在办的人" in person.text


async def test_art_28_a_dispute_is_found_by_the_authority_that_coordinates_it_and_by_no_other(site: Site) -> None:
    case = await asked(site)
    why = {"reasons": "超出使用用途", "law": ["DS-15"]}
    await act(site, "990101.housing.head", case, "consent")
    await act(site, "990000.hr.approver", case, "propose-refusal", ground="beyond-scope", **why)
    await act(site, "990000.hr.approver-2", case, "refuse", **why)
    await act(site, "990101.housing.head", case, "dispute", reasons="社会救助法要求核对")
    await act(site, "990101.housing.head", case, "to-authority", reasons="谈不拢")
    for post, sees in (("990000.digital-centre.head", True), ("990101.digital-centre.head", False)):
        async with at_desk(site, post) as person:
            await person.get("/desk/sharing")
            assert (case in person.text) is sees, post
            await person.get(f"/desk/cases/{case}")
            assert (person.page.status_code == 200) is sees
            assert ("协调：应当共享" in person.text) is sees


async def test_the_supervisor_sees_where_requests_stand_and_no_persons_name(site: Site) -> None:
    case = await asked(site)
    async with at_desk(site, "990000.digital-centre.supervisor") as watcher:
        await watcher.get("/console/sharing")
        assert case in watcher.text
        assert "等本单位共享工作负责人同意" in watcher.text
    async with at_desk(site, "990000.hr.approver") as other:
        await other.get("/console/sharing")
        assert other.page.status_code == 403


async def test_pages_say_what_to_do_where_nothing_is_there_in_both_languages(site: Site) -> None:
    for lang, says in (("zh", "还没有提出过申请"), ("en", "Nothing has been asked for yet")):
        async with at_desk(site, "990102.tax.examiner", lang) as person:
            await person.get(f"/desk/sharing?lang={lang}")
            assert says in person.text


async def test_grants_of_before_have_no_case_and_say_so(site: Site) -> None:
    own = Grant(
        id="old-1", resource="hr.insurance", record="member", fields=("left_on",), provider="990000.hr",
        consumer="990101.tax", service="rent-subsidy", purpose=demo.register().bodies[0].name,
        law=demo.register().bodies[0].name, since=date(2026, 1, 1), until=date(2027, 1, 1),
    )  # fmt: skip
    await store.give(site.db, own, Change(event="old", at=site.clock(), by="demo"))
    async with at_desk(site, "990101.tax.examiner") as person:
        await person.get("/desk/sharing/grants/old-1")
        assert "还没有办件" in person.text and "立一件" not in person.text, "whoever uses it does not open one"
