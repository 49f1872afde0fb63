"""/console/accesses: who opens data, for supervising posts: volumes, closed cases, refusals, relatives, emergencies.

Each supervisor sees the bodies of their own region and those inside it; never whose data they were, only which case.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, get_args

from litestar import Response, get

from tongban.base.errors import Refused
from tongban.base.i18n import Text
from tongban.base.page import Page
from tongban.org import Actor, visible
from tongban.org import store as people
from tongban.sharing.access import KINDS, Kind, inspecting, watching
from tongban.sharing.access.emergency import GROUNDS, Emergency, emergencies
from tongban.sharing.access.watching import Attempt, Volume, Watched
from tongban.sharing.lookup import PORTAL
from tongban.web.bodies import body_name
from tongban.web.console.machines import supervisor
from tongban.web.desk.staff import desk
from tongban.web.html import page
from tongban.web.site import Site
from tongban.web.visitor import Visitor

ROWS = 50
Tab = Literal["volume", "closed", "refused", "near", "emergency", "inspection"]
TABS: dict[Tab, Text] = {
    "volume": Text("看得多不多", "Volume"),
    "closed": Text("看已办结的件", "Closed cases"),
    "refused": Text("被拒绝的", "Refused"),
    "near": Text("亲属和同名", "Relatives and namesakes"),
    "emergency": Text("紧急查看", "Emergencies"),
    "inspection": Text("核查，晚些告诉", "Told later"),
}
_TIES: dict[str, Text] = {
    "namesake": Text("同名", "same name"),
    "spouse": Text("配偶", "spouse"),
    "parent-child": Text("父母子女", "parent and child"),
    "sibling": Text("兄弟姐妹", "siblings"),
    "in-law": Text("姻亲", "in-laws"),
    "interest": Text("利害关系", "an interest"),
}
_CODES: dict[str, Text] = {
    "not-your-body": Text("不归他的机关", "not for their body"),
    "unknown-case": Text("没有这个办件", "no such case"),
    "conflict-of-interest": Text("本人或者近亲属", "their own or a relative's"),
    "on-leave": Text("正在休假", "on leave"),
    "post-not-held": Text("已经不在岗位", "no longer in the post"),
    "purpose-not-allowed": Text("目的不对", "not for that purpose"),
    "no-power": Text("没有职权", "no power"),
    "in-person-only": Text("须本人办", "reserved to the person"),
    "agent-handled-it": Text("经办人不能代办", "the agent handled it as an official"),
    "delegation-not-in-force": Text("委托无效", "delegation not in force"),
    "role-missing": Text("岗位不对", "not their post"),
    "no-grant": Text("没有共享授权", "no grant"),
    "grant-expired": Text("授权已到期", "the grant has expired"),
    "grant-suspended": Text("授权被暂停", "the grant is suspended"),
    "field-outside-grant": Text("超出授权的字段", "a field outside the grant"),
}
_STANDS: dict[str, tuple[Text, str]] = {
    "opened": (Text("等机关说明", "to be explained"), "warn"),
    "explained": (Text("等下结论", "to be concluded"), "warn"),
    "justified": (Text("有理由", "justified"), "ok"),
    "unjustified": (Text("没有理由，已移送", "not justified"), "seal"),
}


_NOTHING = Text("", "")


@dataclass(frozen=True, slots=True)
class Row:
    """One line of any of the lists, in words."""

    at: datetime
    who: str
    where: Text
    what: Text
    case: str
    tag: str
    why: Text
    review: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Busy:
    """A post's volume in words."""

    volume: Volume
    where: Text


@get("/console/accesses")
async def watch(site: Site, visitor: Visitor, show: str = "", after: str | None = None) -> Response[str]:
    """One list at a time."""
    actor = supervisor(visitor)
    tab: Tab = next((one for one in get_args(Tab) if one == show), "volume")
    bodies = visible(site.directory, actor).bodies
    shown, following = await _LISTS[tab](site, actor, bodies, after)
    return page(
        site,
        visitor,
        "console/accesses.html",
        desk=desk(site, actor, "accesses"),
        tabs=TABS,
        tab=tab,
        rows=shown,
        next=f"/console/accesses?show={tab}&after={following}" if following else "",
        without_basis=await watching.without_basis(site.db, bodies),
        weeks=watching.BEFORE.days // 7,
        floor=watching.FLOOR,
    )


async def _volume(site: Site, actor: Actor, bodies: Any, after: str | None) -> tuple[list[Any], str | None]:
    def like(post: str) -> str:
        return post.rpartition(".")[2]

    del actor
    found = await watching.volumes(site.db, bodies, site.clock(), site.settings.timezone, like, after, ROWS)
    return [Busy(one, _where(site, one.body, one.post)) for one in found.items], found.next


async def _closed(site: Site, actor: Actor, bodies: Any, after: str | None) -> tuple[list[Any], str | None]:
    del actor
    return await _rows(site, await watching.closed(site.db, bodies, after, ROWS))


async def _near(site: Site, actor: Actor, bodies: Any, after: str | None) -> tuple[list[Any], str | None]:
    del actor
    return await _rows(site, await watching.near(site.db, bodies, after, ROWS))


async def _rows(site: Site, found: Page[Watched]) -> tuple[list[Any], str | None]:
    names = await people.names(site.db, sorted({one.reader for one in found.items}))
    return [
        Row(
            one.at,
            names.get(one.reader, one.reader),
            _where(site, one.body, one.post),
            KINDS[Kind(one.kind)],
            one.case,
            "warn" if one.near else "",
            _TIES.get(one.near, _NOTHING),
        )
        for one in found.items
    ], found.next


async def _refused(site: Site, actor: Actor, bodies: Any, after: str | None) -> tuple[list[Any], str | None]:
    del actor
    found: Page[Attempt] = await watching.attempts(site.db, bodies, after, ROWS)
    names = await people.names(site.db, sorted({one.reader for one in found.items}))
    names[PORTAL] = "网上办事 Online form"
    return [
        Row(
            one.at,
            names.get(one.reader, one.reader),
            _where(site, one.body, one.post),
            KINDS[Kind(one.kind)],
            one.case,
            "seal" if one.code == "conflict-of-interest" else "mute",
            _CODES.get(one.code, Text(one.code, one.code)),
        )
        for one in found.items
    ], found.next


async def _emergency(site: Site, actor: Actor, bodies: Any, after: str | None) -> tuple[list[Any], str | None]:
    del bodies
    found: Page[Emergency] = await emergencies(site.db, actor.body, after, ROWS)
    names = await people.names(site.db, sorted({one.reader for one in found.items}))
    rows: list[Any] = []
    for one in found.items:
        state = (await site.cases.engine.load(one.review)).state.state if one.review else ""
        stands, tag = _STANDS.get(state, (Text("复核待立案", "review to be opened"), "warn"))
        where = _where(site, one.body, one.post)
        rows.append(
            Row(
                one.at,
                names.get(one.reader, one.reader),
                where,
                GROUNDS[one.ground],
                one.case_id,
                tag,
                stands,
                one.review or "",
                one.reason,
            )
        )
    return rows, found.next


async def _inspection(site: Site, actor: Actor, bodies: Any, after: str | None) -> tuple[list[Any], str | None]:
    del actor
    found = await inspecting.of_bodies(site.db, bodies, after, ROWS)
    names = await people.names(
        site.db, sorted({one for row in found.items for one in (row.reader, row.agreed_by) if one})
    )
    rows: list[Any] = []
    for one in found.items:
        stands, tag = (
            (Text("已结束", "ended"), "mute")
            if one.ended_at
            else (Text("{who}同意", "agreed to by {who}").format(who=names.get(one.agreed_by, one.agreed_by)), "ok")
            if one.agreed_by
            else (Text("没有人同意，不算数", "agreed to by nobody, without effect"), "warn")
        )
        day = one.until.astimezone(site.settings.timezone).date().isoformat()
        what = Text("{day}显示给本人", "shown to the person on {day}").format(day=day)
        where = _where(site, one.body, one.post)
        who = names.get(one.reader, one.reader)
        rows.append(Row(one.at, who, where, what, one.case_id, tag, stands, reason=one.reason))
    return rows, found.next


_LISTS = {
    "volume": _volume,
    "closed": _closed,
    "refused": _refused,
    "near": _near,
    "emergency": _emergency,
    "inspection": _inspection,
}


def _where(site: Site, body: str, post: str) -> Text:
    if post == PORTAL:
        return body_name(site, body)
    try:
        title = site.directory.post(post).title
    except Refused:
        return Text(post, post)
    return Text("{body} · {post}", "{body} · {post}").format(body=body_name(site, body), post=title)


ROUTES = [watch]
