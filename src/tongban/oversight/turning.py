"""When the facts are behind, and the process that takes in what is missing.

The platform's own processes only ask whether something moved; reading histories and writing files is done by
`tongban indicators refresh`, which is gone when it has finished, with its memory.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path

import msgspec

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


def places(folder: Path) -> dict[str, Place]:
    """By region."""
    path = folder / _PLACE
    return msgspec.json.decode(path.read_bytes(), type=dict[str, Place]) if path.exists() else {}


def keep(folder: Path, region: str, place: Place) -> None:
    """Write it down, whole or not at all."""
    beside = folder / f"{_PLACE}.new"
    beside.write_bytes(msgspec.json.encode({**places(folder), region: place}))
    beside.replace(folder / _PLACE)


async def behind(db: Database, folder: Path, today: date) -> bool:
    """Whether some region has a case that moved after what was taken in, or was not looked at as a whole today."""
    had = places(folder)
    for region in await store.regions(db):
        place = had.get(region, Place())
        if place.whole != today or await store.moved(db, region, (place.at, _LAST), 1):
            return True
    return False


async def in_process(data_dir: Path, database_url: str | None) -> int:
    """Takes in what is missing in a process of low priority; its exit status."""
    words = (sys.executable, "-m", "tongban", "indicators", "refresh", "--data", str(data_dir))
    environment = {**os.environ, **({"TONGBAN_DATABASE_URL": database_url} if database_url else {})}
    child = await asyncio.create_subprocess_exec(
        *words,
        env=environment,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
        preexec_fn=partial(end_with_parent, os.getpid(), signal.SIGTERM),
    )
    os.setpriority(os.PRIO_PROCESS, child.pid, 10)
    try:
        return await child.wait()
    except asyncio.CancelledError:
        child.terminate()
        await child.wait()
        raise
