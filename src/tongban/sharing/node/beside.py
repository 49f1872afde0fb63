"""The demonstration's nodes beside the platform: one process that keeps them, started again if it ends.

A thread starts it and waits for it, so the kernel's parent-death signal ends it whenever the platform's process ends,
`kill -9` included; it takes its nodes along (`supervising`).
"""

import os
import signal
import subprocess
import sys
import threading
from functools import partial
from pathlib import Path

from tongban.base.parent import end_with_parent

_PAUSE = 2.0
_LONGEST_PAUSE = 60.0
_PATIENCE = 10.0


class Beside:
    """Start with `start` when the site listens, end with `stop`."""

    def __init__(self, data_dir: Path, site: str) -> None:
        self._words = (
            *(sys.executable, "-m", "tongban", "node", "demonstrate"),
            *("--data", str(data_dir.resolve()), "--site", site, "--parent", str(os.getpid())),
        )
        self._stopping = threading.Event()
        self._process: subprocess.Popen[bytes] | None = None
        self._thread = threading.Thread(target=self._keep, name="nodes", daemon=True)

    def start(self) -> None:
        """At once; the nodes come up meanwhile. The database's address is in the environment."""
        self._thread.start()

    def stop(self) -> None:
        """End the nodes and wait for them."""
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
                start_new_session=True,  # Ctrl-C is for the platform, which then ends the nodes
                preexec_fn=partial(end_with_parent, os.getpid(), signal.SIGTERM),
            )
            if self._stopping.is_set():
                self._process.terminate()
            self._process.wait()
            self._stopping.wait(pause)
            pause = min(pause * 2, _LONGEST_PAUSE)
