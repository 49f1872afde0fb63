"""Moved powers on the open page, on the desk and under supervision."""

import re
from html import unescape

import httpx
import pytest
from tests.web.desk_people import restaurant
from tests.web.test_tenants import Reader, in_post

from tongban.cases.projections import MOVE
from tongban.web.app import create
from tongban.web.site import Site

pytestmark = pytest.mark.database
FORM = {
    "change": "make",
    "kind": "delegated",
    "to_body": "990101.planning",
    "services": "rent-subsidy",
    "regions": "990101",
    "notice": "区住建局把租赁补贴委托给区自然资源局（演示）",
    "why": "就近办",
}


@pytest.fixture
async def http(site: Site):
    transport = httpx.ASGITransport(app=create(site), raise_app_exceptions=False)  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
        yield client


async def propose(reader: Reader, **changes: str) -> httpx.Response:
    return await reader("POST", "/desk/delegations/new", data={**FORM, **changes, "key": "delegations-1"})


async def test_everybody_reads_what_moved_in_whose_name_until_when_and_against_whom_to_go(http: httpx.AsyncClient):
    page = (await http.get("/open/delegations?lang=zh")).text
    assert "岚江省" not in page.split("<h1>")[0]
    for said in (
        "竹溪县疾病预防控制局",
        "竹溪县行政审批局",
        "以自己的名义",
        "不得再委托",
        "委托机关是被申请人",
        "2028年6月30日",
    ):
        assert said in page
    found = (await http.get("/open/delegations.json")).json()["delegations"]
    assert {one["kind"] for one in found} == {"delegated", "concentrated", "moved-down"}
    assert {one["standing"] for one in found} == {"in-force"}


async def test_an_official_proposes_the_head_approves_and_the_open_page_shows_it(site: Site, http: httpx.AsyncClient):
    examiner = await in_post(site, http, "990101", "housing", "examiner")
    assert (await examiner("GET", "/desk/delegations/new")).status_code == 200
    sent = await propose(examiner)
    assert sent.status_code == 303, re.findall(r'class="errors".*?</ul>', sent.text, re.DOTALL)
    case = sent.headers["location"].rpartition("/")[2]
    assert FORM["notice"] not in (await http.get("/open/delegations")).text
    head = await in_post(site, http, "990101", "housing", "head")
    done = await head("POST", f"/desk/cases/{case}", data={"act": "approve", "version": "1"})
    assert done.status_code in (200, 303)
    assert FORM["notice"] in (await http.get("/open/delegations")).text
    own = await head("GET", "/desk/delegations")
    assert f"move.{case}" in own.text
    assert (await head("GET", f"/desk/delegations/new?change=end&delegation=move.{case}")).status_code == 200


async def test_a_wrong_form_comes_back_with_what_was_typed_and_what_the_law_says(site: Site, http: httpx.AsyncClient):
    examiner = await in_post(site, http, "990101", "housing", "examiner")
    refused = await propose(examiner, to_body="990101.disabled-federation")
    assert refused.status_code == 422
    assert "不是行政机关" in refused.text
    assert FORM["notice"] in refused.text


async def test_the_supervisor_sees_the_moves_of_their_own_bodies_with_figures(site: Site, http: httpx.AsyncClient):
    province = await in_post(site, http, "990000", "digital-centre", "supervisor")
    page = await province("GET", "/console/delegations")
    assert page.status_code == 200
    assert "竹溪县行政审批局" in page.text
    district = await in_post(site, http, "990101", "digital-centre", "supervisor")
    assert "竹溪县行政审批局" not in (await district("GET", "/console/delegations")).text
    examiner = await in_post(site, http, "990101", "housing", "examiner")
    assert (await examiner("GET", "/console/delegations")).status_code == 403


async def test_the_number_of_cases_of_a_move_leads_to_them_and_to_nobody_else_s(site: Site, http: httpx.AsyncClient):
    view, move = await restaurant(site), "move.zhuxi-one-seal-food"
    body = next(one.to_body for one in site.directory.moved.everything if one.id == move)
    await site.db.execute(
        "UPDATE case_row SET body = $2, labels = labels || $3::text[] WHERE case_id = $1",
        view.case,
        body,
        [f"{MOVE}{move}"],
    )
    province = await in_post(site, http, "990000", "digital-centre", "supervisor")
    address = f"/console/delegations?move={move}"
    shown = unescape((await province("GET", "/console/delegations")).text)
    for only, there in (("all", True), ("open", True), ("granted", False), ("overturned", False)):
        assert (f"{address}&only={only}#cases" in shown) == there
        listed = await province("GET", f"{address}&only={only}")
        assert (view.case in listed.text) == there
        assert "周家和" not in listed.text
    district = await in_post(site, http, "990101", "digital-centre", "supervisor")
    assert view.case not in (await district("GET", address)).text
