"""写给本单位的通知: what other bodies told this one in the cases that it asked them for."""

from datetime import datetime
from typing import NamedTuple

from litestar import Response, get

from tongban.base.i18n import Text
from tongban.cases import correspondence
from tongban.cases.store.correspondence import ToBody
from tongban.web.bodies import body_name
from tongban.web.desk.lists import service_names
from tongban.web.desk.staff import desk, official
from tongban.web.html import page
from tongban.web.site import Site
from tongban.web.visitor import Visitor

ROWS = 50


class Line(NamedTuple):
    """A letter in the list."""

    case: str
    at: datetime
    title: Text
    sender: Text
    service: Text
    unread: bool


@get("/desk/letters")
async def letters(site: Site, visitor: Visitor, sender: str = "", after: str | None = None) -> Response[str]:
    """All of them, or those of one authority."""
    actor = official(visitor)
    found = await correspondence.letters(site.cases.engine, actor, sender[:60], after, ROWS)
    more = f"/desk/letters?sender={sender}&after={found.letters.next}" if found.letters.next else ""
    return page(
        site,
        visitor,
        "desk/letters.html",
        desk=desk(site, actor, "letters"),
        lines=[_line(site, one) for one in found.letters.items],
        senders=[(body, body_name(site, body), unread) for body, unread in found.senders.items()],
        sender=sender,
        unread=sum(found.senders.values()),
        more=more,
    )


@get("/desk/letters/{case:str}")
async def thread(site: Site, visitor: Visitor, case: str) -> Response[str]:
    """Every letter of one case, oldest first."""
    actor = official(visitor)
    found = await correspondence.thread(site.cases.engine, actor, case)
    return page(
        site,
        visitor,
        "desk/letter.html",
        desk=desk(site, actor, "letters"),
        case=case,
        letters=found,
        sender=body_name(site, found[0].sender),
        service=service_names(site)(found[0].service),
    )


def _line(site: Site, one: ToBody) -> Line:
    return Line(
        case=one.case_id,
        at=one.at,
        title=one.title,
        sender=body_name(site, one.sender),
        service=service_names(site)(one.service),
        unread=one.read_at is None,
    )


ROUTES = [letters, thread]
