"""Why, why not and what would change it, in a real Chromium: on a phone, folded and open, and at the desk."""

import pytest
from playwright.async_api import Browser, Page
from tests.web.browser.live import overflow, serving, sit, tab_problems, violations
from tests.web.citizen import XIAOMAN
from tests.web.test_reasons import subsidies

from tongban.web.site import Site

pytestmark = [pytest.mark.browser, pytest.mark.database]
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 900}


async def log_in(page: Page, address: str, lang: str) -> None:
    await page.goto(f"{address}/login?lang={lang}")
    csrf = await page.locator('input[name="csrf"]').first.input_value()
    form = {"csrf": csrf, "person": XIAOMAN, "next": "/me"}
    await page.request.post(f"{address}/login", form=form, headers={"origin": address}, max_redirects=0)


@pytest.mark.parametrize("lang", ["zh", "en"])
async def test_the_reasons_are_accessible_folded_and_open_on_a_phone_by_keyboard(
    lang: str, browser: Browser, site: Site
) -> None:
    view = await subsidies(site)
    async with serving(site) as address:
        context = await browser.new_context(viewport=PHONE)  # type: ignore[arg-type]
        page = await context.new_page()
        await log_in(page, address, lang)
        for more in ("", "?mode=elder&size=24"):
            await page.goto(f"{address}/cases/{view.case}{more}")
            assert await violations(page) == []
            assert await overflow(page) == []
            folded = page.locator("section[aria-labelledby=why] summary")
            await folded.focus()
            await page.keyboard.press("Enter")
            assert await page.locator("section[aria-labelledby=why] details").get_attribute("open") is not None
            assert await violations(page) == []
            assert await overflow(page) == []
            assert await tab_problems(page) == []
        await context.close()


async def test_the_official_reads_them_at_the_desk(browser: Browser, site: Site) -> None:
    view = await subsidies(site)
    async with serving(site) as address:
        context = await browser.new_context(viewport=DESK)  # type: ignore[arg-type]
        page = await context.new_page()
        await sit(page, address, site, "990101.service-centre.clerk")
        await page.goto(f"{address}/desk/cases/{view.case}")
        await page.locator("section[aria-labelledby=b3] summary").click()
        assert await page.get_by_text("“够护理补贴”要是“是”").is_visible()
        assert await violations(page) == []
        assert await overflow(page) == []
        await context.close()
