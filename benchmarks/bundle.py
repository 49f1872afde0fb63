"""A bundle of seven parallel services against one service: time from sending to the receipt, and database statements.

The seven are the services of a death, each by a body of its own, none waiting for another; the one is one of them. Both
go through `Cases.submit` as the portal calls it, on the same server in the same run, alternating; the middle of the
rounds is reported. What is counted is one person's submission on an otherwise idle engine: the answer they wait for.
"""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.world import REGION, ROOT, Home, applicant, cases_on, keys_of

from tongban.base.database import Database, EmbeddedPostgres, migrate
from tongban.base.i18n import Text
from tongban.cases.service import Cases
from tongban.catalog.bundle import Bundle, Member
from tongban.catalog.catalogue import Catalogue
from tongban.catalog.model import Audience, Authority, Law, Level, Term, Theme

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


def _cases(db: Database, home: Home) -> Cases:
    cases = cases_on(db, home)
    shipped = Catalogue.load(ROOT / "services", ROOT / "procedures", clock=cases.engine.clock)
    known = [version for service in shipped.services() for version in shipped.versions(service.service)]
    cases.engine.replace_catalogue(Catalogue(known, shipped.procedures(), bundles=[bundle()], clock=cases.engine.clock))
    return cases


async def _measured(url: str, folder: Path) -> dict[str, Any]:
    db = await Database.open(url, max_size=4, sealer=await keys_of(folder))
    cases, person = _cases(db, Home(folder)), applicant()
    needed = cases.engine.catalogue.service(ONE).facts
    asked: dict[str, Mapping[str, str]] = {
        ONE: {name: value for name, value in FACTS.items() if name in needed},
        "seven": FACTS,
    }
    times: dict[str, list[float]] = {slug: [] for slug in asked}
    statements = dict.fromkeys(asked, 0)
    for n in range(ROUNDS):
        for slug, facts in asked.items():
            async with db.counting() as counter:
                begun = time.perf_counter()
                await cases.submit(person, slug, facts, region=REGION, key=f"bench-{slug}-{n:05}")
                times[slug].append(time.perf_counter() - begun)
            statements[slug] = len(counter)
    await db.close()
    one, seven = (median(times[slug][5:]) * 1000 for slug in asked)
    return {
        "name": "a bundle of seven parallel services against one service",
        "figures": {
            "one service, ms": one,
            "seven services, ms": seven,
            "one service, statements": statements[ONE],
            "seven services, statements": statements["seven"],
        },
        "baseline": "one service submitted by the same person in the same run",
        "ratio": {"time": seven / one, "statements": statements["seven"] / statements[ONE]},
        "target": "both below 3",
    }


def run() -> dict[str, Any]:
    """Figures: milliseconds and statements, and both ratios (target below 3)."""
    with tempfile.TemporaryDirectory(prefix="tongban-bench-") as name:
        folder = Path(name)
        with EmbeddedPostgres(folder) as server:
            asyncio.run(_migrate(server.url))
            return asyncio.run(_measured(server.url, folder))


async def _migrate(url: str) -> None:
    db = await Database.open(url)
    await migrate(db)
    await db.close()
