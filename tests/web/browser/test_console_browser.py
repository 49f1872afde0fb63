"""Console and performance page in a real Chromium: without scripts, and light. The rest: `test_every_page`."""

import re
from collections.abc import AsyncIterator

import httpx
import pytest
from playwright.async_api import Browser, Page
from tests.oversight.fact_rows import case_fact, october
from tests.oversight.figures_world import SERVICES, busy
from tests.web.browser.live import serving, sit

from tongban.web.site import Site

pytestmark = [pytest.mark.browser, pytest.mark.database]
WATCHER = "990100.digital-centre.supervisor"
FINDING = "00000000-0000-4000-8000-000000000001"
PAGES = (
    "/console", "/console/cases?show=red", "/console/cases?show=promised", "/console/figures/promised",
    "/console/figures/waits", "/console/abuse", f"/console/abuse/{FINDING}", "/console/performance",
    "/console/requests", f"/console/supervision/new?finding={FINDING}", "/open/performance",
)  # fmt: skip


@pytest.fixture
async def address(site: Site) -> AsyncIterator[str]:
    await busy(site)
    october(
        site, [case_fact(n, f"990101.{('market', 'civil')[n % 2]}", SERVICES[n % 3], used=n % 30) for n in range(240)]
    )
    async with serving(site) as found:
        yield found


async def watcher(browser: Browser, address: str, site: Site, lang: str, **options: object) -> Page:
    context = await browser.new_context(**{"viewport": {"width": 1440, "height": 900}} | options)  # type: ignore[arg-type]
    page = await context.new_page()
    await sit(page, address, site, WATCHER, lang)
    return page


async def test_the_console_works_without_scripts_and_its_pages_are_light(browser: Browser, address: str, site: Site):
    page = await watcher(browser, address, site, "zh", java_script_enabled=False)
    await page.goto(address + "/console")
    await page.locator(".todo .do").first.click()
    assert "立案以后不能撤回" in await page.locator("main").inner_text()
    cookies = {one["name"]: one["value"] for one in await page.context.cookies()}  # type: ignore[typeddict-item]
    weights: dict[str, int] = {}

    async def weigh(client: httpx.AsyncClient, path: str) -> tuple[int, str]:
        async with client.stream("GET", path, headers={"accept": "text/html", "accept-encoding": "gzip"}) as answer:
            text = (await answer.aread()).decode("utf-8", "replace")
            return answer.num_bytes_downloaded, text

    async with httpx.AsyncClient(base_url=address, cookies=cookies) as client:
        for path in PAGES:
            total, text = await weigh(client, path)
            for part in sorted(set(re.findall(r'(?:href|src)="(/[^"#]+\.(?:css|js|svg))', text))):
                if part not in weights:
                    weights[part] = (await weigh(client, part))[0]
                total += weights[part]
            assert 0 < total <= 150_000, (path, total)
