"""A site on a port, a real Chromium to look at it, and the questions that every page is asked."""

import asyncio
import os
import shutil
import socket
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from importlib.resources import files

import pytest
from granian.constants import Interfaces
from granian.server.embed import Server
from playwright.async_api import Browser, Page, async_playwright

from tongban.web.app import create
from tongban.web.site import Site

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
AXE = {
    "runOnly": {"type": "tag", "values": RULES},
    "resultTypes": ["violations"],
    "selectors": False,
    "preload": False,
}
AXE_SCRIPT = files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking",
         "--disable-component-update", "--disable-sync", "--force-color-profile=srgb",
         "--disable-features=HttpsUpgrades,MediaRouter,OptimizationHints,PaintHolding,Translate,"
         "WebUIOmniboxAimPopup,WebUIOmniboxPopup"]  # fmt: skip
"""Two pages of the address bar's would be drawn for each window, a second of processor time; only the last list of
features counts, so what Playwright leaves out for our sake is in it again."""
BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
"""The first is the same without windows: half the processor time for a page."""
SPACED = """* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important; }
p { margin-bottom: 2em !important; }"""
"""WCAG 1.4.12."""


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


@asynccontextmanager
async def serving(site: Site, port: int | None = None) -> AsyncGenerator[str]:
    """The address at which the site answers."""
    port = port or free_port()
    server = Server(create(site), port=port, interface=Interfaces.ASGINL, log_enabled=False)
    task = asyncio.create_task(server.serve())
    try:
        await _answers(port)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.stop()
        await task


async def _answers(port: int) -> None:
    for _ in range(200):
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            await asyncio.sleep(0.02)
            continue
        writer.close()
        return
    raise RuntimeError("the server did not start")


def chromium() -> str:
    """Where Chromium is. Skips loudly where there is none, and fails where one is required."""
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None:
        reason = "no Chromium on this machine: the browser tests did NOT run · 没有浏览器，浏览器测试没有运行"
        if os.environ.get("TONGBAN_REQUIRE_BROWSER") == "1":
            pytest.fail(reason)
        pytest.skip(reason)
    return found


@asynccontextmanager
async def opened() -> AsyncGenerator[Browser]:
    """A browser."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        try:
            yield browser
        finally:
            await browser.close()


async def sit(page: Page, address: str, site: Site, post: str, lang: str = "zh") -> None:
    """Log in at a post."""
    (person,) = site.directory.holders(post)[:1]
    await page.goto(f"{address}/login?lang={lang}")
    csrf = await page.locator('input[name="csrf"]').first.input_value()
    form = {"csrf": csrf, "person": f"{person}@{post}@", "next": "/desk"}
    answer = await page.request.post(f"{address}/login", form=form, headers={"origin": address}, max_redirects=0)
    assert answer.status == 303, await answer.text()


async def violations(page: Page) -> list[str]:
    """What axe finds, in one line each."""
    if not await page.evaluate("() => 'axe' in window"):
        await page.evaluate(AXE_SCRIPT)
    return await page.evaluate(
        """async options => (await axe.run(document, options)).violations.flatMap(one =>
             one.nodes.map(node => `${one.id}: ${node.html.slice(0, 160)}`))""",
        AXE,
    )


async def spread(page: Page) -> None:
    """Set the text wide apart: through a style sheet object, for the page's own policy forbids inline styles."""
    await page.evaluate(
        "css => { const s = new CSSStyleSheet(); s.replaceSync(css); document.adoptedStyleSheets = [s]; }", SPACED
    )


async def overflow(page: Page) -> list[str]:
    """What sticks out of the window to the right; empty where nothing does."""
    return await page.evaluate(
        """() => document.documentElement.scrollWidth <= innerWidth ? [] :
             [...document.querySelectorAll("body *")].filter(e => e.getBoundingClientRect().right > innerWidth + 1)
               .map(e => e.outerHTML.slice(0, 140))"""
    )


async def overflow_of_each(page: Page, choices: str) -> list[str]:
    """What sticks out to the right when one choice after the other is made, and by which."""
    problems: list[str] = []
    for choice in await page.locator(choices).all():
        await choice.evaluate("one => one.click()")
        problems += [f"{await choice.get_attribute('value')}: {one}" for one in await overflow(page)]
    return problems


async def tab_problems(page: Page, stops: int = 80) -> list[str]:
    """Walk with Tab: each stop must be seen, not covered, and show its ring."""
    problems: list[str] = []
    for _ in range(stops):
        await page.keyboard.press("Tab")
        found = await page.evaluate(
            """() => {
              const e = document.activeElement;
              if (!e || e === document.body) return null;
              const b = e.getBoundingClientRect(), name = e.outerHTML.slice(0, 120);
              if (b.width < 1 || b.height < 1) return name + " has no size";
              const x = b.left + b.width / 2, y = Math.min(b.top + b.height / 2, innerHeight - 1);
              const top = document.elementFromPoint(x, y);
              if (!top) return name + " is out of view";
              if (top !== e && !e.contains(top) && !top.contains(e) && !top.closest("label")?.contains(e))
                return name + " is covered by " + top.outerHTML.slice(0, 80);
              const ringed = n => n && getComputedStyle(n).outlineStyle !== "none";
              return ringed(e) || ringed(e.closest("label")) ? "" : name + " has no ring";
            }"""
        )
        if found is None:
            break
        if found:
            problems.append(found)
    return problems
