"""The page that checks receipts: in the browser alone, from a saved file, with the network cut, as the command does."""

import base64
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser
from tests.ledger import forged_second
from tests.ledger.forged_receipts import GOOD, TREE, Forged, forgeries
from tests.ledger.small_log import NOW, policy
from tests.web.browser.conftest import World
from tests.web.browser.live import violations

from tongban.base.crypto import libcrypto
from tongban.ledger.receipts import verify

pytestmark = pytest.mark.browser

CHECK = """
async ({ files, now }) => {
  const bytes = (text) => Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
  const found = [];
  for (const { file, policy, earlier } of files)
    found.push((await checkReceipt(bytes(file), JSON.parse(policy), now, earlier && bytes(earlier))).fault);
  return found;
}"""


ONE = """
async ({ file, policy, now }) => {
  const found = await checkReceipt(Uint8Array.from(atob(file), (char) => char.charCodeAt(0)), JSON.parse(policy), now);
  return { holds: found.holds, both: found.both };
}"""


def _second() -> list[Forged]:
    """What is wrong with the SM2 signature, where this machine can make one to compare with."""
    if not libcrypto.available():
        return []
    ours = forged_second.sm2()
    asked = forged_second.asking(ours)
    return [
        Forged(f"second signature {name}", forged_second.with_second(TREE, *make(TREE, ours)), fault, asked)
        for name, (make, fault) in forged_second.FORGED.items()
    ]


def _b64(data: bytes | None) -> str | None:
    return None if data is None else base64.b64encode(data).decode()


async def test_the_saved_page_works_with_the_network_cut_and_judges_as_the_command_does(
    browser: Browser, world: World, tmp_path: Path
) -> None:
    await world.site.public_log.turn()
    context = await browser.new_context()
    answer = await context.request.get(f"{world.address}/open/receipt/offline.html")
    saved = tmp_path / "check.html"
    saved.write_bytes(await answer.body())
    await context.set_offline(True)
    page = await context.new_page()
    called: list[str] = []
    page.on("request", lambda one: called.append(one.url) if not one.url.startswith("file:") else None)
    await page.goto(saved.as_uri())
    every = [*forgeries(), *_second()]
    files: list[dict[str, Any]] = [
        {"file": _b64(one.file), "policy": bytes(one.policy).decode(), "earlier": _b64(one.earlier)} for one in every
    ]
    true = {"file": _b64(GOOD), "policy": bytes(policy(least=1)).decode(), "earlier": _b64(GOOD)}
    found = await page.evaluate(CHECK, {"files": [*files, true], "now": int(NOW.timestamp())})
    expected = [(one.name, str(one.fault)) for one in every]
    assert [(one.name, fault) for one, fault in zip(every, found, strict=False)] == expected
    assert found[-1] is None
    assert called == []
    await context.close()


@pytest.mark.parametrize("lang", ["zh", "en"])
async def test_a_person_downloads_their_receipt_and_anybody_checks_it(
    browser: Browser, world: World, tmp_path: Path, lang: str
) -> None:
    await world.site.public_log.turn()
    at = await world.first("citizen", "/cases", '/cases/[^/"]+')
    context = await browser.new_context(viewport={"width": 390, "height": 844})
    cookies = {"session": world.sessions["citizen"], "lang": lang}
    await context.add_cookies([{"name": k, "value": v, "url": world.address} for k, v in cookies.items()])
    page = await context.new_page()
    await page.goto(f"{world.address}{at}")
    async with page.expect_download() as downloading:
        await page.click("a[href$='/proof']")
    file = tmp_path / "mine.tlog-proof"
    await (await downloading.value).save_as(file)
    await page.goto(f"{world.address}/open/receipt")
    await context.set_offline(True)
    await page.set_input_files("[name=receipt]", file)
    await page.wait_for_selector(".verdict.ok")
    case = at.rpartition("/")[2]
    said = await page.inner_text("main")
    assert case in said and ("提交申请" in said or "application" in said.lower())
    assert ("不能排除" if lang == "zh" else "No independent witness") in said
    altered = tmp_path / "altered.tlog-proof"
    altered.write_bytes(file.read_bytes().replace(b"\nindex ", b"\nindex 1", 1))
    await page.set_input_files("[name=receipt]", altered)
    await page.wait_for_selector(".verdict.bad")
    await context.set_offline(False)
    assert not await violations(page)
    await context.close()


@pytest.mark.skipif(not libcrypto.available(), reason="not run: libcrypto of this machine has no SM2")
async def test_the_page_checks_the_sm2_signature_too_and_says_that_both_hold(
    browser: Browser, world: World, tmp_path: Path
) -> None:
    ours = forged_second.sm2()
    file = forged_second.with_second(TREE, forged_second.line(TREE, ours))
    policies = {"asked for": forged_second.asking(ours), "not known": policy()}
    async with await browser.new_context() as context:
        answer = await context.request.get(f"{world.address}/open/receipt/offline.html")
        saved = tmp_path / "check.html"
        saved.write_bytes(await answer.body())
        await context.set_offline(True)
        page = await context.new_page()
        await page.goto(saved.as_uri())
        for name, one in policies.items():
            asked = {"file": _b64(file), "policy": bytes(one).decode(), "now": int(NOW.timestamp())}
            found = await page.evaluate(ONE, asked)
            told = verify(file, one, NOW)
            assert (found["holds"], found["both"]) == (True, name == "asked for"), name
            assert told.holds
