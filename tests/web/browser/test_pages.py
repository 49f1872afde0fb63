"""Every page as people meet it: WCAG 2.2 AA, by keyboard, at 320 px, in large type, without our colours."""

import re
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from playwright.async_api import Browser, BrowserContext, Page
from tests.web.browser.conftest import World
from tests.web.browser.live import overflow, spread, violations

pytestmark = pytest.mark.browser

PAGES = (
    "home", "search", "services", "guide", "start", "choice", "text", "region", "record", "materials", "check",
    "discard", "cases", "case", "receipt", "correct", "withdraw", "certificates", "certificate", "verify", "my-data",
    "offers", "offer", "inbox", "me", "settings", "help", "accessibility", "login", "not-found",
    "human-look", "people-only", "looked-up",
)  # fmt: skip
MODES: dict[str, dict[str, str]] = {
    "standard": {},
    "elder": {"mode": "elder", "size": "24"},
    "english": {"lang": "en"},
}
QUESTION_PAGES = {"choice", "text", "region", "record"}

# The element that has the focus: is it seen, is anything over it, is it large enough, does it show that it is focused?
STOP = """
() => {
  const e = document.activeElement;
  if (!e || e === document.body) return null;
  const shown = e.matches('input[type=radio], input[type=checkbox]') ? e.closest('label') || e : e;
  const r = shown.getBoundingClientRect(), s = getComputedStyle(shown);
  const x = Math.min(Math.max(r.left + Math.min(r.width / 2, 20), 0), innerWidth - 1);
  const y = r.top + Math.min(r.height / 2, 12), stops = (window.__stops ||= new Map());
  if (!stops.has(e)) stops.set(e, stops.size);
  const at = document.elementFromPoint(x, y);
  const inline = e.tagName === 'A' && getComputedStyle(e).display === 'inline';
  return {
    name: e.tagName + ' ' + (e.getAttribute('href') || e.id || e.name || e.textContent || '').trim().slice(0, 60),
    id: stops.get(e),
    visible: r.width > 0 && r.height > 0 && y >= 0 && y <= innerHeight,
    free: !!at && (at === e || shown.contains(at) || at.contains(e)),
    ring: s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 2,
    large: inline || (r.width >= 24 && r.height >= 24),
  };
}
"""


@pytest.fixture(scope="module", params=MODES)
async def context(browser: Browser, world: World, request: pytest.FixtureRequest) -> AsyncIterator[BrowserContext]:
    """王小满 on a phone, in each mode."""
    found = await browser.new_context(viewport={"width": 390, "height": 844}, locale="zh-CN")
    cookies = {"session": world.session, **MODES[request.param]}
    await found.add_cookies([{"name": k, "value": v, "url": world.address} for k, v in cookies.items()])  # type: ignore[typeddict-item]
    yield found
    await found.close()


@pytest.fixture(scope="module")
async def page(context: BrowserContext) -> AsyncIterator[Page]:
    found = await context.new_page()
    yield found
    await found.close()


@pytest.mark.parametrize("name", PAGES)
async def test_no_violation_of_wcag_22_aa_and_nothing_sideways(page: Page, world: World, name: str):
    await page.set_viewport_size({"width": 390, "height": 844})
    foreign: list[str] = []
    page.on("request", lambda r: foreign.append(r.url) if not r.url.startswith((world.address, "data:")) else None)
    await page.goto(world.address + world.paths[name])
    assert not await violations(page)
    assert not foreign
    await page.set_viewport_size({"width": 320, "height": 640})
    assert not await overflow(page), "320 px"
    await spread(page)
    assert not await overflow(page), "text spacing"
    await page.evaluate("document.adoptedStyleSheets = []; document.documentElement.style.fontSize = '30px'")
    assert not await overflow(page), "30 px type"


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("name", PAGES)
async def test_every_stop_of_the_keyboard_is_seen_uncovered_and_large_enough(
    page: Page, world: World, name: str, width: int, request: pytest.FixtureRequest
):
    if width > 390 and "standard" not in request.node.name:
        return  # On a wide screen the modes differ only in size.
    await page.set_viewport_size({"width": width, "height": 844})
    await page.goto(world.address + world.paths[name])
    stops: list[dict[str, Any]] = []
    seen: set[int] = set()
    for _ in range(90):
        await page.keyboard.press("Tab")
        stop = await page.evaluate(STOP)
        if stop is None or stop["id"] in seen:
            break
        seen.add(stop["id"])
        stops.append(stop)
    assert len(stops) >= 2
    bad = [s for s in stops if not (s["visible"] and s["free"] and s["ring"] and s["large"])]
    assert not bad


@pytest.mark.parametrize("name", ["home", "choice", "case", "cases", "settings"])
async def test_states_survive_without_our_colours(page: Page, world: World, name: str):
    """Forced colours (WCAG technique SC 1.4.1): what only a background said must be said by a line."""
    await page.emulate_media(forced_colors="active")
    await page.goto(world.address + world.paths[name])
    bare = await page.evaluate(
        """() => [...document.querySelectorAll('.btn, .card, .tag, .choice, .search, .topics a, .tabs [aria-current]')]
           .filter(e => e.offsetWidth).filter(e => { const s = getComputedStyle(e);
             return s.borderTopStyle === 'none' && s.outlineStyle === 'none'; }).map(e => e.className)"""
    )
    await page.emulate_media(forced_colors="none")
    assert not bare


async def test_pages_are_light(world: World):
    """Bytes on the wire: a portal page 60 KB, a question page 25 KB, with styles, script and pictures."""
    weights: dict[str, int] = {}

    async def weigh(client: httpx.AsyncClient, path: str) -> tuple[int, str]:
        async with client.stream("GET", path, headers={"accept": "text/html", "accept-encoding": "gzip"}) as answer:
            text = (await answer.aread()).decode("utf-8", "replace")
            return answer.num_bytes_downloaded, text

    async with httpx.AsyncClient(base_url=world.address, cookies={"session": world.session}) as client:
        for name in PAGES:
            total, text = await weigh(client, world.paths[name])
            for part in sorted(set(re.findall(r'(?:href|src)="(/[^"#]+\.(?:css|js|svg))', text))):
                if part not in weights:
                    weights[part] = (await weigh(client, part))[0]
                total += weights[part]
            assert 0 < total <= (25_000 if name in QUESTION_PAGES else 60_000), (name, total)
