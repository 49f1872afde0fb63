"""The asking side believes only what the member asked has signed for this question, and never waits for the dead."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import msgspec
import pytest
from exchange_world import BASE, HR, World, member, message_id

from tongban.base.clock import SettableClock
from tongban.base.database import Database
from tongban.base.errors import Refused
from tongban.base.keys import KeyRing, Use
from tongban.sharing.channel import client, profile, store
from tongban.sharing.channel.model import Answer, Channel, Member, Sent
from tongban.sharing.channel.questions import provider_app
from tongban.sharing.channel.refusals import Code, document, refusal


@pytest.fixture
async def world(exchange_keys: Path, node_db: Database, clock: SettableClock, monkeypatch: pytest.MonkeyPatch) -> World:
    monkeypatch.setattr(client, "_PAUSE_SECONDS", 0.0)
    return await World.make(exchange_keys, node_db, clock)


def hr(world: World) -> Member:
    found = world.registry.member(HR)
    assert found is not None
    return found


async def code_of(channel: Channel, asked: Member, sent: Sent) -> str:
    with pytest.raises(Refused) as refused:
        await channel.ask(asked, sent)
    return refused.value.code


class Line(httpx.AsyncBaseTransport):
    """The line to the node, on which something happens: `bend` gets the answer, or raises instead."""

    def __init__(self, world: World, bend: Callable[[httpx.Response], httpx.Response]) -> None:
        self._to, self._bend = httpx.ASGITransport(world.app), bend  # type: ignore[arg-type]
        self.requests: list[httpx.Request] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        response = await self._to.handle_async_request(request)
        body = await response.aread()
        return self._bend(httpx.Response(response.status_code, headers=response.headers, content=body))


def sent_at(world: World, **changes: Any) -> Sent:
    """A question of the world's clock: message ids say their time."""
    return world.sent(message_id=UUID(message_id(world.clock())), **changes)


async def test_a_member_asks_and_believes_the_answer(world: World):
    channel: Channel = world.channel()
    answer = await channel.ask(hr(world), sent_at(world))
    assert (answer.found, answer.values, answer.tests) == (True, {"months_paid": 30}, {"enough": True})
    line = (await store.messages(world.db))[0]
    assert bytes.fromhex(answer.digest) == profile.a2b_base64(line["answer_digest"].split(":")[1])


async def test_a_refusal_of_the_node_reaches_the_asker_with_its_code(world: World):
    channel = world.channel()
    assert await code_of(channel, hr(world), sent_at(world, grant="g-2")) == "no-grant"
    with pytest.raises(ValueError, match="purpose"):
        await channel.ask(hr(world), sent_at(world, purpose="unemployment-benefit"))


def changed_body(response: httpx.Response) -> httpx.Response:
    body = response.content.replace(b"30", b"31")
    head = dict(response.headers) | {"content-digest": profile.digest_text(body)}
    return httpx.Response(response.status_code, headers=head, content=body)


def changed_status(response: httpx.Response) -> httpx.Response:
    return httpx.Response(403, headers=response.headers, content=response.content)


def unsigned(response: httpx.Response) -> httpx.Response:
    return httpx.Response(200, content=response.content)


def a_proxys_page(response: httpx.Response) -> httpx.Response:
    return httpx.Response(502, content=b"<h1>Bad gateway</h1>")


def elsewhere(response: httpx.Response) -> httpx.Response:
    return httpx.Response(307, headers={"location": "https://evil.example/"})


@pytest.mark.parametrize("bend", [changed_body, changed_status, unsigned, a_proxys_page, elsewhere])
async def test_what_the_member_did_not_sign_is_not_believed_and_not_asked_for_again(
    world: World, bend: Callable[[httpx.Response], httpx.Response]
):
    line = Line(world, bend)
    assert await code_of(world.channel(transport=line), hr(world), sent_at(world)) == "answer-not-genuine"
    assert len(line.requests) == 1


async def test_the_answer_to_another_question_is_not_believed(world: World):
    answers: list[httpx.Response] = []

    def first(response: httpx.Response) -> httpx.Response:
        answers.append(response)
        kept = answers[0]
        return httpx.Response(kept.status_code, headers=kept.headers, content=kept.content)

    channel = world.channel(transport=Line(world, first))
    await channel.ask(hr(world), sent_at(world))
    assert await code_of(channel, hr(world), sent_at(world)) == "answer-not-genuine"


async def test_another_members_signature_or_a_refusal_bound_to_nothing_is_not_believed(world: World):
    stranger = world.stranger.signer(Use.EXCHANGE, world.clock())
    node = world.node.signer(Use.EXCHANGE, world.clock())

    def forged(response: httpx.Response) -> httpx.Response:
        ours = line.requests[-1].headers["signature"].removeprefix("x1=")
        proof = profile.sign_answer(
            200, response.content, ours, key=stranger, sign=world.stranger.sign, created=int(world.clock().timestamp())
        )
        return httpx.Response(200, headers=proof.headers(), content=response.content)

    def unbound(response: httpx.Response) -> httpx.Response:
        body = document(refusal(Code.NO_GRANT))
        proof = profile.sign_answer(
            403, body, None, key=node, sign=world.node.sign, created=int(world.clock().timestamp())
        )
        return httpx.Response(403, headers=proof.headers(), content=body)

    for bend in (forged, unbound):
        line = Line(world, bend)
        assert await code_of(world.channel(transport=line), hr(world), sent_at(world)) == "answer-not-genuine"


async def test_an_answer_that_was_lost_is_asked_for_again_with_the_same_id_and_is_the_same(world: World):
    def lose_the_first(response: httpx.Response) -> httpx.Response:
        if len(line.requests) == 1:
            raise httpx.ReadTimeout("lost")
        return response

    line = Line(world, lose_the_first)
    answer = await world.channel(transport=line).ask(hr(world), sent_at(world))
    assert answer.values == {"months_paid": 30}
    one, two = (request.headers for request in line.requests)
    assert one["gov-message-id"] == two["gov-message-id"]
    assert one["idempotency-key"] == two["idempotency-key"]
    assert one["signature"] != two["signature"]
    assert await store.counted(world.db) == {"": 1, "repeated": 1}


async def test_a_dead_node_costs_nothing_after_a_few_failures_and_is_tried_again_later(world: World):
    dead = True

    def bend(response: httpx.Response) -> httpx.Response:
        if dead:
            raise httpx.ConnectError("refused")
        return response

    line, seconds = Line(world, bend), [0.0]
    channel = world.channel(transport=line, monotonic=lambda: seconds[0])
    assert await code_of(channel, hr(world), sent_at(world)) == "source-away"
    tried = len(line.requests)
    for _ in range(1000):
        assert await code_of(channel, hr(world), sent_at(world)) == "source-away"
    assert len(line.requests) == tried == 3
    seconds[0] = 6.0
    assert await code_of(channel, hr(world), sent_at(world)) == "source-away"
    assert len(line.requests) == tried + 1  # one try, and again it is left alone, for longer
    seconds[0] = 15.9
    assert await code_of(channel, hr(world), sent_at(world)) == "source-away"
    assert len(line.requests) == tried + 1
    seconds[0], dead = 16.1, False
    assert (await channel.ask(hr(world), sent_at(world))).found
    assert (await channel.ask(hr(world), sent_at(world))).found


async def test_a_node_that_lets_everybody_wait_is_left_alone_too(world: World):
    class Silent(httpx.AsyncBaseTransport):
        tries = 0

        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            self.tries += 1
            await asyncio.Event().wait()
            raise AssertionError

    silent = Silent()
    channel = world.channel(transport=silent)
    for _ in range(3):
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.01):
                await channel.ask(hr(world), sent_at(world))
    assert await code_of(channel, hr(world), sent_at(world)) == "source-away"
    assert silent.tries == 3


async def test_only_what_the_registry_says_is_where_a_member_is_asked(world: World):
    line = Line(world, lambda response: response)
    channel = world.channel(transport=line)
    moved = msgspec.structs.replace(hr(world), node="https://evil.example")
    assert (await channel.ask(moved, sent_at(world))).found
    assert str(line.requests[0].url).startswith(BASE)
    unknown = member(world.stranger, HR.replace("/hr", "/xx"), "https://evil.example", world.clock())
    assert await code_of(channel, unknown, sent_at(world)) == "unknown-member"


async def test_a_node_signs_with_a_new_key_only_once_the_registry_has_it(
    world: World, exchange_keys: Path, tmp_path: Path
):
    old = world.node.signer(Use.EXCHANGE, world.clock())
    for path in (file for file in (exchange_keys / "node").iterdir() if file.suffix == ".json"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
        (tmp_path / path.name).chmod(0o600)
    world.clock.advance(minutes=1)
    new = KeyRing.renew(tmp_path, Use.EXCHANGE, world.clock())
    ring = KeyRing.open(tmp_path, world.clock())
    world.app = provider_app(replace(world.settings, ring=ring), world, world.source, world.log)
    document_ = world.registry.document
    seen: list[str] = []

    def note(response: httpx.Response) -> httpx.Response:
        seen.append(response.headers["signature-input"].partition('keyid="')[2].partition('"')[0])
        return response

    channel = world.channel(transport=Line(world, note))
    await channel.ask(hr(world), sent_at(world))
    both = (document_.members[0], msgspec.structs.replace(document_.members[1], keys=(old, new)))
    world.registry = type(world.registry)(msgspec.structs.replace(document_, members=both))
    world.clock.advance(minutes=1)
    await channel.ask(hr(world), sent_at(world))
    assert seen == [old.id, new.id]


async def test_keys_are_changed_without_a_pause(world: World):
    """Two keys stand in the registry while one replaces the other; afterwards the old one is nothing."""
    old, new = (ring.signer(Use.EXCHANGE, world.clock()) for ring in (world.node, world.stranger))
    document_ = world.registry.document

    def registry(*keys: Any) -> Any:
        members = (document_.members[0], msgspec.structs.replace(document_.members[1], keys=keys))
        return type(world.registry)(msgspec.structs.replace(document_, members=members))

    channel = world.channel()
    for keys, believed in (((old, new), True), ((new,), False)):
        world.registry = registry(*keys)
        if believed:
            assert isinstance(await channel.ask(hr(world), sent_at(world)), Answer)
        else:
            assert await code_of(channel, hr(world), sent_at(world)) == "answer-not-genuine"
