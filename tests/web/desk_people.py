"""Officials of the demonstration at work, and a case to work on."""

import re
from datetime import timedelta
from html import unescape
from typing import Any

import httpx

from tongban.base.i18n import Text
from tongban.cases.model import Applicant
from tongban.cases.views import CaseView
from tongban.org import Actor, demo
from tongban.org import store as org_store
from tongban.sharing import Shared
from tongban.web.app import create
from tongban.web.site import Site

HTML = {"accept": "text/html"}
REGISTER = Text("市场主体登记库", "Business register")
PDF = b"""%PDF-1.4
1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj
2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj
3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 200]/Contents 4 0 R
/Resources<</Font<</F<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>>>endobj
4 0 obj<</Length 44>>stream
BT /F 24 Tf 40 100 Td (Kitchen layout) Tj ET
endstream endobj
trailer<</Root 1 0 R>>
%%EOF"""


class Official:
    """An official with a browser and no script."""

    def __init__(self, site: Site) -> None:
        transport = httpx.ASGITransport(app=create(site), raise_app_exceptions=False)  # type: ignore[arg-type]
        self.site = site
        self.client = httpx.AsyncClient(transport=transport, base_url="http://localhost", follow_redirects=True)
        self.page = httpx.Response(200, text="")

    @property
    def text(self) -> str:
        """The words of the page."""
        return unescape(re.sub(r"<[^>]+>", " ", self.page.text))

    async def sit(self, post: str, region: str = "990101", *, lang: str = "zh") -> "Official":
        """Log in at a post such as `market.approver`."""
        post_id = f"{region}.{post}"
        (person,) = self.site.directory.holders(post_id)[:1]
        await self.get(f"/login?lang={lang}")
        await self.post("/login", {"person": f"{person}@{post_id}@", "next": "/desk"})
        assert self.page.url.path == "/desk", self.text[:300]
        return self

    async def get(self, address: str) -> httpx.Response:
        self.page = await self.client.get(address, headers=HTML)
        return self.page

    async def post(self, address: str, fields: dict[str, Any], files: Any = None, **headers: str) -> httpx.Response:
        sent = {"csrf": self.hidden("csrf"), **fields}
        self.page = await self.client.post(address, data=sent, files=files, headers=HTML | headers)
        return self.page

    def hidden(self, name: str, page: str = "") -> str:
        found = re.search(rf'name="{name}" value="([^"]*)"', page or self.page.text)
        return unescape(found[1]) if found else ""

    @property
    def offered(self) -> list[str]:
        """The acts that can be chosen."""
        return re.findall(r'name="act" value="([^"]+)"', self.page.text)

    async def open(self, case: str) -> httpx.Response:
        return await self.get(f"/desk/cases/{case}")

    async def do(self, case: str, act: str, do: str = "act", *, files: Any = None, **said: Any) -> httpx.Response:
        """Choose an act on the page of the case one is on, fill in its fields, and send."""
        fields = {f"{act}.{name.replace('__', '.')}": value for name, value in said.items()}
        kept = {"version": self.hidden("version"), "key": self.hidden("key")}
        return await self.post(f"/desk/cases/{case}", {**kept, "act": act, "do": do, **fields}, files)


async def restaurant(site: Site, *, region: str = "990101", layout: bool = True, key: str = "first-key") -> CaseView:
    """周家和 applies for a food licence for his restaurant in Qingyuan; his address differs from the register."""
    person = await org_store.person(site.db, "p-zhoujiahe")
    assert person is not None
    actor = Actor.citizen(person)
    uscc = next(mandate.from_party for mandate in demo.mandates() if mandate.to_person == person.id)
    at = site.clock()

    def record(value: str) -> Shared:
        return Shared(value=value, source=REGISTER, as_of=at - timedelta(days=30), at=at)

    documents: dict[str, list[str]] = {}
    if layout:
        kept = await site.cases.add_document(actor, "布局图.pdf", PDF)
        documents["layout"] = [kept.id]
    return await site.cases.submit(
        actor,
        "food-licence",
        {
            "uscc": uscc,
            "business_name": "家和小馆",
            "premises": "清源区东街河埠巷8号",
            "phone": "13800000005",
            "food_kind": "catering",
            "clean_place": "true",
            "equipped": "true",
            "has_manager": "true",
        },
        documents,
        region=region,
        key=key,
        records={
            "uscc": record(uscc),
            "premises": record("清源区东街河埠巷18号"),
            "business-licence": record(uscc),
        },
        applicant=Applicant(person.id, person.name, person.id_number),
    )
