"""How long one will wait, from how long the last people took: a span, never one number that pretends to know."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, sqrt
from statistics import mean, stdev

FEWEST = 5
"""Services below which nothing is said."""
LAST = 20
"""How many of the last services count."""
_EIGHTY = 1.28
"""Of ten people with such a number about eight are called within the span."""


@dataclass(frozen=True, slots=True)
class Span:
    """Minutes from and to."""

    least: int
    most: int


def estimate(minutes: Sequence[float], ahead: int, windows: int) -> Span | None:
    """When somebody with `ahead` people before them is called. None where too little is known to say.

    The sum of `ahead` services, each like the last ones, shared by the windows that call; the span grows with how
    unlike each other those were. Minutes are rounded outwards.
    """
    if len(minutes) < FEWEST or windows < 1:
        return None
    if ahead <= 0:
        return Span(0, max(1, ceil(mean(minutes) / windows)))
    middle, spread = ahead * mean(minutes) / windows, _EIGHTY * stdev(minutes) * sqrt(ahead) / windows
    return Span(max(0, int(middle - spread)), max(1, ceil(middle + spread)))
