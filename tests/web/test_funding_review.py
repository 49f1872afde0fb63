"""政务数据共享条例 38: whether a digital project gets money is a case. Overlaps and how the body shares its data are in
the file before anybody advises, two people look, and what they say is public."""

import re
from html import unescape

import httpx
import pytest
from tests.oversight.sheets import HEAD
from tests.web.desk_people import Official

from tongban.base.clock import SettableClock
from tongban.base.errors import Refused
from tongban.cases.model import Applicant
from tongban.org import Actor
from tongban.org import store as org_store
from tongban.web.app import create
from tongban.web.site import Site

pytestmark = pytest.mark.database
TOP = "990000"
SHEET = f"""{HEAD}
P1,社保一件事专窗,{{body}},拟建,办理社会保险登记、参保查询和养老待遇发放，支持线上申请和审核,社会保险参保信息,社会保险登记
P2,社保综合服务系统,990101.civil,已建,办理社会保险登记、参保查询和养老待遇发放，支持线上申请和审核,社会保险参保信息,社会保险登记
"""
WHY = "群众办社保要跑三个窗口，钱用来改造大厅系统"
SEEN = {"about_overlap": "做的事一样，但是原系统不能改", "about_sharing": "目录里有数据，答复按时"}


async def anybody(site: Site, address: str) -> str:
    transport = httpx.ASGITransport(app=create(site), raise_app_exceptions=False)  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
        return unescape(re.sub(r"<[^>]+>", " ", (await client.get(address)).text))


async def asked(site: Site, region: str) -> tuple[Official, str]:
    """A body of this region asks for its planned project; the number of the case."""
    centre = await Official(site).sit("digital-centre.supervisor", region)
    await centre.get("/console/projects")
    sheet = SHEET.format(body=f"{region}.hr")
    await centre.post("/console/projects", {}, {"sheet": ("p.csv", sheet.encode(), "text/csv")})
    hr = await Official(site).sit("hr.examiner", region)
    await hr.get("/desk/projects")
    assert "社保一件事专窗" in hr.text and "社保综合服务系统" in hr.text and "目录" in hr.text
    said = {"project": f"{region}/P1", "kind": "build", "cost": "80", "reasons": WHY}
    await hr.post("/desk/projects", {"key": hr.hidden("key"), **said, "reasons": "找王处长13812345678"})
    assert hr.page.status_code == 422 and "请去掉能认出人的" in hr.text
    await hr.post("/desk/projects", {"key": hr.hidden("key"), **said})
    assert hr.page.url.path.startswith("/desk/cases/"), hr.text
    return hr, hr.page.url.path.rpartition("/")[2]


async def at(site: Site, seat: str, region: str, case: str) -> Official:
    found = await Official(site).sit(seat, region)
    await found.open(case)
    return found


async def test_overlaps_and_sharing_are_in_the_file_and_another_person_than_the_adviser_decides(site: Site) -> None:
    hr, case = await asked(site, TOP)
    state = (await site.cases.engine.load(case)).state
    assert int(state.facts["overlap"]) > 50 and "社保综合服务系统" in state.facts["overlap_report"]
    assert state.facts["listed"] > 0 and state.case.applicant.id == f"{TOP}.hr"
    reviewer = await at(site, "digital-centre.examiner", TOP, case)
    assert "社保综合服务系统" in reviewer.text  # read before anything is said
    await reviewer.do(case, "advise", advice="support", about_sharing="好")
    assert "重复情况怎么看" in reviewer.text  # an overlap has to be answered in words
    await reviewer.do(case, "advise", advice="support", **SEEN)
    assert (await site.cases.engine.load(case)).state.state == "advised"
    assert not {"support", "on-condition"} & set(reviewer.offered)
    decider = await at(site, "digital-centre.approver", TOP, case)
    await decider.do(case, "support", reasons="原系统是外省的，重做不可避免；数据按时共享")
    assert (await site.cases.engine.load(case)).state.state == "supported"
    page = await anybody(site, "/open/projects")
    for public in (WHY, SEEN["about_overlap"], "原系统是外省的", "支持", "80万元", "没有办0件（没答复或者没接通）"):
        assert public in page
    await site.db.execute("UPDATE project_funding SET kept = kept - 'late' || '{\"cost\": \"much\"}'::jsonb")
    assert WHY in await anybody(site, "/open/projects"), "kept by an earlier version of the program: told anew"
    await hr.get("/desk/projects")
    assert "支持" in hr.text and case in hr.text


async def test_whoever_shares_nothing_shares_first_and_gets_money_afterwards(site: Site) -> None:
    hr, case = await asked(site, "990101")
    state = (await site.cases.engine.load(case)).state
    assert state.facts["listed"] == 0
    reviewer = await at(site, "digital-centre.examiner", "990101", case)
    await reviewer.do(case, "advise", advice="support", **SEEN)
    decider = await at(site, "digital-centre.approver", "990101", case)
    assert "support" not in decider.offered and "on-condition" in decider.offered
    by = {"share_by__year": "2027", "share_by__month": "3", "share_by__day": "1"}
    await decider.do(case, "on-condition", reasons="先共享参保信息", share_what="参保信息进目录", **by)
    await hr.open(case)
    await hr.do(case, "report-shared", message="参保信息已经进目录")
    await decider.open(case)
    await decider.do(case, "confirm-shared", reasons="目录里查到了，能查询")
    assert (await site.cases.engine.load(case)).state.state == "supported"
    assert "参保信息进目录" in await anybody(site, "/open/projects")


async def test_data_that_the_department_above_lists_count_for_a_county_whose_data_lie_there(
    site: Site, clock: SettableClock
) -> None:
    clock.advance(days=30)  # the version of the service that says so is in force
    _, case = await asked(site, "990101")
    facts = (await site.cases.engine.load(case)).state.facts
    assert facts["listed"] == 0 and facts["listed_above"] > 0
    reviewer = await at(site, "digital-centre.examiner", "990101", case)
    await reviewer.do(case, "advise", advice="support", **SEEN)
    assert "support" in (await at(site, "digital-centre.approver", "990101", case)).offered
    assert "上级同一部门在目录里有" in await anybody(site, "/open/projects")


async def test_a_refusal_is_heard_first_decided_by_a_third_person_and_looked_at_once_more(site: Site) -> None:
    hr, case = await asked(site, "990101")
    await hr.get("/desk/projects")
    assert "提出资金审查" not in hr.text  # one review at a time
    reviewer = await at(site, "digital-centre.examiner", "990101", case)
    await reviewer.do(case, "advise", advice="not-support", **SEEN)
    one = await at(site, "digital-centre.approver", "990101", case)
    await one.do(case, "propose-not", reasons="和已有系统一样")
    await hr.open(case)
    await hr.do(case, "state-view", message="原系统不支持")
    await one.open(case)
    assert "not-support" not in one.offered
    two = await at(site, "digital-centre.approver-2", "990101", case)
    why = {"reasons": "原系统可以改，见报告", "law": "政务数据共享条例第38条"}
    await two.do(case, "not-support", **why)
    assert (await site.cases.engine.load(case)).state.state == "not-supported"
    head = await at(site, "hr.head", "990101", case)
    await head.do(case, "ask-second-look", reasons="原系统的厂商已经注销")
    assert "uphold" not in (await at(site, "digital-centre.approver-2", "990101", case)).offered
    chief = await at(site, "digital-centre.head", "990101", case)
    await chief.do(case, "take-up", reasons="厂商注销是新情况")
    assert (await site.cases.engine.load(case)).state.state == "heard"
    page = await anybody(site, "/open/projects")
    assert "原系统可以改" in page and "厂商注销是新情况" in page


async def test_nobody_types_the_overlaps_or_asks_for_another_bodys_project(site: Site) -> None:
    hr, case = await asked(site, "990101")
    facts = {**(await site.cases.engine.load(case)).state.facts, "overlap": "0", "listed": "9"}
    person = await org_store.person(site.db, "o-990101.hr.examiner")
    assert person is not None
    post = site.directory.post("990101.hr.examiner")
    actor = Actor.official(person, post, site.directory.body(post.body))
    own = site.directory.body(post.body)
    with pytest.raises(Refused) as refused:
        await site.cases.submit(
            actor,
            "funding-review",
            facts,
            region="990101",
            key="typed-by-hand",
            says={"asked_by": "我", "reasons": WHY},
            applicant=Applicant(own.id, own.name.zh, own.uscc, "body"),
            owed_by="990101.digital-centre",
        )
    assert refused.value.code == "not-your-act"
    other = await Official(site).sit("civil.examiner")
    await other.get("/desk/projects")
    assert "社保一件事专窗" not in other.text
    said = {"project": "990101/P1", "kind": "build", "cost": "80", "reasons": WHY, "key": "another-key-1"}
    assert (await other.post("/desk/projects", said)).status_code == 404
    await hr.get("/desk/projects")
    await hr.post("/desk/projects", said)
    assert "正在审" in hr.text
