"""The demonstration as the first start shows it, and on top one of everything that only a deed or a link in a letter
leads to."""

import re
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
from tests.oversight.fact_rows import case_fact, october
from tests.oversight.figures_world import SERVICES, busy
from tests.web.citizen import Person
from tests.web.conftest import furnish
from tests.web.desk_people import Official
from tests.web.test_apps import asked as app_asks
from tests.web.test_element_pages import proposed as element_proposed
from tests.web.test_entry_pages import CODES, hidden, sheet, upload, written
from tests.web.test_hotline import asked as hotline_asked
from tests.web.test_tenants import ROUTES
from tests.web.whose import Whose

from tongban.base.clock import SettableClock
from tongban.base.config import Settings
from tongban.base.database import Database
from tongban.cases import demo as stories
from tongban.cases.committing_old import commit_old
from tongban.catalog.installation import open_catalogue
from tongban.certs.counter import store as counter
from tongban.org import demo
from tongban.outreach import demo as offers
from tongban.outreach.offers import Hit
from tongban.outreach.report import Standing
from tongban.sharing import Reader
from tongban.sharing import demo as records
from tongban.sharing.grants import demo as grants
from tongban.voice.participation import demo as consulting
from tongban.web.app import create
from tongban.web.site import Site

HALL, SLUG = "qingyuan", "unemployment-benefit"
XIAOMAN = "p-wangxiaoman@@"


def post(name: str) -> str:
    """Whoever holds a post, as the log-in page has them."""
    return f"o-{name}@{name}@"


READERS: dict[str, str] = {
    "nobody": "",
    "citizen": XIAOMAN,
    "business": "p-zhengqiming@@m-zhengqiming",
    "clerk": post("990101.service-centre.clerk"),
    "examiner": post("990101.housing.examiner"),
    "supervisor": post("990000.digital-centre.supervisor"),
}
OTHERS: dict[str, str] = {
    "head of the centre": post("990000.digital-centre.head"),
    "examiner of a resource": post("990000.hr.examiner"),
    "head of a body": post("990101.education.head"),
    "examiner of police": post("990101.police.examiner"),
    "examiner of markets": post("990101.market.examiner"),
    "examiner of insurances": post("990101.hr.examiner"),
}
"""Posts that have pages which none of the readers has."""


async def settle(db: Database, data_dir: Path, clock: SettableClock) -> Site:
    """A site as after the first start, with figures of a busy month."""
    settings, now = Settings(data_dir=data_dir), clock()
    catalogue = open_catalogue(data_dir)
    await demo.seed(db)
    await records.seed(db, now)
    await stories.seed(db, settings, now)
    async with db.transaction() as connection:
        await grants.seed(connection, now, catalogue.services())
    await offers.seed(db, catalogue, now, settings.timezone)
    await consulting.seed(db, now, settings.timezone)
    site = await furnish(db, data_dir, clock, factor=1000)
    await site.voice.demonstrate(data_dir)
    await site.voice.turn()
    await site.participation.closing.turn()
    await commit_old(site.cases.engine)
    await site.public_log.turn()
    await busy(site)
    cases = [case_fact(n, f"990101.{('market', 'civil')[n % 2]}", SERVICES[n % 3], used=n % 30) for n in range(240)]
    october(site, cases)
    return site


def changed(rows: list[list[str]]) -> bytes:
    """The sheet of a body's entries, one of which is said to come more often."""
    row = next(one for one in rows if one[0] == "hr.insurance")
    row[CODES.index("frequency")] = "每周"
    return written(rows)


def led_to(clerk: Person) -> str:
    """The page that the code on the clerk's screen opens in the person's browser."""
    return re.findall(r"/wallet\?[^<\"]*", clerk.text)[0]


async def answered(site: Site, identifier: str) -> str:
    """Where a wallet leads its holder after it has answered a counter."""
    ask = await counter.get(site.db, identifier, site.clock())
    assert ask
    async with site.db.transaction() as connection:
        code = await counter.answered(connection, ask, "p-wangxiaoman", (), site.clock())
    return f"/presented?response_code={code}"


@asynccontextmanager
async def browsing(site: Site, session: str = "") -> AsyncGenerator[httpx.AsyncClient]:
    """A browser without a script, with the cookie of somebody who has logged in."""
    transport = httpx.ASGITransport(app=create(site), raise_app_exceptions=False)  # type: ignore[arg-type]
    cookies = {"session": session} if session else {}
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost", cookies=cookies) as client:
        yield client


async def logged_in(site: Site, person: str) -> str:
    """The cookie of somebody who logs in; empty for nobody."""
    async with browsing(site) as client:
        if person:
            await Person(client).log_in(person)
        return client.cookies.get("session", "")


async def live_in(site: Site) -> dict[str, list[str]]:
    """Do what leads to pages that no link leads to; their addresses, by reader."""
    found: dict[str, list[str]] = {name: [] for name in (*READERS, *OTHERS)}
    slip = await site.hall.queue.take(HALL, priority="elderly")
    place = site.hall.places.get(HALL)
    await site.hall.queue.call(place, "1", "o-990101.service-centre.clerk")
    await site.hall.queue.ends(place, "1", "served")
    found["nobody"] += [f"/open/tickets/{slip}", f"/kiosk/tickets/{slip}", f"/rate-visit/{slip}"]
    found["nobody"] += ["/kiosk", "/kiosk/case", "/kiosk/continue", f"/open/halls/{HALL}/screen"]
    found["nobody"] += ["/example-app", "/shown", "/enter?ticket=one", "/services/residence-permit/compare"]
    async with browsing(site) as client:
        case, code = await hotline_asked(Person(client))
        found["nobody"].append(f"/hotline/{case}/{code}")
    (ended,) = await site.db.fetch(
        "SELECT case_id FROM case_row WHERE NOT open AND service = 'residence-permit' LIMIT 1"
    )
    found["nobody"].append(site.voice.ratings.link(ended["case_id"]))
    await site.voice.turn()
    hit = Hit("p-wangxiaoman", Standing.MISSING, "child_birth_date", {})
    policy, match = site.catalogue.policy("childcare-subsidy"), Reader(kind="platform", id="match")
    await site.outreach.take(policy, site.clock().date(), [hit], compared=9, by=match)
    async with browsing(site, await logged_in(site, READERS["clerk"])) as client:
        clerk = Person(client)
        await clerk.get("/desk/certificates")
        asked = {"type": "residence-permit", "fields": "holder", "service": "residence-permit"}
        await clerk.post("/desk/certificates", asked)
        found["clerk"].append(clerk.page.url.path)
        wallet = led_to(clerk)
        await clerk.get("/desk/certificates")
        await clerk.post("/desk/certificates", asked)
        found["nobody"].append(await answered(site, clerk.page.url.path.rpartition("/")[2]))
        await clerk.get("/desk/intake/advanced-age-allowance")
        card = {"how": "card", "presented": "p-zhaodeshun", "region": "990101", "lookups": "yes"}
        await clerk.post("/desk/intake/advanced-age-allowance", card)
        found["clerk"].append(clerk.page.url.path)
    async with browsing(site, await logged_in(site, XIAOMAN)) as client:
        xiaoman = Person(client)
        await xiaoman.get(f"/services/{SLUG}/start")
        await xiaoman.post(f"/services/{SLUG}/start", {"region": "990101", "lookups": "yes"})
        await xiaoman.get(f"/apply/{SLUG}/records/found")
        draft = "/apply/migrant-school-enrolment"
        found["citizen"] += [f"/apply/{SLUG}/records", app_asks(), "/offers", "/cases", "/join"]
        found["citizen"] += [
            f"{draft}/{one}" for one in ("materials", "check", "discard", "q/lives_at", "q/lives_region")
        ]
        found["citizen"].append(wallet)
    examiner = await Official(site).sit("hr.examiner", "990000")
    case = await element_proposed(examiner)
    found["examiner of a resource"].append(f"/desk/sharing/elements/proposed/{case}")
    await upload(examiner, changed(await sheet(examiner)))
    await examiner.post("/desk/sharing/entries/propose", hidden(examiner))
    found["examiner of a resource"].append(f"/desk/sharing/entries/{examiner.page.url.path.rpartition('/')[2]}")
    # Nothing has been asked of it there, and no link leads to a list of nothing.
    found["supervisor"] += ["/console/machines/guide/990101", "/console/machines/guide/990101/calls"]
    return found


def starts(reader: str) -> tuple[str, ...]:
    """Where a reader begins."""
    match reader:
        case "nobody":
            return ("/",)
        case "citizen" | "business":
            return ("/", "/me")
        case "supervisor":
            return ("/desk", "/console")
        case _:
            return ("/desk",)


def keeps(reader: str) -> Callable[[str], bool]:
    """Which routes a reader is walked through: what is the same for everybody is read by nobody alone."""
    portal = reader in ("citizen", "business")

    def keep(route: str) -> bool:
        whose, inside = ROUTES[f"GET {route}"], route.startswith(("/desk", "/console"))
        if reader == "nobody":
            return whose is Whose.PUBLIC or route == "/"
        return whose is not Whose.PUBLIC and inside is not portal

    return keep
