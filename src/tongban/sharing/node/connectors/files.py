"""Records in files, by DuckDB: CSV, Parquet, and Excel by way of a copy (DuckDB's own reader would be fetched from the
network). A question scans the file and keeps nothing; memory is bounded whatever its size.

DuckDB may open the source's folder and the node's own, and nothing else; columns of CSV and Excel are read as text,
so an identity number never becomes a number on the way.
"""

import asyncio
import threading
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import duckdb

from tongban.sharing.node.config import FILE_TIME, Files, Record
from tongban.sharing.node.connectors import Found, Row, moment
from tongban.sharing.node.connectors.sheets import as_csv
from tongban.sharing.node.faults import Fault, SourceFault

MEMORY = "128MB"
"""What DuckDB may hold at most; a scan needs far less."""
_LONGEST_LINE = 100_000
_TOGETHER = 2
"""Scans at a time; the others wait."""


class FilesConnector:
    """One folder of files."""

    def __init__(self, source: Files, folder: Path, zone: ZoneInfo, scratch: Path) -> None:
        self._source = source
        self._zone = zone
        self._folder = (folder / source.folder).resolve()
        self._scratch = scratch.resolve()
        self._places = asyncio.Semaphore(_TOGETHER)
        self._opening = threading.Lock()
        self._root: duckdb.DuckDBPyConnection | None = None

    async def read(self, record: Record, subject: str, columns: tuple[str, ...]) -> Row | None:
        """See `Connector.read`."""
        return await self._run(partial(self._read, record, subject, columns))

    async def look(self, record: Record) -> Found:
        """See `Connector.look`. The first lines of a file are read to know its columns."""
        return await self._run(partial(self._look, record))

    async def close(self) -> None:
        """See `Connector.close`."""
        if self._root is not None:
            self._root.close()

    async def _run(self, work: Any) -> Any:
        running: list[duckdb.DuckDBPyConnection] = []
        try:
            async with asyncio.timeout(self._source.seconds):
                async with self._places:
                    return await asyncio.to_thread(self._in_thread, work, running)
        except TimeoutError:
            for cursor in running:
                cursor.interrupt()
            raise SourceFault(Fault.SOURCE_SLOW) from None

    def _in_thread(self, work: Any, running: list[duckdb.DuckDBPyConnection]) -> Any:
        try:
            cursor = self._database().cursor()
            running.append(cursor)
            try:
                return work(cursor)
            finally:
                running.clear()
                cursor.close()
        except FileNotFoundError as error:
            raise SourceFault(Fault.SOURCE_DOWN, f"no file {Path(error.filename or '').name}") from None
        except OSError as error:
            raise SourceFault(Fault.SOURCE_DENIES, error.strerror or "") from None
        except duckdb.Error as error:
            raise _fault(error) from None

    def _database(self) -> duckdb.DuckDBPyConnection:
        with self._opening:
            if self._root is None:
                self._scratch.mkdir(parents=True, exist_ok=True)
                root = duckdb.connect(
                    config={
                        "memory_limit": MEMORY,
                        "threads": 1,
                        "autoinstall_known_extensions": False,
                        "autoload_known_extensions": False,
                        "temp_directory": str(self._scratch / "duckdb"),
                        "max_temp_directory_size": "0KB",
                    }
                )
                folders = ", ".join(map(_text, (self._folder, self._scratch)))
                root.execute(f"SET allowed_directories = [{folders}]")
                root.execute("SET enable_external_access = false; SET lock_configuration = true")
                self._root = root
            return self._root

    def _read(
        self, record: Record, subject: str, columns: tuple[str, ...], cursor: duckdb.DuckDBPyConnection
    ) -> Row | None:
        path, relation = self._relation(record)
        shown = [_name(column) for column in columns]
        if record.as_of and record.as_of != FILE_TIME:
            shown.append(_name(record.as_of))
        conditions = [f"{_name(record.subject)} = ?", *(f"{_name(column)} = ?" for column in record.where)]
        tail = f"ORDER BY {_name(record.as_of)} DESC NULLS LAST LIMIT 1" if record.rows == "newest" else "LIMIT 2"
        where = " AND ".join(conditions)
        bound = [subject, *(_bound(value, relation) for value in record.where.values())]
        rows = cursor.execute(
            f"SELECT {', '.join(shown) or '1'} FROM {relation} WHERE {where} {tail}", bound
        ).fetchall()
        if not rows:
            return None
        if len(rows) > 1:
            raise SourceFault(Fault.MANY_ROWS)
        as_of = None
        if record.as_of == FILE_TIME:
            as_of = datetime.fromtimestamp(path.stat().st_mtime, UTC)
        elif record.as_of:
            as_of = moment(rows[0][-1], self._zone)
        return Row(dict(zip(columns, rows[0], strict=False)), as_of)

    def _look(self, record: Record, cursor: duckdb.DuckDBPyConnection) -> Found:
        _, relation = self._relation(record)
        described = cursor.execute(f"DESCRIBE SELECT * FROM {relation}").fetchall()
        return Found({name: str(kind).lower() for name, kind, *_ in described})

    def _relation(self, record: Record) -> tuple[Path, str]:
        """The file and the table function that reads it. Raises `SourceFault` for a path that leaves the folder."""
        name, _, sheet = record.table.partition(":")
        path = (self._folder / name).resolve()
        if not path.is_relative_to(self._folder):
            raise SourceFault(Fault.SOURCE_DENIES, "the file is outside the source's folder")
        match path.suffix.lower():
            case ".parquet":
                path.stat()
                return path, f"read_parquet({_text(path)})"
            case ".xlsx" | ".xlsm":
                return path, _csv(as_csv(path, self._scratch, sheet=sheet), ",")
            case _:
                if self._source.encoding == "gb18030":
                    return path, _csv(as_csv(path, self._scratch, encoding="gb18030"), self._source.delimiter)
                path.stat()
                return path, _csv(path, self._source.delimiter)


def _csv(path: Path, delimiter: str) -> str:
    return (
        f"read_csv({_text(path)}, all_varchar = true, header = true, delim = {_text(delimiter)}, quote = '\"', "
        f"escape = '\"', auto_detect = true, sample_size = 1, max_line_size = {_LONGEST_LINE}, strict_mode = true)"
    )


def _bound(value: str | int | bool, relation: str) -> str | int | bool:
    """A condition's value as the file has it: everything in a CSV is text."""
    if isinstance(value, str) or relation.startswith("read_parquet"):
        return value
    return str(value).lower()


def _name(column: str) -> str:
    return '"' + column.replace('"', '""') + '"'


def _text(value: str | Path) -> str:
    return "'" + str(value).replace("'", "''") + "'"


_FAULTS: tuple[tuple[type[duckdb.Error], Fault], ...] = (
    (duckdb.InterruptException, Fault.SOURCE_SLOW),
    (duckdb.OutOfMemoryException, Fault.TOO_LARGE),
    (duckdb.BinderException, Fault.SOURCE_CHANGED),
    (duckdb.ConversionException, Fault.WRONG_TYPE),
    (duckdb.PermissionException, Fault.SOURCE_DENIES),
    (duckdb.IOException, Fault.SOURCE_UNREADABLE),
    (duckdb.InvalidInputException, Fault.SOURCE_UNREADABLE),
)


def _fault(error: duckdb.Error) -> SourceFault:
    """DuckDB's own words quote lines of the file, so they go nowhere."""
    fault = next((fault for kind, fault in _FAULTS if isinstance(error, kind)), Fault.SOURCE_UNREADABLE)
    return SourceFault(fault, type(error).__name__)
