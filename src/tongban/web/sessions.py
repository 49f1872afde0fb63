"""Sessions as the pages use them: whose is this request, log in, log out."""

from typing import Any


async def actor(site: Any, token: str) -> Any | None:
    """Whose session this is; None when it does not hold (any more)."""
    return None
