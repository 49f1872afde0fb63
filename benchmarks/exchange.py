"""A whole exchange between two bodies, against the same handler that signs nothing and writes one row.

Two processes: the node (granian, one worker) and the asking side, over loopback without TLS, PostgreSQL beside them
with `synchronous_commit` on. The asking side signs each question and verifies each answer within the measured time; the
node verifies, looks up the right, writes nonce, kept answer and log line, and signs. The yardstick serves the same
question through the same server, unsigned, with one row of its own for each. Rounds alternate.
"""

from __future__ import annotations

import asyncio
import json
import multiprocessing
import os
import secrets
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from datetime import date, datetime
from multiprocessing.queues import Queue
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

import msgspec

from tongban.base.clock import system_clock
from tongban.base.database import Database, EmbeddedPostgres
from tongban.base.i18n import Text
from tongban.base.ids import uscc_check, uuid7
from tongban.base.keys import KeyRing, PublicKey, Use
from tongban.sharing.channel import profile
from tongban.sharing.channel.model import Member, Right, path_of
from tongban.sharing.channel.registry import issue

CONNECTIONS = 48
SECONDS = 2.0
ROUNDS = 9
_BODY = msgspec.json.encode({"subject": "11010519491231002X", "fields": ["months_paid"]})
_SERVE = """
import sys
from granian import Granian
from granian.constants import Interfaces
Granian(f"benchmarks.exchange_node:{sys.argv[1]}", address="127.0.0.1", port=int(sys.argv[2]),
        interface=Interfaces.ASGI, workers=1, factory=True, log_enabled=False).serve()
"""


def _code(number: int, subsystem: str) -> str:
    first = f"11990000MB{number:07}"
    return f"LJ/GOV/{first}{uscc_check(first)}/{subsystem}"


CLIENT, NODE = _code(1, "portal"), _code(2, "hr")
_PATH = path_of(NODE, "hr.insurance", "member")


class Round(NamedTuple):
    """Answers a second, and the middle and the 95th percentile of their time in milliseconds."""

    rate: float
    p50: float
    p95: float


class _Asker:
    """Signs questions and believes answers; `signed` false sends the same question bare."""

    def __init__(self, folder: Path, base: str, *, signed: bool) -> None:
        self.signed, self._target = signed, base + _PATH
        self._ring = KeyRing.open(folder / "client", _now())
        node = KeyRing.open(folder / "node", _now())
        self._key, self._theirs = self._ring.signer(Use.EXCHANGE, _now()), node.signer(Use.EXCHANGE, _now())
        self._digest = profile.digest_text(_BODY)

    def question(self) -> tuple[bytes, str]:
        """The bytes of a request and its signature."""
        headers = {
            "content-type": "application/json",
            "gov-client": CLIENT,
            "gov-service": f"{NODE}/hr.insurance/member",
            "gov-purpose": f'unemployment-benefit;grant="g-1";law=%"{profile.display("失业保险条例 14")}"',
            "gov-case": "990101-261103-4Q7Z2M9K",
            "gov-user": "post-7",
            "gov-message-id": str(uuid7()),
            "idempotency-key": f'"{secrets.token_hex(8)}"',
            "content-digest": self._digest,
        }
        if self.signed:
            headers = profile.signed(
                headers,
                self._target,
                key=self._key,
                sign=self._ring.sign,
                created=int(time.time()),
                nonce=secrets.token_urlsafe(16),
            )
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        head = f"POST {_PATH} HTTP/1.1\r\nhost: node\r\ncontent-length: {len(_BODY)}\r\n{lines}\r\n"
        return head.encode() + _BODY, headers.get("signature", "").removeprefix("x1=")

    def believe(self, head: bytes, body: bytes, ours: str) -> None:
        """Raises unless the answer is the node's to this very question."""
        if not head.startswith(b"HTTP/1.1 200"):
            raise RuntimeError(body.decode())
        if self.signed:
            lines = (line.partition(": ") for line in head.decode("latin-1").split("\r\n")[1:])
            headers = {name.lower(): value for name, _, value in lines}
            profile.check_answer(200, headers, body, ours, {self._theirs.id: self._theirs}.get)


class _Caller(asyncio.Protocol):
    """One kept-alive connection: ask, wait for the whole answer, believe it, ask again until the time is over."""

    def __init__(self, asker: _Asker, stop: float) -> None:
        self._asker, self._stop = asker, stop
        self._received, self._begun, self._ours = b"", 0.0, ""
        self._transport: asyncio.Transport | None = None
        self.took: list[float] = []
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._ask()

    def _ask(self) -> None:
        assert self._transport is not None
        self._begun = time.perf_counter()
        data, self._ours = self._asker.question()
        self._transport.write(data)

    def data_received(self, data: bytes) -> None:
        self._received += data
        head, found, body = self._received.partition(b"\r\n\r\n")
        if not found:
            return
        length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
        if len(body) < length:
            return
        self._received = b""
        try:
            self._asker.believe(head, body, self._ours)
        except Exception as error:  # told to whoever waits for this caller
            self._end(error)
            return
        now = time.perf_counter()
        self.took.append(now - self._begun)
        if now < self._stop:
            self._ask()
        else:
            self._end(None)

    def connection_lost(self, exc: Exception | None) -> None:
        self._end(exc or ConnectionError("the node hung up"))

    def _end(self, error: Exception | None) -> None:
        if self.done.done():
            return
        if error is None:
            self.done.set_result(None)
        else:
            self.done.set_exception(error)
        assert self._transport is not None
        self._transport.close()


async def _load(folder: Path, port: int, signed: bool, seconds: float) -> Round:
    asker = _Asker(folder, f"http://127.0.0.1:{port}", signed=signed)
    stop = time.perf_counter() + seconds
    loop = asyncio.get_running_loop()
    opened = [await loop.create_connection(lambda: _Caller(asker, stop), "127.0.0.1", port) for _ in range(CONNECTIONS)]
    callers = [one for _, one in opened]
    await asyncio.gather(*(one.done for one in callers))
    took = sorted(one for caller in callers for one in caller.took)
    return Round(len(took) / seconds, took[len(took) // 2] * 1000, took[len(took) * 95 // 100] * 1000)


def _client(folder: str, port: int, signed: bool, seconds: float, out: Queue[Round | Exception]) -> None:
    try:
        out.put(asyncio.run(_load(Path(folder), port, signed, seconds)))
    except Exception as error:  # the other process waits: it is to hear of it at once
        out.put(error)


def measure(folder: Path, port: int, *, signed: bool, seconds: float = SECONDS) -> Round:
    """One round, asked from a process of its own."""
    spawn = multiprocessing.get_context("spawn")
    out: Queue[Round | Exception] = spawn.Queue()
    client = spawn.Process(target=_client, args=(str(folder), port, signed, seconds, out))
    client.start()
    taken = out.get(timeout=seconds + 60)
    client.join()
    if isinstance(taken, Exception):
        raise taken
    return taken


@contextmanager
def _serving(name: str, url: str, folder: Path, port: int) -> Generator[None]:
    root = Path(__file__).resolve().parents[1]
    environment = os.environ | {
        "EXCHANGE_DATABASE": url,
        "EXCHANGE_FOLDER": str(folder),
        "EXCHANGE_MEMBER": NODE,
        "EXCHANGE_BASE": f"http://127.0.0.1:{port}",
        "PYTHONPATH": os.pathsep.join([str(root), str(root / "src")]),
    }
    server = subprocess.Popen([sys.executable, "-c", _SERVE, name, str(port)], env=environment)
    try:
        for _ in range(300):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        yield
    finally:
        server.terminate()
        server.wait(timeout=20)


def _prepare(folder: Path, port: int) -> None:
    """Keys of both bodies and of the centre, and the registry with one grant between them."""
    now = _now()
    client, node, centre = (KeyRing.open(folder / name, now) for name in ("client", "node", "centre"))
    pinned: PublicKey = centre.signer(Use.REGISTRY, now)
    (folder / "pinned.json").write_bytes(msgspec.json.encode(pinned))

    def member(code: str, ring: KeyRing, base: str) -> Member:
        key = ring.signer(Use.EXCHANGE, now)
        return Member(code=code, name=Text("演示机关", "Demonstration body"), body=code, node=base, keys=(key,))

    right = Right(
        grant="g-1",
        client=CLIENT,
        provider=NODE,
        resource="hr.insurance",
        record="member",
        fields=("months_paid",),
        purpose="unemployment-benefit",
        law="失业保险条例 14",
        since=date(2026, 1, 1),
        until=date(2999, 12, 31),
    )
    members = (member(CLIENT, client, ""), member(NODE, node, f"http://127.0.0.1:{port}"))
    (folder / "registry.jws").write_text(issue(centre, now, instance="LJ", members=members, rights=(right,)))


def _now() -> datetime:
    return system_clock()()


async def _table(url: str) -> None:
    db = await Database.open(url)
    await db.execute("CREATE TABLE plain_message (id uuid PRIMARY KEY, at timestamptz NOT NULL, path text NOT NULL)")
    await db.close()


def _free() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def run() -> dict[str, Any]:
    """Figures: answers a second, their times, and the ratio (target at least 0.35)."""
    with tempfile.TemporaryDirectory(prefix="tongban-bench-") as name:
        folder = Path(name)
        signed_port, plain_port = _free(), _free()
        _prepare(folder, signed_port)
        with EmbeddedPostgres(folder / "database", settings={"max_wal_size": "4GB"}) as server:
            asyncio.run(_table(server.url))
            with (
                _serving("exchange", server.url, folder, signed_port),
                _serving("plain", server.url, folder, plain_port),
            ):
                rounds: dict[bool, list[Round]] = {True: [], False: []}
                for signed, port in ((False, plain_port), (True, signed_port)):
                    measure(folder, port, signed=signed, seconds=1.0)
                for _ in range(ROUNDS):
                    for signed, port in ((False, plain_port), (True, signed_port)):
                        rounds[signed].append(measure(folder, port, signed=signed))
    ours, floor = rounds[True], rounds[False]
    middle: Callable[[list[Round], int], float] = lambda taken, n: median(one[n] for one in taken)  # noqa: E731
    return {
        "name": f"whole exchanges between two processes, {CONNECTIONS} connections, signed both ways",
        "figures": {
            "exchanges a second": middle(ours, 0),
            "median, ms": middle(ours, 1),
            "95th percentile, ms": middle(ours, 2),
            "unsigned answers a second": middle(floor, 0),
            "unsigned, median, ms": middle(floor, 1),
            "unsigned, 95th percentile, ms": middle(floor, 2),
            "ratio of each round": [round(a.rate / b.rate, 3) for a, b in zip(ours, floor, strict=True)],
        },
        "baseline": "the same handler behind the same server, unsigned, with one database row each, alternating rounds",
        "ratio": middle(ours, 0) / middle(floor, 0),
        "target": "at least 0.35",
    }


if __name__ == "__main__":
    print(json.dumps(run(), ensure_ascii=False, indent=2))
