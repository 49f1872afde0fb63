"""统一出件: a result is handed over once, at the hall that was chosen, to somebody who may have it."""

import re
from datetime import timedelta

import pytest
from citizen import Person
from desk_people import Official
from test_case_pages import APPROVER, CLERK, act, submitted

from tongban.org import Mandate, demo, store
from tongban.web.site import Site

pytestmark = pytest.mark.database
NUMBERS = {one.id: (one.name, one.id_number) for one in demo.citizens()}
OWNER, FRIEND = "p-wangxiaoman", "p-sunhao"
RESULTS = "/desk/hall/results"


async def ready(xiaoman: Person, site: Site, hall: str = "qingyuan") -> tuple[str, str]:
    """小满's certificate, to be fetched at a hall: the case and the pick-up code."""
    case = await submitted(xiaoman)
    await xiaoman.get(f"/cases/{case}")
    await xiaoman.post(f"/cases/{case}/fetch", {"hall": hall})
    assert "办好以后在" in xiaoman.text
    await act(site, CLERK, case, "accept")
    await act(site, APPROVER, case, "grant")
    await xiaoman.get(f"/cases/{case}")
    found = re.search(r'<b class="mono">(\d{4}) (\d{4})</b>', xiaoman.text)
    assert found and "可以领了" in xiaoman.text
    return case, found[1] + found[2]


async def at_counter(site: Site, region: str = "990101") -> Official:
    clerk = await Official(site).sit("service-centre.clerk", region)
    await clerk.get(RESULTS)
    return clerk


async def hand(clerk: Official, case: str, who: str, **more: str) -> Official:
    await clerk.get(RESULTS)
    await clerk.post(RESULTS, {"case": case, "how": "card", "presented": who} | more)
    return clerk


async def test_the_person_fetches_it_with_their_card_once_and_sees_that_they_did(xiaoman: Person, site: Site) -> None:
    case, _ = await ready(xiaoman, site)
    clerk = await at_counter(site)
    assert case in clerk.text and NUMBERS[OWNER][1] not in clerk.text
    await hand(clerk, case, OWNER)
    assert "已交出" in clerk.text and f"?case={case}" not in clerk.page.text
    await hand(clerk, case, OWNER)
    assert clerk.page.status_code == 409 and "已经交出去了" in clerk.text
    await xiaoman.get(f"/cases/{case}")
    assert "领的人：王小满" in xiaoman.text and "本人领取" in xiaoman.text
    row = await site.db.fetchrow("SELECT official, post, ground, how, receiver FROM result WHERE case_id = $1", case)
    assert row is not None and (row["post"], row["ground"], row["how"]) == (CLERK, "self", "card")
    assert row["official"] and "王小满" not in row["receiver"], "whoever fetched is named sealed"
    looks = await site.db.fetchval("SELECT count(*) FROM shared_access WHERE person = $1 AND kind = 'counter'", OWNER)
    assert looks == 1, "the refused second time looked at nobody"
    await xiaoman.get("/me")
    await xiaoman.post(f"/cases/{case}/fetch", {"hall": "lanjiang-city"})
    assert xiaoman.page.status_code == 409


async def test_no_other_hall_sees_it_or_can_hand_it_over(xiaoman: Person, site: Site) -> None:
    case, code = await ready(xiaoman, site)
    other = await at_counter(site, "990100")
    assert case not in other.text
    await hand(other, case, OWNER, code=code)
    assert other.page.status_code == 404 and "没有这份可以领的结果" in other.text
    assert await site.db.fetchval("SELECT handed_at FROM result WHERE case_id = $1", case) is None
    approver = await Official(site).sit("police.approver")
    assert (await approver.get(RESULTS)).status_code == 403


async def test_somebody_else_needs_the_code_which_cannot_be_guessed(xiaoman: Person, site: Site) -> None:
    case, code = await ready(xiaoman, site)
    clerk = await hand(await at_counter(site), case, FRIEND)
    assert clerk.page.status_code == 403 and "没有能用的授权" in clerk.text
    await hand(clerk, case, FRIEND, code=code)
    assert "已交出" in clerk.text and "凭取件码领取" in clerk.text
    await xiaoman.get(f"/cases/{case}")
    assert f"领的人：{NUMBERS[FRIEND][0]}" in xiaoman.text, re.findall('id="fetch".*?section', xiaoman.text, re.S)


async def test_after_five_wrong_codes_the_right_one_is_worth_nothing_and_the_person_still_fetches(
    xiaoman: Person, site: Site
) -> None:
    case, code = await ready(xiaoman, site)
    clerk = await at_counter(site)
    for _ in range(5):
        await hand(clerk, case, FRIEND, code=f"{(int(code) + 1) % 10**8:08}")
        assert clerk.page.status_code == 422 and "取件码不对" in clerk.text
    await hand(clerk, case, FRIEND, code=code)
    assert "错的次数太多" in clerk.text
    await hand(clerk, case, OWNER)
    assert "已交出" in clerk.text


@pytest.mark.parametrize(("acts", "status"), [("*", 200), ("view", 403)])
async def test_an_agent_fetches_if_their_mandate_covers_it(xiaoman: Person, site: Site, acts: str, status: int) -> None:
    case, _ = await ready(xiaoman, site)
    mandate = Mandate(
        id="m-fetch",
        from_party=OWNER,
        from_name="王小满",
        to_person=FRIEND,
        acts=frozenset({acts}),
        since=site.clock() - timedelta(days=1),
        until=site.clock() + timedelta(days=9),
    )
    async with site.db.transaction() as connection:
        await store.save_mandates(connection, [mandate])
    clerk = await hand(await at_counter(site), case, FRIEND)
    assert clerk.page.status_code == status


async def test_a_case_of_somebody_else_cannot_be_sent_to_a_hall(xiaoman: Person, site: Site) -> None:
    case = await submitted(xiaoman)
    await xiaoman.get("/me")
    await xiaoman.post("/logout")
    await xiaoman.log_in("p-sunhao@@")
    assert (await xiaoman.post(f"/cases/{case}/fetch", {"hall": "qingyuan"})).status_code == 404
    assert await site.db.fetchval("SELECT count(*) FROM result") == 0
