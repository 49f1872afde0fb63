"""Whose request it is: the session behind it, found once, before the handler."""

from tongban.org import Actor, sessions
from tongban.org.sessions import KIOSK, Session
from tongban.web.site import Site


async def find(site: Site, token: str) -> Session | None:
    """The session; None when it does not hold (any more). One query."""
    return await sessions.find(site.db, site.directory, token, site.clock())


async def actor(site: Site, token: str) -> Actor | None:
    """Whose session this is, for programs: none of a machine that strangers share."""
    found = await find(site, token)
    return found.actor if found and not found.method.startswith(KIOSK) else None


def kiosk_of(session: Session | None) -> str:
    """The service whose draft is being filled in at a kiosk; empty anywhere else."""
    return session.method.removeprefix(KIOSK) if session and session.method.startswith(KIOSK) else ""
