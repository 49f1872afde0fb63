"""What the public register shows of the watching: gaps, levels and steps; nobody's name, no small group."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

import msgspec

from tongban.assist.records import EVERYWHERE
from tongban.assist.watch.narrowing import Autonomy, Judged
from tongban.assist.watch.records import LevelChange, Round
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


class Published(msgspec.Struct, frozen=True, kw_only=True):
    """What is published of one use, in a region or everywhere.

    gaps    gaps between groups of people, largest first; groups under ten are in none of them
    levels  regions where it is narrowed now
    steps   how it was narrowed and taken up again, the latest first
    """

    gaps: tuple[Judged, ...] = ()
    levels: dict[str, Autonomy] = {}
    steps: tuple[Step, ...] = ()


def published(
    region: str, rounds: Sequence[Round], changes: Sequence[LevelChange], levels: Mapping[str, Autonomy]
) -> Published:
    """One use's rounds, put together for a region."""
    wanted = [one for one in rounds if region in (EVERYWHERE, one.region)]
    found = (judged for one in wanted for judged in one.judged if judged.figure.measure in _GAPS)
    return Published(
        gaps=tuple(sorted(found, key=lambda one: -one.figure.value)),
        levels={
            code: level for code, level in levels.items() if level is not Autonomy.ON and region in (EVERYWHERE, code)
        },
        steps=tuple(_step(one) for one in changes if region in (EVERYWHERE, one.region)),
    )


def _step(change: LevelChange) -> Step:
    by = {
        "limit": Text("系统按登记的限值自动作出", "by itself, by the registered limit"),
        "official": Text("监督单位的工作人员决定", "decided by an official of the supervising body"),
    }[change.kind]
    return Step(at=change.at, region=change.region, level=change.level, by=by, why=change.why)
