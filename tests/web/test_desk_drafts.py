"""Drafts on the desk: asked for, read with what they rest on, taken or turned down; none is ever sent by itself."""

import re

import pytest
from desk_people import Official, restaurant
from msgspec.structs import replace

from tongban.assist.drafting.service import NOTICE
from tongban.assist.records import Switched
from tongban.cases.views import CaseView
from tongban.web.site import Site

ACT, KEY = "request-correction", "request-correction.message"


@pytest.fixture
async def case(site: Site) -> CaseView:
    return await restaurant(site, layout=False)


@pytest.fixture
async def clerk(site: Site, case: CaseView) -> Official:
    desk = await Official(site).sit("service-centre.clerk")
    opened = await desk.open(case.case)
    assert opened.status_code == 200, desk.text[:2000]
    return desk


async def ask(desk: Official, case: CaseView, do: str, **said: object) -> None:
    fields = {name: value for name, value in said.items() if value is not None}
    kept = {"version": desk.hidden("version"), "key": desk.hidden("key"), "act": ACT}
    await desk.post(f"/desk/cases/{case.case}", {**kept, "do": do, **fields})


async def events(site: Site, case: CaseView) -> int:
    return await site.db.fetchval("SELECT count(*) FROM case_event")


def field(desk: Official) -> str:
    found = re.search(rf'name="{re.escape(KEY)}"[^>]*>(.*?)</textarea>', desk.page.text, re.DOTALL)
    assert found
    return found[1]


async def test_a_draft_is_shown_with_what_it_rests_on_changes_nothing_and_replaces_nothing_typed(
    site: Site, case: CaseView, clerk: Official
) -> None:
    before = await events(site, case)
    assert "辅助提示" not in clerk.text
    await ask(clerk, case, f"draft:{KEY}", **{KEY: "我先写了一句"})
    assert clerk.page.status_code == 200
    assert "辅助提示，由您决定" in clerk.text
    assert "布局流程图和设备清单" in clerk.text
    assert "law:FOOD-78-PAPERS" in clerk.text
    assert "没有用模型" in clerk.text
    assert field(clerk) == "我先写了一句"
    await ask(clerk, case, f"insert:{KEY}", **{f"offer.{KEY}": clerk.hidden(f"offer.{KEY}"), KEY: field(clerk)})
    assert field(clerk).startswith("我先写了一句\n周家和您好")
    assert await events(site, case) == before


async def test_what_is_sent_is_the_officials_own_act_and_their_change_is_shown_to_supervisors(
    site: Site, case: CaseView, clerk: Official
) -> None:
    await ask(clerk, case, f"draft:{KEY}", **{f"{ACT}.items": "layout"})
    offered = clerk.hidden(f"offer.{KEY}")
    await ask(clerk, case, f"insert:{KEY}", **{f"{ACT}.items": "layout", f"offer.{KEY}": offered})
    text = field(clerk)
    assert "布局流程图和设备清单" in text
    changed = text.replace("都写在这里了", "手画的也行")
    used = clerk.hidden(f"used.{KEY}")
    await ask(clerk, case, "act", **{f"{ACT}.items": "layout", KEY: changed, f"used.{KEY}": used})
    view = await site.cases.view(case.reader, case.case)
    assert view.state.state == "awaiting-correction"
    assert "手画的也行" in view.letters[-1][1].body.zh
    done = view.loaded.events[-1]
    assert (done.by.kind, "draft" in str(done.payload)) == ("official", False), "the act is the official's own"
    [settled] = await site.db.fetch("SELECT outcome, use, person FROM assist_settled")
    assert (settled["outcome"], settled["use"]) == ("accepted", NOTICE)
    head = await Official(site).sit("market.head")
    await head.open(case.case)
    over, beside = [await Official(site).sit("digital-centre.supervisor", region) for region in ("990101", "990201")]
    await over.get("/console/drafts")
    for reader in (head, over):
        assert "<ins>手画的也行</ins>" in reader.page.text
        assert "<del>都写在这里了</del>" in reader.page.text
    assert "还没有人采用过草稿" in (await beside.get("/console/drafts")).text
    assert case.case not in beside.text
    assert (await clerk.get("/console/drafts")).status_code == 403
    assert not await site.assist.drafting.of_case(view), "the applicant reads the letter, not how it came about"


async def test_turning_a_draft_down_takes_a_reason_and_a_draft_belongs_to_its_case_and_field(
    site: Site, case: CaseView, clerk: Official
) -> None:
    for key in ("grant.opinion", "request-correction.items", "no.such", "", "summary.x"):
        await clerk.open(case.case)
        await ask(clerk, case, f"draft:{key}")
        assert clerk.page.status_code in (404, 422), key
    assert not await site.db.fetchval("SELECT count(*) FROM assist_call")
    await clerk.open(case.case)
    await ask(clerk, case, f"draft:{KEY}")
    offered = clerk.hidden(f"offer.{KEY}")
    await ask(clerk, case, f"decline:{KEY}", **{f"offer.{KEY}": offered})
    assert clerk.page.status_code == 422
    assert "不采纳请写一句理由" in clerk.text
    await ask(clerk, case, f"decline:{KEY}", **{f"offer.{KEY}": offered, f"why.{KEY}": "这家要的不是这份"})
    assert clerk.page.status_code == 200
    (made,) = await site.assist.gate.for_case(case.case)
    assert [(one.outcome, one.reason) for one in made.settled] == [("declined", "这家要的不是这份")]
    other = await restaurant(site, layout=False, key="second-key")
    await clerk.open(other.case)
    await ask(clerk, other, f"insert:{KEY}", **{f"offer.{KEY}": offered})
    assert clerk.page.status_code == 404


async def test_a_use_that_is_switched_off_leaves_the_official_to_write(
    site: Site, case: CaseView, clerk: Official
) -> None:
    off = Switched(
        region="000000",
        use=NOTICE,
        at=site.clock(),
        state="off",
        why="演练",
        kind="operator",
        by_id="o",
        by_name="运维",
    )
    await site.assist.gate.switch(off)
    await ask(clerk, case, f"draft:{KEY}")
    assert clerk.page.status_code == 200
    assert "没有草稿" in clerk.text
    assert "演练" in clerk.text
    await clerk.open(case.case)
    await clerk.do(case.case, ACT, items="layout", message="请补布局图")
    assert (await site.cases.view(case.reader, case.case)).state.state == "awaiting-correction"


async def test_a_summary_names_person_matter_difference_and_due_day(
    site: Site, case: CaseView, clerk: Official
) -> None:
    await ask(clerk, case, "draft:summary")
    assert clerk.page.status_code == 200
    for wanted in ("周家和", "食品经营许可", "河埠巷8号", "河埠巷18号", "最晚2026年11月"):
        assert wanted in clerk.text
    [drafted] = re.findall(r'<ol class="drafted">(.*?)</ol>', clerk.page.text, re.DOTALL)
    assert "13800000005" not in drafted
    await ask(clerk, case, "useful:summary", **{"offer.summary": clerk.hidden("offer.summary")})
    assert "已记下：有用" in clerk.text


async def test_without_the_training_that_it_asks_for_there_is_no_draft_and_the_page_says_what_to_do_first(
    site: Site, case: CaseView, clerk: Official
) -> None:
    site.directory.take_house(replace(site.directory.house, classes=()))
    await ask(clerk, case, f"draft:{KEY}", **{KEY: "我先写了一句"})
    assert "没有草稿" in clerk.text and "辅助提示，由您决定" not in clerk.text
    assert "先学“人工智能辅助办事”：上完网上的" in clerk.text and 'href="/desk/training"' in clerk.page.text
    assert field(clerk) == "我先写了一句"  # work goes on as usual
