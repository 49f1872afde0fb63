"""The console and the performance page: every number leads to its formula and its cases, of bodies in view alone."""

import gzip
import json
import re
from datetime import timedelta
from html import unescape
from pathlib import Path
from typing import Any

import msgspec
import pytest
from tests.oversight.fact_rows import case_fact, october
from tests.oversight.figures_world import found
from tests.web.citizen import Person
from tests.web.desk_people import Official, restaurant
from tests.web.invented_map import invented

from tongban.base.clock import SettableClock
from tongban.base.i18n import Text
from tongban.org import Actor
from tongban.org import store as org_store
from tongban.oversight.watching.figures import Share
from tongban.oversight.watching.method import METHODS, Name
from tongban.oversight.watching.store import findings
from tongban.web.console.behind import LISTS
from tongban.web.console.behind.heard import RATINGS
from tongban.web.console.maps import drawn
from tongban.web.console.watched import Show
from tongban.web.open import performance
from tongban.web.site import Site

pytestmark = pytest.mark.database


async def test_an_overdue_case_stands_on_the_first_page_and_leads_to_the_case_and_to_an_order(
    site: Site, clock: SettableClock
):
    view = await restaurant(site)
    clock.set(clock() + timedelta(days=3))
    await site.watch.turn()
    watcher = await Official(site).sit("digital-centre.supervisor", "990100")
    await watcher.get("/console")
    assert watcher.page.status_code == 200, watcher.text[-500:]
    assert "超期2天" in watcher.text or "超期1天" in watcher.text
    assert "示意图，不表示行政区划界线" in watcher.text
    await watcher.get("/console/cases?show=red")
    assert view.case in watcher.text
    assert "怎么数的" in watcher.text
    assert "周家和" not in watcher.text
    await watcher.get("/console/supervision/new?body=990101.market&service=food-licence")
    assert "立案以后不能撤回" in watcher.text
    assert 'name="of_service" value="food-licence"' in watcher.page.text


async def test_a_body_answers_a_finding_in_public_and_the_tolerance_stands_beside_it(site: Site, clock: SettableClock):
    key = await found(site)
    clock.set(clock() + timedelta(days=30))  # the version of the order that has a public answer is in force
    watcher = await Official(site).sit("digital-centre.supervisor", "990100")
    await watcher.get(f"/console/abuse/{key}")
    assert "快到期才停表" in watcher.text
    await watcher.get(f"/console/supervision/new?finding={key}")
    fields = ("key", "about", "of_service", "index", "finding")
    sent = {name: watcher.hidden(name) for name in fields}
    matter = {"body": "990101.market", "matter": "快到期才停表", "reasons": "停表都在最后两天"}
    await watcher.post("/console/supervision/new", {**sent, **matter})
    case = str(watcher.page.url).rsplit("/", 1)[-1]

    head = await Official(site).sit("market.head", "990101")
    await head.open(case)
    said = "核查改到受理后五日内安排。有疑问请打13800000005。"
    await head.do(case, "answer", "act", cause="人手少", measures="改了安排", public=said)
    await head.do(case, "answer", "send", cause="人手少", measures="改了安排", public=said)
    assert head.page.status_code == 422 and "请去掉能认出人的：13800000005" in head.text
    said = "核查改到受理后五日内安排。有疑问请打12345。"
    await head.open(case)
    await head.do(case, "answer", "act", cause="人手少", measures="改了安排", public=said)
    await head.do(case, "answer", "send", cause="人手少", measures="改了安排", public=said)
    await watcher.open(case)
    await watcher.do(case, "settle", opinion="已核实")
    await watcher.do(case, "settle", "send", opinion="已核实")
    await site.watch.turn()
    (answer,) = [one for one in await findings.answers(site.db, 5) if one.case_id == case]
    assert (answer.outcome, answer.index, answer.service) == ("settled", "pauses-near-the-end", "food-licence")
    assert "五日内安排" in answer.answer
    assert "13800000005" not in answer.answer and "12345" in answer.answer

    await watcher.get("/open/performance")
    assert "五日内安排" in watcher.text
    assert case not in watcher.text

    # Found again the next time it is looked for, under another number: the answer still stands beside it.
    earlier = await findings.finding(site.db, ["990101.market"], key)
    assert earlier is not None
    again = msgspec.structs.replace(earlier, id="00000000-0000-4000-8000-000000000002", until=site.today)
    await findings.keep_findings(site.db, [again])
    await watcher.get("/console/abuse")
    assert watcher.text.count("快到期才停表") > 1
    assert "已公开答复" in watcher.text
    await watcher.get(f"/console/abuse/{again.id}")
    assert "五日内安排" in watcher.text


async def test_what_is_no_longer_found_is_no_longer_among_what_presses(site: Site, clock: SettableClock):
    await found(site)
    watcher = await Official(site).sit("digital-centre.supervisor", "990100")
    await site.watch.turn()
    await watcher.get("/console")
    assert "快到期才停表" in watcher.text
    clock.set(clock() + timedelta(days=2))
    await site.watch.turn()
    for address in ("/console", "/console/abuse"):
        await watcher.get(address)
        assert "/console/abuse/0000" not in watcher.page.text


async def test_every_figure_has_a_page_and_leads_on_to_where_it_belongs(site: Site):
    watcher = await Official(site).sit("digital-centre.supervisor", "990100")
    for name in Name:
        await watcher.get(f"/console/figures/{name}")
        assert watcher.page.status_code == 200, name
        assert METHODS[name].formula.zh in watcher.text
        assert ("/console/machines" in watcher.page.text.partition("<main")[2]) == (name is Name.DECLINED)


async def test_another_region_s_supervisor_sees_neither_the_cases_nor_the_finding(site: Site, clock: SettableClock):
    key, view = await found(site), await restaurant(site)
    clock.set(clock() + timedelta(days=3))
    await site.watch.turn()
    other = await Official(site).sit("digital-centre.supervisor", "990200")
    for path in ("/console/cases?show=red", f"/console/cases?show=red&body={view.opening.office.id}", "/console/abuse"):
        await other.get(path)
        assert other.page.status_code == 200
        assert view.case not in other.text
        assert "快到期才停表（" not in other.text
    await other.get(f"/console/abuse/{key}")
    assert other.page.status_code == 404


async def test_the_three_rates_of_the_hotline_stand_by_body_for_who_supervises_it(site: Site, clock: SettableClock):
    await site.db.execute(
        "INSERT INTO hotline_row (region, case_id, seq, applicant, at, channel, kind, urgency, said, body, state, open,"
        " dispatched_at, in_time, solved, satisfied) VALUES ('990101', '990101-261103-00000001', 1, 'p', $1, 'web',"
        " 'report', 'normal', '', '990101.market', 'closed', false, $1, true, 1, 0)",
        clock(),
    )
    await site.voice.turn()  # a job counts; no page does
    for region, seen in (("990100", True), ("990200", False)):
        watcher = await Official(site).sit("digital-centre.supervisor", region)
        await watcher.get("/console/requests")
        assert watcher.page.status_code == 200
        assert ("清源区市场监督管理局" in watcher.text.partition("12345三率")[2]) == seen


async def test_an_official_who_does_not_supervise_is_told_so(site: Site):
    examiner = await Official(site).sit("market.examiner")
    for address in ("/console", "/console/cases", "/console/abuse", "/console/performance", "/console/requests"):
        await examiner.get(address)
        assert examiner.page.status_code == 403


async def test_a_map_without_its_approval_number_is_not_drawn(tmp_path: Path):
    square: dict[str, Any] = {
        "type": "Polygon",
        "coordinates": [[[110, 20], [111, 20], [111, 21], [110, 21], [110, 20]]],
    }
    features = [{"type": "Feature", "properties": {"code": "990101"}, "geometry": square}]
    named = Text("清源区", "Qingyuan")
    for known, expected in (({}, ("", True)), ({"approval": "审图号：演示0001"}, ("审图号：演示0001", False))):
        file = tmp_path / ("with" if known else "without")
        file.mkdir()
        (file / "map.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": features, **known}))
        map_ = drawn(file, ["990101"], lambda _: named, {"990101": Share(1, 20)})
        assert (map_.approval, map_.wrong) == expected
        assert [one.level for one in map_.regions] == ["l4"]
    square["coordinates"].append([])
    (tmp_path / "hollow").mkdir()
    (tmp_path / "hollow" / "map.geojson").write_text(
        json.dumps({"type": "FeatureCollection", "features": features, "approval": "审图号：演示0001"})
    )
    assert drawn(tmp_path / "hollow", ["990101"], lambda _: named, {}).wrong


COUNTIES = ("990101", "990102", "990121", "990201", "990221")


async def test_an_operator_s_map_shows_every_county_in_view_and_what_lies_over_them_beside_it(tmp_path: Path):
    (tmp_path / "map.geojson").write_text(json.dumps(invented(COUNTIES)), encoding="utf-8")
    ids = ["990000", "990100", *COUNTIES[:3], "990200", *COUNTIES[3:]]
    map_ = drawn(tmp_path, ids, lambda code: Text(f"{code}县", code), {"990102": Share(1, 20)})
    assert [one.id for one in map_.regions] == list(COUNTIES)
    assert [one.id for one in map_.over] == ["990000", "990100", "990200"]
    assert {one.id for one in map_.listed} == set(ids)
    assert all(0 < one.x < map_.width and 0 < one.y < map_.height and one.path.endswith("z") for one in map_.regions)
    assert map_.regions[-1].path.count("M") == 2  # its island
    one = drawn(tmp_path, ["990121"], lambda code: Text(code, code), {})
    assert one.regions[0].room > 2 * map_.regions[2].room  # who sees one county sees it large
    some = drawn(tmp_path, [*ids, "990222"], lambda code: Text(code, code), {})
    assert (some.approval, some.wrong, len(some.regions)) == (
        "",
        True,
        len(ids) + 1,
    )  # never a map with a county missing


async def test_a_fine_map_of_an_operator_makes_no_heavy_page(tmp_path: Path):
    codes = [f"9901{n:02}" for n in range(1, 97)]
    made = json.dumps(invented(codes, 12, fine=6))
    assert len(made) > 500_000
    (tmp_path / "map.geojson").write_text(made, encoding="utf-8")
    map_ = drawn(tmp_path, codes, lambda code: Text(code, code), {})
    assert len(map_.regions) == len(codes)
    assert len(gzip.compress("".join(one.path for one in map_.regions).encode())) < 40_000


async def test_everybody_reads_figures_of_the_release_alone_and_no_case_of_today_moves_them(site: Site, anyone: Person):
    await anyone.get("/open/performance?month=nonsense")
    assert anyone.page.status_code == 200
    assert "还没有公布过" in anyone.text

    many = {"food-licence": 40, "residence-permit": 30, "subsistence-allowance": 3}
    told = [(service, n) for service, some in many.items() for n in range(some)]
    cases = [case_fact(i, "990101.market", service, used=n) for i, (service, n) in enumerate(told)]
    no_law = "residence-permit"  # as if its time were the platform's own: the law's share is of other cases then
    made = october(site, [msgspec.structs.replace(one, by_law=one.service != no_law) for one in cases])
    await anyone.get("/open/performance.json")
    before = anyone.page.content
    lines = [one for one in json.loads(before)["lines"] if one["service"]]
    wholes = [one for one in json.loads(before)["lines"] if not one["service"]]
    released = (made / "figures.csv").read_text(encoding="utf-8")
    for one in lines:
        group = f"990101.market/{one['service']}"
        sums = f"{one['promised']},{one['answered']},{one['answered']}"
        assert f"on-time-promised,2,2026-10,body+service,{group},{sums}" in released
    assert [(one["answered"], one["legal_answered"]) for one in wholes] == [(43, 23)]
    assert [one["legal_share"] for one in lines] == [None]  # else the three whose number is hidden could be worked out
    assert "subsistence-allowance" not in before.decode()
    assert not any(0 < whole["answered"] - sum(one["answered"] for one in lines) < 10 for whole in wholes)
    await anyone.get("/open/performance")
    assert "2026-10" in anyone.text
    assert "没到目标" in anyone.text
    await anyone.get("/open/performance.csv?month=2026-10")
    assert len(anyone.page.text.splitlines()) == 1 + len(lines) + len(wholes)

    view = await restaurant(site)
    person = await org_store.person(site.db, "p-zhoujiahe")
    assert person is not None
    await site.cases.act(Actor.citizen(person), view.case, "withdraw", {}, version=view.state.version, key="goneaway")
    await site.watch.turn()
    await anyone.get("/open/performance.json")
    assert anyone.page.content == before


async def test_every_public_answer_can_be_reached_however_many_there_are(
    site: Site, anyone: Person, monkeypatch: pytest.MonkeyPatch
):
    await found(site)
    (first,) = await findings.answers(site.db, 5)
    many = [msgspec.structs.replace(first, case_id=f"990101-261103-9{n:07}", answer=f"第{n}个答复") for n in range(3)]
    for one in many:
        await findings.keep_answer(site.db, one)
    monkeypatch.setattr(performance, "ANSWERS", 2)
    address, seen, pages = "/open/performance", "", 0
    while address:
        await anyone.get(address)
        seen, pages = seen + anyone.text, pages + 1
        older = re.search(r'<a class="btn second" href="(/open/performance[^"#]*)', anyone.page.text)
        address = unescape(older.group(1)) if older else ""
    assert pages == 2
    assert all(seen.count(one.answer) == 1 for one in (*many, first))
    await anyone.get("/open/performance?after=nonsense")
    assert anyone.page.status_code == 400


async def test_every_number_of_a_body_leads_to_the_cases_behind_it(site: Site, clock: SettableClock):
    view, person = await restaurant(site), await org_store.person(site.db, "p-zhoujiahe")
    assert person is not None
    await site.watch.turn()
    watcher = await Official(site).sit("digital-centre.supervisor", "990100")
    await watcher.get("/console/figures/region-rate")
    assert "show=open&amp;body=990101.market" in watcher.page.text
    await watcher.get("/console/cases?show=open&body=990101.market")
    assert view.case in watcher.text
    await watcher.get("/console/cases?show=open&body=990101.market&day=2001-01-01")
    assert view.case in watcher.text  # what is open is of no day, nor does the page say so
    assert "1月1日" not in watcher.text
    clock.set(clock() + timedelta(days=3))  # past the promise, within the law's time
    await site.cases.act(Actor.citizen(person), view.case, "withdraw", {}, version=view.state.version, key="goneaway")
    await site.watch.turn()
    watcher = await Official(site).sit("digital-centre.supervisor", "990100")
    await watcher.get("/console/performance")
    for show, listed, said in (
        ("ended", True, "超过承诺期限"),
        ("promised", True, "超过承诺期限"),
        ("legal", False, ""),
    ):
        assert (f"body=990101.market&amp;show={show}" in watcher.page.text) == listed, show
        await watcher.get(f"/console/cases?show={show}&body=990101.market")
        assert watcher.page.status_code == 200
        assert (view.case in watcher.text) == listed, show
        assert said in watcher.text
        await watcher.get("/console/performance")
    for show in Show:
        await watcher.get(f"/console/cases?show={show}")
        assert watcher.page.status_code == 200, show
        assert "怎么数的" in watcher.text
        for day in ("0001-01-01", "9999-12-31"):
            await watcher.get(f"/console/cases?show={show}&day={day}")
            assert watcher.page.status_code == (400 if LISTS[show].of_day else 200), (show, day)
    assert not any(LISTS[show].of_day for show in RATINGS)  # an hour more or less would tell who rated when
