"""/console/delegations: what was delegated, concentrated or moved down, and how it went.

For supervising posts: of the bodies they supervise, nobody else's; ended ones stay.
"""

from litestar import Response, get

from tongban.base.i18n import Text
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
MOVES = 20
_COLUMNS: dict[movement.Only, Text] = {
    "all": Text("办件", "Cases"),
    "open": Text("在办", "Open"),
    "granted": Text("准予", "Granted"),
    "refused": Text("不予", "Refused"),
    "on-time": Text("按时", "On time"),
    "decided": Text("作了决定的", "Decided"),
    "corrected": Text("要补正", "Corrections"),
    "overturned": Text("被改", "Overturned"),
}


def numbers(went: movement.Went) -> dict[movement.Only, int]:
    """The numbers of a move, by the list that stands behind each."""
    return {
        "all": went.cases,
        "open": went.open,
        "granted": went.granted,
        "refused": went.refused,
        "on-time": went.on_time,
        "decided": went.decided,
        "corrected": went.corrected,
        "overturned": went.overturned,
    }


@get("/console/delegations")
async def delegations(
    site: Site, visitor: Visitor, move: str = "", only: str = "", after: str | None = None, past: str = ""
) -> Response[str]:
    """The moves from or to a body in view, a page of them after `past`, with their figures; of one, the cases behind a
    figure."""
    actor = supervisor(visitor)
    bodies = frozenset(visible(site.directory, actor).bodies)
    own = [one for one in listed(site) if bodies & {one.move.from_body, one.move.to_body}]
    chosen = next((one for one in own if one.move.id == move), None)
    first = next((n + 1 for n, one in enumerate(own) if one.move.id == past), 0)
    shown = own[first : first + MOVES]
    rows = [(one, await movement.went(site.cases.engine, one.move)) for one in shown]
    which: movement.Only = only if only in _COLUMNS else "all"
    return page(
        site,
        visitor,
        "console/delegations.html",
        desk=desk(site, actor, "moves-watch"),
        now=[row for row in rows if row[0].standing != "ended"],
        ended=[row for row in rows if row[0].standing == "ended"],
        past=past,
        further=shown[-1].move.id if len(own) > first + MOVES else "",
        chosen=chosen,
        only=which,
        columns=_COLUMNS,
        numbers=numbers,
        cases=await movement.under(site.cases.engine, chosen.move, which, after, ROWS) if chosen else None,
        name=service_names(site),
    )


ROUTES = [delegations]
