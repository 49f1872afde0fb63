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
from tongban.oversight.model import By
from tongban.oversight.store import Known

if TYPE_CHECKING:  # a third of a second and 27 MB that only what counts needs
    import duckdb

MEMORY = "700MB"
"""What DuckDB may hold while it counts; what does not fit goes to a folder that ends with it."""
BANDS: frozenset[By] = frozenset(("age", "language"))
_CHUNK = 50_000
_REGION = re.compile(r"[0-9A-Za-z-]{1,32}")


class Facts:
    """The facts of a folder, open for counting."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, folder: Path) -> None:
        self._connection = connection
        self.folder = folder
        self.lacks: frozenset[By] = BANDS
        """What these facts cannot be told apart by."""

    def run(self, sql: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """The rows of a statement over the tables `cases`, `events` and `moments`."""
        return self._connection.execute(sql, list(values)).fetchall()

    def know(self, bands: Iterable[Known]) -> None:
        """Takes in who asked, by case, for figures by age and language; only in memory."""
        given = list(bands)
        self._connection.execute(
            "CREATE TEMP TABLE band (case_id VARCHAR, person VARCHAR, age VARCHAR, language VARCHAR)"
        )
        for start in range(0, len(given), _CHUNK):
            part = given[start : start + _CHUNK]
            columns = [
                [one.case for one in part],
                [one.person for one in part],
                [one.band.age for one in part],
                [one.band.language for one in part],
            ]
            self._connection.execute("INSERT INTO band SELECT unnest(?), unnest(?), unnest(?), unnest(?)", columns)
        self.lacks = frozenset()

    def table(self, table: Table, by: Sequence[str] = ()) -> str:
        """The table to count rows of, as SQL, with who asked where figures are told apart by that."""
        if not BANDS & set(by):
            return f'"{table}"'
        return f'(SELECT t.*, b.age, b.language FROM "{table}" t LEFT JOIN band b USING (case_id))'


def _counting(source: str, table: Table) -> str:
    """A rating that was found to be mistaken does not count: it stands in the facts a second time, as annulled."""
    if table != "moments":
        return ""
    annulled = f"SELECT id FROM {source} WHERE kind = 'rating-annulled'"
    return f" WHERE m.kind <> 'rating' OR m.id NOT IN ({annulled})"


def _source(folder: Path, table: Table) -> str:
    if not any((folder / table).glob("*/*.parquet")):
        return empty(table)
    return _parquet(folder / table / "*" / "*.parquet")


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
        connection.execute("SET enable_progress_bar = false")  # it would write into what we print
        try:
            for table in get_args(Table):
                source = _source(folder, table)
                connection.execute(f'CREATE VIEW "{table}" AS SELECT * FROM {source} m{_counting(source, table)}')
            yield Facts(connection, folder)
        finally:
            connection.close()


def replace(folder: Path, table: Table, region: str, month: str, rows: Sequence[msgspec.Struct]) -> None:
    """Puts rows in the place of those of the same cases (of the same moments) in one file of a table."""
    import duckdb

    if not _REGION.fullmatch(region):
        raise ValueError(f"{region!r} is no region")
    place = folder / table / region
    place.mkdir(parents=True, exist_ok=True)
    target = place / f"{month}.parquet"
    same = "m.kind = n.kind AND m.id = n.id" if table == "moments" else "m.case_id = n.case_id"
    order = "kind, id" if table == "moments" else "case_id, seq"
    with TemporaryDirectory(prefix="tongban-facts-") as aside:
        lines = Path(aside) / "rows.ndjson"
        lines.write_bytes(b"".join(msgspec.json.encode(row) + b"\n" for row in rows))
        beside = target.with_suffix(".new")
        kept = (
            f"SELECT {_columns(table)} FROM {_parquet(target)} m"
            f" WHERE NOT EXISTS (SELECT 1 FROM {_lines(lines, table)} n WHERE {same}) UNION ALL "
            if target.exists()
            else ""
        )
        connection = duckdb.connect(config={"threads": 1, "memory_limit": "200MB", "temp_directory": aside})
        try:
            connection.execute(
                f"COPY (SELECT * FROM ({kept}SELECT {_columns(table)} FROM {_lines(lines, table)})"
                f" ORDER BY {order}) TO {_quoted(beside)} (FORMAT parquet, COMPRESSION zstd)"
            )
        finally:
            connection.close()
        beside.replace(target)


def known(folder: Path, region: str) -> dict[str, int]:
    """Of each case of a region up to which event its facts go."""
    import duckdb

    if not any((folder / "cases" / region).glob("*.parquet")):
        return {}
    connection = duckdb.connect()
    try:
        found = connection.execute(
            f"SELECT case_id, seq FROM {_parquet(folder / 'cases' / region / '*.parquet')}"
        ).fetchall()
    finally:
        connection.close()
    return dict(found)


def _columns(table: Table) -> str:
    return ", ".join(f'"{column.name}"' for column in COLUMNS[table])


def _quoted(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"


def _parquet(path: Path) -> str:
    return f"read_parquet({_quoted(path)}, union_by_name = true)"


def _lines(path: Path, table: Table) -> str:
    columns = ", ".join(f"'{column.name}': '{DUCK[column.kind]}'" for column in COLUMNS[table])
    return f"read_json({_quoted(path)}, format = 'newline_delimited', columns = {{{columns}}})"
