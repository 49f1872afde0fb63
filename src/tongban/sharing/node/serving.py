"""One node at work: its keys, its copy of the registry, its message log, and its sources behind the exchange.

Whoever asks is judged by `channel.provider`; what may be told is declared in the node's file. A node starts without
the registry being reachable: until it has one it refuses everything, signed and logged.
"""

import asyncio
import signal
from collections.abc import AsyncGenerator, Generator, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpx

from tongban.base.clock import system_clock
from tongban.base.database import Database, EmbeddedPostgres
from tongban.base.errors import refuse
from tongban.base.keys import KeyRing
from tongban.base.telemetry import Log, take_over
from tongban.sharing.channel.log import AnswerBox, MessageLog
from tongban.sharing.channel.provider import Application, ProviderSettings
from tongban.sharing.channel.questions import provider_app
from tongban.sharing.channel.registry import FRESH, RegistryCache
from tongban.sharing.node.answering import Node, open_node
from tongban.sharing.node.config import NodeConfig

_CONNECTIONS = 2
"""To the message log: lines share statements, so more would idle."""
_IMPATIENT = 0.5
"""Seconds between tries while there is no registry at all."""
_REGISTRY_SECONDS = 5.0
_A_MOMENT = 0.1
_FILES_EVERY = 10.0
"""Seconds between looks for files of questions."""


@contextmanager
def log_database(config: NodeConfig, folder: Path) -> Generator[str]:
    """The address of the named database, or of an embedded one for as long as the block runs."""
    if config.database is not None:
        yield config.database
        return
    with EmbeddedPostgres(folder / config.data) as server:
        yield server.url


def client(*, secure: bool = False) -> httpx.AsyncClient:
    """For the registry. The certificates of the world take megabytes, so they are read only for an https address."""
    return httpx.AsyncClient(timeout=_REGISTRY_SECONDS, trust_env=False, verify=secure)


@asynccontextmanager
async def opened(config: NodeConfig, folder: Path, database: str, log: Log) -> AsyncGenerator[Application]:
    """The node as an ASGI application, with its jobs beside it. Raises `Refused` for keys or a database it lacks."""
    clock = system_clock(ZoneInfo(config.zone))
    keys = folder / config.keys
    ring = KeyRing.open(keys, clock())
    async with client(secure=config.registry.address.startswith("https")) as http:

        async def fetch() -> str:
            response = await http.get(config.registry.address)
            response.raise_for_status()
            return response.text

        cache = RegistryCache(fetch, [config.registry.key.key()], clock, keys / "registry.jws")
        db = await Database.open(database, name="node", max_size=_CONNECTIONS)
        node = open_node(config, folder, log)
        beside = [asyncio.create_task(_keep_fresh(cache, log))]
        try:
            settings = ProviderSettings(
                members=frozenset({config.member, *config.hosts}),
                base=config.address.rstrip("/"),
                ring=ring,
                box=AnswerBox.open(keys / "answers.secret"),
                clock=clock,
                telemetry=log,
            )
            lines = await MessageLog.open(db, clock)
            if config.files:
                beside.append(
                    asyncio.create_task(_answer_files(settings, config, folder / config.files, cache, node, lines, log))
                )
            yield provider_app(settings, cache, node.answer, lines)
        finally:
            for job in beside:
                job.cancel()
            await asyncio.gather(*beside, return_exceptions=True)
            await node.close()
            await db.close()


async def _answer_files(
    settings: ProviderSettings,
    config: NodeConfig,
    folder: Path,
    cache: RegistryCache,
    node: Node,
    lines: MessageLog,
    log: Log,
) -> None:
    """Answer the files of questions that come, for ever. One that cannot be answered now waits in its folder."""
    from tongban.sharing.channel.files_answering import answer_folder

    for place in ("in", "out"):
        (folder / place).mkdir(mode=0o700, parents=True, exist_ok=True)
    while True:
        try:
            await answer_folder(settings, config.member, cache, node.answer, lines, folder / "in", folder / "out")
        except Exception as error:  # the log or a disk may be away in any way; nothing is answered without them
            log.error("files-not-answered", error)
        await asyncio.sleep(_FILES_EVERY)


async def _keep_fresh(cache: RegistryCache, log: Log) -> None:
    """Renew the registry for ever; impatiently until there is one."""
    said = False
    while True:
        try:
            await cache.refresh()
            said = False
        except Exception as error:  # the centre may be away in any way; the copy holds until it expires
            if not said:
                log.error("registry-away", error)
            said = True
        await asyncio.sleep(_IMPATIENT if said and not _has_one(cache) else FRESH.total_seconds())


def _has_one(cache: RegistryCache) -> bool:
    with suppress(Exception):
        return bool(cache.current())
    return False


async def serve(config: NodeConfig, folder: Path, database: str) -> None:
    """Listen and answer until told to stop (SIGTERM, SIGINT)."""
    await serve_together([(config, folder, database)])


async def serve_together(nodes: Sequence[tuple[NodeConfig, Path, str]]) -> None:
    """Several nodes in this process until told to stop, each with its own keys, log and address; where one cannot go
    on, none does. That saves memory and parts nothing but names: departments of their own have a process each."""
    log = Log()
    take_over(log)
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    tasks = [asyncio.create_task(_listen(*node, log, stop)) for node in nodes]
    await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    stop.set()
    await asyncio.gather(*tasks)


async def _listen(config: NodeConfig, folder: Path, database: str, log: Log, stop: asyncio.Event) -> None:
    from granian.constants import Interfaces
    from granian.server.embed import Server

    host, _, port = config.listen.rpartition(":")
    async with opened(config, folder, database, log) as application:
        server: Any = Server(
            application,
            address=host.strip("[]"),
            port=int(port),
            interface=Interfaces.ASGINL,
            log_enabled=False,
            websockets=False,
            backlog=256,
        )
        serving = asyncio.create_task(server.serve())
        stopping = asyncio.create_task(stop.wait())
        ended, _ = await asyncio.wait({serving, stopping}, timeout=_A_MOMENT, return_when=asyncio.FIRST_COMPLETED)
        if not ended:  # a port that is taken shows at once
            log.event("node-ready", port=int(port))
            await asyncio.wait({serving, stopping}, return_when=asyncio.FIRST_COMPLETED)
        if serving.done():
            stopping.cancel()
            raise refuse(
                "cannot-listen",
                f"没法在 {config.listen} 上接听，可能已被占用。",
                f"Cannot listen on {config.listen}; it may be taken.",
                place=config.listen,
                status=500,
            ) from serving.exception()
        server.stop()
        with suppress(Exception):
            await asyncio.wait_for(serving, 5)
