"""离线收件: what a counter received without a line becomes one case, counts from its receipt, or comes back whole."""

from datetime import datetime, timedelta
from typing import Any

import msgspec
import pytest
from desk_people import Official

from tongban.base.clock import SettableClock
from tongban.org import demo
from tongban.web.site import Site

pytestmark = pytest.mark.database
OLD = next(person for person in demo.citizens() if person.id == "p-zhaodeshun")
KEY = "0b7f2f50-6d0e-4c55-9d1f-0f4f6c1f2a3b"


def captured(site: Site, at: datetime, **changes: Any) -> dict[str, Any]:
    return {
        "key": KEY,
        "clerk": site.directory.holders("990101.service-centre.clerk")[0],
        "received_at": at.isoformat(),
        "since": "then",
        "service": "advanced-age-allowance",
        "region": "990101",
        "name": OLD.name,
        "number": OLD.id_number,
        "seen": True,
        "lookups": True,
        "confirmed": True,
        "answers": {"bank_account": "6222020000000000", "phone": "13800000002"},
    } | changes


async def hand_in(clerk: Official, what: dict[str, Any]) -> dict[str, Any]:
    token = (await clerk.get("/desk/hall/offline/token")).json()["csrf"]
    answer = await clerk.post("/desk/hall/offline/sync", {"csrf": token, "capture": msgspec.json.encode(what).decode()})
    assert answer.status_code == 200, answer.text
    return answer.json()


async def cases(site: Site) -> int:
    return await site.db.fetchval("SELECT count(*) FROM case_row WHERE applicant = $1", OLD.id)


async def test_handed_in_twice_it_is_one_case_and_counts_from_its_receipt(site: Site, clock: SettableClock) -> None:
    clerk = await Official(site).sit("service-centre.clerk")
    at = clock() - timedelta(hours=20)
    first = await hand_in(clerk, captured(site, at))
    assert (first["outcome"], first.get("counted")) == ("case", True), first
    assert await hand_in(clerk, captured(site, at)) == first
    assert await cases(site) == 1
    state = (await site.cases.engine.load(first["case"])).state
    assert state.case.received_at == at and state.case.day == at.date()
    assert {move.origin for move in state.moves if move.do == "start"} == {at}


async def test_another_form_under_the_same_number_is_refused(site: Site, clock: SettableClock) -> None:
    clerk = await Official(site).sit("service-centre.clerk")
    await hand_in(clerk, captured(site, clock()))
    other = await hand_in(clerk, captured(site, clock(), answers={"bank_account": "6222020000000001"}))
    assert [one["code"] for one in other["problems"]] == ["key-reused"] and await cases(site) == 1


@pytest.mark.parametrize(
    ("changes", "codes"),
    [
        ({"received_at": "2026-11-03T10:00:00+08:00"}, {"received-in-the-future"}),
        ({"received_at": "2026-10-28T23:59:59+08:00"}, {"received-too-long-ago"}),
        ({"clerk": "p-somebody"}, {"not-your-capture"}),
        ({"seen": False, "confirmed": False, "number": "123"}, {"card-not-seen", "not-confirmed"}),
        ({"name": "别的人"}, {"name-differs"}),
    ],
)
async def test_what_does_not_fit_comes_back_with_every_problem(
    changes: dict[str, Any], codes: set[str], site: Site, clock: SettableClock
) -> None:
    clerk = await Official(site).sit("service-centre.clerk")
    answer = await hand_in(clerk, captured(site, clock(), **changes))
    assert answer["outcome"] == "returned" and codes <= {one["code"] for one in answer["problems"]}, answer
    assert all(one["zh"] and one["en"] for one in answer["problems"]) and await cases(site) == 0


async def test_the_third_working_day_before_still_counts_and_else_the_clerk_signs_for_now(
    site: Site, clock: SettableClock
) -> None:
    clerk = await Official(site).sit("service-centre.clerk")
    thursday = clock().replace(month=10, day=29, hour=0)  # Tuesday, 3 November: Monday, Friday, Thursday
    late = await hand_in(clerk, captured(site, thursday - timedelta(days=30), since="now"))
    assert (late["outcome"], late["counted"]) == ("case", False), late
    again = await hand_in(clerk, captured(site, thursday, key=KEY.replace("0b7f", "1b7f")))
    assert again.get("counted") is True, again
