"""双盲复办: which suggestions an official meets only after noting their own view. Pure.

The choice falls by a keyed hash of the suggestion's id: nobody, not even who wrote the program, can steer which case
it is or see it coming, and the same suggestion is chosen alike on every reading and in every process.
"""

from __future__ import annotations

import hashlib
import hmac

from tongban.assist.watch.narrowing import Autonomy
from tongban.catalog.watching import Reading, Watch

_WHOLE = 1 << 64


def drawn(salt: bytes, suggestion: str, share: float) -> bool:
    """Whether this suggestion is in the random share. `salt` is the installation's secret."""
    digest = hmac.digest(salt, suggestion.encode(), hashlib.sha256)
    return int.from_bytes(digest[:8]) < share * _WHOLE


def own_view_first(watch: Watch, level: Autonomy, salt: bytes, suggestion: str) -> bool:
    """Whether the official notes a view before seeing it: the random share, or all of them on the middle level."""
    return level is Autonomy.SECOND_LOOK or drawn(salt, suggestion, watch.double)


def seconds_needed(reading: Reading, characters: int) -> float:
    """The least time in which so many characters can have been read."""
    return max(reading.least_seconds, characters / reading.characters_per_second)
