"""算法公示: what a use promises stands beside what is so, for everybody, as a page and as JSON."""

import json
from typing import Any

import msgspec
import pytest
from tests.web.citizen import Person

from tongban.assist.gate import EVERYWHERE, Asked, Switched
from tongban.assist.model import Evidence, Proposed
from tongban.assist.public import Objections
from tongban.assist.watch.narrowing import Figure, Judged, Verdict
from tongban.assist.watch.public import Published
from tongban.base.clock import SettableClock
from tongban.base.i18n import Text
from tongban.catalog.watching import Measure
from tongban.org import Actor
from tongban.web.site import Site

pytestmark = pytest.mark.database
OFFICIAL = Actor(kind="official", id="p-zhou", name="周晓岚", post="990101.police.clerk", body="990101.police")
SAID = Proposed(
    value="residence-permit",
    text=Text("像是居住证申领。", "A residence permit, it seems."),
    evidence=(Evidence(source="message", quote="居住证"),),
    confidence=0.9,
)


async def _run(site: Site, times: int, region: str = "990101", found: Any = SAID) -> list[str]:
    async def says() -> Any:
        return found

    asked = Asked(use="guide", region=region, subject=f"{region}-261103-4Q7Z2M9K")
    ids = [(await site.assist.gate.consult(asked, says)).id for _ in range(times)]
    await site.assist.gate.flush()
    return ids


async def _switch(site: Site, state: Any, why: str, region: str = EVERYWHERE) -> None:
    await site.assist.gate.switch(
        Switched(
            region=region,
            use="guide",
            at=site.clock(),
            state=state,
            why=why,
            kind="official",
            by_id="p-zhou",
            by_name="周晓岚",
        )
    )


async def _figures(person: Person, region: str = "") -> dict[str, Any]:
    answer = await person.client.get("/open/algorithms/guide.json", params={"region": region})
    return answer.json()["figures"]


async def test_the_register_lists_every_use_and_each_has_its_page_in_both_languages(site: Site, anyone: Person) -> None:
    for lang in ("zh", "en"):
        listing = await anyone.client.get("/open/algorithms", params={"lang": lang})
        assert listing.status_code == 200
        for use in site.assist.public.uses():
            assert f"/open/algorithms/{use.use}" in listing.text
            one = await anyone.client.get(f"/open/algorithms/{use.use}", params={"lang": lang})
            assert one.status_code == 200
            for words in (use.name, use.purpose, use.how, use.objection, use.off_switch):
                assert words[lang].split("'")[0][:20] in one.text  # type: ignore[index]


async def test_figures_flow_back_from_the_log(site: Site, anyone: Person, clock: SettableClock) -> None:
    """In whole months that are over, and in tens: no call of today moves them, no difference tells a small one."""
    said = await _run(site, 32)
    await _run(site, 13, region="990201", found=None)
    for n, one in enumerate(said[:21]):
        await site.assist.gate.settle(one, OFFICIAL, "declined" if n > 11 else "accepted", "不是这件事")
    assert (await _figures(anyone))["calls"] is None
    page = (await anyone.client.get("/open/algorithms/guide")).text
    assert "不到10" in page and "45" not in page.partition("用得怎么样")[2].partition("</dl>")[0]
    clock.advance(days=31)
    await _run(site, 20)
    whole, county = await _figures(anyone), await _figures(anyone, "990101")
    assert (whole["calls"], whole["suggested"], whole["abstained"]) == (40, 30, {"unsure": 10})
    assert (whole["accepted"], whole["declined"]) == (10, None)
    assert (county["calls"], county["suggested"], county["abstained"]) == (30, 30, {})
    assert whole["half_ms"] <= whole["most_ms"]


async def test_figures_of_closed_days_are_counted_once(site: Site, anyone: Person, clock: SettableClock) -> None:
    """Whether a day is read from its row or from the log, and however often it is rolled up, it counts the same."""
    for _ in range(4):
        await _run(site, 10)
        clock.advance(days=1)
    clock.advance(days=28)
    before = await _figures(anyone)
    await site.assist.public.roll_up()
    await site.assist.public.roll_up()
    clock.advance(minutes=2)
    assert (await _figures(anyone))["calls"] == before["calls"] == 40
    clock.advance(days=100)
    assert (await _figures(anyone))["calls"] is None, "what is older than it looks back is not shown as recent"


async def test_a_switch_is_published_with_who_when_and_why(site: Site, anyone: Person) -> None:
    await _switch(site, "off", "把户口问题答成居住证", "990101")
    page = (await anyone.client.get("/open/algorithms/guide", params={"region": "990101"})).text
    assert "把户口问题答成居住证" in page and "周晓岚" in page and "现在没有使用" in page
    assert "p-zhou" not in page, "the identifier of the official is nobody's business"
    elsewhere = (await anyone.client.get("/open/algorithms/guide")).text
    assert "现在在用" in elsewhere and "把户口问题答成居住证" in elsewhere
    await _switch(site, "on", "词表改好了", "990101")
    page = (await anyone.client.get("/open/algorithms/guide", params={"region": "990101"})).text
    assert "现在在用" in page and "词表改好了" in page


async def test_what_watch_and_account_publish_stands_in_the_entry(site: Site, anyone: Person) -> None:
    figure = Figure(
        measure=Measure.GAP_ERROR, value=0.08, low=0.02, high=0.14, of=400, about=Text("65岁以上和以下", "65 and over")
    )

    async def watched(use: str, region: str) -> Published:
        return Published(gaps=(Judged(figure=figure, limit=0.1, verdict=Verdict.FINE),))

    async def objections(use: str, region: str) -> Objections:
        return Objections(asked=3, outcomes={"changed": 1, "kept": 2})

    site.assist.public.watched, site.assist.public.objections = watched, objections
    page = (await anyone.client.get("/open/algorithms/guide")).text
    assert "65岁以上和以下" in page and "请求人工复核" in page


@pytest.mark.parametrize("shape", ["atrs", "dutch", "chinese"])
async def test_every_use_can_be_had_in_the_shape_of_other_registers(site: Site, anyone: Person, shape: str) -> None:
    for use in site.assist.public.uses():
        answer = await anyone.client.get(f"/open/algorithms/{use.use}/{shape}.json")
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("application/json")
        assert (
            use.purpose.zh in answer.text
            or json.dumps(use.purpose.en)[1:-1] in answer.text
            or use.purpose.en in answer.text
        )


async def test_the_dutch_delivery_has_the_fields_that_register_requires(site: Site, anyone: Person) -> None:
    made = (await anyone.client.get("/open/algorithms/guide/dutch.json")).json()
    required = ("name", "description_short", "organization", "status", "contact_email", "publication_category", "lang")
    assert all(made[field] for field in required)
    assert made["status"] == "In gebruik" and made["standard_version"] == "1.0"


@pytest.mark.parametrize(
    "address",
    [
        "/open/algorithms/nothing",
        "/open/algorithms/nothing.json",
        "/open/algorithms/guide/other.json",
        "/open/algorithms?region=123456",
    ],
)
async def test_what_is_not_in_the_register_is_not_there(anyone: Person, address: str) -> None:
    assert (await anyone.client.get(address)).status_code == 404


async def test_reading_the_register_again_and_again_asks_the_database_nothing(site: Site, anyone: Person) -> None:
    await anyone.client.get("/open/algorithms.json")
    async with site.db.counting() as counter:
        await anyone.client.get("/open/algorithms.json")
    assert not [sql for sql in counter.statements if "assist_" in sql]


async def test_the_json_of_an_entry_is_read_back_as_what_it_was(site: Site, anyone: Person) -> None:
    from tongban.assist.public import Entry

    answer = await anyone.client.get("/open/algorithms/guide.json")
    assert msgspec.json.decode(answer.content, type=Entry) == await site.assist.public.entry("guide")
