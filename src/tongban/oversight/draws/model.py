"""What a draw is."""

from __future__ import annotations

from datetime import datetime

import msgspec


class Draw(msgspec.Struct, frozen=True, kw_only=True):
    """One draw. `leaf` is the number of the log's leaf that decides; what follows it is empty until it has."""

    region: str
    body: str
    id: str
    service: str
    wanted: int
    leaf: int
    announced_at: datetime
    announced_by: str
    inspectors: tuple[str, ...] = ()
    """Who could be drawn to inspect when it was announced, as `post/official`. Published."""
    seed: bytes = b""
    drawn_at: datetime | None = None
    among: int = 0
    """How many businesses could have been drawn."""
    limit: bytes = b""
    """The largest number that was drawn; a business is drawn where its own is not larger."""
    drawn: tuple[str, ...] = ()
    """Their codes, in the order of their numbers. Never published."""
