"""A record that was wrong: once its source has corrected it, it is looked up again for the case that disputed it."""

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import httpx
import pytest
from tests.sharing.provider import Provider, exchange
from tests.web.citizen import Person, let_stand
from tests.web.test_records_pages import APPLY, REST, SLUG, ZHIYUAN, answers, found, start, submit

from tongban.base.clock import SettableClock
from tongban.cases.late import LateRecords
from tongban.cases.views import CaseView
from tongban.org import Actor, demo
from tongban.sharing import Sharing
from tongban.web.app import create
from tongban.web.site import Site

ME = Actor.citizen(ZHIYUAN)
MEMBER = "hr.insurance/member"


@pytest.fixture
def provider() -> Provider:
    return Provider(
        {
            ZHIYUAN.id_number: {
                "police.population/person": {"full_name": ZHIYUAN.name, "id_number": ZHIYUAN.id_number},
                MEMBER: {"months_paid": 76, "left_on": "2026-10-16", "left_reason": "contract-ended"},
                "hr.jobs/jobseeker": {"registered_on": "2026-10-26", "wants_work": True},
                "hr.unemployment/screening": {"stop_ground": "none"},
                "hr.unemployment/benefit": {"remaining_months": 0},
            }
        }
    )


@pytest.fixture
def connected(site: Site, provider: Provider, clock: SettableClock) -> Site:
    return replace(site, sharing=Sharing(site.db, clock, exchange(provider, "990000.police", "990000.hr")))


@pytest.fixture
async def zhiyuan(connected: Site) -> AsyncIterator[Person]:
    transport = httpx.ASGITransport(app=create(connected), raise_app_exceptions=False)  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
        person = Person(client)
        await person.log_in(f"{ZHIYUAN.id}@@")
        yield person


async def disputed(person: Person, *wrong: str, **said: str) -> str:
    """An application in which these records are said to be wrong, and what is right is said instead; its number."""
    await start(person)
    await found(person)
    names = re.findall(r'name="(use\.[^"]+)"', person.page.text)
    await person.post(
        f"{APPLY}/records", {**dict.fromkeys(names, "yes"), **dict.fromkeys((f"use.{one}" for one in wrong), "no")}
    )
    await answers(person, **said, **REST)
    return await submit(person)


async def seen(site: Site, case: str) -> CaseView:
    return await site.cases.view(ME, case)


async def correction_of(site: Site, case: str, fact: str = "months_paid") -> str:
    return (await seen(site, case)).state.disputes[fact].case


async def hr_does(site: Site, case: str, act: str, who: str = "approver", **says: Any) -> None:
    post = site.directory.post(f"990000.hr.{who}")
    person = next(one for one in demo.officials() if one.id == site.directory.holders(post.id)[0])
    actor = Actor.official(person, post, site.directory.body(post.body))
    await site.cases.act(actor, case, act, says, version=None, key=f"{act}-{case}")


async def turn(site: Site, clock: SettableClock) -> int:
    clock.advance(minutes=2)
    return await site.sharing.ask_again(site.catalogue.service, LateRecords(site.cases.engine))


async def test_what_a_source_has_corrected_is_looked_up_again_and_offered_to_the_case_that_disputed_it(
    zhiyuan: Person, connected: Site, provider: Provider, clock: SettableClock
) -> None:
    case = await disputed(zhiyuan, "months_paid", months_paid="88")
    correction = await correction_of(connected, case)
    provider.asked.clear()
    assert await turn(connected, clock) == 0
    assert provider.asked == [], "while it is being looked into nobody is asked"
    provider.records[ZHIYUAN.id_number][MEMBER]["months_paid"] = 88
    await hr_does(connected, correction, "correct", now_says="88", reasons="补录了12个月")
    before = await seen(connected, case)
    assert await turn(connected, clock) == 1
    view = await seen(connected, case)
    fact = next(one for one in view.facts if one.name == "months_paid")
    assert (fact.value, fact.agrees, fact.dispute) == (88, True, None)
    assert fact.record is not None and fact.record.digest and fact.record.grant
    event = view.loaded.events[-1]
    assert (event.type, event.payload["corrected"]) == ("record-answered", {"months_paid": correction})
    assert view.state.state == before.state.state, "it decides nothing"
    assert view.version > before.version, "whoever had the case open is asked to look again"
    letters = (await connected.cases.inbox(ME)).items
    assert "重新查过" in letters[0].body.zh and "looked up again" in letters[0].body.en
    await zhiyuan.get(f"/cases/{case}")
    assert "来源更正以后，重新查了这条记录" in zhiyuan.text and "已申请更正" not in zhiyuan.text
    looks = (await connected.sharing.accesses(ZHIYUAN.id)).items
    assert (looks[0].resource, looks[0].case) == ("hr.insurance", case), "and the person sees the look"
    assert await connected.sharing.open(ZHIYUAN.id, case) == []


async def test_what_a_source_leaves_as_it_is_is_not_asked_for_again(
    zhiyuan: Person, connected: Site, provider: Provider, clock: SettableClock
) -> None:
    case = await disputed(zhiyuan, "months_paid", months_paid="88")
    correction = await correction_of(connected, case)
    says: dict[str, Any] = {"reasons": "原始凭证是76个月", "law": ["DS-26"]}
    await hr_does(connected, correction, "propose-unchanged", "approver", **says)
    await hr_does(connected, correction, "leave-unchanged", "approver-2", **says)
    provider.asked.clear()
    assert await turn(connected, clock) == 1
    assert provider.asked == []
    assert "months_paid" in (await seen(connected, case)).state.disputes


async def test_of_two_disputed_values_each_waits_for_its_own_answer(
    zhiyuan: Person, connected: Site, provider: Provider, clock: SettableClock
) -> None:
    case = await disputed(zhiyuan, "months_paid", "left_on", months_paid="88", left_on="2026-10-20")
    provider.records[ZHIYUAN.id_number][MEMBER]["months_paid"] = 88
    first, second = await correction_of(connected, case), await correction_of(connected, case, "left_on")
    await hr_does(connected, first, "correct", now_says="88", reasons="补录了12个月")
    provider.asked.clear()
    assert await turn(connected, clock) == 0
    (asked,) = provider.asked
    assert asked.query.fields == ("months_paid",), "what is still looked into is not asked for"
    assert set((await seen(connected, case)).state.disputes) == {"left_on"}
    provider.records[ZHIYUAN.id_number][MEMBER]["left_on"] = "2026-10-18"
    await hr_does(connected, second, "correct", now_says="2026-10-18", reasons="按停保单更正")
    assert await turn(connected, clock) == 1
    view = await seen(connected, case)
    fact = next(one for one in view.facts if one.name == "left_on")
    assert (str(fact.value), fact.agrees, fact.dispute) == ("2026-10-20", False, None)
    assert "工作人员核对" in (await connected.cases.inbox(ME)).items[0].body.zh


async def test_a_crash_between_the_submission_and_its_open_questions_leaves_neither_or_both(
    zhiyuan: Person, connected: Site, provider: Provider
) -> None:
    provider.down.add("hr.insurance")
    await start(zhiyuan)
    await found(zhiyuan)
    await let_stand(zhiyuan)
    await answers(zhiyuan, months_paid="80", left_on="2026-10-16", left_reason="contract-ended", **REST)
    await zhiyuan.get(f"{APPLY}/check")
    db = connected.db
    cases = "SELECT count(*) FROM case_row"
    async with db.transaction() as holding:
        await holding.execute("SELECT FROM shared_retry WHERE person = $1 FOR UPDATE", ZHIYUAN.id)
        sending = asyncio.create_task(
            zhiyuan.post(f"{APPLY}/submit", {"key": zhiyuan.hidden("key"), "truthful": "yes"})
        )
        for _ in range(2):  # the case is written and its questions wait for us: the connection is cut right there
            while not await db.fetchval(
                "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
                " WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%shared_retry%'"
            ):
                pass
            assert await db.fetchval(cases) == 0, "what was cut in between is not there at all"
            assert await connected.sharing.open(ZHIYUAN.id, f"draft:{SLUG}")
    await sending
    case = zhiyuan.page.url.path.split("/")[2]
    assert await db.fetchval(cases) == 1
    assert [one.submitted for one in await connected.sharing.open(ZHIYUAN.id, case)] == [True]
    assert await connected.sharing.open(ZHIYUAN.id, f"draft:{SLUG}") == []
