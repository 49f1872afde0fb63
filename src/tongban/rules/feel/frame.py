"""The ground that compiled closures run on: slots for facts and variables, causes of nulls, a bound on work."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from .errors import Cause, Code
from .syntax import Span
from .values import Number, Value, is_context, is_list, to_feel

MAX_STEPS = 100_000
MAX_CALLS = 100
"""How deep functions may call one another."""


class Frame:
    """One run: the values of names by slot, and why values became null."""

    __slots__ = ("causes", "depth", "now", "slots", "steps")

    def __init__(self, slots: list[Value], now: Value = None) -> None:
        self.slots = slots
        self.causes: list[Cause] = []
        self.steps = MAX_STEPS
        self.depth = 0
        self.now = now
        """The moment that `now()` tells; null unless the caller gives one."""

    def null(self, at: Span, code: Code, *details: object) -> None:
        """Records why the value at `at` is null, and is that null."""
        self.causes.append(Cause(code, *at, details))

    def call(self, run: Run, slots: list[Value]) -> Value:
        """The value of a function's body in slots of its own; causes and work are counted here.

        Raises `Exhausted` where functions call one another too deeply.
        """
        inner = Frame(slots, self.now)
        inner.causes, inner.steps, inner.depth = self.causes, self.steps - 1, self.depth + 1
        if inner.depth > MAX_CALLS:
            raise Exhausted
        try:
            return run(inner)
        finally:
            self.steps = inner.steps

    def step(self) -> None:
        """Counts one turn of a loop. Raises `Exhausted` when there were too many."""
        self.spend(1)

    def spend(self, steps: int) -> None:
        self.steps -= steps
        if self.steps < 0:
            raise Exhausted

    def weigh(self, value: Value) -> Value:
        """`value` itself, its size counted as if it were written out.

        A few lines can name a list inside a list inside a list until it has more items than there are atoms;
        each thing built is therefore weighed, and what is too heavy is never handed on. Raises `Exhausted`.
        """
        todo = [value]
        while todo:
            item = todo.pop()
            if is_list(item):
                self.spend(1 + len(item))
                todo.extend(item)
            elif is_context(item):
                self.spend(1 + len(item))
                todo.extend(item.values())
            elif isinstance(item, str):
                self.spend(len(item) // 64)
            elif isinstance(item, Number):
                self.spend(abs(item.adjusted()) // 64)
        return value


class Exhausted(Exception):
    """The work of a whole run went over its bound; passes through all nodes to the run's beginning."""


Run: TypeAlias = Callable[[Frame], Value]
"""A compiled node."""
Check: TypeAlias = Callable[[Value, Frame], "bool | None"]
"""A compiled test of a value: true, false or unknown."""


def run_bounded(run: Run, frame: Frame) -> Value:
    """The value of a whole expression, null if it took too much work."""
    try:
        return run(frame)
    except (Exhausted, RecursionError):
        return frame.null((0, 0), Code.TOO_MUCH_WORK, MAX_STEPS)


class Layout:
    """Which slot of a frame holds which fact; shared by all expressions that run in one frame."""

    def __init__(self, names: Iterable[str]) -> None:
        self.known = frozenset(" ".join(name.split()) for name in names)
        self._slots: list[str | None] = []

    def fact(self, name: str) -> int:
        """The slot of a fact; the first use of its name makes the room."""
        if name not in self._slots:
            self._slots.append(name)
        return self._slots.index(name)

    def local(self) -> int:
        """A fresh slot for a local variable."""
        self._slots.append(None)
        return len(self._slots) - 1

    @property
    def names(self) -> tuple[str, ...]:
        """The facts that are used, in the order of their first use."""
        return tuple(name for name in self._slots if name is not None)

    def restore(self, facts: Sequence[Value]) -> Frame:
        """A frame with the facts of an earlier run, in the order of `names`."""
        remaining = iter(facts)
        return Frame([None if name is None else next(remaining) for name in self._slots])

    def facts(self, frame: Frame) -> tuple[Value, ...]:
        """The facts in `frame`, in the order of `names`."""
        return tuple(value for name, value in zip(self._slots, frame.slots, strict=True) if name is not None)

    def frame(self, context: Mapping[str, object], now: Value = None) -> Frame:
        """A frame with the facts of `context`; a fact that is not there is null. `now` is what `now()` tells."""
        return Frame([None if name is None else to_feel(context.get(name)) for name in self._slots], now)


@dataclass(frozen=True, slots=True)
class Local:
    """A local variable, and the ones around it. In a filter the entries of its value are names as well."""

    name: str
    slot: int
    outer: Local | None
    opens: bool = False
