"""诉求分办 and 预测 at the desk, without a script: they work with no model, and show only what is one's own."""

import pytest
from desk_people import Official

from tongban.web.site import Site

pytestmark = pytest.mark.database

GAS = "家里一进门就闻到煤气味，关了阀门还有"


async def test_without_a_model_the_clerk_chooses_and_urgent_words_stand_out(site: Site) -> None:
    clerk = await Official(site).sit("service-centre.clerk")
    await clerk.get("/desk/requests")
    await clerk.post("/desk/requests/look", {"said": GAS})
    assert "没有建议，请您自己选" in clerk.text
    assert "马上处理：燃气泄漏" in clerk.text
    await clerk.post("/desk/requests", {"said": GAS, "call": "", "category": "", "other": "utilities", "body": ""})
    assert clerk.page.url.path.startswith("/desk/requests/990101-")
    assert "住房和城乡建设局" in clerk.text
    number = clerk.page.url.path.rpartition("/")[2]
    housing = await Official(site).sit("housing.examiner")
    await housing.get(f"/desk/requests/{number}")
    await housing.post(f"/desk/requests/{number}/pass-on", {"other": "food", "body": "", "why": ""})
    assert housing.page.status_code == 422
    assert "改派要写理由" in housing.text
    await housing.post(f"/desk/requests/{number}/pass-on", {"other": "food", "body": "", "why": "是隔壁饭店的气罐"})
    assert "市场监督管理局" in housing.text
    stranger = await Official(site).sit("police.examiner")
    await stranger.get(f"/desk/requests/{number}")
    assert stranger.page.status_code == 404


async def test_an_empty_request_is_not_sent(site: Site) -> None:
    clerk = await Official(site).sit("service-centre.clerk")
    await clerk.get("/desk/requests")
    await clerk.post("/desk/requests/look", {"said": "  "})
    assert clerk.page.status_code == 422
    assert "请写下诉求" in clerk.text


async def test_who_wants_people_only_is_sorted_by_people(site: Site) -> None:
    clerk = await Official(site).sit("service-centre.clerk")
    await clerk.get("/desk/requests")
    await clerk.post("/desk/requests/look", {"said": GAS, "by-people": "yes"})
    assert "没有让机器看" in clerk.text
    assert "马上处理：燃气泄漏" in clerk.text


async def test_invented_counts_say_so(site: Site) -> None:
    head = await Official(site).sit("police.head")
    await head.get("/desk/forecast")
    assert head.page.status_code == 200
    assert "演示：下面的件数是虚构的" in head.text
