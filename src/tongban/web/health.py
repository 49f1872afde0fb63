"""For whoever runs the machine: is the process alive, and can it serve?"""

import asyncio
from pathlib import Path

from litestar import Response, get

from tongban.base.errors import Refused
from tongban.oversight.turning import WORDS, Work, outcome
from tongban.web.site import Site


@get("/health/live")
async def live() -> dict[str, str]:
    """The process answers."""
    return {"status": "ok"}


@get("/health/ready")
async def ready(site: Site) -> Response[dict[str, str]]:
    """The database answers within two seconds; otherwise 503, and no traffic should come here. `figures` says that the
    platform serves while what is counted, or a month's release, is behind: look at the log for `counting-failed`."""
    try:
        async with asyncio.timeout(2):
            await site.db.fetchval("SELECT 1")
    except (Refused, TimeoutError, OSError):
        return Response({"status": "unavailable", "waiting_for": "database"}, status_code=503)
    behind = await asyncio.to_thread(_behind, site.settings.data_dir)
    return Response({"status": "ok", **({"figures": ",".join(behind)} if behind else {})})


def _behind(data_dir: Path) -> list[Work]:
    return [work for work in WORDS if (last := outcome(data_dir, work)) and last.failed]


ROUTES = [live, ready]
