"""The ground that a compiled model runs on: one evaluation, the work left to it, and the places of its nulls."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from tongban.rules.feel.errors import Cause, Code, sentence
from tongban.rules.feel.frame import MAX_STEPS, Exhausted, Frame, run_bounded
from tongban.rules.feel.values import Value
from tongban.rules.tables.trace import Decision as TableDecision

from .errors import ModelCode
from .model import At, DecisionTable

MAX_CALLS = 60
"""How deeply functions may call one another."""

Scope: TypeAlias = Mapping[str, Value]
"""The values of the names that a text may use."""


@dataclass(frozen=True, slots=True)
class NullCause:
    """Why a value became null: in which file and element, which characters of its text (both 0 where the element as
    a whole is meant), and the reason in both languages."""

    file: str
    at: At
    start: int
    end: int
    code: Code | ModelCode
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class TableHit:
    """A decision table that was asked, and all that it knows about its answer."""

    file: str
    box: DecisionTable
    decision: TableDecision


@dataclass(slots=True)
class Notes:
    """What was noted while one element was computed."""

    tables: list[TableHit] = field(default_factory=list["TableHit"])
    causes: list[NullCause] = field(default_factory=list["NullCause"])

    def add(self, other: Notes) -> None:
        self.tables += other.tables
        self.causes += other.causes


@dataclass(slots=True)
class State:
    """One evaluation: shared by everything that runs in it."""

    steps: int = 10 * MAX_STEPS
    calls: int = 0
    now: Value = None
    """The moment that `now()` tells; null unless whoever asks gives one, since rules have no clock."""
    notes: Notes = field(default_factory=Notes)

    def spend(self, steps: int = 1) -> None:
        """Raises `Exhausted` when the whole evaluation took too much work."""
        self.steps -= steps
        if self.steps < 0:
            raise Exhausted

    def bounded(self, run: Callable[[Frame], Value], frame: Frame) -> Value:
        """Runs a piece of FEEL in `frame` on what work is left; null if that is not enough."""
        frame.now = self.now
        given = frame.steps = min(frame.steps, max(self.steps, 0))
        try:
            return run_bounded(run, frame)
        finally:
            self.steps -= given - frame.steps

    def weigh(self, value: Value) -> Value:
        """`value` itself, its size counted as work, as FEEL counts what it builds. Raises `Exhausted`."""
        frame = Frame([])
        given = frame.steps = min(frame.steps, max(self.steps, 0))
        frame.weigh(value)
        self.steps -= given - frame.steps
        return value

    def null(self, file: str, at: At, code: Code, *details: object) -> None:
        """Notes why an element is null, and is that null."""
        zh, en = sentence(code, *details)
        self.notes.causes.append(NullCause(file, at, 0, 0, code, zh, en))

    def blame(self, file: str, at: At, cause: Cause) -> None:
        """Notes a cause met in the text of an element."""
        self.notes.causes.append(NullCause(file, at, cause.start, cause.end, cause.code, cause.zh, cause.en))


Run: TypeAlias = Callable[[State, Scope], Value]
"""A compiled boxed expression."""


def nothing(_state: State, _scope: Scope) -> Value:
    """The value of an expression that is not there."""
    return None
