"""代办: given, asked for, agreed to, used, looked at and ended; and every way to use one that does not hold."""

import re
from collections.abc import AsyncIterator, Mapping
from datetime import date, datetime, timedelta

import httpx
import pytest
from tests.web.test_tenants import PDF, Reader, in_post, log_in

from tongban.base.clock import ZONE, SettableClock
from tongban.base.errors import Refused
from tongban.cases import closing
from tongban.cases.acting import Scope
from tongban.cases.rights import grant_for, may_see
from tongban.org import Actor, Mandate, Person, demo, sessions, store
from tongban.org.store import mandates as rows
from tongban.sharing import Purpose, sources
from tongban.sharing import Reader as Looker
from tongban.web.app import create
from tongban.web.portal.representing import borne_out
from tongban.web.site import Site

pytestmark = pytest.mark.database
SERVICE = "residence-permit"
FACTS = {"full_name": "王小满", "sex": "female", "birth_date": "1994-5-12", "home_region": "990201",
         "lives_region": "990101", "lives_at": "小满的住处", "lives_since": "2026-3-1", "basis": "employment",
         "phone": "15400000001"}  # fmt: skip


@pytest.fixture
async def http(site: Site) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app=create(site), raise_app_exceptions=False)  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
        yield client


def person(name: str) -> Person:
    return next(one for one in demo.citizens() if one.id == name)


def me(name: str, mandate: Mandate | None = None) -> Actor:
    return Actor.citizen(person(name), mandate)


def scope(site: Site, *services: str, days: int = 30) -> Scope:
    return Scope(frozenset(services or (SERVICE,)), frozenset(), site.today + timedelta(days=days))


async def given(site: Site, *services: str, days: int = 30, agent: str = "p-linyue") -> Mandate:
    """小满 lets 林悦 act for her."""
    to = person(agent)
    return await site.cases.acting.offer(me("p-wangxiaoman"), to.name, to.id_number, scope(site, *services, days=days))


async def code(site: Site, actor: Actor, name: str, number: str, wanted: Scope) -> str:
    with pytest.raises(Refused) as caught:
        await site.cases.acting.offer(actor, name, number, wanted)
    return caught.value.code


async def apply(site: Site, actor: Actor, key: str = "acting-0001") -> str:
    file = await site.cases.add_document(actor, "合同.pdf", PDF)
    facts = {**FACTS, "id_number": person("p-wangxiaoman").id_number}
    view = await site.cases.submit(actor, SERVICE, facts, {"employment": [file.id]}, region="990101", key=key)
    return view.case


async def letters(site: Site, who: str) -> list[str]:
    return [one.body.zh for one in (await site.cases.inbox(me(who))).items]


async def change_over(site: Site, http: httpx.AsyncClient, agent: str, mandate: str) -> Reader:
    opened = await sessions.log_in_demo(site.db, site.directory, agent, site.clock(), mandate=mandate)
    return Reader(agent, http, site.secret, opened.token)


# --- both identities, and the represented one sees everything ----------------------------------------------------


async def test_both_names_stand_on_every_act_in_the_case_the_letter_the_export_and_the_look(
    site: Site, http: httpx.AsyncClient
):
    mandate = await given(site)
    agent = me("p-linyue", mandate)
    case = await apply(site, agent)
    own = await site.cases.view(me("p-wangxiaoman"), case)
    first = own.loaded.events[0]
    assert (first.by.id, first.on_behalf_of) == ("p-linyue", "p-wangxiaoman")
    assert mandate.id in first.authority.zh
    assert own.account[0].who.zh == "林悦（替申请人办理）"
    assert any("林悦替您办的" in body for body in await letters(site, "p-wangxiaoman"))
    exported = await site.cases.export(me("p-wangxiaoman"), case)
    assert exported["events"][0]["on_behalf_of"] == "p-wangxiaoman"
    await site.cases.view(agent, case)
    looks = (await site.sharing.accesses("p-wangxiaoman")).items
    assert any(one.by == "agent" for one in looks)
    owner = await log_in(site, http, "p-wangxiaoman")
    page = (await owner("GET", "/acting")).text
    assert case in page
    assert "林悦" in page
    assert f"/acting/{mandate.id}/end" in page


async def test_both_are_told_of_a_new_mandate_and_of_its_end(site: Site):
    mandate = await given(site)
    assert any("林悦从现在起可以替您办" in body for body in await letters(site, "p-wangxiaoman"))
    assert any("您可以替王小满办" in body for body in await letters(site, "p-linyue"))
    await site.cases.acting.end(me("p-wangxiaoman"), mandate.id)
    assert any("已经结束" in body for body in await letters(site, "p-linyue"))
    assert await site.cases.deliver() >= 3


# --- asked for ---------------------------------------------------------------------------------------------------


async def asked(site: Site) -> Mandate:
    giver = person("p-wangxiaoman")
    return await site.cases.acting.ask(me("p-linyue"), giver.name, giver.id_number, scope(site))


async def test_what_is_only_asked_for_holds_nothing(site: Site):
    mandate = await asked(site)
    assert mandate.waits
    assert await store.mandates_to(site.db, "p-linyue", site.clock()) == []
    with pytest.raises(Refused):
        await site.cases.view(me("p-linyue", mandate), await apply(site, me("p-wangxiaoman")))


async def test_the_represented_one_agrees_logged_in_and_nobody_else_does(site: Site):
    mandate = await asked(site)
    for somebody in ("p-linyue", "p-sunhao"):
        with pytest.raises(Refused):
            await site.cases.acting.confirm(me(somebody), mandate.id)
    agreed = await site.cases.acting.confirm(me("p-wangxiaoman"), mandate.id)
    assert agreed.how == "login"
    assert agreed.holds_at(site.clock())


async def test_or_by_a_code_that_only_they_are_sent_used_once_five_tries_ten_minutes(site: Site, clock: SettableClock):
    mandate = await asked(site)
    agent = me("p-linyue")
    await site.cases.acting.send_code(agent, mandate.id)
    (sent,) = [one for one in await letters(site, "p-wangxiaoman") if "确认码" in one]
    assert not [one for one in await letters(site, "p-linyue") if "确认码" in one]
    right = re.findall(r"\d{6}", sent)[0]
    wrong = "000000" if right != "000000" else "111111"
    with pytest.raises(Refused):
        await site.cases.acting.confirm_by_code(agent, mandate.id, wrong)
    assert (await site.cases.acting.confirm_by_code(agent, mandate.id, f"{right[:3]} {right[3:]}")).how == "code"
    with pytest.raises(Refused):
        await site.cases.acting.confirm_by_code(agent, mandate.id, right)
    other = await site.cases.acting.ask(agent, "赵德顺", person("p-zhaodeshun").id_number, scope(site))
    await site.cases.acting.send_code(agent, other.id)
    late = re.findall(r"确认码(\d{6})", "".join(await letters(site, "p-zhaodeshun")))[0]
    clock.advance(minutes=11)
    with pytest.raises(Refused) as caught:
        await site.cases.acting.confirm_by_code(agent, other.id, late)
    assert caught.value.code == "wrong-code"
    await site.cases.acting.send_code(agent, other.id)
    fresh = re.findall(r"确认码(\d{6})", (await letters(site, "p-zhaodeshun"))[0])[0]
    for _ in range(5):
        with pytest.raises(Refused):
            await site.cases.acting.confirm_by_code(agent, other.id, "x")
    with pytest.raises(Refused):
        await site.cases.acting.confirm_by_code(agent, other.id, fresh)


# --- attacks -----------------------------------------------------------------------------------------------------


async def refused(site: Site, actor: Actor, case: str) -> str:
    with pytest.raises(Refused) as caught:
        await site.cases.view(actor, case)
    return caught.value.code


async def test_one_that_expired_or_was_ended_opens_nothing_not_even_in_an_open_session(
    site: Site, http: httpx.AsyncClient, clock: SettableClock
):
    case = await apply(site, me("p-wangxiaoman"))
    ended, expires = await given(site), await given(site, days=1)
    reader = await change_over(site, http, "p-linyue", ended.id)
    assert (await reader("GET", f"/cases/{case}")).status_code == 200
    await site.cases.acting.end(me("p-wangxiaoman"), ended.id)
    assert (await reader("GET", f"/cases/{case}")).headers["location"].startswith("/login")
    now = await rows.mandate(site.db, ended.id)
    assert now is not None
    assert (now.ended_why, await refused(site, me("p-linyue", now), case)) == ("withdrawn", "unknown-case")
    assert (await site.cases.view(me("p-linyue", expires), case)).case == case
    clock.advance(hours=49)
    assert await refused(site, me("p-linyue", expires), case) == "unknown-case"


async def test_an_agent_sees_no_case_letter_certificate_or_draft_outside_the_scope(site: Site, http: httpx.AsyncClient):
    mandate = await given(site, "food-licence")
    case = await apply(site, me("p-wangxiaoman"))
    agent = me("p-linyue", mandate)
    assert await refused(site, agent, case) == "unknown-case"
    assert (await site.cases.mine(agent)).items == ()
    assert (await site.cases.inbox(agent)).items == ()
    with pytest.raises(Refused):
        await site.cases.act(agent, case, "withdraw", {}, version=None, key="attack-0001")
    reader = await change_over(site, http, "p-linyue", mandate.id)
    for path in ("/my-data", "/certificates", "/cases", "/acting", "/inbox"):
        page = await reader("GET", path)
        assert page.status_code == 200
        assert case not in page.text
    owner = me("p-wangxiaoman")
    await site.cases.save_draft(owner, SERVICE, {"lives_at": "小满的住处"})
    assert await site.cases.draft(agent, SERVICE) is None


async def test_an_agent_does_not_reach_another_persons_case_by_its_number(site: Site):
    mandate = await given(site)
    agent = me("p-linyue", mandate)
    facts = {**FACTS, "full_name": "陈志远", "id_number": person("p-chenzhiyuan").id_number}
    other = me("p-chenzhiyuan")
    file = await site.cases.add_document(other, "合同.pdf", PDF)
    files = {"employment": [file.id]}
    view = await site.cases.submit(other, SERVICE, facts, files, region="990101", key="other-0001")
    assert await refused(site, agent, view.case) == "unknown-case"


async def test_an_agent_neither_passes_it_on_nor_ends_or_agrees_for_the_other(site: Site):
    mandate = await given(site, "*")
    agent = me("p-linyue", mandate)
    to = person("p-sunhao")
    assert await code(site, agent, to.name, to.id_number, scope(site)) == "mandate-not-passed-on"
    with pytest.raises(Refused) as caught:
        await site.cases.acting.ask(agent, to.name, to.id_number, scope(site))
    assert caught.value.code == "mandate-not-passed-on"
    waiting = await site.cases.acting.ask(me("p-sunhao"), "王小满", person("p-wangxiaoman").id_number, scope(site))
    for attack in (site.cases.acting.confirm, site.cases.acting.end):
        with pytest.raises(Refused):
            await attack(agent, waiting.id)
    assert not (await site.cases.acting.standing(agent)).given


async def test_nobody_acts_for_or_as_somebody_who_died_or_is_blocked(site: Site, http: httpx.AsyncClient):
    mandate = await given(site)
    reader = await change_over(site, http, "p-linyue", mandate.id)
    assert await site.cases.acting.person_closed("p-wangxiaoman", "died") == [mandate.id]
    assert (await reader("GET", "/cases")).headers["location"].startswith("/login")
    assert await store.mandates_to(site.db, "p-linyue", site.clock()) == []
    to = person("p-wangxiaoman")
    assert await code(site, me("p-linyue"), to.name, to.id_number, scope(site)) == "party-closed"
    await site.cases.acting.person_closed("p-linyue", "blocked")
    with pytest.raises(Refused):
        await site.cases.acting.offer(me("p-sunhao"), "林悦", person("p-linyue").id_number, scope(site))


async def test_nothing_is_done_under_a_mandate_that_rests_and_both_sides_read_why(site: Site, http: httpx.AsyncClient):
    mandate = await given(site)
    reader = await change_over(site, http, "p-linyue", mandate.id)
    async with site.db.transaction() as connection:
        assert await closing.rest(connection, mandate.id, site.clock()) == [mandate.id]
    assert (await reader("GET", "/cases")).headers["location"].startswith("/login"), "also in an open session"
    for name in ("p-linyue", "p-wangxiaoman"):
        page = (await (await log_in(site, http, name))("GET", "/acting")).text
        assert "暂停：依据的证照暂停使用" in page
        assert f"/acting/{mandate.id}/begin" not in page
    async with site.db.transaction() as connection:
        assert await closing.resume(connection, mandate.id, site.clock()) == [mandate.id]
    assert f"/acting/{mandate.id}/begin" in (await (await log_in(site, http, "p-linyue"))("GET", "/acting")).text


async def test_an_official_who_acted_for_the_applicant_keeps_out_and_the_other_way_round(site: Site):
    examiner = next(one for one in demo.officials() if one.id == site.directory.holders("990101.police.examiner")[0])
    async with site.db.transaction() as connection:
        await rows.save_mandates(connection, [mandate := Mandate(
            id="m-both", from_party="p-wangxiaoman", from_name="王小满", to_person=examiner.id,
            services=frozenset({SERVICE}), since=site.clock(), until=site.clock() + timedelta(days=9))])  # fmt: skip
    case = await apply(site, Actor.citizen(examiner, mandate))
    post = site.directory.post("990101.police.examiner")
    official = Actor.official(examiner, post, site.directory.body(post.body))
    found = await site.cases.engine.load(case)
    assert getattr(may_see(site.cases.engine, official, found), "code", "") == "conflict-of-interest"
    assert grant_for(site.cases.engine, official, found)("examine") is None


@pytest.mark.parametrize(
    ("services", "days", "expected"),
    [(("no-such",), 9, "mandate-scope"), ((SERVICE,), 0, "granted"), ((SERVICE,), -1, "mandate-until"),
     ((SERVICE,), 4000, "mandate-until")],
)  # fmt: skip
async def test_a_mandate_says_for_what_and_until_when(site: Site, services: tuple[str, ...], days: int, expected: str):
    to = person("p-linyue")
    try:
        await site.cases.acting.offer(me("p-wangxiaoman"), to.name, to.id_number, scope(site, *services, days=days))
        found = "granted"
    except Refused as error:
        found = error.code
    assert found == expected


async def test_a_wrong_name_is_answered_like_an_unknown_number_and_nobody_appoints_themselves(site: Site):
    to = person("p-linyue")
    assert await code(site, me("p-wangxiaoman"), "林月", to.id_number, scope(site)) == "person-not-found"
    assert await code(site, me("p-wangxiaoman"), "林悦", "110105194912310021", scope(site)) == "person-not-found"
    own = person("p-wangxiaoman")
    assert await code(site, me(own.id), own.name, own.id_number, scope(site)) == "mandate-to-oneself"


# --- guardians, representatives ---------------------------------------------------------------------------------------


async def standing(site: Site, actor: Actor, slug: str, facts: Mapping[str, object], key: str = "standing-01") -> str:
    """Through the records, as the form does."""
    service = site.catalogue.service(slug)
    wanted = {name: source for name, source in sources(service).items() if name in service.facts}
    purpose = Purpose.of(service, f"draft:{slug}")
    looked = await site.sharing.look_up(
        actor.id, wanted, service=service, purpose=purpose, reader=Looker(kind="person", id=actor.id)
    )
    view = await site.cases.submit(actor, slug, facts, region="990101", key=key, records=looked.found)
    return view.state.state


async def test_a_parent_becomes_the_guardian_by_the_household_register_until_the_eighteenth_birthday(
    site: Site, clock: SettableClock
):
    facts = {"ward": "child", "child_name": "孙一诺", "child_number": "990201202011030013"}
    assert await standing(site, me("p-sunhao"), "guardian-standing", facts) == "issued"
    (mandate,) = await store.mandates_to(site.db, "p-sunhao", site.clock())
    assert (mandate.ground, mandate.how, mandate.from_name) == ("guardian", "register", "孙一诺")
    assert mandate.until.astimezone(ZONE).date() == date(2038, 11, 3)
    clock.set(datetime(2038, 11, 3, 0, 0, 1, tzinfo=ZONE))
    assert await store.mandates_to(site.db, "p-sunhao", site.clock()) == []


async def test_a_stranger_does_not_become_the_guardian_of_a_child_by_saying_so(site: Site):
    facts = {"ward": "child", "child_name": "孙一诺", "child_number": "990201202011030013"}
    assert await standing(site, me("p-linyue"), "guardian-standing", facts) != "issued"
    assert await store.mandates_to(site.db, "p-linyue", site.clock()) == []


async def test_a_stranger_does_not_represent_a_business_by_saying_so(site: Site):
    facts = {"uscc": "92990101MA0000011W", "business_name": "清源区家和小馆（演示）"}
    assert await standing(site, me("p-linyue"), "representative-standing", facts) != "issued"


async def test_what_is_reserved_to_the_person_an_agent_is_refused_with_the_reason(site: Site):
    mandate = await given(site, "*")
    with pytest.raises(Refused) as caught:
        await standing(site, me("p-linyue", mandate), "guardian-standing", {"ward": "child"})
    assert caught.value.code == "in-person-only"
    assert "行政许可法 29" in caught.value.problems[0].law


async def test_the_representative_appoints_within_their_scope_and_with_the_register_all_of_it_ends(site: Site):
    owner = me("p-zhoujiahe")
    assert await standing(site, owner, "representative-standing", {}) == "issued"
    represents = next(one for one in await store.mandates_to(site.db, owner.id, site.clock()) if one.how == "register")
    boss, to = me("p-zhoujiahe", represents), person("p-linyue")
    agent = await site.cases.acting.offer(boss, to.name, to.id_number, scope(site, "food-licence"))
    assert (agent.ground, agent.under, agent.from_party) == ("agency", represents.id, represents.from_party)
    onward = person("p-sunhao")
    assert await code(site, me("p-linyue", agent), onward.name, onward.id_number, scope(site)) == (
        "mandate-not-passed-on"
    )
    assert await borne_out(site, owner, represents)
    assert await borne_out(site, me("p-linyue"), agent)
    assert set(await site.cases.acting.register_changed(represents)) == {represents.id, agent.id}
    assert await store.mandates_to(site.db, "p-linyue", site.clock()) == []


async def test_a_guardianship_is_the_laws_and_not_ended_by_a_click(site: Site):
    facts = {"ward": "child", "child_name": "孙一诺", "child_number": "990201202011030013"}
    await standing(site, me("p-sunhao"), "guardian-standing", facts)
    (mandate,) = await store.mandates_to(site.db, "p-sunhao", site.clock())
    with pytest.raises(Refused) as caught:
        await site.cases.acting.end(me("p-sunhao"), mandate.id)
    assert caught.value.code == "mandate-by-law"


# --- pages -------------------------------------------------------------------------------------------------------


async def test_the_whole_way_by_pages(site: Site, http: httpx.AsyncClient):
    owner, agent = await log_in(site, http, "p-wangxiaoman"), await log_in(site, http, "p-linyue")
    form = {"way": "ask", "name": "王小满", "number": person("p-wangxiaoman").id_number, "services": SERVICE,
            "until": (site.today + timedelta(days=30)).isoformat()}  # fmt: skip
    assert (await agent("POST", "/acting/new", data={**form, "name": "王大满"})).status_code == 422
    assert (await agent("POST", "/acting/new", data=form)).headers["location"] == "/acting?said=asked"
    page = (await owner("GET", "/acting")).text
    mandate = re.findall(r"/acting/(m-[0-9a-f-]+)/agree", page)[0]
    assert (await agent("POST", f"/acting/{mandate}/agree")).status_code == 404
    assert (await owner("POST", f"/acting/{mandate}/agree")).status_code == 303
    begun = await agent("POST", f"/acting/{mandate}/begin")
    token = re.findall(r"session=([^;]+)", begun.headers["set-cookie"])[0]
    acting = Reader("p-linyue", http, site.secret, token)
    assert "王小满" in (await acting("GET", "/acting")).text
    assert (await acting("POST", "/acting/stop")).status_code == 303
    assert (await owner("POST", f"/acting/{mandate}/end")).status_code == 303
    assert "本人结束了" in (await owner("GET", "/acting?lang=zh")).text


async def test_a_clerk_is_no_agent(site: Site, http: httpx.AsyncClient):
    clerk = await in_post(site, http, "990101", "service-centre", "clerk")
    assert (await clerk("GET", "/acting")).status_code == 403
