"""别人替我办的: who may act for me, who did what, whom I may act for; giving, asking, ending, changing over.

民法典 161—175 [M], 行政许可法 29. The rules are `cases.acting`'s; this shows them.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from litestar import Response, get, post

from tongban.base.errors import Problem, Refused, refuse
from tongban.base.i18n import LANGS, Text, words
from tongban.cases.acting import Scope
from tongban.catalog.model import Service
from tongban.org import Actor, Mandate, sessions, store
from tongban.web.forms import Form, refused
from tongban.web.html import go, page
from tongban.web.limits import Limited
from tongban.web.portal.account import entered
from tongban.web.portal.representing import borne_out
from tongban.web.site import Site
from tongban.web.visitor import Visitor

_GROUNDS: dict[str, Text] = {
    "consent": Text("本人授权", "By their own wish"),
    "guardian": Text("监护人", "Guardian"),
    "legal-representative": Text("法定代表人", "Legal representative"),
    "agency": Text("单位经办人", "Appointed by the business"),
}
_HOW: dict[str, Text] = {
    "": Text("", ""),
    "login": Text("本人登录确认", "agreed when logged in"),
    "code": Text("凭发给本人的确认码", "agreed by a code sent to them"),
    "register": Text("依据登记记录", "by a register of the state"),
    "counter": Text("窗口核对过证明", "by a document checked at a counter"),
    "appointment": Text("法定代表人指定", "appointed by the legal representative"),
}
_ENDED: dict[str, Text] = {
    "": Text("已经结束", "Ended"),
    "withdrawn": Text("本人结束了", "Ended by the one represented"),
    "given-up": Text("代办人辞去了", "Given up by the agent"),
    "declined": Text("本人没有同意", "Declined"),
    "register-changed": Text("登记变了", "The register changed"),
    "under-ended": Text("指定他的人不再是法定代表人", "Whoever appointed them no longer represents it"),
    "died": Text("一方去世", "One of them died"),
    "blocked": Text("账户停用", "An account was closed"),
}
SAID: dict[str, Text] = {
    "given": Text("授权好了，已经通知双方。", "Done; both have been told."),
    "asked": Text("已经发给对方，等对方同意。", "Sent; it waits for their word."),
    "agreed": Text("授权生效了。", "It holds from now on."),
    "ended": Text("已经结束，马上起作用。", "Ended; it holds at once."),
    "code": Text("确认码已经发给对方。", "A code has been sent to them."),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One mandate in words."""

    mandate: Mandate
    agent: str
    what: Text
    ground: Text
    how: Text
    state: Text
    tone: str
    until: datetime

    @property
    def open(self) -> bool:
        """Whether it stands, in force or resting."""
        return self.tone == "ok" or self.rests

    @property
    def rests(self) -> bool:
        return self.tone == "rest"


def _line(site: Site, one: Mandate, agent: str) -> Line:
    now = site.clock()
    if one.revoked_at is not None:
        state, tone = _ENDED.get(one.ended_why, _ENDED[""]), "mute"
    elif one.until <= now:
        state, tone = (
            (Text("满18岁，自动结束", "Of age, ended by itself") if one.ground == "guardian" else _OVER),
            "mute",
        )
    elif one.rests_since is not None:
        state, tone = Text("暂停：依据的证照暂停使用", "Rests: the certificate behind it is suspended"), "rest"
    elif one.waits:
        state, tone = Text("等本人同意", "Waits for their word"), "warn"
    else:
        state, tone = Text("有效", "In force"), "ok"
    what = site.cases.acting.scope_words(one)
    return Line(one, agent, what, _GROUNDS[one.ground], _HOW[one.how], state, tone, one.until - _LAST)


_OVER = Text("到期", "Expired")
_LAST = timedelta(seconds=1)
"""A mandate ends at the beginning of a day; people read the day before as its last."""


@get("/acting")
async def acting(site: Site, visitor: Visitor, said: str = "") -> Response[str]:
    """Everything on one page."""
    return await _page(site, visitor, said=SAID.get(said))


async def _page(
    site: Site, visitor: Visitor, *, said: Text | None = None, problems: Any = (), at: str = ""
) -> Response[str]:
    actor = visitor.citizen()
    found = await site.cases.acting.standing(actor)
    given = [_line(site, one, found.names.get(one.to_person, "")) for one in found.given]
    held = [_line(site, one, actor.name) for one in found.held]
    views = [(row, site.cases.engine.service_name(row.service)) for row in found.done]
    return page(
        site,
        visitor,
        "portal/acting.html",
        status=422 if problems else 200,
        given=[one for one in given if one.open],
        waiting=[one for one in given if one.tone == "warn"],
        ended=[one for one in given if one.tone == "mute"],
        held=[one for one in held if one.open],
        asked=[one for one in held if one.tone == "warn"],
        done=views,
        represents=actor.mandate,
        speaks=actor.mandate is None or actor.mandate.ground == "legal-representative",
        said=said,
        problems=problems,
        at=at,
    )


@get("/acting/new")
async def new(site: Site, visitor: Visitor, way: str = "offer") -> Response[str]:
    """Let somebody act for me, or ask to act for somebody."""
    visitor.citizen()
    return _form(site, visitor, Form(), "ask" if way == "ask" else "offer", ())


@post("/acting/new")
async def give(site: Site, visitor: Visitor, form: Form) -> Response[Any]:
    """Give it, or ask for it."""
    actor = visitor.citizen()
    way = "ask" if form.text("way") == "ask" else "offer"
    await site.limits.spend(Limited.LOG_IN, visitor.who)
    do = site.cases.acting.ask if way == "ask" else site.cases.acting.offer
    try:
        await do(actor, form.text("name"), form.text("number"), _scope(form))
    except Refused as error:
        return _form(site, visitor, form, way, refused(error))
    return go(f"/acting?said={'asked' if way == 'ask' else 'given'}")


def _scope(form: Form) -> Scope:
    try:
        until = date.fromisoformat(form.text("until"))
    except ValueError:
        until = date.min
    chosen = frozenset({"*"}) if form.text("all") else frozenset(form.all("services"))
    return Scope(chosen, frozenset(), until if until.year < 9999 else date.min)


def _form(site: Site, visitor: Visitor, form: Form, way: str, problems: Any) -> Response[str]:
    lang = visitor.lang
    return page(
        site,
        visitor,
        "portal/acting_new.html",
        status=422 if problems else 200,
        way=way,
        form=form,
        services=[(one.service, words(one.name, lang), one.service in form.all("services")) for one in _asked(site)],
        represents=visitor.citizen().mandate,
        today=site.today,
        problems=problems,
    )


def _asked(site: Site) -> list[Service]:
    """What people ask for themselves, by name."""
    found = [one for one in site.catalogue.services() if "government" not in {str(who) for who in one.audience}]
    return sorted(found, key=lambda one: words(one.name, LANGS[0]))


@post("/acting/{mandate:str}/agree")
async def agree(site: Site, visitor: Visitor, mandate: str) -> Response[Any]:
    """Agree to what was asked."""
    await site.cases.acting.confirm(visitor.citizen(), mandate)
    return go("/acting?said=agreed")


@post("/acting/{mandate:str}/end")
async def end(site: Site, visitor: Visitor, mandate: str) -> Response[Any]:
    """End it."""
    try:
        await site.cases.acting.end(visitor.citizen(), mandate)
    except Refused as error:
        if error.status != 409:
            raise
        return await _page(site, visitor, problems=[Problem(p.code, p.text, "", p.law) for p in error.problems])
    return go("/acting?said=ended")


@post("/acting/{mandate:str}/code")
async def send_code(site: Site, visitor: Visitor, mandate: str) -> Response[Any]:
    """Send a code to whoever is to agree."""
    await site.limits.spend(Limited.LOG_IN, visitor.who)
    await site.cases.acting.send_code(visitor.citizen(), mandate)
    return go("/acting?said=code")


@post("/acting/{mandate:str}/by-code")
async def by_code(site: Site, visitor: Visitor, mandate: str, form: Form) -> Response[Any]:
    """Agreed by the code."""
    await site.limits.spend(Limited.LOG_IN, visitor.who)
    try:
        await site.cases.acting.confirm_by_code(visitor.citizen(), mandate, form.text("code"))
    except Refused as error:
        if error.status != 422:
            raise
        return await _page(site, visitor, problems=refused(error), at=mandate)
    return go("/acting?said=agreed")


# --- changing over ---------------------------------------------------------------------------------------------------


@post("/acting/{mandate:str}/begin")
async def begin(site: Site, visitor: Visitor, mandate: str) -> Response[Any]:
    """From now on for the one represented; a new session, which ends with the mandate."""
    actor = visitor.citizen()
    found = next((one for one in await store.mandates_to(site.db, actor.id, site.clock()) if one.id == mandate), None)
    if found is None:
        raise refuse("unknown-mandate", "没有这份授权，或者已经结束。", "There is no such mandate.", status=404)
    if not await borne_out(site, actor, found):
        await site.cases.acting.register_changed(found)
        raise refuse(
            "mandate-not-valid",
            "登记信息变了，这份代办授权已经结束。",
            "The register changed; this mandate has ended.",
            status=403,
        )
    return await _changed(site, visitor, actor, mandate)


@post("/acting/stop")
async def stop(site: Site, visitor: Visitor) -> Response[Any]:
    """Back to oneself."""
    return await _changed(site, visitor, visitor.citizen(), "")


async def _changed(site: Site, visitor: Visitor, actor: Actor, mandate: str) -> Response[Any]:
    person = await store.person(site.db, actor.id)
    if person is None:
        raise refuse("unknown-person", "没有这个人。", "There is no such person.", status=404)
    session = await sessions.log_in(
        site.db,
        site.directory,
        person,
        method="change-over",
        level=actor.level,
        now=site.clock(),
        mandate=mandate,
    )
    await sessions.log_out(site.db, visitor.session)
    return entered(site, visitor, session, "/cases" if mandate else "/acting")


ROUTES = [acting, new, give, agree, end, send_code, by_code, begin, stop]
