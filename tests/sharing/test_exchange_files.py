"""The same questions by file: many at once, signed both ways, judged and logged like those over the line."""

from __future__ import annotations

import shutil
from pathlib import Path
from uuid import UUID

import msgspec
import pytest
from exchange_world import CENTRE, HR, PERSON, World, message_id

from tongban.base.clock import SettableClock
from tongban.base.database import Database
from tongban.base.errors import Refused
from tongban.base.jws import compact, opened
from tongban.base.keys import KeyRing, Use, unbase64
from tongban.sharing.channel import store
from tongban.sharing.channel.files import ANSWERS, QUESTIONS, AnswersFile, FilesChannel
from tongban.sharing.channel.files_answering import answer_file, answer_folder
from tongban.sharing.channel.model import Answer, Member, Sent


@pytest.fixture
async def world(exchange_keys: Path, node_db: Database, clock: SettableClock) -> World:
    return await World.make(exchange_keys, node_db, clock)


@pytest.fixture
def channel(world: World, tmp_path: Path) -> FilesChannel:
    return FilesChannel(CENTRE, world.centre, world, tmp_path / "asking", world.clock)


def hr(world: World) -> Member:
    found = world.registry.member(HR)
    assert found is not None
    return found


def question(world: World, **changes: object) -> Sent:
    return world.sent(message_id=UUID(message_id(world.clock())), **changes)


async def code_of(channel: FilesChannel, world: World, sent: Sent) -> str:
    with pytest.raises(Refused) as refused:
        await channel.ask(hr(world), sent)
    return refused.value.code


async def carried(world: World, tmp_path: Path) -> list[Path]:
    """The courier: what is in `out` reaches the node, and what the node writes reaches `in`."""
    inbox, outbox = tmp_path / "node-in", tmp_path / "node-out"
    inbox.mkdir(exist_ok=True)
    for path in (tmp_path / "asking" / "out").glob("*.jws"):
        shutil.copy(path, inbox)
    written = await answer_folder(world.settings, HR, world, world.source, world.log, inbox, outbox)
    for path in written:
        shutil.copy(path, tmp_path / "asking" / "in")
    assert not list(inbox.iterdir())
    return written


async def test_questions_gather_in_one_signed_file_and_each_gets_its_own_answer(
    world: World, channel: FilesChannel, tmp_path: Path
):
    good, outside = [question(world) for _ in range(3)], question(world, grant="g-2")
    for sent in (*good, outside, good[0]):
        assert await code_of(channel, world, sent) == "answer-awaited"
    assert len(channel.pack()) == 1
    assert await code_of(channel, world, good[0]) == "answer-awaited"
    assert channel.pack() == []
    await carried(world, tmp_path)
    assert channel.unpack() == 4
    for sent in good:
        answer = await channel.ask(hr(world), sent)
        assert (answer.values, answer.tests) == ({"months_paid": 30}, {"enough": True})
        assert len(answer.digest) == 64
    assert await code_of(channel, world, outside) == "no-grant"
    assert await store.counted(world.db) == {"": 3, "no-grant": 1}
    assert PERSON not in repr(await world.db.fetch("SELECT * FROM x1_message"))
    assert not list((tmp_path / "asking" / "waiting").iterdir())  # what was told is kept by nobody in between


async def test_a_file_that_comes_twice_is_answered_the_same(world: World, channel: FilesChannel, tmp_path: Path):
    sent = question(world)
    await code_of(channel, world, sent)
    channel.pack()
    await carried(world, tmp_path)
    world.source.answer = Answer(found=True, values={"months_paid": 31})
    await carried(world, tmp_path)
    channel.unpack()
    assert (await channel.ask(hr(world), sent)).values == {"months_paid": 30}
    assert await store.counted(world.db) == {"": 1, "repeated": 1}


def forged(token: str, ring: KeyRing, world: World, kind: str = QUESTIONS) -> str:
    """The same content under another key."""
    return compact(ring, ring.signer(Use.EXCHANGE, world.clock()), kind, unbase64(token.split(".")[1]))


async def test_a_file_that_is_not_genuine_is_refused_whole_signed_and_logged(
    world: World, channel: FilesChannel, tmp_path: Path
):
    await code_of(channel, world, question(world))
    token = channel.pack()[0].read_text()
    head, body, signature = token.split(".")

    async def problem(given: str, provider: str = HR) -> str:
        reply = await answer_file(world.settings, provider, world, world.source, world.log, given)
        payload = msgspec.json.decode(reply_payload(reply, world), type=AnswersFile)
        assert payload.problem is not None
        assert not payload.answers
        return payload.problem.code

    assert await problem(f"{head}.{body}.{signature[:-4]}AAAA") == "signature-wrong"
    assert await problem(f"{head}.{body[:-2]}AA.{signature}") == "signature-wrong"
    assert await problem(forged(token, world.stranger, world)) == "unknown-key"
    assert await problem(forged(token, world.node, world)) == "unknown-key"  # a member, but not the one it names
    assert await problem(forged(token, world.centre, world, ANSWERS)) == "signature-wrong"
    assert await problem("") == "body-too-large"
    assert await problem(token, CENTRE) == "not-here"
    world.clock.advance(hours=25)
    assert await problem(token) == "message-late"
    assert not world.source.asked
    assert sum((await store.counted(world.db)).values()) == 8


def reply_payload(token: str, world: World) -> bytes:
    return opened(token, ANSWERS, world.node.public.get, world.clock())


async def test_answers_that_are_not_theirs_or_not_to_our_file_are_left_aside(
    world: World, channel: FilesChannel, tmp_path: Path
):
    sent = question(world)
    await code_of(channel, world, sent)
    channel.pack()
    reply = (await carried(world, tmp_path))[0].read_text()
    inbox = tmp_path / "asking" / "in"
    for path in inbox.iterdir():
        path.unlink()
    (inbox / "a.jws").write_text(forged(reply, world.stranger, world, ANSWERS))
    (inbox / "b.jws").write_text("…", encoding="utf-8")
    payload = msgspec.json.decode(reply_payload(reply, world), type=AnswersFile)
    other = msgspec.structs.replace(payload, questions="0" * 64)
    key = world.node.signer(Use.EXCHANGE, world.clock())
    (inbox / "c.jws").write_text(compact(world.node, key, ANSWERS, msgspec.json.encode(other)))
    assert channel.unpack() == 0
    assert await code_of(channel, world, sent) == "answer-awaited"
    (inbox / "d.jws").write_text(reply)
    assert channel.unpack() == 1
    assert (await channel.ask(hr(world), sent)).found


async def test_a_file_refused_whole_answers_each_of_its_questions_so(
    world: World, channel: FilesChannel, tmp_path: Path
):
    sent = question(world)
    await code_of(channel, world, sent)
    channel.pack()
    world.clock.advance(hours=25)
    await carried(world, tmp_path)
    assert channel.unpack() == 1
    assert await code_of(channel, world, sent) == "message-late"
