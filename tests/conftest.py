"""What tests share: one embedded PostgreSQL per process, a fresh migrated database per test, a clock that obeys."""

import atexit
import os
import shutil
import tempfile
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import datetime
from pathlib import Path
from uuid import uuid4

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadFileScheduling

from tongban.base.clock import ZONE, SettableClock
from tongban.base.database import Database, EmbeddedPostgres, migrate
from tongban.base.keys import KeyRing
from tongban.base.sealing import FileKeys, Sealer, Tombstones
from tongban.org import demo
from tongban.sharing import demo as records

# Nothing in a test outlives the process, so nothing has to reach the disk. Durability has its own tests.
_FORGETFUL = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_wal_size": "256MB",
}
_MEMORY, _ROOM, _OURS = Path("/dev/shm"), 2_000_000_000, "tongban."
"""A file system in memory, used where this many bytes are free: a database of a test's own costs 25 ms there instead of
150 on a disk, a new key nothing instead of a wait for the disk, and there are thousands of both."""


_TOWN = "tests/web/browser"
_LONGEST = ("test_style.py", "test_newcomer.py", "test_crash.py", "test_killed.py", "test_columns_services.py",
            "test_case_properties.py", "test_columns_differential.py", "test_poisoned_papers.py",
            "test_reuse_pages.py")  # fmt: skip
"""Each takes more than twenty seconds of a core."""


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes longest begins first, so that no worker waits for it at the end; the rest stays shuffled."""
    items.sort(key=lambda one: one.path.name not in _LONGEST and not one.nodeid.startswith(_TOWN))


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> LoadFileScheduling:
    return _Together(config, log)


class _Together(LoadFileScheduling):
    """A file is for one worker, and all that look at the same town in a browser are: it is built once."""

    def _split_scope(self, nodeid: str) -> str:
        return _TOWN if nodeid.startswith(_TOWN) else super()._split_scope(nodeid)


MORNING = datetime(2026, 11, 3, 9, 0, tzinfo=ZONE)


@pytest.fixture
def clock() -> SettableClock:
    """Tuesday, 3 November 2026, nine in the morning in Shanghai, until the test moves it."""
    return SettableClock(MORNING)


def _work_in_memory() -> None:
    """Let every temporary file of this process and of those it starts lie in memory, gone at the end. What runs that
    were killed have left there goes first; where there is too little room, the usual place stays."""
    if Path(tempfile.gettempdir()).name.startswith(_OURS):
        return  # a worker of pytest-xdist, begun by a process that has seen to it
    for old in _MEMORY.glob(f"{_OURS}*"):
        if not Path("/proc", old.name.removeprefix(_OURS).partition("-")[0]).exists():
            shutil.rmtree(old, ignore_errors=True)
    if not _MEMORY.is_dir() or shutil.disk_usage(_MEMORY).free < _ROOM:
        return
    directory = Path(tempfile.mkdtemp(prefix=f"{_OURS}{os.getpid()}-", dir=_MEMORY))
    directory.chmod(0o755)  # the database's own account has to pass
    tempfile.tempdir = os.environ["TMPDIR"] = str(directory)
    atexit.register(shutil.rmtree, directory, ignore_errors=True)


_work_in_memory()


@pytest.fixture(scope="session")
def postgres() -> Iterator[EmbeddedPostgres]:
    """One server for the whole process (each worker of pytest-xdist has its own)."""
    directory = Path(tempfile.mkdtemp(prefix="tongban-postgres-"))
    try:
        with EmbeddedPostgres(directory, settings=_FORGETFUL) as server:
            yield server
    finally:
        shutil.rmtree(directory, ignore_errors=True)


@pytest.fixture(scope="session")
async def _template(postgres: EmbeddedPostgres) -> str:
    """The server's own database, migrated once and closed: the mould of every test's database."""
    db = await Database.open(postgres.url, name="template")
    await migrate(db)
    await db.close()
    return "tongban"


@pytest.fixture(scope="session")
async def _admin(postgres: EmbeddedPostgres) -> AsyncIterator[Database]:
    db = await Database.open(database_url(postgres.url, "postgres"), name="admin", max_size=1)
    yield db
    await db.close()


@pytest.fixture
async def db(postgres: EmbeddedPostgres, _admin: Database, _template: str) -> AsyncIterator[Database]:
    """A database of this test's own with every table in place and nothing in them."""
    async with _made(postgres, _admin, _template) as db:
        yield db


class Moulds:
    """Databases that are filled once for many tests; each test has a copy of its own."""

    def __init__(self, postgres: EmbeddedPostgres, admin: Database, template: str) -> None:
        self._postgres, self._admin, self._template = postgres, admin, template

    async def cast(self, name: str, fill: Callable[[Database], Awaitable[object]]) -> None:
        """Make the mould of this name, with what `fill` writes."""
        await self._admin.execute(f"CREATE DATABASE {name} TEMPLATE {self._template} STRATEGY FILE_COPY")
        db = await Database.open(database_url(self._postgres.url, name), name=name, sealer=await new_sealer())
        try:
            await fill(db)
        finally:
            await db.close()

    def copy(self, name: str) -> AbstractAsyncContextManager[Database]:
        """A database from this mould, gone afterwards."""
        return _made(self._postgres, self._admin, name)


@pytest.fixture(scope="session")
def moulds(postgres: EmbeddedPostgres, _admin: Database, _template: str) -> Moulds:
    """What is filled once for many tests."""
    return Moulds(postgres, _admin, _template)


@pytest.fixture(scope="session")
async def province_mould(moulds: Moulds) -> str:
    """The mould of databases with the demonstration province, its people and what the records know of them."""

    async def fill(db: Database) -> None:
        await demo.seed(db)
        await records.seed(db, MORNING)

    await moulds.cast("province", fill)
    return "province"


@pytest.fixture
async def province_db(moulds: Moulds, province_mould: str) -> AsyncIterator[Database]:
    """A database of this test's own with the demonstration province, its people and what the records know of them."""
    async with moulds.copy(province_mould) as db:
        yield db


@pytest.fixture
async def lower_db(postgres: EmbeddedPostgres, _admin: Database, _template: str) -> AsyncIterator[Database]:
    """Another one, for the county of a province."""
    async with _made(postgres, _admin, _template) as db:
        yield db


@pytest.fixture
async def third_db(postgres: EmbeddedPostgres, _admin: Database, _template: str) -> AsyncIterator[Database]:
    """And another, for a third installation."""
    async with _made(postgres, _admin, _template) as db:
        yield db


@pytest.fixture(scope="session")
def learned(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory in which the demonstration's routing model is in use; copied by who changes anything there."""
    from tongban.assist.routing import adopting  # numpy and what it brings, for the few who want it

    place = tmp_path_factory.mktemp("learned")
    adopting.demonstrate(place, datetime(2026, 11, 2, 9, tzinfo=ZONE))
    return place


_KEYS = Path(tempfile.mkdtemp(prefix="tongban-test-keys-"))
atexit.register(shutil.rmtree, _KEYS, ignore_errors=True)


async def new_sealer() -> Sealer:
    """The same master key for all, and no opened key of another database in memory."""
    return await Sealer.open(FileKeys.open(_KEYS, datetime(2026, 11, 3, tzinfo=ZONE)), _KEYS, tombstones())


def tombstones() -> Tombstones:
    """Signed with one ring for all, whose keys hold in every year that a test may be in."""
    return Tombstones(KeyRing.open(_KEYS / "ring", datetime(2020, 1, 1, tzinfo=ZONE)))


@asynccontextmanager
async def _made(postgres: EmbeddedPostgres, admin: Database, template: str) -> AsyncGenerator[Database]:
    """A database of its own from a mould, gone afterwards."""
    name = f"test_{uuid4().hex}"
    await admin.execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY")
    db = await Database.open(database_url(postgres.url, name), name=name[:20], sealer=await new_sealer())
    try:
        yield db
    finally:
        await db.close()
        await admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


def database_url(url: str, name: str) -> str:
    """The same server, another database."""
    head, _, query = url.partition("?")
    return f"{head.rpartition('/')[0]}/{name}?{query}"
