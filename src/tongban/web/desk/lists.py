"""The lists of the desk: what is to do, what waits for applicants, what is done."""

from typing import Any

from litestar import Response, get
from litestar.params import Parameter

from tongban.base.i18n import Text
from tongban.base.page import Page
from tongban.cases import CaseRow, QueueFilter
from tongban.org import Actor
from tongban.web.desk.queue import Narrowed, Queue, build
from tongban.web.desk.staff import Place, desk, official
from tongban.web.desk.values import both
from tongban.web.html import page
from tongban.web.site import Site
from tongban.web.visitor import Visitor

ROWS = 50
_VIEWS: dict[str, Any] = {"": "todo", "waiting": "corrections", "urged": "tasks", "done": "done"}
_PLACES: dict[str, Place] = {"": "queue", "waiting": "waiting", "urged": "queue", "done": "done"}


def narrowed(list_: str = "", due: str = "", service: str = "", search: str = "") -> Narrowed:
    """What the address asks for; words it does not know count as nothing."""
    return Narrowed(
        list=list_ if list_ in _VIEWS else "",
        due=due if due in ("today", "corrected") else "",
        service=service[:60],
        search=search.strip()[:60],
    )


async def queue(site: Site, actor: Actor, wanted: Narrowed, after: str | None = None) -> Queue:
    """The column for this official."""
    chosen = QueueFilter(
        view="today" if wanted.due == "today" else _VIEWS[wanted.list],
        service=wanted.service or None,
        search=wanted.search,
        label="corrected" if wanted.due == "corrected" else None,
    )
    found: Page[CaseRow] = await site.cases.queue(actor, chosen, after, ROWS)
    services = dict.fromkeys([*(row.service for row in found.items), *([wanted.service] if wanted.service else [])])

    def name(slug: str) -> Text:
        versions = site.catalogue.versions(slug)
        return both(versions[-1].name) if versions else both(slug)

    urged = bool({"head", "superior", "government-head", "supervise"} & actor.roles)
    return build(found, wanted, site.clock(), site.settings.timezone, name, tuple(services)[:6], urged=urged)


@get("/desk")
async def todo(
    site: Site,
    visitor: Visitor,
    list_: str = Parameter(query="list", default=""),
    due: str = "",
    service: str = "",
    q: str = "",
    after: str | None = None,
) -> Response[str]:
    """What is to do, the most urgent first."""
    actor = official(visitor)
    wanted = narrowed(list_, due, service, q)
    found = await queue(site, actor, wanted, after)
    at = _PLACES[wanted.list]
    return page(site, visitor, "desk/queue.html", desk=desk(site, actor, at, wanted.search), list=found, said=None)


@get("/desk/keys")
async def keys(site: Site, visitor: Visitor) -> Response[str]:
    """The keyboard."""
    return page(site, visitor, "desk/keys.html", desk=desk(site, official(visitor), "keys"))


ROUTES = [todo, keys]
