"""The lists of the desk: what is to do, what waits for applicants, what is done."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Annotated, Any

from litestar import Response, get
from litestar.params import QueryParameter

from tongban.base.i18n import Text
from tongban.base.page import Page
from tongban.cases import CaseRow, QueueFilter
from tongban.org import Actor
from tongban.voice.hotline.model import NOBODY
from tongban.web.desk.queue import Narrowed, Queue, build, ended, task_rows
from tongban.web.desk.staff import Place, desk, official
from tongban.web.desk.values import both
from tongban.web.html import page
from tongban.web.pages import masked
from tongban.web.site import Site
from tongban.web.visitor import Visitor

ROWS = 50
_TASKS = 5
"""Tasks told at the top of what is to do; the rest is behind their list."""
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


def service_names(site: Site) -> Callable[[str], Text]:
    """Names of services by slug, also of those that have ended."""

    def name(slug: str) -> Text:
        versions = site.catalogue.versions(slug)
        return both(versions[-1].name) if versions else both(slug)

    return name


def applicant(site: Site, row: CaseRow) -> Text:
    """Who it is about, as a list may show it: of a person the family name, a body by its own name."""
    if site.directory.has(row.applicant):
        return site.directory.body(row.applicant).name
    return NOBODY if row.applicant_name == NOBODY.zh else both(masked(row.applicant_name))


async def queue(site: Site, actor: Actor, wanted: Narrowed, after: str | None = None) -> Queue:
    """The column for this official."""
    chosen = QueueFilter(
        view="today" if wanted.due == "today" else _VIEWS[wanted.list],
        service=wanted.service or None,
        search=wanted.search,
        label="corrected" if wanted.due == "corrected" else None,
    )
    found: Page[CaseRow] = await site.cases.queue(actor, chosen, after, ROWS)
    services = {row.service for row in found.items} | ({wanted.service} - {""})
    # What other bodies' cases wait for is a task too: examiners and deciders find it here (会同办理).
    urged = bool({"head", "superior", "government-head", "supervise", "examine", "decide"} & actor.roles)
    return build(
        found,
        wanted,
        site.clock(),
        site.settings.timezone,
        service_names(site),
        partial(applicant, site),
        sorted(services)[:6],
        urged=urged,
    )


@get("/desk")
async def todo(
    site: Site,
    visitor: Visitor,
    list_: Annotated[str, QueryParameter(name="list")] = "",
    due: str = "",
    service: str = "",
    q: str = "",
    after: str | None = None,
) -> Response[str]:
    """What is to do, the most urgent first."""
    actor = official(visitor)
    wanted = narrowed(list_, due, service, q)
    found = await queue(site, actor, wanted, after)
    if not (wanted.query() or after):
        tasks = await site.cases.queue(actor, QueueFilter(view="tasks"), None, _TASKS)
        found = replace(
            found, tasks=task_rows(tasks.items, site.clock(), service_names(site), partial(applicant, site))
        )
    at = _PLACES[wanted.list]
    return page(site, visitor, "desk/queue.html", desk=desk(site, actor, at, wanted.search), list=found, said=None)


@get("/desk/done")
async def done(site: Site, visitor: Visitor, after: str | None = None) -> Response[str]:
    """What this official's bodies have ended, the latest first."""
    actor = official(visitor)
    found = await site.cases.queue(actor, QueueFilter(view="done"), after, ROWS)
    return page(
        site,
        visitor,
        "desk/done.html",
        desk=desk(site, actor, "done"),
        rows=[ended(row, service_names(site), partial(applicant, site)) for row in found.items],
        more=f"/desk/done?after={found.next}" if found.next else "",
    )


@get("/desk/keys")
async def keys(site: Site, visitor: Visitor) -> Response[str]:
    """The keyboard."""
    return page(site, visitor, "desk/keys.html", desk=desk(site, official(visitor), "keys"))


ROUTES = [todo, done, keys]
