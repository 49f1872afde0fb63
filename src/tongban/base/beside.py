"""A process beside the platform: kept for as long as the platform runs, started again if it ends.

A thread starts it and waits for it, so the kernel's parent-death signal ends it whenever the platform's process ends,
`kill -9` included.
"""

import os
import signal
import subprocess
import sys
import threading
from functools import partial

from tongban.base.parent import end_with_parent

_PAUSE = 2.0
_LONGEST_PAUSE = 60.0
_PATIENCE = 10.0


class Beside:
    """One command of ours. Start it with `start`, end it with `stop`."""

    def __init__(self, name: str, *words: str, quiet: bool = False) -> None:
        self._words = (sys.executable, "-m", "tongban", *words)
        self._out = subprocess.DEVNULL if quiet else None
        self._stopping = threading.Event()
        self._process: subprocess.Popen[bytes] | None = None
        self._thread = threading.Thread(target=self._keep, name=name, daemon=True)

    def start(self) -> None:
        """At once; it comes up meanwhile. The database's address is in the environment."""
        self._thread.start()

    def stop(self) -> None:
        """End it and wait for it."""
        self._stopping.set()
        process = self._process
        if process is not None and process.poll() is None:
            process.terminate()
        if self._thread.is_alive():
            self._thread.join(_PATIENCE)

    def _keep(self) -> None:
        pause = _PAUSE
        while not self._stopping.is_set():
            self._process = subprocess.Popen(  # noqa: S603 -- our own interpreter and words
                self._words,
                stdin=subprocess.DEVNULL,
                stdout=self._out,
                start_new_session=True,  # Ctrl-C is for the platform, which then ends it
                preexec_fn=partial(end_with_parent, os.getpid(), signal.SIGTERM),
            )
            if self._stopping.is_set():
                self._process.terminate()
            self._process.wait()
            self._stopping.wait(pause)
            pause = min(pause * 2, _LONGEST_PAUSE)
