"""A case walked through once, event by event: the one fold that figures, clocks and indices are read from.

Nothing here knows what is counted; `extracting` (facts) and `watching.steps` (the console) read the same steps, so that
both mean the same by an end, a case opened again, and one that its applicant took back.
"""

from __future__ import annotations

from typing import NamedTuple

from tongban.cases.definition import Definition
from tongban.cases.evolve import evolve
from tongban.cases.loaded import Case
from tongban.cases.model import CaseState, Event


class Step(NamedTuple):
    """One event, and how the case stood before and after it."""

    before: CaseState
    event: Event
    after: CaseState
    was_over: bool
    is_over: bool

    @property
    def reopens(self) -> bool:
        """The case had ended and is open again."""
        return self.was_over and not self.is_over

    @property
    def ends(self) -> bool:
        """The case was open and has ended."""
        return self.is_over and not self.was_over

    @property
    def taken_back(self) -> bool:
        """Its applicant ended the case by choice before anything was decided, themselves or at a counter."""
        event = self.event
        by_choice = event.by.kind == "person" or bool(event.on_behalf_of)
        undecided = not event.decides and not self.before.decided
        return self.ends and by_choice and undecided and event.opening is None


def folded(case: Case) -> tuple[Step, ...]:
    """Every step of a case, in order."""
    state, over = CaseState(), False
    found: list[Step] = []
    for event in case.events:
        after = evolve(state, event)
        ended = case.definition.ended(after)
        found.append(Step(state, event, after, over, ended))
        state, over = after, ended
    return tuple(found)


def stage_of(definition: Definition, state: CaseState) -> str:
    """The stage that a case is in; empty before its first event."""
    spec = definition.procedure.states.get(state.state)
    return spec.stage.value if spec else ""
