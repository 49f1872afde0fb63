"""算法异议年度公布: how many asked for a human look, what came of it and how long it took, year by year."""

import msgspec
from litestar import Response, get

from tongban.assist.account import Year
from tongban.assist.gate import EVERYWHERE
from tongban.base.i18n import Text
from tongban.web.html import page
from tongban.web.site import Site
from tongban.web.visitor import Visitor


async def _year(site: Site, year: int, region: str) -> Year:
    """Raises Refused (404): `unknown-year`, `unknown-region`."""
    code = site.directory.region(region).code if region else EVERYWHERE
    return await site.assist.account.year(year or site.today.year, code)


@get("/open/algorithms/objections")
async def objections(site: Site, visitor: Visitor, year: int = 0, region: str = "") -> Response[str]:
    """For people."""
    found = await _year(site, year, region)
    account = site.assist.account

    def named(use: str) -> Text:
        return account.name_of(use) if use else Text("没有写明哪个算法", "no use named")

    return page(
        site,
        visitor,
        "open/objections.html",
        found=found,
        years=account.years(),
        named=named,
        where=site.directory.region_name(region) if region else Text("全部地区", "everywhere"),
        region=region,
    )


@get("/open/algorithms/objections.json")
async def for_programs(site: Site, year: int = 0, region: str = "") -> Response[bytes]:
    """The same for programs."""
    body = msgspec.json.format(msgspec.json.encode(await _year(site, year, region)), indent=2)
    return Response(body, media_type="application/json", headers={"access-control-allow-origin": "*"})


ROUTES = [objections, for_programs]
