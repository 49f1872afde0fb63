"""免申即享 in the portal: what a policy found, how it was worked out, and the person's yes or no."""

import pytest
from tests.web.citizen import Person, let_stand

from tongban.base.errors import Refused
from tongban.org import Actor, Mandate, demo, store
from tongban.outreach import demo as offers
from tongban.outreach.offers import Hit
from tongban.outreach.report import Standing
from tongban.sharing import Reader
from tongban.sharing.access import runs
from tongban.web.site import Site

BABY = "childcare-subsidy"
BY = Reader(kind="platform", id="match")


@pytest.fixture
async def found(site: Site) -> int:
    """The demonstration's policies, run over its people."""
    return await offers.seed(site.db, site.catalogue, site.clock(), site.settings.timezone)


@pytest.fixture
async def jiahe(anyone: Person, found: int) -> Person:
    """周家和, logged in: has a baby whose subsidy nobody has drawn."""
    await anyone.log_in("p-zhoujiahe@@")
    return anyone


async def actor(site: Site, person: str) -> Actor:
    known = await store.person(site.db, person)
    assert known is not None
    return Actor.citizen(known)


async def test_who_is_entitled_is_told_on_the_front_page_with_the_amount(jiahe: Person) -> None:
    await jiahe.get("/")
    assert "您可能可以直接领" in jiahe.text and "育儿补贴3,600元（演示）" in jiahe.text
    await jiahe.get(f"/offers/{BABY}?lang=en")
    assert "3,600 yuan" in jiahe.text


async def test_the_page_says_how_it_was_worked_out_and_every_look_is_listed(jiahe: Person) -> None:
    await jiahe.get(f"/offers/{BABY}")
    for words in ("怎么算出来的", "2026年1月18日", "出生医学证明库", "育儿补贴制度实施方案", "没有人工智能参与"):
        assert words in jiahe.text
    await jiahe.get("/my-data")
    assert "出生医学证明库" in jiahe.text and "育儿补贴" in jiahe.text


async def taken(person: Person) -> None:
    """Confirms the subsidy, says to which account, checks and sends."""
    await person.get(f"/offers/{BABY}")
    await person.post(f"/offers/{BABY}/confirm", {"key": person.hidden("key")})
    assert person.page.url.path == f"/apply/{BABY}/q/bank_account", person.text
    await person.post(f"/apply/{BABY}/q/bank_account", {"bank_account": "6299000000000000051"})
    assert person.page.url.path == f"/apply/{BABY}/check", person.text
    await person.post(f"/apply/{BABY}/submit", {"key": person.hidden("key"), "truthful": "yes"})
    assert person.page.url.path.endswith("/receipt"), person.text


async def test_confirming_asks_only_for_what_nobody_knows_and_the_rules_grant_at_once(
    jiahe: Person, site: Site
) -> None:
    await jiahe.get(f"/offers/{BABY}")
    assert "确认以后还要您填：银行卡号。" in jiahe.text
    await taken(jiahe)
    case = jiahe.page.url.path.split("/")[2]
    view = await site.cases.view(await actor(site, "p-zhoujiahe"), case)
    assert view.spec.end == "favourable"
    await jiahe.get("/offers")
    assert f"/offers/{BABY}" not in jiahe.page.text


async def test_confirming_goes_on_with_what_was_begun_and_keeps_every_answer(jiahe: Person, site: Site) -> None:
    await jiahe.get(f"/services/{BABY}/start")
    await jiahe.post(f"/services/{BABY}/start", {"region": "990102", "lookups": "yes"})
    await let_stand(jiahe)
    await jiahe.post(f"/apply/{BABY}/q/bank_account", {"bank_account": "6299000000000000099"})
    await jiahe.get(f"/offers/{BABY}")
    await jiahe.post(f"/offers/{BABY}/confirm", {"key": jiahe.hidden("key")})
    assert jiahe.page.url.path == f"/apply/{BABY}/check", jiahe.page.url
    assert "6299000000000000099" in jiahe.text


async def test_what_was_applied_for_is_shown_and_not_opened_again(jiahe: Person, site: Site) -> None:
    await taken(jiahe)
    case = jiahe.page.url.path.split("/")[2]
    await jiahe.get(f"/offers/{BABY}")
    assert "您已经申请过了" in jiahe.text and "确认领取" not in jiahe.text
    await jiahe.get("/me")
    await jiahe.post(f"/offers/{BABY}/confirm", {"key": "another-key"})
    assert jiahe.page.url.path == f"/cases/{case}"


async def test_what_is_being_applied_for_is_not_offered_beside_it(jiahe: Person, site: Site) -> None:
    await jiahe.get(f"/offers/{BABY}")
    await jiahe.post(f"/offers/{BABY}/confirm", {"key": jiahe.hidden("key")})
    await jiahe.get("/")
    assert "您可能可以直接领" not in jiahe.text and "育儿补贴，还没填完" in jiahe.text
    await taken(jiahe)
    mine = await site.cases.mine(await actor(site, "p-zhoujiahe"), limit=20)
    assert len([case for case in mine.items if case.service == BABY]) == 1


async def test_declining_is_remembered_through_the_next_run_until_the_person_asks(jiahe: Person, site: Site) -> None:
    await jiahe.get(f"/offers/{BABY}")
    await jiahe.post(f"/offers/{BABY}/decline")
    await offers.seed(site.db, site.catalogue, site.clock(), site.settings.timezone)
    await jiahe.get("/")
    assert "您可能可以直接领" not in jiahe.text
    await jiahe.get("/offers")
    assert "您说过不要的" in jiahe.text
    await jiahe.post(f"/offers/{BABY}/again")
    await jiahe.get("/")
    assert "育儿补贴3,600元" in jiahe.text


async def test_one_missing_fact_is_named_and_can_be_supplied(anyone: Person, found: int) -> None:
    await anyone.log_in("p-sunhao@@")
    await anyone.get("/offers")
    assert "还差“全家每月收入”没有记录" in anyone.text
    await anyone.get("/offers/rent-subsidy")
    await anyone.post("/offers/rent-subsidy/confirm", {"key": anyone.hidden("key")})
    assert anyone.page.url.path.startswith("/apply/rent-subsidy/q/"), anyone.page.url
    assert "全家一个月一共收入多少钱" in anyone.text


async def test_nobody_sees_what_was_found_for_somebody_else(anyone: Person, found: int, site: Site) -> None:
    await anyone.log_in()  # 王小满, for whom nothing was found
    for address in (f"/offers/{BABY}", "/offers/rent-subsidy"):
        assert (await anyone.get(address)).status_code == 404
    await anyone.get("/offers")
    assert "现在没有可以直接领的" in anyone.text
    for verb in ("confirm", "decline", "again"):
        await anyone.get("/me")
        page = await anyone.post(f"/offers/{BABY}/{verb}", {"key": "0123456789"})
        assert page.status_code == 404
    known = [one async for one in _open(site)]
    assert ("p-zhoujiahe", BABY, "open") in known


async def _open(site: Site):
    for row in await site.db.fetch("SELECT person, policy, state FROM offer"):
        yield row["person"], row["policy"], row["state"]


async def test_under_a_mandate_nobody_s_offers_are_shown(site: Site, found: int) -> None:
    person = await store.person(site.db, "p-zhoujiahe")
    mandate: Mandate = next(one for one in demo.mandates() if one.to_person == "p-zhoujiahe")
    assert person is not None
    assert await site.outreach.offers(Actor.citizen(person, mandate)) == ()


async def test_whoever_is_not_logged_in_is_asked_to(anyone: Person, found: int) -> None:
    await anyone.get("/offers")
    assert anyone.page.url.path == "/login"


async def test_whoever_is_offered_something_sees_once_that_they_were_compared(site: Site, found: int) -> None:
    hit = [Hit("p-zhoujiahe", Standing.ENTITLED, None, {"yearly_amount": "3600.00"})]
    await site.outreach.take(site.catalogue.policy(BABY), site.clock().date(), hit, compared=9, by=BY)
    seen = [one for one in (await site.sharing.accesses("p-zhoujiahe", limit=50)).items if one.kind == "population"]
    assert len({one.basis for one in seen}) == len(seen) > 0, "a renewed offer is no second line"
    assert all(one.by == "platform" and one.law.zh for one in seen)


async def test_a_run_that_finds_nobody_leaves_its_record_and_everybody_sees_it(anyone: Person, site: Site) -> None:
    policy = site.catalogue.policy(BABY)
    for _ in range(2):
        await site.outreach.take(policy, site.clock().date(), [], compared=20_000, by=BY)
    (ran,) = (await runs(site.db, None, 10)).items
    assert (ran.people, ran.found, ran.purpose, ran.reader) == (20_000, 0, policy.service, BY)
    assert ran.law.zh and ran.resources
    await anyone.log_in("p-liwen@@")
    await anyone.get("/my-data")
    assert "把登记的20,000人" in anyone.text and "向其中0人发了提醒" in anyone.text
    await anyone.get("/my-data?lang=en")
    assert "compared 20,000 people on record" in anyone.text
    hit = [Hit("p-zhoujiahe", Standing.ENTITLED, None, {"yearly_amount": "3600.00"})]
    await site.outreach.take(policy, site.clock().date(), hit, compared=20_001, by=BY)
    await anyone.get("/my-data?lang=zh")
    assert "向其中不到10人发了提醒" in anyone.text, "of so few nobody is told how many"
    for change in ("UPDATE population_run SET people = 1", "DELETE FROM population_run", "TRUNCATE population_run"):
        with pytest.raises(Exception, match="access record"):
            await site.db.execute(change)


async def test_no_run_without_saying_who_what_for_and_by_which_law(site: Site) -> None:
    with pytest.raises(Refused) as refused:
        await site.outreach.take(
            site.catalogue.policy(BABY), site.clock().date(), [], compared=1, by=Reader(kind="operator", id="")
        )
    assert refused.value.code == "access-without-basis"
    assert (await runs(site.db, None, 10)).items == ()


async def test_a_run_that_no_longer_finds_somebody_withdraws_the_offer(site: Site, found: int) -> None:
    policy = site.catalogue.policy(BABY)
    day = site.clock().date()
    await site.outreach.take(policy, day, [], compared=9, by=BY)
    with pytest.raises(Refused) as refused:
        await site.outreach.offer(await actor(site, "p-zhoujiahe"), BABY)
    assert refused.value.code == "unknown-offer"
    again = [Hit("p-zhoujiahe", Standing.ENTITLED, None, {"yearly_amount": "3600.00"})]
    assert await site.outreach.take(policy, day, again, compared=9, by=BY) == 1
    assert (await site.outreach.offer(await actor(site, "p-zhoujiahe"), BABY)).state == "open"


async def test_what_the_records_contradict_today_is_said_and_nothing_is_granted(jiahe: Person, site: Site) -> None:
    from tongban.sharing import put_record

    await put_record(site.db, "p-zhoujiahe", "health.childcare", "payment", {"paid": True}, site.clock())
    await jiahe.get(f"/offers/{BABY}")
    assert "按今天的记录，结果变了" in jiahe.text and "已经发过了" in jiahe.text
    await jiahe.post(f"/offers/{BABY}/confirm", {"key": jiahe.hidden("key")})
    assert jiahe.page.url.path.startswith(f"/apply/{BABY}")
