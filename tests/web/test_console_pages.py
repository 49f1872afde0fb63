"""The console and the performance page: every number leads to its formula and its cases, of bodies in view alone."""

from datetime import timedelta

import pytest
from tests.web.citizen import Person
from tests.web.desk_people import Official, restaurant

from tongban.base.clock import SettableClock
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


async def test_everybody_reads_the_performance_page_and_takes_its_figures_along(anyone: Person):
    for path in (
        "/open/performance",
        "/open/performance?month=nonsense",
        "/open/performance.csv",
        "/open/performance.json",
    ):
        await anyone.get(path)
        assert anyone.page.status_code == 200, path
