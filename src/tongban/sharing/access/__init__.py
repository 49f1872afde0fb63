"""谁用过我的数据: who opened a person's data, why, on what basis; delayed only by rule, kept three years."""

from tongban.sharing.access.delays import Delay, delays
from tongban.sharing.access.model import KINDS, Closed, Kind, Opened, Trace, reader_of
from tongban.sharing.access.record import open_record, refused_attempt, sweep
from tongban.sharing.access.runs import Run, record_run, runs
from tongban.sharing.access.shown import Shown, bodies, held_back, one, shown

__all__ = [
    "KINDS", "Closed", "Delay", "Kind", "Opened", "Run", "Shown", "Trace", "bodies", "delays", "held_back", "one",
    "open_record", "reader_of", "record_run", "refused_attempt", "runs", "shown", "sweep",
]  # fmt: skip
