"""A circuit breaker for each member: a node that is dead is not waited for again and again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

FAILURES = 3
"""Failures in a row after which a member counts as away."""
FIRST_SECONDS, LONGEST_SECONDS = 5.0, 120.0
"""How long it is left alone: doubled each time that the try after it fails too."""


@dataclass(slots=True)
class _Line:
    failures: int = 0
    closed_until: float = 0.0
    pause: float = FIRST_SECONDS
    trying: bool = False


class Breakers:
    """By member. `time` gives seconds that only grow."""

    def __init__(self, time: Callable[[], float]) -> None:
        self._time = time
        self._lines: dict[str, _Line] = {}

    def may_try(self, member: str) -> bool:
        """Whether to send now. After the pause one message may go, to see whether the node is back."""
        line = self._lines.get(member)
        if line is None or line.failures < FAILURES:
            return True
        if line.trying or self._time() < line.closed_until:
            return False
        line.trying = True
        return True

    def worked(self, member: str) -> None:
        """An answer came, whatever it said."""
        self._lines.pop(member, None)

    def failed(self, member: str) -> None:
        """Nothing came, or nothing genuine."""
        line = self._lines.setdefault(member, _Line())
        line.failures += 1
        # Others that were on their way when the node died say nothing new: only a try after the pause lengthens it.
        if line.failures >= FAILURES and self._time() >= line.closed_until:
            line.closed_until = self._time() + line.pause
            line.pause = min(line.pause * 2, LONGEST_SECONDS)
        line.trying = False

    def given_up(self, member: str) -> None:
        """The try was called off before its end: let the next one find out."""
        if (line := self._lines.get(member)) is not None:
            line.trying = False
