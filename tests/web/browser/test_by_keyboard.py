"""The main ways through the platform without a mouse: apply, rate, ask 12345, sign, vote, decide, look at a figure."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import pytest
from playwright.async_api import Browser, Page, ViewportSize
from tests.web.browser.conftest import World
from tests.web.browser.keys import Keys

pytestmark = pytest.mark.browser


@asynccontextmanager
async def sitting(browser: Browser, world: World, reader: str) -> AsyncGenerator[Keys]:
    """A reader at a keyboard."""
    context = await browser.new_context(locale="zh-CN", viewport=ViewportSize(width=1280, height=900))
    if session := world.sessions[reader]:
        await context.add_cookies([{"name": "session", "value": session, "url": world.address}])
    yield Keys(await context.new_page())
    await context.close()


async def said(page: Page) -> str:
    return await page.locator("main").inner_text()


FIELD = "main form :is(input:not([type=hidden]), select, textarea)"


async def chosen_first(keys: Keys) -> None:
    if not await keys.page.evaluate("() => document.activeElement.value"):
        await keys.press("ArrowDown")


async def chosen(keys: Keys, value: str) -> None:
    """Down the list until this is chosen."""
    for key in (*["ArrowUp"] * 20, *["ArrowDown"] * 20):
        if await keys.page.evaluate("() => document.activeElement.value") == value:
            return
        await keys.press(key)
    raise AssertionError(f"{value} is not in the list")


async def answered(keys: Keys) -> None:
    """Answer one question with something that fits, and go on."""
    await keys.tab_to(FIELD)
    kind = await keys.page.evaluate("() => document.activeElement.type")
    match kind:
        case "radio":
            await keys.press("Space")
        case "select-one":
            await chosen_county(keys)
        case _:
            numeric = await keys.page.evaluate("() => document.activeElement.inputMode")
            await keys.write("30" if numeric in ("numeric", "decimal") else "小满早点（演示）")
    await keys.opens("main form button.btn:not(.second)")


async def chosen_county(keys: Keys) -> None:
    await keys.tab_to("select")
    if await keys.page.evaluate("() => document.activeElement.matches('.first')"):  # a list of cities before it
        await chosen_first(keys)
        await keys.press("Tab")
    await chosen(keys, "990101")


async def test_a_service_is_applied_for_from_its_guide_to_the_receipt(browser: Browser, world: World) -> None:
    async with sitting(browser, world, "citizen") as keys:
        await keys.page.goto(f"{world.address}/services/small-food-shop")
        await keys.opens("a[href$='/small-food-shop/start']")
        await chosen_county(keys)
        await keys.opens("main form button.btn")
        for _ in range(20):
            await keys.page.locator(FIELD).first.wait_for()  # what is looked up goes on by itself
            if "/q/" in keys.page.url:
                await answered(keys)
            elif keys.page.url.endswith("/records"):
                await keys.opens("main form button.btn")
            else:
                break
        assert keys.page.url.endswith("/check"), await said(keys.page)
        for box in ("truthful", "promise"):
            await keys.tab_to(f"[name={box}]")
            await keys.press("Space")
        await keys.opens("main form button.btn:not(.second)")
        assert await keys.page.locator("h1").inner_text() == "已提交", await said(keys.page)


async def test_a_request_is_made_to_12345(browser: Browser, world: World) -> None:
    async with sitting(browser, world, "nobody") as keys:
        await keys.page.goto(f"{world.address}/hotline")
        await keys.tab_to("[name=kind]")
        await keys.press("ArrowDown", "ArrowUp")
        await keys.tab_to("[name=said]")
        await keys.write("楼道的灯坏了三天")
        await keys.opens("main form button.btn:not(.second)")
        assert "请选哪个区县" in await said(keys.page), "what was forgotten is asked for, and nothing typed is lost"
        await keys.press("Tab", "Enter")  # the focus is on the messages; the first leads to its field
        await keys.press("ArrowDown")
        await keys.tab_to("[name=region]")
        await keys.press("ArrowDown")
        await keys.opens("main form button.btn:not(.second)")
        assert "/hotline/990" in keys.page.url, await said(keys.page)


async def test_a_finished_case_is_rated_by_its_link(browser: Browser, world: World) -> None:
    async with sitting(browser, world, "nobody") as keys:
        await keys.page.goto(world.address + world.path("nobody", "/rate-visit/"))
        await keys.tab_to("[name=level]")
        await keys.press("Space")
        await keys.opens("main form button.btn:not(.second)")
        assert "谢谢" in await said(keys.page)


async def test_a_proposal_is_signed(browser: Browser, world: World) -> None:
    async with sitting(browser, world, "citizen") as keys:
        await keys.page.goto(f"{world.address}/open/proposals")
        await keys.opens("main .card h2 a")
        await keys.opens("form[action$='/sign'] button")
        assert "您已经联名" in await said(keys.page), await said(keys.page)


async def test_statements_of_a_consultation_are_voted_on_one_after_the_other(browser: Browser, world: World) -> None:
    async with sitting(browser, world, "citizen") as keys:
        await keys.page.goto(f"{world.address}/open/consultations")
        await keys.opens("main .card .actions a")
        for vote in ("agree", "disagree"):
            before = await keys.page.locator(".said-by-people").first.inner_text()
            await keys.opens(f"button[name=vote][value={vote}]")
            assert await keys.page.locator(".said-by-people").first.inner_text() != before


async def test_an_official_opens_a_case_and_decides(browser: Browser, world: World) -> None:
    async with sitting(browser, world, "clerk") as keys:
        await keys.page.goto(f"{world.address}/desk")
        await keys.opens(".queue .row a, .queue a.row")
        await keys.tab_to("#decide .opt input")
        await keys.press("Space")
        assert await keys.page.locator("#decide .opt :checked").count() == 1
        await keys.tab_to("#send")


async def test_escape_folds_what_was_unfolded_and_stays_there(browser: Browser, world: World) -> None:
    async with sitting(browser, world, "nobody") as keys:
        await keys.page.goto(f"{world.address}/open/indicators")
        await keys.tab_to("main summary")
        await keys.press("Enter", "Escape")
        assert await keys.page.locator("main details[open]").count() == 0
        assert await keys.page.evaluate("() => document.activeElement.tagName") == "SUMMARY"


async def test_a_figure_of_the_console_leads_to_its_cases(browser: Browser, world: World) -> None:
    async with sitting(browser, world, "supervisor") as keys:
        await keys.page.goto(f"{world.address}/console")
        await keys.opens("main a[href^='/console/figures/'], main a[href^='/console/cases']")
        await keys.opens("main a[href*='/console/cases'], main a[href^='/desk/cases/']")
        assert await keys.page.locator("h1").count() == 1
