"""Ten thousand messages that are replayed, altered, late, re-targeted, downgraded or smuggled: none is answered."""

from __future__ import annotations

import asyncio
from collections import Counter
from pathlib import Path
from random import Random

from attacks import ATTACKS, Attacker, Captured, Message
from exchange_world import Reply, World

from tongban.base.clock import SettableClock
from tongban.base.database import Database
from tongban.sharing.channel import profile, store
from tongban.sharing.channel.refusals import Code

ATTEMPTS = 10_000
TOGETHER = 250


async def test_of_ten_thousand_attacks_none_is_answered_and_each_is_refused_signed_and_logged(
    exchange_keys: Path, node_db: Database, clock: SettableClock
):
    world = await World.make(exchange_keys, node_db, clock)
    attacker = Attacker(world, Random(20261125))
    for _ in range(100):
        delivered, held = (attacker.signed(world.head()) for _ in range(2))
        assert (await world.send(delivered)).status == 200
        attacker.captured.append(Captured(delivered, held))
    answered = len(world.source.asked)
    tried: Counter[str] = Counter()
    codes: Counter[str] = Counter()
    for start in range(0, ATTEMPTS, TOGETHER):
        attacks = [ATTACKS[n % len(ATTACKS)] for n in range(start, start + TOGETHER)]
        messages = [attack(attacker) for attack in attacks]
        replies = await asyncio.gather(*(_sent(world, message) for message in messages))
        for attack, message, reply in zip(attacks, messages, replies, strict=True):
            assert reply.status >= 400, (attack.__name__, message, reply)
            assert _signed(world, message, reply), attack.__name__
            tried[attack.__name__] += 1
            codes[reply.code] += 1
    assert sum(tried.values()) == ATTEMPTS
    assert len(tried) == len(ATTACKS)
    assert codes.keys() <= {str(code) for code in Code}
    logged = await store.counted(world.db)
    assert logged.pop("") == answered
    assert logged == codes
    # What was captured and never arrived is still good: no attack has burnt it.
    assert (await world.send(attacker.captured[0].held)).status == 200


async def _sent(world: World, message: Message) -> Reply:
    return await world.send(message.headers, message.body, message.path, method=message.method, query=message.query)


def _signed(world: World, message: Message, reply: Reply) -> bool:
    pairs = message.headers.items() if isinstance(message.headers, dict) else message.headers
    bound = profile.bound_to([(name.encode(), value.encode("latin-1")) for name, value in pairs])
    return world.genuine(reply, None if bound is None else {"signature": f"x1={bound}"})
