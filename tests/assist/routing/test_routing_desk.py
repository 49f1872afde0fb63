"""What a machine says of a request at the desk: with reasons, by the registered model or not at all."""

import shutil
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
from tongban.base.clock import SettableClock
from tongban.base.database import Database
from tongban.base.errors import Refused
from tongban.base.telemetry import Log
from tongban.catalog.installation import open_catalogue
from tongban.org import Actor, Directory, demo

NOISE = "楼下烧烤店半夜两点还在放音响，吵得我没法睡"
CLERK, EXAMINER = "service-centre.clerk", "ecology.examiner"


def seat(post: str, region: str = "990101") -> Actor:
    """The official on a post of the demonstration."""
    held = next(one for one in demo.register().posts if one.id == f"{region}.{post}")
    return Actor(
        kind="official", id=f"o-{held.id}", name="官", post=held.id, body=held.body, region=region, roles=held.roles
    )


async def desk(db: Database, clock: SettableClock, installation: Path) -> Routing:
    catalogue = open_catalogue(installation, clock)
    register = Register(catalogue, measured.read(measured.folders(installation)))
    store = await Store.open(db)
    gate = Gate(store, register, await store.key("person"), clock, Log(lambda _: None, clock))
    return Routing(store, gate, Directory.build(demo.register(), clock), clock, installation)


async def test_a_clerk_sees_where_it_may_belong_and_why(db: Database, clock: SettableClock, learned: Path) -> None:
    routing = await desk(db, clock, learned)
    found = await routing.look(seat(CLERK), NOISE)
    assert not isinstance(found.found, Abstain), found.found
    first = found.found.value[0]
    assert (first.category, first.body) == ("noise", "990101.ecology")
    assert len(found.found.value) == 3
    assert all(one.quote in NOISE for one in found.found.evidence)
    with pytest.raises(Refused) as refused:
        await routing.look(seat(EXAMINER), NOISE)
    assert refused.value.code == "not-intake"


async def test_a_model_other_than_the_registered_one_does_not_run(
    db: Database, clock: SettableClock, tmp_path: Path, learned: Path
) -> None:
    shutil.copytree(learned, tmp_path, dirs_exist_ok=True)
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
