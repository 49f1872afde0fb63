"""Writes the demonstration's stores: one of each kind that a department may have. Each is written whole or not at all.

Every table has the column `subject_number` (whose record) and `updated` (how old it is).
"""

import csv
import os
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb

from tongban.base.database import Database
from tongban.sharing.node.values import Kind

SUBJECT = "subject_number"
UPDATED = "updated"
READER = "tongban_node_reader"
"""The role of a demonstration node in PostgreSQL: it may read the declared tables and nothing else."""

Columns = Mapping[str, Kind]
Table = tuple[str, Columns, Sequence[Sequence[Any]]]
"""Name, columns beside the two that all have, rows (subject, then the columns, then the time)."""

_SQL: Mapping[Kind, str] = {
    "string": "text",
    "integer": "integer",
    "number": "numeric",
    "boolean": "boolean",
    "date": "date",
    "datetime": "timestamp",
}


def _described(columns: Columns) -> str:
    parts = [f"{SUBJECT} text PRIMARY KEY", *(f'"{name}" {_SQL[kind]}' for name, kind in columns.items())]
    return ", ".join([*parts, f"{UPDATED} timestamp"])


def _plain(value: Any) -> Any:
    return value.isoformat(" ") if isinstance(value, datetime) else str(value) if isinstance(value, date) else value


def sqlite(path: Path, tables: Iterable[Table]) -> None:
    """One file with all tables."""
    draft = path.with_suffix(".new")
    draft.unlink(missing_ok=True)
    made = sqlite3.connect(draft)
    try:
        made.execute("PRAGMA journal_mode = off")
        for name, columns, rows in tables:
            made.execute(f"CREATE TABLE {name} ({_described(columns)})")
            marks = ", ".join("?" * (len(columns) + 2))
            statement = f"INSERT INTO {name} VALUES ({marks})"  # noqa: S608 -- our own layout's names
            made.executemany(statement, ([_plain(v) for v in row] for row in rows))
        made.commit()
    finally:
        made.close()
    draft.replace(path)


def csv_files(folder: Path, tables: Iterable[Table]) -> None:
    """One CSV file for each table."""
    for name, columns, rows in tables:
        draft = folder / f"{name}.csv.new"
        with draft.open("w", encoding="utf-8", newline="") as out:
            writer = csv.writer(out)
            writer.writerow([SUBJECT, *columns, UPDATED])
            writer.writerows([_written(value) for value in row] for row in rows)
        draft.replace(folder / f"{name}.csv")


def _written(value: Any) -> str:
    return "" if value is None else ("true" if value else "false") if isinstance(value, bool) else str(_plain(value))


def parquet_files(folder: Path, tables: Sequence[Table]) -> None:
    """One Parquet file for each table, by way of CSV."""
    csv_files(folder, tables)
    with duckdb.connect(config={"threads": 1, "memory_limit": "128MB"}) as work:
        for name, columns, _ in tables:
            kinds = {SUBJECT: "VARCHAR", **{c: _SQL[kind].upper() for c, kind in columns.items()}, UPDATED: "TIMESTAMP"}
            kinds = {column: "DOUBLE" if kind == "NUMERIC" else kind for column, kind in kinds.items()}
            source, target = folder / f"{name}.csv", folder / f"{name}.parquet"
            work.read_csv(str(source), columns=kinds, header=True).write_parquet(str(target))
            source.unlink()


async def postgresql(db: Database, tables: Iterable[Table]) -> None:
    """All tables, in a schema of their own that a read-only role may look into."""
    async with db.transaction() as connection:
        await connection.execute("DROP SCHEMA IF EXISTS hr CASCADE")
        await connection.execute("CREATE SCHEMA hr")
        await connection.execute("SET LOCAL search_path = hr")
        await connection.execute(f"GRANT USAGE ON SCHEMA hr TO {READER}")
        for name, columns, rows in tables:
            await connection.execute(f"CREATE TABLE hr.{name} ({_described(columns)})")
            await connection.raw.copy_records_to_table(name, records=[tuple(row) for row in rows])
            await connection.execute(f"GRANT SELECT ON hr.{name} TO {READER}")


async def databases(admin: Database, names: Iterable[str]) -> None:
    """Databases of their own in the server, and the reading role; what is there stays."""
    if not await admin.fetchval("SELECT 1 FROM pg_roles WHERE rolname = $1", READER):
        await admin.execute(f"CREATE ROLE {READER} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE CONNECTION LIMIT 8")
    for name in names:
        if not await admin.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", name):
            await admin.execute(f"CREATE DATABASE {name}")


def replaced(link: Path, text: str) -> None:
    """A small file written whole, readable by this account only."""
    draft = link.with_name(f"{link.name}.{os.getpid()}.new")
    draft.write_text(text, encoding="utf-8")
    draft.chmod(0o600)
    draft.replace(link)
