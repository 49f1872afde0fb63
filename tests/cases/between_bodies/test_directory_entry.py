"""政务数据共享条例 13, 16 and 17: a body updates its entry of the directory; each test names its article."""

import asyncio
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import msgspec
import pytest
from two_cities import Between, due

from tongban.base.clock import ZONE, SettableClock
from tongban.base.database import Database
from tongban.base.errors import Refused
from tongban.base.ids import uuid7
from tongban.cases.model import Applicant
from tongban.cases.views import CaseView
from tongban.sharing.directory import proposals, store
from tongban.sharing.directory.live import LiveDirectory
from tongban.sharing.directory.model import Frequency, Resource, Status

pytestmark = pytest.mark.database
BODY, CENTRE = "990000.hr", "990000.digital-centre"


@dataclass
class Desk:
    """The department and the digital centre of the province."""

    between: Between
    db: Database
    clock: SettableClock
    live: LiveDirectory

    @property
    def today(self) -> date:
        return self.clock().astimezone(ZONE).date()

    async def propose(self, resource: Resource, *, changed_on: date | None = None, body: str = BODY) -> CaseView:
        proposals.check_proposal(resource, body, self.live.now, self.today)
        key = uuid7()
        await store.propose(self.db, body, key, resource.id, proposals.content(resource), self.clock(), "somebody")
        return await self.submit(str(key), resource.id, changed_on or self.today, body)

    async def submit(self, proposal: str, resource: str, changed_on: date, body: str, centre: str = CENTRE) -> CaseView:
        asking = self.between.directory.body(body)
        self.between.n += 1
        return await self.between.cases.submit(
            self.between.at(body, "examiner"),
            "directory-entry",
            {"resource": resource, "change": "data", "changed_on": changed_on.isoformat(), "proposal": proposal},
            region=asking.region,
            key=f"entry-{self.between.n:04}",
            applicant=Applicant(asking.id, asking.name.zh, asking.uscc, "body"),
            owed_by=centre,
        )

    def changed(self, **parts: Any) -> Resource:
        return msgspec.structs.replace(self.live.now.resource("hr.insurance"), **parts)


@pytest.fixture
def desk(between: Between, db: Database, clock: SettableClock) -> Desk:
    return Desk(between, db, clock, LiveDirectory.of())


async def test_art_16_an_entry_changes_only_when_the_digital_centre_has_published_it(desk: Desk) -> None:
    before = desk.live.now.resource("hr.insurance")
    case = (await desk.propose(desk.changed(frequency=Frequency.WEEKLY))).case
    await desk.between.do(BODY, "head", case, "approve")
    assert not await desk.live.refresh(desk.db)
    view = await desk.between.do(CENTRE, "approver", case, "publish")
    assert view.state.state == "published"
    assert await desk.live.refresh(desk.db)
    after = desk.live.now.resource("hr.insurance")
    assert after.frequency is Frequency.WEEKLY
    assert after.version == before.version + 1
    assert after.approval is not None
    assert after.approval.at == after.listed_on == desk.today
    assert len(desk.live.now.resources) == len(LiveDirectory.of().now.resources)


async def test_art_16_only_the_authority_of_the_same_level_publishes(desk: Desk) -> None:
    case = (await desk.propose(desk.changed(frequency=Frequency.WEEKLY))).case
    await desk.between.do(BODY, "head", case, "approve")
    assert await desk.between.code(BODY, "head", case, "publish") == "not-your-act"
    assert await desk.between.code("990100.digital-centre", "approver", case, "publish") == "unknown-case"


async def test_art_16_an_entry_cannot_be_sent_to_another_authority(desk: Desk) -> None:
    with pytest.raises(Refused):
        await desk.submit(str(uuid7()), "hr.insurance", desk.today, BODY, "990100.digital-centre")
    case = (await desk.submit(str(uuid7()), "hr.insurance", desk.today, BODY, "990000.tax")).case
    await desk.between.do(BODY, "head", case, "approve")
    assert await desk.between.code("990000.tax", "approver", case, "publish") == "not-the-sharing-authority"


async def test_art_13_the_head_approves_and_not_whoever_proposed_it(desk: Desk) -> None:
    case = (await desk.propose(desk.changed(frequency=Frequency.WEEKLY))).case
    assert await desk.between.code(BODY, "approver", case, "approve") == "not-your-act"
    assert await desk.between.code(CENTRE, "approver", case, "publish") == "act-not-possible"
    await desk.between.do(BODY, "head", case, "approve")


async def test_art_17_ten_working_days_from_the_change_five_more_with_consent_then_two(desk: Desk) -> None:
    desk.clock.set(datetime(2026, 11, 5, 10, tzinfo=ZONE))
    view = await desk.propose(desk.changed(frequency=Frequency.WEEKLY), changed_on=date(2026, 11, 2))
    assert due(view, "update") == "2026-11-16"
    await desk.between.do(CENTRE, "approver", view.case, "extend", reasons="系统停机")
    view = await desk.between.cases.view(desk.between.at(BODY, "head"), view.case)
    assert due(view, "update") == "2026-11-23"
    view = await desk.between.do(BODY, "head", view.case, "approve")
    assert due(view, "publish") == "2026-11-09"


async def test_art_17_what_is_given_back_is_put_right_in_the_same_case(desk: Desk) -> None:
    case = (await desk.propose(desk.changed(frequency=Frequency.WEEKLY))).case
    await desk.between.do(BODY, "head", case, "approve")
    view = await desk.between.do(CENTRE, "approver", case, "give-back", reasons="更新频率写错了")
    assert view.state.state == "to-approve"
    better, key = desk.changed(frequency=Frequency.MONTHLY), uuid7()
    await store.propose(desk.db, BODY, key, better.id, proposals.content(better), desk.clock(), "somebody")
    await desk.between.do(BODY, "examiner", case, "revise", facts={"proposal": str(key)})
    await desk.between.do(BODY, "head", case, "approve")
    await desk.between.do(CENTRE, "approver", case, "publish")
    await desk.live.refresh(desk.db)
    assert desk.live.now.resource("hr.insurance").frequency is Frequency.MONTHLY


async def test_what_another_body_proposed_or_nobody_is_not_published(desk: Desk) -> None:
    key, entry = uuid7(), desk.changed(frequency=Frequency.WEEKLY)
    await store.propose(desk.db, "990000.tax", key, entry.id, proposals.content(entry), desk.clock(), "somebody")
    for proposal in (str(key), str(uuid7()), "no id"):
        case = (await desk.submit(proposal, entry.id, desk.today, BODY)).case
        await desk.between.do(BODY, "head", case, "approve")
        assert await desk.between.code(CENTRE, "approver", case, "publish") == "proposal-missing"
        view = await desk.between.cases.view(desk.between.at(CENTRE, "approver"), case)
        assert view.state.state == "to-publish"
        await desk.between.do(BODY, "head", case, "withdraw")
    assert not await desk.live.refresh(desk.db)


def test_a_body_proposes_only_what_is_its_own_sound_and_new(desk: Desk) -> None:
    def codes(resource: Resource, body: str = BODY) -> set[str]:
        with pytest.raises(Refused) as caught:
            proposals.check_proposal(resource, body, desk.live.now, desk.today)
        return {problem.code for problem in caught.value.problems}

    assert codes(desk.changed(frequency=Frequency.WEEKLY), "990000.tax") == {"not-your-entry"}
    taken = msgspec.structs.replace(desk.live.now.resource("tax.income"), owner=desk.changed().owner)
    assert codes(taken) == {"not-your-entry"}
    assert codes(desk.changed()) == {"nothing-changed"}
    assert codes(desk.changed(scope=None, assessment=None)) == {"conditions-unsaid", "not-assessed"}
    assessment = desk.changed().assessment
    assert assessment is not None
    ahead = msgspec.structs.replace(assessment, done=desk.today + timedelta(days=3))
    assert "assessment-ahead" in codes(desk.changed(assessment=ahead))


async def test_an_entry_can_be_withdrawn_and_stays_known(desk: Desk) -> None:
    case = (await desk.propose(desk.changed(status=Status.WITHDRAWN))).case
    await desk.between.do(BODY, "head", case, "approve")
    await desk.between.do(CENTRE, "approver", case, "publish")
    await desk.live.refresh(desk.db)
    assert desk.live.now.resource("hr.insurance").status is Status.WITHDRAWN
    with pytest.raises(Refused, match="no such data"):
        desk.live.now.public("hr.insurance")


async def test_the_authority_updates_its_own_entries_with_two_people(desk: Desk) -> None:
    entry = msgspec.structs.replace(desk.live.now.resource("login.account"), frequency=Frequency.DAILY)
    case = (await desk.propose(entry, body=CENTRE)).case
    await desk.between.do(CENTRE, "head", case, "approve")
    await desk.between.do(CENTRE, "approver", case, "publish")
    await desk.live.refresh(desk.db)
    assert desk.live.now.resource("login.account").frequency is Frequency.DAILY


async def test_art_17_one_change_of_an_entry_at_a_time_and_the_second_learns_of_the_first(desk: Desk) -> None:
    first = (await desk.propose(desk.changed(frequency=Frequency.WEEKLY))).case
    with pytest.raises(Refused) as caught:
        await desk.propose(desk.changed(frequency=Frequency.MONTHLY))
    assert (caught.value.code, caught.value.status) == ("entry-in-change", 409)
    assert first in caught.value.problems[0].text.zh
    await desk.between.do(BODY, "head", first, "approve")
    with pytest.raises(Refused, match=first):
        await desk.propose(desk.changed(frequency=Frequency.MONTHLY))
    await desk.between.do(CENTRE, "approver", first, "publish")
    await desk.live.refresh(desk.db)
    second = (await desk.propose(desk.changed(frequency=Frequency.MONTHLY))).case
    await desk.between.do(BODY, "examiner", second, "withdraw")
    assert (await desk.propose(desk.changed(frequency=Frequency.QUARTERLY))).state.state == "to-approve"


async def test_of_ten_who_propose_a_change_at_once_one_is_first(desk: Desk) -> None:
    made = await asyncio.gather(
        *(desk.propose(desk.changed(frequency=Frequency.WEEKLY)) for _ in range(10)), return_exceptions=True
    )
    opened = [one for one in made if isinstance(one, CaseView)]
    assert len(opened) == 1
    refused = [one for one in made if isinstance(one, Refused)]
    assert {one.code for one in refused} == {"entry-in-change"} and len(refused) == 9
    assert await desk.db.fetchval("SELECT count(*) FROM case_row") == 1


async def test_a_case_about_one_entry_does_not_publish_another(desk: Desk) -> None:
    income = msgspec.structs.replace(desk.live.now.resource("hr.jobs"), frequency=Frequency.WEEKLY)
    key = uuid7()
    await store.propose(desk.db, BODY, key, income.id, proposals.content(income), desk.clock(), "somebody")
    case = (await desk.submit(str(key), "hr.insurance", desk.today, BODY)).case
    await desk.between.do(BODY, "head", case, "approve")
    assert await desk.between.code(CENTRE, "approver", case, "publish") == "proposal-missing"
