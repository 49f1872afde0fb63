"""Every path on which an official can come to somebody's data leaves a line, or does not show them.

Walked from the list of all routes, so that a new one cannot be forgotten.
"""

from typing import Any

import pytest
from tests.web.test_tenants import BODY, HANDLED, MINE, OWNER, PUBLIC, STAFF, Reader, World, in_post, of, world

from tongban.base.clock import SettableClock
from tongban.web.site import Site

pytestmark = pytest.mark.database
__all__ = ["world"]
PERSON = "p-wangxiaoman"
NAMED = ("王小满", "小满的")
PARTS = ("{name}", "{call}")
"""Parts of a file and of a suggestion are named by the page that shows them; their handlers open the case first."""


async def lines(site: Site) -> int:
    return await site.db.fetchval("SELECT count(*) FROM shared_access WHERE person = $1", PERSON)


async def examiner(site: Site, world: World) -> Reader:
    return await in_post(site, world.handler.http, "990101", "police", "examiner")


async def test_opening_a_case_of_somebody_leaves_a_line_on_every_path(
    world: World, site: Site, clock: SettableClock
) -> None:
    wrong: list[Any] = []
    for route in [one for one in of(HANDLED, BODY, method="GET") if not any(part in one for part in PARTS)]:
        clock.advance(minutes=31)
        handler, before = await examiner(site, world), await lines(site)
        answer = await handler("GET", world.path(route))
        if answer.status_code != 200 or await lines(site) != before + 1:
            wrong.append((route, answer.status_code, await lines(site) - before))
    assert not wrong


async def test_whatever_names_the_person_to_an_official_was_written_down(
    world: World, site: Site, clock: SettableClock
) -> None:
    wrong: list[Any] = []
    for route in of(HANDLED, BODY, OWNER, STAFF, MINE, PUBLIC, method="GET"):
        if route == "GET /login":
            continue  # the made-up people that a visitor of the demonstration may be
        clock.advance(minutes=31)
        handler, before = await examiner(site, world), await lines(site)
        answer = await handler("GET", world.path(route))
        if any(mark in answer.text for mark in NAMED) and await lines(site) == before:
            wrong.append(route)
    assert not wrong


async def test_what_cannot_be_written_down_is_not_shown(world: World, site: Site, clock: SettableClock) -> None:
    clock.advance(minutes=31)
    handler = await examiner(site, world)
    await site.db.execute("ALTER TABLE shared_access RENAME TO gone")
    wrong: list[Any] = []
    for route in of(HANDLED, BODY, method="GET"):
        answer = await handler("GET", world.path(route))
        if answer.status_code < 400 or any(mark in answer.text for mark in NAMED):
            wrong.append((route, answer.status_code))
    assert not wrong


async def test_an_act_opens_the_case_too(world: World, site: Site, clock: SettableClock) -> None:
    clock.advance(minutes=31)
    handler, before = await examiner(site, world), await lines(site)
    await handler("POST", f"/desk/cases/{world.names['case']}", data={"act": "grant"})
    assert await lines(site) == before + 1


async def test_reloading_writes_nothing_more_and_asks_the_database_nothing_more(world: World, site: Site) -> None:
    await world.handler("GET", f"/desk/cases/{world.names['case']}")
    before = await lines(site)
    async with site.db.counting() as count:
        await world.handler("GET", f"/desk/cases/{world.names['case']}")
    assert await lines(site) == before
    assert not [one for one in count.statements if "INSERT INTO shared_access" in one]


async def test_opening_a_case_is_one_statement_more_however_many_fields_it_has(
    world: World, site: Site, clock: SettableClock
) -> None:
    clock.advance(minutes=31)
    handler = await examiner(site, world)
    async with site.db.counting() as count:
        await handler("GET", f"/api/v1/cases/{world.names['case']}")
    assert len([one for one in count.statements if "shared_access" in one]) == 1


async def test_the_person_reading_their_own_leaves_no_line(world: World, site: Site, clock: SettableClock) -> None:
    before = await lines(site)
    await world.owner("GET", f"/cases/{world.names['case']}")
    assert await lines(site) == before


async def test_what_was_refused_is_kept_for_supervisors_and_names_nobody(world: World, site: Site) -> None:
    outsider = world.outsiders[0]
    before = await lines(site)
    for _ in range(3):
        assert (await outsider("GET", f"/desk/cases/{world.names['case']}")).status_code == 404
    assert await lines(site) == before, "nothing was read"
    (kept,) = await site.db.fetch("SELECT * FROM access_refused WHERE reader = $1", outsider.name)
    assert (kept["case_id"], kept["code"]) == (world.names["case"], "not-your-body")
    assert PERSON not in str(dict(kept))


async def test_the_line_says_who_and_for_which_case_and_a_question_goes_to_that_body(world: World, site: Site) -> None:
    await world.handler("GET", f"/desk/cases/{world.names['case']}")
    said = (await world.owner("GET", "/my-data")).text
    assert "清源区公安局（审查岗）" in said and "打开了您的办件" in said
    opened = next(
        one for one in (await world.owner("GET", "/api/v1/accesses")).json()["items"]
        if one["kind"] == "case" and one["body"] == "990101.police"
    )  # fmt: skip
    answer = await world.owner(
        "POST", f"/my-data/{opened['id']}/question", data={"wants": "explain", "key": "question-1"}
    )
    assert answer.status_code == 303, answer.text[:500]
    case = answer.headers["location"].split("/")[2].partition("?")[0]
    asked = (await site.cases.engine.load(case)).state.case
    assert (asked.office.id, asked.barred) == ("990101.police", (world.handler.name,))


async def test_whoever_looked_cannot_take_the_question_up_and_a_colleague_can(world: World, site: Site) -> None:
    reader = await in_post(site, world.handler.http, "990101", "police", "approver")
    await reader("GET", f"/desk/cases/{world.names['case']}")
    opened = next(
        one for one in (await world.owner("GET", "/api/v1/accesses")).json()["items"]
        if one["kind"] == "case" and one["post"].endswith(".approver")
    )  # fmt: skip
    sent = await world.owner(
        "POST", f"/my-data/{opened['id']}/question", data={"wants": "put-right", "key": "q-put-right"}
    )
    case = sent.headers["location"].split("/")[2].partition("?")[0]
    other = await in_post(site, world.handler.http, "990101", "police", "head")
    for who, may in ((reader, False), (other, True)):
        answer = await who("GET", f"/api/v1/cases/{case}/acts")
        assert answer.status_code == 200, answer.text
        assert ("take-up" in {one["act"] for one in answer.json()["items"]}) is may


async def test_a_holder_sees_that_their_certificate_was_checked_but_not_by_themselves(world: World, site: Site) -> None:
    shown = (await world.owner("GET", f"/api/v1/certificates/{world.names['identifier']}")).json()["jws"]
    for who in (world.owner, world.nobody, world.nobody, world.handler):
        checked = await who("POST", "/api/v1/verify", json={"certificate": shown})
        assert checked.status_code == 200, checked.text
    seen = [one for one in (await world.owner("GET", "/api/v1/accesses")).json()["items"]
            if one["kind"] == "certificate"]  # fmt: skip
    assert sorted((one["by"], one["body"]) for one in seen) == [("official", "990101.police"), ("verifier", "")]
    forged = await world.nobody("POST", "/api/v1/verify", json={"certificate": shown[:-6] + "AAAAAA"})
    assert "小满" not in forged.text


async def test_page_and_api_narrow_alike(world: World, site: Site) -> None:
    await world.handler("GET", f"/desk/cases/{world.names['case']}")
    for query, some in (("office=990101.police", True), ("office=990101.hr", False), ("since=2027-01-01", False)):
        page = (await world.owner("GET", f"/my-data?{query}")).text
        told = (await world.owner("GET", f"/api/v1/accesses?{query}")).json()["items"]
        assert bool(told) is some and ("/question" in page) is some
    assert (await world.owner("GET", "/my-data?since=3-Nov")).status_code == 400


class TestEmergency:
    GIVEN = {"ground": "life", "reason": "老人走失，需要马上联系家属", "understood": "yes"}  # noqa: RUF012

    async def test_it_opens_one_case_to_be_read_for_an_hour_and_no_act(
        self, world: World, site: Site, clock: SettableClock
    ) -> None:
        outsider, case = world.outsiders[0], world.names["case"]
        given = await outsider("POST", "/desk/emergency", data={**self.GIVEN, "case": case})
        assert given.status_code == 303, given.text[-900:]
        shown = await outsider("GET", f"/desk/cases/{case}")
        assert shown.status_code == 200 and "紧急查看" in shown.text
        assert (await outsider("GET", f"/api/v1/cases/{case}/acts")).json()["items"] == []
        assert (await outsider("GET", f"/desk/cases/{world.names['number']}")).status_code == 404
        clock.advance(minutes=61)
        again = await in_post(site, outsider.http, "990102", "police", "examiner")
        assert (await again("GET", f"/desk/cases/{case}")).status_code == 404

    async def test_the_person_sees_it_and_a_review_goes_to_the_supervisor_who_concludes(
        self, world: World, site: Site
    ) -> None:
        outsider, case = world.outsiders[0], world.names["case"]
        await outsider("POST", "/desk/emergency", data={**self.GIVEN, "case": case})
        await outsider("GET", f"/desk/cases/{case}")
        said = (await world.owner("GET", "/my-data")).text
        assert "紧急查看了您的办件" in said and "监督单位正在复核" in said
        assert self.GIVEN["reason"] not in said
        watcher = await in_post(site, outsider.http, "990102", "digital-centre", "supervisor")
        listed = (await watcher("GET", "/console/accesses?show=emergency")).text
        assert case in listed and self.GIVEN["reason"] in listed
        review = await site.db.fetchval("SELECT case_id FROM access_review")
        assert review in listed
        acts = {one["act"] for one in (await watcher("GET", f"/api/v1/cases/{review}/acts")).json()["items"]}
        assert {"justified", "unjustified"} <= acts
        version = (await watcher("GET", f"/api/v1/cases/{review}")).headers["etag"]
        done = await watcher.http.post(
            f"/api/v1/cases/{review}/acts/unjustified", json={"says": {"opinion": "没有走失的报案，移送纪检"}},
            headers={"if-match": version, "idempotency-key": "verdict-1", "authorization": f"Bearer {watcher.token}"},
        )  # fmt: skip
        assert done.status_code == 200, done.text
        assert "没有理由，已移送处理" in (await world.owner("GET", "/my-data")).text

    @pytest.mark.parametrize(
        ("lacking", "code"),
        [
            ({"ground": ""}, 422),
            ({"reason": "急"}, 422),
            ({"understood": ""}, 422),
            ({"case": "990101-261103-09"}, 404),
        ],
    )
    async def test_without_ground_reason_or_confirmation_nothing_opens(
        self, world: World, site: Site, lacking: dict[str, str], code: int
    ) -> None:
        outsider, case = world.outsiders[0], world.names["case"]
        answer = await outsider("POST", "/desk/emergency", data={**self.GIVEN, "case": case, **lacking})
        assert answer.status_code == code
        assert (await outsider("GET", f"/desk/cases/{case}")).status_code == 404
        assert await site.db.fetchval("SELECT count(*) FROM access_emergency") == 0

    async def test_a_sibling_opens_nothing_in_an_emergency_either_and_the_attempt_is_kept(
        self, world: World, site: Site
    ) -> None:
        sibling = await in_post(site, world.handler.http, "990101", "police", "approver-2")
        answer = await sibling("POST", "/desk/emergency", data={**self.GIVEN, "case": world.names["case"]})
        assert answer.status_code == 403
        code = await site.db.fetchval("SELECT code FROM access_refused WHERE reader = $1", sibling.name)
        assert code == "conflict-of-interest"

    async def test_nobody_is_in_an_emergency_with_what_is_theirs_anyway(self, world: World) -> None:
        answer = await world.handler("POST", "/desk/emergency", data={**self.GIVEN, "case": world.names["case"]})
        assert answer.status_code == 409


async def test_only_supervisors_see_who_opens_data_and_only_of_their_region(world: World, site: Site) -> None:
    await world.outsiders[1]("GET", f"/desk/cases/{world.names['case']}")
    assert (await world.handler("GET", "/console/accesses")).status_code == 403
    for region, sees in (("990101", True), ("990000", True), ("990102", False)):
        watcher = await in_post(site, world.handler.http, region, "digital-centre", "supervisor")
        said = (await watcher("GET", "/console/accesses?show=refused")).text
        assert (world.names["case"] in said) is sees
        for tab in ("volume", "closed", "near", "emergency", "inspection"):
            shown = await watcher("GET", f"/console/accesses?show={tab}")
            assert shown.status_code == 200 and not any(mark in shown.text for mark in NAMED)
