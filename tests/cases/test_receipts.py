"""What is done in a case goes into the public log, and its receipt proves the whole history to anybody."""

import asyncio
from datetime import timedelta

import pytest
from case_world import APPLICANT, COUNTY, FACTS, Officials

from tongban.base.clock import SettableClock
from tongban.base.database import Database
from tongban.base.errors import Refused
from tongban.cases.committing import kept_statement, spoken
from tongban.cases.committing_old import commit_old
from tongban.cases.receipts import receipt_of
from tongban.cases.service import Cases
from tongban.cases.store import said
from tongban.ledger import store
from tongban.ledger.commitments import Salt
from tongban.ledger.faults import Fault
from tongban.ledger.policy import Policy, own_policy
from tongban.ledger.receipts import Point, verify
from tongban.ledger.sequencer import Sequencer
from tongban.ledger.tiles import ENTRIES, TileId, read_entries, reader, widths
from tongban.ledger.tree import root_over

pytestmark = pytest.mark.database

ORIGIN = "log.example/open/log"


@pytest.fixture
async def sequencer(cases: Cases, db: Database, clock: SettableClock) -> Sequencer:
    await store.found(db, ORIGIN)
    return Sequencer(db, cases.engine.keys, clock)


@pytest.fixture
def policy(cases: Cases) -> Policy:
    return own_policy(ORIGIN, cases.engine.keys)


async def submitted(cases: Cases, key: str = "submit-0001") -> str:
    return (await cases.submit(APPLICANT, "stall-permit", FACTS, region=COUNTY, key=key)).case


async def asked(cases: Cases, post: Officials, case: str) -> None:
    says = {"items": ["plan"], "message": "请补"}
    await cases.act(post("clerk"), case, "request-correction", says, version=1, key="ask-00000001")


async def file_of(db: Database, case: str) -> bytes:
    receipt = await receipt_of(db, case)
    assert receipt is not None
    return receipt.file


async def test_a_receipt_proves_the_whole_history_in_words(
    cases: Cases, db: Database, post: Officials, sequencer: Sequencer, policy: Policy, clock: SettableClock
) -> None:
    case = await submitted(cases)
    await submitted(cases, "submit-0002")
    assert await receipt_of(db, case) is None  # not in a signed checkpoint yet, so nothing is promised
    assert await sequencer.run() == 2
    first = await file_of(db, case)
    assert [one.what.zh for one in verify(first, policy, clock()).statements] == ["提交申请"]
    await asked(cases, post, case)
    await sequencer.run()
    second = await file_of(db, case)
    found = verify(second, policy, clock(), earlier=first)
    assert found.holds and [one.seq for one in found.statements] == [1, 2]
    assert found.statements[1].notice is not None
    assert {check.point: check.holds for check in found.checks} == dict.fromkeys(Point, True) | {Point.WITNESSED: None}
    assert verify(first, policy, clock(), earlier=second).fault is Fault.HISTORY_SHORTENED


async def test_a_leaf_says_nothing(cases: Cases, db: Database, sequencer: Sequencer) -> None:
    case = await submitted(cases)
    await submitted(cases, "submit-0002")
    await sequencer.run()
    bundle = (await store.tiles(db, [TileId(ENTRIES, 0)]))[TileId(ENTRIES, 0)]
    entries = read_entries(bundle)
    assert [len(entry) for entry in entries] == [32, 32] and len(set(entries)) == 2
    for secret in (case, APPLICANT.id, APPLICANT.name, COUNTY, FACTS["full_name"]):
        assert secret.encode() not in bundle


async def test_erasing_the_keys_of_a_person_leaves_the_log_as_it_was(
    cases: Cases, db: Database, sequencer: Sequencer, clock: SettableClock
) -> None:
    case = await submitted(cases)
    await sequencer.run()
    before = await store.head(db)
    await db.sealer.erase(db, APPLICANT.id, clock(), "test")
    assert await store.head(db) == before and before is not None
    tiles = await store.tiles(db, widths(before.size))
    assert root_over(before.size, reader(tiles)) in _roots(before.signed)
    with pytest.raises(Refused) as caught:
        await receipt_of(db, case)
    assert caught.value.code == "erased"


def _roots(note: str) -> list[bytes]:
    from tongban.ledger.checkpoints import Checkpoint
    from tongban.ledger.notes import Note

    return [Checkpoint.read(Note.read(note.encode()).text).root]


async def test_many_sequencers_at_once_place_each_leaf_once(
    cases: Cases, db: Database, sequencer: Sequencer, clock: SettableClock
) -> None:
    for n in range(12):
        await submitted(cases, f"submit-{n:04}")
    others = [Sequencer(db, cases.engine.keys, clock) for _ in range(4)]
    placed = await asyncio.gather(*(one.turn(5) for one in others), sequencer.turn(5))
    placed += [await sequencer.run(5)]
    assert sum(placed) == 12
    rows = await db.fetch("SELECT place FROM ledger_leaf ORDER BY place")
    assert [row["place"] for row in rows] == list(range(12))


async def test_a_sequencer_that_dies_leaves_nothing_half_done(
    cases: Cases, db: Database, sequencer: Sequencer, clock: SettableClock
) -> None:
    case = await submitted(cases)

    class Dying(Sequencer):
        def _signed(self, checkpoint: object) -> str:
            raise RuntimeError("the power went")

    with pytest.raises(RuntimeError):
        await Dying(db, cases.engine.keys, clock).turn()
    assert await receipt_of(db, case) is None
    assert await db.fetchval("SELECT count(*) FROM ledger_tile") == 0
    assert await sequencer.run() == 1


async def test_the_database_itself_refuses_to_rewrite_the_log(cases: Cases, db: Database, sequencer: Sequencer) -> None:
    await submitted(cases)
    await sequencer.run()
    for statement in (
        "UPDATE ledger_tile SET data = set_byte(data, 3, 0)",
        "DELETE FROM ledger_tile",
        "UPDATE ledger_head SET size = 0",
        "DELETE FROM ledger_head",
    ):
        with pytest.raises(Exception, match="only grows"):
            await db.execute(statement)


async def test_a_key_that_is_no_longer_in_use_signs_no_receipt(
    cases: Cases, db: Database, sequencer: Sequencer, policy: Policy, clock: SettableClock
) -> None:
    case = await submitted(cases)
    await sequencer.run()
    file = await file_of(db, case)
    (key,) = policy.keys
    ended = Policy(
        origin=ORIGIN,
        keys=(type(key)(vkey=key.vkey, not_before=key.not_before, not_after=clock() - timedelta(days=1)),),
    )
    assert verify(file, ended, clock()).fault is Fault.KEY_NOT_IN_USE


async def test_events_of_before_the_log_are_placed_once_and_in_their_order(
    cases: Cases, db: Database, post: Officials, sequencer: Sequencer, policy: Policy, clock: SettableClock
) -> None:
    case = await submitted(cases)
    await db.execute("UPDATE case_event SET said = ''")
    await db.execute("DELETE FROM ledger_waiting")
    await asked(cases, post, case)  # one of before, one of after
    assert await commit_old(cases.engine) == 1
    assert await commit_old(cases.engine) == 0
    await sequencer.run()
    found, key = await cases.engine.load(case), await db.sealer.person(db, APPLICANT.id)
    async with db.transaction() as slower:  # a process that began at the same time finds it done
        assert await said.commit_all(
            slower, key, COUNTY, case, found.events, [spoken(found.definition, event) for event in found.events]
        )
    assert await sequencer.run() == 0
    assert await db.fetchval("SELECT count(*) FROM ledger_leaf WHERE subject = $1", case) == 2
    assert [one.seq for one in verify(await file_of(db, case), policy, clock()).statements] == [1, 2]


def test_a_statement_comes_out_of_its_event_with_the_same_letters_for_good() -> None:
    data = (
        '{"seq":1,"type":"submit","at":"2026-11-20T09:00:00Z","by":{"kind":"person","id":"p","name":"甲"},"to":"submitted",'
        '"words":{"what":{"zh":"提交申请","en":"Submit"},"by":{"zh":"甲","en":"甲"}}}'
    ).encode()
    assert (
        kept_statement(Salt(bytes(32)), "990101-2026-000001", data)
        == (
            '{"case":"990101-2026-000001","seq":1,"at":"2026-11-20T09:00:00Z","what":{"zh":"提交申请","en":"Submit"},'
            '"by":{"zh":"甲","en":"甲"},"event":"SnNiY03931_PTNcdOX2BeHyCBDxU-b0UByIzQ_n1MIo"}'
        ).encode()
    )
