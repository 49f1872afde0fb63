"""核查期间晚些告诉本人: only by rule, by two officials, until a stated day; then each line appears with its reason."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from tests.web.test_tenants import Reader, in_post, log_in

from tongban.base.clock import SettableClock
from tongban.org import Actor, demo
from tongban.web.app import create
from tongban.web.site import Site

pytestmark = pytest.mark.database
PERSON = next(one for one in demo.citizens() if one.id == "p-chenzhiyuan")
WHY = "有人举报他一边领失业金一边上班"
FACTS = {
    "full_name": PERSON.name, "id_number": PERSON.id_number, "phone": PERSON.phone, "months_paid": "76",
    "left_on": "2026-10-16", "left_reason": "contract-ended", "registered_on": "2026-10-26", "wants_work": "true",
    "stop_ground": "none", "remaining_months": "0", "bank_account": "6222020200112233445",
}  # fmt: skip


@pytest.fixture
async def http(site: Site) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app=create(site), raise_app_exceptions=False)  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
        yield client


@pytest.fixture
async def case(site: Site) -> str:
    actor = Actor.citizen(PERSON)
    view = await site.cases.submit(actor, "unemployment-benefit", FACTS, region="990101", key="benefit-001")
    return view.case


async def hr(site: Site, http: httpx.AsyncClient, post: str) -> Reader:
    return await in_post(site, http, "990101", "hr", post)


def proposal(clock: SettableClock, **other: str) -> dict[str, Any]:
    last = clock().date().replace(day=28)
    day = {"until.year": str(last.year), "until.month": str(last.month), "until.day": str(last.day)}
    return {"do": "propose", "reason": WHY, **day, **other}


async def lines(site: Site, body: str = "990101.hr") -> list[Any]:
    rows = await site.db.fetch(
        "SELECT delayed_by, shown_from > at AS later FROM shared_access WHERE person = $1 AND body = $2 ORDER BY at",
        PERSON.id,
        body,
    )
    return [(row["delayed_by"], row["later"]) for row in rows]


async def test_two_officials_make_a_line_appear_on_the_stated_day_and_no_one_alone(
    site: Site, http: httpx.AsyncClient, case: str, clock: SettableClock
) -> None:
    at = f"/desk/cases/{case}/inspection"
    examiner = await hr(site, http, "examiner")
    assert f'href="{at}"' in (await examiner("GET", f"/desk/cases/{case}")).text
    assert (await examiner("POST", at, data=proposal(clock))).status_code == 303
    assert (await examiner("POST", at, data={"do": "agree"})).status_code == 403, "not whoever proposed it"
    clock.advance(minutes=31)
    await (await hr(site, http, "examiner"))("GET", f"/desk/cases/{case}")
    assert await lines(site) == [(None, False)] * 2, "what nobody else agreed to delays nothing"

    approver = await hr(site, http, "approver")
    assert (await approver("POST", at, data={"do": "agree"})).status_code == 303
    clock.advance(minutes=31)
    await (await hr(site, http, "examiner"))("GET", f"/desk/cases/{case}")
    assert (await lines(site))[-1] == ("inspection", True)
    owner = await log_in(site, http, PERSON.id)
    said = (await owner("GET", "/my-data")).text
    assert "晚些" in said and "骗领" not in said, "that there are lines to come, and no more"
    clock.advance(days=40)
    said = (await (await log_in(site, http, PERSON.id))("GET", "/my-data")).text
    assert "核查救助金" in said and WHY not in said, "the rule's reason, not the officials' own words"


async def test_it_ends_for_what_is_opened_later_and_supervisors_read_all_of_it(
    site: Site, http: httpx.AsyncClient, case: str, clock: SettableClock
) -> None:
    at = f"/desk/cases/{case}/inspection"
    await (await hr(site, http, "examiner"))("POST", at, data=proposal(clock))
    approver = await hr(site, http, "approver")
    await approver("POST", at, data={"do": "agree"})
    assert (await approver("POST", at, data=proposal(clock))).status_code == 409, "one at a time"
    assert (await approver("POST", at, data={"do": "end"})).status_code == 303
    clock.advance(minutes=31)
    await (await hr(site, http, "examiner"))("GET", f"/desk/cases/{case}")
    assert (await lines(site))[-1] == (None, False)
    watcher = await in_post(site, http, "990101", "digital-centre", "supervisor")
    listed = (await watcher("GET", "/console/accesses?show=inspection")).text
    assert case in listed and WHY in listed and "已结束" in listed and PERSON.name not in listed
    assert (await site.db.fetchval("SELECT reason FROM access_inspection")).startswith("sealed.1.")
    with pytest.raises(Exception, match="is final"):
        await site.db.execute("UPDATE access_inspection SET rule = 'rescue'")
    with pytest.raises(Exception, match="is final"):
        await site.db.execute("DELETE FROM access_inspection_act")


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"reason": "查"}, "至少10个字"),
        ({"until.year": "2027"}, "60天以内"),
        ({"until.year": "2020"}, "60天以内"),
        ({"until.month": "13"}, "请写哪年哪月哪日"),
        ({"do": "hide"}, "请选一个动作"),
        ({"do": "agree"}, "没有要同意的核查"),
        ({"do": "end"}, "没有正在进行的核查"),
    ],
)
async def test_what_is_wrong_is_said_and_nothing_is_kept(
    site: Site, http: httpx.AsyncClient, case: str, clock: SettableClock, changed: dict[str, str], code: str
) -> None:
    approver = await hr(site, http, "approver")
    answer = await approver("POST", f"/desk/cases/{case}/inspection", data=proposal(clock, **changed))
    assert answer.status_code in (403, 409, 422) and code in answer.text
    assert await site.db.fetchval("SELECT count(*) FROM access_inspection") == 0


async def test_without_a_rule_for_the_body_and_the_service_nothing_can_be_delayed(
    site: Site, http: httpx.AsyncClient, case: str, clock: SettableClock
) -> None:
    clerk = await in_post(site, http, "990101", "service-centre", "clerk")
    answer = await clerk("POST", f"/desk/cases/{case}/inspection", data=proposal(clock))
    assert answer.status_code in (403, 404)
    assert await site.db.fetchval("SELECT count(*) FROM access_inspection") == 0
