"""A death or a lost register entry ends mandates by itself, in the transaction that says so; nobody's word does."""

import httpx
import pytest
from tests.web.test_acting import change_over, given, http, letters, me, person, scope, standing
from tests.web.test_case_pages import APPROVER, CLERK, act

from tongban.base.errors import Refused
from tongban.cases import closing
from tongban.org import store
from tongban.sharing import store as records
from tongban.web.portal.representing import borne_out
from tongban.web.site import Site

pytestmark = pytest.mark.database
__all__ = ["http"]
DEAD = "p-wangxiaoman"


async def told_of_a_death(site: Site, name: str) -> str:
    """孙浩 tells of the death of 小满; accepted, and not decided yet."""
    facts = {
        "full_name": "孙浩",
        "id_number": person("p-sunhao").id_number,
        "phone": "15400000003",
        "deceased_name": name,
        "deceased_number": person(DEAD).id_number,
        "died_on": "2026-11-2",
        "relation": "spouse",
        "death_home": "990101",
    }
    view = await site.cases.submit(
        me("p-sunhao"), "death-deregistration", facts, {}, region="990101", key=f"death-{name}"
    )
    await act(site, CLERK, view.case, "accept")
    return view.case


async def test_a_deregistration_after_death_ends_what_was_given_by_and_to_the_person(
    site: Site, http: httpx.AsyncClient
) -> None:
    by_her = await given(site)
    to = person(DEAD)
    to_her = await site.cases.acting.offer(me("p-zhoujiahe"), to.name, to.id_number, scope(site))
    reader = await change_over(site, http, "p-linyue", by_her.id)
    case = await told_of_a_death(site, "王小满")
    assert await store.mandates_to(site.db, "p-linyue", site.clock()), "an application alone ends nothing"
    await act(site, APPROVER, case, "grant")
    assert (await site.cases.view(me("p-sunhao"), case)).state.state == "issued"
    ended = {one.id: one.ended_why for one in await store.mandates_from(site.db, DEAD)}
    assert ended == {by_her.id: "died"}
    assert await store.mandates_to(site.db, DEAD, site.clock()) == []
    assert (await reader("GET", "/cases")).headers["location"].startswith("/login")
    assert any("王小满的户口登记已经注销" in one and "不能再代办" in one for one in await letters(site, "p-linyue"))
    assert any("王小满替" in one and "结束" in one for one in await letters(site, "p-zhoujiahe"))
    assert any("如果弄错了" in one for one in await letters(site, DEAD)), "who is alive after all learns of it"
    assert to_her.id


async def test_the_number_of_somebody_else_closes_nobody_and_the_case_is_not_decided(site: Site) -> None:
    mandate = await given(site)
    case = await told_of_a_death(site, "王大满")
    with pytest.raises(Refused) as caught:
        await act(site, APPROVER, case, "grant")
    assert caught.value.code == "name-differs"
    assert [one.id for one in await store.mandates_to(site.db, "p-linyue", site.clock())] == [mandate.id]
    assert not (await site.cases.view(me("p-sunhao"), case)).certificates


async def test_a_ward_whose_guardian_died_is_told_where_a_new_one_is_found(site: Site) -> None:
    facts = {"ward": "child", "child_name": "孙一诺", "child_number": "990201202011030013"}
    await standing(site, me("p-sunhao"), "guardian-standing", facts)
    (mandate,) = await store.mandates_to(site.db, "p-sunhao", site.clock())
    assert await site.cases.acting.person_closed("p-sunhao", "died") == [mandate.id]
    ward = await store.person(site.db, mandate.from_party)
    assert ward is not None
    bodies = [one.body.zh for one in (await site.cases.inbox(me("p-linyue").citizen(ward))).items]
    assert any("居（村）民委员会" in one for one in bodies)


async def test_a_business_that_is_no_more_takes_the_standing_of_all_who_acted_for_it(site: Site) -> None:
    owner = me("p-zhoujiahe")
    await standing(site, owner, "representative-standing", {})
    represents = next(one for one in await store.mandates_to(site.db, owner.id, site.clock()) if one.how == "register")
    to = person("p-linyue")
    agent = await site.cases.acting.offer(
        me("p-zhoujiahe", represents), to.name, to.id_number, scope(site, "food-licence")
    )
    async with site.db.transaction() as connection:
        ended = await closing.close(connection, represents.from_party, "register-changed", site.clock())
    assert set(ended) >= {represents.id, agent.id}
    for somebody in ("p-zhoujiahe", "p-linyue"):
        assert any("的登记有变化" in one for one in await letters(site, somebody))


async def test_an_entry_that_the_register_has_lost_bears_nothing_out_but_its_silence_takes_nothing(site: Site) -> None:
    owner = me("p-zhoujiahe")
    await standing(site, owner, "representative-standing", {})
    represents = next(one for one in await store.mandates_to(site.db, owner.id, site.clock()) if one.how == "register")
    assert await borne_out(site, owner, represents)
    async with site.db.transaction() as connection:
        await records.put(connection, owner.id, "market.registry", "business", {}, site.clock())
    assert not await borne_out(site, owner, represents)
    await site.db.execute("DELETE FROM shared_record WHERE person = $1 AND record = 'business'", owner.id)
    assert await borne_out(site, owner, represents)
