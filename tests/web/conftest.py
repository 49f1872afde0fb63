"""A whole site over an empty database with the demonstration province, and people who use it."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from tests.web.citizen import Person

from tongban.base.clock import SettableClock
from tongban.base.config import Settings
from tongban.base.database import Database
from tongban.base.telemetry import Log
from tongban.web.app import create
from tongban.web.limits import Limits
from tongban.web.serve import open_site
from tongban.web.site import Site


@pytest.fixture
def db(province_db: Database) -> Database:
    """The demonstration province is there."""
    return province_db


async def furnish(
    db: Database, data_dir: Path, clock: SettableClock, lines: list[str] | None = None, *, factor: int = 1
) -> Site:
    """A site over the database of the demonstration province. `factor` multiplies the rate limits."""
    settings = Settings(data_dir=data_dir, public_url="http://localhost")
    site = await open_site(settings, db, clock, Log(lines.append if lines is not None else lambda _: None))
    return replace(site, limits=Limits(db, clock, site.secret, factor))


@pytest.fixture
async def site(db: Database, tmp_path: Path, clock: SettableClock) -> Site:
    return await furnish(db, tmp_path, clock)


@pytest.fixture
async def anyone(site: Site) -> AsyncIterator[Person]:
    """A browser that is not logged in."""
    transport = httpx.ASGITransport(app=create(site), raise_app_exceptions=False)  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
        yield Person(client)


@pytest.fixture
async def xiaoman(anyone: Person) -> Person:
    """王小满, logged in: came to work in Qingyuan and wants a residence permit."""
    await anyone.log_in()
    return anyone
