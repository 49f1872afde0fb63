"""/console/figures: how each figure of the console is counted, and what it comes to, each number with its cases."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple, assert_never
from urllib.parse import urlencode

from litestar import Response, get

from tongban.base.errors import refuse
from tongban.base.i18n import Text
from tongban.catalog.wording import day_words
from tongban.org import Actor, visible
from tongban.oversight.watching import figures
from tongban.oversight.watching.method import METHODS, Name
from tongban.oversight.watching.model import Day, FigureName
from tongban.oversight.watching.store import daily, ended, standing
from tongban.web.bodies import body_name
from tongban.web.console.behind import Show
from tongban.web.console.machine_words import region_name
from tongban.web.console.machines import in_view, supervisor
from tongban.web.desk.staff import desk, region_names
from tongban.web.html import page
from tongban.web.site import Site
from tongban.web.visitor import Visitor


class Cell(NamedTuple):
    """A number, and the address of what it counts; empty where it is worked out of the others in its row."""

    value: str
    address: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A figure in its parts: what a row is of, what the columns are, the rows. `name` is empty where it needs none."""

    of: Text
    heads: tuple[Text, ...]
    rows: list[tuple[Text, tuple[Cell, ...]]]
    name: Text | None = None


@get("/console/figures/{name:str}")
async def figure(site: Site, visitor: Visitor, name: str) -> Response[str]:
    """How a figure is counted and what it comes to for each body. Raises Refused `unknown-figure` (404)."""
    actor = supervisor(visitor)
    found = next((one for one in Name if one.value == name), None)
    if found is None:
        raise refuse("unknown-figure", "没有这个数。", "There is no such figure.", status=404)
    bodies = visible(site.directory, actor).bodies
    return page(
        site,
        visitor,
        "console/figure.html",
        desk=desk(site, actor, "run"),
        method=METHODS[found],
        tables=await _tables(site, actor, found, bodies),
        listed=_BEHIND.get(found, ""),
        elsewhere=_ELSEWHERE.get(found),
    )


_BEHIND: dict[Name, Show] = {
    Name.RED: Show.RED,
    Name.AMBER: Show.AMBER,
    Name.TODAY: Show.TODAY,
    Name.REGION_RATE: Show.OPEN,
    Name.PROMISED: Show.OWED,
    Name.LEGAL: Show.OWED,
    Name.CURED: Show.CURED,
    Name.WAITS: Show.CALLED,
    Name.LOOKED_UP: Show.LOOKED_UP,
    Name.FAILED: Show.FAILED,
    Name.WITHOUT_BASIS: Show.WITHOUT_BASIS,
}
"""What stands behind a figure as a whole."""
_ELSEWHERE = {
    Name.CURED: ("/console/requests", Text("看评价", "See the ratings")),
    Name.DECLINED: ("/console/machines", Text("看每个算法", "See each use")),
    Name.LOOKED_UP: ("/console/accesses", Text("看谁查了什么", "See who looked at what")),
    Name.WITHOUT_BASIS: ("/console/accesses", Text("看谁查了什么", "See who looked at what")),
    Name.FAILED: ("/console/sharing", Text("看每个数据源", "See each source")),
}
"""Figures that have a page of their own."""
_BODY = Text("单位", "Body")


async def _tables(site: Site, actor: Actor, name: Name, bodies: Sequence[str]) -> list[Table]:
    match name:
        case Name.PROMISED | Name.LEGAL:
            return await _in_time(site, name, bodies)
        case Name.WAITS:
            return [await _of_day(site, bodies, _WAITS)]
        case Name.LOOKED_UP | Name.FAILED | Name.WITHOUT_BASIS:
            return [await _of_day(site, bodies, _LOOKS)]
        case Name.REGION_RATE | Name.RED | Name.AMBER:
            return [await _standing(site, bodies)]
        case Name.TODAY:
            return [await _hours(site, bodies)]
        case Name.CURED:
            return [await _cured(site, bodies)]
        case Name.DECLINED:
            return [await _declined(site, actor)]
        case _:
            assert_never(name)


_WAITS: tuple[tuple[FigureName, Text, int, Show], ...] = (
    ("waited", Text("叫到的人", "Called"), 1, Show.CALLED),
    ("seconds", Text("等候合计（分钟）", "Minutes in all"), 60, Show.CALLED),
    ("longest", Text("最长（分钟）", "Longest, minutes"), 60, Show.CALLED),
)
_LOOKS: tuple[tuple[FigureName, Text, int, Show], ...] = (
    ("looked-up", Text("查询", "Look-ups"), 1, Show.LOOKED_UP),
    ("failed", Text("没答上", "No answer"), 1, Show.FAILED),
    ("without-basis", Text("没有依据", "Without basis"), 1, Show.WITHOUT_BASIS),
)


async def _of_day(site: Site, bodies: Sequence[str], columns: Sequence[tuple[FigureName, Text, int, Show]]) -> Table:
    values: dict[str, dict[str, int]] = {}
    for one in await daily.figures(site.db, bodies, site.today):
        values.setdefault(one.body, {})[one.name] = one.value
    rows = [
        (
            body_name(site, body),
            tuple(_cell(show, round(own.get(name, 0) / unit), body=body) for name, _, unit, show in columns),
        )
        for body, own in sorted(values.items())
        if any(name in own for name, *_ in columns)
    ]
    return Table(_BODY, tuple(head for _, head, *_ in columns), rows)


_KEPT: Mapping[Name, tuple[Show, Show]] = {
    Name.PROMISED: (Show.IN_TIME, Show.PROMISED),
    Name.LEGAL: (Show.IN_LAW, Show.LEGAL),
}
_ENDED = (
    Text("办结", "Ended"),
    Text("有期限的", "Owed by a date"),
    Text("按时", "In time"),
    Text("没按时", "Late"),
    Text("按时占", "Share in time"),
)


async def _in_time(site: Site, name: Name, bodies: Sequence[str]) -> list[Table]:
    """By body; and by day, from which one sees for how many days on end the aim was reached."""
    by_body, by_day = await ended.sums(site.db, bodies, figures.first_day(site.today), site.watch.services())
    kept, late = _KEPT[name]

    def cells(one: Day, **where: str) -> tuple[Cell, ...]:
        in_time = one.promised if name is Name.PROMISED else one.legal
        return (
            _cell(Show.ENDED, one.ended, **where),
            _cell(Show.OWED, one.owed, **where),
            _cell(kept, in_time, **where),
            _cell(late, one.owed - in_time, **where),
            Cell(_percent(in_time, one.owed)),
        )

    days = sorted(by_day, key=lambda one: one.day, reverse=True)
    return [
        Table(_BODY, _ENDED, [(body_name(site, one.body), cells(one, body=one.body)) for one in by_body]),
        Table(
            Text("哪天", "Day"),
            _ENDED,
            [(day_words(one.day), cells(one, day=one.day.isoformat())) for one in days],
            Text("每天", "Day by day"),
        ),
    ]


async def _cured(site: Site, bodies: Sequence[str]) -> Table:
    sums: dict[str, list[int]] = {}
    for one in await ended.days(site.db, bodies, site.today.replace(day=1), [figures.CURE]):
        own = sums.setdefault(one.body, [0, 0])
        own[0], own[1] = own[0] + one.owed, own[1] + one.promised
    rows = [
        (
            body_name(site, body),
            (
                _cell(Show.CURED, owed, body=body),
                _cell(Show.CURED_IN_TIME, in_time, body=body),
                _cell(Show.CURED_LATE, owed - in_time, body=body),
                Cell(_percent(in_time, owed)),
            ),
        )
        for body, (owed, in_time) in sorted(sums.items())
    ]
    return Table(_BODY, _ENDED[1:], rows)


async def _standing(site: Site, bodies: Sequence[str]) -> Table:
    sums: dict[str, list[int]] = {}
    for one in await standing.now(site.db, bodies):
        own = sums.setdefault(one.body, [0, 0, 0])
        own[0], own[1], own[2] = own[0] + one.open, own[1] + one.amber, own[2] + one.red
    shown = (Show.OPEN, Show.AMBER, Show.RED)
    rows = [
        (
            body_name(site, body),
            (
                *(_cell(show, value, body=body) for show, value in zip(shown, own, strict=True)),
                Cell(_percent(own[2], own[0])),
            ),
        )
        for body, own in sorted(sums.items())
    ]
    heads = (Text("在办", "Open"), Text("两天内到期", "Due soon"), Text("超期", "Overdue"), Text("超期率", "Rate"))
    return Table(_BODY, heads, rows)


async def _hours(site: Site, bodies: Sequence[str]) -> Table:
    """What came in each hour, today and on the same weekday of the weeks before, and their mean."""
    known = await figures.by_hour(site.db, bodies, site.today, site.settings.timezone)
    counted = [day for day, hours in known if hours and day != site.today]
    rows = [
        (
            Text(f"{hour}时", f"{hour}:00"),
            (
                *(_cell(Show.TODAY, hours.get(hour, 0), day=day.isoformat(), hour=str(hour)) for day, hours in known),
                Cell(f"{sum(hours.get(hour, 0) for _, hours in known[1:]) / len(counted):.1f}" if counted else "—"),
            ),
        )
        for hour in range(24)
        if any(hours.get(hour) for _, hours in known)
    ]
    heads = (*(day_words(day) for day, _ in known), Text("前几周均值", "Mean of the weeks before"))
    return Table(Text("小时", "Hour"), heads, rows)


async def _declined(site: Site, actor: Actor) -> Table:
    """Of each use in each region in view, as it was last looked at."""
    uses = {one.use: one.name for one in site.assist.gate.register.uses()}
    name = partial(region_name, region_names(site))
    rows = [
        (
            Text(f"{uses[one.use].zh} · {name(one.region).zh}", f"{uses[one.use].en}, {name(one.region).en}"),
            (
                Cell(str(one.accepted), f"/console/machines/{one.use}/{one.region}/calls?show=accepted"),
                Cell(str(one.declined), f"/console/machines/{one.use}/{one.region}/calls?show=declined"),
                Cell(_percent(one.declined, one.accepted + one.declined)),
            ),
        )
        for one in await site.assist.watch.rounds()
        if one.use in uses and one.accepted + one.declined and in_view(site, actor, one.region)
    ]
    heads = (Text("采纳", "Accepted"), Text("不采纳", "Declined"), Text("不采纳占", "Share declined"))
    return Table(Text("算法、地区", "Use, region"), heads, rows)


def _cell(show: Show, value: int, **where: str) -> Cell:
    return Cell(str(value), f"/console/cases?{urlencode({'show': show.value, **where})}" if value else "")


def _percent(part: int, whole: int) -> str:
    share = figures.Share(part, whole)
    return f"{share.value:.1%}" if share.shown else "—"


ROUTES = [figure]
