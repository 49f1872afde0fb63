"""What machines said about somebody, and officials noted of it, lies sealed with that person's key."""

import msgspec
import pytest
from tests.assist.gate_world import Hall, hall, register
from tests.assist.routing.earlier_days import write

from tongban.assist.gate import Asked
from tongban.assist.model import Evidence, Proposed, Suggestion
from tongban.assist.routing.records import Move, Request
from tongban.assist.routing.urgency import Level
from tongban.assist.store import Store, calls, drafts, papers, routing, watching
from tongban.assist.store.drafts import SentDraft
from tongban.assist.store.papers import PaperRow
from tongban.assist.store.sealed import SEALED
from tongban.base.clock import SettableClock
from tongban.base.database import Database
from tongban.base.errors import Refused
from tongban.base.i18n import Text
from tongban.base.sealing import open_json, seal_old
from tongban.org import Actor

PERSON, CASE, REGION = "p-wang", "990101-261103-4Q7Z2M9K", "990101"
OFFICIAL = Actor(kind="official", id="o-1", name="李审核", post="post-1", body="990101.market", region=REGION)
SECRET = "王小满住在梧桐路18号"
ASKED = Asked(use="finder", region=REGION, subject=CASE, person=PERSON, inputs=b"x")
PAPER = {"paper": "lease", "fields": [{"value": SECRET}]}


async def says() -> Proposed[str]:
    return Proposed(
        value=SECRET,
        text=Text(SECRET, "She lives there."),
        evidence=(Evidence(source="message", quote=SECRET),),
        confidence=0.9,
    )


def paper(clock: SettableClock) -> PaperRow:
    return PaperRow(
        region=REGION, case_id=CASE, document="990101-d", service="s", material="m", person=PERSON, sha256="0",
        type="pdf", due_at=clock(),
    )  # fmt: skip


async def everything(db: Database, clock: SettableClock) -> tuple[Hall, Store, str]:
    """One of each that a suggestion, its answer, a draft, a view, a paper and a request leave."""
    world, store = await hall(db, clock, register()), await Store.open(db)
    said = await world.gate.consult(ASKED, says)
    assert isinstance(said, Suggestion)
    await world.gate.settle(said.id, OFFICIAL, "declined", SECRET)
    call = await world.gate.logged(said.id)
    assert call is not None
    key = await store.owner_of(call.suggestion, "")
    assert key.owner == PERSON, "whose case it is, though the log has only a keyed hash of them"
    sent = SentDraft(
        region=REGION, call=said.id, person=OFFICIAL.id, subject=CASE, body="b", post="post-1", name="李审核", act="a",
        field="f", at=clock(), offered=SECRET, sent=SECRET, kept=1.0,
    )  # fmt: skip
    move = Move(seq=1, at=clock(), kind="sent", category="noise", body="b", by_id="a", post="p", why=SECRET)
    request = Request(
        region=REGION, id="990101-r", at=clock(), said=SECRET, urgency=Level.USUAL, rule="", taken_by="a", office="b",
        moves=(move,),
    )  # fmt: skip
    await write(store, request, "r-2", SECRET)
    async with store.acting() as connection:
        await drafts.add(connection, sent, key)
        await watching.note_view(connection, REGION, said.id, OFFICIAL.id, SECRET, clock(), key)
        await papers.expect(connection, [paper(clock)])
        await papers.keep(connection, paper(clock), clock(), said.id, "suggested", (key, PAPER))
    return world, store, said.id


async def read(world: Hall, store: Store, call: str) -> tuple[object, ...]:
    """All of it as those who may see it see it."""
    (about,) = await world.gate.for_case(CASE)
    async with store.acting() as connection:
        taken = await drafts.of_case(connection, REGION, CASE)
        (file,) = await papers.of_case(connection, REGION, CASE)
        asked = await routing.one(connection, REGION, "990101-r")
    assert asked is not None
    (asked,) = routing.opened(await store.ring(routing.texts([asked])), [asked])
    assert asked.moves[0].why == SECRET
    (taken,) = drafts.opened(await store.ring(drafts.texts(taken)), taken)
    file = papers.opened(await store.ring([file.extracted]), file)
    suggested = about.call.suggestion["text"]["zh"]
    return suggested, about.settled[0].reason, taken.offered, taken.sent, file.extracted, asked.said


def rows_of(db: Database, table: str) -> str:
    return f"SELECT string_agg(t::text, ' ') FROM {table} t"


async def test_nothing_that_a_machine_said_of_somebody_lies_in_clear_and_whoever_may_reads_it(
    db: Database, clock: SettableClock
) -> None:
    world, store, call = await everything(db, clock)
    for table in SEALED:
        written = await db.fetchval(rows_of(db, table.table))
        assert "梧桐路" not in written and "sealed.1." in written, table.table
    assert await read(world, store, call) == (SECRET, SECRET, SECRET, SECRET, PAPER, SECRET)
    assert await db.fetchval("SELECT characters FROM assist_call") == 2 * len(SECRET), "counted before it is sealed"


async def test_with_the_persons_key_all_of_it_goes_and_a_request_goes_with_its_own(
    db: Database, clock: SettableClock
) -> None:
    world, store, call = await everything(db, clock)
    assert await db.sealer.erase(db, PERSON, clock(), "asked for by the person")
    for doing in (world.gate.one(call), world.gate.for_case(CASE), store.owner_of(await raw(world, call), "")):
        with pytest.raises(Refused) as refused:
            await doing
        assert (refused.value.code, refused.value.status) == ("erased", 410)
    async with store.acting() as connection:
        taken = await drafts.of_bodies(connection, ["b"], (clock().replace(year=2999), ""), 10)
        (file,) = await papers.of_case(connection, REGION, CASE)
        asked = await routing.one(connection, REGION, "990101-r")
    (draft,) = drafts.opened(await store.ring(drafts.texts(taken)), taken)
    assert draft.offered == draft.sent == "（已删除） (erased)", "in a list it hides nobody else"
    with pytest.raises(Refused):
        papers.opened(await store.ring([file.extracted]), file)
    assert asked is not None
    assert routing.opened(await store.ring([asked.said]), [asked])[0].said == SECRET
    assert await db.sealer.erase(db, "990101-r", clock(), "a name was said on the telephone")
    (gone,) = routing.opened(await store.ring(routing.texts([asked])), [asked])
    assert SECRET not in (gone.said, gone.moves[0].why), "the reason goes with the words"


async def raw(world: Hall, call: str) -> object:
    found = await world.gate.logged(call)
    assert found is not None
    return found.suggestion


async def test_rows_of_before_are_read_and_then_sealed_though_they_are_final(
    db: Database, clock: SettableClock
) -> None:
    world, store, call = await everything(db, clock)
    before = await read(world, store, call)
    rows = 0
    for table in SEALED:
        await db.execute(f"ALTER TABLE {table.table} DISABLE TRIGGER USER")
        for row in await db.fetch(f"SELECT * FROM {table.table}"):
            ring = await db.sealer.ring(db, dict(row).values())
            at = [row[column] for column in table.key]
            clear = {c: ring.text(table.place(c, at), row[c]) for c in table.text}
            clear |= {c: open_json(ring, table.place(c, at), row[c]) for c in table.json}
            where = " AND ".join(f"{column} = ${n}" for n, column in enumerate(table.key, 1))
            for column, value in clear.items():
                await db.execute(f"UPDATE {table.table} SET {column} = ${len(at) + 1} WHERE {where}", *at, value)
            rows += 1
        await db.execute(f"ALTER TABLE {table.table} ENABLE TRIGGER USER")
    assert await read(world, store, call) == before
    assert await seal_old(db, SEALED, step=2) == rows
    assert await read(world, store, call) == before
    for table in SEALED:
        assert "梧桐路" not in await db.fetchval(rows_of(db, table.table)), table.table


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE assist_call SET suggestion = '\"sealed.1.another\"'",
        "UPDATE assist_call SET suggestion = NULL",
        "UPDATE assist_settled SET reason = 'another'",
        "UPDATE assist_draft SET sent = 'sealed.1.another'",
        "UPDATE routing_request SET said = 'another'",
        "UPDATE routing_request SET office = 'another'",
        "UPDATE routing_move SET why = 'another'",
        "UPDATE routing_pair SET why = 'sealed.1.another'",
        "DELETE FROM assist_draft",
    ],
)
async def test_what_is_sealed_stays_final(db: Database, clock: SettableClock, change: str) -> None:
    await everything(db, clock)
    with pytest.raises(Exception, match="is final"):
        await db.execute(change)


async def test_a_suggestion_without_a_key_is_not_written(db: Database, clock: SettableClock) -> None:
    world, store, call = await everything(db, clock)
    found = await world.gate.one(call)
    assert found is not None
    with pytest.raises(KeyError):
        async with store.acting() as connection:
            await calls.add(connection, [msgspec.structs.replace(found, id="990101-other")])
