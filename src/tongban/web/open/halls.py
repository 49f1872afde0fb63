"""大厅: screens, numbers and times. Server-rendered and without a script; no page names anybody."""

from datetime import datetime
from typing import Any

from litestar import Response, get, post

from tongban.base.errors import Refused, refuse
from tongban.hall.queue import FIRST
from tongban.web.forms import Form, refused
from tongban.web.html import go, page
from tongban.web.limits import Limited
from tongban.web.open.kiosk import kept_nowhere
from tongban.web.site import Site
from tongban.web.visitor import Visitor


@get("/open/halls")
async def halls(site: Site, visitor: Visitor) -> Response[str]:
    """Every hall: where it is, when it is open, how many wait."""
    boards = {one.id: await site.hall.queue.board(one.id) for one in site.hall.places.all()}
    return page(site, visitor, "open/halls.html", halls=site.hall.places.all(), boards=boards)


@get("/open/halls/{hall:str}")
async def hall(site: Site, visitor: Visitor, hall: str) -> Response[str]:
    """One hall: take a number on the way, book a time."""
    return await _hall(site, visitor, hall, ())


async def _hall(site: Site, visitor: Visitor, hall: str, problems: Any) -> Response[str]:
    place, person = site.hall.places.get(hall), visitor.person
    return page(
        site,
        visitor,
        "open/hall.html",
        status=422 if problems else 200,
        hall=place,
        board=await site.hall.queue.board(hall),
        days=await site.hall.queue.days(hall),
        free=await site.hall.queue.free(hall),
        booked=await site.hall.queue.booked(person.id, hall) if person else None,
        first=FIRST,
        problems=problems,
    )


@get("/open/halls/{hall:str}/screen")
async def screen(site: Site, visitor: Visitor, hall: str) -> Response[str]:
    """The screen in the hall: numbers, never names. It fetches itself anew."""
    place = site.hall.places.get(hall)
    return page(site, visitor, "open/hall_screen.html", hall=place, board=await site.hall.queue.board(hall))


@post("/open/halls/{hall:str}/ticket")
async def take(site: Site, visitor: Visitor, hall: str, form: Form) -> Response[Any]:
    """Take a number, on the way or at the kiosk."""
    await site.limits.spend(Limited.LOG_IN, visitor.who)
    person = visitor.person
    token = await site.hall.queue.take(hall, priority=form.text("priority"), person=person.id if person else "")
    return go(f"/{'kiosk' if form.text('kiosk') else 'open'}/tickets/{token}")


@get(["/open/tickets/{token:str}", "/kiosk/tickets/{token:str}"])
async def ticket(site: Site, visitor: Visitor, token: str) -> Response[str]:
    """Where a number stands."""
    found = await site.hall.queue.ticket(token)
    shown = page(
        site,
        visitor,
        "open/ticket.html",
        waiting=found,
        hall=site.hall.places.get(found.ticket.hall),
        first=FIRST,
        kiosk=visitor.path.startswith("/kiosk"),
    )
    return kept_nowhere(shown)


@post("/open/halls/{hall:str}/times")
async def book(site: Site, visitor: Visitor, hall: str, form: Form) -> Response[Any]:
    """Book a time, change to it, or give it up. Raises Refused (`not-logged-in`, 401)."""
    person = visitor.citizen()
    try:
        if form.text("do") == "cancel":
            await site.hall.queue.cancel(person.id, hall)
        else:
            await site.hall.queue.book(person.id, hall, moment(form.text("at")), person.id)
    except Refused as error:
        return await _hall(site, visitor, hall, refused(error))
    return go(f"/open/halls/{hall}")


def moment(said: str) -> datetime:
    """A time as the list gives it. Raises Refused (`no-such-time`)."""
    try:
        found = datetime.fromisoformat(said)
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        raise refuse("no-such-time", "请从列出的时间里选。", "Choose one of the times shown.", place="at")
    return found


ROUTES = [halls, hall, screen, take, ticket, book]
