"""The days ahead on which the same facts come to a better outcome, each judged by the version that will govern it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal

from tongban.catalog.assess import Assessment, assess
from tongban.catalog.compile import Compiled, compile_service
from tongban.catalog.first_day import Follower
from tongban.catalog.model import Service
from tongban.catalog.tables import Outcome

Worth = Literal[0, 1, 2]

YEARS_AHEAD = 20
"""How far ahead a day is promised at most, and never beyond the end of the service's version."""
MOST_DAYS = 400
"""Days that are put to the rules; 20 years of months are 240."""


@dataclass(frozen=True, slots=True)
class Turn:
    """A day on which the outcome becomes better, and what the rules say on it."""

    day: date
    found: Assessment


@dataclass(frozen=True, slots=True)
class Turns:
    """Days in order, each with a better outcome than the one before; `complete` if none can have been missed."""

    days: tuple[Turn, ...]
    complete: bool


def first_days(
    compiled: Compiled,
    given: Mapping[str, Any],
    day: date,
    outcome: Outcome,
    worth: Mapping[Outcome, Worth],
    versions: Iterable[Service] = (),
) -> Turns:
    """The days after `day` on which the outcome first becomes better than `outcome`, and then better still.

    `versions` are those of the service that are known; each day is judged by the one that governs it.
    """
    best, top, complete = worth[outcome], max(worth.values()), True
    turns: list[Turn] = []
    before = compiled.service
    for reign in _reigns(compiled.service, day, versions):
        follower = Follower(compile_service(reign.service), given, reign.first, reign.last)
        begins = [reign.first] if reign.first > day else []
        cuts = [*begins, *follower.cuts()]
        complete = complete and follower.complete and len(cuts) <= MOST_DAYS
        for cut in cuts[:MOST_DAYS]:
            found = assess(reign.service, given, cut)
            if worth.get(found.outcome, 0) > best:
                eve = before if cut == reign.first else reign.service
                if worth.get(assess(eve, given, cut - timedelta(days=1)).outcome, 0) > best:
                    return Turns(tuple(turns), False)  # it turned where no cut shows; such a day is not told
                turns.append(Turn(cut, found))
                best = worth[found.outcome]
                if best == top:
                    return Turns(tuple(turns), complete)
        before = reign.service
    return Turns(tuple(turns), complete)


@dataclass(frozen=True, slots=True)
class _Reign:
    """A version with the first and the last day that it governs here, both included."""

    service: Service
    first: date
    last: date


def _reigns(service: Service, day: date, versions: Iterable[Service]) -> Iterator[_Reign]:
    """Which version governs from `day` on, without a gap, as far ahead as days are promised."""
    newer = sorted(
        (one for one in versions if one.status == "published" and one.regions == service.regions),
        key=lambda one: one.valid_from,
    )
    later = [one for one in newer if one.valid_from > max(day, service.valid_from)]
    end, first = _ahead(day), day
    for this, following in zip((service, *later), (*later, None), strict=True):
        last = min(end, this.valid_to or end)
        if following is not None and following.valid_from <= last + timedelta(days=1):
            yield _Reign(this, first, following.valid_from - timedelta(days=1))
            first = following.valid_from
            continue
        yield _Reign(this, first, last)
        return


def _ahead(day: date) -> date:
    return date(min(day.year + YEARS_AHEAD, 9998), day.month, 28)
