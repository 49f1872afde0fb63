"""Who is away and who stands in, indexed for the questions that every act asks; taken anew when a leave is entered."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from tongban.org.model import Absence


class Away:
    """All leave. `take` replaces it whole; every holder of it sees the new at once."""

    def __init__(self, absences: Iterable[Absence]) -> None:
        self.take(absences)

    def take(self, absences: Iterable[Absence]) -> None:
        """Know these from now on."""
        self.everything: tuple[Absence, ...] = tuple(absences)
        of: defaultdict[str, list[Absence]] = defaultdict(list)
        for one in self.everything:
            of[one.person].append(one)
        self._of = dict(of)

    def absent(self, person: str, day: date) -> bool:
        """Whether a person is on leave that day."""
        return any(one.holds_on(day) for one in self._of.get(person, ()))

    def covers(self, person: str, day: date) -> list[str]:
        """Who stands in for somebody that day, as long as they are here themselves."""
        mine = self._of.get(person, ())
        return [one.cover for one in mine if one.cover and one.holds_on(day) and not self.absent(one.cover, day)]

    def covered_by(self, cover: str, day: date) -> list[str]:
        """For whom somebody is named as cover that day."""
        return [one.person for one in self.everything if one.cover == cover and one.holds_on(day)]
