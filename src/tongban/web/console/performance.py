"""/console/performance and /console/requests: how bodies did, and what people say of it."""

from datetime import timedelta

from litestar import Response, get

from tongban.base.i18n import Text
from tongban.org import visible
from tongban.oversight.watching import figures
from tongban.oversight.watching.method import METHODS, Name
from tongban.oversight.watching.model import Day
from tongban.oversight.watching.store import ended, standing
from tongban.voice.store import ratings
from tongban.web.bodies import body_name
from tongban.web.console.behind import NO_SERVICE
from tongban.web.console.counting import failed
from tongban.web.console.machines import supervisor
from tongban.web.desk.lists import service_names
from tongban.web.desk.staff import desk
from tongban.web.html import page
from tongban.web.site import Site
from tongban.web.visitor import Visitor


@get("/console/performance")
async def performance(site: Site, visitor: Visitor) -> Response[str]:
    """Every body in view, those furthest below the aim first."""
    actor = supervisor(visitor)
    bodies = visible(site.directory, actor).bodies
    by_body, _ = await ended.sums(site.db, bodies, figures.first_day(site.today), site.watch.services())
    red: dict[str, int] = {}
    for one in await standing.now(site.db, bodies):
        red[one.body] = red.get(one.body, 0) + one.red
    over = {one.body: one for one in by_body}
    none = Day(body="", day=site.today, ended=0, owed=0, promised=0, legal=0)
    rows = [
        (
            body,
            body_name(site, body),
            one.ended,
            figures.Share(one.promised, one.owed),
            figures.Share(one.legal, one.owed),
            red.get(body, 0),
        )
        for body in red.keys() | over.keys()
        for one in (over.get(body, none),)
    ]
    rows.sort(key=lambda row: (row[3].value if row[3].shown else 2.0, row[0]))
    return page(
        site,
        visitor,
        "console/performance.html",
        desk=desk(site, actor, "performance"),
        rows=rows,
        methods=[METHODS[name] for name in (Name.PROMISED, Name.LEGAL, Name.RED)],
        target=figures.TARGET,
        failed=await failed(site),
    )


@get("/console/requests")
async def requests(site: Site, visitor: Visitor) -> Response[str]:
    """Ratings by body and service, and the three rates of the hotline by body."""
    actor = supervisor(visitor)
    bodies = frozenset(visible(site.directory, actor).bodies)
    since = site.clock() - timedelta(days=figures.WINDOW)
    regions = sorted({site.directory.body(body).region for body in bodies})
    tallies = await ratings.tallies(site.db, since, regions)
    cures = await ended.days(site.db, sorted(bodies), site.today.replace(day=1), [figures.CURE])
    rates = await site.voice.hotline.rates(regions)
    cured = figures.Share(sum(one.promised for one in cures), sum(one.owed for one in cures))
    return page(
        site,
        visitor,
        "console/heard.html",
        desk=desk(site, actor, "heard"),
        method=METHODS[Name.CURED],
        rows=[
            (one.body, body_name(site, one.body), service_names(site)(one.service) if one.service else _VISIT, one)
            for one in tallies
            if one.body in bodies
        ],
        cured=cured,
        hotline=[(body_name(site, one.of), one) for one in rates if one.of in bodies],
        no_service=NO_SERVICE,
    )


_VISIT = Text("来大厅办的", "visits to the hall")

ROUTES = [performance, requests]
