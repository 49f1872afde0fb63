"""/open/inspections: which inspections there are, how often one may be inspected, and every draw, for everybody."""

from litestar import Response, get

from tongban.catalog import cite
from tongban.oversight import draws
from tongban.web.bodies import body_name
from tongban.web.html import page
from tongban.web.site import Site
from tongban.web.visitor import Visitor

_SHOWN = 20


@get("/open/inspections")
async def inspections(site: Site, visitor: Visitor, after: str | None = None) -> Response[str]:
    """国办发〔2024〕54号 [S]: an inspection that is not published may be refused."""
    found = await draws.latest(site.db, None, after, _SHOWN)
    services = [one for one in site.catalogue.of_duty() if one.procedure == "inspection"]
    return page(
        site,
        visitor,
        "open/inspections.html",
        services=services,
        laws={one.service: [cite(law) for law in one.law] for one in services},
        draws=[(one, body_name(site, one.body)) for one in found.items],
        following=found.next,
    )


ROUTES = [inspections]
