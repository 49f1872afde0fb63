"""The jobs of a process end when they are told to, whatever goes wrong in that moment."""

import asyncio

import pytest

from tongban.web.serve import again_and_again
from tongban.web.site import Site

pytestmark = pytest.mark.database


async def test_a_job_whose_database_goes_while_it_is_told_to_end_ends(site: Site) -> None:
    begun = asyncio.Event()

    async def job(_: Site) -> None:
        begun.set()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError as error:  # as a connection does that is lost in the same moment
            raise ConnectionError from error

    running = asyncio.create_task(again_and_again(site, job, 3600))
    await begun.wait()
    running.cancel()
    async with asyncio.timeout(30):
        await running
