"""Inside the house: courses, class sheets, leave with its cover, supervision of work, each entered on a page."""

import re

import httpx
import pytest
from tests.web.test_tenants import Reader, in_post

from tongban.base.clock import SettableClock
from tongban.org import Actor, Directory, demo, may
from tongban.org import store as org_store
from tongban.org.model import Matter
from tongban.web.app import create
from tongban.web.site import Site

pytestmark = pytest.mark.database
PLANNING = "990101.planning.examiner"
LATER = (
    "INSERT INTO case_row SELECT (jsonb_populate_record(r, jsonb_build_object('case_id', r.case_id || n, 'service',"
    " 'record-request', 'opened_at', r.opened_at + interval '1 hour'))).*"
    " FROM case_row r, generate_series(1, 60) AS n WHERE r.case_id = $1"
)
"""More than a page of other things that the same body asked for later."""
COURSE = {
    "id": "night-work",
    "name": "夜间窗口",
    "name_en": "Night counter",
    "hours": "4",
    "months": "12",
    "how": "上完网课",
    "how_en": "Finish the online course",
    "roles": "examine",
    "acts": "examine",
}


@pytest.fixture
async def http(site: Site):
    transport = httpx.ASGITransport(app=create(site), raise_app_exceptions=False)  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
        yield client


@pytest.fixture
async def supervisor(site: Site, http: httpx.AsyncClient) -> Reader:
    return await in_post(site, http, "990000", "digital-centre", "supervisor")


def answer(directory: Directory, post: str, act: str) -> str:
    """What `org.may` says to the holder of a post."""
    names = {one.id: one for one in demo.officials()}
    found = directory.post(post)
    actor = Actor.official(names[f"o-{post}"], found, directory.body(found.body))
    matter = Matter(region="990101", body=found.body, service="completion-acceptance", applicant="p-zhengqiming")
    given = may(directory, actor, act, matter)
    return getattr(given, "code", "granted")


async def test_whoever_is_entered_on_a_sheet_may_do_the_step_from_then_on(
    site: Site, supervisor: Reader, clock: SettableClock
) -> None:
    assert answer(site.directory, PLANNING, "record-finding") == "training-missing"
    page = (await supervisor("GET", "/console/training/sheet?course=on-the-spot&of=990101.planning")).text
    assert PLANNING in page and "还没通过" in page
    form = {"course": "on-the-spot", "of": "990101.planning", "passed_on": site.today.isoformat()}
    empty = await supervisor("POST", "/console/training/sheet", data=form)
    assert empty.status_code == 422 and "请勾选谁通过了" in empty.text
    ahead = await supervisor(
        "POST", "/console/training/sheet", data={**form, "passed_on": "2099-01-01", "posts": PLANNING}
    )
    assert ahead.status_code == 422
    done = await supervisor("POST", "/console/training/sheet", data={**form, "posts": PLANNING})
    assert done.status_code == 303
    assert answer(site.directory, PLANNING, "record-finding") == "granted"
    # Another process reads the same from the register, and who entered it is kept.
    elsewhere = await org_store.load(site.db, clock)
    assert answer(elsewhere, PLANNING, "record-finding") == "granted"
    kept = await site.db.fetchval("SELECT person FROM org_entered WHERE kind = 'classes'")
    assert kept == "o-990000.digital-centre.supervisor"


async def test_a_course_counts_from_the_moment_it_is_saved_and_a_wrong_one_comes_back(
    site: Site, supervisor: Reader
) -> None:
    wrong = await supervisor("POST", "/console/training/course", data={**COURSE, "hours": "many", "how_en": ""})
    assert wrong.status_code == 422 and "夜间窗口" in wrong.text and "中英文都要写" in wrong.text
    assert answer(site.directory, PLANNING, "examine") == "granted"
    assert (await supervisor("POST", "/console/training/course", data=COURSE)).status_code == 303
    assert answer(site.directory, PLANNING, "examine") == "training-missing"
    known = (await supervisor("GET", "/console/training/course?course=night-work&lang=en")).text
    assert "Finish the online course" in known and "Change a course" in known
    assert (await supervisor("GET", "/console/training/course?course=none")).status_code == 404


async def test_courses_and_sheets_are_for_supervisors_and_their_own_bodies_alone(
    site: Site, http: httpx.AsyncClient
) -> None:
    examiner = await in_post(site, http, "990101", "planning", "examiner")
    for page in ("course", "sheet"):
        assert (await examiner("GET", f"/console/training/{page}")).status_code == 403
        assert (await examiner("POST", f"/console/training/{page}", data=COURSE)).status_code == 403
    district = await in_post(site, http, "990101", "digital-centre", "supervisor")
    form = {"course": "on-the-spot", "passed_on": site.today.isoformat(), "posts": "990221.planning.examiner"}
    assert (await district("POST", "/console/training/sheet", data=form)).status_code == 404


async def test_the_head_enters_leave_and_the_cover_uses_the_post_until_they_are_back(
    site: Site, http: httpx.AsyncClient, supervisor: Reader
) -> None:
    head = await in_post(site, http, "990101", "housing", "head")
    assert "没有人休假" in (await head("GET", "/desk/leave")).text
    away, cover = "990101.housing.examiner", "990101.housing.approver"
    form = {"post": away, "since": site.today.isoformat(), "until": "2026-12-20", "cover": cover}
    for change, said in (({"cover": away}, "leave-cover"), ({"until": "2026-1-1"}, "leave-days"), ({"since": ""}, "")):
        back = await head("POST", "/desk/leave", data={**form, **change})
        assert back.status_code == 422, said
    assert (await head("POST", "/desk/leave", data={**form, "post": PLANNING})).status_code == 422
    assert (await head("POST", "/desk/leave", data=form)).status_code == 303
    assert site.directory.holders(away) == [f"o-{cover}"]
    sheet = {"course": "on-the-spot", "passed_on": site.today.isoformat(), "posts": away}
    assert (await supervisor("POST", "/console/training/sheet", data=sheet)).status_code == 303
    passed = await site.db.fetchval("SELECT entry -> 'persons' FROM org_entered WHERE kind = 'classes'")
    assert passed == [f"o-{away}"], "who stands in has not passed what the other one passed"
    page = (await head("GET", "/desk/leave?lang=en")).text
    assert "Cover: Approver" in page
    leave = re.findall(r'name="back" value="([^"]+)"', page)[0]
    assert (await head("POST", "/desk/leave", data={"back": leave})).status_code == 303
    assert site.directory.holders(away) == [f"o-{away}"]
    examiner = await in_post(site, http, "990101", "housing", "examiner")
    refused = await examiner("POST", "/desk/leave", data=form)
    assert refused.status_code == 403 and "负责人" in refused.text


async def test_a_supervision_of_work_is_opened_answered_and_settled_on_the_pages(
    site: Site, supervisor: Reader, http: httpx.AsyncClient
) -> None:
    assert "还没有立案" in (await supervisor("GET", "/console/supervision")).text
    form = {
        "body": "990101.market",
        "matter": "990101-261103-00000001 告知的地址写错",
        "reasons": "通知写了旧地址",
        "key": "orders-0001",
    }
    wrong = await supervisor("POST", "/console/supervision/new", data={**form, "body": "990000.digital-centre"})
    assert wrong.status_code == 422 and "通知写了旧地址" in wrong.text
    assert (await supervisor("POST", "/console/supervision/new", data={**form, "reasons": ""})).status_code == 422
    sent = await supervisor("POST", "/console/supervision/new", data=form)
    assert sent.status_code == 303, sent.text[-800:]
    case = sent.headers["location"].rpartition("/")[2]
    await site.db.execute(LATER, case)
    assert case in (await supervisor("GET", "/console/supervision")).text
    market = await in_post(site, http, "990101", "market", "approver")
    told = {"answer.cause": "模板里是旧地址", "answer.measures": "已重新告知"}
    said = {"act": "answer", "do": "act", "version": "1", "key": "k" * 12, **told}
    answered = await market("POST", f"/desk/cases/{case}", data=said)
    assert answered.status_code in (200, 303)
    shown = (await supervisor("GET", f"/desk/cases/{case}")).text
    assert "模板里是旧地址" in shown and "核实结案" in shown
    refused = await market("GET", "/console/supervision")
    assert refused.status_code == 403
