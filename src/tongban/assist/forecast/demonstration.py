"""演示: invented weekly arrivals and ended cases, for an installation that has too few of its own to say anything.

The numbers follow from the name of the service and body alone, so that every process and every start shows the same.
Each page that shows them says that they are invented.
"""

from __future__ import annotations

import hashlib
from math import pi, sin
from random import Random

from tongban.assist.forecast.overdue import Past

WEEKS = 130
"""Two and a half years."""
QUIET = frozenset({5, 6, 40})
"""Weeks of the year around Spring Festival and National Day, when counters are closed for days."""


def weekly(service: str, body: str, week: int) -> list[float]:
    """Arrivals of the weeks before the one that has this number of the year, the last week last."""
    chance = _chance(service, body)
    level, trend, swing, peak = (
        chance.uniform(8, 60),
        chance.uniform(-0.1, 0.25),
        chance.uniform(0.1, 0.45),
        chance.random(),
    )
    counts: list[float] = []
    for back in range(WEEKS, 0, -1):
        of_year = (week - back) % 52
        mean = (level + trend * (WEEKS - back)) * (1 + swing * sin(2 * pi * (of_year / 52 - peak)))
        mean *= 0.4 if of_year in QUIET else 1.0
        counts.append(float(max(0, round(chance.gauss(mean, (max(mean, 1.0)) ** 0.5)))))
    return counts


def ended(service: str, body: str, cases: int = 400) -> list[Past]:
    """Ended cases with the share of their time they took."""
    chance = _chance(service, body, "ended")
    usual = chance.uniform(0.35, 0.7)
    return [Past(service, body, round(chance.gammavariate(4, usual / 4), 3)) for _ in range(cases)]


def _chance(*names: str) -> Random:
    return Random(int.from_bytes(hashlib.sha256("/".join(names).encode()).digest()[:8]))  # noqa: S311 -- not a secret
