"""What papers say, before and after an application is sent: a hint to the applicant, a framed place at the desk."""

import pytest
from tests.assist.papers_drawn import DECLARED, LEASE, written
from tests.assist.poisoned import pdfs
from tests.web.citizen import APPLY, Person, answer, begin, upload
from tests.web.desk_people import Official

from tongban.assist.precheck.service import UNSENT_KEPT, USE
from tongban.base.clock import SettableClock
from tongban.base.page import Page
from tongban.org import Actor, demo
from tongban.web.site import Site

pytestmark = pytest.mark.database
NUMBER = "990201199405120527"
"""王小满's, as the population register has it."""
TYPED = "岚江市清源区柳溪街18号2栋301室"


async def applied(person: Person, site: Site, address: str) -> None:
    """王小满's application with a lease that says this address, on its check page."""
    await begin(person)
    await answer(person, lives_region="990101", lives_at=TYPED, basis="dwelling")
    await person.get(f"{APPLY}/materials")
    said = (
        *(line.replace(DECLARED["id_number"], NUMBER) for line in LEASE if "坐落" not in line),
        f"房屋坐落：{address}",
    )
    await upload(person, "租赁合同.pdf", written(*said))
    try:
        assert await site.assist.precheck.work() == 1
    finally:
        await site.assist.precheck.close()
    await person.get(f"{APPLY}/check")


async def sent(person: Person, site: Site) -> str:
    await person.post(f"{APPLY}/submit", {"key": person.hidden("key"), "truthful": "yes"})
    assert person.page.url.path.endswith("/receipt"), person.text
    case = person.page.url.path.split("/")[2]
    clerk = await Official(site).sit("service-centre.clerk")
    await clerk.get(f"/desk/cases/{case}")  # puts the case's files on the list, had nobody done so
    try:
        await site.assist.precheck.work()
    finally:
        await site.assist.precheck.close()
    return case


async def test_a_paper_that_says_another_number_is_a_hint_and_never_a_hurdle(xiaoman: Person, site: Site) -> None:
    await applied(xiaoman, site, TYPED.replace("18号", "8号"))
    assert "请您核对" in xiaoman.text and "柳溪街8号" in xiaoman.text
    case = await sent(xiaoman, site)

    clerk = await Official(site).sit("service-centre.clerk")
    await clerk.get(f"/desk/cases/{case}")
    if "先请您自己看" in clerk.text:  # by chance the suggestion is one of the few that wait for the official's own view
        (drawn,) = await site.assist.gate.for_case(case)
        await clerk.post(f"/desk/cases/{case}/suggestions/{drawn.call.id}/own-view", {"view": "没看出问题"})
        await clerk.get(f"/desk/cases/{case}")
    assert "两处原文对照" in clerk.text and "辅助提示，由您决定" in clerk.text
    assert "<mark>8</mark>" in clerk.page.text
    before = (await site.cases.export_whole(case))["events"]

    document = next(iter((await site.cases.export_whole(case))["materials"]["lease"]["files"]))["id"]
    picture = await clerk.client.get(f"/desk/cases/{case}/documents/{document}/fields/address.png")
    assert (picture.status_code, picture.headers["content-type"]) == (200, "image/png")
    assert (await clerk.client.get(f"/desk/cases/{case}/documents/{document}/fields/rent.png")).status_code == 404

    (one,) = await site.assist.gate.for_case(case)
    where = f"/desk/cases/{case}/suggestions/{one.call.id}"
    await clerk.get(f"/desk/cases/{case}")
    page = await clerk.post(where, {"outcome": "declined", "reason": ""})
    assert page.status_code == 422
    page = await clerk.post(where, {"outcome": "declined", "reason": "看过原件，是合同写错了"})
    assert page.status_code == 200 and "辅助提示，由您决定" not in clerk.text
    (one,) = await site.assist.gate.for_case(case)
    assert [said.outcome for said in one.settled] == ["declined"]
    assert (await site.cases.export_whole(case))["events"] == before


async def test_nobody_else_sees_what_was_read(xiaoman: Person, site: Site) -> None:
    await applied(xiaoman, site, TYPED.replace("18号", "8号"))
    case = await sent(xiaoman, site)
    (one,) = await site.assist.gate.for_case(case)
    stranger = await Official(site).sit("service-centre.clerk", "990102")
    document = next(iter((await site.cases.export_whole(case))["materials"]["lease"]["files"]))["id"]
    for address in (f"/desk/cases/{case}", f"/desk/cases/{case}/documents/{document}/fields/address.png"):
        assert (await stranger.client.get(address)).status_code in (403, 404)
    await stranger.get("/desk")
    assert (
        await stranger.post(f"/desk/cases/{case}/suggestions/{one.call.id}", {"outcome": "accepted"})
    ).status_code in (
        403,
        404,
    )
    others = await site.assist.precheck.of_draft(
        "p-linyue", "residence-permit", [document], {"lives_at": TYPED}, {}, "990101"
    )
    assert others.papers == {} and others.checks == ()


async def test_poisoned_papers_change_nothing_but_what_was_read_of_them(xiaoman: Person, site: Site) -> None:
    """Files with orders, hidden words and things to run are uploaded, read and filed: no other table gains a row."""
    await begin(xiaoman)
    await answer(xiaoman, lives_region="990101", lives_at=TYPED, basis="dwelling")
    await xiaoman.get(f"{APPLY}/materials")
    for name, data in [*pdfs()[1:12:2], *((n, d) for n, d in pdfs() if n.startswith("active"))]:
        await upload(xiaoman, f"{name}.pdf", data)
    before = await rows(site)
    try:
        while await site.assist.precheck.work():
            pass
    finally:
        await site.assist.precheck.close()
    await site.assist.gate.flush()
    after = await rows(site)
    changed = {table for table in after if after[table] != before[table]}
    assert changed == {"assist_call", "ledger_waiting"}, "what a machine was asked waits for the public log"
    assert await site.cases.mine(xiaoman_herself()) == Page(())


async def rows(site: Site) -> dict[str, int]:
    """How many rows each table has."""
    tables = await site.db.fetch(
        "SELECT relname AS name FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
    )
    return {t["name"]: await site.db.fetchval(f"SELECT count(*) FROM {t['name']}") for t in tables}


def xiaoman_herself() -> Actor:
    return Actor.citizen(next(person for person in demo.citizens() if person.id == "p-wangxiaoman"))


async def test_a_paper_that_agrees_is_told_as_agreeing_and_no_hint_is_given(xiaoman: Person, site: Site) -> None:
    await applied(xiaoman, site, TYPED)
    assert "请您核对" not in xiaoman.text


async def test_what_was_read_of_a_paper_never_sent_is_forgotten(
    xiaoman: Person, site: Site, clock: SettableClock
) -> None:
    await applied(xiaoman, site, TYPED.replace("18号", "8号"))
    clock.advance(days=UNSENT_KEPT.days - 1)
    await site.assist.precheck.sweep()
    assert await site.db.fetchval("SELECT count(*) FROM precheck_paper") == 1
    clock.advance(days=2)
    await site.assist.precheck.sweep()
    assert await site.db.fetchval("SELECT count(*) FROM precheck_paper") == 0


async def test_switched_off_the_pages_are_as_they_were(xiaoman: Person, site: Site) -> None:
    await applied(xiaoman, site, TYPED.replace("18号", "8号"))
    from tongban.assist.records import Switched

    await site.assist.gate.switch(
        Switched(
            region="990100",
            use=USE,
            at=site.clock(),
            state="off",
            why="演练",
            kind="operator",
            by_id="op",
            by_name="运维",
        )
    )
    await xiaoman.get(f"{APPLY}/check")
    assert "请您核对" not in xiaoman.text
    case = await sent(xiaoman, site)
    clerk = await Official(site).sit("service-centre.clerk")
    await clerk.get(f"/desk/cases/{case}")
    assert "两处原文对照" not in clerk.text and "材料上" not in clerk.text
