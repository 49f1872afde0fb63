"""Start the platform: its database, its site, and (unless --empty) the demonstration province.
启动平台：数据库、网站和演示省份（--empty 不带演示）。"""

import argparse
import asyncio
import os
import socket
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import msgspec

from tongban.assist.store import sealed as assist
from tongban.base.beside import Beside
from tongban.base.clock import system_clock
from tongban.base.config import PREFIX, Settings
from tongban.base.database import OPERATOR, Database, EmbeddedPostgres, let_operate, migrate
from tongban.base.keys import KeyRing
from tongban.base.sealing import open_sealer, seal_old
from tongban.cases import demo as stories
from tongban.cases.handover.demo import introduce, others
from tongban.cases.kept import Files
from tongban.cases.postroom import PostRoom
from tongban.cases.store import sealed as cases
from tongban.catalog.installation import open_catalogue
from tongban.certs import store as certificates
from tongban.cli.operating import READABLE
from tongban.cli.saying import saying_refusals
from tongban.hall.store import sealed as halls
from tongban.ledger.beside import without_witness, witness_beside
from tongban.ledger.log import LogConfig, policy_of
from tongban.org import demo
from tongban.org import store as people
from tongban.org.demo.provinces import PROFILES, Province
from tongban.outreach import demo as offers
from tongban.outreach import store as offered
from tongban.oversight import store as counted
from tongban.sharing import demo as records
from tongban.sharing import store as sharing
from tongban.sharing.access import store as accesses
from tongban.sharing.access.inspecting import store as inspections
from tongban.sharing.channel.centre import FILE as MEMBERS
from tongban.sharing.grants import demo as grants
from tongban.sharing.node.beside import nodes_beside
from tongban.voice.participation import demo as consulting
from tongban.voice.participation import store as participation
from tongban.voice.store import sealed as heard

SEALED_TABLES = (
    *people.SEALED,
    *sharing.SEALED,
    *certificates.SEALED,
    *cases.SEALED,
    *assist.SEALED,
    *offered.SEALED,
    *accesses.SEALED,
    *inspections.SEALED,
    *halls.SEALED,
    *counted.SEALED,
    *heard.SEALED,
    *participation.SEALED,
)
"""Every table with sealed columns."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Options of `tongban up`."""
    parser.add_argument("--port", type=int, help="where to listen (default 8000) · 端口")
    parser.add_argument("--data", type=Path, help="data directory (default .tongban) · 数据目录")
    parser.add_argument(
        "--province",
        choices=[one.value for one in Province],
        help="one of two installations side by side · 并排的两个平台之一",
    )
    parser.add_argument("--empty", action="store_true", help="no demonstration province · 不带演示数据")
    parser.add_argument(
        "--witness", action="store_true", help="a witness of the public log beside it · 同时启动一个公开日志见证人"
    )
    parser.add_argument("--no-nodes", action="store_true", help="no nodes of departments · 不启动部门节点")


def run(options: argparse.Namespace) -> int:
    """Serves until it is told to stop; 1 when it cannot start."""
    with saying_refusals() as said:
        settings = _settings(options)
        if not _free(settings):
            port = settings.port
            print(
                f"Port {port} is in use; choose another with --port. 端口 {port} 已被占用，请用 --port 换一个。",
                file=sys.stderr,
            )
            return 1
        settings.data_dir.mkdir(parents=True, exist_ok=True)
        print("Starting the database … 正在启动数据库…", flush=True)
        with _learning(settings) as learner, _database(settings) as url:
            asyncio.run(_prepare(settings, url))
            witness = asyncio.run(_witness(settings, url)) if options.witness else without_witness(settings.data_dir)
            if learner is not None and learner.wait():
                print("Requests are routed without suggestions. 诉求分办暂时没有建议。", file=sys.stderr)
            with _beside(witness):
                _serve(settings, url)
    return said.status


def _settings(options: argparse.Namespace) -> Settings:
    """Of an installation; with `--province`, of that one: its own folder in the data directory, its own port."""
    given = Settings.load(
        os.environ,
        port=options.port,
        data_dir=options.data,
        demo=False if options.empty else None,
        nodes=False if options.no_nodes else None,
    )
    if options.province is None:
        return given
    province = Province(options.province)
    port = given.port if options.port or f"{PREFIX}PORT" in os.environ else PROFILES[province].port
    return msgspec.structs.replace(
        given,
        province=province.value,
        port=port,
        data_dir=given.data_dir / province.value,
        demo=True,
        nodes=given.nodes and province is Province.LAN,
    )


def _free(settings: Settings) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError:
            return False
    return True


@contextmanager
def _database(settings: Settings) -> Generator[str]:
    """The address of the named server, or of the embedded one for as long as the block runs."""
    if settings.database_url is not None:
        yield settings.database_url
        return
    with EmbeddedPostgres(settings.data_dir) as server:
        if server.notice is not None:
            print(f"{server.notice.zh}\n{server.notice.en}")
        yield server.url


async def _prepare(settings: Settings, url: str) -> None:
    db = await Database.open(url, name="up", max_size=2, sealer=await open_sealer(settings))
    try:
        await migrate(db)
        if not await let_operate(db, READABLE):
            print(f"The database role {OPERATOR} could not be made; docs/production.md says how. 运维角色没有建成。")
        rows, files = await seal_old(db, SEALED_TABLES), await Files(db, settings.data_dir / "documents").seal_old()
        files += await PostRoom(db, settings.data_dir / "outbox").seal_old()
        if rows or files:
            print(f"Sealed {rows} rows and {files} files. 已加密原有的{rows}行个人信息、{files}个文件。", flush=True)
        await db.sealer.tombstones.sign_old(db)
        if settings.province:
            introduce(Province(settings.province), settings, system_clock(settings.timezone))
        if settings.province == Province.YUN:
            await demo.seed(db, Province.YUN, others(Province.YUN))
            await records.seed_basics(db, demo.citizens(Province.YUN), system_clock(settings.timezone)())
        elif settings.demo:
            now = system_clock(settings.timezone)()
            await demo.seed(db, others=others(Province.LAN) if settings.province else ())
            await records.seed(db, now)
            await _demonstrate(settings, db, now)
            catalogue = open_catalogue(settings.data_dir)
            async with db.transaction() as connection:
                await grants.seed(connection, now, catalogue.services())
            await offers.seed(db, catalogue, now, settings.timezone)
            await consulting.seed(db, now, settings.timezone)
    finally:
        await db.close()


async def _witness(settings: Settings, url: str) -> Beside:
    """A witness that knows the log's keys, and of which the log knows."""
    clock = system_clock(settings.timezone)
    db = await Database.open(url, name="up", max_size=1, sealer=await open_sealer(settings))
    try:
        ring = KeyRing.open(settings.keys_dir, clock())
        policy = await policy_of(db, ring, LogConfig(), settings.address)
    finally:
        await db.close()
    return witness_beside(settings.data_dir, policy, clock)


@contextmanager
def _beside(process: Beside | None) -> Generator[None]:
    """For as long as the block runs."""
    if process is None:
        yield
        return
    process.start()
    try:
        yield
    finally:
        process.stop()


async def _demonstrate(settings: Settings, db: Database, now: datetime) -> None:
    """Play the stories. A service file that is being edited may stop them; the platform starts all the same."""
    if not await stories.missing(db, settings, now):
        return
    print("Preparing demonstration cases … 正在准备演示办件…", flush=True)
    with saying_refusals() as said:
        await stories.seed(db, settings, now)
    if said.status:
        print("They will go on at the next start. 下次启动时接着准备。", file=sys.stderr)


@contextmanager
def _learning(settings: Settings) -> Generator[subprocess.Popen[bytes] | None]:
    """Let the demonstration's routing learn beside the rest of the start, in a process of its own: what it takes of
    libraries ends with it. A failure costs the suggestions and nothing else."""
    if not settings.demo or settings.province == Province.YUN or (settings.data_dir / "uses" / "routing.yaml").exists():
        yield None
        return
    words = (sys.executable, "-m", "tongban", "route", "demonstrate", "--data", str(settings.data_dir))
    learner = subprocess.Popen(words, stdout=subprocess.DEVNULL)  # noqa: S603 -- our own interpreter and words
    try:
        yield learner
    finally:
        learner.kill()
        learner.wait()


def _serve(settings: Settings, url: str) -> None:
    """Run the workers. They read their settings from the environment, as any process of an installation does."""
    from granian import Granian  # the server's own imports are slow; nothing else here needs them
    from granian.constants import Interfaces

    os.environ |= {
        f"{PREFIX}DATABASE_URL": url,
        f"{PREFIX}DATA_DIR": str(settings.data_dir.resolve()),
        f"{PREFIX}HOST": settings.host,
        f"{PREFIX}PORT": str(settings.port),
        f"{PREFIX}DEMO": str(settings.demo).lower(),
        f"{PREFIX}PROVINCE": settings.province,
    }
    server = Granian(
        "tongban.web.serve:application",
        address=settings.host,
        port=settings.port,
        interface=Interfaces.ASGI,
        workers=settings.workers,
        factory=True,
        log_enabled=False,
        backlog=1024,
    )
    server.on_startup(lambda: _greet(settings))
    with _nodes(settings) as nodes:
        if nodes is not None:
            server.on_startup(nodes.start)
        server.serve()


@contextmanager
def _nodes(settings: Settings) -> Generator[Beside | None]:
    """The departments of the demonstration, to be started once the site listens: its first page does not wait."""
    if not settings.demo:
        yield None
        return
    (settings.data_dir / MEMBERS).unlink(missing_ok=True)  # those of the last run are gone
    if not settings.nodes:
        yield None
        return
    KeyRing.open(settings.keys_dir, system_clock(settings.timezone)())  # the nodes are told which key to believe
    nodes = nodes_beside(settings.data_dir, f"http://{settings.host}:{settings.port}")
    try:
        yield nodes
    finally:
        nodes.stop()


def _greet(settings: Settings) -> None:
    """Addresses and, in the demonstration, whom one can log in as."""
    site = settings.address
    print(f"""
  Portal 门户      {site}/
  Desk 审批台      {site}/desk
  Verify 验证照    {site}/verify
  API 接口         {site}/api/docs
""")
    if settings.demo:
        print(
            "  Demonstration log-ins (no password; choose a person) · 演示账号（不用密码，选人就行）：", f"{site}/login"
        )
        for login in demo.logins(Province(settings.province or Province.LAN)):
            print(f"    {login.name:　<6}{login.about.zh}  {login.about.en}")
    print("\n  Stop with Ctrl-C. 按 Ctrl-C 停止。", flush=True)
