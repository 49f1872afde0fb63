"""Sessions: a token that only the browser has, two ends to its life, and a mandate that stops at once."""

from datetime import timedelta

import msgspec
import pytest

from tongban.base.clock import SettableClock
from tongban.base.database import Database
from tongban.base.errors import Refused
from tongban.org import Directory, demo, sessions, store
from tongban.org.sessions import CITIZEN_IDLE, CITIZEN_LONGEST, OFFICIAL_IDLE

pytestmark = pytest.mark.database
CLERK = "o-990101.service-centre.clerk", demo.post_id("990101", "service-centre", "clerk")


@pytest.fixture
async def directory(db: Database, clock: SettableClock) -> Directory:
    await demo.seed(db)
    return await store.load(db, clock)


async def test_the_register_survives_the_database(directory: Directory, db: Database):
    def as_set(register: object) -> dict[str, set[str]]:
        plain = msgspec.to_builtins(register)
        return {k: {msgspec.json.encode(e, order="sorted").decode() for e in v} for k, v in plain.items()}

    written, read = as_set(demo.register()), as_set(await store.register(db))
    assert {k: len(v) for k, v in read.items()} == {k: len(v) for k, v in written.items()}
    assert read["regions"] == written["regions"]
    assert read["bodies"] == written["bodies"]


async def test_seeding_twice_changes_nothing(directory: Directory, db: Database):
    before = await db.fetchval("SELECT count(*) FROM person"), await db.fetchval("SELECT count(*) FROM org_entry")
    await demo.seed(db)
    after = await db.fetchval("SELECT count(*) FROM person"), await db.fetchval("SELECT count(*) FROM org_entry")
    assert before == after


async def test_a_citizen_logs_in_and_is_found_by_the_token(directory: Directory, db: Database, clock: SettableClock):
    opened = await sessions.log_in_demo(db, directory, "p-wangxiaoman", clock())
    assert opened.token
    async with db.counting() as count:
        found = await sessions.find(db, directory, opened.token, clock())
    assert found is not None
    assert (found.actor.kind, found.actor.id, found.actor.level) == ("person", "p-wangxiaoman", 3)
    assert (found.csrf, found.token) == (opened.csrf, "")
    assert len(count) == 1


async def test_an_official_logs_in_in_a_post(directory: Directory, db: Database, clock: SettableClock):
    person, post = CLERK
    opened = await sessions.log_in_demo(db, directory, person, clock(), post=post)
    assert (opened.actor.kind, opened.actor.post, opened.actor.body) == (
        "official",
        post,
        "990101.service-centre",
    )
    assert opened.actor.roles == {"intake"}


async def test_nobody_logs_in_in_a_post_they_do_not_hold(directory: Directory, db: Database, clock: SettableClock):
    with pytest.raises(Refused) as refused:
        await sessions.log_in_demo(db, directory, "p-wangxiaoman", clock(), post=CLERK[1])
    assert refused.value.code == "post-not-held"


async def test_nobody_logs_in_as_somebody_who_is_not_there(directory: Directory, db: Database, clock: SettableClock):
    with pytest.raises(Refused) as refused:
        await sessions.log_in_demo(db, directory, "p-nobody", clock())
    assert (refused.value.code, refused.value.status) == ("unknown-person", 404)


async def test_the_database_holds_no_token(directory: Directory, db: Database, clock: SettableClock):
    opened = await sessions.log_in_demo(db, directory, "p-wangxiaoman", clock())
    row = await db.fetchrow("SELECT * FROM session")
    assert row is not None
    assert opened.token not in str(dict(row))
    assert opened.token.encode() not in row["token_hash"]


@pytest.mark.parametrize("token", ["", "x", "' OR 1=1 --", "\x00", "长" * 50, "a" * 5000])
async def test_a_made_up_token_is_nobody(directory: Directory, db: Database, clock: SettableClock, token: str):
    assert await sessions.find(db, directory, token, clock()) is None


async def test_an_idle_session_ends_and_a_used_one_goes_on(directory: Directory, db: Database, clock: SettableClock):
    opened = await sessions.log_in_demo(db, directory, "p-wangxiaoman", clock())
    for _ in range(3):
        clock.set(clock() + CITIZEN_IDLE - timedelta(seconds=1))
        assert await sessions.find(db, directory, opened.token, clock()) is not None
    clock.set(clock() + CITIZEN_IDLE)
    assert await sessions.find(db, directory, opened.token, clock()) is None


async def test_a_session_ends_after_its_longest_life_even_in_use(
    directory: Directory, db: Database, clock: SettableClock
):
    opened = await sessions.log_in_demo(db, directory, "p-wangxiaoman", clock())
    end = clock() + CITIZEN_LONGEST
    while clock() + timedelta(hours=1) < end:
        clock.advance(hours=1)
        assert await sessions.find(db, directory, opened.token, clock()) is not None
    clock.set(end)
    assert await sessions.find(db, directory, opened.token, clock()) is None


async def test_an_official_s_session_ends_sooner(directory: Directory, db: Database, clock: SettableClock):
    opened = await sessions.log_in_demo(db, directory, CLERK[0], clock(), post=CLERK[1])
    clock.set(clock() + OFFICIAL_IDLE)
    assert await sessions.find(db, directory, opened.token, clock()) is None


async def test_a_post_taken_away_ends_its_sessions(directory: Directory, db: Database, clock: SettableClock):
    opened = await sessions.log_in_demo(db, directory, CLERK[0], clock(), post=CLERK[1])
    register = demo.register()
    ended = tuple(
        msgspec.structs.replace(h, until=clock().date()) if h.post == CLERK[1] else h for h in register.holdings
    )
    changed = Directory.build(msgspec.structs.replace(register, holdings=ended), clock)
    assert await sessions.find(db, changed, opened.token, clock()) is None


async def test_logging_out_ends_this_session_or_all(directory: Directory, db: Database, clock: SettableClock):
    one, two, three = [await sessions.log_in_demo(db, directory, "p-wangxiaoman", clock()) for _ in range(3)]
    assert len({one.token, two.token, three.token}) == 3
    await sessions.log_out(db, one.token)
    assert await sessions.find(db, directory, one.token, clock()) is None
    assert await sessions.find(db, directory, two.token, clock()) is not None
    await sessions.log_out_everywhere(db, "p-wangxiaoman")
    assert await sessions.find(db, directory, three.token, clock()) is None


async def test_a_weak_log_in_of_a_well_known_person_stays_weak(
    directory: Directory, db: Database, clock: SettableClock
):
    person = await store.person(db, "p-wangxiaoman")
    assert person is not None
    opened = await sessions.log_in(db, directory, person, method="phone", level=1, now=clock())
    assert opened.actor.level == 1


async def test_a_mandate_is_read_with_the_session_and_stops_at_once(
    directory: Directory, db: Database, clock: SettableClock
):
    mandate = demo.mandates()[0]
    opened = await sessions.log_in_demo(db, directory, mandate.to_person, clock(), mandate=mandate.id)
    assert opened.actor.on_behalf_of == mandate.from_party
    assert opened.actor.mandate == mandate
    assert not await store.revoke_mandate(db, mandate.id, "somebody-else", clock())
    assert await store.revoke_mandate(db, mandate.id, mandate.from_party, clock())
    assert await sessions.find(db, directory, opened.token, clock()) is None
    with pytest.raises(Refused) as refused:
        await sessions.log_in_demo(db, directory, mandate.to_person, clock(), mandate=mandate.id)
    assert refused.value.code == "mandate-not-valid"
    assert [m.id for m in await store.mandates_from(db, mandate.from_party)] == [mandate.id]


async def test_nobody_uses_another_s_mandate(directory: Directory, db: Database, clock: SettableClock):
    with pytest.raises(Refused) as refused:
        await sessions.log_in_demo(db, directory, "p-heqing", clock(), mandate=demo.mandates()[0].id)
    assert refused.value.code == "mandate-not-valid"


async def test_what_has_ended_is_forgotten(directory: Directory, db: Database, clock: SettableClock):
    await sessions.log_in_demo(db, directory, "p-wangxiaoman", clock())
    clock.advance(hours=1)
    alive = await sessions.log_in_demo(db, directory, "p-heqing", clock())
    clock.advance(hours=1, minutes=30)
    await sessions.sweep(db, clock())
    assert await db.fetchval("SELECT count(*) FROM session") == 1
    assert await sessions.find(db, directory, alive.token, clock()) is not None
