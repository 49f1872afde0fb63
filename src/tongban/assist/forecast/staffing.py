"""How many people a counter needs in a half-day: arrivals and handling time, and how long people may have to wait.

With arrivals at random and one queue, the share that waits is Erlang's C formula (Erlang 1917); people are added until
four in five are served within the wait that is promised. It is a hint for a roster, and says what it was worked out
from.
"""

from __future__ import annotations

from math import ceil, exp

import msgspec

SHARE = 0.8
MOST = 200


class Staffing(msgspec.Struct, frozen=True, kw_only=True):
    """`people` are needed for `arrivals` in so many hours at so many minutes each; `busy` is the share of their time
    that they then work; `within` is the share of people served within `wait_minutes`."""

    people: int
    arrivals: float
    hours: float
    minutes: float
    wait_minutes: float
    busy: float
    within: float


def needed(arrivals: float, minutes: float, *, hours: float = 4.0, wait_minutes: float = 15.0) -> Staffing:
    """The fewest people at the counter with whom four in five wait no longer than `wait_minutes`.

    Raises ValueError for negative numbers, a visit or half-day of no length, or more than two hundred people.
    """
    if arrivals < 0 or minutes <= 0 or hours <= 0 or wait_minutes < 0:
        raise ValueError("arrivals, minutes and hours are positive")
    load = arrivals * minutes / (hours * 60)
    people = max(1, ceil(load)) if arrivals else 0
    while people and people <= MOST:
        within = served_within(load, people, wait_minutes / minutes)
        if load < people and within >= SHARE:
            break
        people += 1
    if people > MOST:
        raise ValueError("more than two hundred people at one counter")
    return Staffing(
        people=people,
        arrivals=arrivals,
        hours=hours,
        minutes=minutes,
        wait_minutes=wait_minutes,
        busy=round(load / people, 3) if people else 0.0,
        within=round(served_within(load, people, wait_minutes / minutes), 3) if people else 1.0,
    )


def served_within(load: float, people: int, wait: float) -> float:
    """Share served within `wait` handling times: 1 - C(people, load) · e^(-(people - load) · wait)."""
    if load >= people:
        return 0.0
    blocked = 1.0  # Erlang B, built up person by person: stable however many there are
    for n in range(1, people + 1):
        blocked = load * blocked / (n + load * blocked)
    waiting = blocked / (1 - (load / people) * (1 - blocked))
    return 1 - waiting * exp(-(people - load) * wait)
