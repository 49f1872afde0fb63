"""How long a start takes and what an idle installation holds in memory.

`up` runs as a newcomer runs it, in its own processes: first in an empty directory (cluster, tables, demonstration
province and its cases are made), then again. Memory is the proportional set size (PSS, /proc/*/smaps_rollup: shared
pages are counted once) of every process of the installation, ten seconds after its last page.
The yardstick for time is PostgreSQL's own: a new cluster that accepts its first connection, and the same again.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import Request, urlopen

from tongban.base.database import EmbeddedPostgres

_IDLE_SECONDS = 10.0
_PATIENCE_SECONDS = 120.0
_PAGES = ("/", "/services", "/services/residence-permit", "/search?q=%E5%B1%85%E4%BD%8F%E8%AF%81", "/login")


def _postgres(folder: Path) -> float:
    """Seconds until the bare server accepts connections."""
    begun = time.perf_counter()
    with EmbeddedPostgres(folder):
        return time.perf_counter() - begun


class _Up:
    """`tongban up`, timed to its first page."""

    def __init__(self, folder: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = int(free.getsockname()[1])
        self._address = f"http://127.0.0.1:{port}"
        begun = time.perf_counter()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tongban", "up", "--port", str(port), "--data", str(folder)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        while not self._get("/"):
            if self._process.poll() is not None or time.perf_counter() - begun > _PATIENCE_SECONDS:
                raise RuntimeError("the platform did not start")
            time.sleep(0.02)
        self.seconds = time.perf_counter() - begun

    def look_around(self) -> None:
        """What makes it warm: some pages."""
        for page in _PAGES:
            self._get(page)

    def megabytes(self) -> dict[str, float]:
        """PSS of the application, of the database, and of the departments' nodes that the demonstration runs beside."""
        parents = {int(entry.name): _parent(entry) for entry in Path("/proc").iterdir() if entry.name.isdigit()}
        ours = {self._process.pid}
        while more := {pid for pid, parent in parents.items() if parent in ours} - ours:
            ours |= more
        size = {"application": 0.0, "database": 0.0, "nodes": 0.0}
        for pid in ours:
            words = _read(Path(f"/proc/{pid}/cmdline")).split(b"\0")
            part = "database" if b"postgres" in words[0] else "nodes" if b"demonstrate" in words else "application"
            size[part] += _pss(Path(f"/proc/{pid}/smaps_rollup"))
        return size

    def stop(self) -> None:
        os.killpg(self._process.pid, signal.SIGINT)
        self._process.wait(60)

    def _get(self, path: str) -> bool:
        try:
            with urlopen(Request(self._address + path, headers={"accept": "text/html"}), timeout=10) as answer:
                return answer.status == 200 and bool(answer.read())
        except (URLError, OSError):
            return False


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""


def _parent(entry: Path) -> int:
    fields = _read(entry / "stat").rpartition(b")")[2].split()
    return int(fields[1]) if fields else 0


def _pss(path: Path) -> float:
    lines = (line.split() for line in _read(path).splitlines())
    return next((int(words[1]) / 1024 for words in lines if words[0] == b"Pss:"), 0.0)


def _timed(folder: Path) -> float:
    up = _Up(folder)
    up.stop()
    return up.seconds


def run() -> dict[str, Any]:
    """Figures in seconds and megabytes."""
    with tempfile.TemporaryDirectory(prefix="tongban-bench-") as bare, tempfile.TemporaryDirectory() as folder:
        for name in (bare, folder):
            Path(name).chmod(0o755)
        floor_first, floor_again = _postgres(Path(bare)), _postgres(Path(bare))
        first = _timed(Path(folder))
        up = _Up(Path(folder))
        try:
            up.look_around()
            time.sleep(_IDLE_SECONDS)
            memory = up.megabytes()
        finally:
            up.stop()
    return {
        "name": "from the command to the first page, and memory when idle",
        "figures": {
            "first start ever, s": first,
            "later start, s": up.seconds,
            "bare PostgreSQL, first start ever, s": floor_first,
            "bare PostgreSQL, later start, s": floor_again,
            "idle application, MB PSS": memory["application"],
            "idle database, MB PSS": memory["database"],
            "idle together, MB PSS": memory["application"] + memory["database"],
            "idle nodes of the demonstration's departments, MB PSS": memory["nodes"],
        },
        "baseline": "the embedded PostgreSQL alone, first start ever",
        "ratio": first / floor_first,
        "target": "first page under 8 s; idle together under 400 MB",
    }


if __name__ == "__main__":
    print(json.dumps(run(), ensure_ascii=False, indent=2))
