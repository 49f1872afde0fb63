"""Whose request it is: the session behind it, found once, before the handler."""

from tongban.org import Actor, sessions
from tongban.web.site import Site


async def actor(site: Site, token: str) -> Actor | None:
    """Whose session this is; None when it does not hold (any more). One query."""
    found = await sessions.find(site.db, site.directory, token, site.clock())
    return found.actor if found else None
