"""PostgreSQL through asyncpg: plain SQL with parameters, nothing between a package's `store.py` and the server."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import TYPE_CHECKING, Any, Protocol, TypeVar, cast

import asyncpg
import msgspec

from tongban.base.errors import Refused, refuse

if TYPE_CHECKING:  # sealing reads its keys through this module
    from tongban.base.sealing.sealer import Sealer

Row = asyncpg.Record
Args = tuple[Any, ...]
T = TypeVar("T")


class RawConnection(Protocol):
    """What we use of asyncpg's connection, which ships no types."""

    async def fetch(self, query: str, *args: Any) -> list[Row]: ...
    async def fetchrow(self, query: str, *args: Any) -> Row | None: ...
    async def fetchval(self, query: str, *args: Any) -> Any: ...
    async def execute(self, query: str, *args: Any) -> str: ...
    async def executemany(self, command: str, args: Sequence[Args]) -> None: ...
    async def copy_records_to_table(
        self, table_name: str, *, records: Sequence[Args], columns: Sequence[str] | None = None
    ) -> str: ...
    async def set_type_codec(
        self,
        typename: str,
        *,
        schema: str,
        format: str,  # noqa: A002 -- asyncpg's word
        encoder: Callable[[Any], bytes],
        decoder: Callable[[bytes], Any],
    ) -> None: ...
    def transaction(self) -> AbstractAsyncContextManager[None]: ...
    def is_closed(self) -> bool: ...


class _Pool(Protocol):
    def acquire(self) -> Awaitable[RawConnection]: ...
    async def release(self, connection: RawConnection) -> None: ...
    async def close(self) -> None: ...


_RETRY_SECONDS = 0.05
_IDLE_SECONDS = 20.0
"""How long a connection that nobody needs is kept: each costs the server about ten megabytes, a new one 3 ms."""

_LOST: tuple[type[BaseException], ...] = (
    ConnectionError,
    FileNotFoundError,
    asyncpg.PostgresConnectionError,
    asyncpg.CannotConnectNowError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.TooManyConnectionsError,
)
"""The server is away or restarting. Before a statement was sent it is safe to try again; afterwards it is not."""


def unavailable() -> Refused:
    """The database is away. Whether the last statement took effect is unknown: repeat with the same idempotency key."""
    return refuse(
        "database-unavailable",
        "系统正在恢复，请过一会儿再试；已经回执的内容不会丢。",
        "The system is recovering. Please try again shortly; nothing that was confirmed is lost.",
        status=503,
    )


def too_slow() -> Refused:
    """A statement ran into its time limit and was cancelled; nothing was written."""
    return refuse(
        "database-too-slow",
        "这一步花的时间太长，已经停下，没有写入任何内容。请稍后再试。",
        "This step took too long and was stopped; nothing was written. Please try again later.",
        status=503,
    )


class Counter:
    """The statements sent while counting, in order. `len()` is their number; BEGIN and COMMIT are not counted."""

    __slots__ = ("statements",)

    def __init__(self) -> None:
        self.statements: list[str] = []

    def __len__(self) -> int:
        return len(self.statements)


class Connection:
    """One connection inside a transaction. The same four verbs as `Database`."""

    __slots__ = ("_counters", "_raw", "_sealer")

    def __init__(self, raw: RawConnection, counters: list[Counter], sealer: "Sealer | None" = None) -> None:
        self._raw = raw
        self._counters = counters
        self._sealer = sealer

    @property
    def sealer(self) -> "Sealer":
        """Seals and opens personal fields. Raises `LookupError` if the database was opened without keys."""
        return _given(self._sealer)

    @property
    def raw(self) -> RawConnection:
        """asyncpg's connection, for COPY."""
        return self._raw

    async def fetch(self, sql: str, *args: Any) -> list[Row]:
        """All rows."""
        self._count(sql)
        return await self._raw.fetch(sql, *args)

    async def fetchrow(self, sql: str, *args: Any) -> Row | None:
        """The first row."""
        self._count(sql)
        return await self._raw.fetchrow(sql, *args)

    async def fetchval(self, sql: str, *args: Any) -> Any:
        """The first value of the first row; None if there is no row."""
        self._count(sql)
        return await self._raw.fetchval(sql, *args)

    async def execute(self, sql: str, *args: Any) -> str:
        """Run a statement; the answer is its command tag, such as `UPDATE 1`."""
        self._count(sql)
        return await self._raw.execute(sql, *args)

    async def executemany(self, sql: str, rows: Sequence[Args]) -> None:
        """Run one statement for each row of arguments, in one round trip and all or nothing."""
        self._count(sql)
        await self._raw.executemany(sql, rows)

    @asynccontextmanager
    async def savepoint(self) -> AsyncGenerator[None]:
        """A part of the transaction that can fail by itself."""
        async with self._raw.transaction():
            yield

    def _count(self, sql: str) -> None:
        for counter in self._counters:
            counter.statements.append(sql)


class Database:
    """A pool of connections. Open with `Database.open`, close with `close`.

    A connection is returned to the pool without a RESET round trip (a fifth of all throughput), so nothing may
    be set for a session: use `SET LOCAL` or `set_config(…, true)` inside `transaction()`.

    A lost server raises `Refused` (`database-unavailable`, 503). Getting a connection waits for it a while.
    """

    def __init__(self, pool: _Pool, url: str, patience_seconds: float, sealer: "Sealer | None" = None) -> None:
        self._pool = pool
        self._patience = patience_seconds
        self._counters: list[Counter] = []
        self._sealer = sealer
        self.url = url

    @property
    def sealer(self) -> "Sealer":
        """Seals and opens personal fields. Raises `LookupError` if the database was opened without keys."""
        return _given(self._sealer)

    @classmethod
    async def open(
        cls,
        url: str,
        *,
        name: str = "tongban",
        max_size: int = 8,
        statement_seconds: float = 15.0,
        patience_seconds: float = 10.0,
        sealer: "Sealer | None" = None,
        each_on_disk: bool = True,
    ) -> "Database":
        """Connect, and see that the server answers. `name` shows in `pg_stat_activity`.

        Without a `sealer` no personal field can be written or read.

        A statement is cancelled after `statement_seconds`; a server that is away is waited for `patience_seconds`.
        With `each_on_disk` false a crash of the server may take back the last transactions, until `all_on_disk`: only
        for work that is simply done again.
        """
        milliseconds = str(int(statement_seconds * 1000))

        pool = await asyncpg.create_pool(
            url,
            min_size=0,
            max_size=max_size,
            init=_set_codecs,
            reset=_leave_as_is,
            server_settings={
                "application_name": name,
                "statement_timeout": milliseconds,
                "idle_in_transaction_session_timeout": "30000",
                "timezone": "UTC",
                **({} if each_on_disk else {"synchronous_commit": "off"}),
            },
            max_inactive_connection_lifetime=_IDLE_SECONDS,
        )
        db = cls(cast("_Pool", pool), url, patience_seconds, sealer)
        await db.fetchval("SELECT 1")
        return db

    async def fetch(self, sql: str, *args: Any) -> list[Row]:
        """All rows."""
        async with self._connection() as connection:
            return await connection.fetch(sql, *args)

    async def fetchrow(self, sql: str, *args: Any) -> Row | None:
        """The first row."""
        async with self._connection() as connection:
            return await connection.fetchrow(sql, *args)

    async def fetchval(self, sql: str, *args: Any) -> Any:
        """The first value of the first row; None if there is no row."""
        async with self._connection() as connection:
            return await connection.fetchval(sql, *args)

    async def execute(self, sql: str, *args: Any) -> str:
        """Run a statement; the answer is its command tag, such as `UPDATE 1`."""
        async with self._connection() as connection:
            return await connection.execute(sql, *args)

    async def all_on_disk(self) -> None:
        """Returns when everything that was committed before is on disk: the log is written in order, so the commit of
        a transaction of its own tells."""
        async with self.transaction() as connection:
            await connection.execute("SET LOCAL synchronous_commit = on")
            await connection.fetchval("SELECT pg_current_xact_id()")

    @asynccontextmanager
    async def transaction(self) -> AsyncGenerator[Connection]:
        """A transaction: committed at the end of the block, rolled back if the block raises."""
        async with self._connection() as connection, connection.raw.transaction():
            yield connection

    @asynccontextmanager
    async def counting(self) -> AsyncGenerator[Counter]:
        """Count the statements that go through this database while the block runs; for tests of constant queries."""
        counter = Counter()
        self._counters.append(counter)
        try:
            yield counter
        finally:
            self._counters.remove(counter)

    async def close(self) -> None:
        """Close every connection after its current work."""
        await self._pool.close()

    @asynccontextmanager
    async def _connection(self) -> AsyncGenerator[Connection]:
        raw = await _patiently(self._pool.acquire, self._patience)
        try:
            yield Connection(raw, self._counters, self._sealer)
        except asyncpg.QueryCanceledError as error:
            raise too_slow() from error
        except _LOST as error:
            raise unavailable() from error
        except (asyncpg.InterfaceError, asyncpg.InternalClientError) as error:
            if _gone(raw):  # the server went away in the middle of a message, or of a transaction
                raise unavailable() from error
            raise
        finally:
            await self._pool.release(raw)


def _gone(raw: RawConnection) -> bool:
    """Whether a connection is lost; one that was cut in a transaction has left the pool's hands already and says so."""
    try:
        return raw.is_closed()
    except asyncpg.InterfaceError:
        return True


async def _patiently(attempt: Callable[[], Awaitable[T]], seconds: float) -> T:
    """Try until the server answers: nothing has been sent yet, so trying again is harmless."""
    try:
        async with asyncio.timeout(seconds):
            while True:
                try:
                    return await attempt()
                except _LOST:
                    await asyncio.sleep(_RETRY_SECONDS)
    except TimeoutError as error:
        raise unavailable() from error


def _given(sealer: "Sealer | None") -> "Sealer":
    if sealer is None:
        raise LookupError("this database was opened without keys: personal fields stay shut")
    return sealer


async def _set_codecs(connection: RawConnection) -> None:
    for kind, prefix in (("jsonb", b"\x01"), ("json", b"")):
        await connection.set_type_codec(
            kind,
            schema="pg_catalog",
            format="binary",
            encoder=_encoder(prefix),
            decoder=_decoder(len(prefix)),
        )


def _encoder(prefix: bytes) -> Callable[[Any], bytes]:
    encode = msgspec.json.encode

    def to_wire(value: Any) -> bytes:
        return prefix + encode(value)

    return to_wire


def _decoder(skip: int) -> Callable[[bytes], Any]:
    decode = msgspec.json.decode

    def from_wire(data: bytes) -> Any:
        return decode(memoryview(data)[skip:])

    return from_wire


async def _leave_as_is(_connection: RawConnection) -> None:
    """Spare the RESET round trip: nothing is ever set for a session."""
