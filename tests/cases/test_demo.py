"""The demonstration's three weeks, played on an empty installation at different moments of the year."""

import asyncio
import shutil
from collections import Counter
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from case_world import official
from tests.conftest import Moulds

from tongban import certs
from tongban.base.clock import ZONE, SettableClock
from tongban.base.config import Settings
from tongban.base.database import Database
from tongban.base.keys import KeyRing
from tongban.cases import demo as stories
from tongban.cases.demo_papers import paper
from tongban.cases.documents import examine
from tongban.cases.model import Own
from tongban.cases.projections import CaseRow
from tongban.cases.service import Cases, QueueFilter
from tongban.cases.store.alarms import dead_alarms
from tongban.catalog.calendars import open_calendar
from tongban.catalog.installation import open_catalogue
from tongban.org import Actor, demo, store
from tongban.sharing import Sharing
from tongban.sharing import demo as records

MONDAY = datetime(2026, 11, 23, 10, 30, tzinfo=ZONE)
MOMENTS = [
    pytest.param(MONDAY, id="a working morning"),
    pytest.param(datetime(2026, 11, 24, 0, 5, tzinfo=ZONE), id="just after midnight"),
    pytest.param(datetime(2026, 10, 3, 15, 0, tzinfo=ZONE), id="in the National Day holiday"),
    pytest.param(datetime(2027, 1, 2, 9, 0, tzinfo=ZONE), id="in a year whose holidays nobody has filed yet"),
    pytest.param(datetime(2028, 2, 29, 23, 58, tzinfo=ZONE), id="on the last minutes of a leap day"),
]
NEW = ("construction-stage", "small-food-shop", "certificate-supervision")
"""Services that there were not yet on the earliest of these days; their stories are left out."""
CLERK = demo.post_id("990101", "service-centre", "clerk")
APPROVER = demo.post_id("990101", "police", "approver")


class Stage:
    """A demonstration installation at one moment."""

    def __init__(self, db: Database, data: Path, now: datetime, steps: int = 0) -> None:
        self.db, self.now, self.settings = db, now, Settings(data_dir=data)
        self.steps = steps
        """What its first start did."""

    async def seed(self) -> int:
        await demo.seed(self.db)
        await records.seed(self.db, self.now)
        return await stories.seed(self.db, self.settings, self.now)

    async def cases(self) -> Cases:
        clock = SettableClock(self.now)
        return Cases(
            self.db,
            open_catalogue(self.settings.data_dir, clock),
            await store.load(self.db, clock),
            open_calendar(self.settings.data_dir),
            KeyRing.open(self.settings.keys_dir, self.now),
            clock,
            data_dir=self.settings.data_dir,
        )

    async def counts(self) -> list[int]:
        tables = ("case_event", "case_row", "notice", "certificate", "shared_access", "draft", "task", "outbox")
        return [await self.db.fetchval(f"SELECT count(*) FROM {table}") for table in tables]


class Played:
    """The story at each moment, played once, and copied for each test that looks at it."""

    def __init__(self, moulds: Moulds, folder: Path) -> None:
        self._moulds, self._folder = moulds, folder
        self._steps: dict[datetime, int] = {}

    @asynccontextmanager
    async def at(self, now: datetime, data: Path) -> AsyncGenerator[Stage]:
        """A stage of one's own, with `data` as its directory."""
        name = f"story_{now:%Y%m%d%H%M}"
        if now not in self._steps:

            async def play(db: Database) -> None:
                self._steps[now] = await Stage(db, self._folder / name, now).seed()

            await self._moulds.cast(name, play)
        shutil.copytree(self._folder / name, data, dirs_exist_ok=True)
        async with self._moulds.copy(name) as db:
            yield Stage(db, data, now, self._steps[now])


@pytest.fixture(scope="session")
def played(moulds: Moulds, tmp_path_factory: pytest.TempPathFactory) -> Played:
    return Played(moulds, tmp_path_factory.mktemp("played"))


@pytest.fixture
async def stage(request: pytest.FixtureRequest, played: Played, tmp_path: Path) -> AsyncGenerator[Stage]:
    """The whole story has been played: on a Monday, or at the moment that the test names."""
    async with played.at(getattr(request, "param", MONDAY), tmp_path) as found:
        yield found


def citizen(person: str, mandate: str = "") -> Actor:
    given = next((one for one in demo.mandates() if one.id == mandate), None)
    return Actor.citizen(next(one for one in demo.citizens() if one.id == person), given)


async def states(cases: Cases, person: str, mandate: str = "") -> Counter[str]:
    return Counter(f"{row.service}:{row.state}" for row in (await cases.mine(citizen(person, mandate))).items)


async def waiting(cases: Cases, post: str) -> list[CaseRow]:
    return list((await cases.queue(official(cases.engine.directory, post))).items)


@pytest.mark.parametrize("stage", MOMENTS, indirect=True)
async def test_every_story_stands_where_it_is_promised_whenever_it_is_started(stage: Stage) -> None:
    written, new = stories.script(), stage.now.date() >= date(2026, 11, 22)
    told = [story for story in written.stories if new or story.service not in NEW]
    assert stage.steps == len(written.drafts) + sum(1 + len(story.steps) for story in told)
    cases = await stage.cases()
    assert await states(cases, "p-wangxiaoman") == {
        "individual-business-registration:issued": 1,
        "residence-permit:awaiting-correction": 1,
    }
    assert await states(cases, "p-zhaodeshun") == {"advanced-age-allowance:issued": 1}
    assert await states(cases, "p-chenzhiyuan") == {
        "unemployment-benefit:accepted": 1,
        "record-correction:asked": 1,
    }
    asked = (await cases.asked(official(cases.engine.directory, "990101.housing.head"))).items
    assert Counter(f"{row.service}:{row.state}" for row in asked) == {
        "data-sharing-request:in-use": 1,
        "data-sharing-request:asked": 1,
    }
    assert await states(cases, "p-linyue") == {
        "disability-two-subsidies:withdrawn": 1,
        "disability-two-subsidies:accepted": 1,
    }
    assert await states(cases, "p-zhoujiahe") == {"food-licence:examined": 1, "public-venue-hygiene:issued": 1}
    assert await states(cases, "p-sunhao") == {"migrant-school-enrolment:received": 1}
    assert await states(cases, "p-heqing") == {"human-look:explained": 1, "out-of-area-medical-filing:issued": 1}
    assert await states(cases, "p-liwen") == {"residence-permit:refused": 1}
    assert await states(cases, "p-zhengqiming", "m-zhengqiming") == {
        "pollutant-discharge-registration:issued": 1,
        "energy-saving-review:special": 1,
        "construction-permit:examined": 1,
    } | ({"construction-stage:consulting": 1} if new else {})
    assert len(await waiting(cases, APPROVER)) >= 6
    assert len(await waiting(cases, CLERK)) >= 6


@pytest.mark.parametrize("stage", MOMENTS, indirect=True)
async def test_nothing_is_dated_in_the_future_and_the_clock_is_left_nothing_undone(stage: Stage) -> None:
    cases, db, now = await stage.cases(), stage.db, stage.now
    assert await dead_alarms(db, 10) == []
    assert await db.fetchval("SELECT count(*) FROM timer WHERE last_error IS NOT NULL") == 0
    assert await db.fetchval("SELECT count(*) FROM case_event WHERE type = $1", Own.UNDELIVERED) == 0
    assert await db.fetchval("SELECT max(at) FROM case_event") <= now
    assert await db.fetchval("SELECT max(at) FROM shared_access") <= now
    assert await db.fetchval("SELECT min(at) FROM case_event") >= now - timedelta(days=45)
    assert await cases.fire() == 0


async def test_a_second_start_adds_nothing(stage: Stage) -> None:
    before = await stage.counts()
    assert await stage.seed() == 0
    stage.now += timedelta(days=3)
    assert await stage.seed() == 0
    assert await stage.counts() == before


async def test_a_start_that_was_broken_off_goes_on_where_it_stopped(db: Database, tmp_path: Path) -> None:
    stage = Stage(db, tmp_path, MONDAY)
    playing = asyncio.create_task(stage.seed())
    while await db.fetchval("SELECT count(*) FROM case_event") < 40:
        assert not playing.done()
    playing.cancel()
    with suppress(asyncio.CancelledError):
        await playing
    stage.now += timedelta(days=1)
    assert await stage.seed() > 0
    assert await db.fetchval("SELECT count(*) FROM case_row") == len(stories.script().stories)
    assert await db.fetchval("SELECT max(at) FROM case_event") <= stage.now
    assert await states(await stage.cases(), "p-liwen") == {"residence-permit:refused": 1}


async def test_an_installation_with_cases_of_its_own_is_left_alone(db: Database, tmp_path: Path) -> None:
    stage = Stage(db, tmp_path, MONDAY)
    await demo.seed(db)
    await records.seed(db, MONDAY)
    facts = {
        "full_name": "何清",
        "id_number": next(one.id_number for one in demo.citizens() if one.id == "p-heqing"),
        "phone": "13800138000",
        "insured_region": "990100",
        "insurance_status": "active",
        "going_region": "990201",
        "stay": "retired",
        "promise": True,
    }
    await (await stage.cases()).submit(
        citizen("p-heqing"), "out-of-area-medical-filing", facts, region="990101", key="somebody-was-here"
    )
    assert await stage.seed() == 0


async def test_the_desk_has_work_of_every_urgency(stage: Stage) -> None:
    cases = await stage.cases()
    days = [(row.due_at.astimezone(ZONE).date() - MONDAY.date()).days for row in await waiting(cases, APPROVER)]
    assert min(days) < 0
    assert {0, 1} <= set(days)
    assert any(1 < day <= 7 for day in days)
    clerk = {(row.due_at.astimezone(ZONE).date() - MONDAY.date()).days for row in await waiting(cases, CLERK)}
    assert {0, 1} <= clerk
    head = official(cases.engine.directory, demo.post_id("990101", "police", "head"))
    superior = official(cases.engine.directory, demo.post_id("990100", "police", "superior"))
    for who in (head, superior):
        assert [row.applicant_name for row in (await cases.queue(who, QueueFilter(view="tasks"))).items] == ["贺光明"]


async def test_joint_handling_a_broken_promise_and_a_shared_visit_are_in_the_story(stage: Stage) -> None:
    cases = await stage.cases()
    directory = cases.engine.directory
    # Meteorology and housing have given their views; civil air defence is still looking.
    for body, left in (("civil-defence", 1), ("meteorology", 0)):
        tasks = await cases.queue(official(directory, f"990101.{body}.examiner"), QueueFilter(view="tasks"))
        assert len(tasks.items) == left
    found = await cases.visits.overview(official(directory, "990101.market.examiner"))
    assert [one.visit.state for one in found.visits if one.visit] == ["registered"]
    assert [len(one.cases) for one in found.together] == [2]
    rows = await stage.db.fetch("SELECT state, service FROM case_row WHERE service = 'small-food-shop' ORDER BY state")
    assert [row["state"] for row in rows] == ["checking", "kept", "revoked"]
    assert await stage.db.fetchval("SELECT count(*) FROM broken_promise") == 1


async def test_silence_a_pause_and_a_refusal_by_two_are_in_the_story(stage: Stage) -> None:
    cases = await stage.cases()
    assert await stage.db.fetchval("SELECT count(*) FROM case_event WHERE type = 'deem-accepted'") == 1
    refused = (await cases.mine(citizen("p-liwen"))).items[0]
    events = (await cases.engine.load(refused.case_id)).events
    proposed, confirmed = (next(e for e in events if e.type == act) for act in ("propose-refusal", "refuse"))
    assert proposed.by.id != confirmed.by.id
    assert confirmed.letter is not None
    assert "复议" in confirmed.letter.body.zh
    energy = await cases.mine(citizen("p-zhengqiming", "m-zhengqiming"))
    paused = next(row for row in energy.items if row.state == "special")
    assert paused.due_at.year == 9999


async def test_certificates_are_valid_though_they_are_dated_before_the_first_start(stage: Stage) -> None:
    keys = KeyRing.open(stage.settings.keys_dir, MONDAY)
    held = (await certs.store.held_by(stage.db, "p-wangxiaoman", limit=5)).items
    assert held
    for one in held:
        checked = certs.verify(one.certificate.jws, keys.public, MONDAY)
        assert checked.genuine
        assert checked.valid


async def test_people_see_who_looked_at_their_records(stage: Stage) -> None:
    looks = (await Sharing(stage.db, SettableClock(MONDAY)).accesses("p-wangxiaoman")).items
    assert {look.by for look in looks} == {"self", "official"}
    assert all(look.law and look.matter and look.basis for look in looks)


@pytest.mark.parametrize("name", ["租赁合同.pdf", "租赁合同.jpg"])
def test_a_drawn_paper_is_a_file_that_the_platform_takes_and_always_the_same(name: str) -> None:
    data = paper(name, ["姓名：王小满"])
    assert examine(name, data, region="990101", owner="p-wangxiaoman").size < 200_000
    assert paper(name, ["姓名：王小满"]) == data
