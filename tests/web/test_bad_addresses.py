"""Pages, too, answer a made-up address with a page that says so, and never with a 500."""

import httpx
import pytest

from tongban.base.page import cursor
from tongban.org import demo, sessions
from tongban.web.app import create
from tongban.web.site import Site

pytestmark = pytest.mark.database

MADE_UP = [
    "x",
    cursor("2026-01-01T00:00:00", "x"),
    cursor("2026-01-01T00:00:00Z", "x\0y"),
    cursor("2026-01-01T00:00:00Z", "x\0y", 1),
    cursor("2026-01-01T00:00:00Z", "x", 10**12),
    cursor("9999-12-31T23:59:59-14:00", "x"),
]


async def tokens(site: Site) -> tuple[str, str]:
    post = demo.post_id("990101", "police", "examiner")
    citizen = await sessions.log_in_demo(site.db, site.directory, "p-wangxiaoman", site.clock())
    officer = site.directory.holders(post)[0]
    official = await sessions.log_in_demo(site.db, site.directory, officer, site.clock(), post=post)
    return citizen.token, official.token


async def test_a_made_up_address_is_never_a_500(site: Site) -> None:
    citizen, official = await tokens(site)
    lists = {citizen: ("/cases", "/inbox", "/certificates", "/my-data"), official: ("/desk", "/desk/done")}
    odd = ("/cases/99%00", "/cases/%ff", "/services/x%00", "/certificates/1.2.156.3005.2%00", "/search?q=%00",
           "/verify?c=%00&h=%00", "/apply/%00", "/services?theme=%00", "/cases/990101-261103-4Q7Z2M9K/documents/%00",
           "/desk/cases/%00", "/desk?search=%00", "/desk?service=%00", "/login?next=%00")  # fmt: skip
    wrong: list[tuple[str, int]] = []
    transport = httpx.ASGITransport(app=create(site), raise_app_exceptions=False)  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as http:
        for token, paths in lists.items():
            made_up = [f"{path}?after={after}" for path in paths for after in MADE_UP]
            for address in (*made_up, *odd):
                answer = await http.get(address, headers={"accept": "text/html", "cookie": f"session={token}"})
                if answer.status_code >= 500:
                    wrong.append((address, answer.status_code))
                http.cookies.clear()
    assert not wrong
