"""Somebody with a browser, without a script."""

import io
import re
from html import unescape

import httpx
from PIL import Image

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


APPLY = "/apply/residence-permit"


def picture(colour: str = "white") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (40, 40), colour).save(out, "PNG")
    return out.getvalue()


async def begin(person: Person, lookups: str = "yes") -> None:
    await person.get("/services/residence-permit/start")
    await person.post("/services/residence-permit/start", {"region": "990101", "lookups": lookups})
    await let_stand(person)


async def let_stand(person: Person) -> None:
    """Wait for what is looked up, and let it all stand."""
    while person.page.url.path.endswith("/records"):
        if 'http-equiv="refresh"' in person.page.text:
            await person.get(f"{person.page.url.path}/found")
        else:
            await person.post(
                person.page.url.path, dict.fromkeys(re.findall(r'name="(use\.[^"]+)"', person.page.text), "yes")
            )


async def answer(person: Person, **values: str) -> None:
    for name, value in values.items():
        await person.get(f"{APPLY}/q/{name}")
        await person.post(f"{APPLY}/q/{name}", {name: value})
        await let_stand(person)


async def filled(person: Person) -> None:
    """A complete application of 王小满, on its check page."""
    await begin(person)
    await answer(person, lives_region="990101", lives_at="东街街道河埠巷8号", basis="dwelling")
    await person.get(f"{APPLY}/materials")
    await upload(person, "租赁合同.png", picture())
    await person.get(f"{APPLY}/check")


async def upload(person: Person, name: str, data: bytes) -> httpx.Response:
    file = {"file": (name, data, "application/octet-stream")}
    return await person.post(f"{APPLY}/materials/lease", files=file)


async def submitted(person: Person) -> str:
    await filled(person)
    await person.post(f"{APPLY}/submit", {"key": person.hidden("key"), "truthful": "yes"})
    assert person.page.url.path.endswith("/receipt"), person.text
    return person.page.url.path.split("/")[2]
