"""The portal as people set it: in large print, without our colours. Every page: `test_every_page`."""

import pytest
from playwright.async_api import Browser, BrowserContext, ViewportSize
from tests.web.browser.conftest import World
from tests.web.browser.live import violations
from tests.web.browser.looking import PREPARE, by_keyboard

pytestmark = pytest.mark.browser
PHONE, WIDE = ViewportSize(width=390, height=844), ViewportSize(width=1280, height=900)
FRAMES = {"nobody": "/", "citizen": "/me", "clerk": "/desk", "supervisor": "/console"}
"""A page of each site, whose menus all its pages share."""


async def window(browser: Browser, world: World, reader: str = "citizen", **cookies: str) -> BrowserContext:
    """A reader's browser."""
    context = await browser.new_context(viewport=PHONE, locale="zh-CN")
    session = {"session": world.sessions[reader]} if world.sessions[reader] else {}
    for name, value in (cookies | session).items():
        await context.add_cookies([{"name": name, "value": value, "url": world.address}])
    return context


async def test_large_print_has_no_violation_of_wcag_22_aa(browser: Browser, world: World) -> None:
    context = await window(browser, world, mode="elder", size="24")
    page = await context.new_page()
    case = await world.first("citizen", "/cases", '/cases/[^/"]+')
    for path in ("/", case, world.path("citizen", "/apply/migrant-school-enrolment/q/"), "/me"):
        await page.goto(world.address + path)
        assert not await violations(page), path
    await context.close()


@pytest.mark.parametrize("reader", FRAMES)
async def test_every_stop_of_menu_and_foot_is_seen_uncovered_and_in_order(
    browser: Browser, world: World, reader: str
) -> None:
    context = await window(browser, world, reader)
    await context.add_init_script(PREPARE)
    page = await context.new_page()
    for size in (PHONE, WIDE):
        await page.set_viewport_size(size)
        await page.goto(world.address + FRAMES[reader])
        assert not await by_keyboard(page, "body"), size
    await context.close()


@pytest.mark.parametrize("path", ["/", "/apply/migrant-school-enrolment/q/lives_at", "/cases", "/settings"])
async def test_states_survive_without_our_colours(browser: Browser, world: World, path: str) -> None:
    """Forced colours (WCAG technique SC 1.4.1): what only a background said must be said by a line."""
    context = await window(browser, world)
    page = await context.new_page()
    await page.emulate_media(forced_colors="active")
    await page.goto(world.address + path)
    bare = await page.evaluate(
        """() => [...document.querySelectorAll('.btn, .card, .tag, .choice, .search, .topics a, .tabs [aria-current]')]
           .filter(e => e.offsetWidth).filter(e => { const s = getComputedStyle(e);
             return s.borderTopStyle === 'none' && s.outlineStyle === 'none'; }).map(e => e.className)"""
    )
    assert not bare
    await context.close()
