"""依职权: what a body begins of its own duty. One event that several bodies deal with by the minute (应急管理), and an
inspection that comes once, says why, and can be objected to (执法监督)."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from law_world import REGION, Seats, province, seats, shipped_law

from tongban.base.clock import SettableClock
from tongban.base.errors import Refused
from tongban.cases import Applicant
from tongban.cases.service import Cases, QueueFilter
from tongban.catalog.catalogue import Catalogue
from tongban.org import Actor, Directory, Mandate, Person

pytestmark = pytest.mark.database

SHOP = "91110000600037341L"
OWNER = Actor.citizen(
    Person(id="p-zheng", name="郑启明", home_region=REGION, level=4),
    Mandate(
        id="m-shop",
        from_party=SHOP,
        from_name="启明小吃店（演示）",
        to_person="p-zheng",
        since=datetime(2026, 1, 1, tzinfo=UTC),
        until=datetime(2030, 1, 1, tzinfo=UTC),
        ground="legal-representative",
    ),
)
FLOOD = {"kind": "flood", "level": "3", "place": "南湖路口", "hurt": "0", "moved": "0"}
PLACE = {
    "uscc": SHOP,
    "business_name": "启明小吃店（演示）",
    "premises": "清源区南湖路9号",
    "cause": "risk",
    "trade": "food",
    "employs": "true",
    "discharges": "false",
    "checked_this_year": "1",
    "complaints": "1",
    "last_found": "passed",
}
WHY = {"matter": "有一件核实的投诉，看后厨（食品安全法）", "day": "2026-12-10", "place": "9点"}
FOUND = {"result": "passed", "finding": "看了后厨"}
WRONG = {"result": "to-put-right", "finding": "两个人没有签合同"}


@pytest.fixture
def directory(clock: SettableClock) -> Directory:
    return province(clock)


@pytest.fixture
def catalogue(clock: SettableClock) -> Catalogue:
    return shipped_law(clock, ("emergency-response", "premises-inspection"), ("emergency-response", "inspection"))


@pytest.fixture
def who(directory: Directory) -> Seats:
    return seats(directory)


async def do(cases: Cases, actor: Actor, case: str, act: str, **says: Any) -> str:
    view = await cases.view(actor, case)
    done = await cases.act(actor, case, act, says, version=None, key=f"{act}-{actor.id}-{view.state.seq}")
    return done.state.state


async def code(cases: Cases, actor: Actor, case: str, act: str, **says: Any) -> str:
    with pytest.raises(Refused) as refused:
        await do(cases, actor, case, act, **says)
    return refused.value.code


async def tasks(cases: Cases, actor: Actor) -> list[str]:
    return [row.case_id for row in (await cases.queue(actor, QueueFilter(view="tasks"))).items]


# --- one event, several bodies, minutes ------------------------------------------------------------------------------


async def raised(cases: Cases, who: Seats, directory: Directory) -> str:
    own = directory.body(f"{REGION}.government")
    view = await cases.submit(
        who("government.examiner"),
        "emergency-response",
        FLOOD,
        region=REGION,
        key="flood-0001",
        says={"reasons": "积水半米，车辆被困"},
        applicant=Applicant(own.id, own.name.zh, own.uscc, "body"),
    )
    return view.case


async def test_every_body_concerned_has_its_task_at_once_and_a_quarter_of_an_hour_to_take_it(
    cases: Cases, who: Seats, directory: Directory, clock: SettableClock
) -> None:
    case = await raised(cases, who, directory)
    for seat in ("police.examiner", "housing.examiner", "meteorology.examiner"):
        assert await tasks(cases, who(seat)) == [case]
    assert await tasks(cases, who("civil.examiner")) == []  # nobody has to be moved
    due = {term.term: term.due for term in (await cases.view(who("government.examiner"), case)).terms}
    assert due["take"] == clock() + timedelta(minutes=15)

    await do(cases, who("police.examiner"), case, "take-task", team="6人", arrives="10点20分")
    clock.set(clock() + timedelta(minutes=16))
    await cases.fire()
    seen = (await cases.view(who("government.head"), case)).loaded.events
    assert [event.type for event in seen].count("escalated") == 1  # two have not taken theirs: it climbs
    state = await do(
        cases, who("government.approver"), case, "go-on", reasons="住建的由应急队先抽水，气象的打电话要雨情"
    )
    assert state == "responding"
    assert await do(cases, who("housing.examiner"), case, "take-task", team="4人", arrives="10点40分") == "responding"


async def test_how_it_goes_stands_in_one_record_and_a_second_person_adopts_the_report(
    cases: Cases, who: Seats, directory: Directory, clock: SettableClock
) -> None:
    case = await raised(cases, who, directory)
    for seat in ("police.examiner", "housing.examiner", "meteorology.examiner"):
        state = await do(cases, who(seat), case, "take-task", team="3人", arrives="10点20分")
    assert state == "responding"  # all have taken theirs
    clock.set(clock() + timedelta(minutes=50))
    await do(cases, who("housing.examiner"), case, "report-situation", situation="两台泵在抽")
    due = {term.term: term.due for term in (await cases.view(who("government.examiner"), case)).terms}
    assert due["situation"] == clock() + timedelta(minutes=60)
    assert await code(cases, who("government.approver"), case, "change-level", level="2", reasons="x") == "not-your-act"
    await do(cases, who("government.head"), case, "change-level", level="2", reasons="水还在涨")

    await do(cases, who("police.examiner"), case, "finish-task", done="路口已通")
    assert await code(cases, who("government.approver"), case, "stand-down", reasons="水退了") == "too-early"
    await do(cases, who("housing.examiner"), case, "finish-task", done="抽干了")
    await do(cases, who("meteorology.examiner"), case, "finish-task", done="雨停了")
    assert await do(cases, who("government.approver"), case, "stand-down", reasons="水退了") == "stood-down"
    await do(cases, who("housing.examiner"), case, "add-lesson", lesson="泵要提前放到路口")
    report = {"course": "…", "causes": "雨水口堵", "worked": "到得快", "improve": "住建12月底前清完雨水口"}
    assert await do(cases, who("government.approver"), case, "write-report", **report) == "reported"
    assert await code(cases, who("government.approver"), case, "adopt") == "second-person"
    assert await do(cases, who("government.head"), case, "adopt") == "closed"


async def test_only_those_concerned_see_it_and_who_started_it_does_not_call_it_off(
    cases: Cases, who: Seats, directory: Directory
) -> None:
    case = await raised(cases, who, directory)
    with pytest.raises(Refused) as refused:
        await cases.view(who("tax.examiner"), case)
    assert refused.value.status == 404
    assert await do(cases, who("government.approver"), case, "call-off", reasons="打电话核实，是演习") == "false-alarm"


# --- an inspection ---------------------------------------------------------------------------------------------------


async def inspected(cases: Cases, who: Seats, key: str = "inspect-0001", whose: str = SHOP, **facts: str) -> str:
    view = await cases.submit(
        who("market.examiner"),
        "premises-inspection",
        {**PLACE, **facts},
        region=REGION,
        key=key,
        says=WHY,
        applicant=Applicant(whose, "启明小吃店（演示）", whose),
    )
    return view.case


async def on_the_spot(cases: Cases, who: Seats) -> str:
    case = await inspected(cases, who)
    await do(cases, who("hr.examiner"), case, "agree-visit")
    await do(cases, who("market.examiner"), case, "arrive", inspectors="甲（证号1）、乙（证号2）")
    return case


async def test_the_inspected_is_told_why_when_and_who_and_all_come_on_one_day(cases: Cases, who: Seats) -> None:
    case = await inspected(cases, who)
    assert await tasks(cases, who("hr.examiner")) == [case]  # they employ people, and nothing is discharged
    assert await tasks(cases, who("ecology.examiner")) == []
    assert await do(cases, who("hr.examiner"), case, "agree-visit") == "announced"
    letter = (await cases.view(OWNER, case)).loaded.events[-1].letter
    assert letter is not None
    for told in ("2026年12月10日", "核实的投诉", "人力资源和社会保障局", "不亮证的，您可以不让进"):
        assert told in letter.body.zh


async def test_nobody_is_inspected_more_often_than_the_published_limit_but_for_a_complaint(
    cases: Cases, who: Seats
) -> None:
    # Low risk: once a year. The points and the limit are a table in the service file.
    quiet = {"trade": "other", "complaints": "0"}
    assert await inspected(cases, who, **quiet)
    with pytest.raises(Refused) as refused:
        await inspected(cases, who, "inspect-0002", **quiet)
    assert refused.value.code == "condition-not-met"
    assert await inspected(cases, who, "inspect-0003", **quiet, cause="complaint")


async def test_the_cases_count_themselves_whatever_a_program_says_and_under_whose_name(
    cases: Cases, who: Seats
) -> None:
    case = await inspected(cases, who, checked_this_year="7", last_found="to-put-right")
    facts = (await cases.engine.load(case)).state.facts
    assert (facts["checked_this_year"], facts["last_found"]) == (0, "none")
    with pytest.raises(Refused) as refused:
        await inspected(cases, who, "inspect-0002", whose="11450721MB15580811")
    assert refused.value.code == "not-the-inspected"


async def test_an_objection_is_answered_by_somebody_who_was_not_there(cases: Cases, who: Seats) -> None:
    case = await on_the_spot(cases, who)
    await do(cases, who("market.examiner"), case, "record-finding", **FOUND)
    await do(cases, who("hr.approver"), case, "record-finding", **WRONG)
    assert await do(cases, who("market.examiner"), case, "close-record") == "recorded"
    assert await do(cases, OWNER, case, "object", message="两个人是我的儿子和儿媳，不是雇的") == "objected"
    answer = {"upheld": "yes", "reasons": "户口簿上是一家人"}
    assert await do(cases, who("market.approver"), case, "answer-objection", **answer) == "signed"
    letter = (await cases.view(OWNER, case)).loaded.events[-1].letter
    assert letter and "户口簿上是一家人" in letter.body.zh
    assert await do(cases, who("market.approver"), case, "advise", reasons="异议成立，没有要改的") == "advised"


async def test_an_order_is_given_after_hearing_them_by_a_second_person_with_remedies(cases: Cases, who: Seats) -> None:
    case = await on_the_spot(cases, who)
    await do(cases, who("market.examiner"), case, "record-finding", **FOUND)
    await do(cases, who("hr.approver"), case, "record-finding", **WRONG)
    await do(cases, who("market.examiner"), case, "close-record")
    await do(cases, OWNER, case, "sign-record")
    assert await code(cases, who("market.approver"), case, "find-clear") == "condition-not-met"
    said = {"reasons": "补签劳动合同", "law": ["INS"]}
    assert await do(cases, who("market.approver"), case, "propose-order", **said) == "order-proposed"
    assert await do(cases, OWNER, case, "state-view", message="这周就签") == "heard"
    assert await code(cases, who("market.approver"), case, "order", **said) == "second-person"
    assert await do(cases, who("market.approver-2"), case, "order", **said) == "putting-right"
    letter = (await cases.view(OWNER, case)).loaded.events[-1].letter
    assert letter and "复议" in letter.body.zh
    assert await do(cases, OWNER, case, "report-put-right", message="签了") == "put-right-reported"
    assert await do(cases, who("market.examiner"), case, "confirm", opinion="看了合同照片") == "put-right"
