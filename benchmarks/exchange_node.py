"""The two handlers that `benchmarks.exchange` compares, each served by granian in a process of its own.

Both read the question, ask the same source and answer with the same bytes of JSON. `plain` writes one row of its own
and signs nothing; `exchange` is the node of a department as it runs.
"""

from __future__ import annotations

import asyncio
import os
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from tongban.base.clock import system_clock
from tongban.base.database import Database
from tongban.base.ids import uuid7
from tongban.base.keys import KeyRing, PublicKey
from tongban.sharing.channel.log import AnswerBox, MessageLog
from tongban.sharing.channel.model import Answer, Asked, Query
from tongban.sharing.channel.provider import Application, ProviderSettings, Receive, Scope, Send
from tongban.sharing.channel.questions import Body, provider_app
from tongban.sharing.channel.registry import RegistryCache

AS_OF = datetime(2026, 11, 1, tzinfo=UTC)
POOL = 8


async def source(query: Query, asked: Asked | None) -> Answer:  # noqa: ARG001 -- the signature of a connector
    """A record that is in memory: only the exchange is measured."""
    return Answer(found=True, values=dict.fromkeys(query.fields, 30), as_of=AS_OF)


class _Opened:
    """Opens what needs the loop at the first request, then hands over."""

    def __init__(self) -> None:
        self._app: Application | None = None
        self._opening = asyncio.Lock()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        async with self._opening:
            if self._app is None:
                self._app = await self.open(await Database.open(os.environ["EXCHANGE_DATABASE"], max_size=POOL))
        await self._app(scope, receive, send)

    async def open(self, db: Database) -> Application:
        raise NotImplementedError


class _Exchange(_Opened):
    async def open(self, db: Database) -> Application:
        folder, clock = Path(os.environ["EXCHANGE_FOLDER"]), system_clock()

        async def fetch() -> str:
            return (folder / "registry.jws").read_text()

        pinned = msgspec.json.decode((folder / "pinned.json").read_bytes(), type=PublicKey)
        registry = RegistryCache(fetch, [pinned], clock)
        await registry.refresh()
        settings = ProviderSettings(
            members=frozenset({os.environ["EXCHANGE_MEMBER"]}),
            base=os.environ["EXCHANGE_BASE"],
            ring=KeyRing.open(folder / "node", clock()),
            box=AnswerBox.open(folder / "answers.secret"),
            clock=clock,
        )
        return provider_app(settings, registry, source, await MessageLog.open(db, clock))


class _Plain(_Opened):
    async def open(self, db: Database) -> Application:
        async def answer(scope: Scope, receive: Receive, send: Send) -> None:
            body = b""
            while True:
                message = await receive()
                body += message.get("body", b"")
                if not message.get("more_body", False):
                    break
            asked = msgspec.json.decode(body, type=Body)
            _, _, path = scope["path"].partition("/x1/")
            *_, resource, record = path.split("/")
            query = Query(resource=resource, record=record, subject=asked.subject, fields=asked.fields)
            answered = msgspec.json.encode(await source(query, None))
            await db.execute("INSERT INTO plain_message (id, at, path) VALUES ($1, now(), $2)", uuid7(), path)
            headers = [(b"content-type", b"application/json"), (b"content-length", str(len(answered)).encode())]
            await send({"type": "http.response.start", "status": 200, "headers": headers})
            await send({"type": "http.response.body", "body": answered})

        return answer


def exchange() -> Application:
    """The node."""
    return _Exchange()


def plain() -> Application:
    """The yardstick."""
    return _Plain()
