"""Which open cases may be late: of past cases of the same service that were at this point of their clock and still
open, how many ended late. A share with its counts, nothing trained; with fewer than thirty there is no answer."""

from __future__ import annotations

from collections.abc import Iterable
from math import sqrt

import msgspec

FEWEST = 30


class Past(msgspec.Struct, frozen=True):
    """An ended case: what share of its time it took; above 1 it was late."""

    service: str
    body: str
    used: float


class Risk(msgspec.Struct, frozen=True, kw_only=True):
    """`late` of `similar` past cases that were still open at this point ended late. `low` and `high` bound the share
    nineteen times in twenty (Wilson 1927). `wider` says that other bodies' cases had to be counted too."""

    late: int
    similar: int
    low: float
    high: float
    wider: bool

    @property
    def share(self) -> float:
        """The share that ended late."""
        return self.late / self.similar


def risk(past: Iterable[Past], service: str, body: str, used: float) -> Risk | None:
    """For a case that has used this share of its time. Cases of the same body are asked first, then of all bodies;
    None where fewer than thirty were still open at this point."""
    alike = [one for one in past if one.service == service and one.used >= used]
    own = [one for one in alike if one.body == body]
    chosen, wider = (own, False) if len(own) >= FEWEST else (alike, True)
    if len(chosen) < FEWEST:
        return None
    late = sum(one.used > 1 for one in chosen)
    low, high = _wilson(late, len(chosen))
    return Risk(late=late, similar=len(chosen), low=round(low, 3), high=round(high, 3), wider=wider)


def _wilson(hits: int, n: int) -> tuple[float, float]:
    z = 1.96
    share = hits / n
    middle = share + z * z / (2 * n)
    reach = z * sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    return max(0.0, (middle - reach) / (1 + z * z / n)), min(1.0, (middle + reach) / (1 + z * z / n))
