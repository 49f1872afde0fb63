"""/console/conformance: each body's score with every finding, and the formula; for other posts the own body's."""

from functools import partial

from litestar import Response, get

from tongban.org import visible
from tongban.oversight.registers.conformance import weights
from tongban.sharing.grants import store
from tongban.web.bodies import body_name
from tongban.web.conformance import systems
from tongban.web.desk.staff import desk, official
from tongban.web.html import page
from tongban.web.site import Site
from tongban.web.visitor import Visitor


@get("/console/conformance")
async def conformance(site: Site, visitor: Visitor) -> Response[str]:
    """The lowest score first."""
    actor = official(visitor)
    frame = desk(site, actor, "conformance")
    bodies = {actor.body, *(visible(site.directory, actor).bodies if frame.supervises else ())}
    return page(
        site,
        visitor,
        "console/conformance.html",
        desk=frame,
        systems=[one for one in await systems(site) if one.body in bodies],
        weights=weights(),
        looked=await store.last_looked(site.db),
        body_name=partial(body_name, site),
    )


ROUTES = [conformance]
