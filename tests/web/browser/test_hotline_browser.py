"""A phone clerk with a keyboard and a small screen: a call is taken in and sent on before the caller has hung up."""

import pytest
from playwright.async_api import Browser
from tests.web.browser.live import overflow, serving, sit, violations

from tongban.web.site import Site

pytestmark = [pytest.mark.browser, pytest.mark.database]
FEW = 40
"""Keys beside the caller's own words: well under a minute."""


async def test_a_call_is_taken_in_and_sent_on_with_few_keys_on_a_phone_sized_screen(
    browser: Browser, site: Site
) -> None:
    async with serving(site) as address:
        context = await browser.new_context(viewport={"width": 390, "height": 800})
        page = await context.new_page()
        await sit(page, address, site, "990101.service-centre.clerk", "zh")
        pressed = 0

        async def press(key: str) -> None:
            nonlocal pressed
            pressed += 1
            await page.keyboard.press(key)

        async def on_to(name: str) -> None:
            while await page.locator(":focus").get_attribute("name") != name:
                await press("Tab")
                assert pressed < FEW, f"{name} is too far away"

        await page.goto(f"{address}/desk/hotline")
        await press("i")
        await page.wait_for_url("**/desk/hotline/new")
        assert await overflow(page) == []
        assert await violations(page) == []
        await on_to("said")
        await page.keyboard.type("翠湖小区北门的路灯三天不亮，晚上看不见路")
        await press("Control+Enter")
        await page.wait_for_url("**/desk/hotline/990101-*")
        assert "请告诉对方" in await page.inner_text("main") and "翠湖社区" in await page.inner_text("main")
        assert await overflow(page) == []
        assert await violations(page) == []
        await page.locator("#f-to").focus()
        pressed += 1
        await page.locator("#f-to").select_option("utilities")
        pressed += 4
        await press("Control+Enter")
        await page.wait_for_url("**/desk/cases/990101-*")
        assert pressed < FEW
        assert "住房和城乡建设局" in await page.inner_text("main")
