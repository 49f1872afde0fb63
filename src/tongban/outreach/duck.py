"""DuckDB as outreach uses it: bounded memory, no network, progress told while a long statement runs."""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event, Thread
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:  # a third of a second and 27 MB that only what runs over people needs
    import duckdb


Progress: TypeAlias = Callable[[float], None]
"""Is told the share of the work that is done, from 0 to 1."""

MEMORY = "192MB"
"""What DuckDB may hold; what does not fit goes to a folder of its own that ends with the session."""
EVERY = 0.2


@contextmanager
def session(threads: int | None = None) -> "Generator[duckdb.DuckDBPyConnection]":
    """A database of its own, in a folder that is gone afterwards."""
    import duckdb

    with TemporaryDirectory(prefix="tongban-match-") as folder:
        settings: dict[str, str | bool | int | float | list[str]] = {
            "memory_limit": MEMORY,
            "temp_directory": folder,
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            "preserve_insertion_order": False,
        }
        if threads:
            settings["threads"] = threads
        connection = duckdb.connect(str(Path(folder) / "work.duckdb"), config=settings)
        try:
            yield connection
        finally:
            connection.close()


def run(connection: "duckdb.DuckDBPyConnection", sql: str, progress: Progress | None = None) -> None:
    """Runs a statement to its end; `progress` is told from a thread of its own."""
    if progress is None:
        connection.execute(sql)
        return
    done = Event()

    def tell() -> None:
        while not done.wait(EVERY):
            share = connection.query_progress()
            progress(min(max(share, 0.0), 100.0) / 100)

    teller = Thread(target=tell, daemon=True)
    connection.execute("SET enable_progress_bar = true; SET enable_progress_bar_print = false")
    teller.start()
    try:
        connection.execute(sql)
    finally:
        done.set()
        teller.join()
    progress(1.0)


def named(column: str) -> str:
    """The name of a column as SQL writes it."""
    return '"' + column.replace('"', '""') + '"'


def quoted(value: str | Path) -> str:
    """A text or a path as SQL writes it."""
    return "'" + str(value).replace("'", "''") + "'"
