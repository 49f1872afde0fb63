"""Shares with their intervals, differences, runs and drift. Pure; counts in, numbers out.

Wilson (1927) for one share, Newcombe (1998, method 10) for the difference of two, the population stability index with
the part of it that chance alone explains (Yurdakul 2018). Tests hold them to scipy and fairlearn, which the running
system does not load.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from math import log, sqrt
from statistics import NormalDist

CONFIDENCE = 0.95
"""Of every interval, unless something else is said."""


@dataclass(frozen=True, slots=True)
class Interval:
    """What a figure may be in truth."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Rate:
    """So many of so many. Raises ValueError unless 0 ≤ hits ≤ of."""

    hits: int
    of: int

    def __post_init__(self) -> None:
        if not 0 <= self.hits <= self.of:
            raise ValueError(f"{self.hits} of {self.of} is no share")

    @property
    def share(self) -> float:
        """0 where there was nothing to count."""
        return self.hits / self.of if self.of else 0.0

    @property
    def interval(self) -> Interval:
        return wilson(self.hits, self.of)


def wilson(hits: int, of: int, confidence: float = CONFIDENCE) -> Interval:
    """The score interval of a share: honest for few cases and near 0 and 1. Everything is possible where `of` is 0."""
    if of == 0:
        return Interval(0.0, 1.0)
    z = _z(confidence)
    share, weight = hits / of, z * z / of
    middle = (share + weight / 2) / (1 + weight)
    half = z * sqrt(share * (1 - share) / of + weight / (4 * of)) / (1 + weight)
    # at the ends rounding must not push the share itself outside its interval
    return Interval(0.0 if hits == 0 else max(0.0, middle - half), 1.0 if hits == of else min(1.0, middle + half))


def difference(one: Rate, other: Rate, confidence: float = CONFIDENCE) -> Interval:
    """Of `one.share - other.share`, -1 to 1 (Newcombe's hybrid score interval)."""
    a, b = wilson(one.hits, one.of, confidence), wilson(other.hits, other.of, confidence)
    apart = one.share - other.share
    down = sqrt((one.share - a.low) ** 2 + (b.high - other.share) ** 2)
    up = sqrt((a.high - one.share) ** 2 + (other.share - b.low) ** 2)
    return Interval(max(-1.0, apart - down), min(1.0, apart + up))


def longest_run(accepted: Sequence[bool]) -> int:
    """The most acceptances in a row."""
    longest = now = 0
    for one in accepted:
        now = now + 1 if one else 0
        longest = max(longest, now)
    return longest


def chance_of_run(length: int, of: int, share: float) -> float:
    """The probability of a run of at least `length` in `of` independent trials that each succeed with `share`.

    Exact, by the recurrence over the trial at which the first such run ends (Feller I, XIII.7).
    """
    if length <= 0:
        return 1.0
    if length > of:
        return 0.0
    whole = share**length
    # none[n]: no such run within the first n trials
    none = [1.0] * length + [1.0 - whole]
    for n in range(length + 1, of + 1):
        none.append(none[n - 1] - none[n - length - 1] * (1 - share) * whole)
    return min(1.0, max(0.0, 1.0 - none[of]))


def stability(before: Sequence[int], now: Sequence[int]) -> Interval:
    """How far a distribution has moved: the population stability index, less what chance explains, and as measured.

    `before` and `now` are counts of the same bands. Half a case is added to each band, so that an empty one does not
    weigh without end. `low` takes off the 97.5 % quantile of the index of two samples of one population
    (χ² of bands-1 times 1/n + 1/m).
    """
    if len(before) != len(now):
        raise ValueError("two distributions over different bands")
    bands = [(b, a) for b, a in zip(before, now, strict=True) if b or a]
    if len(bands) < 2:
        return Interval(0.0, 0.0)
    n, m = sum(b for b, _ in bands), sum(a for _, a in bands)
    if n == 0 or m == 0:
        return Interval(0.0, 0.0)
    half = len(bands) / 2
    found = 0.0
    for b, a in bands:
        p, q = (b + 0.5) / (n + half), (a + 0.5) / (m + half)
        found += (q - p) * log(q / p)
    chance = _chi_square(len(bands) - 1) * (1 / n + 1 / m)
    return Interval(max(0.0, found - chance), found)


@cache
def _z(confidence: float) -> float:
    return NormalDist().inv_cdf(0.5 + confidence / 2)


@cache
def _chi_square(freedom: int) -> float:
    """Its 97.5 % quantile by Wilson and Hilferty's cube: within two per cent, from one degree of freedom on."""
    spread = 2 / (9 * freedom)
    return freedom * (1 - spread + NormalDist().inv_cdf(0.975) * sqrt(spread)) ** 3
