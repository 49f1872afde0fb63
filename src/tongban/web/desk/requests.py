"""Requests of earlier days, which counters only sent on: to be read. New ones are taken in at `/desk/hotline`."""

from litestar import Response, get

from tongban.assist.routing.duties import categories
from tongban.assist.routing.records import Request
from tongban.assist.routing.urgency import LEVELS
from tongban.base.i18n import Text
from tongban.web.bodies import body_name
from tongban.web.desk.staff import desk, official
from tongban.web.html import go, page
from tongban.web.site import Site
from tongban.web.visitor import Visitor

ROWS = 50


@get("/desk/requests")
async def listed(site: Site, visitor: Visitor, after: str | None = None) -> Response[str] | Response[None]:
    """What this official's body took or was sent in those days, the newest first; to 12345 where there is nothing."""
    actor = official(visitor)
    found = await site.assist.earlier.page(actor, after, ROWS)
    if not found.items and not after:
        return go("/desk/hotline")
    return page(
        site,
        visitor,
        "desk/requests.html",
        desk=desk(site, actor, "requests"),
        lines=[(one, _category(one.category), body_name(site, one.body), LEVELS[one.urgency]) for one in found.items],
        more=f"/desk/requests?after={found.next}" if found.next else "",
    )


@get("/desk/requests/{number:str}")
async def show(site: Site, visitor: Visitor, number: str) -> Response[str]:
    """One of them and where it has been. Raises Refused `no-such-request` (404)."""
    actor = official(visitor)
    found: Request = await site.assist.earlier.one(actor, number)
    return page(
        site,
        visitor,
        "desk/request.html",
        desk=desk(site, actor, "requests"),
        request=found,
        moves=[(move, body_name(site, move.body), _category(move.category)) for move in found.moves],
    )


def _category(slug: str) -> Text:
    known = categories().get(slug)
    return Text(slug, slug) if known is None else known.name


ROUTES = [listed, show]
