"""/console/performance and /console/requests: how bodies did, and what people say of it."""

from datetime import timedelta

from litestar import Response, get

from tongban.base.i18n import Text
from tongban.org import visible
from tongban.oversight.watching import figures, store
from tongban.oversight.watching.method import METHODS, Name
from tongban.voice.store import ratings
from tongban.web.bodies import body_name
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
    days = await store.days(site.db, bodies, site.today - timedelta(days=figures.WINDOW), site.watch.services())
    standing = await store.now(site.db, bodies)
    red: dict[str, int] = {}
    for one in standing:
        red[one.body] = red.get(one.body, 0) + one.red
    sums: dict[str, list[int]] = {body: [0, 0, 0, 0] for body in red}
    for one in days:
        own = sums.setdefault(one.body, [0, 0, 0, 0])
        for n, value in enumerate((one.ended, one.owed, one.promised, one.legal)):
            own[n] += value
    rows = [
        (
            body,
            body_name(site, body),
            own[0],
            figures.Share(own[2], own[1]),
            figures.Share(own[3], own[1]),
            red.get(body, 0),
        )
        for body, own in sums.items()
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
    )


@get("/console/requests")
async def requests(site: Site, visitor: Visitor) -> Response[str]:
    """Requests and ratings: what is there to be seen, and honestly what is not."""
    actor = supervisor(visitor)
    bodies = frozenset(visible(site.directory, actor).bodies)
    since = site.clock() - timedelta(days=figures.WINDOW)
    tallies = await ratings.tallies(site.db, since, sorted({site.directory.body(body).region for body in bodies}))
    cures = await store.days(site.db, sorted(bodies), site.today.replace(day=1), [figures.CURE])
    cured = figures.Share(sum(one.promised for one in cures), sum(one.owed for one in cures))
    return page(
        site,
        visitor,
        "console/heard.html",
        desk=desk(site, actor, "heard"),
        method=METHODS[Name.CURED],
        rows=[
            (body_name(site, one.body), service_names(site)(one.service) if one.service else _VISIT, one)
            for one in tallies
            if one.body in bodies
        ],
        cured=cured,
    )


_VISIT = Text("来大厅办的", "visits to the hall")

ROUTES = [performance, requests]
