"""Requests at the desk: suggested with reasons, sent by a clerk, passed on, checked by another, learned from."""

from datetime import datetime
from pathlib import Path

import pytest

from tongban.assist import measured
from tongban.assist.gate import Gate
from tongban.assist.gate.register import Register
from tongban.assist.model import Abstain
from tongban.assist.routing import adopting
from tongban.assist.routing.desk import Routing
from tongban.assist.routing.urgency import Level, judge, rules
from tongban.assist.store import Store
from tongban.base.clock import ZONE, SettableClock
from tongban.base.database import Database
from tongban.base.errors import Refused
from tongban.base.telemetry import Log
from tongban.catalog.installation import open_catalogue
from tongban.org import Actor, Directory, demo

NOISE = "楼下烧烤店半夜两点还在放音响，吵得我没法睡"
CLERK, EXAMINER, APPROVER = "service-centre.clerk", "ecology.examiner", "ecology.approver"


def seat(post: str, region: str = "990101") -> Actor:
    """The official on a post of the demonstration."""
    held = next(one for one in demo.register().posts if one.id == f"{region}.{post}")
    return Actor(
        kind="official", id=f"o-{held.id}", name="官", post=held.id, body=held.body, region=region, roles=held.roles
    )


@pytest.fixture(scope="session")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("installation")
    adopting.demonstrate(place, datetime(2026, 11, 2, 9, tzinfo=ZONE))
    return place


async def desk(db: Database, clock: SettableClock, installation: Path) -> Routing:
    catalogue = open_catalogue(installation, clock)
    register = Register(catalogue, measured.read(measured.folders(installation)))
    store = await Store.open(db)
    gate = Gate(store, register, await store.key("person"), clock, Log(lambda _: None, clock))
    return Routing(store, gate, Directory.build(demo.register(), clock), clock, installation)


async def settled(db: Database, call: str) -> list[str]:
    """What was done with a suggestion."""
    return [row["outcome"] for row in await db.fetch("SELECT outcome FROM assist_settled WHERE call = $1", call)]


async def test_a_clerk_sees_where_it_may_belong_and_why_and_sends_it(
    db: Database, clock: SettableClock, installation: Path
) -> None:
    routing = await desk(db, clock, installation)
    found = await routing.look(seat(CLERK), NOISE)
    assert not isinstance(found.found, Abstain), found.found
    first = found.found.value[0]
    assert (first.category, first.body) == ("noise", "990101.ecology")
    assert len(found.found.value) == 3
    assert all(one.quote in NOISE for one in found.found.evidence)
    sent = await routing.send(seat(CLERK), NOISE, "noise", call=found.found.id)
    assert (sent.id, sent.body, sent.moves[0].by_id) == (found.id, "990101.ecology", seat(CLERK).id)
    assert await settled(db, found.found.id) == ["accepted"]


async def test_another_choice_than_the_suggested_one_is_a_decline(
    db: Database, clock: SettableClock, installation: Path
) -> None:
    routing = await desk(db, clock, installation)
    found = (await routing.look(seat(CLERK), NOISE)).found
    sent = await routing.send(seat(CLERK), NOISE, "property", call=found.id)
    assert await settled(db, found.id) == ["declined"]
    assert sent.top[0].label == "noise"


async def test_a_form_cannot_claim_a_suggestion_that_was_not_made_about_these_words(
    db: Database, clock: SettableClock, installation: Path
) -> None:
    routing = await desk(db, clock, installation)
    found = (await routing.look(seat(CLERK), NOISE)).found
    with pytest.raises(Refused) as refused:
        await routing.send(seat(CLERK), NOISE + "！", "noise", call=found.id)
    assert refused.value.code == "unknown-suggestion"


async def test_what_was_passed_on_is_learned_from_only_after_somebody_else_has_checked_it(
    db: Database, clock: SettableClock, installation: Path
) -> None:
    routing = await desk(db, clock, installation)
    sent = await routing.send(seat(CLERK), NOISE, "property")
    housing, ecology, colleague = seat("housing.examiner"), seat(EXAMINER), seat(APPROVER)
    with pytest.raises(Refused) as silent:
        await routing.pass_on(housing, sent.id, "noise", "", " ")
    assert silent.value.code == "reason-missing"
    moved = await routing.pass_on(housing, sent.id, "noise", "", "是噪声，不是物业")
    assert (moved.body, moved.category) == ("990101.ecology", "noise")
    assert await routing.lessons("990101", sent.at) == []
    with pytest.raises(Refused) as late:
        await routing.check(housing, sent.id)
    assert late.value.code == "not-yours"
    back = await routing.pass_on(ecology, sent.id, "power", "990101.ecology", "是水泵的声音")
    with pytest.raises(Refused) as alone:
        await routing.check(ecology, back.id)
    assert alone.value.code == "second-person-needed"
    await routing.check(colleague, back.id)
    assert await routing.lessons("990101", sent.at) == [(NOISE, "power")]


async def test_nobody_reads_requests_that_their_body_neither_took_nor_was_sent(
    db: Database, clock: SettableClock, installation: Path
) -> None:
    routing = await desk(db, clock, installation)
    sent = await routing.send(seat(CLERK), NOISE, "noise")
    for stranger in (seat("police.examiner"), seat(EXAMINER, "990102"), seat(CLERK, "990102")):
        with pytest.raises(Refused) as refused:
            await routing.one(stranger, sent.id)
        assert refused.value.status == 404
        assert (await routing.page(stranger, None, 10)).items == ()
        assert await routing.hot_spots(stranger) == []
    with pytest.raises(Refused) as refused:
        await routing.look(seat(EXAMINER), NOISE)
    assert refused.value.code == "not-intake"
    assert [one.id for one in (await routing.page(seat(EXAMINER), None, 10)).items] == [sent.id]


async def test_the_same_thing_said_again_is_shown_and_officials_part_what_is_not_one_thing(
    db: Database, clock: SettableClock, installation: Path
) -> None:
    routing = await desk(db, clock, installation)
    clerk = seat(CLERK)
    said = [f"清江路混凝土搅拌站{how}，灰尘很大" for how in ("天天作业", "半夜还在开工", "一直没人管", "又开始生产")]
    sent = [await routing.send(clerk, one, "pollution") for one in said]
    again = await routing.look(clerk, said[0] + "！")
    assert again.twins[0].id == sent[0].id
    spot = (await routing.hot_spots(clerk))[0]
    assert {one.id for one in spot.requests} == {one.id for one in sent}
    assert spot.words
    for other in sent[1:3]:
        await routing.pair(clerk, "apart", sent[0].id, other.id, "不是一个工地")
    assert all(
        not {sent[0].id, other.id} <= {one.id for one in spot.requests}
        for spot in await routing.hot_spots(clerk)
        for other in sent[1:3]
    )


async def test_a_model_other_than_the_registered_one_does_not_run(
    db: Database, clock: SettableClock, tmp_path: Path
) -> None:
    adopting.demonstrate(tmp_path, clock())
    routing = await desk(db, clock, tmp_path)
    (model,) = (tmp_path / "models").iterdir()
    model.write_bytes(model.read_bytes() + b"!")
    found = await routing.look(seat(CLERK), NOISE)
    assert isinstance(found.found, Abstain)
    assert found.found.code == "model-failed"


async def test_without_a_model_the_clerk_chooses_from_the_duties(
    db: Database, clock: SettableClock, tmp_path: Path
) -> None:
    routing = await desk(db, clock, tmp_path)
    found = await routing.look(seat(CLERK), "家里一进门就闻到煤气味")
    assert isinstance(found.found, Abstain)
    assert found.found.code == "not-active"
    assert found.urgency.level is Level.NOW
    sent = await routing.send(seat(CLERK), found.said, "utilities")
    assert (sent.body, sent.call, sent.urgency) == ("990101.housing", "", Level.NOW)


def test_a_model_that_misses_the_register_is_not_put_into_use(tmp_path: Path, clock: SettableClock) -> None:
    table = tmp_path / "table.csv"
    table.write_text("说,类\n" + "".join(f"第{n}条,{'甲乙丙'[n % 3]}\n" for n in range(60)), encoding="utf-8")
    with pytest.raises(Refused) as refused:
        adopting.adopt(table, "说", "类", tmp_path / "data", clock(), lambda _: None)
    assert refused.value.code in ("below-threshold", "too-few-rows")
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize(
    ("said", "level", "rule"),
    [
        ("家里一进门就闻到煤气味", Level.NOW, "gas"),
        ("厨房着火了快来", Level.NOW, "fire"),
        ("电线垂下来了，孩子在下面玩", Level.NOW, "live-wire"),
        ("整个村停电六个小时", Level.TODAY, "outage"),
        ("好几个孩子流鼻血", Level.TODAY, "child"),
        ("什么时候有消防演习，着火怎么办", Level.USUAL, ""),
        ("想给孩子改个名字", Level.USUAL, ""),
    ],
)
def test_urgency_follows_words_that_anybody_can_read_in_the_file(said: str, level: Level, rule: str) -> None:
    found = judge(said)
    assert found.level is level
    assert (found.rule.id if found.rule else "") == rule
    assert all(said[one.start :].startswith(one.quote) for one in found.evidence)


def test_the_file_of_urgency_is_sound() -> None:
    assert len({rule.id for rule in rules()}) == len(rules())
    order = [list(Level).index(rule.level) for rule in rules()]
    assert order == sorted(order), "the more urgent comes first"
    for rule in rules():
        said = rule.any[0] + (rule.with_[0] if rule.with_ else "")
        assert judge(said).level in list(Level)[: list(Level).index(rule.level) + 1], rule.id
