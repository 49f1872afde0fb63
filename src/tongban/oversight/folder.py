"""Where the facts lie: Parquet files by table, region and month of opening, and how DuckDB reads them.

`<folder>/<table>/<region>/<month>.parquet`. A case's rows always lie in the month in which it was opened, so that a
case that moves on is replaced whole and never counted twice. A file is written beside and renamed: a reader sees the
old one or the new one.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Iterable, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, get_args

import msgspec

from tongban.oversight.expressions import empty
from tongban.oversight.facts import COLUMNS, DUCK, Table

if TYPE_CHECKING:  # a third of a second and 27 MB that only what counts needs
    import duckdb

MEMORY = "700MB"
"""What DuckDB may hold while it counts; what does not fit goes to a folder that ends with it."""
_REGION = re.compile(r"[0-9A-Za-z-]{1,32}")


class Facts:
    """The facts of a folder, open for counting."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, folder: Path) -> None:
        self._connection = connection
        self.folder = folder

    def run(self, sql: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """The rows of a statement over the tables `cases`, `events` and `moments`."""
        return self._connection.execute(sql, list(values)).fetchall()

    def table(self, table: Table) -> str:
        """The table to count rows of, as SQL."""
        return f'"{table}"'


def _source(folder: Path, table: Table) -> str:
    if not any((folder / table).glob("*/*.parquet")):
        return empty(table)
    pattern = str(folder / table / "*" / "*.parquet").replace("'", "''")
    return f"read_parquet('{pattern}', union_by_name = true)"


@contextmanager
def opened(folder: Path, threads: int | None = None) -> Generator[Facts]:
    """The facts in this folder; one that is not there has none."""
    import duckdb

    with TemporaryDirectory(prefix="tongban-facts-") as aside:
        settings: dict[str, str | bool | int | float | list[str]] = {
            "memory_limit": MEMORY,
            "temp_directory": aside,
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            "preserve_insertion_order": False,
        }
        if threads:
            settings["threads"] = threads
        connection = duckdb.connect(config=settings)
        try:
            for table in get_args(Table):
                connection.execute(f'CREATE VIEW "{table}" AS SELECT * FROM {_source(folder, table)}')
            yield Facts(connection, folder)
        finally:
            connection.close()


def write(folder: Path, table: Table, rows: Iterable[msgspec.Struct]) -> Path:
    """Writes rows as one more file of a table, for histories that are generated whole (tests, benchmarks).

    The rows go by the way of a file of lines, which DuckDB reads faster than it takes values one by one.
    """
    import duckdb

    place = folder / table / "000000"
    place.mkdir(parents=True, exist_ok=True)
    target = place / f"{len(list(place.iterdir())):06d}.parquet"
    with TemporaryDirectory(prefix="tongban-facts-") as aside:
        lines = Path(aside) / "rows.ndjson"
        lines.write_bytes(b"".join(msgspec.json.encode(row) + b"\n" for row in rows))
        connection = duckdb.connect()
        try:
            connection.execute(f"COPY (SELECT * FROM {_lines(lines, table)}) TO '{target}' (FORMAT parquet)")
        finally:
            connection.close()
    return target


def _lines(path: Path, table: Table) -> str:
    columns = ", ".join(f"'{column.name}': '{DUCK[column.kind]}'" for column in COLUMNS[table])
    return f"read_json('{path}', format = 'newline_delimited', columns = {{{columns}}})"
