"""The jobs of a process end when they are told to, whatever goes wrong in that moment."""

import asyncio
from dataclasses import replace

import pytest

from tongban.base.telemetry import Log
from tongban.web.serve import again_and_again, once
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


async def test_a_turn_that_fails_is_told_in_the_log_and_stops_nothing(site: Site) -> None:
    async def _release(_: Site) -> None:
        raise OSError("the disk is full")

    said: list[str] = []
    await once(replace(site, log=Log(said.append, site.clock)), _release)
    assert len(said) == 1 and "job-failed" in said[0] and "release" in said[0]
