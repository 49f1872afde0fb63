"""How a command that the platform also starts by itself tells how it ended: on the terminal, and beside the facts."""

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime

from tongban.base.clock import system_clock
from tongban.base.config import Settings
from tongban.base.errors import Refused
from tongban.cli.saying import saying_refusals
from tongban.oversight.turning import BUSY, Outcome, Work, keep_outcome

_BUSY = frozenset({"facts-busy", "release-busy"})


@dataclass
class Told:
    """What came of it: the exit status, and what is kept."""

    at: datetime
    status: int = 0
    ended: Outcome = field(init=False)

    def __post_init__(self) -> None:
        self.ended = Outcome(at=self.at)

    def failed(self, code: str, regions: tuple[str, ...] = ()) -> None:
        """It came to no good end, for this reason."""
        self.status, self.ended = 1, Outcome(at=self.at, code=code, regions=regions)


@contextmanager
def telling(work: Work, settings: Settings) -> Generator[Told]:
    """Says refusals as every command does, and keeps how it ended. Where another process is at it nothing is kept: that
    one tells."""
    told = Told(system_clock(settings.timezone)())
    code = ""
    with saying_refusals() as said:
        try:
            yield told
        except Refused as refused:
            code = refused.code
            raise
        except OSError:
            code = "file-error"
            raise
    if code in _BUSY:
        told.status = BUSY
        return
    if said.status:
        told.failed(code)
    if settings.data_dir.is_dir():
        keep_outcome(settings.data_dir, work, told.ended)
