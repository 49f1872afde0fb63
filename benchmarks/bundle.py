"""A bundle of seven parallel services against one service: time from sending to the receipt, and database statements.

The seven are the services of a death, each by a body of its own, none waiting for another; the one is one of them. Both
go through `Cases.submit` as the portal calls it, on the same server in the same run, alternating; the middle of the
rounds is reported. It is measured twice: the engine alone (`Cases.submit`), and the request that a person waits for,
through the whole application from session and rate limit to the written answer, without a network. An engine's work
grows with the number of cases, so its own ratio is higher than what the seven cost those who wait; both are printed.
"""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

import msgspec
from benchmarks.world import REGION, ROOT, Home, applicant, cases_on, keys_of

from tongban.base.clock import Clock, system_clock
from tongban.base.config import Settings
from tongban.base.database import Database, EmbeddedPostgres, migrate
from tongban.base.i18n import Text
from tongban.base.telemetry import Log
from tongban.cases.service import Cases
from tongban.catalog.bundle import Bundle, Member
from tongban.catalog.catalogue import Catalogue
from tongban.catalog.model import Audience, Authority, Law, Level, Term, Theme
from tongban.org import demo, sessions
from tongban.web.app import create
from tongban.web.limits import Limits
from tongban.web.serve import open_site

ROUNDS = 60
ONE = "medical-account-refund"
SEVEN = (
    "death-deregistration",
    "funeral-grant",
    "survivor-benefit",
    ONE,
    "housing-fund-inheritance",
    "estate-property-search",
    "disability-card-cancellation",
)
FACTS = {
    "full_name": "陈小明",
    "id_number": "11010519491231002X",
    "phone": "13800138000",
    "deceased_name": "陈大明",
    "deceased_number": "11010519491231002X",
    "died_on": "2026-10-1",
    "relation": "child",
    "death_home": REGION,
    "death_insured": REGION,
    "fund_region": REGION,
    "bank_account": "6222020200112233445",
    "death_number": "990101-261101-000001-0",
}


def bundle() -> Bundle:
    """Seven services side by side."""
    return Bundle(
        bundle="seven",
        version="1",
        status="published",
        name=Text("七项", "Seven"),
        summary=Text("七项", "Seven"),
        basic_code="002099899000",
        themes=(Theme.CARE,),
        valid_from=date(2026, 1, 1),
        law=(Law(id="B", act="行政许可法", article="26"),),
        audience=(Audience.NATURAL_PERSON,),
        lead=Authority(level=Level.COUNTY, body="civil", name=Text("民政", "Civil affairs")),
        term=Term(promised="15 working-days", law="B"),
        parts={slug: Member(service=slug) for slug in SEVEN},
    )


class Taken(NamedTuple):
    """Milliseconds, the middle of the rounds, and statements."""

    one: float
    seven: float
    one_cpu: float
    """Of this process; the server of the database is not in it."""
    seven_cpu: float
    one_statements: int
    seven_statements: int


def _catalogue(clock: Clock) -> Catalogue:
    shipped = Catalogue.load(ROOT / "services", ROOT / "procedures", clock=clock)
    known = [version for service in shipped.services() for version in shipped.versions(service.service)]
    return Catalogue(known, shipped.procedures(), bundles=[bundle()], clock=clock)


def _cases(db: Database, home: Home) -> Cases:
    cases = cases_on(db, home)
    cases.engine.replace_catalogue(_catalogue(cases.engine.clock))
    return cases


def _asked(cases: Cases) -> dict[str, Mapping[str, str]]:
    needed = cases.engine.catalogue.service(ONE).facts
    return {ONE: {name: value for name, value in FACTS.items() if name in needed}, "seven": FACTS}


async def _measured(url: str, folder: Path) -> Taken:
    db = await Database.open(url, max_size=4, sealer=await keys_of(folder))
    cases, person = _cases(db, Home(folder)), applicant()
    asked = _asked(cases)
    times: dict[str, list[float]] = {slug: [] for slug in asked}
    cpu: dict[str, list[float]] = {slug: [] for slug in asked}
    statements = dict.fromkeys(asked, 0)
    for n in range(ROUNDS):
        for slug, facts in asked.items():
            async with db.counting() as counter:
                begun, worked = time.perf_counter(), time.process_time()
                await cases.submit(person, slug, facts, region=REGION, key=f"bench-{slug}-{n:05}")
                times[slug].append(time.perf_counter() - begun)
                cpu[slug].append(time.process_time() - worked)
            statements[slug] = len(counter)
    await db.close()
    return _taken(times, cpu, statements)


async def _requests(url: str, folder: Path) -> Taken:
    """The same through the application: `POST /api/v1/cases`, answered with the case."""
    db = await Database.open(url, max_size=4, sealer=await keys_of(folder))
    clock = system_clock()
    await demo.seed(db)
    settings = Settings(data_dir=folder, public_url="http://localhost")
    site = await open_site(settings, db, clock, Log(lambda _: None))
    catalogue = _catalogue(clock)
    site.cases.engine.replace_catalogue(catalogue)
    site = replace(site, catalogue=catalogue, limits=Limits(db, clock, site.secret, 1_000))
    token = (await sessions.log_in_demo(db, site.directory, applicant().id, clock())).token
    head = {"host": "localhost", "authorization": f"Bearer {token}", "content-type": "application/json"}
    times: dict[str, list[float]] = {slug: [] for slug in (ONE, "seven")}
    cpu: dict[str, list[float]] = {slug: [] for slug in (ONE, "seven")}
    statements = dict.fromkeys(times, 0)
    app = create(site)
    for n in range(ROUNDS):
        for slug, facts in _asked(site.cases).items():
            body = msgspec.json.encode({"service": slug, "region": REGION, "facts": facts})
            sent = head | {"idempotency-key": f"bench-http-{slug}-{n:05}", "content-length": str(len(body))}
            async with db.counting() as counter:
                begun, worked = time.perf_counter(), time.process_time()
                status, answer = await _post(app, sent, body)
                times[slug].append(time.perf_counter() - begun)
                cpu[slug].append(time.process_time() - worked)
            if status != 201:
                raise RuntimeError(answer.decode())
            statements[slug] = len(counter)
    await db.close()
    return _taken(times, cpu, statements)


async def _post(app: Any, head: Mapping[str, str], body: bytes) -> tuple[int, bytes]:
    """One request as the server hands it over; no client's work is in the time."""
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "path": "/api/v1/cases",
        "raw_path": b"/api/v1/cases",
        "query_string": b"",
        "root_path": "",
        "headers": [(name.encode(), value.encode()) for name, value in head.items()],
        "client": ("127.0.0.1", 1),
        "server": ("localhost", 80),
    }
    told: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        told.append(message)

    await app(scope, receive, send)
    return int(told[0]["status"]), b"".join(one.get("body", b"") for one in told[1:])


def _taken(times: dict[str, list[float]], cpu: dict[str, list[float]], statements: dict[str, int]) -> Taken:
    one, seven, one_cpu, seven_cpu = (median(some[5:]) * 1000 for some in (*times.values(), *cpu.values()))
    return Taken(one, seven, one_cpu, seven_cpu, *statements.values())


def _result(engine: Taken, request: Taken) -> dict[str, Any]:
    return {
        "name": "a bundle of seven parallel services against one service",
        "figures": {
            "one service, request, ms": request.one,
            "seven services, request, ms": request.seven,
            "one service, engine, ms": engine.one,
            "seven services, engine, ms": engine.seven,
            "one service, request, ms of a core": request.one_cpu,
            "seven services, request, ms of a core": request.seven_cpu,
            "one service, engine, ms of a core": engine.one_cpu,
            "seven services, engine, ms of a core": engine.seven_cpu,
            "one service, statements": request.one_statements,
            "seven services, statements": request.seven_statements,
        },
        "baseline": "one service submitted by the same person in the same run",
        "ratio": {
            "time of the request": request.seven / request.one,
            "time of the engine alone": engine.seven / engine.one,
            "core time of the request": request.seven_cpu / request.one_cpu,
            "core time of the engine alone": engine.seven_cpu / engine.one_cpu,
            "statements": request.seven_statements / request.one_statements,
            "statements of the engine alone": engine.seven_statements / engine.one_statements,
        },
        "target": "request and statements below 3; the engine alone is reported",
    }


def run() -> dict[str, Any]:
    """Figures: milliseconds and statements, and both ratios (target below 3)."""
    with tempfile.TemporaryDirectory(prefix="tongban-bench-") as name:
        folder = Path(name)
        with EmbeddedPostgres(folder) as server:
            asyncio.run(_migrate(server.url))
            engine = asyncio.run(_measured(server.url, folder))
            return _result(engine, asyncio.run(_requests(server.url, folder)))


async def _migrate(url: str) -> None:
    db = await Database.open(url)
    await migrate(db)
    await db.close()
