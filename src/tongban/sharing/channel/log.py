"""The message log of a node, and its memory of what it has received and answered.

Group commit: lines that arrive while a statement is in flight share the next one, without a timer. An answer leaves
the node only after its line is on disk: no trace, no answer (政务数据共享条例 29).
"""

from __future__ import annotations

import asyncio
import secrets
from collections import deque
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final
from uuid import UUID

from tongban.base import private
from tongban.base.clock import Clock, utc
from tongban.base.crypto import AEADS, DIGESTS, Aead, Encryption, Hashing, InvalidTag, seal, unseal
from tongban.base.database import Database, Migration, migrate
from tongban.base.errors import Refused
from tongban.sharing.channel import store
from tongban.sharing.channel.store import Line

LIMIT: Final = 256
"""Messages in one statement."""
_HERE: Final = Path(__file__).parent / "migrations"


@dataclass(frozen=True, slots=True)
class Told:
    """What became of a line: `outcome` is "" if it was the first of its kind, else the code to answer with.

    `repeated` comes with the answer that was given before, still sealed.
    """

    outcome: str
    earlier: bytes | None = None


_FIRST: Final = Told("")


def migrations() -> list[Migration]:
    """The tables of a node's own database."""
    return [Migration(f"channel/{path.name}", path.read_text(encoding="utf-8")) for path in sorted(_HERE.glob("*.sql"))]


class MessageLog:
    """One writer of one process. `write` returns when the line is on disk."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db, self._clock = db, clock
        self._waiting: deque[tuple[Line, asyncio.Future[Told]]] = deque()
        self._writer: asyncio.Task[None] | None = None
        self._tended: date | None = None

    @classmethod
    async def open(cls, db: Database, clock: Clock) -> MessageLog:
        """Make the tables and the partitions of today."""
        await migrate(db, migrations())
        log = cls(db, clock)
        await log.tend()
        return log

    @property
    def waiting(self) -> int:
        """Lines that are not on their way to the disk yet."""
        return len(self._waiting)

    async def tend(self) -> list[str]:
        """Make coming partitions, drop old ones; done by itself on the first write of a day."""
        now = self._clock()
        dropped = await store.tend(self._db, now)
        self._tended = utc(now).date()
        return dropped

    async def write(self, line: Line) -> Told:
        """Write a line, alone or with others. Raises `Refused` (503) if the database stays away."""
        future: asyncio.Future[Told] = asyncio.get_running_loop().create_future()
        self._waiting.append((line, future))
        if self._writer is None:
            self._writer = asyncio.create_task(self._run())
        return await future

    async def _run(self) -> None:
        try:
            while self._waiting:
                await self._flush(self._take())
        finally:
            self._writer = None

    def _take(self) -> list[tuple[Line, asyncio.Future[Told]]]:
        """What can share a statement: a nonce at most once, and a message id at most once."""
        batch: list[tuple[Line, asyncio.Future[Told]]] = []
        later: deque[tuple[Line, asyncio.Future[Told]]] = deque()
        taken: set[tuple[object, ...]] = set()
        while self._waiting and len(batch) < LIMIT:
            line, future = self._waiting.popleft()
            claims = {(line.key_id, line.nonce), (line.client, line.message_id)} if line.fresh else set[tuple[str]]()
            if claims & taken:
                later.append((line, future))
            else:
                taken |= claims
                batch.append((line, future))
        later.extend(self._waiting)
        self._waiting = later
        return batch

    async def _flush(self, batch: list[tuple[Line, asyncio.Future[Told]]]) -> None:
        now = self._clock()
        try:
            if utc(now).date() != self._tended:
                await self.tend()
            rows = await store.write(self._db, now, [line for line, _ in batch])
        except Exception as error:  # told to each who waits; alone, so that one bad line fails alone
            if len(batch) > 1 and not isinstance(error, Refused):
                for one in batch:
                    await self._flush([one])
                return
            for _, future in batch:
                if not future.done():
                    future.set_exception(error)
            return
        told = {row["n"]: Told(row["outcome"], row["earlier"]) for row in rows}
        for n, (_, future) in enumerate(batch, start=1):
            if not future.done():
                future.set_result(told.get(n, _FIRST))


class AnswerBox:
    """Seals an answer for the one who repeats the question: its key is made from that question and our secret.

    So neither the database alone nor the database with the secret shows an answer; one must know what was asked.
    """

    def __init__(self, secret: bytes) -> None:
        if len(secret) < 32:
            raise ValueError("a secret has 32 bytes")
        self._secret = secret

    @classmethod
    def open(cls, path: Path) -> AnswerBox:
        """With the secret in a file (mode 0600), made at the first start."""
        if not path.exists():
            private.write_once(path, secrets.token_bytes(32))  # of several processes one makes it, and all read that
        return cls(path.read_bytes())

    def seal(self, message_id: UUID, question: bytes, answer: bytes) -> bytes:
        """`question` is the body of the request."""
        return seal(self._key(question), answer, message_id.bytes)

    def unseal(self, message_id: UUID, question: bytes, sealed: bytes) -> bytes | None:
        """The answer; None if it was sealed under another secret."""
        try:
            return unseal(self._key(question), sealed, message_id.bytes)
        except InvalidTag:
            return None

    def _key(self, question: bytes) -> Aead:
        key = DIGESTS[Hashing.SHA256].mac(self._secret, b"tongban x1 answer\0" + question)
        return AEADS[Encryption.AES].ready(key)
