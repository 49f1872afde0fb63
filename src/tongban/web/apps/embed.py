"""Pages of ours inside a program: a signed way in, a signed message out.

In: the program trades its access token for a ticket (`POST /api/v1/web-view`) and opens its address in a web view. A
person taps before anything opens, so a ticket slipped to somebody logs nobody in unseen. Out: each page leads
back to the program's own address with a JWS in the fragment, which says what was done; the program verifies it with the
keys at `/api/v1/web-view/keys`. Pages are never shown in a frame of another site.
"""

import re
from datetime import datetime
from typing import Annotated, Any

import msgspec
from litestar import Response, get, post
from litestar.params import QueryParameter

from tongban.base.errors import refuse
from tongban.base.jws import compact
from tongban.base.keys import Use
from tongban.org import sessions
from tongban.org.apps import flow
from tongban.web.addresses import HOME
from tongban.web.forms import Form
from tongban.web.html import go, page
from tongban.web.limits import Limited
from tongban.web.site import Site
from tongban.web.visitor import Visitor, cookie, local

MESSAGE = "tongban-app+jws"
_CASE = re.compile(r"/cases/([0-9]{6}-[0-9]{6}-[0-9A-Z]{8,9})(/.*)?", re.ASCII)


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """What a program is told: that the person has come back, from which case if from one. No personal data."""

    iss: str
    aud: str
    at: datetime
    page: str
    case: str = ""


@get("/enter")
async def enter(site: Site, visitor: Visitor, ticket: str = "") -> Response[str]:
    """Whose page is about to open, in which program. The ticket is not used yet."""
    return page(site, visitor, "portal/app_enter.html", ticket=ticket)


@post("/enter")
async def entered(site: Site, visitor: Visitor, form: Form) -> Response[Any]:
    """Use the ticket: a session of this browser, as long as any, which ends with the grant."""
    await site.limits.spend(Limited.LOG_IN, visitor.client)
    now = site.clock()
    found = await flow.enter(site.db, form.text("ticket"), now)
    if found is None:
        raise refuse(
            "ticket-over",
            "这个入口已经用过或者过期了。请回到应用里，再点一次。",
            "This way in was used or has run out. Go back to the program and tap again.",
            place="ticket",
            status=410,
        )
    person, grant, path = found
    session = await sessions.log_in(
        site.db,
        site.directory,
        person,
        method=f"app:{grant.client}",
        level=min(person.level, grant.level),
        now=now,
    )
    await sessions.log_out(site.db, visitor.session)
    response = go(local(path, HOME))
    response.headers["set-cookie"] = cookie("session", session.token, secure=site.secure).decode()
    response.cookies.append(_inside(grant.client, secure=site.secure))
    return response


def _inside(client: str, *, secure: bool) -> Any:
    from litestar.datastructures import Cookie

    return Cookie(
        key="__Host-app" if secure else "app", value=client, path="/", httponly=True, secure=secure, samesite="lax"
    )


@get("/leave")
async def leave(site: Site, visitor: Visitor, at: Annotated[str, QueryParameter(name="from")] = HOME) -> Response[Any]:
    """Back to the program, with a signed message of where the person was."""
    app = site.apps.find(visitor.app) if visitor.app else None
    if app is None or app.returns is None:
        return go(HOME)
    path = local(at, HOME).partition("?")[0]
    case = _CASE.fullmatch(path)
    now = site.clock()
    said = Said(
        iss=site.settings.address, aud=app.client, at=now, page=path, case=case[1] if case and visitor.person else ""
    )
    token = compact(site.keys, site.keys.signer(Use.RECEIPT, now), MESSAGE, msgspec.json.encode(said))
    response = page(site, visitor, "portal/app_back.html", address=f"{app.returns}#message={token}", app=app)
    response.headers |= {"referrer-policy": "no-referrer", "cache-control": "no-store"}
    return response


ROUTES = [enter, entered, leave]
