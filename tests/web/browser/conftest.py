"""A real Chromium against a real server, one of each for all browser tests of a process."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime

import httpx
import pytest
from playwright.async_api import Browser
from tests.conftest import database_url, new_sealer
from tests.web.browser.live import chromium, opened, serving
from tests.web.citizen import Person, answer, begin
from tests.web.conftest import furnish
from tests.web.test_case_pages import asked_to_correct, certified

from tongban.base.clock import ZONE, SettableClock
from tongban.base.database import Database, EmbeddedPostgres
from tongban.org import demo
from tongban.outreach.offers import Hit
from tongban.outreach.report import Standing
from tongban.sharing import Reader
from tongban.sharing import demo as records
from tongban.web.site import Site


@dataclass(frozen=True, slots=True)
class World:
    """A running site where 王小满 has a draft, a case to correct, and a certificate."""

    address: str
    site: Site
    session: str
    paths: dict[str, str]


@pytest.fixture(scope="session")
async def world(
    postgres: EmbeddedPostgres, _admin: Database, _template: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[World]:
    """The demonstration province on a free port, with something to see on every page."""
    chromium()
    await _admin.execute(f"CREATE DATABASE browser TEMPLATE {_template}")
    db = await Database.open(database_url(postgres.url, "browser"), name="browser", sealer=await new_sealer())
    clock = SettableClock(datetime(2026, 11, 3, 9, 0, tzinfo=ZONE))
    await demo.seed(db)
    await records.seed(db, clock())
    site = await furnish(db, tmp_path_factory.mktemp("browser"), clock, factor=1000)
    async with serving(site) as address:
        async with httpx.AsyncClient(base_url=address) as client:
            session, paths = await _lived_in(Person(client), site)
        yield World(address, site, session, paths)
    await db.close()
    await _admin.execute("DROP DATABASE browser WITH (FORCE)")


SLUG = "unemployment-benefit"
"""The draft whose records were found and not let stand yet."""


async def _lived_in(person: Person, site: Site) -> tuple[str, dict[str, str]]:
    """王小满's session, and every page there is to look at."""
    await person.log_in()
    certificate = await certified(person, site)
    case = await asked_to_correct(person, site)
    await begin(person)
    await answer(person, lives_region="990101", basis="dwelling")
    await person.get(f"/services/{SLUG}/start")
    await person.post(f"/services/{SLUG}/start", {"region": "990101", "lookups": "yes"})
    await person.get(f"/apply/{SLUG}/records/found")
    found = Hit("p-wangxiaoman", Standing.MISSING, "child_birth_date", {})
    match = Reader(kind="platform", id="match")
    await site.outreach.take(
        site.catalogue.policy("childcare-subsidy"), site.clock().date(), [found], compared=9, by=match
    )
    apply = "/apply/residence-permit"
    paths = {
        "home": "/",
        "search": "/search?q=租房子",
        "services": "/services",
        "guide": "/services/residence-permit",
        "start": "/services/residence-permit/start",
        "looked-up": f"/apply/{SLUG}/records",
        "choice": f"{apply}/q/basis",
        "text": f"{apply}/q/lives_at",
        "region": f"{apply}/q/lives_region",
        "record": f"{apply}/q/lives_since",
        "materials": f"{apply}/materials",
        "check": f"{apply}/check",
        "discard": f"{apply}/discard",
        "cases": "/cases",
        "case": f"/cases/{case}",
        "receipt": f"/cases/{case}/receipt",
        "correct": f"/cases/{case}/acts/supplement",
        "withdraw": f"/cases/{case}/withdraw",
        "human-look": f"/human-look?case={case}",
        "people-only": "/people-only",
        "certificates": "/certificates",
        "certificate": f"/certificates/{certificate}",
        "verify": "/verify",
        "my-data": "/my-data",
        "offers": "/offers",
        "offer": "/offers/childcare-subsidy",
        "inbox": "/inbox",
        "me": "/me",
        "settings": "/settings",
        "help": "/help",
        "accessibility": "/accessibility",
        "login": "/login",
        "not-found": "/nope",
    }
    return person.client.cookies["session"], paths


@pytest.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    async with opened() as found:
        yield found
