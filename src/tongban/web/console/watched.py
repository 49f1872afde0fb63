"""/console/cases: the cases behind each number of the console, and how it is counted.

Of the bodies that a post supervises (`org.visible`); case numbers, services and dates, nobody's name. A case itself is
opened on its own page, where the opening is written down.
"""

from datetime import date, datetime
from typing import Annotated
from urllib.parse import urlencode

from litestar import Response, get
from litestar.params import QueryParameter

from tongban.base.errors import refuse
from tongban.base.i18n import Text
from tongban.base.page import cursor, read_cursor
from tongban.catalog.wording import day_words
from tongban.org import Actor, visible
from tongban.web.bodies import body_name
from tongban.web.console.behind import LISTS, NO_SERVICE, ROWS, Show, Wanted, kin
from tongban.web.console.machines import supervisor
from tongban.web.desk.lists import service_names
from tongban.web.desk.staff import desk
from tongban.web.html import page
from tongban.web.site import Site
from tongban.web.visitor import Visitor


@get("/console/cases")
async def cases(
    site: Site,
    visitor: Visitor,
    show: str = Show.RED.value,
    region: str = "",
    body_: Annotated[str, QueryParameter(name="body")] = "",
    service: str = "",
    step: str = "",
    resource: str = "",
    post: str = "",
    day: date | None = None,
    hour: Annotated[int | None, QueryParameter(ge=0, le=23)] = None,
    after: str | None = None,
) -> Response[str]:
    """The cases behind a number, with how it is counted. Raises Refused `bad-day` (400)."""
    actor = supervisor(visitor)
    listed = next((one for one in Show if one.value == show), Show.RED)
    listing = LISTS[listed]
    day = _day(day) if listing.of_day else None
    hour = hour if day and listed is Show.TODAY else None
    wanted = Wanted(
        listed,
        _narrowed(site, actor, region, body_),
        service,
        region,
        step,
        resource,
        post,
        day,
        hour,
        read_cursor(after, tuple[datetime, str]) if after else None,
    )
    lines = await listing.lines(site, wanted)
    narrowed = {"region": region, "body": body_, "service": service, "step": step}
    narrowed |= {"resource": resource, "post": post}
    narrowed |= {"day": day.isoformat() if day else "", "hour": "" if hour is None else str(hour)}
    query = {name: said for name, said in narrowed.items() if said}
    following = {"show": listed.value, **query, "after": cursor(*lines[ROWS - 1].place)} if len(lines) > ROWS else None
    return page(
        site,
        visitor,
        "console/watched.html",
        desk=desk(site, actor, "watched"),
        show=listed.value,
        lists=[(one.value, name, _address(one, query)) for one, name in kin(listed)],
        method=listing.method,
        climbs=listing.climbs,
        rows=lines[:ROWS],
        narrowed_to=_said(site, wanted, body_),
        everything=_address(listed, {}) if not (step or resource or post) else "",
        more=f"/console/cases?{urlencode(following)}" if following else "",
    )


def _day(asked: date | None) -> date | None:
    """A day that has a midnight everywhere, and a day after it."""
    if asked and not 2000 <= asked.year < 3000:
        raise refuse("bad-day", "没有这一天的数。", "There are no figures of that day.", place="day", status=400)
    return asked


def _address(show: Show, query: dict[str, str]) -> str:
    kept = {name: said for name, said in query.items() if name in ("region", "body", "service")}
    return f"/console/cases?{urlencode({'show': show.value, **kept})}"


def _narrowed(site: Site, actor: Actor, region: str, body: str) -> tuple[str, ...]:
    """The bodies in view; of one region, or one of them, where asked for. Nothing outside of the view."""
    bodies = visible(site.directory, actor).bodies
    if body:
        return (body,) if body in bodies else ()
    return tuple(one for one in bodies if not region or site.directory.body(one).region == region)


def _said(site: Site, wanted: Wanted, body: str) -> list[Text]:
    known = {one.code: one.name for one in site.directory.register.regions}
    procedure = site.catalogue.procedure(site.catalogue.service(wanted.service).procedure) if wanted.step else None
    at = procedure.states.get(wanted.step) if procedure else None
    return [
        *([known[wanted.region]] if wanted.region in known else []),
        *([body_name(site, body)] if body else []),
        *([_service(site, wanted.service)] if wanted.service else []),
        *([at.name] if at else []),
        *([day_words(wanted.day)] if wanted.day else []),
        *([Text(f"{wanted.hour}时", f"{wanted.hour}:00")] if wanted.hour is not None else []),
    ]


def _service(site: Site, service: str) -> Text:
    return Text("来大厅办的", "visits to the hall") if service == NO_SERVICE else service_names(site)(service)


ROUTES = [cases]
