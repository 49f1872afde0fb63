"""A whole site with the demonstration province, and programs that use its API, each with its own token."""

from collections.abc import AsyncIterator

import httpx
import pytest
from api_world import XIAOMAN, ZHIYUAN, LogIn, Program, Written, rows

from tongban.org import demo
from tongban.web.app import create
from tongban.web.site import Site


@pytest.fixture
async def http(site: Site) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app=create(site), raise_app_exceptions=False)  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
        yield client


@pytest.fixture
def nobody(http: httpx.AsyncClient) -> Program:
    return Program(http)


@pytest.fixture
def log_in(http: httpx.AsyncClient) -> LogIn:
    numbers = {person.id: person.id_number for person in demo.citizens()}

    async def opened(person: str, post: str = "") -> Program:
        answer = await Program(http)("POST", "/sessions", json={"person": person, "post": post})
        assert answer.status_code == 201, answer.text
        http.cookies.clear()
        return Program(http, answer.json()["token"], numbers.get(person, ""))

    return opened


@pytest.fixture
async def xiaoman(log_in: LogIn) -> Program:
    return await log_in(XIAOMAN)


@pytest.fixture
async def zhiyuan(log_in: LogIn) -> Program:
    return await log_in(ZHIYUAN)


@pytest.fixture
def official(site: Site, log_in: LogIn) -> LogIn:
    """Whoever holds a post of a body, e.g. `await official("police", "examiner")`."""

    async def opened(kind: str, post: str, region: str = "990101") -> Program:
        named = demo.post_id(region, kind, post)
        return await log_in(site.directory.holders(named)[0], named)

    return opened


@pytest.fixture
def written(site: Site) -> Written:
    """How many rows every table has, except those that count requests and sessions, and who opened a case with the leaf
    that says so: an official who is refused an act has opened it all the same."""

    opening = ("shared_access", "ledger_waiting")

    async def counted() -> dict[str, int]:
        return {table: count for table, count in (await rows(site.db)).items() if table not in opening}

    return counted
