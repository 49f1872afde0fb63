"""/console/switches: whoever answers for a region switches a use off there, with a reason that everybody can read."""

import pytest
from desk_people import Official

from tongban.assist.gate import Switched
from tongban.web.site import Site

pytestmark = pytest.mark.database
PAGE = "/console/switches/guide"


def _sent(**fields: str) -> dict[str, str]:
    return {"region": "990101", "state": "off", "why": "把户口问题答成居住证", **fields}


async def test_a_head_switches_a_use_off_and_everybody_can_read_why(site: Site) -> None:
    head = await Official(site).sit("police.head")
    await head.get("/console/switches")
    assert "导办" in head.text
    await head.get(PAGE)
    await head.post(PAGE, _sent())
    assert "现在没有使用" in head.text
    stopped = site.assist.gate.permits("guide", "990101")
    assert stopped is not None and stopped.code == "switched-off"
    assert site.assist.gate.permits("guide", "990102") is None
    await head.get("/open/algorithms/guide?region=990101")
    assert "把户口问题答成居住证" in head.text
    await head.get(PAGE)
    await head.post(PAGE, _sent(state="on", why="词表改好了"))
    assert site.assist.gate.permits("guide", "990101") is None


async def test_without_a_reason_nothing_is_switched_and_the_form_says_so(site: Site) -> None:
    head = await Official(site).sit("police.head")
    await head.get(PAGE)
    answer = await head.post(PAGE, _sent(why=" "))
    assert answer.status_code == 422 and "请写明为什么" in head.text
    assert site.assist.gate.permits("guide", "990101") is None


async def test_whoever_only_handles_cases_has_no_hand_on_the_switch(site: Site) -> None:
    clerk = await Official(site).sit("police.examiner")
    assert (await clerk.get("/console/switches")).status_code == 403
    assert (await clerk.post(PAGE, _sent())).status_code == 403
    assert site.assist.gate.permits("guide", "990101") is None


@pytest.mark.parametrize("region", ["990102", "990100", "000000", "nowhere"])
async def test_nobody_switches_beyond_their_own_region(site: Site, region: str) -> None:
    head = await Official(site).sit("police.head")
    await head.get(PAGE)
    assert (await head.post(PAGE, _sent(region=region))).status_code in (403, 404)
    assert site.assist.gate.permits("guide", "990101") is None


async def test_what_a_use_s_own_limit_switched_off_is_not_switched_on_by_hand(site: Site) -> None:
    await site.assist.gate.switch(
        Switched(
            region="990101",
            use="guide",
            at=site.clock(),
            state="off",
            why="不采纳超过上限",
            kind="threshold",
            by_id="watch",
            by_name="监测规则",
        )
    )
    head = await Official(site).sit("police.head")
    await head.get(PAGE)
    answer = await head.post(PAGE, _sent(state="on", why="算了"))
    assert answer.status_code == 409
    assert site.assist.gate.permits("guide", "990101") is not None
