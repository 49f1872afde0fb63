"""The counter by keyboard alone: every press is counted, no mouse is touched."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page
from tests.web.browser.keys import Keys
from tests.web.browser.live import FLAGS, opened, serving, sit, violations
from tests.web.conftest import furnish

from tongban.base.clock import SettableClock
from tongban.base.database import Database
from tongban.org import demo
from tongban.web.site import Site

__all__ = ["FLAGS", "opened"]
pytestmark = [pytest.mark.database, pytest.mark.browser]
CLERK = "990101.service-centre.clerk"
SERVICE, PERSON = "advanced-age-allowance", "p-zhaodeshun"
MOST = 40
"""Key presses of the whole path, the promise of the project's sixth issue."""


@pytest.fixture
async def site(db: Database, tmp_path: Path, clock: SettableClock) -> Site:
    return await furnish(db, tmp_path, clock, factor=1000)


@pytest.fixture
async def address(site: Site) -> AsyncIterator[str]:
    async with serving(site) as found:
        yield found


async def at_desk(browser: Browser, address: str, site: Site) -> Page:
    context = await browser.new_context(viewport={"width": 1280, "height": 900})
    page = await context.new_page()
    await sit(page, address, site, CLERK)
    await page.goto(f"{address}/desk")
    return page


async def test_a_returning_person_is_served_in_under_forty_key_presses(
    browser: Browser, address: str, site: Site
) -> None:
    page = await at_desk(browser, address, site)
    keys = Keys(page)
    for _ in range(2):  # the first visit goes by; it is the second, of a person who is known, that counts
        keys.pressed = 0
        await page.goto(f"{address}/desk")
        await keys.goes("n")
        link = page.locator(f'a[href="/desk/intake/{SERVICE}"]')
        key = await link.get_attribute("data-key")
        if key is None:
            await page.goto(f"{address}/desk/intake/{SERVICE}")
        else:
            await keys.goes(key)
        assert "读卡器" in await keys.named()
        await keys.press(*["ArrowDown"] * (1 + [one for one, _ in site.hall.cards].index(PERSON)))
        await keys.tab_to("#f-lookups")
        assert "本人同意" in await keys.named()
        await keys.press("Space")
        await keys.goes("Enter")
        assert page.url.endswith("/form"), await page.inner_text("main")
    await keys.tab_to("#f-bank_account")
    assert "银行" in await keys.named()
    await keys.write("6222020000000000000"[:16])
    await keys.tab_to("#f-confirmed")
    await keys.press("Space")
    await keys.goes("Enter")
    text = await page.inner_text("main")
    assert "收件回执" in text and "办件号" in text, text
    assert keys.pressed < MOST, keys.pressed
    assert await page.locator('h1:has-text("已收件")').count() == 1


async def test_two_are_captured_without_a_line_and_handed_in_twice_they_are_two_cases(
    browser: Browser, address: str, site: Site
) -> None:
    page = await at_desk(browser, address, site)
    await page.clock.set_fixed_time(site.clock())  # the device's clock is right
    await page.goto(f"{address}/desk/hall/offline")
    await page.wait_for_selector("html[data-kept=yes]")
    assert await violations(page) == []
    await page.fill("#passphrase", "只有我知道的口令")
    await page.click("#unlock button")
    await page.wait_for_selector("#open:not([hidden])")
    await page.context.set_offline(True)
    await page.reload()
    await page.fill("#passphrase", "别的口令别的口令")
    await page.click("#unlock button")
    await page.wait_for_selector("#said:has-text('口令不对')")
    await page.fill("#passphrase", "只有我知道的口令")
    await page.click("#unlock button")
    await page.wait_for_selector("#open:not([hidden])")
    for person in [one for one in demo.citizens() if one.id in (PERSON, "p-heqing")]:
        await page.select_option("#f-service", SERVICE)
        await page.fill("#f-name", person.name)
        await page.fill("#f-number", person.id_number)
        for box in ("seen", "lookups", "confirmed"):
            await page.check(f"#f-{box}")
        await page.fill("#f-bank_account", "6222020000000000")
        await page.fill("#f-phone", "13800000002")
        await page.click("#capture button:last-of-type")
        await page.wait_for_selector("#said:has-text('凭证号')")
    kept = await page.evaluate(
        "async () => { const db = await new Promise(d => { const r = indexedDB.open('tongban-counter', 1);"
        " r.onsuccess = () => d(r.result); });"
        " const rows = await new Promise(d => { const r = db.transaction('form').objectStore('form').getAll();"
        " r.onsuccess = () => d(r.result); });"
        " return rows.map(r => new TextDecoder().decode(r.data)).join(''); }"
    )
    assert kept and all(person.id_number not in kept for person in demo.citizens()), "sealed on the device"
    await page.click("#sync")
    await page.wait_for_selector("#said:has-text('还没有连上')")
    sent: list[str] = []
    page.on("request", lambda one: sent.append(one.post_data or "") if one.url.endswith("/sync") else None)
    await page.context.set_offline(False)
    await page.click("#sync")
    await page.wait_for_selector("#said:has-text('提交了')")
    assert "提交了2件，退回0件" in await page.inner_text("#said"), await page.inner_text("#list")
    assert len(sent) == 2 and await page.inner_text("#count") == "0"
    for body in list(sent):  # the answer was lost, and the device hands the same in again (which is sent, too)
        again = await page.evaluate(
            "async body => (await (await fetch('/desk/hall/offline/sync', {method: 'POST', body,"
            " headers: {'content-type': 'application/x-www-form-urlencoded'}})).json()).outcome",
            body,
        )
        assert again == "case"
    assert await site.db.fetchval("SELECT count(*) FROM case_row") == 2
