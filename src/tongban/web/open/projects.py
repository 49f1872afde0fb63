"""/open/projects: which digital projects bodies want money for, what was found, who decided what and why (条例 38)."""

import msgspec
from litestar import Response, get

from tongban.oversight.registers.projects.funding import KINDS
from tongban.web.bodies import body_name
from tongban.web.console.projects import reviews_of
from tongban.web.html import page
from tongban.web.site import Site
from tongban.web.visitor import Visitor

_SHOWN = 20


@get("/open/projects")
async def projects(site: Site, visitor: Visitor, after: str | None = None) -> Response[str]:
    """The reviews of funding, the latest first."""
    found = await reviews_of(site).published(after, _SHOWN)
    return page(
        site,
        visitor,
        "open/projects.html",
        items=[(one, body_name(site, one.body)) for one in found.items],
        following=found.next,
        kinds=KINDS,
    )


@get("/open/projects.json", media_type="application/json")
async def for_programs(site: Site, after: str | None = None) -> Response[bytes]:
    """The same for programs."""
    found = await reviews_of(site).published(after, _SHOWN)
    body = msgspec.json.format(msgspec.json.encode({"items": found.items, "next": found.next}), indent=2)
    return Response(body, media_type="application/json", headers={"access-control-allow-origin": "*"})


ROUTES = [projects, for_programs]
