"""What every page is asked in a real browser: as it stands, by keyboard, narrow, in large type, set wide apart."""

from pathlib import Path
from typing import Any, Literal

from playwright.async_api import ConsoleMessage, Error, Page, Request
from tests.web.browser.live import SPACED

MOST = 40
"""Stops of one page that are walked; what comes after them is more of the same list."""

PREPARE = Path(__file__).with_suffix(".js").read_text(encoding="utf-8")
_BEGIN = "() => document.activeElement === document.body || (document.querySelector('.skip').focus(), false)"
_SKIP = "() => document.activeElement?.matches('.skip') ? '' : walked.near(document.activeElement || document.body)"
_WANTED = """part => { walked.part = document.querySelector(part); walked.wanted = walked.stops(walked.part);
  return walked.wanted.reduce((sum, one) => sum + (["date", "time", "month"].includes(one.type) ? 4 : 1), 0); }"""


async def by_keyboard(page: Page, part: Literal["#main", "body"] = "#main") -> list[str]:
    """Past the menu, then Tab by Tab through what the page is about: each thing once, in order, seen, and out again.

    Of the `body` everything is walked, menu and foot too.
    """
    if await page.evaluate(_BEGIN):  # otherwise a page that begins at its first question or message
        await page.keyboard.press("Tab")
    if first := await page.evaluate(_SKIP):
        return [f"the first stop is {first}"]
    if part == "#main":
        await page.keyboard.press("Enter")
        if not await page.evaluate("() => document.activeElement?.id === 'main'"):
            return ["the way past the menu does not lead to the main part"]
    most = MOST if part == "#main" else 3 * MOST
    beyond = 2 if part == "#main" else 0
    for _ in range(min(await page.evaluate(_WANTED, part), most) + beyond):
        await page.keyboard.press("Tab")
    return await page.evaluate("most => walked.compared(most)", most)


async def too_wide(page: Page) -> list[str]:
    """What sticks out of a window of 320 pixels: as it is, set wide apart (WCAG 1.4.12), in the largest type."""
    return await page.evaluate("css => walked.wide(css)", SPACED)


class Told:
    """What a browser complains of, and what it asks other hosts for, since the last look."""

    def __init__(self, page: Page, address: str) -> None:
        self._found: list[str] = []
        self._page, self._address = page, address
        self._heard: dict[str, Any] = {"console": self._console, "pageerror": self._error, "request": self._request}
        for event, handler in self._heard.items():
            page.on(event, handler)  # type: ignore[arg-type]

    def _console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self._found.append(message.text)

    def _error(self, error: Error) -> None:
        self._found.append(str(error))

    def _request(self, request: Request) -> None:
        if not request.url.startswith((self._address, "data:", "blob:")):
            self._found.append(f"asks {request.url}")

    def since(self) -> list[str]:
        """And forget it."""
        found, self._found = self._found, []
        return found

    def end(self) -> None:
        """Listen no more."""
        for event, handler in self._heard.items():
            self._page.remove_listener(event, handler)
