"""The embedded server: durable, private, one per directory, and gone with the process that started it."""

import asyncio
import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from tests.newcomer import eventually

from tongban.base.database import Database, EmbeddedPostgres
from tongban.base.errors import Refused

pytestmark = pytest.mark.database

HOLDER = """
import sys
from pathlib import Path
from tongban.base.database import EmbeddedPostgres
server = EmbeddedPostgres(Path(sys.argv[1]))
server.start()
print(server.pid, flush=True)
sys.stdin.read()
"""


@pytest.fixture
def directory() -> Iterator[Path]:
    path = Path(tempfile.mkdtemp(prefix="tongban-test-"))
    yield path
    shutil.rmtree(path, ignore_errors=True)


async def test_killed_server_loses_no_committed_row(directory: Path):
    with EmbeddedPostgres(directory) as server:
        db = await Database.open(server.url)
        await db.execute("CREATE TABLE receipt (id int PRIMARY KEY)")
        acknowledged: set[int] = set()
        killed = asyncio.Event()

        async def write(first: int) -> None:
            for number in range(first, 400, 8):
                try:
                    await db.execute("INSERT INTO receipt VALUES ($1)", number)
                except Refused as refused:
                    assert refused.code == "database-unavailable"
                else:
                    acknowledged.add(number)
                if len(acknowledged) >= 100 and not killed.is_set():
                    killed.set()
                    os.kill(server.pid, signal.SIGKILL)

        await asyncio.gather(*(write(first) for first in range(8)))
        kept = {row["id"] for row in await db.fetch("SELECT id FROM receipt")}
        await db.close()
    assert killed.is_set()
    assert acknowledged <= kept
    assert len(acknowledged) > 100, "the pool reconnected and went on"


async def test_an_orderly_restart_keeps_the_pool_alive(directory: Path):
    with EmbeddedPostgres(directory) as server:
        db = await Database.open(server.url)
        await db.fetchval("SELECT 1")
        before = server.pid
        await asyncio.to_thread(server.restart)
        assert server.pid != before
        assert await db.fetchval("SELECT 2") == 2
        await db.close()


async def test_what_was_written_is_there_after_a_stop_and_a_start(directory: Path):
    with EmbeddedPostgres(directory) as server:
        db = await Database.open(server.url)
        await db.execute("CREATE TABLE kept AS SELECT 42 AS answer")
        await db.close()
    with EmbeddedPostgres(directory) as server:
        db = await Database.open(server.url)
        assert await db.fetchval("SELECT answer FROM kept") == 42
        await db.close()


def test_killing_the_parent_stops_the_server_and_frees_the_directory(directory: Path):
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(directory)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout is not None
        assert int(holder.stdout.readline()) > 0
        with pytest.raises(Refused) as refused:
            EmbeddedPostgres(directory).start()
        assert refused.value.code == "data-directory-in-use"
        assert str(directory) in refused.value.problems[0].text.zh
        holder.send_signal(signal.SIGKILL)
        holder.wait()
    with EmbeddedPostgres(directory) as server:  # waits for the old server, which is on its way out
        assert server.pid > 0


def test_a_pid_file_whose_number_now_belongs_to_another_process_does_not_prevent_the_start(directory: Path):
    with EmbeddedPostgres(directory) as server:
        pid_file = next(directory.glob("*/postmaster.pid"))
        lines = pid_file.read_text().splitlines()
        assert lines[0] == str(server.pid)
        owner = pid_file.stat()
    pid_file.write_text("\n".join([str(os.getpid()), *lines[1:]]) + "\n")
    os.chown(pid_file, owner.st_uid, owner.st_gid)
    with EmbeddedPostgres(directory) as server:
        assert server.pid != os.getpid()


def test_nobody_else_can_reach_the_server(directory: Path):
    with EmbeddedPostgres(directory) as server:
        socket_dir = Path(server.url.partition("host=")[2])
        assert stat.S_IMODE(socket_dir.stat().st_mode) == 0o700
        rules = next(directory.glob("*/pg_hba.conf")).read_text()
        assert rules.split() == ["local", "all", "all", "peer", "map=tongban"]


async def test_no_tcp_port_is_open_and_commits_reach_the_disk(directory: Path):
    with EmbeddedPostgres(directory) as server:
        db = await Database.open(server.url)
        settings = {
            name: await db.fetchval("SELECT current_setting($1)", name)
            for name in ("listen_addresses", "fsync", "synchronous_commit", "data_checksums", "server_encoding")
        }
        await db.close()
    assert settings == {
        "listen_addresses": "",
        "fsync": "on",
        "synchronous_commit": "on",
        "data_checksums": "on",
        "server_encoding": "UTF8",
    }


def test_a_path_too_long_for_a_socket_still_works(directory: Path):
    deep = directory / ("很长的目录名" * 8)
    deep.mkdir()
    for folder in (directory, deep):
        folder.chmod(0o711)
    with EmbeddedPostgres(deep) as server:
        socket_dir = Path(server.url.partition("host=")[2])
        assert not socket_dir.is_relative_to(directory)
        assert stat.S_IMODE(socket_dir.stat().st_mode) == 0o700
    assert not socket_dir.exists()


def test_a_half_made_cluster_is_made_anew(directory: Path):
    (directory / "postgres.new").mkdir()
    (directory / "postgres.new" / "PG_VERSION").write_text("18")
    with EmbeddedPostgres(directory) as server:
        assert server.pid > 0


def test_one_that_is_killed_while_it_makes_the_cluster_is_not_in_the_way_of_the_next(directory: Path):
    """What made it may still be ending."""
    with subprocess.Popen((sys.executable, "-c", HOLDER, str(directory)), stdin=subprocess.DEVNULL) as killed:
        eventually(lambda: any(directory.glob("postgres*.new/*")))
        killed.kill()
    with EmbeddedPostgres(directory) as server:
        assert server.pid > 0
    assert not [left.name for left in directory.glob("postgres*.new")]


def test_a_server_that_cannot_start_says_the_last_word_of_its_log(directory: Path):
    with pytest.raises(Refused) as refused:
        EmbeddedPostgres(directory, settings={"max_connections": "none"}).start()
    assert refused.value.code == "database-did-not-start"
    assert "max_connections" in refused.value.problems[0].text.en


def test_an_error_in_the_server_s_log_does_not_quote_a_person(directory: Path):
    async def clash(url: str) -> None:
        db = await Database.open(url)
        await db.execute("CREATE TABLE person (id_number text PRIMARY KEY)")
        await db.execute("INSERT INTO person VALUES ($1)", "990101198002290011")
        with pytest.raises(Exception, match="duplicate key"):
            await db.execute("INSERT INTO person VALUES ($1)", "990101198002290011")
        await db.close()

    with EmbeddedPostgres(directory) as server:
        asyncio.run(clash(server.url))
    log = (directory / "postgres.log").read_text()
    assert "duplicate key" in log
    assert "990101198002290011" not in log


@pytest.mark.skipif(os.geteuid() != 0, reason="only root runs PostgreSQL as somebody else")
def test_root_keeps_the_files_where_the_unprivileged_account_can_reach_them(directory: Path):
    closed = directory / "closed"
    closed.mkdir(mode=0o700)
    kept = set(Path("/var/lib/tongban").glob("site-*"))
    with EmbeddedPostgres(closed / "site") as server:
        assert server.notice is not None
        assert "/var/lib/tongban/site-" in server.notice.en
        assert stat.S_IMODE(closed.stat().st_mode) == 0o700
    for path in set(Path("/var/lib/tongban").glob("site-*")) - kept:
        shutil.rmtree(path)
    with suppress(OSError):  # other installations may live there
        Path("/var/lib/tongban").rmdir()
