"""The record that a run leaves beside the holder's data, before anybody is compared and whatever comes of it.

`tongban match` may run where no platform is. So each run has its lines in one file of the data directory: what is about
to be compared, for which policy and by which law, then what came of it. What cannot be written is not run. Each line
carries the digest of the one before, so that none is taken out unseen. A platform over the same data directory enters
the runs under 谁用过我的数据 by itself (政务数据共享条例 29, 个人信息保护法 44).
"""

import fcntl
import hashlib
import os
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import msgspec

from tongban.base.errors import Refused, refuse
from tongban.base.ids import uuid7
from tongban.sharing.access import Run, record_run
from tongban.sharing.access.store import Runner

FILE: Final = "population-runs.jsonl"
BROKEN_OFF: Final = timedelta(days=1)
"""A run of which nothing more was said for so long did not end."""


class Line(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One line: a run's beginning with what it compares (`runs`), or its end with how many it found, by policy.
    `before` is the SHA-256 of the line before, empty for the first."""

    id: str
    at: datetime
    before: str
    runs: tuple[Run, ...] = ()
    found: dict[str, int] | None = None


def begin(data_dir: Path, runs: Sequence[Run], at: datetime) -> str:
    """Write that these are about to be run; the number under which their end is written. Raises Refused
    (`journal-unwritable`), and as `lines`: then nothing may be run."""
    number = str(uuid7())
    _append(data_dir, number, at, runs=tuple(runs))
    return number


def ended(data_dir: Path, number: str, found: Mapping[str, int], at: datetime) -> None:
    """Write how many a run found, by policy with its version. Raises Refused as `begin`."""
    _append(data_dir, number, at, found=dict(found))


def lines(path: Path) -> Iterator[Line]:
    """Every line in its order. Raises Refused (`journal-altered`, 500) at the first that does not follow the last."""
    before = ""
    for number, text in enumerate(_whole(path).splitlines(), 1):
        try:
            line = msgspec.json.decode(text, type=Line)
        except (msgspec.MsgspecError, Refused):
            line = None
        if line is None or line.before != before:
            raise refuse(
                "journal-altered",
                f"比对记录的第{number}行被改过或者缺了，请查明原因，不要删掉这个文件",
                f"Line {number} of the record of runs was altered or is missing; find out why, and keep the file",
                place=path.name,
                status=500,
            )
        yield line
        before = hashlib.sha256(text).hexdigest()


async def take_in(db: Runner, data_dir: Path, now: datetime) -> int:
    """Enter the runs that have ended, or broke off, where each person sees them; how many. Again is harmless.

    Raises Refused as `lines`.
    """
    begun: dict[str, Line] = {}
    done: dict[str, Mapping[str, int]] = {}
    for line in lines(data_dir / FILE):
        if line.found is None:
            begun[line.id] = line
        else:
            done[line.id] = line.found
    entered = 0
    for number, line in begun.items():
        found = done.get(number)
        if found is None and now - line.at < BROKEN_OFF:
            continue
        for run in line.runs:
            await record_run(
                db, msgspec.structs.replace(run, found=None if found is None else found.get(run.policy, 0))
            )
            entered += 1
    return entered


def _append(
    data_dir: Path, number: str, at: datetime, runs: tuple[Run, ...] = (), found: dict[str, int] | None = None
) -> None:
    path = data_dir / FILE
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        with os.fdopen(handle, "ab") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            for _ in lines(path):
                pass  # a broken chain is not continued
            whole = _whole(path)
            file.truncate(len(whole))
            last = whole.splitlines()
            before = hashlib.sha256(last[-1]).hexdigest() if last else ""
            line = Line(id=number, at=at, before=before, runs=runs, found=found)
            file.write(msgspec.json.encode(line) + b"\n")
            file.flush()
            os.fsync(file.fileno())
    except OSError as problem:
        raise refuse(
            "journal-unwritable",
            "写不了比对记录，所以没有比对；请检查数据目录能不能写",
            f"The record of the run cannot be written, so nothing was run: {problem.strerror}",
            place=str(path),
        ) from None


def _whole(path: Path) -> bytes:
    """What was written to its end. Half a line, of a full disk or a process that was killed, was never acknowledged:
    nothing was run under it."""
    data = path.read_bytes() if path.exists() else b""
    return data[: data.rfind(b"\n") + 1]
