"""What starts beside a start: a process that loads its libraries meanwhile, and waits here until all is prepared.

A file in the data directory is locked for as long as somebody prepares (by fcntl(2), so a forked child holds nothing):
the kernel lets go when that process ends, however it ends. Several may prepare at once; who waits, waits for all.
"""

import fcntl
import signal
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

_FILE = "starting"


@contextmanager
def preparing(data_dir: Path) -> Generator[None]:
    """For as long as the block runs, `wait_until_prepared` waits in other processes."""
    with (data_dir / _FILE).open("a+b") as held:
        fcntl.lockf(held, fcntl.LOCK_SH)
        yield


def wait_until_prepared(data_dir: Path) -> None:
    """At once where nobody prepares. For the main thread, before anything else listens to signals: SIGTERM ends the
    waiting process; Ctrl-C is left to whoever started it, who then sends that."""
    try:
        asked = (data_dir / _FILE).open("r+b")
    except FileNotFoundError:
        return
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    interrupt = signal.signal(signal.SIGINT, signal.SIG_IGN)
    with asked:
        fcntl.lockf(asked, fcntl.LOCK_EX)
    signal.signal(signal.SIGINT, interrupt)
