"""A supervision case is opened by itself, answered by the body that answers for the use, closed by who supervises."""

from pathlib import Path
from typing import Any

import pytest

from tongban.base.clock import SettableClock
from tongban.base.database import Database
from tongban.base.errors import Refused
from tongban.base.keys import KeyRing
from tongban.cases.loaded import Case
from tongban.cases.model import Applicant
from tongban.cases.service import Cases
from tongban.catalog.catalogue import Catalogue
from tongban.catalog.shipped import shipped
from tongban.org import Actor, Directory, demo
from tongban.terms import Calendar

OWNER, WATCHER = "990101.market", "990000.digital-centre"
FACTS = {
    "use": "route",
    "use_region": "990101",
    "measure": "declined",
    "measured": "0.62",
    "laid_down": "0.30",
    "level_after": "second-look",
}


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return Catalogue.load(shipped("services"), shipped("procedures"))


@pytest.fixture
def cases(db: Database, catalogue: Catalogue, clock: SettableClock, tmp_path: Path) -> Cases:
    directory = Directory.build(demo.register(), clock)
    keys = KeyRing.open(tmp_path / "keys", clock())
    return Cases(db, catalogue, directory, Calendar.china(), keys, clock, data_dir=tmp_path)


def holder(cases: Cases, post: str) -> Actor:
    directory = cases.engine.directory
    found = directory.post(post)
    person = next(person for person in demo.officials() if person.id == f"o-{post}")
    return Actor.official(person, found, directory.body(found.body))


async def opened(cases: Cases, by: Actor | None = None, key: str = "watch:route:1") -> Case:
    body = cases.engine.directory.body(WATCHER)
    return await cases.engine.open(
        by or Actor.rules(),
        "algorithm-supervision",
        {"facts": FACTS, "reasons": "官员否决了一半以上的建议"},
        region="990101",
        applicant=Applicant(body.id, body.name.zh, body.uscc, "body"),
        records={},
        key=key,
        owed_by=OWNER,
    )


async def act(cases: Cases, case: Case, who: str, name: str, **says: Any) -> str:
    done = await cases.act(holder(cases, who), case.state.case.case, name, says, version=None, key=f"{who}-{name}-1")
    return done.state.state


@pytest.mark.database
async def test_it_goes_from_the_order_over_the_answer_to_the_close(cases: Cases) -> None:
    case = await opened(cases)
    assert case.state.case.office.id == OWNER
    assert case.events[0].by.kind == "rules"
    assert "算法推荐" in case.events[0].authority.zh
    assert await act(cases, case, f"{OWNER}.approver", "answer", cause="语料旧了", measures="重新训练") == "answered"
    assert await act(cases, case, f"{WATCHER}.supervisor", "settle", opinion="已核实") == "settled"


@pytest.mark.database
async def test_an_answer_that_is_not_enough_goes_back_and_the_clock_runs_anew(
    cases: Cases, clock: SettableClock
) -> None:
    case = await opened(cases)
    await act(cases, case, f"{OWNER}.approver", "answer", cause="不清楚", measures="已整改")
    clock.advance(days=2)
    assert await act(cases, case, f"{WATCHER}.supervisor", "send-back", reasons="没有写原因") == "ordered"


@pytest.mark.database
async def test_only_who_supervises_for_the_asking_body_verifies(cases: Cases) -> None:
    case = await opened(cases)
    await act(cases, case, f"{OWNER}.approver", "answer", cause="语料旧了", measures="重新训练")
    for other in (f"{OWNER}.approver", f"{OWNER}.head"):
        with pytest.raises(Refused) as refused:
            await act(cases, case, other, "settle", opinion="已核实")
        assert refused.value.problems[0].code == "not-your-act"
    with pytest.raises(Refused) as refused:
        await act(cases, case, "990200.digital-centre.supervisor", "settle", opinion="已核实")
    assert refused.value.problems[0].code == "unknown-case"


@pytest.mark.database
async def test_nobody_applies_for_it(cases: Cases, catalogue: Catalogue) -> None:
    assert "algorithm-supervision" not in {service.service for service in catalogue.services()}
    assert not [hit for hit in catalogue.search("算法督办") if hit.service and hit.service.service.startswith("algor")]
    for person in (Actor.citizen(demo.citizens()[0]), holder(cases, f"{WATCHER}.supervisor")):
        with pytest.raises(Refused):
            await opened(cases, person)


@pytest.mark.database
async def test_silence_climbs_to_the_head_of_the_body_that_owes_the_answer(cases: Cases, clock: SettableClock) -> None:
    case = await opened(cases)
    clock.advance(days=16)
    await cases.fire()
    found = await cases.engine.load(case.state.case.case)
    assert [one.rung for one in found.state.escalated][:1] == ["head"]


@pytest.mark.database
async def test_opening_it_twice_for_one_narrowing_opens_it_once(cases: Cases) -> None:
    one, again = await opened(cases), await opened(cases)
    assert one.state.case.case == again.state.case.case
