"""The embedded PostgreSQL: a supervisor that starts it, restarts it, and never leaves it behind.

One thread starts the server and waits for it, so the kernel's parent-death signal (which follows the thread that
forked) ends the server whenever this process ends, `kill -9` included. If the server itself is killed, the thread
starts it again and PostgreSQL recovers from its write-ahead log; pools reconnect by themselves.
"""

import atexit
import fcntl
import os
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import IO

from tongban.base.database.cluster import ROLE, Home
from tongban.base.errors import Refused, refuse
from tongban.base.i18n import Text
from tongban.base.parent import end_with_parent

SETTINGS: Mapping[str, str] = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "60",
    "shared_buffers": "64MB",
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
    "max_wal_size": "1GB",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "jit": "off",
    # An error's detail quotes the row it is about; terse keeps people's data out of the log.
    "log_error_verbosity": "terse",
    "log_checkpoints": "off",
    "log_line_prefix": "%m [%p] ",
}

_START_SECONDS = 60.0
_STOP_SECONDS = 30.0
_ORPHAN_SECONDS = 30.0
_POLL_SECONDS = 0.01
_QUICK_DEATH_SECONDS = 1.0
_QUICK_DEATHS = 5
_LOG_BYTES = 10_000_000


class EmbeddedPostgres:
    """PostgreSQL of our own in `data_dir`, as a context manager. The first start makes the cluster.

    `url` is the address of the database while it runs. `settings` override server settings; tests use them.

    Raises `Refused`: `data-directory-in-use` if another process already runs on the same directory,
    `database-did-not-start` with the last line of the server's log, and what `Home.prepare` raises.
    """

    def __init__(self, data_dir: Path, *, settings: Mapping[str, str] | None = None) -> None:
        self._data_dir = data_dir
        self._settings = {**SETTINGS, **(settings or {})}
        self._home: Home | None = None
        self._socket: Path | None = None
        self._lock: IO[bytes] | None = None
        self._thread: threading.Thread | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._stopping = threading.Event()
        self._ready = threading.Event()
        self._failure: Exception | None = None

    @property
    def url(self) -> str:
        """`postgresql://…` over the private socket."""
        if self._socket is None:
            raise RuntimeError("the embedded PostgreSQL is not running")
        return f"postgresql://{ROLE}@/{ROLE}?host={self._socket}"

    @property
    def pid(self) -> int:
        """The process id of the server that runs now."""
        if self._process is None:
            raise RuntimeError("the embedded PostgreSQL is not running")
        return self._process.pid

    @property
    def notice(self) -> Text | None:
        """Something the operator should know, such as files kept elsewhere than asked."""
        return None if self._home is None else self._home.notice

    @staticmethod
    def running(data_dir: Path) -> str | None:
        """The address of the server that another process runs on `data_dir`; None if nobody does."""
        home = Home.prepare(data_dir)
        try:
            _lock(home).close()
        except Refused:
            lines = (home.data / "postmaster.pid").read_text(encoding="utf-8").splitlines()
            return f"postgresql://{ROLE}@/{ROLE}?host={lines[4]}"  # the fifth line is its socket directory
        return None

    def __enter__(self) -> "EmbeddedPostgres":
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()

    def start(self) -> None:
        """Start and wait until connections are accepted: about a second the first time, less than 0.1 s later."""
        home = self._home = Home.prepare(self._data_dir)
        self._lock = _lock(home)
        try:
            home.initialise()
            self._socket = home.socket_directory()
            self._thread = threading.Thread(target=self._supervise, args=(home,), name="postgres", daemon=True)
            self._thread.start()
            self.wait_ready()
        except BaseException:
            self.stop()
            raise
        atexit.register(self.stop)

    def wait_ready(self) -> None:
        """Wait until the server accepts connections, for instance after it was killed and restarts."""
        self._ready.wait()
        if self._failure is not None:
            raise self._failure

    def restart(self) -> None:
        """Stop the server in an orderly way and let the supervisor start it again."""
        process = self._process
        if process is None:
            raise RuntimeError("the embedded PostgreSQL is not running")
        self._ready.clear()
        _end(process)
        self.wait_ready()

    def stop(self) -> None:
        """Stop in an orderly way; open connections are closed. Safe to call more than once."""
        self._stopping.set()
        if self._process is not None:
            _end(self._process)
        if self._thread is not None:
            self._thread.join()
            self._thread = None
        if self._socket is not None and self._home is not None and self._socket.parent != self._home.root:
            shutil.rmtree(self._socket, ignore_errors=True)
        self._socket = None
        if self._lock is not None:
            self._lock.close()
            self._lock = None
        atexit.unregister(self.stop)

    def _supervise(self, home: Home) -> None:
        quick_deaths = 0
        while not self._stopping.is_set() and quick_deaths < _QUICK_DEATHS:
            try:
                process = self._process = self._launch(home)
                if self._stopping.is_set():  # asked to stop before there was a process to stop
                    _end(process)
                self._await_ready(home, process)
            except Exception as failure:  # whatever it is: who waits for the start must hear of it
                self._failure = failure
                self._ready.set()
                return
            began = time.monotonic()
            self._ready.set()
            process.wait()
            self._ready.clear()
            quick_deaths = quick_deaths + 1 if time.monotonic() - began < _QUICK_DEATH_SECONDS else 0
        if not self._stopping.is_set():
            self._failure = _did_not_start(home)
            self._ready.set()

    def _launch(self, home: Home) -> subprocess.Popen[bytes]:
        _clear_leftovers(home)
        if home.log.exists() and home.log.stat().st_size > _LOG_BYTES:
            home.log.replace(home.log.with_suffix(".log.1"))
        options = [f"-c{name}={value}" for name, value in self._settings.items()]
        options.append(f"-cunix_socket_directories={self._socket}")
        with home.log.open("ab") as log:
            home.log.chmod(0o600)
            return home.account.start(
                home.binaries / "postgres",
                "-D",
                home.data,
                *options,
                cwd=home.data,
                log=log,
                before=partial(end_with_parent, os.getpid(), signal.SIGINT),  # a fast shutdown
            )

    def _await_ready(self, home: Home, process: subprocess.Popen[bytes]) -> None:
        deadline = time.monotonic() + _START_SECONDS
        status_file = home.data / "postmaster.pid"
        while process.poll() is None and time.monotonic() < deadline:
            try:
                lines = status_file.read_text(encoding="utf-8", errors="replace").splitlines()
            except FileNotFoundError:
                lines = []
            # The eighth line is the server's own word on its state.
            if len(lines) >= 8 and lines[0] == str(process.pid) and lines[7].strip() == "ready":
                return
            time.sleep(_POLL_SECONDS)
        if self._stopping.is_set():
            return
        _end(process)
        raise _did_not_start(home)


def _lock(home: Home) -> IO[bytes]:
    """Hold the directory for this process. The kernel lets go when the process ends, however it ends."""
    lock = (home.root / "lock").open("ab")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.close()
        raise refuse(
            "data-directory-in-use",
            f"另一个程序正在使用 {home.root}。请先停掉它，或者用 --data 换一个目录。",
            f"Another process is using {home.root}. Stop it first, or choose another directory with --data.",
            place=str(home.root),
            status=409,
        ) from None
    return lock


def _clear_leftovers(home: Home) -> None:
    """Wait for servers of this directory that are still ending; then a pid file that is left means nothing.

    We hold the directory's lock, so whatever still runs there has lost its supervisor and is on its way out. The pid
    file must not go before they do: with it goes PostgreSQL's own guard against two servers on the same files. And it
    must go then: after a reboot or in a container its number may belong to any other process.
    """
    deadline = time.monotonic() + _ORPHAN_SECONDS
    while _servers_in(home.data):
        if time.monotonic() > deadline:
            raise refuse(
                "database-still-ending",
                f"{home.data} 里上一次的数据库进程还没有结束。请稍等再试。",
                f"The previous database server in {home.data} is still ending. Wait a moment and try again.",
                place=str(home.data),
                status=409,
            )
        time.sleep(_POLL_SECONDS)
    (home.data / "postmaster.pid").unlink(missing_ok=True)


def _servers_in(data: Path) -> list[int]:
    """Live processes whose working directory is `data`: PostgreSQL's processes always sit there."""
    target = str(data)
    found: list[int] = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            if str((entry / "cwd").readlink()) == target:
                found.append(int(entry.name))
        except OSError:  # ended meanwhile, a zombie, or another user's
            continue
    return found


def _end(process: subprocess.Popen[bytes]) -> None:
    """Fast shutdown: sessions are closed, everything committed is on disk. Immediate if that takes too long."""
    process.send_signal(signal.SIGINT)
    try:
        process.wait(_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGQUIT)
        process.wait()


def _did_not_start(home: Home) -> Refused:
    lines = home.log.read_text(encoding="utf-8", errors="replace").splitlines() if home.log.exists() else []
    last = next((line for line in reversed(lines) if "FATAL" in line or "PANIC" in line), "".join(lines[-1:]))
    return refuse(
        "database-did-not-start",
        f"数据库没有启动起来：{last}（日志：{home.log}）",
        f"The database did not start: {last} (log: {home.log})",
        place=str(home.log),
        status=500,
    )
