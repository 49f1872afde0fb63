"""Runs the demonstration's nodes: made and placed in a process that then ends, served by one, which is kept alive.

The members can be asked when all of them are ready: until then the platform answers from its own records, as an
installation without an exchange does.
"""

import asyncio
import os
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from signal import SIGKILL

import msgspec

from tongban.base.clock import system_clock
from tongban.base.errors import Refused
from tongban.base.keys import KeyRing, Use
from tongban.base.parent import end_with_parent
from tongban.sharing.channel.centre import FILE, MembersFile
from tongban.sharing.node.demo import setup, store
from tongban.sharing.node.demo.setup import Placed

FOLDER = "nodes"
"""In the data directory of the installation."""
_LATEST = 30.0
"""Seconds after which the members are listed even if one of them does not listen yet."""


@dataclass(slots=True)
class _Listing:
    """Writes the list of members: first without addresses, so that nodes can fetch the registry while nobody is asked;
    with them when every node listens and has its copy."""

    file: Path
    placed: Placed
    begun: float
    done: bool = False

    def begin(self) -> None:
        """The members, none of whom can be asked yet."""
        members = self.placed.members
        quiet = tuple(msgspec.structs.replace(member, node="") for member in members.members)
        self._write(msgspec.structs.replace(members, members=quiet))

    def __call__(self) -> None:
        if not self.done and (self._ready() or time.time() > self.begun + _LATEST):
            self._write(self.placed.members)
            self.done = True

    def _ready(self) -> bool:
        copies = [path.parent / "keys" / "registry.jws" for path in self.placed.files.values()]
        fetched = all(copy.exists() and copy.stat().st_mtime >= self.begun for copy in copies)
        return fetched and setup.listening(self.placed.ports.values())

    def _write(self, members: MembersFile) -> None:
        self.file.parent.mkdir(parents=True, exist_ok=True)
        store.replaced(self.file, msgspec.json.encode(members).decode())


def run(data_dir: Path, site: str, database: str, serve: Callable[[Sequence[Path]], int]) -> int:
    """Make, place and keep the nodes until told to stop; `serve` runs them from their files. 0, or 1 if it cannot."""
    folder = data_dir.resolve() / FOLDER
    if os.waitstatus_to_exitcode(_in_child(partial(_make, folder, database))):
        return 1
    now = system_clock()()
    try:
        key = KeyRing.open(data_dir / "keys", now).signer(Use.REGISTRY, now)
        placed = setup.place(folder, site, database, key, now)
    except Refused as refused:
        return _cannot(refused)
    from tongban.sharing.node import preload, supervising
    from tongban.sharing.node.config import load

    preload(load(path) for path in placed.files.values())
    runs = {"nodes": partial(serve, tuple(placed.files.values()))}
    listing = _Listing(data_dir / FILE, placed, time.time())
    listing.begin()
    supervising.Family(runs, _told, beside=listing).keep()
    return 0


def _in_child(work: Callable[[], int]) -> int:
    """In a process of its own, so that what the making takes of memory goes with it; its wait status."""
    sys.stdout.flush()
    sys.stderr.flush()
    parent = os.getpid()
    if pid := os.fork():
        return os.waitpid(pid, 0)[1]
    status = 1
    try:
        end_with_parent(parent, SIGKILL)
        os.nice(5)  # whoever waits for a page goes first
        status = work()
    finally:
        sys.stderr.flush()
        os._exit(status)


def _make(folder: Path, database: str) -> int:
    async def make() -> None:
        await setup.make_databases(database)
        await setup.make_stores(folder, database, system_clock()())

    try:
        asyncio.run(make())
    except Refused as refused:
        return _cannot(refused)
    return 0


def _cannot(refused: Refused) -> int:
    text = refused.problems[0].text
    print(f"The demonstration's nodes cannot start 演示节点起不来：{text.zh} {text.en}", file=sys.stderr)  # noqa: T201
    return 1


def _told(_: str, status: int) -> None:
    print(f"The nodes ended with {status}; they start again. 演示节点已结束，正在重启。", file=sys.stderr)  # noqa: T201
