"""For whoever runs the machine: is the process alive, and can it serve?"""

import asyncio

from litestar import Response, get

from tongban.base.errors import Refused
from tongban.web.site import Site


@get("/health/live")
async def live() -> dict[str, str]:
    """The process answers."""
    return {"status": "ok"}


@get("/health/ready")
async def ready(site: Site) -> Response[dict[str, str]]:
    """The database answers within two seconds; otherwise 503, and no traffic should come here."""
    try:
        async with asyncio.timeout(2):
            await site.db.fetchval("SELECT 1")
    except (Refused, TimeoutError, OSError):
        return Response({"status": "unavailable", "waiting_for": "database"}, status_code=503)
    return Response({"status": "ok"})


ROUTES = [live, ready]
