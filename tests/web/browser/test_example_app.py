"""The example of a program that uses the platform, in Chromium: what a phone app or a mini-program would do."""

from dataclasses import replace

import msgspec
import pytest
from playwright.async_api import Browser, expect
from tests.web.browser.conftest import World
from tests.web.browser.live import free_port, serving

from tongban.base.clock import system_clock
from tongban.org.apps import Apps

pytestmark = pytest.mark.browser


async def test_it_connects_opens_a_page_inside_hears_a_signed_word_and_disconnects(world: World, browser: Browser):
    port = free_port()
    site = world.site
    address = f"http://localhost:{port}"
    settings = msgspec.structs.replace(site.settings, public_url=address)
    apps = Apps(settings.data_dir, address, demo=True)
    # A browser judges by its own clock whether a message is of this minute.
    here = replace(site, settings=settings, apps=apps, clock=system_clock())
    async with serving(here, port):
        page = await (await browser.new_context(locale="zh-CN")).new_page()
        await page.goto(f"{address}/example-app")
        await page.get_by_role("button", name="连接政务服务").click()
        await page.get_by_role("button", name="王小满").click()
        await expect(page.get_by_role("heading", level=1)).to_contain_text("允许“掌上岚江（演示应用）”替您办事吗？")
        await page.get_by_role("button", name="允许", exact=True).click()
        await expect(page.locator("#said")).to_contain_text("已连接")
        await expect(page.locator("#cases li").first).to_be_visible()
        await page.get_by_role("button", name="办居住证").click()
        await page.get_by_role("button", name="打开", exact=True).click()
        await expect(page).to_have_url(f"{address}/services/residence-permit/start")
        await page.get_by_role("link", name="← 回到应用").click()
        await expect(page.locator("#said")).to_contain_text("消息的签名是真的")
        await page.get_by_role("button", name="断开").click()
        await expect(page.locator("#said")).to_contain_text("还没有连接")
        await page.goto(f"{address}/my-apps")  # the page was open inside it: that ended too
        await expect(page.locator("main")).to_contain_text("您的登录已经到期")
