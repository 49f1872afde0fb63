"""The open page of flexible rules: counts of a released month for everybody, of nobody."""

import pytest
from tests.oversight.fact_rows import event_fact, october
from tests.web.citizen import Person

from tongban.web.open.flexible import COUNTED
from tongban.web.site import Site

pytestmark = pytest.mark.database


async def test_everybody_sees_how_often_in_a_released_month_and_nothing_of_anybody(site: Site, anyone: Person) -> None:
    await anyone.get("/open/flexible")
    assert anyone.page.status_code == 200
    assert "还没有公布过" in anyone.text
    assert "件</b>" not in anyone.page.text, "no live count"
    acts = ["agree-easing"] * 7 + ["tolerate"] * 4
    october(site, [], [event_fact(n, procedure="benefit", act=act) for n, act in enumerate(acts)])
    await anyone.get("/open/flexible")
    assert "2026年10月" in anyone.text
    assert [anyone.page.text.count(f"<b>{n}件</b>") for n in (7, 4, 0)] == [1, 1, len(COUNTED) - 2]
    assert "从宽办理" in anyone.text and "容错" in anyone.text and "990101-" not in anyone.text
