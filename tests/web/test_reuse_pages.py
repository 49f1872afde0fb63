"""A county's pages where its own uses find nothing: the province is asked, marked as such, and never in the way."""

import re
import shutil
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from tests.web.citizen import Person
from tests.web.desk_people import Official

from tongban.assist import measured
from tongban.assist.model import Suggestion
from tongban.assist.records import Switched
from tongban.assist.reuse import Answer, Channel, InProcess, NoChannel, Question, Reusing
from tongban.assist.routing.desk import Routing
from tongban.base.clock import SettableClock
from tongban.base.config import Settings
from tongban.base.database import Database
from tongban.base.telemetry import Log
from tongban.catalog.listed import ListedItem, write_listed
from tongban.org import Actor, demo
from tongban.web.app import create
from tongban.web.serve import open_site
from tongban.web.site import Site

pytestmark = pytest.mark.database
COUNTY, CLERK = "990101", "service-centre.clerk"
ASKED = "我叫周晓岚，电话13812345678，想认养一棵古树"
NOISE = "我叫周晓岚，电话13812345678，楼下烧烤店半夜两点还在放音响，吵得我没法睡"
FOUND = "上级平台的导办找到的"
REUSE = """\
reuse: {{use: {use}, from: "990000"}}
region: "990101"
switch: "{switch}"
owner: {{zh: 青源区政务服务中心（演示）, en: Qingyuan service centre (demonstration)}}
owes: {{level: county, body: service-centre}}
reviewed: 2026-11-01
review_by: 2027-10-31
objection: {{zh: 打12345, en: Call 12345}}
off_switch: {{zh: 中心值班人员, en: The officer on duty}}
"""


class Heard:
    """The way to the province, with an ear on it."""

    def __init__(self, way: Channel) -> None:
        self.way = way
        self.questions: list[Question] = []

    async def ask(self, question: Question) -> Answer:
        self.questions.append(question)
        return await self.way.ask(question)


@pytest.fixture(scope="session")
def adopted(tmp_path_factory: pytest.TempPathFactory, learned: Path) -> Path:
    """An installation that has a routing model, and a listed item that nobody else has."""
    place = shutil.copytree(learned, tmp_path_factory.mktemp("province"), dirs_exist_ok=True)
    link = "https://province.example/trees"
    write_listed(
        place / "drafts" / "own.jsonl", [ListedItem("p-1", "古树名木认养", "林业局", link=link, aliases=("认养古树",))]
    )
    return place


@pytest.fixture
async def province(db: Database, adopted: Path, clock: SettableClock) -> Site:
    await demo.seed(db)
    settings = Settings(data_dir=adopted, public_url="https://province.example")
    return await open_site(settings, db, clock, Log(lambda _: None, clock))


@pytest.fixture
def heard(province: Site) -> Heard:
    return Heard(InProcess(province.assist.serving, COUNTY))


async def below(
    db: Database, folder: Path, clock: SettableClock, channel: Channel, adopted: Path, switch: str = "on"
) -> Site:
    """A county with the reuse files of both uses and the province's record of routing, but no model."""
    uses = folder / "uses"
    (uses / "measured").mkdir(parents=True)
    for use in ("guide", "routing"):
        (uses / f"{use}-reused.yaml").write_text(REUSE.format(use=use, switch=switch), encoding="utf-8")
    (uses / "routing.yaml").write_bytes((adopted / "uses" / "routing.yaml").read_bytes())
    measurement = measured.read(measured.folders(adopted))["routing"]
    measured.write(measured.folders(folder)[1], measurement)
    await demo.seed(db)
    settings = Settings(data_dir=folder, public_url="http://localhost")
    site = await open_site(settings, db, clock, Log(lambda _: None, clock))
    reusing = Reusing(site.assist.gate, channel, site.catalogue)
    routing = Routing(site.assist.store, site.assist.gate, site.directory, clock, folder, reusing)
    site.voice.hotline = replace(site.voice.hotline, routing=routing)
    return replace(site, assist=replace(site.assist, reusing=reusing, routing=routing))


@pytest.fixture
async def county(lower_db: Database, tmp_path: Path, clock: SettableClock, heard: Heard, adopted: Path) -> Site:
    return await below(lower_db, tmp_path / "county", clock, heard, adopted)


@pytest.fixture
async def resident(county: Site) -> AsyncIterator[Person]:
    async with browser(county) as client:
        yield Person(client)


async def asked(clerk: Official, said: str) -> None:
    """A call is typed in, and the page on which it is sent on is open."""
    await clerk.get("/desk/hotline/new")
    fields = {"do": "take", "said": said, "kind": "help", "urgency": "general", "key": clerk.hidden("key")}
    await clerk.post("/desk/hotline/new", fields)


def xiaoman() -> Actor:
    return Actor.citizen(next(person for person in demo.citizens() if person.id == "p-wangxiaoman"))


def browser(site: Site) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(app=create(site), raise_app_exceptions=False)  # type: ignore[arg-type]
    return httpx.AsyncClient(transport=transport, base_url="http://localhost")


async def turn_off(site: Site, use: str) -> None:
    off = Switched(region=COUNTY, use=use, at=site.clock(), state="off", why="先查清楚", kind="official",
                   by_id="o", by_name="值班")  # fmt: skip
    await site.assist.gate.switch(off)


async def outcomes(site: Site, use: str) -> list[tuple[str, str]]:
    """Region and outcome of every call in a log."""
    await site.assist.gate.flush()
    rows = await site.db.fetch("SELECT region, outcome FROM assist_call WHERE use = $1 ORDER BY at, id", use)
    return [(row["region"], row["outcome"]) for row in rows]


async def test_what_the_county_does_not_know_the_province_finds_and_says_so(
    resident: Person, province: Site, heard: Heard
) -> None:
    own = province.assist.guide.ask("想认养一棵古树")
    assert isinstance(own, Suggestion)
    await resident.get(f"/search?q={ASKED}")
    for words in (FOUND, "岚江省", "古树名木认养", "林业局", 'href="https://province.example/trees"', "第2版"):
        assert words in resident.text
    assert "打12345" in resident.text, "the ordinary way stays"
    assert own.value.items[0].item.name in resident.text
    await resident.get("/search?q=" + "想认养一棵古树" + "&lang=en")
    assert "Found by the guide of the level above" in resident.text
    assert len(heard.questions) == 2


async def test_what_the_county_knows_itself_is_not_asked_above(resident: Person, heard: Heard) -> None:
    await resident.get("/search?q=居住证")
    assert "居住证申领" in resident.text
    assert FOUND not in resident.text
    assert heard.questions == []


async def test_nothing_personal_leaves_the_county_s_pages(resident: Person, county: Site, heard: Heard) -> None:
    await resident.get(f"/search?q={ASKED}")
    clerk = await Official(county).sit(CLERK)
    await asked(clerk, NOISE)
    assert [one.use for one in heard.questions] == ["guide", "routing"]
    for question in heard.questions:
        assert "周晓岚" not in question.text
        assert "13812345678" not in question.text
        assert re.search(r"〔姓名1〕.*〔电话1〕", question.text)


async def test_what_people_make_of_it_counts_in_the_county_s_figures_only(
    resident: Person, county: Site, province: Site
) -> None:
    await resident.get(f"/search?q={ASKED}")
    call = resident.hidden("call")
    await resident.post("/search/above", {"call": call, "right": "yes"})
    assert "谢谢，记下了" in resident.text
    rows = await county.db.fetch("SELECT region, use, person, outcome FROM assist_settled")
    assert [tuple(row.values()) for row in rows] == [(COUNTY, "guide", "", "accepted")]
    assert await province.db.fetchval("SELECT count(*) FROM assist_settled") == 0
    assert (COUNTY, "suggested") in await outcomes(county, "guide")
    assert await outcomes(province, "guide") == [(COUNTY, "suggested")]


async def test_feedback_touches_no_other_suggestion(resident: Person, county: Site) -> None:
    clerk = await Official(county).sit(CLERK)
    await asked(clerk, NOISE)
    found = re.search(r'name="call" value="([^"]+)"', clerk.page.text)
    assert found
    await resident.get(f"/search?q={ASKED}")
    for call in (found[1], "990101-0", "x", ""):
        assert (await resident.post("/search/above", {"call": call, "right": "yes"})).status_code in (403, 404)
        await resident.get(f"/search?q={ASKED}")
    assert await county.db.fetchval("SELECT count(*) FROM assist_settled") == 0


async def test_the_county_s_off_switch_stops_it_at_once(resident: Person, county: Site, heard: Heard) -> None:
    await turn_off(county, "guide")
    await turn_off(county, "routing")
    await resident.get(f"/search?q={ASKED}")
    assert FOUND not in resident.text
    assert "没有找到" in resident.text
    clerk = await Official(county).sit(CLERK)
    await asked(clerk, NOISE)
    assert "没有建议，请您自己选" in clerk.text
    assert heard.questions == []


async def test_nothing_is_asked_above_for_who_wants_only_people(resident: Person, county: Site, heard: Heard) -> None:
    await resident.log_in()
    await resident.get(f"/search?q={ASKED}")
    assert len(heard.questions) == 1
    await county.assist.account.choose_people(xiaoman(), wanted=True)
    await resident.get(f"/search?q={ASKED}")
    assert "没有找到" in resident.text
    assert len(heard.questions) == 1


async def test_a_reuse_file_that_is_off_asks_nothing(
    lower_db: Database, tmp_path: Path, clock: SettableClock, heard: Heard, adopted: Path
) -> None:
    county = await below(lower_db, tmp_path / "county", clock, heard, adopted, "off")
    async with browser(county) as client:
        person = Person(client)
        await person.get(f"/search?q={ASKED}")
        assert FOUND not in person.text
        assert "没有找到" in person.text
    assert heard.questions == []


async def test_a_province_that_is_away_is_in_nobody_s_way_and_soon_left_alone(
    lower_db: Database, tmp_path: Path, clock: SettableClock, adopted: Path
) -> None:
    away = Heard(NoChannel())
    county = await below(lower_db, tmp_path / "county", clock, away, adopted)
    async with browser(county) as client:
        person = Person(client)
        for _ in range(7):
            await person.get(f"/search?q={ASKED}")
            assert person.page.status_code == 200
            assert "没有找到" in person.text
    assert len(away.questions) == 5, "five failures in a row open the breaker"
    clerk = await Official(county).sit(CLERK)
    await asked(clerk, NOISE)
    assert "没有建议，请您自己选" in clerk.text


async def test_a_clerk_of_a_county_without_a_model_gets_the_province_s_three_kinds_with_the_county_s_own_bodies(
    county: Site, province: Site
) -> None:
    clerk = await Official(county).sit(CLERK)
    await asked(clerk, NOISE)
    for words in ("上级平台的分办找到的", "岚江省", "生态环境", "由您选"):
        assert words in clerk.text
    assert len(re.findall(r'type="radio" name="to" value="\w', clerk.page.text)) == 3
    call = re.search(r'name="call" value="([^"]+)"', clerk.page.text)
    assert call
    fields = {"call": call[1], "to": "noise", "reasons": "管噪声", "key": clerk.hidden("key")}
    await clerk.post(clerk.page.url.path, fields)
    assert clerk.page.url.path.startswith(f"/desk/cases/{COUNTY}-"), clerk.text
    assert await county.db.fetchval("SELECT outcome FROM assist_settled WHERE call = $1", call[1]) == "accepted"
    assert await outcomes(county, "routing") == [(COUNTY, "suggested")], "one question is one line"
    assert await outcomes(province, "routing") == [(COUNTY, "suggested")]
    assert await province.db.fetchval("SELECT count(*) FROM hotline_sent") == 0


async def test_a_county_with_a_model_of_its_own_asks_above_only_where_that_is_unsure(
    lower_db: Database, tmp_path: Path, clock: SettableClock, heard: Heard, adopted: Path
) -> None:
    shutil.copytree(adopted / "models", tmp_path / "county" / "models")
    county = await below(lower_db, tmp_path / "county", clock, heard, adopted)
    clerk = await Official(county).sit(CLERK)
    await asked(clerk, NOISE)
    assert "由您选" in clerk.text
    assert heard.questions == []
    await asked(clerk, "Zxqv wjkp bdfg")
    assert "没有建议，请您自己选" in clerk.text
    assert len(heard.questions) == 1


async def test_a_province_without_an_adopted_model_gives_no_routing(db: Database, clock: SettableClock, tmp_path: Path):
    await demo.seed(db)
    site = await open_site(Settings(data_dir=tmp_path), db, clock, Log(lambda _: None, clock))
    answer = await site.assist.serving.answer(COUNTY, Question(use="routing", region=COUNTY, text="楼下太吵"))
    assert answer.proposed is None
    assert answer.abstained is not None
