"""When the facts are behind or a month is due for release, and the processes that see to it.

The platform's own processes only ask whether something moved; reading histories and writing files is done by
`tongban indicators refresh` and `tongban opendata release`, which are gone when they have finished, with their memory.
How each of them ended last is kept beside the facts, for the log, `/health/ready` and the console: a code and regions,
nothing of a person.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import sys
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import Any, Literal

import msgspec

from tongban.base.clock import Clock
from tongban.base.database import Database
from tongban.base.parent import end_with_parent
from tongban.oversight import store
from tongban.oversight.facts import SHAPE

BEGINNING = datetime(1, 1, 2, tzinfo=UTC)
_PLACE = "place.json"
_LAST = "\uffff"
"""After every case number."""


class Place(msgspec.Struct, frozen=True):
    """Up to where a region has been taken in."""

    at: datetime = BEGINNING
    moments: dict[str, datetime] = {}
    whole: date | None = None
    """The day on which every case was last looked at."""


def facts_dir(data_dir: Path) -> Path:
    """Where an installation keeps its facts, by the shape that they have."""
    return data_dir / "facts" / SHAPE


def forget_other_shapes(data_dir: Path) -> None:
    """Removes facts that an earlier version of the platform kept in another shape: nothing reads them any more."""
    for folder in (data_dir / "facts").iterdir():
        if folder.is_dir() and folder.name != SHAPE:
            shutil.rmtree(folder)


def places(folder: Path) -> dict[str, Place]:
    """By region."""
    path = folder / _PLACE
    return msgspec.json.decode(path.read_bytes(), type=dict[str, Place]) if path.exists() else {}


def keep(folder: Path, region: str, place: Place) -> None:
    """Write it down, whole or not at all."""
    beside = folder / f"{_PLACE}.new"
    beside.write_bytes(msgspec.json.encode({**places(folder), region: place}))
    beside.replace(folder / _PLACE)


Source = Callable[[Database, str, tuple[datetime, str], int], Awaitable[Sequence[Any]]]
"""Moments of a region after (time, id), in that order: rows with the fields of `facts.Moment`, `at` for its time."""


async def behind(db: Database, folder: Path, today: date, sources: Sequence[tuple[str, Source]]) -> bool:
    """Whether some region has a case, or a moment of one of these sources (a rating, a wait), that came after what was
    taken in, or was not looked at as a whole today."""
    had = places(folder)
    for region in await store.regions(db):
        place = had.get(region, Place())
        if place.whole != today or await store.moved(db, region, (place.at, _LAST), 1):
            return True
        for name, source in sources:
            if await source(db, region, (place.moments.get(name, BEGINNING), _LAST), 1):
                return True
    return False


Work = Literal["refresh", "release"]
WORDS: dict[Work, tuple[str, ...]] = {"refresh": ("indicators", "refresh"), "release": ("opendata", "release")}
BUSY = 75
"""The exit status of one that found another at it (EX_TEMPFAIL of sysexits): nothing is wrong, and nothing was done."""


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """How a piece of work ended when it was last done. `code` is empty where all went well."""

    at: datetime
    code: str = ""
    regions: tuple[str, ...] = ()
    """Those that could not be taken in."""

    @property
    def failed(self) -> bool:
        return bool(self.code)


def _kept_at(data_dir: Path, work: Work) -> Path:
    return data_dir / "facts" / f"last-{work}.json"


def outcome(data_dir: Path, work: Work) -> Outcome | None:
    """How it ended last; None if it was never done."""
    try:
        return msgspec.json.decode(_kept_at(data_dir, work).read_bytes(), type=Outcome)
    except (OSError, msgspec.MsgspecError):
        return None


def keep_outcome(data_dir: Path, work: Work, ended: Outcome) -> None:
    """Write it down, whole or not at all."""
    path = _kept_at(data_dir, work)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    beside = path.with_suffix(f".{os.getpid()}")
    beside.write_bytes(msgspec.json.encode(ended))
    beside.replace(path)


async def in_process(work: Work, data_dir: Path, database_url: str | None, clock: Clock) -> Outcome:
    """Does a piece of work in a process of low priority; how it ended. One that was killed, or could not begin, has
    told nothing: its exit status is kept as the code. Where another process is at it, that one tells."""
    began = clock()
    status = await run_beside(WORDS[work], data_dir, database_url)
    if status in (0, BUSY):
        return Outcome(at=began)
    told = outcome(data_dir, work)
    if told is None or told.at < began or not told.failed:
        told = Outcome(at=began, code=f"exit-{status}")
        keep_outcome(data_dir, work, told)
    return told


async def run_beside(words: tuple[str, ...], data_dir: Path, database_url: str | None, *, quiet: bool = True) -> int:
    """Runs a command over this installation in a process of low priority that ends with this one; its exit status."""
    environment = {**os.environ, **({"TONGBAN_DATABASE_URL": database_url} if database_url else {})}
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tongban", *words, "--data", str(data_dir)),
        env=environment,
        stdout=asyncio.subprocess.DEVNULL if quiet else None,
        stderr=asyncio.subprocess.DEVNULL if quiet else None,
        preexec_fn=partial(_ours, os.getpid()),
    )
    os.setpriority(os.PRIO_PROCESS, child.pid, 10)
    try:
        return await child.wait()
    except asyncio.CancelledError:
        child.terminate()
        await child.wait()
        raise


def _ours(parent: int) -> None:
    """A child that ends when its parent says so or is gone, and not by the Ctrl-C that ends the parent."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    end_with_parent(parent, signal.SIGTERM)
