"""叫号: a clerk calls numbers to their window."""

from typing import Any

import segno
from litestar import Response, get, post

from tongban.web.desk.intake import clerk
from tongban.web.desk.staff import desk
from tongban.web.forms import Form
from tongban.web.html import go, page
from tongban.web.site import Site
from tongban.web.visitor import Visitor


@get("/desk/hall")
async def calling(site: Site, visitor: Visitor, window: str = "") -> Response[str]:
    """The window, who is at it, who waits, and the days behind."""
    actor = clerk(visitor)
    place = site.hall.places.of(actor.body)
    chosen = window if window in place.windows else ""
    here = await site.hall.queue.here(place, chosen) if chosen else None
    return page(
        site,
        visitor,
        "desk/hall.html",
        desk=desk(site, actor, "hall"),
        hall=place,
        window=chosen,
        here=here,
        rate=_code(f"{site.settings.address}/rate-visit/{here.token}") if here else "",
        board=await site.hall.queue.board(place.id),
        days=await site.hall.queue.days(place.id),
    )


def _code(link: str) -> str:
    """The code at the window, as a drawing."""
    return segno.make(link, error="m").svg_inline(scale=4, border=2)


@post("/desk/hall")
async def call(site: Site, visitor: Visitor, form: Form) -> Response[Any]:
    """Call the next, call again, served, not come, to another window."""
    actor = clerk(visitor)
    place, window, queue = site.hall.places.of(actor.body), form.text("window"), site.hall.queue
    match form.text("do"):
        case "next":
            await queue.call(place, window, actor.id)
        case "again":
            await queue.again(place, window)
        case "served" | "no-show" as outcome:
            await queue.ends(place, window, outcome)
        case "pass-on":
            await queue.pass_on(place, window, form.text("to"))
        case _:
            pass
    return go(f"/desk/hall?window={window if window in place.windows else ''}")


ROUTES = [calling, call]
