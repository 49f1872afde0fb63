"""Forecasts of a weekly series with intervals, and the gate: what does not beat last year's same week is not shown.

Two plain methods are averaged where both can be had: the mean of the weeks around the same week of earlier years, set
off against the level of then and now, and the Theta method (Assimakopoulos & Nikolopoulos 2000), which is simple
exponential smoothing with half the drift of a straight line (Hyndman & Billah 2003, eq. 14). No library, no training.

The naive forecast that it must beat is the same week of the year before, or, with less than a year and a half of
weeks, the week before.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil, sqrt

import msgspec

YEAR = 52
SHORTEST = 26
"""Weeks below which there is nothing to say."""
ROUNDS, AHEAD = 13, 4
"""Rolling origins of the backtest, and how many weeks each looks ahead."""
LEVEL = 0.8
"""Share of weeks that should lie inside the interval."""
_WINDOW = 2
"""Weeks on either side of the same week of an earlier year."""


class Point(msgspec.Struct, frozen=True):
    """A week ahead: the likeliest count, and between what it lies four times in five."""

    expected: float
    low: float
    high: float


class Backtest(msgspec.Struct, frozen=True, kw_only=True):
    """How the method did on weeks it had not seen. Errors are mean absolute ones, in cases a week.

    coverage   share of weeks inside the interval, which was made from earlier rounds only; None where none could be
    """

    weeks: int
    error: float
    naive_error: float
    coverage: float | None

    @property
    def skill(self) -> float:
        """How much smaller the error is than that of the naive forecast: 0.2 is a fifth smaller."""
        return 0.0 if self.naive_error == 0 else 1 - self.error / self.naive_error

    @property
    def shown(self) -> bool:
        """Whether it beats the naive forecast."""
        return self.error < self.naive_error


class Forecast(msgspec.Struct, frozen=True, kw_only=True):
    """`points` are the coming weeks; empty where the backtest was not passed or there are too few weeks."""

    points: tuple[Point, ...]
    backtest: Backtest | None

    @property
    def shown(self) -> bool:
        """Whether there is a forecast to show."""
        return bool(self.points)


def forecast(counts: Sequence[float], ahead: int = AHEAD) -> Forecast:
    """The coming weeks of a series whose last element is the last full week."""
    tested = backtest(counts)
    if tested is None or not tested.shown:
        return Forecast(points=(), backtest=tested)
    errors = _rolled(counts)
    middle = expected(counts, ahead)
    reach = [_reach(errors, step) for step in range(ahead)]
    points = tuple(
        Point(round(mean, 1), max(0.0, round(mean - width, 1)), round(mean + width, 1))
        for mean, width in zip(middle, reach, strict=True)
    )
    return Forecast(points=points, backtest=tested)


def expected(counts: Sequence[float], ahead: int) -> list[float]:
    """The likeliest counts, never below nothing."""
    line = theta(counts, ahead)
    season = seasonal_window(counts, ahead)
    both = line if season is None else [(a + b) / 2 for a, b in zip(line, season, strict=True)]
    return [max(0.0, value) for value in both]


def naive(counts: Sequence[float], ahead: int) -> list[float]:
    """The same week of the year before; the last week, where there is less than a year and a half."""
    if len(counts) < YEAR + SHORTEST:
        return [counts[-1]] * ahead
    return [counts[len(counts) - YEAR + step] for step in range(ahead)]


def seasonal_window(counts: Sequence[float], ahead: int) -> list[float] | None:
    """Mean of the weeks around the same week a year earlier, times the level of now over the level of then; None with
    less than a year and a half."""
    n = len(counts)
    if n < YEAR + SHORTEST:
        return None
    then, now = counts[n - YEAR - 8 : n - YEAR], counts[n - 8 :]
    ratio = (sum(now) + 1) / (sum(then) + 1)
    found: list[float] = []
    for step in range(ahead):
        at = n - YEAR + step
        around = counts[max(0, at - _WINDOW) : min(n, at + _WINDOW + 1)]
        found.append(ratio * sum(around) / len(around))
    return found


def theta(counts: Sequence[float], ahead: int) -> list[float]:
    """Simple exponential smoothing with half the slope of the least-squares line; the weight that would have erred
    least one week ahead is taken (Hyndman & Billah 2003)."""
    n = len(counts)
    middle = (n - 1) / 2
    mean = sum(counts) / n
    spread = sum((t - middle) ** 2 for t in range(n))
    slope = sum((t - middle) * (y - mean) for t, y in enumerate(counts)) / spread if spread else 0.0
    weight, level = min((_smoothed(counts, tenth / 20) for tenth in range(1, 20)), key=lambda one: one[2])[:2]
    drift = slope / 2
    return [level + drift * (step + (1 - (1 - weight) ** n) / weight) for step in range(ahead)]


def backtest(counts: Sequence[float]) -> Backtest | None:
    """Thirteen rolling origins, four weeks each, against the naive forecast. None with too few weeks."""
    rounds = _origins(counts)
    if not rounds:
        return None
    error = naive_error = 0.0
    weeks = inside = judged = 0
    seen: list[list[float]] = []
    for origin in rounds:
        past, coming = counts[:origin], counts[origin : origin + AHEAD]
        middle, plain = expected(past, len(coming)), naive(past, len(coming))
        missed = [abs(y - mean) for y, mean in zip(coming, middle, strict=True)]
        error += sum(missed)
        naive_error += sum(abs(y - mean) for y, mean in zip(coming, plain, strict=True))
        weeks += len(coming)
        if len(seen) >= ROUNDS // 2:
            inside += sum(gap <= _reach(seen, step) for step, gap in enumerate(missed))
            judged += len(missed)
        seen.append(missed)
    return Backtest(
        weeks=weeks,
        error=round(error / weeks, 3),
        naive_error=round(naive_error / weeks, 3),
        coverage=round(inside / judged, 3) if judged else None,
    )


def _origins(counts: Sequence[float]) -> range:
    last = len(counts) - AHEAD
    return range(max(SHORTEST, last - ROUNDS + 1), last + 1)


def _rolled(counts: Sequence[float]) -> list[list[float]]:
    """How far each round of the backtest was off, week by week ahead."""
    return [
        [
            abs(y - mean)
            for y, mean in zip(counts[origin : origin + AHEAD], expected(counts[:origin], AHEAD), strict=True)
        ]
        for origin in _origins(counts)
    ]


def _reach(errors: Sequence[Sequence[float]], step: int) -> float:
    """Half the interval: the error that so many of the earlier rounds stayed within, a week more for the few there
    were (split conformal: Vovk et al. 2005). Weeks beside it lend their errors, for a round gives only one each."""
    near = sorted(row[at] for row in errors for at in range(len(row)) if abs(at - min(step, AHEAD - 1)) <= 1)
    rank = ceil(LEVEL * (len(near) + 1))
    grown = sqrt(max(1.0, (step + 1) / AHEAD))
    return grown * near[min(rank, len(near)) - 1]


def _smoothed(counts: Sequence[float], weight: float) -> tuple[float, float, float]:
    """(weight, last level, squared error one week ahead)."""
    level, error = counts[0], 0.0
    for count in counts[1:]:
        error += (count - level) ** 2
        level += weight * (count - level)
    return weight, level, error
