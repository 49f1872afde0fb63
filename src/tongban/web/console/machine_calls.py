"""/console/machines/…/calls: what stands behind the numbers of a use in a region, as it was last looked at."""

from datetime import datetime

from litestar import Response, get

from tongban.assist.store.watching import Behind
from tongban.assist.watch.records import Call
from tongban.base.i18n import Text
from tongban.base.page import cursor, read_cursor
from tongban.oversight.watching.method import Method
from tongban.web.bodies import body_name
from tongban.web.console import machine_words as words
from tongban.web.console.behind.model import LAST, OWN, ROWS, Line
from tongban.web.console.machines import supervisor, use_in_view
from tongban.web.desk.staff import desk, region_names
from tongban.web.html import page
from tongban.web.site import Site
from tongban.web.visitor import Visitor

_NAMES: dict[Behind, Text] = {
    "calls": Text("调用", "Calls"),
    "suggested": Text("给出建议的", "Suggestions given"),
    "accepted": Text("工作人员采纳的", "Accepted by officials"),
    "declined": Text("工作人员不采纳的", "Declined by officials"),
}
_SAID = {
    "suggested": Text("给出建议", "a suggestion"),
    "accepted": Text("采纳", "accepted"),
    "declined": Text("不采纳", "declined"),
}
_NONE = Text("没有给出建议", "no suggestion")


@get("/console/machines/{use:str}/{region:str}/calls")
async def calls(
    site: Site, visitor: Visitor, use: str, region: str, show: str = "calls", after: str | None = None
) -> Response[str]:
    """The calls of the last round, or what officials answered. Raises Refused `unknown-use` (404)."""
    actor = supervisor(visitor)
    found = use_in_view(site, actor, use, region)
    which: Behind = show if show in _NAMES else "calls"
    rounds = [one for one in await site.assist.watch.rounds(found.use) if one.region == region]
    before = read_cursor(after, tuple[datetime, str]) if after else LAST
    rows = await site.assist.watch.behind(rounds[0], which, before, ROWS + 1) if rounds else []
    address = f"/console/machines/{found.use}/{region}/calls"
    last = rows[ROWS - 1] if len(rows) > ROWS else None
    return page(
        site,
        visitor,
        "console/watched.html",
        desk=desk(site, actor, "machines"),
        show=which,
        lists=[(one, name, f"{address}?show={one}") for one, name in _NAMES.items()],
        method=_method(which),
        climbs=False,
        rows=[_line(site, found.name, one) for one in rows[:ROWS]],
        narrowed_to=[found.name, words.region_name(region_names(site), region)],
        everything=f"/console/machines/{found.use}/{region}",
        more=f"{address}?show={which}&after={cursor(last.at, last.id)}" if last else "",
    )


def _line(site: Site, use: Text, one: Call) -> Line:
    return Line(
        (one.at, one.id),
        use,
        body_name(site, one.body) if one.body else Text("—", "—"),
        _SAID.get(one.outcome, _NONE),
        one.case,
    )


def _method(which: Behind) -> Method:
    return Method(
        _NAMES[which],
        Text(
            "每小时看一遍。从登记里写的天数以前，或者从上次收窄、恢复的时候算起，到最近一遍为止；没有办件的，是有人在网上自己用的。"
            "是谁用的、是谁的件，这里不写。",
            "Looked at once an hour: from as many days back as the register says, or since it was last narrowed or"
            " taken up again, to the last look. What is of no case was used by somebody online. Neither who used it nor"
            " whose case it is stands here.",
        ),
        OWN,
    )


ROUTES = [calls]
