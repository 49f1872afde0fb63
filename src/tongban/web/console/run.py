"""/console: how things run now, for supervising posts. Every number leads to its formula and its cases.

Nothing is counted here: a background job keeps what is shown (`oversight.watching`), of the bodies in view; but what
waits for a source that does not answer, which is little.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from litestar import Response, get

from tongban.base.i18n import Text
from tongban.org import Actor, visible
from tongban.oversight.abuse import BY_ID
from tongban.oversight.watching import figures
from tongban.oversight.watching.figures import Overview
from tongban.oversight.watching.method import METHODS, Name
from tongban.oversight.watching.model import Kept, Now, Silent
from tongban.oversight.watching.store import daily, findings
from tongban.sharing.directory.model import Resource
from tongban.web.bodies import body_name
from tongban.web.console import charts
from tongban.web.console.counting import Failed, failed
from tongban.web.console.machines import in_view, supervisor
from tongban.web.console.maps import Drawn, drawn
from tongban.web.desk.lists import service_names
from tongban.web.desk.staff import desk
from tongban.web.desk.timebar import left, span
from tongban.web.html import page
from tongban.web.site import Site
from tongban.web.tabs import TABS
from tongban.web.visitor import Visitor

MATTERS = 6
OTHERS = 3
"""Of what has to be seen to, so many lines at most are no overdue cases."""
LONG_WAIT = 30
"""Minutes after which a wait in a hall is something to see to; the platform's own."""
BODIES = 8


@dataclass(frozen=True, slots=True)
class Matter:
    """A line of what has to be seen to. `order` is the address of the button that opens a supervision order."""

    name: Text
    where: Text
    how: Text
    many: Text
    address: str
    order: str
    serious: bool = True


@dataclass(frozen=True, slots=True)
class Answered:
    """Suggestions that officials answered, and how many they declined."""

    settled: int
    declined: int
    uses: int

    @property
    def share(self) -> float | None:
        return self.declined / self.settled if self.settled else None


@get("/console")
async def run(site: Site, visitor: Visitor) -> Response[str]:
    """The first page."""
    actor = supervisor(visitor)
    bodies = visible(site.directory, actor).bodies
    now = site.clock()
    found = await figures.overview(
        site.db,
        bodies,
        site.watch.services(),
        lambda body: site.directory.body(body).region,
        now,
        site.settings.timezone,
    )
    where = site.directory.region(actor.region).name
    shares = [(_short(body_name(site, body), where), share) for body, share in _outer(found)]
    matters = await _matters(site, found, bodies, now)
    return page(
        site,
        visitor,
        "console/run.html",
        desk=desk(site, actor, "run"),
        tabs=TABS,
        found=found,
        method=METHODS,
        names=Name,
        where=where,
        matters=matters,
        more=max(0, len(found.matters) - sum(one.serious for one in matters)),
        map=_map(site, found),
        line=charts.line(found.today, found.usual),
        dots=charts.dots([(name[visitor.lang], share.value) for name, share in shares], figures.TARGET),
        target=figures.TARGET,
        answered=await _answered(site, actor),
        longest=(found.waits[0], body_name(site, found.waits[0].body)) if found.waits else None,
        worst=_worst(site, found),
        level=charts.level,
        day=now.astimezone(site.settings.timezone).date().isoformat(),
    )


def _outer(found: Overview) -> list[tuple[str, figures.Share]]:
    """The best and the worst, where there are more than fit."""
    if len(found.bodies) <= BODIES:
        return list(found.bodies)
    half = BODIES // 2
    return [*found.bodies[:half], *found.bodies[-half:]]


def _short(name: Text, where: Text) -> Text:
    """A body's name without the region that the whole page is about, so that it fits beside a chart."""
    zh = name.zh.removeprefix(where.zh)
    return Text(zh or name.zh, name.en.removesuffix(f", {where.en}"))


def _map(site: Site, found: Overview) -> Drawn:
    rates = {one.id: one.red for one in found.regions if one.red.whole}
    ids = [one.id for one in found.regions]
    return drawn(site.settings.data_dir, ids, lambda code: site.directory.region(code).name, rates)


def _worst(site: Site, found: Overview) -> tuple[Text, int, str] | None:
    """Where most of what is overdue lies."""
    place = max(found.regions, key=lambda one: one.red.part, default=None)
    return (site.directory.region(place.id).name, place.red.part, place.id) if place and place.red.part else None


async def _matters(site: Site, found: Overview, bodies: tuple[str, ...], now: datetime) -> list[Matter]:
    """Overdue services first, by how many for how long; then counting that failed, a source that does not answer, long
    waits, and what the clock indices found."""
    resources = site.sharing.directory.now.resources
    silent = await daily.silent(site.db, bodies)
    noticed = await findings.findings(site.db, bodies, site.settings.timezone.key, OTHERS)
    others = [
        *[_uncounted(site, one) for one in await failed(site)][:1],
        *[_silent(site, one, resources[one.resource], bodies, now) for one in silent if one.resource in resources][:1],
        *[_waiting(site, one) for one in found.waits if one.longest >= LONG_WAIT][:1],
        *[_noticed(site, one) for one in noticed if one.index in BY_ID],
    ][:OTHERS]
    overdue = [_overdue(site, one, now) for one in found.matters[: MATTERS - len(others)]]
    return [*overdue, *others]


def _overdue(site: Site, one: Now, now: datetime) -> Matter:
    first = one.first or now
    days = (now - first) // timedelta(days=1)
    late = left(first, now) if not days else Text(f"超期{days}天", f"{days} {'day' if days == 1 else 'days'} late")
    return Matter(
        service_names(site)(one.service),
        body_name(site, one.body),
        late,
        Text(f"{one.red}件", f"{one.red} {'case' if one.red == 1 else 'cases'}"),
        f"/console/cases?show=red&body={one.body}&service={one.service}",
        f"/console/supervision/new?body={one.body}&service={one.service}",
    )


def _silent(site: Site, one: Silent, known: Resource, bodies: tuple[str, ...], now: datetime) -> Matter:
    owner, (zh, en) = body_name(site, known.owner.id), span(now - one.since)
    return Matter(
        Text("数据接口没有答复", "A data interface does not answer"),
        Text(f"{owner.zh}：{known.name.zh}", f"{owner.en}: {known.name.en}"),
        Text(f"已等{zh}", f"for {en}"),
        Text(f"影响{one.cases}件", f"{one.cases} {'case waits' if one.cases == 1 else 'cases wait'}"),
        f"/console/cases?show=silent&resource={one.resource}",
        f"/console/supervision/new?interface={one.resource}" if known.owner.id in bodies else "",
        serious=False,
    )


def _uncounted(site: Site, one: Failed) -> Matter:
    zh, en = span(site.clock() - one.ended.at)
    return Matter(
        one.name,
        Text("后台统计", "counting in the background"),
        Text(f"{zh}以前", f"{en} ago"),
        Text(one.ended.code, one.ended.code),
        f"/console/performance#{one.work}",
        "",
        serious=False,
    )


def _noticed(site: Site, one: Kept) -> Matter:
    return Matter(
        BY_ID[one.index].name,
        body_name(site, one.body),
        Text(f"{one.cases}件里{one.hits}件", f"{one.hits} of {one.cases}"),
        Text("时限指标", "clock index"),
        f"/console/abuse/{one.id}",
        f"/console/supervision/new?finding={one.id}",
        serious=False,
    )


def _waiting(site: Site, one: figures.Wait) -> Matter:
    return Matter(
        Text("窗口等候", "Waiting in the hall"),
        body_name(site, one.body),
        Text(f"最长{one.longest}分钟", f"up to {one.longest} min"),
        Text(f"{one.called}人", f"{one.called} people"),
        f"/console/cases?show=called&body={one.body}",
        "",
        serious=False,
    )


async def _answered(site: Site, actor: Actor) -> Answered:
    own = [one for one in await site.assist.watch.rounds() if in_view(site, actor, one.region)]
    declined = sum(one.declined for one in own)
    return Answered(declined + sum(one.accepted for one in own), declined, len(site.assist.gate.register.uses()))


ROUTES = [run]
