"""12345 for everybody: the three rates of each place and each body, as a month's release has them."""

from functools import partial

from litestar import Response, get

from tongban.catalog import cite
from tongban.oversight.model import FLOOR
from tongban.web.bodies import body_name
from tongban.web.html import page
from tongban.web.open.released import released
from tongban.web.site import Site
from tongban.web.visitor import Visitor

RATES = ("hotline-response", "hotline-solved", "hotline-satisfied")


@get("/open/hotline")
async def hotline(site: Site, visitor: Visitor, month: str = "") -> Response[str]:
    """By place and by body."""
    return page(
        site,
        visitor,
        "open/hotline.html",
        shown=await released(site.settings.data_dir, month, RATES, ("region",), ("body",)),
        where=site.directory.region_name,
        name=partial(body_name, site),
        cite=cite,
        smallest=FLOOR,
    )


ROUTES = [hotline]
