"""A decided case decided again: by the text it was decided under, and by the law of its day as it is known later.

The first must come out with the digest that was kept, else something was changed that may not be. The second tells
what a correction published since would have meant for this person. Neither writes anything: to put a decision right
is an act of an official.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from tongban.base.errors import refuse
from tongban.cases.definition import Definition, Judged
from tongban.cases.evolve import fold
from tongban.cases.model import CaseState, Event
from tongban.catalog.assess import Assessment, assess
from tongban.catalog.catalogue import Catalogue
from tongban.catalog.replay import Difference, differences, digest, replay
from tongban.catalog.seals import seal


@dataclass(frozen=True, slots=True)
class Side:
    """One outcome: what the rules of one version say, with the hash of its text and the digest of the whole record."""

    found: Assessment
    text: str
    digest: str

    @staticmethod
    def of(found: Assessment) -> Side:
        return Side(found, seal(found.variant.service), digest(found))

    def as_json(self) -> dict[str, Any]:
        told = self.found.as_json()
        parts = ("version", "outcome", "message", "outputs", "laws", "parameters")
        return {"hash": self.text, "digest": self.digest, **{part: told[part] for part in parts}}


@dataclass(frozen=True, slots=True)
class Redecided:
    """A case decided again.

    day     whose law counts for the version: the day of application
    kept    whether the decision was kept with its digest (cases decided before that was done are worked out anew)
    then    by the text it was decided under
    now     by the text that governs its day, as known at `known`
    """

    case: str
    day: date
    decided_at: datetime
    known: datetime
    kept: bool
    then: Side
    now: Side
    differences: tuple[Difference, ...]

    def as_json(self) -> dict[str, Any]:
        """For programs; differences part by part."""
        return {
            "case": self.case,
            "day": self.day,
            "decided_at": self.decided_at,
            "known_at": self.known,
            "kept": self.kept,
            "then": self.then.as_json(),
            "now": self.now.as_json(),
            "differences": [{"part": d.part, "then": d.before, "now": d.after} for d in self.differences],
        }


def decided_event(events: Sequence[Event], state: CaseState) -> Event | None:
    """The event of the decision that stands."""
    stands = {done.seq for done in state.acts}
    return next((event for event in reversed(events) if event.decides and event.seq in stands), None)


def redecide(
    definition: Definition, events: Sequence[Event], state: CaseState, catalogue: Catalogue, known: datetime
) -> Redecided:
    """Raises Refused `not-decided` (409), `no-version` (404), and as `catalog.replay`."""
    decided = decided_event(events, state)
    if decided is None:
        raise refuse(
            "not-decided",
            "这个办件还没有作出决定，没有可以重新计算的结果。",
            "This case has not been decided yet; there is nothing to decide again.",
            place="case",
            status=409,
        )
    case = state.case
    judged = Judged(definition, fold(event for event in events if event.seq <= decided.seq))
    then = replay(decided.judged, catalogue) if decided.judged else judged.assessment
    service = catalogue.version(case.service, on=case.day, known=known, region=state.place)
    now = assess(service, judged.facts, case.day)
    return Redecided(
        case.case,
        case.day,
        decided.at,
        known,
        bool(decided.judged),
        Side.of(then),
        Side.of(now),
        differences(then, now),
    )
