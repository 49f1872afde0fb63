"""A use that officials keep declining, or wave through, is narrowed by itself, and somebody answers for it."""

from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from asyncpg import RestrictViolationError
from tests.assist.gate_world import COUNTY, NEIGHBOUR, SAID, measured, use

from tongban.assist.gate import Gate
from tongban.assist.gate.register import Register
from tongban.assist.model import Abstain, Suggestion
from tongban.assist.records import Asked
from tongban.assist.store import Store, watching
from tongban.assist.watch.narrowing import Autonomy, Verdict
from tongban.assist.watch.watcher import SERVICE, Watcher
from tongban.base.clock import SettableClock
from tongban.base.database import Database
from tongban.base.errors import Refused
from tongban.base.keys import KeyRing
from tongban.base.telemetry import Log
from tongban.cases.service import Cases
from tongban.catalog.catalogue import Catalogue
from tongban.catalog.model import Level
from tongban.catalog.shipped import shipped
from tongban.catalog.watching import Limit, Measure, Owes, Watch
from tongban.org import Actor, Directory, demo
from tongban.terms import Calendar

pytestmark = pytest.mark.database
WATCH = Watch(
    limits=(Limit(measure=Measure.DECLINED, at_most=0.3), Limit(measure=Measure.TOO_FAST, at_most=0.2)),
    owes=Owes(level=Level.COUNTY, body="service-centre"),
    least=10,
    double=0.0,
    groups=("sex",),
)
SUPERVISOR = "990000.digital-centre.supervisor"


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return Catalogue.load(shipped("services"), shipped("procedures"))


@pytest.fixture
async def watcher(db: Database, catalogue: Catalogue, clock: SettableClock, tmp_path: Path) -> AsyncIterator[Watcher]:
    await demo.seed(db)
    yield await make(db, catalogue, clock, tmp_path)


async def make(
    db: Database, catalogue: Catalogue, clock: SettableClock, tmp_path: Path, watch: Watch = WATCH
) -> Watcher:
    entry = use(watch=watch)
    register = Register(Catalogue((), (), (entry,)), {entry.use: measured(entry)})
    store, log = await Store.open(db), Log(clock=clock)
    directory = Directory.build(demo.register(), clock)
    keys = KeyRing.open(tmp_path / "keys", clock())
    cases = Cases(db, catalogue, directory, Calendar.china(), keys, clock, data_dir=tmp_path)
    gate = Gate(store, register, await store.key("person"), clock, log)
    return Watcher(store, gate, catalogue, cases, directory, clock, log, b"salt")


def official(watcher: Watcher, post: str = f"{COUNTY}.police.approver") -> Actor:
    found = watcher.directory.post(post)
    person = next(person for person in demo.officials() if person.id == f"o-{post}")
    return Actor.official(person, found, watcher.directory.body(found.body))


async def suggest(watcher: Watcher, region: str = COUNTY, n: int = 0) -> str:
    async def run() -> Any:
        return SAID

    asked = Asked(use="finder", region=region, subject=f"{region}-261103-{n:08d}", inputs=b"x")
    found = await watcher.gate.consult(asked, run)
    assert isinstance(found, Suggestion), found
    return found.id


async def answered(
    watcher: Watcher, outcomes: Sequence[bool], seconds: float = 60, region: str = COUNTY, by: Actor | None = None
) -> None:
    for n, accepted in enumerate(outcomes):
        call = await suggest(watcher, region, n)
        said = ("accepted", "") if accepted else ("declined", "不对")
        await watcher.gate.settle(call, by or official(watcher), said[0], said[1], seconds)  # pyright: ignore[reportArgumentType]


async def look(watcher: Watcher) -> int:
    return await watcher.turn(every=timedelta())


async def test_a_use_that_officials_keep_declining_is_narrowed_published_and_answered_for(watcher: Watcher) -> None:
    await answered(watcher, [False] * 12)
    assert await look(watcher) == 1
    assert watcher.level("finder", COUNTY) is Autonomy.SECOND_LOOK
    change = (await watcher.changes("finder"))[0]
    assert change.kind == "limit"
    assert "越过了登记的限值" in change.why.zh
    case = (await watcher.cases.engine.load(change.case_id)).state.case
    assert case.service == SERVICE
    assert case.office.id == f"{COUNTY}.service-centre"
    assert case.applicant.id == "990000.digital-centre"


async def test_the_next_region_goes_on_as_before(watcher: Watcher) -> None:
    await answered(watcher, [False] * 12)
    await look(watcher)
    assert watcher.level("finder", NEIGHBOUR) is Autonomy.ON


async def test_the_same_cases_never_narrow_a_use_twice(watcher: Watcher, clock: SettableClock) -> None:
    await answered(watcher, [False] * 12)
    await look(watcher)
    clock.advance(hours=1)
    await look(watcher)
    await look(watcher)
    assert watcher.level("finder", COUNTY) is Autonomy.SECOND_LOOK
    assert len(await watcher.changes("finder")) == 1


async def test_if_it_goes_on_it_is_switched_off_and_the_gate_lets_nothing_through(
    watcher: Watcher, clock: SettableClock
) -> None:
    for _ in range(2):
        await answered(watcher, [False] * 12)
        clock.advance(hours=1)
        await look(watcher)
        clock.advance(hours=1)
    assert watcher.level("finder", COUNTY) is Autonomy.OFF
    refused = watcher.gate.permits("finder", COUNTY)
    assert isinstance(refused, Abstain)
    assert refused.code == "switched-off"
    turned = (await watcher.gate.turns("finder"))[0]
    assert (turned.kind, turned.state) == ("threshold", "off")


async def test_acceptance_too_quick_to_have_read_it_narrows_the_use(watcher: Watcher) -> None:
    await answered(watcher, [True] * 14, seconds=0.4)
    await look(watcher)
    assert watcher.level("finder", COUNTY) is Autonomy.SECOND_LOOK


async def test_a_use_that_serves_well_stays_as_it_is(watcher: Watcher) -> None:
    await answered(watcher, [True] * 20)
    await look(watcher)
    assert watcher.level("finder", COUNTY) is Autonomy.ON
    found = (await watcher.rounds("finder"))[0]
    assert (found.accepted, found.declined) == (20, 0)
    assert {one.verdict for one in found.judged if one.limit is not None} == {Verdict.FINE}


async def test_only_whoever_supervises_it_takes_it_up_again_and_says_why(
    watcher: Watcher, clock: SettableClock
) -> None:
    await answered(watcher, [False] * 12)
    await look(watcher)
    clock.advance(hours=1)
    for who in (f"{COUNTY}.police.approver", f"{COUNTY}.digital-centre.supervisor"):
        with pytest.raises(Refused) as refused:
            await watcher.widen(official(watcher, who), "finder", COUNTY, Autonomy.ON, "改好了")
        assert refused.value.status == 404
    with pytest.raises(Refused):
        await watcher.widen(official(watcher, SUPERVISOR), "finder", COUNTY, Autonomy.ON, " ")
    await watcher.widen(official(watcher, SUPERVISOR), "finder", COUNTY, Autonomy.ON, "重新训练，抽查一百件无误")
    assert watcher.level("finder", COUNTY) is Autonomy.ON
    assert (await watcher.changes("finder"))[0].by_id == f"o-{SUPERVISOR}"
    await look(watcher)
    assert watcher.level("finder", COUNTY) is Autonomy.ON


async def test_nobody_widens_a_use_further_than_on_or_what_was_never_narrowed(watcher: Watcher) -> None:
    with pytest.raises(Refused) as refused:
        await watcher.widen(official(watcher, SUPERVISOR), "finder", COUNTY, Autonomy.ON, "没事")
    assert refused.value.problems[0].code == "not-narrowed"


async def test_a_narrowing_whose_case_could_not_be_opened_is_followed_up_at_the_next_turn(
    watcher: Watcher, clock: SettableClock
) -> None:
    await answered(watcher, [False] * 12)
    whole, watcher.directory = (
        watcher.directory,
        Directory.build(
            msgspec.structs.replace(
                demo.register(), bodies=(), posts=(), holdings=(), powers=(), windows=(), delegations=(), agreements=()
            ),
            clock,
        ),
    )
    await look(watcher)
    assert (await watcher.changes("finder"))[0].case_id == ""
    watcher.directory = whole
    await look(watcher)
    assert (await watcher.changes("finder"))[0].case_id
    assert watcher.level("finder", COUNTY) is Autonomy.SECOND_LOOK


async def test_a_region_that_fails_stops_no_other(watcher: Watcher, db: Database) -> None:
    await answered(watcher, [False] * 12, region=NEIGHBOUR)
    await answered(watcher, [False] * 12)
    await db.execute(
        "CREATE FUNCTION broken() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'disk full'; END $$"
    )
    await db.execute(
        f"CREATE TRIGGER broken BEFORE INSERT ON assist_round FOR EACH ROW WHEN (NEW.region = '{COUNTY}')"
        " EXECUTE FUNCTION broken()"
    )
    assert await look(watcher) == 1
    assert watcher.level("finder", COUNTY) is Autonomy.ON
    assert watcher.level("finder", NEIGHBOUR) is Autonomy.SECOND_LOOK


async def test_an_official_notes_a_view_of_their_own_before_a_narrowed_use_shows_them_anything(
    watcher: Watcher,
) -> None:
    await answered(watcher, [False] * 12)
    await look(watcher)
    call, who = await suggest(watcher, n=99), official(watcher)
    assert await watcher.hidden({call: "finder"}, who) == {call}
    with pytest.raises(Refused):
        await watcher.note_view(call, who, "  ")
    await watcher.note_view(call, who, "我看应该补材料")
    assert await watcher.hidden({call: "finder"}, who) == frozenset()
    assert await watcher.hidden({call: "finder"}, official(watcher, f"{COUNTY}.police.approver-2")) == {call}


async def test_the_words_of_an_own_view_go_when_the_suggestion_is_answered(watcher: Watcher, db: Database) -> None:
    call, who = await suggest(watcher), official(watcher)
    await watcher.note_view(call, who, "我看应该补材料")
    await watcher.gate.settle(call, who, "accepted", seconds_shown=30)
    await look(watcher)
    assert await db.fetchval("SELECT view FROM assist_own_view") == ""


async def test_an_officials_figures_are_kept_by_body_so_that_only_their_supervisors_are_given_them(
    watcher: Watcher,
) -> None:
    await answered(watcher, [True] * 12)
    await look(watcher)
    assert await watcher.officials("finder", [f"{NEIGHBOUR}.police"]) == []
    theirs = await watcher.officials("finder", [f"{COUNTY}.police"])
    assert [(one.answers, one.unbroken) for one in theirs] == [(12, 12)]


async def test_what_is_written_of_groups_are_counts_and_none_below_ten(watcher: Watcher, db: Database) -> None:
    row = (
        "INSERT INTO case_row SELECT $1, $1 || '-261103-' || lpad(n::text, 8, '0'), 1, 1, 's', '1', 'x', '{}',"
        " 'submitted', 'intake', true, $1 || '.police', (ARRAY['p-wangxiaoman', 'p-sunhao'])[(n % 12 = 0)::int + 1],"
        " '', now(), now(), now(), now(), '{}' FROM generate_series(0, 23) n"
    )
    await db.execute(row, COUNTY)
    await answered(watcher, [True] * 24)
    await look(watcher)
    groups = (await watcher.rounds("finder"))[0].groups
    assert {one.name: one.hidden for one in groups} == {"female": True, "male": True}
    assert all(one.calls == 0 for one in groups)


async def test_a_level_once_written_is_final(watcher: Watcher, db: Database) -> None:
    await answered(watcher, [False] * 12)
    await look(watcher)
    for statement in ("UPDATE assist_level SET level = 'on'", "DELETE FROM assist_level"):
        with pytest.raises(RestrictViolationError):
            await db.execute(statement)


async def test_two_processes_that_look_at_once_narrow_once(
    watcher: Watcher, db: Database, catalogue: Catalogue, clock: SettableClock, tmp_path: Path
) -> None:
    await answered(watcher, [False] * 12)
    other = await make(db, catalogue, clock, tmp_path)
    assert await watcher.turn() + await other.turn() == 1
    assert len(await watcher.changes("finder")) == 1


async def test_drift_is_measured_against_the_first_calls_of_the_version(watcher: Watcher) -> None:
    await answered(watcher, [True] * 12)
    await look(watcher)
    async with watcher.store.acting() as connection:
        assert await watching.reference(connection, "finder", COUNTY, "1") == {"c9": 12}


async def test_of_two_regions_treated_unalike_the_one_that_is_worse_off_is_narrowed(
    db: Database, catalogue: Catalogue, clock: SettableClock, tmp_path: Path
) -> None:
    await demo.seed(db)
    limits = (Limit(measure=Measure.GAP_ERROR, at_most=0.2),)
    watch = msgspec.structs.replace(WATCH, limits=limits, groups=("region",))
    watcher = await make(db, catalogue, clock, tmp_path, watch)
    await answered(watcher, [False] * 14)
    await answered(watcher, [True] * 14, region=NEIGHBOUR)
    await look(watcher)
    assert watcher.level("finder", COUNTY) is Autonomy.SECOND_LOOK
    assert watcher.level("finder", NEIGHBOUR) is Autonomy.ON
    clock.advance(hours=1)
    await look(watcher)
    assert len(await watcher.changes("finder")) == 1
