"""What the state already knows, in the portal: told first, seen before use; wrong is not used, away is no dead end."""

import re
from collections.abc import AsyncIterator
from dataclasses import replace

import httpx
import msgspec
import pytest
from tests.sharing.provider import Provider, exchange
from tests.web.citizen import Person, let_stand

from tongban.base.clock import SettableClock
from tongban.cases.late import LateRecords
from tongban.org import Actor, demo
from tongban.sharing import Shared, Sharing
from tongban.web.app import create
from tongban.web.portal.records import matter
from tongban.web.site import Site

SLUG = "unemployment-benefit"
APPLY = f"/apply/{SLUG}"
ZHIYUAN = next(one for one in demo.citizens() if one.id == "p-chenzhiyuan")
PHONE = "login.account/person"
REST = {"wants_work": "true", "stop_ground": "none", "remaining_months": "0", "bank_account": "6222020000000000000"}
"""What no record answers in the version of that day."""


@pytest.fixture
def provider() -> Provider:
    member = {"months_paid": 76, "left_on": "2026-10-16", "left_reason": "contract-ended"}
    return Provider(
        {
            ZHIYUAN.id_number: {
                "police.population/person": {"full_name": ZHIYUAN.name, "id_number": ZHIYUAN.id_number},
                "hr.insurance/member": member,
                "hr.jobs/jobseeker": {"registered_on": "2026-10-26", "wants_work": True},
                "hr.unemployment/screening": {"stop_ground": "none"},
                "hr.unemployment/benefit": {"remaining_months": 0},
            }
        }
    )


@pytest.fixture
def connected(site: Site, provider: Provider, clock: SettableClock) -> Site:
    """The site with its records at other bodies."""
    elsewhere = exchange(provider, "990000.police", "990000.hr")
    return replace(site, sharing=Sharing(site.db, clock, elsewhere))


@pytest.fixture
async def zhiyuan(connected: Site) -> AsyncIterator[Person]:
    transport = httpx.ASGITransport(app=create(connected), raise_app_exceptions=False)  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
        person = Person(client)
        await person.log_in(f"{ZHIYUAN.id}@@")
        yield person


async def start(person: Person, **fields: str) -> None:
    await person.get(f"/services/{SLUG}/start")
    await person.post(f"/services/{SLUG}/start", {"region": "990101", "lookups": "yes", **fields})


async def found(person: Person) -> None:
    """To the page that shows what was found."""
    assert 'http-equiv="refresh"' in person.page.text, person.text
    await person.get(f"{APPLY}/records/found")


async def answers(person: Person, **given: str) -> None:
    for name, value in given.items():
        fields = {name: value}
        if "-" in value and value.count("-") == 2:
            fields = dict(zip((f"{name}.year", f"{name}.month", f"{name}.day"), value.split("-"), strict=True))
        await person.get(f"{APPLY}/q/{name}")
        await person.post(f"{APPLY}/q/{name}", fields)
        await let_stand(person)


async def submit(person: Person) -> str:
    await person.get(f"{APPLY}/check")
    await person.post(f"{APPLY}/submit", {"key": person.hidden("key"), "truthful": "yes"})
    assert person.page.url.path.endswith("/receipt"), person.text
    return person.page.url.path.split("/")[2]


async def test_before_anything_is_asked_the_page_says_of_whom_what_under_which_law_and_what_may_be_declined(
    zhiyuan: Person, provider: Provider
):
    await zhiyuan.get(f"/services/{SLUG}/start")
    assert provider.asked == []
    duty, agreed = zhiyuan.text.split("要您同意才查的", 1)
    assert "累计缴费月数" in duty and "《失业保险条例》第17条" in duty and "人力资源和社会保障" in duty
    assert "手机号码" in agreed and f'name="decline.{PHONE}"' in agreed and "decline." not in duty


async def test_nothing_is_used_before_the_person_has_seen_it_with_its_source_and_its_age(
    zhiyuan: Person, connected: Site
):
    await start(zhiyuan)
    await found(zhiyuan)
    assert "76个月" in zhiyuan.text and "来自社保参保记录，2026年10月1日的记录" in zhiyuan.text
    draft = await connected.cases.draft(Actor.citizen(ZHIYUAN), SLUG)
    assert draft is not None and not draft.content.get("records") and "months_paid" in draft.content["found"]
    await let_stand(zhiyuan)
    assert zhiyuan.page.url.path == f"{APPLY}/q/wants_work", "what was let stand is not asked"


async def test_what_rests_on_agreement_is_not_looked_up_when_declined_and_is_asked_instead(
    zhiyuan: Person, connected: Site
):
    await start(zhiyuan, **{f"decline.{PHONE}": "yes"})
    await found(zhiyuan)
    await let_stand(zhiyuan)
    seen = {access.resource for access in (await connected.sharing.accesses(ZHIYUAN.id)).items}
    assert "login.account" not in seen and "hr.insurance" in seen
    assert zhiyuan.page.url.path == f"{APPLY}/q/phone"


async def test_who_says_no_to_all_is_still_told_what_the_law_has_the_body_check(zhiyuan: Person, connected: Site):
    await start(zhiyuan, lookups="no")
    await found(zhiyuan)
    fields = {name for access in (await connected.sharing.accesses(ZHIYUAN.id)).items for name in access.fields}
    assert "months_paid" in fields and not {"phone", "full_name", "left_on"} & fields


async def test_a_wrong_value_is_not_used_the_question_is_asked_and_the_source_is_asked_to_correct_it(
    zhiyuan: Person, connected: Site
):
    await start(zhiyuan)
    await found(zhiyuan)
    names = re.findall(r'name="(use\.[^"]+)"', zhiyuan.page.text)
    await zhiyuan.post(f"{APPLY}/records", {**dict.fromkeys(names, "yes"), "use.months_paid": "no"})
    assert zhiyuan.page.url.path == f"{APPLY}/q/months_paid"
    assert 'value="76"' not in zhiyuan.page.text
    await answers(zhiyuan, months_paid="88", **REST)
    case = await submit(zhiyuan)
    view = await connected.cases.view(Actor.citizen(ZHIYUAN), case)
    fact = next(one for one in view.facts if one.name == "months_paid")
    assert (fact.value, fact.agrees) == (88, False) and fact.dispute is not None
    assert "months_paid" not in view.state.records
    correction = await connected.cases.view(Actor.citizen(ZHIYUAN), fact.dispute.case)
    told = {one.name: one.value for one in correction.facts}
    assert (told["resource"], told["field"], told["says_now"], told["should_be"]) == (
        "hr.insurance", "months_paid", "76", "88",
    )  # fmt: skip
    assert view.state.decided is None, "no rule grants on what the record does not bear out"
    await zhiyuan.get(f"/cases/{case}")
    assert "已申请更正" in zhiyuan.text and fact.dispute.case in zhiyuan.text


async def test_a_source_that_is_down_is_no_dead_end_and_its_late_answer_stands_beside_the_statement(
    zhiyuan: Person, connected: Site, provider: Provider, clock: SettableClock
):
    provider.down.add("hr.insurance")
    await start(zhiyuan)
    await found(zhiyuan)
    assert "社保参保记录暂时连不上" in zhiyuan.text
    await let_stand(zhiyuan)
    await answers(
        zhiyuan, months_paid="80", left_on="2026-10-16", left_reason="contract-ended", **REST,
    )  # fmt: skip
    await zhiyuan.get(f"{APPLY}/check")
    assert "照常提交就行，我们接着查" in zhiyuan.text
    case = await submit(zhiyuan)
    me = Actor.citizen(ZHIYUAN)
    before = await connected.cases.view(me, case)
    assert before.state.decided is None and len(await connected.sharing.open(ZHIYUAN.id, case)) == 1
    provider.down.clear()
    clock.advance(hours=1)
    late = LateRecords(connected.cases.engine)
    assert await connected.sharing.ask_again(connected.catalogue.service, late) == 1
    view = await connected.cases.view(me, case)
    facts = {one.name: one for one in view.facts}
    assert (facts["months_paid"].value, facts["months_paid"].agrees) == (80, False)
    assert facts["left_reason"].agrees is True
    assert view.state.state == before.state.state, "a late answer decides nothing"
    event = view.loaded.events[-1]
    assert (event.type, event.payload["different"]) == ("record-answered", ["months_paid"])
    exported = view.export()["events"][-1]["records"]["months_paid"]
    assert exported["digest"] and exported["grant"] and exported["resource"] == "hr.insurance"
    await zhiyuan.get(f"/cases/{case}")
    assert "后来查到了" in zhiyuan.text
    assert await connected.sharing.open(ZHIYUAN.id, case) == []


async def test_asking_again_before_sending_offers_what_has_come_beside_what_was_typed(
    zhiyuan: Person, connected: Site, provider: Provider
):
    provider.down.add("hr.insurance")
    await start(zhiyuan)
    await found(zhiyuan)
    await let_stand(zhiyuan)
    await answers(zhiyuan, months_paid="80")
    provider.down.clear()
    await zhiyuan.get(f"{APPLY}/check")
    await zhiyuan.post(f"{APPLY}/records/again")
    await found(zhiyuan)
    assert "您先前填的：80个月" in zhiyuan.text and "76个月" in zhiyuan.text
    await let_stand(zhiyuan)
    draft = await connected.cases.draft(Actor.citizen(ZHIYUAN), SLUG)
    assert draft is not None and draft.content["records"]["months_paid"]["value"] == 76
    assert "months_paid" not in draft.content.get("answers", {})
    assert await connected.sharing.open(ZHIYUAN.id, matter(SLUG)) == []


async def test_a_source_whose_facts_do_not_apply_is_not_asked_until_an_answer_makes_them_apply(
    xiaoman: Person, site: Site
):
    """PIPL 6: a residence permit by dwelling needs the lease; by school it does not."""
    await xiaoman.get("/services/residence-permit/start")
    await xiaoman.post("/services/residence-permit/start", {"region": "990101", "lookups": "yes"})
    await let_stand(xiaoman)
    first = {one.resource for one in (await site.sharing.accesses("p-wangxiaoman")).items}
    assert "housing.lease-filing" not in first and "education.roll" not in first


def test_what_was_kept_before_provenance_was_is_still_readable():
    old = {"value": 8, "source": {"zh": "社保", "en": "Insurance"}, "as_of": "2026-10-01T00:00:00+08:00",
           "at": "2026-11-01T00:00:00+08:00"}  # fmt: skip
    read = msgspec.convert(old, Shared)
    assert (read.value, read.resource, read.grant, read.digest) == (8, "", "", "")
