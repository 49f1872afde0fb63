"""Who answers a case, why, through whose hands it went: the same on the page, the desk, for programs, in the export."""

import msgspec
import pytest
from desk_people import Official
from tests.web.citizen import Person, submitted
from tests.web.test_case_pages import act, official

from tongban.base.clock import SettableClock
from tongban.web.api.shapes import detail
from tongban.web.site import Site

pytestmark = pytest.mark.database

CLERK, THERE = "990101.service-centre.clerk", "990102.police.examiner"
SHARES = "岚江市清源区公安局2个工作日，岚江市云岫区公安局1个工作日"


async def test_nothing_is_said_where_there_is_nothing_to_say(xiaoman: Person, site: Site) -> None:
    case = await submitted(xiaoman)
    await xiaoman.get(f"/cases/{case}")
    assert 'id="whose"' not in xiaoman.page.text
    clerk = await Official(site).sit("service-centre.clerk")
    assert 'id="whose"' not in (await clerk.open(case)).text


async def test_a_hand_over_is_told_with_dates_reason_receipt_and_shares(
    xiaoman: Person, site: Site, clock: SettableClock
) -> None:
    case = await submitted(xiaoman)
    clock.advance(days=2)
    await xiaoman.log_in()
    await act(site, CLERK, case, "hand-on", body="990102.police", reasons="住在云岫区")
    await xiaoman.get(f"/cases/{case}")
    assert "还没接收，仍由岚江市清源区公安局负责" in xiaoman.text and "有对方签名的交接回执" not in xiaoman.text

    await act(site, THERE, case, "take-over")
    clock.advance(days=1)
    await xiaoman.log_in()
    await xiaoman.get(f"/cases/{case}")
    for words in ("由岚江市云岫区公安局办理", "住在云岫区", "11月5日", "有对方签名的交接回执", SHARES):
        assert words in xiaoman.text, words

    desk = await Official(site).sit("police.examiner", "990102")
    page = await desk.open(case)
    for words in ("住在云岫区", "有对方签名的交接回执", SHARES):
        assert words in page.text, words

    view = await site.cases.view(await official(site, THERE), case)
    told, exported = msgspec.to_builtins(detail(view))["whose"], view.export()["whose"]
    assert told == exported and told["body"]["id"] == "990102.police"
    [hand] = told["handed"]
    assert (hand["sender"]["id"], hand["receiver"]["id"]) == ("990101.police", "990102.police")
    assert hand["receipt"] == view.state.custody[0].receipt != ""
    assert [one["working_days"] for one in told["held"]] == [2, 1]
