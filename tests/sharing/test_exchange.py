"""A question to another body and its answer: proved on both sides, logged, repeated without harm."""

from pathlib import Path

import pytest
from exchange_world import BODY, World

from tongban.base.clock import SettableClock
from tongban.base.database import Database
from tongban.sharing.channel import store


@pytest.fixture
async def world(tmp_path: Path, db: Database, clock: SettableClock) -> World:
    return await World.make(tmp_path, db, clock)


async def test_a_good_question_is_answered_with_what_was_asked_and_nothing_more(world: World):
    head = world.sign(world.head())
    reply = await world.send(head)
    assert reply.status == 200, reply.body
    assert world.genuine(reply, head)
    assert b"months_paid" in reply.body
    assert b"wage" not in reply.body
    line = (await store.messages(world.db))[0]
    assert line["code"] == ""
    assert BODY.decode() not in str(dict(line))
