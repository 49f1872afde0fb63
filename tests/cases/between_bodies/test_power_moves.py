"""行政许可法 24 and 25: how a power moves, in whose name it is used, and what ends; each test says the rule."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import pytest
from two_cities import Between

from tongban.base.clock import ZONE, SettableClock
from tongban.base.database import Database
from tongban.base.errors import Refused
from tongban.cases import movement
from tongban.cases.model import Applicant
from tongban.cases.moving import SERVICE
from tongban.cases.service import QueueFilter
from tongban.cases.views import CaseView
from tongban.org import Directory, Person, demo, store
from tongban.org.model import Actor

pytestmark = pytest.mark.database
GIVER, TAKER = "990101.market", "990101.planning"
"""Market Regulation of Qingyuan delegates to its Planning."""
FACTS = {
    "change": "make",
    "kind": "delegated",
    "to_body": TAKER,
    "services": "individual-business-registration",
    "regions": "990101",
    "until": "2027-11-01",
    "notice": "清源区市场监督管理局把个体户登记委托给区自然资源局（演示）",
    "notice_en": "Delegated (demonstration)",
    "why": "就近办",
}


@dataclass
class Desk:
    between: Between
    db: Database
    clock: SettableClock

    async def propose(self, giver: str = GIVER, owner: str = "", post: str = "examiner", **facts: Any) -> CaseView:
        body = self.between.directory.body(giver)
        self.between.n += 1
        said = {name: value for name, value in {**FACTS, **facts}.items() if value}
        return await self.between.cases.submit(
            self.between.at(giver, post),
            SERVICE,
            said,
            region=self.between.directory.body(owner or giver).region,
            key=f"move-{self.between.n:04}",
            applicant=Applicant(body.id, body.name.zh, body.uscc, "body"),
            owed_by=owner or giver,
        )

    async def publish(self, **facts: Any) -> str:
        """The number of the move."""
        case = (await self.propose(**facts)).case
        await self.between.do(GIVER, "head", case, "approve")
        return f"move.{case}"

    async def code(self, **facts: Any) -> str:
        with pytest.raises(Refused) as caught:
            await self.propose(**facts)
        return caught.value.code


PERSON = Actor.citizen(Person(id="p-zhengqiming", name="郑启明", home_region="990101", level=4))


@pytest.fixture
def desk(between: Between, db: Database, clock: SettableClock) -> Desk:
    clock.set(datetime(2026, 11, 5, 10, tzinfo=ZONE))
    return Desk(between, db, clock)


async def test_art_24_nothing_has_effect_before_the_head_approves_and_that_act_publishes_it(desk: Desk) -> None:
    view = await desk.propose()
    assert desk.between.directory.moved.named(f"move.{view.case}") is None
    assert await desk.between.code(GIVER, "approver", view.case, "approve") == "not-your-act"
    await desk.between.do(GIVER, "head", view.case, "approve")
    published = desk.between.directory.moved.named(f"move.{view.case}")
    assert published is not None
    assert (published.published_on, published.since) == (date(2026, 11, 5), date(2026, 11, 5))
    assert published in await store.delegations(desk.db)


async def test_art_24_a_beginning_in_the_past_becomes_the_day_of_publication(desk: Desk) -> None:
    move = desk.between.directory.moved.named(await desk.publish(since="2026-01-01"))
    assert move is not None
    assert move.since == date(2026, 11, 5)


async def test_the_head_who_proposes_it_does_not_approve_it(desk: Desk) -> None:
    case = (await desk.propose(post="head")).case
    assert await desk.between.code(GIVER, "head", case, "approve") == "second-person"


async def test_art_24_only_another_administrative_body_and_only_what_the_giver_holds(desk: Desk) -> None:
    assert await desk.code(to_body="990101.service-centre") == "delegation-not-administrative"
    assert await desk.code(to_body="990101.disabled-federation") == "delegation-not-administrative"
    assert await desk.code(to_body=GIVER) == "delegation-to-itself"
    assert await desk.code(to_body="990101.nobody") == "register-names-nothing"
    assert await desk.code(regions="990102") == "delegation-outside-power"
    assert await desk.code(services="") == "delegation-content-missing"


async def test_art_24_a_delegated_power_is_never_passed_on(desk: Desk) -> None:
    await desk.publish()
    assert await desk.code(giver=TAKER, to_body="990101.housing") == "delegation-passed-on"


async def test_art_25_powers_are_concentrated_by_the_province_with_the_state_councils_approval(desk: Desk) -> None:
    concentrated = {"kind": "concentrated", "decision": "岚政〔2026〕30号（演示）", "until": ""}
    assert await desk.code(**concentrated) == "concentration-not-approved"
    named = {**concentrated, "decided_by": "990000.government", "approved_by": "国务院批准（演示）"}
    county = await desk.propose(**named)
    assert await desk.between.code(GIVER, "head", county.case, "approve") == "not-the-deciding-body"
    case = (await desk.propose(owner="990000.government", **named)).case
    await desk.between.do("990000.government", "head", case, "approve")
    found = desk.between.directory.competence("market", "county", "990101", "individual-business-registration")
    assert (found.body.id, found.moved_by) == (TAKER, f"move.{case}")
    assert "以自己的名义" in found.reason.zh


async def test_one_power_moves_to_one_body_at_a_time(desk: Desk) -> None:
    directory = desk.between.directory
    food = next(one for one in directory.moved.everything if one.id == "move.zhuxi-one-seal-food")
    again = {"kind": "concentrated", "decision": "另一份（演示）", "approved_by": "国务院批准（演示）", "until": ""}
    named = {"decided_by": "990000.government", "services": "food-licence", "regions": "990221", **again}
    said = {"giver": food.from_body, "owner": "990000.government", "to_body": "990221.housing", **named}
    assert await desk.code(**said) == "moved-twice"


async def test_an_end_comes_early_by_a_case_and_only_of_ones_own(desk: Desk) -> None:
    move = await desk.publish()
    end = {"change": "end", "delegation": move, "until": "", "kind": "", "services": "", "to_body": ""}
    assert await desk.code(giver=TAKER, **end) == "unknown-delegation"
    case = (await desk.propose(**{**end, "until": "2026-12-01", "why": "不再需要"})).case
    await desk.between.do(GIVER, "head", case, "approve")
    ended = desk.between.directory.moved.named(move)
    assert ended is not None
    assert (ended.until, ended.ended_why.zh, ended.case) == (date(2026, 12, 1), "不再需要", case)
    assert ended.holds_on(date(2026, 11, 30))
    assert not ended.holds_on(date(2026, 12, 1))


async def test_a_process_that_did_not_approve_it_sees_it_when_it_reads_again(desk: Desk) -> None:
    move = await desk.publish()
    other = Directory.build(demo.register(), desk.clock)
    other.take_moves(await store.delegations(desk.db))
    assert other.moved.named(move) == desk.between.directory.moved.named(move)


async def test_a_citizen_does_not_delegate_the_states_powers(desk: Desk) -> None:
    with pytest.raises(Refused) as caught:
        await desk.between.cases.submit(PERSON, SERVICE, FACTS, region="990101", key="citizen-move")
    assert caught.value.code == "not-your-act"


async def test_the_supervisor_sees_what_was_done_under_it(desk: Desk) -> None:
    move = desk.between.directory.moved.named(await desk.publish())
    assert move is not None
    assert (await movement.went(desk.between.cases.engine, move)).cases == 0


async def test_the_delegates_list_shows_the_one_service_and_no_other(desk: Desk) -> None:
    await desk.publish()
    page = await desk.between.cases.queue(desk.between.at(TAKER, "examiner"), QueueFilter())
    assert page.items == ()
