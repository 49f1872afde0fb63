"""/console/cases and /console/figures: the cases behind each number of the console, and how each is counted.

Of the bodies that a post supervises (`org.visible`); case numbers, services and dates, nobody's name. A case itself is
opened on its own page, where the opening is written down.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Any, Final, NamedTuple, assert_never

from litestar import Response, get
from litestar.params import Parameter

from tongban.base.database import Row
from tongban.base.errors import refuse
from tongban.base.i18n import Text
from tongban.base.page import cursor, read_cursor
from tongban.org import Actor, visible
from tongban.org import store as people
from tongban.oversight.watching import figures
from tongban.oversight.watching.method import METHODS, Method, Name
from tongban.oversight.watching.store import daily, ended, standing
from tongban.oversight.watching.turn import AMBER
from tongban.web.bodies import body_name
from tongban.web.console.machines import supervisor
from tongban.web.desk.lists import service_names
from tongban.web.desk.staff import desk
from tongban.web.desk.timebar import Heat, heat, left
from tongban.web.html import page
from tongban.web.site import Site
from tongban.web.visitor import Visitor

ROWS: Final = 50
REQUESTS: Final = timedelta(days=90)
"""How far back requests to the hotline are counted for its rates."""
_FIRST = (datetime(1, 1, 2, tzinfo=UTC), "")
_LAST = (datetime(9998, 1, 1, tzinfo=UTC), "~")


@dataclass(frozen=True, slots=True)
class Line:
    """A case in a list. `rung` is the named superior that it has climbed to."""

    case: str
    service: Text
    body: Text
    at: datetime
    said: Text
    heat: Heat
    rung: Text | None = None
    order: str = ""


class Show(StrEnum):
    """The lists behind the numbers."""

    RED = "red"
    AMBER = "amber"
    OPEN = "open"
    TODAY = "today"
    OPENED = "opened"
    ENDED = "ended"
    PROMISED = "promised"
    LEGAL = "legal"
    CURED = "cured"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a list is narrowed to, as its address says."""

    show: Show
    bodies: tuple[str, ...]
    services: tuple[str, ...]
    after: tuple[datetime, str] | None


_RUNGS = {
    "head": Text("本单位负责人", "head of the body"),
    "superior": Text("上级机关", "superior body"),
    "government-head": Text("本级政府负责人", "head of government"),
}


async def _due(site: Site, wanted: Wanted) -> list[Row]:
    now = site.clock()
    start = now if wanted.show is Show.AMBER else _FIRST[0]
    after = wanted.after or (start, "")
    until = now + AMBER if wanted.show is Show.AMBER else now
    return await standing.open_cases(site.db, wanted.bodies, wanted.services, until, after, ROWS + 1)


async def _open(site: Site, wanted: Wanted) -> list[Row]:
    return await standing.waiting(site.db, wanted.bodies, wanted.services, wanted.after or _FIRST, ROWS + 1)


async def _opened(site: Site, wanted: Wanted) -> list[Row]:
    first = site.today if wanted.show is Show.TODAY else site.today - REQUESTS
    before = wanted.after or _LAST
    return await standing.opened_since(
        site.db, wanted.bodies, wanted.services, _midnight(site, first), before, ROWS + 1
    )


_MISSED: dict[Show, ended.Which] = {Show.PROMISED: "promised", Show.LEGAL: "legal"}


async def _ended(site: Site, wanted: Wanted) -> list[Row]:
    first = site.today.replace(day=1) if wanted.show is Show.CURED else figures.first_day(site.today)
    services = (figures.CURE,) if wanted.show is Show.CURED else wanted.services
    which = _MISSED.get(wanted.show, "all")
    before = wanted.after or _LAST
    return await ended.listed(site.db, which, wanted.bodies, services, _midnight(site, first), before, ROWS + 1)


def _midnight(site: Site, day: date) -> datetime:
    return datetime.combine(day, time(), site.settings.timezone)


class Listing(NamedTuple):
    """A list: what it is called, how the number before it is counted, where its rows come from, and by which time they
    are ordered."""

    name: Text
    method: Method
    rows: Callable[[Site, Wanted], Awaitable[list[Row]]]
    ordered_by: str


_OPEN = Method(
    Text("在办、等单位", "Open, waiting for a body"),
    Text(
        "还没办结、现在在等这个单位的办件。在等申请人、或者已经移到别处的不算。",
        "Cases that have not ended and wait for the body. Those that wait for their applicant, or went elsewhere, do"
        " not count.",
    ),
    Text("本平台定的，没有法律规定", "the platform's own, no statute says so"),
)
_OPENED = Method(
    Text("近90天提交", "Submitted in 90 days"),
    Text("近90天提交、现在归这个单位的办件。", "Cases submitted in the last 90 days that the body now answers for."),
    Text("本平台定的，没有法律规定", "the platform's own, no statute says so"),
)
_LISTS: dict[Show, Listing] = {
    Show.RED: Listing(METHODS[Name.RED].name, METHODS[Name.RED], _due, "due_at"),
    Show.AMBER: Listing(METHODS[Name.AMBER].name, METHODS[Name.AMBER], _due, "due_at"),
    Show.OPEN: Listing(_OPEN.name, _OPEN, _open, "opened_at"),
    Show.TODAY: Listing(METHODS[Name.TODAY].name, METHODS[Name.TODAY], _opened, "opened_at"),
    Show.OPENED: Listing(_OPENED.name, _OPENED, _opened, "opened_at"),
    Show.ENDED: Listing(Text("近30天办结", "Ended in 30 days"), METHODS[Name.PROMISED], _ended, "ended_at"),
    Show.PROMISED: Listing(
        Text("近30天没按承诺办结", "Missed the promise in 30 days"), METHODS[Name.PROMISED], _ended, "ended_at"
    ),
    Show.LEGAL: Listing(
        Text("近30天超过法定期限", "Missed the law's date in 30 days"), METHODS[Name.LEGAL], _ended, "ended_at"
    ),
    Show.CURED: Listing(
        Text("本月办结的差评", "Bad ratings ended this month"), METHODS[Name.CURED], _ended, "ended_at"
    ),
}


@get("/console/cases")
async def cases(
    site: Site,
    visitor: Visitor,
    show: str = Show.RED.value,
    region: str = "",
    body_: str = Parameter(query="body", default=""),
    service: str = "",
    after: str | None = None,
) -> Response[str]:
    """The cases behind a number, with how it is counted."""
    actor = supervisor(visitor)
    listed = next((one for one in Show if one.value == show), Show.RED)
    listing = _LISTS[listed]
    wanted = Wanted(
        listed,
        _narrowed(site, actor, region, body_),
        (service,) if service else tuple(site.watch.services()),
        read_cursor(after, tuple[datetime, str]) if after else None,
    )
    rows, ordered_by = await listing.rows(site, wanted), listing.ordered_by
    last = rows[ROWS - 1] if len(rows) > ROWS else None
    narrowed = "".join(f"&{k}={v}" for k, v in (("region", region), ("body", body_), ("service", service)) if v)
    return page(
        site,
        visitor,
        "console/watched.html",
        desk=desk(site, actor, "watched"),
        show=listed.value,
        lists=[(one.value, known.name) for one, known in _LISTS.items()],
        method=listing.method,
        rows=await _lines(site, wanted.show, rows[:ROWS], ordered_by),
        narrowed=narrowed,
        narrowed_to=_said(site, region, body_, service),
        more=f"/console/cases?show={show}{narrowed}&after={cursor(last[ordered_by], last['case_id'])}" if last else "",
    )


def _narrowed(site: Site, actor: Actor, region: str, body: str) -> tuple[str, ...]:
    """The bodies in view; of one region, or one of them, where asked for. Nothing outside of the view."""
    bodies = visible(site.directory, actor).bodies
    if body:
        return (body,) if body in bodies else ()
    return tuple(one for one in bodies if not region or site.directory.body(one).region == region)


def _said(site: Site, region: str, body: str, service: str) -> list[Text]:
    known = {one.code: one.name for one in site.directory.register.regions}
    return [
        *([known[region]] if region in known else []),
        *([body_name(site, body)] if body else []),
        *([service_names(site)(service)] if service else []),
    ]


async def _lines(site: Site, show: Show, rows: Sequence[Row], ordered_by: str) -> list[Line]:
    now, name = site.clock(), service_names(site)
    open_ = show in (Show.RED, Show.AMBER)
    holders = await people.names(site.db, [row["person"] for row in rows if row["person"]]) if open_ else {}
    found: list[Line] = []
    for row in rows:
        at: datetime = row[ordered_by]
        found.append(
            Line(
                row["case_id"],
                name(row["service"]),
                body_name(site, row["body"]),
                at,
                left(at, now) if open_ else _past(show, row, now),
                heat(at, now) if open_ else "calm",
                _rung(row, holders) if open_ else None,
                f"/console/supervision/new?case={row['case_id']}&body={row['body']}" if show is Show.RED else "",
            )
        )
    return found


def _rung(row: Row, holders: dict[str, str]) -> Text | None:
    if not row["rung"]:
        return None
    rung, person = _RUNGS[row["rung"]], holders.get(row["person"], "")
    return Text(f"{rung.zh} {person}".strip(), f"{rung.en} {person}".strip())


def _past(show: Show, row: Row, now: datetime) -> Text:
    match show:
        case Show.TODAY | Show.OPENED:
            return Text("提交", "submitted")
        case Show.OPEN | Show.RED | Show.AMBER:
            due = row["due_at"]
            said = left(due, now) if due else Text("没有期限", "no date")
            return Text(f"提交；{said.zh}", f"submitted; {said.en}")
        case Show.ENDED | Show.PROMISED | Show.LEGAL | Show.CURED:
            return _kept(row["promised"], row["legal"])
        case _:
            assert_never(show)


def _kept(promised: bool | None, legal: bool | None) -> Text:
    if legal is False:
        return Text("超过法定期限", "past the date of the law")
    if promised is False:
        return Text("超过承诺期限", "past the promised date")
    return Text("没有期限要守", "owed no date") if promised is None else Text("按时", "in time")


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
        table=await _table(site, found, bodies),
        listed=_BEHIND.get(found, ""),
        elsewhere=_ELSEWHERE.get(found),
    )


_BEHIND: dict[Name, Show] = {
    Name.RED: Show.RED,
    Name.AMBER: Show.AMBER,
    Name.TODAY: Show.TODAY,
    Name.REGION_RATE: Show.OPEN,
    Name.PROMISED: Show.PROMISED,
    Name.LEGAL: Show.LEGAL,
    Name.CURED: Show.CURED,
}
"""Figures whose cases can be listed."""


@dataclass(frozen=True, slots=True)
class Table:
    """A figure by body. `lists` are what stands behind each column, if it is cases."""

    heads: tuple[Text, ...]
    rows: list[tuple[str, Text, tuple[Any, ...]]]
    lists: tuple[Show | None, ...]


async def _table(site: Site, name: Name, bodies: Sequence[str]) -> Table | None:
    match name:
        case Name.PROMISED | Name.LEGAL:
            return await _in_time(site, name, bodies)
        case Name.WAITS:
            return await _of_day(site, bodies, _WAITS)
        case Name.LOOKED_UP | Name.FAILED | Name.WITHOUT_BASIS:
            return await _of_day(site, bodies, _LOOKS)
        case Name.REGION_RATE | Name.RED | Name.AMBER:
            return await _standing(site, bodies)
        case Name.TODAY | Name.CURED | Name.DECLINED:
            return None
        case _:
            assert_never(name)


_ELSEWHERE = {
    Name.CURED: ("/console/requests", Text("看评价", "See the ratings")),
    Name.DECLINED: ("/console/machines", Text("看每个算法", "See each use")),
    Name.LOOKED_UP: ("/console/accesses", Text("看谁查了什么", "See who looked at what")),
    Name.WITHOUT_BASIS: ("/console/accesses", Text("看谁查了什么", "See who looked at what")),
    Name.FAILED: ("/console/sharing", Text("看每个数据源", "See each source")),
}
"""Figures that have a page of their own."""


_WAITS = (
    ("waited", Text("叫到的人", "Called"), 1),
    ("seconds", Text("等候合计（分钟）", "Minutes in all"), 60),
    ("longest", Text("最长（分钟）", "Longest, minutes"), 60),
)
_LOOKS = (
    ("looked-up", Text("查询", "Look-ups"), 1),
    ("failed", Text("没答上", "No answer"), 1),
    ("without-basis", Text("没有依据", "Without basis"), 1),
)


async def _of_day(site: Site, bodies: Sequence[str], columns: Sequence[tuple[str, Text, int]]) -> Table:
    values: dict[str, dict[str, int]] = {}
    for one in await daily.figures(site.db, bodies, site.today):
        values.setdefault(one.body, {})[one.name] = one.value
    rows = [
        (body, body_name(site, body), tuple(round(own.get(name, 0) / unit) for name, _, unit in columns))
        for body, own in sorted(values.items())
        if any(name in own for name, _, _ in columns)
    ]
    return Table(tuple(head for _, head, _ in columns), rows, (None,) * len(columns))


async def _in_time(site: Site, name: Name, bodies: Sequence[str]) -> Table:
    by_body, _ = await ended.sums(site.db, bodies, figures.first_day(site.today), site.watch.services())
    kept = {one.body: one.promised if name is Name.PROMISED else one.legal for one in by_body}
    rows = [
        (one.body, body_name(site, one.body), (one.ended, one.owed, kept[one.body], _percent(kept[one.body], one.owed)))
        for one in by_body
    ]
    heads = (Text("办结", "Ended"), Text("有期限的", "Owed by a date"), Text("按时", "In time"), Text("占", "Share"))
    return Table(heads, rows, (Show.ENDED, None, None, Show(name.value)))


async def _standing(site: Site, bodies: Sequence[str]) -> Table:
    sums: dict[str, list[int]] = {}
    for one in await standing.now(site.db, bodies):
        own = sums.setdefault(one.body, [0, 0, 0])
        own[0], own[1], own[2] = own[0] + one.open, own[1] + one.amber, own[2] + one.red
    rows = [(body, body_name(site, body), (*own, _percent(own[2], own[0]))) for body, own in sorted(sums.items())]
    heads = (Text("在办", "Open"), Text("两天内到期", "Due soon"), Text("超期", "Overdue"), Text("超期率", "Rate"))
    return Table(heads, rows, (Show.OPEN, Show.AMBER, Show.RED, None))


def _percent(part: int, whole: int) -> str:
    share = figures.Share(part, whole)
    return f"{share.value:.1%}" if share.shown else "—"


ROUTES = [cases, figure]
