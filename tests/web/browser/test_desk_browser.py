"""The desk in a real Chromium: axe, keyboard alone, narrow, large, without colours, without scripts."""

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, Page
from tests.web.browser.live import overflow, overflow_of_each, serving, sit, spread, violations
from tests.web.desk_people import restaurant

from tongban.web.site import Site

pytestmark = [pytest.mark.browser, pytest.mark.database]
CLERK = "990101.service-centre.clerk"
WIDE = {"width": 1440, "height": 900}


@pytest.fixture
async def address(site: Site) -> AsyncIterator[str]:
    async with serving(site) as found:
        yield found


async def clerk(browser: Browser, address: str, site: Site, lang: str = "zh", **options: object) -> Page:
    context = await browser.new_context(**{"viewport": WIDE} | options)  # type: ignore[arg-type]
    page = await context.new_page()
    await sit(page, address, site, CLERK, lang)
    return page


async def test_whatever_is_chosen_axe_finds_nothing_on_the_page_of_a_case(
    browser: Browser, address: str, site: Site
) -> None:
    view = await restaurant(site, layout=True)
    page = await clerk(browser, address, site)
    for path in ("?q=000000", f"/cases/{view.case}/documents/{view.state.documents['layout'][0].id}"):
        await page.goto(f"{address}/desk{path}")
        assert await violations(page) == [], path
    await page.goto(f"{address}/desk/cases/{view.case}")
    for option in await page.locator("#decide .opt input").all():
        await option.check()
        assert await violations(page) == []


async def test_keyboard_alone_opens_a_case_and_sends_a_correction(browser: Browser, address: str, site: Site) -> None:
    case = (await restaurant(site, layout=False)).case
    page = await clerk(browser, address, site)
    await page.goto(f"{address}/desk")
    await page.keyboard.press("j")
    await page.wait_for_url(f"**/desk/cases/{case}*")
    acts = await page.locator("#decide .opt input").evaluate_all("all => all.map(one => one.value)")
    await page.keyboard.press(str(acts.index("request-correction") + 1))
    assert await page.locator("#act-request-correction").is_checked()
    assert "一次性告知补正" in await page.locator("#send").inner_text()
    while not await page.locator(":focus").evaluate("one => one.tagName === 'TEXTAREA'"):
        await page.keyboard.press("Tab")
    await page.keyboard.type("请补一张布局图，j 和 1 在这里只是字。")
    await page.keyboard.press("Control+Enter")
    await page.wait_for_url(f"**/desk/cases/{case}?said=request-correction")
    state = (await site.cases.engine.load(case)).state
    assert state.state == "awaiting-correction" and state.asked == ("layout",)


async def test_single_keys_can_be_turned_off(browser: Browser, address: str, site: Site) -> None:
    case = (await restaurant(site)).case
    page = await clerk(browser, address, site)
    await page.goto(f"{address}/desk/keys")
    await page.locator("[data-keys]").uncheck()
    await page.goto(f"{address}/desk/cases/{case}")
    await page.keyboard.press("1")
    assert await page.locator("#decide .opt :checked").count() == 0


@pytest.mark.parametrize(("width", "size", "spaced"), [(320, "17", False), (390, "30", False), (390, "17", True)])
async def test_nothing_that_can_be_chosen_scrolls_sideways(
    width: int, size: str, spaced: bool, browser: Browser, address: str, site: Site
) -> None:
    case = (await restaurant(site, layout=True)).case
    page = await clerk(browser, address, site, viewport={"width": width, "height": 800})
    for lang in ("zh", "en"):
        await page.goto(f"{address}/desk/cases/{case}?lang={lang}&size={size}")
        if spaced:
            await spread(page)
        assert await overflow_of_each(page, "#decide .opt input") == [], lang


async def test_the_decision_stays_in_sight_on_a_large_screen(browser: Browser, address: str, site: Site) -> None:
    case = (await restaurant(site)).case
    for viewport in (WIDE, {"width": 1920, "height": 1080}):
        page = await clerk(browser, address, site, viewport=viewport)
        await page.goto(f"{address}/desk/cases/{case}")
        box = await page.locator("#send").bounding_box()
        assert box is not None and box["y"] + box["height"] <= viewport["height"]
        assert await overflow(page) == []
        columns = [await page.locator(name).bounding_box() for name in (".queue", ".case", ".act")]
        assert [c["x"] for c in columns if c] == sorted(c["x"] for c in columns if c) and all(columns)


async def test_without_colours_of_ours_states_are_still_told_apart(browser: Browser, address: str, site: Site) -> None:
    case = (await restaurant(site)).case
    page = await clerk(browser, address, site, forced_colors="active")
    await page.goto(f"{address}/desk/cases/{case}")
    await page.locator("#decide .opt input").first.check()
    for name in (".row[aria-current]", ".opt:has(:checked)", ".check tr.flag > th", ".rail [aria-current]"):
        found = page.locator(name).first
        if await found.count():
            assert await found.evaluate("one => getComputedStyle(one).outlineStyle") == "solid", name


async def test_a_decision_needs_no_script(browser: Browser, address: str, site: Site) -> None:
    case = (await restaurant(site, layout=False)).case
    page = await clerk(browser, address, site, java_script_enabled=False)
    await page.goto(f"{address}/desk")
    await page.locator(f'a[href^="/desk/cases/{case}"]').first.click()
    await page.locator("label.opt", has_text="一次性告知补正").click()
    await page.locator('[name="request-correction.message"]').fill("请补一张布局图。")
    await page.get_by_role("button", name="先看通知").click()
    assert "请补一张布局图。" in await page.locator("#preview").inner_text()
    await page.locator("#send").click()
    assert "撤回这一步" in await page.locator("#main").inner_text()
    assert (await site.cases.engine.load(case)).state.state == "awaiting-correction"


async def test_the_preview_comes_without_leaving_the_page_and_goes_when_words_change(
    browser: Browser, address: str, site: Site
) -> None:
    case = (await restaurant(site, layout=False)).case
    page = await clerk(browser, address, site)
    await page.goto(f"{address}/desk/cases/{case}")
    await page.locator("label.opt", has_text="一次性告知补正").click()
    message = page.locator('[name="request-correction.message"]')
    await message.fill("请补一张布局图。")
    await page.get_by_role("button", name="先看通知").click()
    await page.locator("#preview .letter").wait_for()
    assert page.url.endswith(case) and "请补一张布局图。" in await page.locator("#preview").inner_text()
    assert await page.evaluate("() => document.activeElement.value") == "preview", "the focus stays where it was"
    await message.fill("请补两张布局图。")
    assert await page.locator("#preview .letter").count() == 0
    await message.fill("")
    await page.get_by_role("button", name="先看通知").click()
    await page.locator("#preview .errors").wait_for()
    assert "发给申请人的话" in await page.locator("#preview").inner_text()
