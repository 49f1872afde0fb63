"""请人看一看: a case about a case. Another official looks, the first goes on, and each shows the other."""

import asyncio
from datetime import datetime

import pytest
from case_world import APPLICANT, COUNTY, FACTS, NEIGHBOUR, Officials

from tongban.base.clock import ZONE, SettableClock
from tongban.base.database import Database
from tongban.base.errors import Refused
from tongban.cases.service import Cases, QueueFilter
from tongban.cases.views import CaseView
from tongban.catalog import load_procedure, load_service
from tongban.catalog.catalogue import Catalogue
from tongban.catalog.model import Service
from tongban.catalog.procedure import Procedure
from tongban.catalog.shipped import shipped
from tongban.org import Actor

pytestmark = pytest.mark.database

PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF"


@pytest.fixture
def catalogue(service: Service, procedure: Procedure, clock: SettableClock) -> Catalogue:
    look = load_service((shipped("services") / "human-look.yaml").read_text("utf-8")).require()
    objection = load_procedure((shipped("procedures") / "algorithm-objection.yaml").read_text("utf-8")).require()
    return Catalogue([service, look], [procedure, objection], clock=clock)


async def stall(cases: Cases) -> str:
    return (await cases.submit(APPLICANT, "stall-permit", FACTS, region=COUNTY, key="submit-0001")).case


async def look(cases: Cases, case: str, actor: Actor = APPLICANT, key: str = "look-000001") -> CaseView:
    facts = {"about": "case", "case_number": case, "wish": "请看看"}
    return await cases.submit(actor, "human-look", facts, region=COUNTY, key=key)


async def told_not_needed(cases: Cases, post: Officials, case: str) -> None:
    await cases.act(post("clerk"), case, "tell-not-needed", {"reasons": "不用办"}, version=None, key="not-needed-1")


async def refused(doing: object) -> Refused:
    with pytest.raises(Refused) as caught:
        await doing  # type: ignore[misc]
    return caught.value


async def test_both_cases_show_each_other_and_the_first_is_not_held_up(cases: Cases) -> None:
    first = await stall(cases)
    before = await cases.view(APPLICANT, first)
    asked = await look(cases, first)
    after = await cases.view(APPLICANT, first)
    assert asked.opening.about is not None
    assert asked.opening.about.case == first
    assert [question.case for question in after.state.questions] == [asked.case]
    assert asked.case in after.account[-1].details[0][1].zh
    assert after.state.version == before.state.version
    assert [term.due for term in after.terms] == [term.due for term in before.terms]


async def test_it_goes_to_the_body_that_handled_the_first_case(cases: Cases) -> None:
    first = await stall(cases)
    asked = await look(cases, first)
    assert asked.opening.office.id == "market"
    assert asked.due is not None
    assert asked.due.due is not None
    days = {term.term: term.due.date().isoformat() for term in asked.terms if term.due}
    assert days == {"take-up": "2026-11-05", "decide": "2026-11-10"}


async def test_asking_twice_with_one_key_is_asking_once(cases: Cases, db: Database) -> None:
    first = await stall(cases)
    seen = await asyncio.gather(*(look(cases, first) for _ in range(5)))
    assert len({view.case for view in seen}) == 1
    assert len((await cases.view(APPLICANT, first)).state.questions) == 1
    assert await db.fetchval("SELECT count(*) FROM case_event WHERE type = 'questioned'") == 1


@pytest.mark.parametrize("number", ["990101-261103-00000000", "no number", "990101"])
async def test_a_case_that_is_not_there_cannot_be_asked_about(cases: Cases, number: str) -> None:
    error = await refused(look(cases, number))
    assert (error.code, error.problems[0].place) == ("not-your-case", "case_number")


async def test_somebody_elses_case_looks_like_one_that_is_not_there(cases: Cases) -> None:
    first = await stall(cases)
    assert (await refused(look(cases, first, NEIGHBOUR))).code == "not-your-case"


async def test_who_handled_the_first_case_may_read_and_not_look(cases: Cases, post: Officials) -> None:
    first = await stall(cases)
    # the approver acts on the first case only after the look was asked for: still barred
    asked = await look(cases, first)
    said = {"items": ["plan"], "message": "请补"}
    await cases.act(post("clerk"), first, "request-correction", said, version=None, key="ask-00000001")
    file = await cases.add_document(APPLICANT, "草图.pdf", PDF)
    given = {"documents": {"plan": [file.id]}}
    await cases.act(APPLICANT, first, "supplement", given, version=None, key="give-0000001")
    await cases.act(post("examiner"), first, "examine", {"opinion": "好"}, version=None, key="examine-0001")
    await cases.act(post("approver"), first, "grant", {}, version=None, key="grant-000001")
    assert (await cases.view(post("approver"), asked.case)).possible == ()
    error = await refused(cases.act(post("approver"), asked.case, "take-up", {}, version=None, key="take-000001"))
    assert (error.code, error.status) == ("took-part", 403)
    taken = await cases.act(post("second"), asked.case, "take-up", {}, version=None, key="take-000002")
    letter = taken.letters[-1][1]
    assert "second甲" in letter.body.zh, "the person is told who looks"
    assert taken.state.state == "taken-up"


async def test_the_officer_of_the_first_case_is_told_and_again_when_something_changed(
    cases: Cases, post: Officials
) -> None:
    first = await stall(cases)
    asked = await look(cases, first)
    tasks = await cases.queue(post("approver"), QueueFilter(view="tasks"))
    assert [(row.case_id, "questioned" in row.labels) for row in tasks.items] == [(first, True)]
    await cases.act(post("second"), asked.case, "take-up", {}, version=None, key="take-000002")
    changed = {"changed": "材料单少列一项", "reasons": "规则用的面积不对"}
    done = await cases.act(post("second"), asked.case, "change", changed, version=None, key="change-0001")
    assert done.state.decided == "favourable"
    assert "材料单少列一项" in done.letters[-1][1].body.zh
    view = await cases.view(APPLICANT, first)
    assert view.state.questions[0].end == "favourable"
    assert view.account[-1].details[-1][1].zh == "看过，改了"
    assert [row.case_id for row in (await cases.queue(post("approver"), QueueFilter(view="tasks"))).items] == [first]
    await told_not_needed(cases, post, first)
    assert (await cases.queue(post("approver"), QueueFilter(view="tasks"))).items == ()


async def test_the_dates_of_remedies_are_those_of_the_first_decision(
    cases: Cases, post: Officials, clock: SettableClock
) -> None:
    """行政复议法 20: the sixty days run from when the person learned of the decision, not from the answer about it."""
    first = await stall(cases)
    undecided = await look(cases, first)
    await cases.act(post("second"), undecided.case, "take-up", {}, version=None, key="take-000001")
    says = {"reasons": "没有机器参与", "law": ["PIPL-24"]}
    answered = await cases.act(post("second"), undecided.case, "uphold", says, version=None, key="uphold-0001")
    assert "还没有作出决定" in answered.letters[-1][1].body.zh
    said = {"items": ["plan"], "message": "请补"}
    await cases.act(post("clerk"), first, "request-correction", said, version=None, key="ask-00000001")
    file = await cases.add_document(APPLICANT, "草图.pdf", PDF)
    given = {"documents": {"plan": [file.id]}}
    await cases.act(APPLICANT, first, "supplement", given, version=None, key="give-0000001")
    await cases.act(post("examiner"), first, "examine", {"opinion": "好"}, version=None, key="examine-0001")
    await cases.act(post("approver"), first, "grant", {}, version=None, key="grant-000001")
    clock.set(datetime(2026, 11, 20, 9, 0, tzinfo=ZONE))
    asked = await look(cases, first, key="look-000002")
    head = post("head")
    await cases.act(head, asked.case, "take-up", {}, version=None, key="take-000002")
    done = await cases.act(head, asked.case, "uphold", says, version=None, key="uphold-0002")
    assert "2027年1月2日" in done.letters[-1][1].body.zh, "sixty days from 3 November"


async def test_silence_climbs_rung_by_rung(cases: Cases, clock: SettableClock) -> None:
    asked = await look(cases, await stall(cases))
    rungs: list[list[str]] = []
    for day in (5, 6, 10, 11, 18):
        clock.set(datetime(2026, 11, day, 0, 1, tzinfo=ZONE))
        await cases.fire()
        rungs.append([one.rung for one in (await cases.view(APPLICANT, asked.case)).state.escalated])
    assert rungs[0] == []
    assert rungs[1] == ["head"]
    assert {"head", "superior", "government-head"} == set(rungs[-1])


async def test_it_can_be_withdrawn_and_the_first_case_hears_of_it(cases: Cases) -> None:
    first = await stall(cases)
    asked = await look(cases, first)
    await cases.act(APPLICANT, asked.case, "withdraw", {}, version=None, key="withdraw-01")
    question = (await cases.view(APPLICANT, first)).state.questions[0]
    assert (question.end, question.outcome.zh) == ("neutral", "已撤回")
