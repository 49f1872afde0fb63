"""The demonstration's month before: written once, in a process of its own, while the first pages are already served.

What the clock, the post and the supervisors do waits meanwhile (`serve.working`): they would take hold of what lies in
the past as if it were of today.
"""

import asyncio

from tongban.org.demo.provinces import Province
from tongban.oversight.opendata.making import due, released
from tongban.oversight.turning import BUSY, run_beside
from tongban.web.site import Site

_ASK_AGAIN = 10.0
"""How long another process that writes it is left alone: to ask takes a process of its own."""


async def write_month(site: Site) -> bool:
    """Write the month that has settled, unless it is there, was released or cannot be; whether this process has it
    written now."""
    settings = site.settings
    if not settings.demo or settings.province not in ("", Province.LAN):
        return False
    from tongban.cases.demo import Days  # read by the one job that needs them
    from tongban.voice import demo_month

    period, days = due(site.today), Days(site.clock(), site.calendar, settings.timezone)
    if period.name in released(settings.data_dir):
        return False  # what everybody has been told of it stays so
    while await demo_month.missing(site.db, site.keys, days, period.since, period.until):
        words = ("opendata", "demonstrate")
        status = await run_beside(words, settings.data_dir, settings.database_url, quiet=False)
        if status != BUSY:
            site.log.event("month-written" if status == 0 else "month-not-written", task="demonstrate", status=status)
            return status == 0
        await asyncio.sleep(_ASK_AGAIN)
    return False
