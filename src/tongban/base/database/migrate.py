"""Numbered SQL files, applied once, in the order of the floors of the house.

A package counts its own files. A few bear one number twice, written at the same time by two people: they are told apart
by their names, in whose order they run, and stay as they are, for a name that was applied somewhere is history. No new
pair may come (`tests/test_house.py`).
"""

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

from tongban.base.database.pool import Connection, Database
from tongban.base.errors import refuse

ORDER = (
    "base",
    "catalog",
    "org",
    "ledger",
    "sharing",
    "certs",
    "cases",
    "assist",
    "hall",
    "oversight",
    "outreach",
    "voice",
    "web",
)
"""Packages from the ground up: a file may use the tables of packages before its own."""

_PACKAGES = Path(__file__).resolve().parents[2]
_NAME = re.compile(r"^\d{4}_[a-z0-9_]+\.sql$")
_LOCK = 0x746F6E67  # "tong"; one migration at a time in one database


@dataclass(frozen=True, slots=True)
class Migration:
    """One file. `name` is `package/NNNN_words.sql`."""

    name: str
    sql: str

    @property
    def checksum(self) -> str:
        return hashlib.sha256(self.sql.encode()).hexdigest()


def migrations(packages: Path = _PACKAGES) -> list[Migration]:
    """Every migration in the order it is applied."""
    found: list[Migration] = []
    for package in ORDER:
        for path in sorted((packages / package / "migrations").glob("*.sql")):
            if not _NAME.match(path.name):
                raise ValueError(f"{path}: a migration is named NNNN_words.sql")
            found.append(Migration(f"{package}/{path.name}", path.read_text(encoding="utf-8")))
    return found


async def migrate(db: Database, files: list[Migration] | None = None) -> list[str]:
    """Bring the database up to date and say which files were applied. Several processes may call it at once.

    Each file is one transaction. Raises `Refused` (`migration-changed`) if a file that was applied has been edited
    since: what has run is history, a change is a new file.
    """
    wanted = migrations() if files is None else files
    async with db.transaction() as connection:
        await connection.execute("SELECT pg_advisory_xact_lock($1)", _LOCK)
        await connection.execute(
            "CREATE TABLE IF NOT EXISTS migration ("
            " name text PRIMARY KEY, checksum text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now())"
        )
    done: list[str] = []
    for file in wanted:
        async with db.transaction() as connection:
            if await _apply(connection, file):
                done.append(file.name)
    return done


async def _apply(connection: Connection, file: Migration) -> bool:
    await connection.execute("SELECT pg_advisory_xact_lock($1)", _LOCK)
    checksum = await connection.fetchval("SELECT checksum FROM migration WHERE name = $1", file.name)
    if checksum == file.checksum:
        return False
    if checksum is not None:
        raise refuse(
            "migration-changed",
            f"迁移文件 {file.name} 在执行之后被改过。已执行的文件不能改，请新建一个编号更大的文件。",
            f"The migration {file.name} was edited after it had been applied. Write a new file with a higher number.",
            place=file.name,
            status=500,
        )
    await connection.execute("SET LOCAL statement_timeout = 0")
    await connection.execute("SET LOCAL lock_timeout = '10s'")
    await connection.execute(file.sql)
    await connection.execute("INSERT INTO migration (name, checksum) VALUES ($1, $2)", file.name, file.checksum)
    return True
