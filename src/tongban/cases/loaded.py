"""A case as it was loaded, and one that was decided and is not written yet."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec

from tongban.cases.definition import Definition
from tongban.cases.evolve import fold
from tongban.cases.model import CaseState, Event, Opening, Refusal
from tongban.cases.says import Given


class Case(msgspec.Struct, frozen=True):
    """A case with the law that governs it and everything that happened."""

    definition: Definition
    state: CaseState
    events: tuple[Event, ...]
    barred: frozenset[str] = frozenset()
    """Officials who handled the case that this one is about: another looks at it (回避)."""

    def after(self, new: Sequence[Event]) -> Case:
        return Case(self.definition, fold(new, self.state), (*self.events, *new), self.barred)


Recorder = Callable[[Case], Event | Sequence[Event] | None]
"""What the machinery has to say about a case; nothing if nothing is left."""


class PartOf(msgspec.Struct, frozen=True):
    """Which whole a case is a part of, and what the whole calls it."""

    whole: str
    name: str


class Begun(msgspec.Struct, frozen=True):
    """A case that was decided and is not written yet: its law, what is fixed for good, and its events or why not."""

    definition: Definition
    opening: Opening
    decided: list[Event] | Refusal
    given: Given
    """The answers it was decided on."""

    @property
    def before(self) -> Case:
        """The case before it was."""
        return Case(self.definition, CaseState(), ())
