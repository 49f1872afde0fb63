"""Somebody with a browser, without a script."""

import re
from html import unescape

import httpx

HTML = {"accept": "text/html"}
XIAOMAN = "p-wangxiaoman@@"


class Person:
    """Somebody with a browser: keeps cookies, sends the forms of the page they are on."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self.client = client
        self.page = httpx.Response(200, text="")

    @property
    def text(self) -> str:
        return unescape(self.page.text)

    async def get(self, address: str) -> httpx.Response:
        self.page = await self.client.get(address, headers=HTML, follow_redirects=True)
        return self.page

    def hidden(self, name: str) -> str:
        """A hidden field of the page."""
        found = re.search(rf'name="{name}" value="([^"]*)"', self.page.text)
        return unescape(found[1]) if found else ""

    async def post(self, address: str, fields: dict[str, str] | None = None, **options: object) -> httpx.Response:
        """Send a form of the page one is on, with its token."""
        data = {"csrf": self.hidden("csrf"), **(fields or {})}
        self.page = await self.client.post(address, data=data, headers=HTML, follow_redirects=True, **options)  # type: ignore[arg-type]
        return self.page

    async def log_in(self, person: str = XIAOMAN) -> None:
        await self.get("/login")
        await self.post("/login", {"person": person, "next": "/me"})
        assert self.page.url.path in ("/me", "/desk"), self.text
