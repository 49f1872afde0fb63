"""Records in a database, by SQLAlchemy: PostgreSQL, SQLite, MySQL and MariaDB (with the optional driver).

Only declared columns are named, values are always bound, at most two rows come back (two are a fault), a statement
is cut off by the server where it can be, and the session is read-only: PostgreSQL `default_transaction_read_only`,
MySQL `SESSION TRANSACTION READ ONLY`, SQLite `mode=ro` with `query_only`. That a role has no more rights than it
needs is the database's own lock; `look` says where it has.
"""

import asyncio
import sqlite3
import time
from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple, Protocol
from urllib.parse import quote
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy import event, exc, pool
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from tongban.base.errors import refuse
from tongban.sharing.node.config import Record, Sql
from tongban.sharing.node.connectors import Found, Row, moment
from tongban.sharing.node.faults import Fault, SourceFault

_GRACE = 1.0
"""Seconds beyond the statement's own limit before the node stops waiting."""
_STEPS = 10_000
"""SQLite looks at the clock after so many steps of its machine."""
_LONGEST_VALUE = 1_000_000
_WRITES = ("INSERT", "UPDATE", "DELETE")


class _Runs(Protocol):
    """A database that runs something on a connection, in its own way of not blocking the event loop."""

    async def run(self, work: Callable[[sa.Connection], Any]) -> Any: ...

    async def close(self) -> None: ...


class SqlConnector:
    """One database. Connections are made when first asked and kept."""

    def __init__(self, source: Sql, folder: Path, zone: ZoneInfo) -> None:
        self._zone = zone
        self._seconds = source.seconds
        self._places = asyncio.Semaphore(source.connections)
        self._database: _Runs = _Sqlite(source, folder) if source.url.startswith("sqlite") else _Server(source, folder)

    async def read(self, record: Record, subject: str, columns: tuple[str, ...]) -> Row | None:
        """See `Connector.read`."""
        statement = _select(record, subject, columns)

        def work(connection: sa.Connection) -> list[tuple[Any, ...]]:
            return [tuple(row) for row in connection.execute(statement)]

        rows = await self._run(work)
        if not rows:
            return None
        if len(rows) > 1 and record.rows == "one":
            raise SourceFault(Fault.MANY_ROWS)
        first = rows[0]
        as_of = moment(first[-1], self._zone) if record.as_of else None
        return Row(dict(zip(columns, first, strict=False)), as_of)

    async def look(self, record: Record) -> Found:
        """See `Connector.look`. Reads the catalogue of the database only."""

        def work(connection: sa.Connection) -> Found:
            schema, name = _named(record.table)
            inspector = sa.inspect(connection)
            try:
                columns = {c["name"]: _type(c["type"]) for c in inspector.get_columns(name, schema=schema)}
            except exc.NoSuchTableError:
                raise SourceFault(Fault.SOURCE_CHANGED, f"no table or view {record.table}") from None
            return Found(columns, _too_many_rights(connection, record.table))

        return await self._run(work)

    async def close(self) -> None:
        """See `Connector.close`."""
        await self._database.close()

    async def _run(self, work: Callable[[sa.Connection], Any]) -> Any:
        try:
            async with asyncio.timeout(self._seconds + _GRACE):
                async with self._places:
                    return await self._database.run(work)
        except TimeoutError:
            raise SourceFault(Fault.SOURCE_SLOW) from None
        except exc.SQLAlchemyError as error:
            raise _fault(error) from None
        except (OSError, sqlite3.Error) as error:
            raise SourceFault(Fault.SOURCE_DOWN, type(error).__name__) from None


class _Server:
    """A database over the network, by an asynchronous driver."""

    def __init__(self, source: Sql, folder: Path) -> None:
        url = sa.make_url(source.url)
        if source.password_file:
            url = url.set(password=_secret(folder / source.password_file))
        family = _FAMILIES[url.drivername]
        try:
            self._engine: AsyncEngine = create_async_engine(
                url.set(drivername=family.driver),
                connect_args=dict(family.options(source.seconds)),
                pool_size=source.connections,
                max_overflow=0,
                pool_recycle=600,
                pool_timeout=source.seconds,
            )
        except ModuleNotFoundError as error:
            raise refuse(
                "driver-missing",
                f"没有装 {error.name}，连不了这种数据库。请执行 pip install tongban[mysql]。",
                f"{error.name} is not installed, which this database needs: pip install tongban[mysql].",
                place=source.url.partition(":")[0],
                status=500,
            ) from None
        for words in family.at_start:
            statement = words.format(seconds=source.seconds, milliseconds=int(source.seconds * 1000))
            event.listen(self._engine.sync_engine, "connect", _saying(statement))

    async def run(self, work: Callable[[sa.Connection], Any]) -> Any:
        try:
            return await self._once(work)
        except exc.DBAPIError as error:
            # A connection that the server closed meanwhile says so only when it is used. Reading again is harmless.
            if not error.connection_invalidated:
                raise
            return await self._once(work)

    async def _once(self, work: Callable[[sa.Connection], Any]) -> Any:
        async with self._engine.connect() as connection:
            return await connection.run_sync(work)

    async def close(self) -> None:
        await self._engine.dispose()


class _Sqlite:
    """A SQLite file, opened read-only, in threads of the event loop's own pool."""

    def __init__(self, source: Sql, folder: Path) -> None:
        named = sa.make_url(source.url).database or ""
        path = (folder / named).resolve()
        self._seconds = source.seconds
        self._address = f"file:{quote(str(path))}?mode=ro"
        self._engine = sa.create_engine(
            "sqlite://",
            creator=self._open,
            poolclass=pool.QueuePool,
            pool_size=source.connections,
            max_overflow=0,
            pool_timeout=source.seconds,
        )

    def _open(self) -> sqlite3.Connection:
        opened = sqlite3.connect(self._address, uri=True, check_same_thread=False, timeout=self._seconds)
        opened.execute("PRAGMA query_only = on")
        opened.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _LONGEST_VALUE)
        return opened

    async def run(self, work: Callable[[sa.Connection], Any]) -> Any:
        return await asyncio.to_thread(self._in_thread, work)

    def _in_thread(self, work: Callable[[sa.Connection], Any]) -> Any:
        until = time.monotonic() + self._seconds
        with self._engine.connect() as connection:
            raw: Any = connection.connection.driver_connection
            raw.set_progress_handler(lambda: time.monotonic() > until, _STEPS)
            return work(connection)

    async def close(self) -> None:
        self._engine.dispose()


class _Family(NamedTuple):
    """How one kind of server is told to be read-only and not to work for ever."""

    driver: str
    options: Callable[[float], Mapping[str, Any]]
    at_start: tuple[str, ...]
    """Said on each new connection; `{seconds}` and `{milliseconds}` are the limit of a statement."""


def _postgresql(seconds: float) -> Mapping[str, Any]:
    return {
        "timeout": seconds,
        "server_settings": {
            "application_name": "tongban-node",
            "default_transaction_read_only": "on",
            "statement_timeout": str(int(seconds * 1000)),
            "timezone": "UTC",
        },
    }


def _mysql(seconds: float) -> Mapping[str, Any]:
    return {"connect_timeout": max(1, int(seconds)), "charset": "utf8mb4"}


_READ_ONLY = "SET SESSION TRANSACTION READ ONLY"
_FAMILIES: Mapping[str, _Family] = {
    "postgresql": _Family("postgresql+asyncpg", _postgresql, ()),
    "mysql": _Family("mysql+asyncmy", _mysql, (_READ_ONLY, "SET SESSION max_execution_time = {milliseconds}")),
    "mariadb": _Family("mariadb+asyncmy", _mysql, (_READ_ONLY, "SET SESSION max_statement_time = {seconds}")),
}


def _saying(statement: str) -> Callable[[Any, Any], None]:
    def say(opened: Any, _record: Any) -> None:
        cursor = opened.cursor()
        cursor.execute(statement)
        cursor.close()

    return say


def _secret(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise refuse(
            "password-unreadable",
            f"密码文件 {path.name} 读不到：{error.strerror}。",
            f"The password file {path.name} cannot be read: {error.strerror}.",
            place=str(path),
            status=500,
        ) from None


def _named(table: str) -> tuple[str | None, str]:
    schema, _, name = table.rpartition(".")
    return schema or None, name


def _select(record: Record, subject: str, columns: tuple[str, ...]) -> sa.Select[Any]:
    schema, name = _named(record.table)
    wanted = dict.fromkeys((*columns, record.subject, *record.where, *([record.as_of] if record.as_of else ())))
    # Columns are named with their table: SQLite takes a quoted name that it does not know for a text.
    parts: list[sa.ColumnClause[Any]] = [sa.column(column) for column in wanted]
    table = sa.table(name, *parts, schema=schema)
    shown: list[sa.ColumnElement[Any]] = [table.c[column].label(f"c{n}") for n, column in enumerate(columns)]
    if record.as_of:
        shown.append(table.c[record.as_of].label("as_of"))
    statement = sa.select(*(shown or [sa.literal(1)])).where(
        table.c[record.subject] == sa.bindparam("subject", subject, sa.String)
    )
    for column, value in record.where.items():
        statement = statement.where(table.c[column] == sa.literal(value))
    if record.rows == "newest":
        told = table.c[record.as_of]
        return statement.order_by(told.is_(None), told.desc()).limit(1)  # MySQL knows no NULLS LAST
    return statement.limit(2)


def rehearse() -> None:
    """Write a statement for the databases that nodes have most, asking nobody: the library loads its parts by use."""
    record = Record(source="", table="t", subject="a", as_of="b", where={"c": "d"}, fields={})
    for name in ("sqlite", "postgresql.asyncpg"):
        dialect = import_module(f"sqlalchemy.dialects.{name}").dialect()
        _select(record, "x", ("e",)).compile(dialect=dialect)


def _type(found: sa.types.TypeEngine[Any]) -> str:
    """As the database names it; `any` where it names none (SQLite)."""
    return "any" if isinstance(found, sa.types.NullType) else str(found).lower()


def _too_many_rights(connection: sa.Connection, table: str) -> tuple[str, ...]:
    if connection.dialect.name != "postgresql":
        return ()
    quoted = ".".join(connection.dialect.identifier_preparer.quote(part) for part in _named(table) if part)
    held = [right for right in _WRITES if connection.scalar(sa.select(sa.func.has_table_privilege(quoted, right)))]
    return (f"the role may {', '.join(held)}; give it SELECT only 这个角色能写，请只给 SELECT",) if held else ()


_STATES: Mapping[str, Fault] = {
    "57014": Fault.SOURCE_SLOW,
    "42P01": Fault.SOURCE_CHANGED,
    "42703": Fault.SOURCE_CHANGED,
    "3F000": Fault.SOURCE_CHANGED,
    "42501": Fault.SOURCE_DENIES,
    "28000": Fault.SOURCE_DENIES,
    "28P01": Fault.SOURCE_DENIES,
    "42883": Fault.WRONG_TYPE,
    "42804": Fault.WRONG_TYPE,
    "22P02": Fault.WRONG_TYPE,
}
"""SQLSTATE codes of PostgreSQL (its manual, appendix A)."""
_NUMBERS: Mapping[int, Fault] = {
    1146: Fault.SOURCE_CHANGED,
    1054: Fault.SOURCE_CHANGED,
    3024: Fault.SOURCE_SLOW,
    1969: Fault.SOURCE_SLOW,
    1044: Fault.SOURCE_DENIES,
    1045: Fault.SOURCE_DENIES,
    1142: Fault.SOURCE_DENIES,
    1143: Fault.SOURCE_DENIES,
}
"""Error numbers of MySQL and MariaDB."""
_WORDS = {
    "no such table": Fault.SOURCE_CHANGED,
    "no such column": Fault.SOURCE_CHANGED,
    "interrupted": Fault.SOURCE_SLOW,
    "too big": Fault.TOO_LARGE,
    "locked": Fault.SOURCE_BUSY,
    "not a database": Fault.SOURCE_UNREADABLE,
    "malformed": Fault.SOURCE_UNREADABLE,
}
"""What SQLite says, which has no codes for these in Python 3.11."""


def _fault(error: exc.SQLAlchemyError) -> SourceFault:
    """Which fault it is. The driver's own words quote values, so they go nowhere but through these tables."""
    if isinstance(error, exc.TimeoutError):
        return SourceFault(Fault.SOURCE_BUSY, "no free connection")
    original: Any = getattr(error, "orig", None)
    state = str(getattr(original, "sqlstate", None) or "")
    number: Any = original.args[0] if original is not None and original.args else None
    code = number if isinstance(number, int) else 0
    said = str(original) if isinstance(original, sqlite3.Error) else ""
    spoken = next((fault for words, fault in _WORDS.items() if words in said), Fault.SOURCE_DOWN)
    fault = _STATES.get(state) or _NUMBERS.get(code) or spoken
    return SourceFault(fault, f"{type(original or error).__name__} {state or code or ''}".strip())
