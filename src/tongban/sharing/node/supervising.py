"""Several nodes on one machine, each a process of its own that is started again when it ends.

They are forked from one process that has loaded the libraries, so that what never changes is in memory once. The
kernel ends each with the process that started it, and that one with whoever started it (`base.parent`).
"""

import gc
import os
import signal
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import FrameType

from tongban.base.parent import end_with_parent

_FIRST_PAUSE = 0.2
_LONGEST_PAUSE = 10.0
_STEADY = 10.0
"""Seconds after which an end counts as the first one again."""
_TICK = 0.1
_PATIENCE = 6.0


@dataclass(slots=True)
class _Child:
    run: Callable[[], int]
    pid: int = 0
    since: float = 0.0
    pause: float = _FIRST_PAUSE
    due: float = 0.0


@dataclass(slots=True)
class Family:
    """The processes, by name. `keep` runs until SIGTERM or SIGINT, and ends them all before it returns."""

    runs: Mapping[str, Callable[[], int]]
    """What each process does; the result is its exit status. 2 means that trying again is no use."""
    told: Callable[[str, int], object]
    """Is told the name and the exit status of a process that ended."""
    beside: Callable[[], object] = lambda: None
    """Called again and again while they run."""
    children: dict[str, _Child] = field(default_factory=dict[str, _Child])
    _stopping: bool = False

    def keep(self) -> None:
        """Start them and start again whichever ends, sooner if it ran well, later if it ends at once."""
        gc.collect()
        gc.freeze()  # what is there now is shared; the collector of a child must not touch it
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        self.children = {name: _Child(run) for name, run in self.runs.items()}
        while not self._stopping and self.children:
            for child in self.children.values():
                if child.pid == 0 and time.monotonic() >= child.due:
                    self._start(child)
            self._reap()
            self.beside()
            time.sleep(_TICK)
        self._end()
        gc.unfreeze()  # or libraries find at the exit what was never let go, and say so to whoever pressed Ctrl-C

    def _stop(self, _number: int, _frame: FrameType | None) -> None:
        self._stopping = True

    def _start(self, child: _Child) -> None:
        parent = os.getpid()
        sys.stdout.flush()
        sys.stderr.flush()
        child.pid = os.fork()
        child.since = time.monotonic()
        if child.pid:
            return
        status = 1
        try:
            end_with_parent(parent, signal.SIGKILL)
            for number in (signal.SIGTERM, signal.SIGINT):
                signal.signal(number, signal.SIG_DFL)
            status = child.run()
        finally:
            sys.stderr.flush()
            os._exit(status)

    def _reap(self) -> None:
        while True:
            try:
                pid, raw = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            for name, child in list(self.children.items()):
                if child.pid == pid:
                    self._ended(name, child, os.waitstatus_to_exitcode(raw))

    def _ended(self, name: str, child: _Child, status: int) -> None:
        now = time.monotonic()
        self.told(name, status)
        if status == 2:
            del self.children[name]
            return
        child.pause = _FIRST_PAUSE if now - child.since > _STEADY else min(child.pause * 2, _LONGEST_PAUSE)
        child.pid, child.due = 0, now + child.pause

    def _end(self) -> None:
        until = time.monotonic() + _PATIENCE
        for number in (signal.SIGTERM, signal.SIGKILL):
            for child in self.children.values():
                if child.pid:
                    os.kill(child.pid, number)
            while any(child.pid for child in self.children.values()) and time.monotonic() < until:
                self._stopped()
                time.sleep(_TICK / 5)
            until = time.monotonic() + _PATIENCE

    def _stopped(self) -> None:
        for child in self.children.values():
            if child.pid and os.waitpid(child.pid, os.WNOHANG)[0]:
                child.pid = 0
