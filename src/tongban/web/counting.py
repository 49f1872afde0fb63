"""The jobs that keep what is counted up to date and release a month of it, each in a process of its own.

A process of the platform only asks whether there is something to do. Several may ask at once: one does it, the others
find it done or somebody at it (`oversight.following`, `oversight.store.begin_release`).
"""

import asyncio

from tongban.oversight import store
from tongban.oversight.moments import SOURCES
from tongban.oversight.opendata.making import due, released
from tongban.oversight.turning import Work, behind, facts_dir, in_process
from tongban.web.site import Site

COUNT_EVERY = 300.0
"""How often what happened is taken into the facts that are counted."""
RELEASE_EVERY = 3600.0
"""How often it is asked whether the month that has settled was released."""


async def count(site: Site) -> None:
    """Take in what moved, and what was rated, waited for or answered."""
    await asyncio.sleep(COUNT_EVERY)  # a start has better things to do
    if await behind(site.db, facts_dir(site.settings.data_dir), site.clock().date(), SOURCES):
        await begin(site, "refresh")


async def release(site: Site) -> None:
    """Release the month that has settled, once. One in which the platform was not there yet is not released."""
    await asyncio.sleep(COUNT_EVERY)  # nor is a start the time for it
    await release_due(site)


async def release_due(site: Site) -> None:
    """The same at once."""
    data_dir, period = site.settings.data_dir, due(site.today)
    if period.name not in released(data_dir) and await store.begun(site.db, period.until, site.settings.timezone):
        await begin(site, "release")


async def begin(site: Site, work: Work) -> None:
    """Do it in a process; where it fails, a line in the log says which work, why as a code, and where."""
    ended = await in_process(work, site.settings.data_dir, site.settings.database_url, site.clock)
    if ended.failed:
        where = next(iter(ended.regions), "")
        site.log.event("counting-failed", task=work, code=ended.code, count=len(ended.regions), region=where)
