"""What is suggested of a request; and what is kept of those of earlier days, which counters only sent on."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import msgspec

from tongban.assist.model import Abstain, Suggestion
from tongban.assist.reuse.model import Provenance
from tongban.assist.routing.urgency import Level, Urgency


class Ranked(msgspec.Struct, frozen=True):
    """A class and the chance that it is the right one."""

    label: str
    confidence: float


class Machine(msgspec.Struct, frozen=True, kw_only=True):
    """系统自动分办: the use that chose where a request went, how sure it was, and the words it went by."""

    use: str
    version: str
    confidence: float
    words: tuple[str, ...]


class Move(msgspec.Struct, frozen=True, kw_only=True):
    """One step: sent to a body by a clerk or by `machine` with nobody's name, passed on by it, or checked by somebody
    else so that it may be learned from."""

    seq: int
    at: datetime
    kind: Literal["sent", "automatic", "passed-on", "checked"]
    category: str
    body: str
    by_id: str
    post: str
    why: str = ""
    machine: Machine | None = None


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """A request with its moves; the last one says where it is."""

    region: str
    id: str
    at: datetime
    said: str
    urgency: Level
    rule: str
    taken_by: str
    office: str
    call: str = ""
    top: tuple[Ranked, ...] = ()
    moves: tuple[Move, ...] = ()

    @property
    def body(self) -> str:
        """Who has it now."""
        return self.moves[-1].body

    @property
    def category(self) -> str:
        """What it is taken to be about now."""
        return self.moves[-1].category

    @property
    def passed_on(self) -> bool:
        """Whether it was first sent to the wrong place."""
        return any(move.kind == "passed-on" for move in self.moves)

    @property
    def automatic(self) -> bool:
        """Whether it is where the platform sent it by itself, and nobody has said anything of that yet."""
        return self.moves[-1].kind == "automatic"

    @property
    def checked(self) -> bool:
        """Whether somebody else has looked at where it ended, after it was last passed on."""
        return self.moves[-1].kind == "checked"


class Choice(msgspec.Struct, frozen=True, kw_only=True):
    """A category that a request may be about, with the body whose duty that is here; empty where there is none.
    `sure`: unseen answers at this confidence were right often enough to go on without waiting."""

    category: str
    confidence: float
    body: str
    sure: bool = False


class Look(msgspec.Struct, frozen=True, kw_only=True):
    """What a clerk is shown about a request before choosing. `found` says where, and `above` by whom if by the level
    above; the rest needs no model."""

    id: str
    said: str
    urgency: Urgency
    found: Suggestion[tuple[Choice, ...]] | Abstain
    above: Provenance | None = None
