"""/console/operators: who keeps the systems running under which contract, lets them in for a time, and sees them off.

For supervising posts, and for heads of bodies that answer for a contract.
"""

from datetime import timedelta
from functools import partial
from typing import Any

from litestar import Response, get, post

from tongban.base.errors import Problem, Refused, refuse
from tongban.base.i18n import Text
from tongban.org import visible
from tongban.oversight.registers.operators import STATES, WAYS, Contract, Holding, Way
from tongban.oversight.registers.operators.register import login_line
from tongban.web.bodies import body_name, post_name
from tongban.web.desk.staff import desk, official
from tongban.web.forms import Form, refused
from tongban.web.html import go, page
from tongban.web.open.operators import operators_of
from tongban.web.site import Site
from tongban.web.visitor import Visitor

_SAID = {
    "entered": Text("登记好了。", "Registered."),
    "opened": Text("窗口开了，到时间自动关。", "The window is open; the clock ends it."),
    "shut": Text("窗口关了。", "The window is shut."),
    "leaving": Text(
        "退出开始了，窗口都关了。由另一个人查清他们留没留东西。",
        "The exit is open and no window is. Another official checks what they kept.",
    ),
    "gone": Text("查清了。签名的记录进了公开日志。", "Checked. The signed statement goes into the public log."),
}
_HOURS = {
    4: Text("4小时", "4 hours"),
    8: Text("8小时", "8 hours"),
    24: Text("1天", "1 day"),
    72: Text("3天", "3 days"),
    168: Text("7天", "7 days"),
}
_SHOWN = 20
_SPARE = 2
"""Lines for what is no system of the contract: copies, accounts, papers."""


@get("/console/operators")
async def register(site: Site, visitor: Visitor, said: str = "", after: int = 0) -> Response[str]:
    """The contracts that one may see, those in red first."""
    return await _page(site, visitor, said=_SAID.get(said), after=max(after, 0))


@post("/console/operators")
async def enter(site: Site, visitor: Visitor, form: Form) -> Response[Any]:
    """Register a contract."""
    actor = official(visitor)
    try:
        one = Contract(
            region="",
            id="",
            number=form.text("number"),
            operator=form.text("operator"),
            uscc=form.text("uscc"),
            duties=form.text("duties"),
            body=form.text("body"),
            systems=tuple(form.text("systems").splitlines()),
            since=form.day("since"),
            until=form.day("until"),
        )
        await operators_of(site).enter(actor, one)
    except Refused as error:
        return await _page(site, visitor, form=form, problems=refused(error), status=error.status)
    return go("/console/operators?said=entered")


@post("/console/operators/{contract:str}/windows")
async def let_in(site: Site, visitor: Visitor, contract: str, form: Form) -> Response[Any]:
    """Open a window from now on."""
    try:
        hours = timedelta(hours=form.number("hours") or 0)
        await operators_of(site).let_in(official(visitor), contract, form.text("purpose"), site.clock() + hours)
    except Refused as error:
        return await _page(site, visitor, problems=refused(error), status=error.status)
    return go("/console/operators?said=opened")


@post("/console/operators/{contract:str}/shut")
async def shut(site: Site, visitor: Visitor, contract: str) -> Response[Any]:
    """End what is open at once."""
    await operators_of(site).shut(official(visitor), contract)
    return go("/console/operators?said=shut")


@post("/console/operators/{contract:str}/exit")
async def leave(site: Site, visitor: Visitor, contract: str, form: Form) -> Response[Any]:
    """Open the exit."""
    try:
        await operators_of(site).leave(official(visitor), contract, form.text("reasons"))
    except Refused as error:
        return await _page(site, visitor, problems=refused(error), status=error.status)
    return go("/console/operators?said=leaving")


@post("/console/operators/{contract:str}/check")
async def check(site: Site, visitor: Visitor, contract: str, form: Form) -> Response[Any]:
    """State that nothing was kept."""
    try:
        await operators_of(site).check(official(visitor), contract, _held(form))
    except Refused as error:
        return await _page(site, visitor, problems=refused(error), status=error.status)
    return go("/console/operators?said=gone")


def _held(form: Form) -> list[Holding]:
    """The lines that were filled in. Raises Refused `field-missing`."""
    lines = zip(form.all("what"), form.all("way"), form.all("note"), strict=False)
    try:
        return [Holding(what.strip(), Way(way), note.strip()) for what, way, note in lines if what.strip()]
    except ValueError:
        raise refuse(
            "field-missing", "每一样都选怎么处理的", "Choose for each what became of it", place="held"
        ) from None


async def _page(
    site: Site,
    visitor: Visitor,
    *,
    form: Form | None = None,
    said: Text | None = None,
    problems: list[Problem] | None = None,
    status: int = 200,
    after: int = 0,
) -> Response[str]:
    actor = official(visitor)
    entries = await operators_of(site).entries(actor)
    frame = desk(site, actor, "operators")
    now, today = site.clock(), site.today
    bodies = sorted({*visible(site.directory, actor).bodies, actor.body}) if frame.supervises else []
    return page(
        site,
        visitor,
        "console/operators.html",
        status=status,
        desk=frame,
        entries=[
            (one, body_name(site, one.contract.body), one.contract.body == actor.body, one.alarming(today))
            for one in sorted(entries, key=lambda one: not one.alarming(today))[after : after + _SHOWN]
        ],
        following=after + _SHOWN if len(entries) > after + _SHOWN else 0,
        bodies=[(one, body_name(site, one)[visitor.lang]) for one in bodies],
        form=form or Form(),
        now=now,
        today=today,
        states=STATES,
        ways=WAYS,
        hours=_HOURS,
        spare=_SPARE,
        login_line=login_line,
        actor=actor.id,
        post_name=partial(post_name, site),
        said=said,
        problems=problems or [],
    )


ROUTES = [register, enter, let_in, shut, leave, check]
