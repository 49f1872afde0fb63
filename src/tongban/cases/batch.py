"""Group commit: commands that arrive while a commit is in flight share the next one.

There is no timer: a lone command is written at once, and the batch is as large as what came in meanwhile. A batch
isolates its failures: if the statement fails, each command is tried by itself, so only the bad one learns of it. If
the connection is lost in the middle of a commit nobody can know whether it happened; the same statement is then sent
again, and the idempotency keys tell which commands were already written.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from tongban.base.database import Connection, Database
from tongban.base.errors import Refused
from tongban.cases.store.history import Append, append, key_of, owners

LIMIT = 256
"""Commands in one statement."""

_TRIES = 4
"""Times a statement is sent again after a lost connection; each waits for the server up to ten seconds."""

Also: TypeAlias = Callable[[Connection], Awaitable[None]]
"""Work in the same transaction, done only if the command is written (a certificate)."""


def together(several: Sequence[Also]) -> Also:
    """Each in turn, in the one transaction."""

    async def do(connection: Connection) -> None:
        for one in several:
            await one(connection)

    return do


@dataclass(frozen=True, slots=True)
class Written:
    """The events are committed."""


@dataclass(frozen=True, slots=True)
class Repeated:
    """The key was used before, for this event of this case."""

    case: str
    seq: int


@dataclass(frozen=True, slots=True)
class KeyReused:
    """The key was used before, for something else."""


@dataclass(frozen=True, slots=True)
class Moved:
    """The case is no longer where the command saw it; or the number of a new case is taken."""


Outcome: TypeAlias = Written | Repeated | KeyReused | Moved


@dataclass(frozen=True, slots=True, eq=False)
class _Waiting:
    items: tuple[Append, ...]
    """The first one answers; the others are written with it or not at all."""
    also: Also | None
    answer: asyncio.Future[Outcome]


class Batcher:
    """One writer of one process. `write` returns when the command is on disk."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._waiting: list[_Waiting] = []
        self._writer: asyncio.Task[None] | None = None

    async def write(self, item: Append, also: Also | None = None, beside: Sequence[Append] = ()) -> Outcome:
        """Commit a command, alone or with others. Raises Refused (503) if the database stays away.

        `beside` are commands on other cases that are written with it or not at all; their own keys do not count.
        """
        waiting = _Waiting((item, *beside), also, asyncio.get_running_loop().create_future())
        self._waiting.append(waiting)
        if self._writer is None:
            self._writer = asyncio.create_task(self._run())
        return await waiting.answer

    async def _run(self) -> None:
        try:
            while self._waiting:
                await self._flush(self._take())
        finally:
            self._writer = None

    def _take(self) -> list[_Waiting]:
        """What can share a statement: at most one command of a case, and at most one of a key."""
        batch: list[_Waiting] = []
        later: list[_Waiting] = []
        taken: set[tuple[str, ...]] = set()
        size = 0
        for waiting in self._waiting:
            head = waiting.items[0]
            claims = {(item.region, item.case) for item in waiting.items}
            claims |= {(head.region, head.key.actor, head.key.key)}
            if (not batch or size + len(waiting.items) <= LIMIT) and not claims & taken:
                batch.append(waiting)
                taken |= claims
                size += len(waiting.items)
            else:
                later.append(waiting)
        self._waiting = later
        return batch

    async def _flush(self, batch: list[_Waiting]) -> None:
        try:
            outcomes = await _patiently(self._db, batch)
        except Exception as error:
            # A database that is away is away for each of them; the keys tell later what was written.
            if len(batch) == 1 or (isinstance(error, Refused) and error.code == "database-unavailable"):
                for waiting in batch:
                    _fail(waiting, error)
                return
            for waiting in batch:
                await self._flush([waiting])
            return
        for waiting, outcome in zip(batch, outcomes, strict=True):
            if not waiting.answer.done():
                waiting.answer.set_result(outcome)


def _fail(waiting: _Waiting, error: Exception) -> None:
    if not waiting.answer.done():
        waiting.answer.set_exception(error)


async def _patiently(db: Database, batch: list[_Waiting]) -> list[Outcome]:
    for _ in range(_TRIES - 1):
        try:
            return await _write(db, batch)
        except Refused as error:
            if error.code != "database-unavailable":
                raise
    return await _write(db, batch)


async def _write(db: Database, batch: list[_Waiting]) -> list[Outcome]:
    items = [item for waiting in batch for item in waiting.items]
    heads = [len(waiting.items) for waiting in batch]
    firsts = [sum(heads[:n]) for n in range(len(batch))]
    of = [first for first, waiting in zip(firsts, batch, strict=True) for _ in waiting.items]
    if not any(waiting.also for waiting in batch):
        written = await append(db, items, of)
    else:
        await db.sealer.persons(db, owners(items))  # before the transaction, so that nobody waits for its new keys
        async with db.transaction() as connection:
            written = await append(connection, items, of)
            for first, waiting in zip(firsts, batch, strict=True):
                if waiting.also and first in written:
                    await waiting.also(connection)
    outcomes = zip(firsts, batch, strict=True)
    return [Written() if n in written else await _why(db, one.items[0]) for n, one in outcomes]


async def _why(db: Database, item: Append) -> Outcome:
    used = await key_of(db, item.region, item.key)
    if used is None:
        return Moved()
    case, seq, digest = used
    if digest != item.key.digest:
        return KeyReused()
    return Written() if (case, seq) == (item.case, item.seq) else Repeated(case, seq)
