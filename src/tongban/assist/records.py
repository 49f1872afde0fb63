"""What the gate is asked, and what it keeps of it: calls, what people did with them, turns of the off-switch."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal

import msgspec

EVERYWHERE = "000000"
"""The region of what counts everywhere in this installation, and of callers without one."""
SUGGESTED = "suggested"
"""The outcome of a call that ended in a suggestion; any other is the code of an abstention."""


def is_region(code: str) -> bool:
    """Whether it has the shape of a region code; `EVERYWHERE` has."""
    return len(code) == 6 and code.isascii() and code.isdigit()


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """Who wants a suggestion about what. Raises ValueError for a region that is none.

    use      the register entry
    region   the body's region, six digits; `EVERYWHERE` for somebody who has named none
    subject  the case it is about, or empty
    person   whose matter it is, by id: for their opt-out and budget. Only a keyed hash of it is kept
    post     the official's post, or empty
    inputs   what the use is given; only its hash is kept
    names    names that may stand in the inputs (applicant, agents, officials): masked before anything leaves
    sources  texts by `Evidence.source`: a quote from one of them that does not stand in it word for word is dropped
    above    whether the level above is asked: its failures do not count against what runs here
    """

    use: str
    region: str = EVERYWHERE
    subject: str = ""
    person: str = ""
    post: str = ""
    inputs: bytes = b""
    names: tuple[str, ...] = ()
    sources: Mapping[str, str] = {}
    above: bool = False

    def __post_init__(self) -> None:
        if not is_region(self.region):
            raise ValueError(f"not a region code: {self.region!r}")
        if "\0" in self.use + self.subject + self.post:
            raise ValueError("a NUL in a name")


class Call(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the log. `suggestion` is kept only where it is about a case; `took_us` is in microseconds."""

    region: str
    id: str
    use: str
    version: str
    at: datetime
    subject: str = ""
    person: str = ""
    post: str = ""
    input_hash: str
    input_band: int | None = None
    """What sort of thing was asked (`gate.kinds`), for drift."""
    output_hash: str = ""
    outcome: str
    confidence: float | None = None
    took_us: int
    cost_micro: int = 0
    suggestion: Any = None
    """An object; sealed text as it lies in the log, before `store.calls.opened`."""


class Settled(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody did with a suggestion. `person` is an official's id, or a citizen's keyed hash."""

    person: str
    post: str = ""
    body: str = ""
    at: datetime
    outcome: Literal["accepted", "declined"]
    reason: str = ""
    seconds_shown: float = 0.0


class Contribution(msgspec.Struct, frozen=True, kw_only=True):
    """机器做了什么: one call about a case, and what became of it."""

    call: Call
    settled: tuple[Settled, ...] = ()


class Switched(msgspec.Struct, frozen=True, kw_only=True):
    """One turn of an off-switch. `kind`: an official, whoever runs the platform, or a use's own threshold."""

    region: str
    use: str
    at: datetime
    state: Literal["off", "on"]
    why: str
    kind: Literal["official", "operator", "threshold"]
    by_id: str
    by_name: str


class OptOut(msgspec.Struct, frozen=True, kw_only=True):
    """One choice of a person, by their keyed hash; `use` is `*` for every use."""

    region: str
    person: str
    use: str
    at: datetime
    state: Literal["out", "in"]
