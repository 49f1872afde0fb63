"""One whole application in Chromium: once with JavaScript off and the keyboard's own forms, once with everything on."""

import re

import pytest
from playwright.async_api import Browser, Page, expect
from tests.web.browser.conftest import World
from tests.web.citizen import picture

from tongban.base.ids import id_number_check

pytestmark = pytest.mark.browser
CHILD = "99010120200301001" + id_number_check("99010120200301001")


async def start(page: Page, world: World) -> None:
    await page.goto(f"{world.address}/services/migrant-school-enrolment/start")
    await page.get_by_role("button", name="孙浩").click()
    await page.locator("select:visible").first.select_option(value="990101")
    await page.locator("main form button").first.click()


async def fill(page: Page) -> None:
    """Answer whatever is asked with something that fits, as a person would: page by page."""
    for _ in range(40):
        await page.locator("main form button").first.wait_for()  # the page that looks something up goes on by itself
        if page.url.endswith("/records"):
            await page.get_by_role("button", name="继续", exact=True).click()
            await page.wait_for_load_state()
            continue
        if not re.search(r"/q/\w+", page.url):
            return
        before = page.url
        if await page.locator(".boxes").count():
            for box, value in zip(await page.locator(".boxes input").all(), ("2020", "3", "1"), strict=True):
                await box.fill(value)
        elif await page.locator("input[type=radio]").count():
            await page.locator("input[type=radio]").first.check()
        elif await page.locator("select").count():
            chosen = page.locator("select").last
            if not await chosen.locator("option[value='990101']").count():
                await page.locator("select").first.select_option(index=1)
            await chosen.select_option(value="990101")
        else:
            await page.locator("main .input, main .area").first.fill(await _typed(page))
        await page.get_by_role("button", name="保存并继续").click()
        await page.wait_for_load_state()
        assert page.url != before, await page.locator(".errors").inner_text()


async def _typed(page: Page) -> str:
    field = page.locator("main .input, main .area").first
    match await field.get_attribute("inputmode"), await field.get_attribute("type"):
        case _, "tel":
            return "13800000000"
        case "numeric" | "decimal", _:
            return "12"
        case _:
            return CHILD if "id" in (await field.get_attribute("class") or "") else "孙小雨"


async def test_the_whole_application_can_be_made_with_javascript_off(browser: Browser, world: World):
    context = await browser.new_context(
        java_script_enabled=False, viewport={"width": 390, "height": 844}, locale="zh-CN"
    )
    page = await context.new_page()
    await start(page, world)
    await fill(page)
    for _ in range(12):
        empty = page.locator("section.upload:not(:has(form.done)) form[enctype]")
        if not await empty.count():
            break
        await empty.first.locator("input[type=file]").set_input_files(
            {"name": "材料.png", "mimeType": "image/png", "buffer": picture("blue")}
        )
        await empty.first.locator("button").click()
    await page.goto(f"{world.address}/apply/migrant-school-enrolment/check")
    await page.locator("input[name=truthful]").check()
    await page.get_by_role("button", name="提交申请").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("已提交")
    await context.close()


async def test_with_scripts_drafts_save_themselves_and_errors_take_the_focus(browser: Browser, world: World):
    context = await browser.new_context(viewport={"width": 390, "height": 844}, locale="zh-CN")
    page = await context.new_page()
    await page.goto(f"{world.address}/services/residence-permit/start")
    await page.get_by_role("button", name="何清").click()
    await page.locator("select:visible").first.select_option(value="990101")
    await page.get_by_role("button", name="要我同意的都不用查").click()
    await page.locator("main form button").first.wait_for()
    if page.url.endswith("/records"):
        await page.get_by_role("button", name="继续", exact=True).click()
    await page.locator("main .input").fill("何清")
    await expect(page.locator("[data-saved]")).to_have_text("已自动保存")
    await page.reload()
    await expect(page.locator("main .input")).to_have_value("何清")
    await page.get_by_role("button", name="保存并继续").click()
    await page.locator("main .input").fill("12345")
    await page.get_by_role("button", name="保存并继续").click()
    await expect(page.locator("#errors")).to_be_focused()
    await expect(page).to_have_title(re.compile("^有错误："))
    await page.locator("#errors a").first.click()
    await expect(page.locator("main .input")).to_be_focused()
    await context.close()


async def test_a_file_is_sent_as_soon_as_it_is_chosen_and_a_bad_one_can_be_replaced(browser: Browser, world: World):
    context = await browser.new_context(viewport={"width": 390, "height": 844}, locale="zh-CN")
    await context.add_cookies([{"name": "session", "value": world.sessions["citizen"], "url": world.address}])
    page = await context.new_page()
    await page.goto(world.address + world.path("citizen", "/apply/migrant-school-enrolment/materials"))
    chooser = page.locator("input[type=file]").first
    await chooser.set_input_files({"name": "坏.png", "mimeType": "image/png", "buffer": b"hello"})
    await expect(page.locator("[data-status]").first).to_contain_text("这种文件不收")
    await chooser.set_input_files({"name": "好.png", "mimeType": "image/png", "buffer": picture("green")})
    await expect(page.locator("form.done").first).to_contain_text("好.png")
    await context.close()
