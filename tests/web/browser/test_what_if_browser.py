"""The what-if page in a real Chromium: axe, narrow, large, and nothing that the page's own policy forbids."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest
from playwright.async_api import Browser
from tests.web.browser.live import overflow, serving, sit, violations

from tongban.outreach import demo_people
from tongban.web.site import Site

pytestmark = [pytest.mark.browser, pytest.mark.database]
ADDRESS = "/console/what-if/advanced-age-allowance"
PAGES = (f"{ADDRESS}?eligible.rows.0.1=75&try=1", f"{ADDRESS}?eligible.rows.0.1=x&try=1")


@pytest.fixture
async def address(site: Site, tmp_path: Path) -> AsyncIterator[str]:
    people = tmp_path / "people.parquet"
    demo_people.write(people, 5_000)
    settled = replace(site, settings=msgspec.structs.replace(site.settings, people_file=people))
    async with serving(settled) as found:
        yield found


@pytest.mark.parametrize(("width", "lang"), [(1280, "zh"), (320, "en")])
async def test_every_state_of_the_page_is_readable(
    browser: Browser, address: str, site: Site, width: int, lang: str
) -> None:
    context = await browser.new_context(viewport={"width": width, "height": 900})
    page = await context.new_page()
    refused: list[str] = []
    page.on("console", lambda message: refused.append(message.text) if "Content Security" in message.text else None)
    await sit(page, address, site, "990101.service-centre.clerk", lang)
    for path in PAGES:
        await page.goto(f"{address}{path}")
        assert await violations(page) == [], path
        assert await overflow(page) == [], path
    assert refused == []
    await page.goto(f"{address}{ADDRESS}")
    await page.fill('[name="eligible.rows.0.1"]', "78")
    await page.keyboard.press("Enter")
    await page.wait_for_url("**try=1*")
    assert await page.locator("dl.figures").count() == 1
