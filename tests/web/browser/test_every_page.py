"""Every page there is, found by walking along the links from the list of all routes, as each kind of reader meets it:
WCAG 2.2 AA, by keyboard, at 320 pixels, in large type, in both languages."""

import re
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable

import httpx
import pytest
from playwright.async_api import Browser, Page, ViewportSize
from tests.web.browser.conftest import Walked, World
from tests.web.browser.live import AXE_SCRIPT, violations
from tests.web.browser.looking import PREPARE, Told, by_keyboard, too_wide
from tests.web.test_tenants import ROUTES

pytestmark = pytest.mark.browser
PHONE, DESK = ViewportSize(width=390, height=844), ViewportSize(width=1280, height=900)
QUESTION = "/apply/{slug}/q/{name}"
NARROW = ViewportSize(width=320, height=640)

NO_PAGE = {
    "/.well-known/oauth-authorization-server": "for programs",
    "/.well-known/tongban-keys.json": "for programs",
    "/.well-known/jwks.json": "for programs",
    "/.well-known/openid-credential-issuer": "for wallets",
    "/.well-known/jwt-vc-issuer": "for wallets",
    "/.well-known/wallet-root.cer": "for wallets",
    "/status/{group}": "a status list, for verifiers",
    "/x1/registry": "for nodes",
    "/health/live": "for the machine room",
    "/health/ready": "for the machine room",
    "/open/log/tile/{path}": "a tile of the log, for witnesses",
    "/leave": "leads back to a program",
    "/login/oidc": "leads to another log-in",
    "/login/callback": "leads on from another log-in",
    "/apply/{slug}": "leads to the next question",
    "/apply/{slug}/records/found": "leads on when the records are there",
    "/cases/{case}/correct": "leads to what is to be done",
    "/certificates/{identifier}/qr.svg": "a picture",
    "/desk/requests": "of earlier installations: none is made any more, test_desk_requests",
    "/desk/requests/{number}": "of earlier installations: none is made any more, test_desk_requests",
    "/desk/cases/{case}/documents/{document}/fields/{name}": "a picture",
    "/desk/cases/{case}/documents/{document}/{name}": "a picture",
    "/desk/hall/offline-worker.js": "a script",
    "/desk/hall/offline/forms.json": "for the script of the counter",
    "/desk/hall/offline/token": "for the script of the counter",
    "/open/receipt/offline.html": "a file to keep, test_receipt_browser",
    "/open/operators/{contract}/exit.json": "a signed file, once a contract has ended",
    "/open/operators/{contract}/proof": "a proof, once a contract has ended",
    "/cases/{case}/suggestions/{call}/proof": "a proof of what an algorithm said, as a file",
    "/desk/cases/{case}/suggestions/{call}/proof": "the same, for the official",
    "/console/machines/{use}/{region}/proof": "a proof of what was measured of an algorithm, as a file",
    "/cases/{case}/certificate-from-elsewhere": "a file of another installation's, tests/cases/handover",
}
"""Routes on which nobody reads a page, and what they are instead."""
JUST_NOW = 503
"""The proof of what happened a moment ago, which the log takes in within a second."""
ALLOWED = {
    "/open/halls/{hall}/screen": "meta-refresh",  # a screen on a wall
    "/kiosk/tickets/{token}": "meta-refresh",  # a machine that strangers share forgets who stood there
    "/kiosk/case": "meta-refresh",
    "/kiosk/continue": "meta-refresh",
}
"""What axe may find, and why."""
GETS = [route[4:] for route in ROUTES if route.startswith("GET ") and not route.startswith("GET /api/")]
PAGES = [route for route in GETS if route not in NO_PAGE]


def test_nothing_is_called_no_page_that_is_one(walked: Walked) -> None:
    assert not [one.address for one in walked.seen if one.page and one.route in NO_PAGE]


def test_no_link_leads_to_a_page_that_is_not_there_or_not_for_its_reader(walked: Walked) -> None:
    assert not [(one.reader, one.linked_from, one.address, one.status) for one in walked.seen
                if one.status >= 400 and one.linked_from and one.status != JUST_NOW]  # fmt: skip


def test_every_page_has_one_heading_its_language_a_way_past_the_menu_and_says_that_it_is_a_demonstration(
    walked: Walked,
) -> None:
    assert not {(one.route, fault) for one in walked.seen if one.page for fault in one.faults()}


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_no_two_pages_have_the_same_title(walked: Walked, lang: str) -> None:
    titles = defaultdict[str, set[str]](set)
    for one in walked.firsts if lang == "zh" else walked.english:
        titles[one.title].add(one.route)
    assert not {title: routes for title, routes in titles.items() if len(routes) > 1}


@pytest.fixture(scope="module")
async def pages(browser: Browser, world: World) -> AsyncIterator[Callable[[str], Awaitable[Page]]]:
    """The window of each reader, opened when it is wanted."""
    opened: dict[str, Page] = {}

    async def page_of(reader: str) -> Page:
        if reader not in opened:
            context = await browser.new_context(locale="zh-CN")
            await context.add_init_script(PREPARE + AXE_SCRIPT)
            if session := world.sessions[reader]:
                await context.add_cookies([{"name": "session", "value": session, "url": world.address}])
            opened[reader] = await context.new_page()
        return opened[reader]

    yield page_of
    for page in opened.values():
        await page.context.close()


@pytest.mark.parametrize("route", PAGES)
async def test_a_page_is_for_everybody(
    route: str, world: World, walked: Walked, pages: Callable[[str], Awaitable[Page]]
) -> None:
    found = walked.of(route)
    if not found and any(one.route == route and one.status == 200 for one in walked.seen):
        return  # a file
    assert found, "nobody comes to this page: link to it, or say in town.live_in which deed leads there"
    page = await pages(found[0].reader)
    desk = route.startswith(("/desk", "/console"))
    told = Told(page, world.address)
    wrong: list[str] = []
    for one in found:
        await page.set_viewport_size(DESK if desk else PHONE)
        await page.goto(world.address + one.address)
        wrong += [f"{one.address}: {fault}" for fault in (
            *(await violations(page)), *(await by_keyboard(page)),
            *(await narrow(page)), *told.since(),
        )]  # fmt: skip
        await page.set_viewport_size(NARROW)
        await page.goto(f"{world.address}{with_query(one.address, 'lang=en')}")
        wrong += [f"{one.address}, English: {fault}" for fault in (*(await too_wide(page)), *told.since())]
        await page.context.add_cookies([{"name": "lang", "value": "zh", "url": world.address}])
    told.end()
    assert not [one for one in wrong if ALLOWED.get(route, "nothing") not in one]


async def narrow(page: Page) -> list[str]:
    await page.set_viewport_size(NARROW)
    return await too_wide(page)


def with_query(address: str, more: str) -> str:
    return f"{address}{'&' if '?' in address else '?'}{more}"


async def test_pages_are_light(world: World, walked: Walked) -> None:
    """Bytes on the wire, with styles, script and pictures: a portal page 60 KB, a question page 25 KB; a page of the
    console or of the open site 150 KB."""
    weights: dict[str, int] = {}

    async def weigh(client: httpx.AsyncClient, path: str) -> tuple[int, str]:
        async with client.stream("GET", path, headers={"accept": "text/html", "accept-encoding": "gzip"}) as answer:
            text = (await answer.aread()).decode("utf-8", "replace")
            return answer.num_bytes_downloaded, text

    async with httpx.AsyncClient(base_url=world.address) as client:
        for one in walked.firsts:
            shown = one.route.startswith(("/open/", "/console"))  # lists of everything there is grow with it
            if one.reader not in ("nobody", "citizen") and not shown:
                continue
            client.cookies.clear()
            client.cookies.set("session", world.sessions[one.reader if shown else "citizen"])
            total, text = await weigh(client, one.address)
            for part in sorted(set(re.findall(r'(?:href|src)="(/[^"#]+\.(?:css|js|svg))', text))):
                if part not in weights:
                    weights[part] = (await weigh(client, part))[0]
                total += weights[part]
            most = 150_000 if shown else 25_000 if one.route == QUESTION else 60_000
            assert 0 < total <= most, (one.address, total)
