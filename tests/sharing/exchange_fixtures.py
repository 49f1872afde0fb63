"""One database and one set of keys for all tests of the exchange: a node needs three tables, emptied before each."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from datetime import datetime
from pathlib import Path
from uuid import uuid4

import pytest
from exchange_world import World

from tongban.base.clock import ZONE, SettableClock
from tongban.base.database import Database, EmbeddedPostgres
from tongban.sharing.channel.log import MessageLog


@pytest.fixture(scope="session")
async def exchange_db(postgres: EmbeddedPostgres) -> AsyncIterator[Database]:
    """A node's own database, made as `tongban node` makes it."""
    head, _, query = postgres.url.partition("?")
    server = head.rpartition("/")[0]
    admin = await Database.open(f"{server}/postgres?{query}", name="admin", max_size=1)
    name = f"node_{uuid4().hex}"
    await admin.execute(f"CREATE DATABASE {name} TEMPLATE template0")
    db = await Database.open(f"{server}/{name}?{query}", name="node")
    try:
        yield db
    finally:
        await db.close()
        await admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
        await admin.close()


@pytest.fixture(scope="session")
def exchange_keys() -> Iterator[Path]:
    """Where the rings of the bodies lie; made at nine on 3 November 2026, the time of the `clock` fixture."""
    folder = Path(tempfile.mkdtemp(prefix="tongban-exchange-"))
    World.rings(folder, datetime(2026, 11, 3, 9, 0, tzinfo=ZONE))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
async def node_db(exchange_db: Database, clock: SettableClock) -> Database:
    """The node's database, empty."""
    await MessageLog.open(exchange_db, clock)
    await exchange_db.execute("TRUNCATE x1_nonce, x1_answer, x1_message")
    return exchange_db
