"""The register of digital projects on the console: a sheet goes in whole, overlaps are shown, funding is reviewed."""

import pytest
from tests.oversight.sheets import SHEET
from tests.web.desk_people import Official

from tongban.web.site import Site

pytestmark = pytest.mark.database


async def entered(site: Site, sheet: str = SHEET) -> Official:
    centre = await Official(site).sit("digital-centre.supervisor")
    await centre.get("/console/projects")
    await centre.post("/console/projects", {}, {"sheet": ("projects.csv", sheet.encode("gb18030"), "text/csv")})
    return centre


async def test_a_sheet_is_entered_and_what_is_there_already_is_shown(site: Site) -> None:
    centre = await entered(site)
    assert "登记好了" in centre.text
    assert "智慧人社一体化平台 → 社保综合服务系统" in centre.text
    assert "人口基本信息、社会保险参保信息" in centre.text
    assert "登记了5个项目和系统" in centre.text


async def test_a_wrong_row_enters_nothing(site: Site) -> None:
    centre = await entered(site, SHEET + "P6,,人社局,拟建,x,,\n")
    assert "没有项目名称" in centre.text and "登记了0个项目和系统" in centre.text


async def test_a_project_without_a_number_is_not_entered_over_another(site: Site) -> None:
    centre = await entered(site, SHEET.replace("P3,", ","))
    assert "没有项目编号" in centre.text and "登记了0个项目和系统" in centre.text
    centre = await entered(site, "名称,功能\n甲,办证\n")
    assert "缺少列：id" in centre.text


async def test_only_supervising_posts_keep_the_register(site: Site) -> None:
    clerk = await Official(site).sit("police.approver")
    await clerk.get("/console/projects")
    assert clerk.page.status_code == 403
