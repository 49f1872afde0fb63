"""Somebody without a mouse."""

from playwright.async_api import Page

FAR = 120
"""Stops after which nobody goes on looking."""


class Keys:
    """A keyboard that counts. A chord is as many presses as it has keys."""

    def __init__(self, page: Page) -> None:
        self.page, self.pressed = page, 0

    async def press(self, *keys: str) -> None:
        for key in keys:
            self.pressed += key.count("+") + 1
            await self.page.keyboard.press(key)

    async def write(self, text: str) -> None:
        self.pressed += len(text)
        await self.page.keyboard.type(text)

    async def goes(self, key: str) -> None:
        """Press a key that leads to another page."""
        async with self.page.expect_navigation():
            await self.press(key)

    async def tab_to(self, selector: str) -> None:
        """As many Tabs as it takes."""
        for _ in range(FAR):
            if await self.page.evaluate("s => document.activeElement?.matches(s) ?? false", selector):
                return
            await self.press("Tab")
        raise AssertionError(f"{selector} is not reached by Tab")

    async def opens(self, selector: str) -> None:
        """Tab to a link or button and press Enter; another page comes."""
        await self.tab_to(selector)
        await self.goes("Enter")

    async def named(self) -> str:
        """What a screen reader calls the element that has the focus."""
        return await self.page.evaluate(
            "() => { const e = document.activeElement;"
            " return (e.labels?.[0]?.textContent || e.getAttribute('aria-label') || e.textContent || '').trim(); }"
        )
