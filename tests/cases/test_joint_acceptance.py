"""联合验收: one application, one visit that all agree to, each body's finding on the spot, one record, signed."""

from datetime import timedelta
from typing import Any

import pytest
from law_world import REGION, Seats, province, seats, shipped_law

from tongban.base.clock import SettableClock
from tongban.base.errors import Refused
from tongban.cases.service import Cases, QueueFilter
from tongban.catalog.catalogue import Catalogue
from tongban.org import Actor, Directory, Person

pytestmark = pytest.mark.database

OWNER = Actor.citizen(Person(id="p-zheng", name="郑启明", home_region=REGION, level=4))
WORKS = {
    "uscc": "91110000600037341L",
    "business_name": "岚江启明新材料有限公司（演示）",
    "project_name": "二号厂房",
    "site": "清源区工业路9号",
    "accepted_on": "2026-11-01",
    "owner_passed": "true",
    "lifts": "true",
    "contact": "15400000008",
}
VISIT = {"day": "2026-12-10", "place": "9点，工地门口"}
FOUND = {"result": "passed", "finding": "按许可建设", "inspectors": "甲、乙"}
WRONG = {"result": "to-put-right", "finding": "一台电梯没有登记", "inspectors": "甲、乙"}


@pytest.fixture
def directory(clock: SettableClock) -> Directory:
    return province(clock)


@pytest.fixture
def catalogue(clock: SettableClock) -> Catalogue:
    return shipped_law(clock, ["completion-acceptance"], ["joint-acceptance"])


@pytest.fixture
def who(directory: Directory) -> Seats:
    return seats(directory)


async def do(cases: Cases, actor: Actor, case: str, act: str, **says: Any) -> str:
    view = await cases.view(actor, case)
    done = await cases.act(actor, case, act, says, version=None, key=f"{act}-{actor.id}-{view.state.seq}")
    return done.state.state


async def accepted(cases: Cases, clock: SettableClock) -> str:
    """Submitted, and deemed accepted because nobody answered in five working days."""
    case = (await cases.submit(OWNER, "completion-acceptance", WORKS, region=REGION, key="works-001")).case
    clock.set(clock() + timedelta(days=9))
    await cases.fire()
    return case


async def tasks(cases: Cases, actor: Actor) -> list[str]:
    return [row.case_id for row in (await cases.queue(actor, QueueFilter(view="tasks"))).items]


async def code(cases: Cases, actor: Actor, case: str, act: str, **says: Any) -> str:
    with pytest.raises(Refused) as refused:
        await do(cases, actor, case, act, **says)
    return refused.value.code


async def test_one_day_for_all_that_every_body_has_agreed_to(cases: Cases, who: Seats, clock: SettableClock) -> None:
    case = await accepted(cases, clock)
    state = (await cases.view(OWNER, case)).state
    assert [one.id for one in state.case.together] == [f"{REGION}.planning", f"{REGION}.market"]
    assert await do(cases, who("housing.examiner"), case, "propose-visit", **VISIT) == "visit-proposed"
    assert await tasks(cases, who("planning.examiner")) == [case] == await tasks(cases, who("market.examiner"))

    assert await do(cases, who("planning.examiner"), case, "agree-visit") == "visit-proposed"
    assert await tasks(cases, who("planning.examiner")) == []
    assert await code(cases, who("planning.approver"), case, "agree-visit") == "not-again"
    assert await do(cases, who("market.examiner"), case, "decline-visit", reasons="那天全员培训") == "accepted"

    # Another day: whoever agreed to the first has to agree to this one.
    await do(cases, who("housing.examiner"), case, "propose-visit", **{**VISIT, "day": "2026-12-11"})
    await do(cases, who("market.examiner"), case, "agree-visit")
    assert await do(cases, who("planning.examiner"), case, "agree-visit") == "visit-set"
    letter = (await cases.view(OWNER, case)).loaded.events[-1].letter
    assert (
        letter
        and "2026年12月11日" in letter.body.zh
        and "自然资源局" in letter.body.zh
        and "市场监督" in letter.body.zh
    )


async def to_the_site(cases: Cases, who: Seats, case: str) -> None:
    await do(cases, who("housing.examiner"), case, "propose-visit", **VISIT)
    await do(cases, who("planning.examiner"), case, "agree-visit")
    await do(cases, who("market.examiner"), case, "agree-visit")


async def test_each_body_records_for_itself_and_the_applicant_signs_one_record(
    cases: Cases, who: Seats, clock: SettableClock
) -> None:
    case = await accepted(cases, clock)
    await to_the_site(cases, who, case)
    await do(cases, who("housing.examiner"), case, "record-finding", **FOUND)
    assert await code(cases, who("housing.examiner"), case, "close-record") == "too-early"
    # The examiner of the planning department has not learned to check on the spot; a colleague has.
    assert await code(cases, who("planning.examiner"), case, "record-finding", **FOUND) == "training-missing"
    await do(cases, who("planning.approver"), case, "record-finding", **FOUND)
    await do(cases, who("market.examiner"), case, "record-finding", **FOUND)
    assert await do(cases, who("housing.examiner"), case, "close-record") == "recorded"
    letter = (await cases.view(OWNER, case)).loaded.events[-1].letter
    assert letter and letter.body.zh.count("通过。按许可建设") == 3

    assert await do(cases, OWNER, case, "sign-record", message="没有意见") == "signed"
    assert await do(cases, who("housing.approver"), case, "pass") == "passed"


async def test_only_the_body_that_found_something_comes_again(cases: Cases, who: Seats, clock: SettableClock) -> None:
    case = await accepted(cases, clock)
    await to_the_site(cases, who, case)
    await do(cases, who("housing.examiner"), case, "record-finding", **FOUND)
    await do(cases, who("planning.approver"), case, "record-finding", **FOUND)
    await do(cases, who("market.examiner"), case, "record-finding", **WRONG)
    await do(cases, who("housing.examiner"), case, "close-record")
    await do(cases, OWNER, case, "sign-record")
    assert await code(cases, who("housing.approver"), case, "pass") == "condition-not-met"
    assert await do(cases, who("housing.approver"), case, "ask-to-put-right", message="登记电梯") == "putting-right"
    assert await do(cases, OWNER, case, "report-put-right", message="登记好了") == "accepted"

    await do(cases, who("housing.examiner"), case, "propose-visit", **{**VISIT, "day": "2026-12-20"})
    assert await tasks(cases, who("planning.examiner")) == []
    assert await do(cases, who("market.examiner"), case, "agree-visit") == "visit-set"
    await do(cases, who("market.examiner"), case, "record-finding", **FOUND)
    await do(cases, who("housing.examiner"), case, "close-record")
    await do(cases, OWNER, case, "sign-record")
    assert await do(cases, who("housing.approver"), case, "pass") == "passed"


async def test_a_body_that_takes_part_says_its_part_and_no_more(cases: Cases, who: Seats, clock: SettableClock) -> None:
    case = await accepted(cases, clock)
    for outsider in ("civil.examiner", "education.approver"):
        with pytest.raises(Refused) as refused:
            await cases.view(who(outsider), case)
        assert refused.value.status == 404
    assert await code(cases, who("planning.examiner"), case, "propose-visit", **VISIT) == "not-your-act"
    assert await code(cases, who("planning.approver"), case, "pass") in ("not-your-act", "act-not-possible")


async def test_the_forty_five_days_are_extended_by_the_head_of_government_alone(
    cases: Cases, who: Seats, clock: SettableClock
) -> None:
    case = await accepted(cases, clock)
    decide = next(term for term in (await cases.view(OWNER, case)).terms if term.term == "decide")
    assert decide.statutory.rule.span.amount == 45
    assert await code(cases, who("housing.head"), case, "extend", reasons="专业复杂") == "not-your-act"
    await do(cases, who("government.government-head"), case, "extend", reasons="专业复杂")
    later = next(term for term in (await cases.view(OWNER, case)).terms if term.term == "decide")
    assert decide.statutory.due and later.statutory.due and later.statutory.due > decide.statutory.due
