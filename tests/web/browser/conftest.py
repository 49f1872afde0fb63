"""A real Chromium against a real server, one of each for all browser tests of a process."""

import re
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from html import unescape

import pytest
from playwright.async_api import Browser
from tests.conftest import database_url, new_sealer
from tests.web.browser.live import chromium, opened, serving
from tests.web.browser.town import OTHERS, READERS, browsing, keeps, live_in, logged_in, settle, starts
from tests.web.browser.walking import Seen, in_english, walk

from tongban.base.clock import ZONE, SettableClock
from tongban.base.database import Database, EmbeddedPostgres
from tongban.web.site import Site


@dataclass(frozen=True, slots=True, repr=False)
class World:
    """The running demonstration, and who is logged in to it."""

    address: str
    site: Site
    sessions: Mapping[str, str]
    """The cookie of each reader; empty for nobody."""
    paths: Mapping[str, list[str]]
    """By reader, the pages that only a deed led to."""

    async def first(self, reader: str, page: str, pattern: str) -> str:
        """The first link of a reader's page that looks like this."""
        async with browsing(self.site, self.sessions[reader]) as client:
            found = re.search(f'href="({pattern})"', (await client.get(page)).text)
        assert found, (page, pattern)
        return unescape(found[1])

    def path(self, reader: str, start: str) -> str:
        """The page that only a deed led to whose address begins so."""
        return next(one for one in self.paths[reader] if one.startswith(start))


@dataclass(frozen=True, slots=True, repr=False)
class Walked:
    """Every page that somebody comes to along the links."""

    seen: tuple[Seen, ...]
    english: tuple[Seen, ...]
    """The first page of each route, in English."""

    @property
    def firsts(self) -> tuple[Seen, ...]:
        """The first page of each route."""
        found: dict[str, Seen] = {}
        for one in self.seen:
            if one.page:
                found.setdefault(one.route, one)
        return tuple(found.values())

    def of(self, route: str) -> list[Seen]:
        """The pages of a route that its first reader comes to: of the console one of each kind of query."""
        every = [one for one in self.seen if one.page and one.route == route]
        own = [one for one in every if one.reader == every[0].reader]
        kinds = {one.asks: one for one in reversed(own)}
        return list(kinds.values())[::-1] if route.startswith("/console") else own[:1]


@pytest.fixture(scope="session")
async def world(
    postgres: EmbeddedPostgres, _admin: Database, _template: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[World]:
    """The demonstration on a free port, with something to see on every page."""
    chromium()
    await _admin.execute(f"CREATE DATABASE browser TEMPLATE {_template}")
    db = await Database.open(database_url(postgres.url, "browser"), name="browser", sealer=await new_sealer())
    clock = SettableClock(datetime(2026, 11, 26, 9, 0, tzinfo=ZONE))
    site = await settle(db, tmp_path_factory.mktemp("browser"), clock)
    paths = await live_in(site)
    clock.advance(minutes=1)
    await site.public_log.turn()
    sessions = {reader: await logged_in(site, person) for reader, person in (READERS | OTHERS).items()}
    async with serving(site) as address:
        yield World(address, site, sessions, paths)
    await db.close()
    await _admin.execute("DROP DATABASE browser WITH (FORCE)")


@pytest.fixture(scope="session")
async def walked(world: World) -> Walked:
    """The walk of all readers."""
    seen: list[Seen] = []
    english: list[Seen] = []
    for reader, session in world.sessions.items():
        async with browsing(world.site, session) as client:
            before = {one.route for one in seen if one.page}
            found = await walk(reader, client, [*starts(reader), *world.paths[reader]], keeps(reader))
            seen += found
            firsts = {one.route: one for one in reversed(found) if one.page and one.route not in before}
            english += [await in_english(client, one) for one in firsts.values()]
    return Walked(tuple(seen), tuple(english))


@pytest.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    async with opened() as found:
        yield found
