"""The installation that a command works on: its database where it runs, or started for the command."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from typing import TypeVar

from tongban.base.clock import system_clock
from tongban.base.config import Settings
from tongban.base.database import Database, EmbeddedPostgres
from tongban.base.errors import refuse
from tongban.base.sealing import open_sealer
from tongban.base.telemetry import Log
from tongban.web.serve import open_site
from tongban.web.site import Site

T = TypeVar("T")


def running(settings: Settings) -> str | None:
    """The installation's database, if it runs."""
    if settings.database_url or not settings.keys_dir.is_dir():
        return settings.database_url
    return EmbeddedPostgres.running(settings.data_dir)


def exists(settings: Settings) -> bool:
    """Whether there is an installation: something was started here before, or a database is named."""
    return bool(settings.database_url) or settings.keys_dir.is_dir()


def with_site(settings: Settings, use: Callable[[Site], Awaitable[T]]) -> T:
    """Run something over an installation. Raises Refused as `with_database`."""

    async def opened(db: Database) -> T:
        clock = system_clock(settings.timezone)
        return await use(await open_site(settings, db, clock, Log(clock=clock)))

    return with_database(settings, opened)


def with_database(settings: Settings, use: Callable[[Database], Awaitable[T]]) -> T:
    """Run something over the installation's database, which is started for it if nobody runs it. Raises Refused
    `no-installation` (404)."""
    if not exists(settings):
        raise refuse(
            "no-installation",
            f"{settings.data_dir} 里没有平台：这里还没有启动过。请用 --data 指定数据目录",
            f"There is no installation in {settings.data_dir}: nothing was ever started there. Name it with --data",
            place=str(settings.data_dir),
            status=404,
        )
    with ExitStack() as stack:
        url = running(settings) or stack.enter_context(EmbeddedPostgres(settings.data_dir)).url

        async def opened() -> T:
            db = await Database.open(url, name="command", max_size=2, sealer=await open_sealer(settings))
            try:
                return await use(db)
            finally:
                await db.close()

        return asyncio.run(opened())
