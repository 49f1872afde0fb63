"""A county reuses what the province runs: two installations, one masked question, a log on each side."""

import hashlib
from pathlib import Path

import httpx
import msgspec
import pytest

from tongban.assist.model import Abstain, Suggestion
from tongban.assist.records import Asked
from tongban.assist.reuse import InProcess, Pointed, Question, Reusing
from tongban.assist.reuse.http_channel import HttpChannel
from tongban.base.clock import SettableClock
from tongban.base.config import Settings, Upper
from tongban.base.database import Database
from tongban.base.errors import Refused
from tongban.base.telemetry import Log
from tongban.catalog.check import check
from tongban.catalog.watching import Measure
from tongban.org import demo
from tongban.web.app import create
from tongban.web.serve import open_site
from tongban.web.site import Site

COUNTY, OTHER = "990121", "990221"
KEY = "a-key-of-the-county-and-nobody-else"
REUSE = """\
reuse: {use: guide, from: "990000"}
region: "990121"
switch: on
owner: {zh: 石湾县政务服务中心（演示）, en: Shiwan service centre (demonstration)}
owes: {level: county, body: service-centre}
limits: [{measure: abstained, at_most: 0.4}]
reviewed: 2026-11-01
review_by: 2027-10-31
objection: {zh: 打12345, en: Call 12345}
off_switch: {zh: 中心值班人员, en: The officer on duty}
""".replace("switch: on", 'switch: "on"')
SAID = "我叫周晓岚，电话13812345678，想办居住证"
ASKED = Asked(use="guide", region=COUNTY, subject=f"{COUNTY}-261103-00000001", names=("周晓岚",))


async def installation(db: Database, folder: Path, clock: SettableClock, lower_keys: str = "") -> Site:
    await demo.seed(db)
    made = Settings(data_dir=folder, public_url="http://localhost", lower_keys=lower_keys)
    return await open_site(made, db, clock, Log(lambda _: None, clock))


@pytest.fixture
async def province(db: Database, tmp_path: Path, clock: SettableClock) -> Site:
    digest = hashlib.sha256(KEY.encode()).hexdigest()
    return await installation(db, tmp_path / "province", clock, lower_keys=f"{COUNTY}={digest}")


@pytest.fixture
async def county(lower_db: Database, tmp_path: Path, clock: SettableClock) -> Site:
    return await with_file(lower_db, tmp_path / "county", clock, REUSE)


async def with_file(db: Database, folder: Path, clock: SettableClock, text: str) -> Site:
    (folder / "uses").mkdir(parents=True, exist_ok=True)
    (folder / "uses" / "guide-reused.yaml").write_text(text, encoding="utf-8")
    return await installation(db, folder, clock)


def over_http(county: Site, province: Site, key: str = KEY) -> Reusing:
    transport = httpx.ASGITransport(app=create(province), raise_app_exceptions=False)  # type: ignore[arg-type]
    channel = HttpChannel(Upper(endpoint="http://localhost", key=key), transport=transport)
    return Reusing(county.assist.gate, channel, county.catalogue)


def pointed(value: object) -> Pointed:
    return msgspec.convert(value, Pointed)


@pytest.mark.database
async def test_the_county_asks_its_gate_decides_and_both_sides_keep_their_own_log(county: Site, province: Site) -> None:
    found = await over_http(county, province).ask(ASKED, SAID, pointed)
    assert isinstance(found, Suggestion), found
    (item,) = found.value.value.items
    assert (item.key, item.link) == ("residence-permit", "http://localhost/services/residence-permit")
    assert found.id.startswith(COUNTY)
    above = await province.assist.gate.one(found.value.provenance.call)
    await province.assist.gate.flush()
    above = await province.assist.gate.one(found.value.provenance.call)
    assert above is not None
    assert (above.region, above.outcome, above.subject, above.person) == (COUNTY, "suggested", "", "")
    here = await county.assist.gate.one(found.id)
    assert here is not None
    assert here.subject == ASKED.subject
    assert here.suggestion is not None
    assert here.suggestion["value"]["provenance"]["call"] == found.value.provenance.call


@pytest.mark.database
@pytest.mark.parametrize("words", ["想办居住证", "孩子要上小学", "营业执照"])
async def test_what_is_said_below_is_what_the_province_says_on_its_own_pages(
    county: Site, province: Site, words: str
) -> None:
    own = province.assist.guide.ask(words)
    found = await over_http(county, province).ask(ASKED, words, pointed)
    assert isinstance(own, Suggestion) and isinstance(found, Suggestion)
    said = found.value.value
    assert said.decision == own.value.decision
    asked = [one.key for one in own.value.ask.options] if own.value.ask and said.decision == "clarify" else []
    assert {one.key for one in said.items} == set(asked or [own.value.items[0].item.key])
    assert found.text == own.text


@pytest.mark.database
async def test_no_name_and_no_number_leaves_the_county(county: Site, province: Site) -> None:
    heard: list[Question] = []

    class Listening:
        async def ask(self, question: Question) -> object:
            heard.append(question)
            return await province.assist.serving.answer(COUNTY, question)

    found = await Reusing(county.assist.gate, Listening(), county.catalogue).ask(ASKED, SAID, pointed)  # pyright: ignore[reportArgumentType]
    assert isinstance(found, Suggestion)
    (question,) = heard
    assert "周晓岚" not in question.text
    assert "13812345678" not in question.text
    assert "居住证" in question.text


@pytest.mark.database
async def test_the_province_takes_nothing_that_is_not_masked(province: Site) -> None:
    with pytest.raises(Refused) as refused:
        await province.assist.serving.answer(COUNTY, Question(use="guide", region=COUNTY, text=SAID))
    assert refused.value.problems[0].code == "not-masked"
    await province.assist.gate.flush()
    assert await province.db.fetchval("SELECT count(*) FROM assist_call") == 0


@pytest.mark.database
@pytest.mark.parametrize("key", ["", "somebody-elses-key"])
async def test_without_its_key_a_county_gets_no_answer_and_its_ordinary_path_goes_on(
    county: Site, province: Site, key: str
) -> None:
    found = await over_http(county, province, key).ask(ASKED, SAID, pointed)
    assert isinstance(found, Abstain)
    assert found.code == "model-failed"


@pytest.mark.database
async def test_a_county_asks_for_no_other_county(county: Site, province: Site) -> None:
    with pytest.raises(Refused) as refused:
        await InProcess(province.assist.serving, COUNTY).ask(Question(use="guide", region=OTHER, text="居住证"))
    assert refused.value.status == 403


@pytest.mark.database
async def test_a_county_that_has_switched_it_off_asks_nothing(
    lower_db: Database, province: Site, tmp_path: Path, clock: SettableClock
) -> None:
    county = await with_file(lower_db, tmp_path / "county", clock, REUSE.replace('switch: "on"', 'switch: "off"'))
    found = await over_http(county, province).ask(ASKED, SAID, pointed)
    assert isinstance(found, Abstain)
    assert found.code == "not-reused"
    await province.assist.gate.flush()
    assert await province.db.fetchval("SELECT count(*) FROM assist_call") == 0


@pytest.mark.database
async def test_a_county_past_its_own_review_asks_nothing(county: Site, province: Site, clock: SettableClock) -> None:
    clock.advance(days=363)
    found = await over_http(county, province).ask(ASKED, SAID, pointed)
    assert isinstance(found, Abstain)
    assert found.code == "review-overdue"


@pytest.mark.database
async def test_an_upper_level_that_is_away_is_an_abstention(county: Site) -> None:
    found = await county.assist.reusing.ask(ASKED, SAID, pointed)
    assert isinstance(found, Abstain)


@pytest.mark.database
async def test_a_county_is_watched_under_its_own_tighter_limits(county: Site) -> None:
    own, above = county.assist.watch.watch("guide", COUNTY), county.assist.watch.watch("guide", OTHER)
    assert own is not None
    assert above is not None
    assert own.limit(Measure.ABSTAINED) == 0.4
    assert own.limit(Measure.DRIFT) == above.limit(Measure.DRIFT)
    assert own.owes.body == "service-centre"


@pytest.mark.parametrize("value", [{"decision": "answer", "items": []}, {"decision": "refuse", "items": []}])
def test_an_answer_that_points_nowhere_is_none(value: object) -> None:
    with pytest.raises(msgspec.ValidationError):
        pointed(value)


def test_a_link_from_above_leads_to_the_web_or_is_refused() -> None:
    item = {"key": "x", "name": {"zh": "一", "en": "one"}, "link": "javascript:alert(1)"}
    with pytest.raises(msgspec.ValidationError):
        pointed({"decision": "answer", "items": [item]})


def findings(folder: Path, text: str) -> list[str]:
    (folder / "uses").mkdir(exist_ok=True)
    (folder / "uses" / "guide-reused.yaml").write_text(text, encoding="utf-8")
    return [finding.code for finding in check([folder / "uses"])]


def test_a_sound_reuse_file_checks_clean(tmp_path: Path) -> None:
    assert findings(tmp_path, REUSE) == []


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("at_most: 0.4", "at_most: 0.9", "reuse-looser"),
        ("reviewed:", "least: 500\nreviewed:", "reuse-looser"),
        ("use: guide", "use: oracle", "reuse-unknown"),
        ('from: "990000"', 'from: "990200"', "reuse-from"),
        ('from: "990000"', 'from: "990121"', "reuse-from"),
        ("review_by: 2027-10-31", "review_by: 2029-10-31", "review"),
    ],
)
def test_a_lower_level_may_only_be_stricter(tmp_path: Path, old: str, new: str, code: str) -> None:
    assert findings(tmp_path, REUSE.replace(old, new)) == [code]
