"""转出去的: a body sees what it handed on, who has it now and since when, and holds the receipt; no more than that."""

import pytest
from desk_people import Official
from tests.web.citizen import Person, submitted
from tests.web.test_case_pages import act, official

from tongban.base.clock import SettableClock
from tongban.cases import handed
from tongban.cases.custody import read
from tongban.web.site import Site

pytestmark = pytest.mark.database

CLERK, THERE = "990101.service-centre.clerk", "990102.police.examiner"
EMPTY = "本机关没有转出去的件"


async def test_what_was_handed_on_is_listed_until_and_after_it_is_taken_over(
    xiaoman: Person, site: Site, clock: SettableClock
) -> None:
    case = await submitted(xiaoman)
    sender = await Official(site).sit("police.examiner")
    assert EMPTY in (await sender.get("/desk/handed")).text

    await act(site, CLERK, case, "hand-on", body="990102.police", reasons="住在云岫区")
    page = (await sender.get("/desk/handed")).text
    for words in (case, "云岫区公安局", "还没接收，仍由本机关负责"):
        assert words in page, words
    assert case not in (await sender.get("/desk/handed?stands=working")).text
    assert (await sender.get(f"/desk/handed/{case}/receipt")).status_code == 404

    clock.advance(days=1)
    await act(site, THERE, case, "take-over")
    sender = await Official(site).sit("police.examiner")
    for stands in ("", "working"):
        page = (await sender.get(f"/desk/handed?stands={stands}&service=residence-permit")).text
        for words in (case, "云岫区公安局", "11月4日", f"/desk/handed/{case}/receipt"):
            assert words in page, words
        assert "王小满" not in page
    for empty in ("stands=waiting", "stands=ended", "service=food-licence"):
        assert case not in (await sender.get(f"/desk/handed?{empty}")).text
    assert "Taken over" in (await sender.get("/desk/handed?lang=en")).text
    signed = (await sender.get(f"/desk/handed/{case}/receipt")).text
    told = read(signed, site.cases.engine.keys.public.get, site.clock())
    assert (told.case, told.from_body, told.to_body) == (case, "990101.police", "990102.police")


async def test_what_waits_to_be_taken_over_goes_on_on_a_second_page(xiaoman: Person, site: Site) -> None:
    cases = [await submitted(xiaoman) for _ in range(2)]
    for case in cases:
        await act(site, CLERK, case, "hand-on", body="990102.police", reasons="住在云岫区")
    sender, engine = await official(site, "990101.police.examiner"), site.cases.engine
    first = await handed.leaving(engine, sender, None, 1)
    second = await handed.leaving(engine, sender, first.next, 1)
    assert sorted(one.case for one in (*first.items, *second.items)) == sorted(cases) and second.next is None
    page = await (await Official(site).sit("police.examiner")).get(f"/desk/handed?stands=waiting&after={first.next}")
    assert first.items[0].case not in page.text and second.items[0].case in page.text


async def test_nobody_else_learns_that_a_case_was_handed_on(xiaoman: Person, site: Site) -> None:
    case = await submitted(xiaoman)
    await act(site, CLERK, case, "hand-on", body="990102.police", reasons="住在云岫区")
    await act(site, THERE, case, "take-over")
    for kind, region in (("civil.approver", "990101"), ("police.examiner", "990102")):
        other = await Official(site).sit(kind, region)
        assert EMPTY in (await other.get("/desk/handed")).text
        assert (await other.get(f"/desk/handed/{case}/receipt")).status_code == 404
    assert (await handed.handed_on(site.cases.engine, await official(site, THERE), None, 9)).items == ()
