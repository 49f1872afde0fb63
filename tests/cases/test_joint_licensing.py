"""并联审批: bodies look side by side, none waits for another, and the leading body decides for all in one term."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from law_world import REGION, Seats, province, seats, shipped_law

from tongban.base.clock import SettableClock
from tongban.base.errors import Refused
from tongban.cases.service import Cases, QueueFilter
from tongban.cases.views import CaseView
from tongban.catalog.catalogue import Catalogue
from tongban.org import Actor, Directory, Person

pytestmark = pytest.mark.database

PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF"
OWNER = Actor.citizen(Person(id="p-zheng", name="郑启明", home_region=REGION, level=4))
WORKS = {
    "uscc": "91110000600037341L",
    "business_name": "岚江启明新材料有限公司（演示）",
    "project_code": "2601-990101-04-01-000001",
    "project_name": "东山景区游客中心",
    "investment": "46000000",
    "floor_area": "12800",
    "start_report": "false",
    "land_ready": "true",
    "demolition": "not-needed",
    "contractor_chosen": "true",
    "means_ready": "true",
    "safety_ready": "true",
    "site": "清源区东山路1号",
    "civilian": "true",
    "lightning": "true",
}
AGREED = {"result": "passed", "finding": "设计符合要求"}
CHANGE = {"result": "to-put-right", "finding": "接地电阻没有标"}


@pytest.fixture
def directory(clock: SettableClock) -> Directory:
    return province(clock)


@pytest.fixture
def catalogue(clock: SettableClock) -> Catalogue:
    return shipped_law(clock, ["construction-stage"], ["joint-licensing"])


@pytest.fixture
def who(directory: Directory) -> Seats:
    return seats(directory)


async def do(cases: Cases, actor: Actor, case: str, act: str, **says: Any) -> CaseView:
    view = await cases.view(actor, case)
    return await cases.act(actor, case, act, says, version=None, key=f"{act}-{actor.id}-{view.state.seq}")


async def code(cases: Cases, actor: Actor, case: str, act: str, **says: Any) -> str:
    with pytest.raises(Refused) as refused:
        await do(cases, actor, case, act, **says)
    return refused.value.code


async def accepted(cases: Cases, who: Seats, **facts: str) -> str:
    papers = {
        slug: [(await cases.add_document(OWNER, f"{slug}.pdf", PDF)).id]
        for slug in ("land", "contract", "drawings", "safety", "shelter", "lightning-design")
    }
    for question, paper in (("lightning", "lightning-design"), ("civilian", "shelter")):
        if facts.get(question) == "false":
            del papers[paper]
    view = await cases.submit(
        OWNER, "construction-stage", {**WORKS, **facts}, papers, region=REGION, key=f"building-{len(facts)}"
    )
    return (await do(cases, who("service-centre.clerk"), view.case, "accept")).case


async def waiting(cases: Cases, actor: Actor) -> list[str]:
    return [row.case_id for row in (await cases.queue(actor, QueueFilter(view="tasks"))).items]


def due(view: CaseView, term: str) -> datetime | None:
    """The day a clock that runs is due, the authority's own promise first."""
    running = (one for one in reversed(view.terms) if one.term == term and one.open)
    return next((one.due for one in running), None)


def lawful(view: CaseView, term: str) -> datetime | None:
    return next((one.statutory.due for one in view.terms if one.term == term), None)


async def test_all_bodies_are_asked_at_once_and_none_waits_for_another(cases: Cases, who: Seats) -> None:
    case = await accepted(cases, who)
    view = await cases.view(OWNER, case)
    assert view.state.state == "consulting"
    assert [one.id for one in view.state.case.together] == [f"{REGION}.civil-defence", f"{REGION}.meteorology"]
    for body in ("civil-defence", "meteorology"):
        assert await waiting(cases, who(f"{body}.examiner")) == [case]
    # In any order, and the leading body gives its own view as the others do.
    await do(cases, who("meteorology.examiner"), case, "give-opinion", **AGREED)
    assert await waiting(cases, who("meteorology.examiner")) == []
    assert await waiting(cases, who("civil-defence.examiner")) == [case]
    assert await code(cases, who("meteorology.approver"), case, "give-opinion", **AGREED) == "not-again"
    await do(cases, who("housing.examiner"), case, "give-opinion", **AGREED)
    done = await do(cases, who("civil-defence.examiner"), case, "give-opinion", **AGREED)
    assert done.state.state == "opinions-in"

    granted = await do(cases, who("housing.approver"), case, "grant")
    letter = granted.loaded.events[-1].letter or next(e.letter for e in reversed(granted.loaded.events) if e.letter)
    assert granted.state.state == "granted" and letter
    assert all(name in letter.body.zh for name in ("住房和城乡建设局", "人民防空办公室", "气象局"))


async def test_the_whole_has_one_term_and_the_leading_bodys_own_begins_when_all_views_are_in(
    cases: Cases, who: Seats, clock: SettableClock
) -> None:
    case = await accepted(cases, who)
    before = await cases.view(OWNER, case)
    whole, views = due(before, "decide"), due(before, "consult")
    assert whole and views and views < whole and due(before, "conclude") is None
    assert before.due and before.due.term == "decide"  # the date that the person is told is the whole's
    await do(cases, who("meteorology.examiner"), case, "give-opinion", **AGREED)
    await do(cases, who("housing.examiner"), case, "give-opinion", **AGREED)
    assert due(await cases.view(OWNER, case), "conclude") is None
    done = await do(cases, who("civil-defence.examiner"), case, "give-opinion", **AGREED)
    assert due(done, "consult") is None and due(done, "decide") == whole
    concluded = lawful(done, "conclude")
    assert concluded and (concluded.date() - clock().date()).days == 7


async def test_a_body_whose_views_are_late_is_named_to_the_superior_and_counts_as_nothing_said(
    cases: Cases, who: Seats, clock: SettableClock
) -> None:
    case = await accepted(cases, who)
    await do(cases, who("meteorology.examiner"), case, "give-opinion", **AGREED)
    await do(cases, who("housing.examiner"), case, "give-opinion", **AGREED)
    views = due(await cases.view(OWNER, case), "consult")
    assert views
    clock.set(views + timedelta(days=1))
    await cases.fire()
    view = await cases.view(OWNER, case)
    assert view.state.state == "consulting" and "escalated" in [event.type for event in view.loaded.events]
    assert await code(cases, who("housing.approver"), case, "grant") == "act-not-possible"


async def test_whoever_agreed_does_not_look_again_and_the_change_is_told_once(cases: Cases, who: Seats) -> None:
    case = await accepted(cases, who)
    await do(cases, who("civil-defence.examiner"), case, "give-opinion", **AGREED)
    await do(cases, who("housing.examiner"), case, "give-opinion", **AGREED)
    await do(cases, who("meteorology.examiner"), case, "give-opinion", **CHANGE)
    assert await code(cases, who("housing.approver"), case, "grant") == "condition-not-met"
    whole = due(await cases.view(OWNER, case), "decide")
    await do(cases, who("housing.approver"), case, "ask-to-put-right", message="标上接地电阻")
    again = await do(cases, OWNER, case, "report-put-right", message="标好了")
    assert again.state.state == "consulting" and due(again, "decide") == whole  # the law takes nothing off for it
    assert await waiting(cases, who("civil-defence.examiner")) == []
    assert (await do(cases, who("meteorology.examiner"), case, "give-opinion", **AGREED)).state.state == "opinions-in"


async def test_a_body_that_is_not_concerned_is_not_asked(cases: Cases, who: Seats) -> None:
    case = await accepted(cases, who, lightning="false")
    assert [one.id for one in (await cases.view(OWNER, case)).state.case.together] == [f"{REGION}.civil-defence"]
    with pytest.raises(Refused) as refused:
        await cases.view(who("meteorology.examiner"), case)
    assert refused.value.status == 404


async def test_where_no_other_body_is_concerned_the_leading_body_goes_on_alone(cases: Cases, who: Seats) -> None:
    case = await accepted(cases, who, lightning="false", civilian="false")
    assert (await cases.view(OWNER, case)).state.case.together == ()
    await do(cases, who("housing.examiner"), case, "give-opinion", **AGREED)
    assert (await do(cases, who("housing.approver"), case, "grant")).state.state == "granted"
