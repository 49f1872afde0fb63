"""Ticking for the clerk: off unless the record asks and its threshold is met; never the urgent, repeated, unsure."""

import shutil
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest
from tests.assist.routing.test_routing_desk import CLERK, NOISE, seat

from tongban.assist import measured
from tongban.assist.gate import Gate
from tongban.assist.gate.register import Register
from tongban.assist.measured import Measured, model_of
from tongban.assist.model import Abstain
from tongban.assist.records import Switched
from tongban.assist.routing import adopting, modelfile
from tongban.assist.routing.automatic import CEILING, DEMANDED, allowed
from tongban.assist.routing.desk import Routing
from tongban.assist.routing.urgency import Level
from tongban.assist.store import Store
from tongban.base.clock import SettableClock
from tongban.base.database import Database
from tongban.base.telemetry import Log
from tongban.catalog.catalogue import Catalogue
from tongban.catalog.installation import open_catalogue
from tongban.catalog.use import Threshold, Use
from tongban.org import Directory, demo

GAS = "家里一进门就闻到煤气味"
REACHED: Mapping[str, float] = {"sure-accuracy": 0.985}
Entry = tuple[Path, Use, Measured]


@pytest.fixture(scope="session")
def entry(tmp_path_factory: pytest.TempPathFactory, learned: Path) -> Entry:
    """The demonstration's model with a cut-off, and a record that asks for automatic assignment and is measured."""
    place = shutil.copytree(learned, tmp_path_factory.mktemp("automatic"), dirs_exist_ok=True)
    use = open_catalogue(place).use("routing")
    model = adopting.adopted(place, use)
    assert model is not None
    data = modelfile.packed(replace(model, sure=0.6), "")
    weights = modelfile.digest(data)
    adopting.path_of(place, weights).write_bytes(data)
    asked = msgspec.structs.replace(
        use,
        ceiling=CEILING,
        model=msgspec.structs.replace(use.model, weights=weights),
        evaluation=msgspec.structs.replace(use.evaluation, thresholds=(*use.evaluation.thresholds, DEMANDED)),
    )
    found = measured.read(measured.folders(place))["routing"]
    reached = msgspec.structs.replace(found, model=model_of(asked), metrics={**found.metrics, **REACHED})
    return place, asked, reached


async def desk(db: Database, clock: SettableClock, place: Path, use: Use, found: Measured) -> Routing:
    store = await Store.open(db)
    register = Register(Catalogue((), (), (use,)), {"routing": found})
    gate = Gate(store, register, await store.key("person"), clock, Log(lambda _: None, clock))
    return Routing(store, gate, Directory.build(demo.register(), clock), clock, place)


async def test_a_sure_answer_is_ticked_and_a_person_still_sends_it(
    db: Database, clock: SettableClock, entry: Entry
) -> None:
    routing = await desk(db, clock, *entry)
    look = await routing.look(seat(CLERK), NOISE)
    assert routing.ready(look, alone=True) == "noise"
    assert await db.fetchval("SELECT count(*) FROM case_event") == 0, "no case, no clock, no decision"


async def test_it_is_off_unless_the_record_says_so_and_its_threshold_is_met(
    db: Database, clock: SettableClock, entry: Entry
) -> None:
    place, use, found = entry
    guiding = msgspec.structs.replace(use, ceiling="guide")
    short = msgspec.structs.replace(found, metrics={**found.metrics, "sure-accuracy": 0.97})
    unmeasured = msgspec.structs.replace(
        found, metrics={name: value for name, value in found.metrics.items() if name != "sure-accuracy"}
    )
    for record, reached in ((guiding, found), (use, short), (use, unmeasured)):
        routing = await desk(db, clock, place, record, reached)
        assert routing.ready(await routing.look(seat(CLERK), NOISE), alone=True) == ""


async def test_what_is_urgent_or_perhaps_said_before_is_looked_at_first(
    db: Database, clock: SettableClock, entry: Entry
) -> None:
    routing = await desk(db, clock, *entry)
    for said, level in ((GAS, Level.NOW), (NOISE + "，好几个孩子流鼻血", Level.TODAY)):
        found = await routing.look(seat(CLERK), said)
        assert found.urgency.level is level and routing.ready(found, alone=True) == ""
    assert routing.ready(await routing.look(seat(CLERK), NOISE), alone=False) == ""


async def test_for_the_unsure_and_who_wants_people_only_and_a_use_switched_off_nothing_is_ticked(
    db: Database, clock: SettableClock, entry: Entry
) -> None:
    routing = await desk(db, clock, *entry)
    asked = await routing.look(seat(CLERK), NOISE, by_people=True)
    assert isinstance(asked.found, Abstain) and routing.ready(asked, alone=True) == ""
    assert asked.found.code == "opted-out"
    assert await routing.gate.flush() == 0, "no machine has read it"
    assert routing.ready(await routing.look(seat(CLERK), "Zxq wvk jjh"), alone=True) == ""
    off = Switched(
        region="990101", use="routing", at=clock(), state="off", why="查错", kind="operator", by_id="o", by_name="运行"
    )
    await routing.gate.switch(off)
    assert routing.ready(await routing.look(seat(CLERK), NOISE), alone=True) == ""


def test_a_record_that_demands_less_than_98_in_100_ticks_nothing(entry: Entry) -> None:
    _, use, found = entry
    assert allowed(use, found)
    lax = Threshold(metric="sure-accuracy", at_least=0.9)
    thresholds = tuple(one for one in use.evaluation.thresholds if one != DEMANDED)
    evaluation = msgspec.structs.replace(use.evaluation, thresholds=(*thresholds, lax))
    assert not allowed(msgspec.structs.replace(use, evaluation=evaluation), found)


def test_a_record_that_nobody_watches_ticks_nothing(entry: Entry) -> None:
    _, use, found = entry
    assert use.watch is not None
    assert not allowed(msgspec.structs.replace(use, watch=None), found)
    assert not allowed(msgspec.structs.replace(use, watch=msgspec.structs.replace(use.watch, limits=())), found)
