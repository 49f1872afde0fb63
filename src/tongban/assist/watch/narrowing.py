"""From figures and limits to how much a use may still do: down by itself, up only by a person.

Pure. Three levels, in the order of the use file: on, second-look (an official's own view first), off. A limit counts
as passed only when the whole interval of the figure lies above it, so that chance does not switch things off; and each
change of level begins a new count, so that the same cases never narrow a use twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import StrEnum

import msgspec

from tongban.base.i18n import Text
from tongban.catalog.watching import Measure, Watch


class Autonomy(StrEnum):
    """How much a use may do in a region."""

    ON = "on"
    SECOND_LOOK = "second-look"
    OFF = "off"


AUTONOMY_NAMES: dict[Autonomy, Text] = {
    Autonomy.ON: Text("正常使用", "in use"),
    Autonomy.SECOND_LOOK: Text("先看自己的再看建议", "own view first"),
    Autonomy.OFF: Text("已停用", "switched off"),
}


class Verdict(StrEnum):
    """What a figure says about its limit."""

    FINE = "fine"
    WATCHED = "watched"
    """Above the limit, but chance could have done it."""
    PASSED = "passed"
    TOO_FEW = "too-few"
    UNLIMITED = "unlimited"
    """Only shown: the use file lays down no limit."""


class Figure(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """One measure as found. `of` is how many cases it rests on; `about` says whom a gap lies between."""

    measure: Measure
    value: float
    low: float
    high: float
    of: int
    about: Text | None = None


class Judged(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """A figure beside its limit."""

    figure: Figure
    limit: float | None
    verdict: Verdict


def judge(watch: Watch, figure: Figure) -> Judged:
    """A figure against the use file's limit for it."""
    limit = watch.limit(figure.measure)
    if figure.of < watch.least:
        verdict = Verdict.TOO_FEW
    elif limit is None:
        verdict = Verdict.UNLIMITED
    elif figure.low > limit:
        verdict = Verdict.PASSED
    elif figure.value > limit:
        verdict = Verdict.WATCHED
    else:
        verdict = Verdict.FINE
    return Judged(figure=figure, limit=limit, verdict=verdict)


def narrower(watch: Watch, level: Autonomy) -> Autonomy | None:
    """One step down from a level; None at the bottom."""
    steps = [Autonomy(word) for word in watch.levels]
    below = [step for step in steps if _DEPTH[step] > _DEPTH[level]]
    return min(below, key=_DEPTH.__getitem__) if below else None


def narrowing(watch: Watch, level: Autonomy, judged: Iterable[Judged]) -> tuple[Autonomy, Judged] | None:
    """The level to go to and the figure that demands it (the one furthest above its limit); None to stay."""
    passed = [one for one in judged if one.verdict is Verdict.PASSED]
    lower = narrower(watch, level)
    if not passed or lower is None:
        return None
    return lower, max(passed, key=_excess)


def widened(watch: Watch, level: Autonomy, to: Autonomy) -> bool:
    """Whether a person may take a use from one level up to another."""
    return _DEPTH[to] < _DEPTH[level] and to.value in watch.levels


def strictest(levels: Sequence[Autonomy]) -> Autonomy:
    """The lowest of several, for what holds in a region and in those around it; `on` where nobody said anything."""
    return max(levels, key=_DEPTH.__getitem__, default=Autonomy.ON)


_DEPTH: dict[Autonomy, int] = {Autonomy.ON: 0, Autonomy.SECOND_LOOK: 1, Autonomy.OFF: 2}


def _excess(one: Judged) -> float:
    return one.figure.low / one.limit if one.limit else float("inf")
