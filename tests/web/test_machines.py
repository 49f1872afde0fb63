"""The machines page: supervisors see the regions below them, nobody else sees it; taking a use up again is said."""

from datetime import timedelta

import pytest
from tests.web.desk_people import Official

from tongban.assist.store import watching
from tongban.assist.watch.narrowing import Autonomy, Figure, Judged, Verdict
from tongban.assist.watch.records import LevelChange, OfficialFound, Round
from tongban.base.i18n import Text
from tongban.catalog.watching import Measure
from tongban.org import store as people
from tongban.web.site import Site

pytestmark = pytest.mark.database
SUPERVISOR = "digital-centre.supervisor"
DECLINED = Judged(
    figure=Figure(measure=Measure.DECLINED, value=0.62, low=0.52, high=0.71, of=100), limit=0.3, verdict=Verdict.PASSED
)


@pytest.fixture
async def found(site: Site) -> Site:
    """The guide was looked at in Qingyuan, found wanting and switched off there."""
    watch, now = site.assist.watch, site.clock()
    last = Round(
        region="990101",
        use="guide",
        version="1",
        since=now - timedelta(days=28),
        at=now,
        calls=120,
        suggested=100,
        accepted=38,
        declined=62,
        judged=(DECLINED,),
    )
    officials = (
        OfficialFound(
            person="o-990101.police.approver",
            body="990101.police",
            answers=100,
            accepted=38,
            timed=38,
            too_fast=2,
            unbroken=9,
        ),
    )
    change = LevelChange(
        id=watching.new_id(),
        region="990101",
        use="guide",
        at=now,
        level=Autonomy.OFF,
        kind="limit",
        why=Text("不采纳的太多", "Too many declined"),
        by_id="watch",
        by_name="监测 Watch",
        judged=DECLINED,
    )
    async with site.assist.store.acting() as connection:
        await watching.keep(connection, last, officials)
        await watching.change(connection, change)
    await watch.turn()
    return site


async def test_a_supervisor_sees_the_figures_the_reason_and_the_supervision_case(found: Site) -> None:
    who = await Official(found).sit(SUPERVISOR, "990000")
    await who.get("/console/machines")
    assert "不采纳的太多" in who.text
    assert "看督办" in who.text
    await who.get("/console/machines/guide/990101")
    assert "62.0%" in who.text
    assert "越过限值" in who.text
    case = next(part for part in who.page.text.split('"') if part.startswith("/desk/cases/"))
    await who.get(case)
    assert who.page.status_code == 200
    assert "算法应用督办" in who.text


async def test_officials_figures_are_for_their_own_supervisors(found: Site) -> None:
    name = (await people.names(found.db, ["o-990101.police.approver"]))["o-990101.police.approver"]
    who = await Official(found).sit(SUPERVISOR, "990101")
    await who.get("/console/machines/guide/990101")
    assert name in who.text
    other = await Official(found).sit(SUPERVISOR, "990201")
    await other.get("/console/machines/guide/990101")
    assert other.page.status_code == 404
    assert name not in other.text
    await other.get("/console/machines")
    assert "不采纳的太多" not in other.text


async def test_no_other_post_is_shown_any_of_it(found: Site) -> None:
    who = await Official(found).sit("police.approver")
    for address in ("/console/machines", "/console/machines/guide/990101"):
        await who.get(address)
        assert who.page.status_code == 403
    assert "看管机器" not in (await who.get("/desk")).text


async def test_a_use_is_taken_up_again_by_a_person_with_a_published_reason(found: Site) -> None:
    who = await Official(found).sit(SUPERVISOR, "990000")
    await who.get("/console/machines/guide/990101")
    await who.post("/console/machines/guide/990101", {"level": "on", "why": ""})
    assert who.page.status_code == 422
    assert "请写明为什么可以恢复" in who.text
    assert found.assist.watch.level("guide", "990101") is Autonomy.OFF
    await who.post("/console/machines/guide/990101", {"level": "on", "why": "换了词表，抽查三百问都对"})
    assert "换了词表，抽查三百问都对" in who.text
    assert found.assist.watch.level("guide", "990101") is Autonomy.ON
    published = await found.assist.watch.public("guide")
    assert published.levels == {}
    assert [step.why.zh for step in published.steps][:1] == ["换了词表，抽查三百问都对"]
    await who.get("/open/algorithms/guide")
    assert "换了词表，抽查三百问都对" in who.text
    assert "不采纳的太多" in who.text
    entry = (await who.get("/open/algorithms/guide.json")).json()
    assert [step["level"] for step in entry["watched"]["steps"]] == ["on", "off"]
    assert all("by_name" not in step for step in entry["watched"]["steps"])


async def test_a_supervisor_below_the_one_named_in_the_register_cannot_take_it_up(found: Site) -> None:
    who = await Official(found).sit(SUPERVISOR, "990101")
    await who.get("/console/machines/guide/990101")
    assert "恢复并公布理由" not in who.text
    await who.post("/console/machines/guide/990101", {"level": "on", "why": "没事了"})
    assert who.page.status_code == 404
    assert found.assist.watch.level("guide", "990101") is Autonomy.OFF


async def test_with_nothing_to_show_the_pages_say_so_in_both_languages(site: Site) -> None:
    who = await Official(site).sit(SUPERVISOR, "990000", lang="en")
    await who.get("/console/machines")
    assert "None has been narrowed so far" in who.text
    await who.get("/console/machines/guide/990101?lang=zh")
    assert "没有收窄过" in who.text
