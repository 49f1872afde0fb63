"""Submitting applications over HTTP: the whole way from a request's bytes to an acknowledged, committed case.

The site runs as in production (granian, two workers, sessions, rate limits, request log); 128 connections of 128
people are kept alive and each sends its next application when the last was acknowledged. The client is a bare
`asyncio.Protocol` in a process of its own on the same cores. The yardstick is pgbench with the engine's statement,
in alternating rounds on the same server with `synchronous_commit` on; see `benchmarks.submit`. The letters
of a round are thrown away before the next; while a round runs, the site carries what it finds, pgbench's included.
"""

from __future__ import annotations

import asyncio
import json
import multiprocessing
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from multiprocessing.queues import Queue
from pathlib import Path
from statistics import median
from typing import Any
from urllib.request import urlopen

import msgspec
from benchmarks.submit import ROUNDS, SECONDS, one_batch, pgbench_rate
from benchmarks.world import FACTS, REGION, SERVICE, keys_of

from tongban.base.clock import system_clock
from tongban.base.database import Database, EmbeddedPostgres, migrate
from tongban.org import Person, demo, sessions, store

CONNECTIONS = 128
WORKERS = 2
_BODY = msgspec.json.encode({"service": SERVICE, "region": REGION, "facts": FACTS})
_SERVE = """
import sys
from granian import Granian
from granian.constants import Interfaces
Granian("tongban.web.serve:application", address="127.0.0.1", port=int(sys.argv[1]), interface=Interfaces.ASGI,
        workers=int(sys.argv[2]), factory=True, log_enabled=False, backlog=1024).serve()
"""


class _Caller(asyncio.Protocol):
    """One kept-alive connection: send, wait for the whole answer, send again until the time is over."""

    def __init__(self, head: bytes, name: str, stop: float) -> None:
        self._head, self._name, self._stop = head, name, stop
        self._received = b""
        self._sent = 0
        self._transport: asyncio.Transport | None = None
        self.acknowledged = 0
        self.refused: bytes = b""
        self.took: list[float] = []
        self._begun = 0.0
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._send()

    def data_received(self, data: bytes) -> None:
        self._received += data
        head, found, body = self._received.partition(b"\r\n\r\n")
        if not found:
            return
        length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
        if len(body) < length:
            return
        self._received = b""
        self.took.append(time.perf_counter() - self._begun)
        if not head.startswith(b"HTTP/1.1 201"):
            self.refused = body
            self._close()
            return
        self.acknowledged += 1
        if time.perf_counter() < self._stop:
            self._send()
        else:
            self._close()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 -- asyncio names it
        if not self.done.done():
            self.done.set_result(None)

    def _send(self) -> None:
        assert self._transport is not None
        self._sent += 1
        self._begun = time.perf_counter()
        key = f"idempotency-key: {self._name}-{self._sent:07}\r\n\r\n".encode()
        self._transport.write(self._head + key + _BODY)

    def _close(self) -> None:
        assert self._transport is not None
        self._transport.close()


async def _load(port: int, tokens: Sequence[str], name: str, seconds: float) -> tuple[int, float, float]:
    stop = time.perf_counter() + seconds

    def caller(n: int) -> _Caller:
        head = (
            f"POST /api/v1/cases HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\nauthorization: Bearer {tokens[n]}\r\n"
            f"content-type: application/json\r\ncontent-length: {len(_BODY)}\r\n"
        )
        return _Caller(head.encode(), f"{name}-{n:03}", stop)

    loop = asyncio.get_running_loop()
    opened = [await loop.create_connection(lambda n=n: caller(n), "127.0.0.1", port) for n in range(len(tokens))]
    callers = [one for _, one in opened]
    await asyncio.gather(*(one.done for one in callers))
    if refused := next((one.refused for one in callers if one.refused), b""):
        raise RuntimeError(refused.decode())
    took = sorted(one for caller in callers for one in caller.took)
    return len(took), took[len(took) // 2] * 1000, took[len(took) * 99 // 100] * 1000


def _client(port: int, tokens: Sequence[str], name: str, seconds: float, out: Queue[tuple[int, float, float]]) -> None:
    out.put(asyncio.run(_load(port, tokens, name, seconds)))


def http_rate(port: int, tokens: Sequence[str], name: str, seconds: float = SECONDS) -> tuple[float, float, float]:
    """Acknowledged submissions a second, and the median and 99th percentile of their time in milliseconds."""
    spawn = multiprocessing.get_context("spawn")
    out: Queue[tuple[int, float, float]] = spawn.Queue()
    client = spawn.Process(target=_client, args=(port, tokens, name, seconds, out))
    client.start()
    done, middle, slow = out.get(timeout=120)
    client.join()
    return done / seconds, middle, slow


@contextmanager
def serving(url: str, folder: Path, workers: int = WORKERS) -> Generator[int]:
    """The site on a port of its own, for as long as the block runs."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    settings = {"DATABASE_URL": url, "DATA_DIR": str(folder), "HOST": "127.0.0.1", "PORT": str(port)}
    environment = os.environ | {f"TONGBAN_{name}": value for name, value in settings.items()}
    with (folder / "requests.log").open("wb") as log:
        server = subprocess.Popen([sys.executable, "-c", _SERVE, str(port), str(workers)], env=environment, stderr=log)
        try:
            _wait(port)
            yield port
        finally:
            server.terminate()
            server.wait(timeout=20)


def _wait(port: int) -> None:
    for _ in range(300):
        try:
            with urlopen(f"http://127.0.0.1:{port}/health/ready", timeout=2) as answer:
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError("the site did not start")


async def people(url: str, folder: Path, count: int) -> list[str]:
    """Invented people, each logged in: their tokens."""
    clock = system_clock()
    db = await Database.open(url, sealer=await keys_of(folder))
    await migrate(db)
    await demo.seed(db)
    directory = await store.load(db, clock)
    made = [Person(id=f"p-load-{n:03}", name=f"演示{n}", home_region=REGION, level=3) for n in range(count)]
    async with db.transaction() as connection:
        await store.save_people(connection, made)
    tokens = [(await sessions.log_in_demo(db, directory, one.id, clock())).token for one in made]
    await db.close()
    return tokens


async def _forget_letters(url: str) -> None:
    """Throw away the letters of the round before: each side carries, or does not carry, only its own."""
    db = await Database.open(url, max_size=1)
    await db.execute("TRUNCATE outbox")
    await db.close()


def run() -> dict[str, Any]:
    """Figures: rates a second, and the ratio (target at least 0.5)."""
    with tempfile.TemporaryDirectory(prefix="tongban-bench-") as name:
        folder = Path(name)
        with EmbeddedPostgres(folder, settings={"max_wal_size": "4GB"}) as server:
            tokens = asyncio.run(people(server.url, folder, CONNECTIONS))
            one = asyncio.run(one_batch(server.url, folder))
            ours: list[tuple[float, float, float]] = []
            floor: list[float] = []
            with serving(server.url, folder) as port:
                http_rate(port, tokens, "warm", 1.0)
                for n in range(ROUNDS):
                    asyncio.run(_forget_letters(server.url))
                    floor.append(pgbench_rate(server.url, one, folder))
                    asyncio.run(_forget_letters(server.url))
                    ours.append(http_rate(port, tokens, f"round-{n}"))
    rates, middles, slow = zip(*ours, strict=True)
    return {
        "name": f"submitting applications over HTTP, {CONNECTIONS} connections, {WORKERS} workers",
        "figures": {
            "submissions a second": median(rates),
            "pgbench transactions a second": median(floor),
            "median, ms": median(middles),
            "99th percentile, ms": median(slow),
            "ratio of each round": [round(a / b, 3) for a, b in zip(rates, floor, strict=True)],
        },
        "baseline": "pgbench with the same statement on the same server, alternating rounds",
        "ratio": median(rates) / median(floor),
        "target": "at least 0.5",
    }


if __name__ == "__main__":
    print(json.dumps(run(), ensure_ascii=False, indent=2))
