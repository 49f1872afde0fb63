"""/console/delegations: what was delegated, concentrated or moved down, and how it went.

For supervising posts: of the bodies they supervise, nobody else's; ended ones stay.
"""

from litestar import Response, get

from tongban.cases import movement
from tongban.org import visible
from tongban.web.console.machines import supervisor
from tongban.web.desk.lists import service_names
from tongban.web.desk.staff import desk
from tongban.web.html import page
from tongban.web.open.delegations import listed
from tongban.web.site import Site
from tongban.web.visitor import Visitor

ROWS = 50


@get("/console/delegations")
async def delegations(site: Site, visitor: Visitor, move: str = "", after: str | None = None) -> Response[str]:
    """Every move from or to a body in view, with its figures; of one, the cases behind them."""
    actor = supervisor(visitor)
    bodies = frozenset(visible(site.directory, actor).bodies)
    rows = [
        (one, await movement.went(site.cases.engine, one.move))
        for one in listed(site)
        if bodies & {one.move.from_body, one.move.to_body}
    ]
    chosen = next((row[0] for row in rows if row[0].move.id == move), None)
    return page(
        site,
        visitor,
        "console/delegations.html",
        desk=desk(site, actor, "moves-watch"),
        now=[row for row in rows if row[0].standing != "ended"],
        ended=[row for row in rows if row[0].standing == "ended"],
        chosen=chosen,
        cases=await movement.under(site.cases.engine, chosen.move, after, ROWS) if chosen else None,
        name=service_names(site),
    )


ROUTES = [delegations]
