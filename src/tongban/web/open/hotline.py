"""12345 for everybody: how many requests each place and each body had, and the three rates. Counts and nothing else."""

from functools import partial

from litestar import Response, get

from tongban.voice.hotline.service import COUNTED
from tongban.web.bodies import body_name
from tongban.web.html import page
from tongban.web.site import Site
from tongban.web.visitor import Visitor


@get("/open/hotline")
async def hotline(site: Site, visitor: Visitor) -> Response[str]:
    """By place (a tile each) and by body."""
    regions = sorted({one.region for one in site.directory.register.bodies})
    places = {one.of: one for one in await site.voice.hotline.rates(regions, "region")}
    return page(
        site,
        visitor,
        "open/hotline.html",
        tiles=[(site.directory.region_name(code), places[code]) for code in regions if code in places],
        bodies=await site.voice.hotline.rates(regions),
        name=partial(body_name, site),
        days=COUNTED.days,
    )


ROUTES = [hotline]
