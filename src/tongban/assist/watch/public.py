"""What the public register shows of the watching: counts, gaps and levels; nobody's name, no small group."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import msgspec

from tongban.assist.watch.narrowing import Autonomy, Judged
from tongban.assist.watch.records import LevelChange, Round
from tongban.assist.watch.statistics import Interval, Rate
from tongban.base.i18n import Text
from tongban.catalog.watching import Measure

_GAPS = frozenset({Measure.GAP_SELECTION, Measure.GAP_ERROR, Measure.GAP_ABSTENTION})


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """One narrowing or widening, as it is published. `by` is the platform or the office, never a person."""

    at: datetime
    region: str
    level: Autonomy
    by: Text
    why: Text


class PublicFigures(msgspec.Struct, frozen=True, kw_only=True):
    """The figures of a use over all regions. Rates are None where there was nothing to count.

    calls      calls that reached the model, `suggested` those with a suggestion
    declined   of those officials settled, with the interval it lies in
    gaps       gaps between groups of people, largest first; groups under ten are in none of them
    levels     regions where it is narrowed now
    """

    calls: int
    suggested: int
    accepted: int
    declined: int
    declined_rate: Interval | None
    gaps: tuple[Judged, ...]
    levels: dict[str, Autonomy]
    steps: tuple[Step, ...]


def public(rounds: Sequence[Round], changes: Sequence[LevelChange], levels: dict[str, Autonomy]) -> PublicFigures:
    """One use's rounds, put together."""
    accepted, declined = sum(one.accepted for one in rounds), sum(one.declined for one in rounds)
    found = (judged for one in rounds for judged in one.judged if judged.figure.measure in _GAPS)
    return PublicFigures(
        calls=sum(one.calls for one in rounds),
        suggested=sum(one.suggested for one in rounds),
        accepted=accepted,
        declined=declined,
        declined_rate=Rate(declined, accepted + declined).interval if accepted + declined else None,
        gaps=tuple(sorted(found, key=lambda one: -one.figure.value)),
        levels={region: level for region, level in levels.items() if level is not Autonomy.ON},
        steps=tuple(map(_step, changes)),
    )


def _step(change: LevelChange) -> Step:
    by = {
        "limit": Text("系统按登记的限值自动作出", "by itself, by the registered limit"),
        "official": Text("监督单位的工作人员决定", "decided by an official of the supervising body"),
    }[change.kind]
    return Step(at=change.at, region=change.region, level=change.level, by=by, why=change.why)
