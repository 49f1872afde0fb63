"""自助机: numbers, how a case stands, and a draft that is gone on with. Made for a machine that strangers share.

Nothing is kept in its browser: pages are not stored, each goes back to the start by itself, what was typed is in no
address, and a session at a kiosk reaches one draft and ends after five minutes.
"""

from typing import Any
from urllib.parse import urlencode

from litestar import Response, get, post

from tongban.base.errors import Problem, Refused, refuse
from tongban.base.i18n import Text
from tongban.base.ids import read_case_id
from tongban.cases.glance import glance
from tongban.hall.queue import FIRST
from tongban.org import sessions, store
from tongban.voice.ratings.service import rateable
from tongban.web.forms import Form, refused
from tongban.web.html import page
from tongban.web.limits import Limited
from tongban.web.portal.account import entered, left
from tongban.web.site import Site
from tongban.web.visitor import Visitor

NOTHING_KEPT = {"cache-control": "no-store"}
_NOT_FOUND = Text(
    "没有找到：请核对办件号和查询码，两个都在回执上。",
    "Nothing found: please check the case number and the look-up code; both are on your receipt.",
)


def kept_nowhere(answer: Response[str]) -> Response[str]:
    """Not even the back button shows it again."""
    answer.headers.update(NOTHING_KEPT)
    return answer


@get("/kiosk")
async def kiosk(site: Site, visitor: Visitor, hall: str = "") -> Response[Any]:
    """The start of the machine in the hall. Whoever was logged in here is logged out."""
    if visitor.kiosk:
        return await left(site, visitor, f"/kiosk?{urlencode({'hall': hall})}" if hall else "/kiosk")
    places = site.hall.places.all()
    place = next((one for one in places if one.id == hall), places[0] if places else None)
    return kept_nowhere(page(site, visitor, "open/kiosk.html", hall=place, halls=places, first=FIRST))


@get("/kiosk/case")
async def ask(site: Site, visitor: Visitor) -> Response[str]:
    """Which case."""
    return _asked(site, visitor, ())


@post("/kiosk/case")
async def look(site: Site, visitor: Visitor, form: Form) -> Response[str]:
    """How it stands, as an answer to what was typed: no address leads to it. Raises Refused (429)."""
    await site.limits.spend(Limited.KIOSK, f"kiosk {visitor.client}")
    code, found = form.text("code")[:40], None
    if number := _number(form):
        # In its one spelling: whoever tries codes out does not begin anew by writing the number differently.
        await site.limits.spend(Limited.KIOSK, f"case {number}")
        found = await glance(site.cases.engine, number, lambda person: site.hall.kiosk.opens(person, number, code))
    if found is None:
        return _asked(site, visitor, (Problem("not-found", _NOT_FOUND, "code"),))
    rate = site.voice.ratings.link(number) if found.ended and rateable(found.service) else ""
    return kept_nowhere(page(site, visitor, "open/kiosk_case.html", found=found, rate=rate))


def _number(form: Form) -> str:
    """The case number that was typed; empty for what is none."""
    try:
        return read_case_id(form.text("case")[:60])
    except Refused:
        return ""


def _asked(site: Site, visitor: Visitor, problems: tuple[Problem, ...]) -> Response[str]:
    shown = page(site, visitor, "open/kiosk_case.html", status=422 if problems else 200, found=None, problems=problems)
    return kept_nowhere(shown)


@get("/kiosk/continue")
async def resume(site: Site, visitor: Visitor) -> Response[str]:
    """Which draft, by its code."""
    return kept_nowhere(page(site, visitor, "open/kiosk_continue.html", problems=()))


@post("/kiosk/continue")
async def resumed(site: Site, visitor: Visitor, form: Form) -> Response[Any]:
    """A session of this machine for one draft. Raises Refused (429)."""
    await site.limits.spend(Limited.KIOSK, f"kiosk {visitor.client}")
    try:
        entry = await site.hall.kiosk.enter(form.text("code"))
    except Refused as error:
        return kept_nowhere(page(site, visitor, "open/kiosk_continue.html", status=422, problems=refused(error)))
    person = await store.person(site.db, entry.person)
    if person is None:
        raise refuse("unknown-person", "没有这个人。", "There is no such person.", status=404)
    session = await sessions.log_in(
        site.db,
        site.directory,
        person,
        method=f"{sessions.KIOSK}{entry.service}",
        level=entry.level,
        now=site.clock(),
    )
    await sessions.log_out(site.db, visitor.session)
    return entered(site, visitor, session, f"/apply/{entry.service}")


ROUTES = [kiosk, ask, look, resume, resumed]
