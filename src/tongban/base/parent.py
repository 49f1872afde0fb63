"""A child that never outlives who started it: the kernel sends it a signal when the parent ends, `kill -9` included."""

import ctypes
import os
import sys
from signal import Signals

_PR_SET_PDEATHSIG = 1
# Loaded once and here: between fork and exec nothing may be loaded.
_libc = ctypes.CDLL(None, use_errno=True)


def end_with_parent(parent: int, how: Signals) -> None:
    """Called in the child: ask for `how` when the thread that forked us ends; exit now if `parent` has ended already.

    Does nothing where the kernel has no such signal (prctl(2), PR_SET_PDEATHSIG, is Linux's).
    """
    if sys.platform != "linux":
        return
    _libc.prctl(_PR_SET_PDEATHSIG, int(how), 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)
