"""/console/projects: the register of digital projects, what overlaps, and the review of funding (条例 38)."""

from collections import Counter
from pathlib import Path
from typing import Any

from litestar import Response, get, post

from tongban.base.errors import Problem, Refused, refuse
from tongban.base.i18n import Text
from tongban.cases import between
from tongban.org import Actor, visible
from tongban.oversight.registers.projects import read_sheet
from tongban.oversight.registers.projects.register import Projects, Shares, figures_of
from tongban.sharing.directory.model import Attribute
from tongban.web.console.machines import supervisor
from tongban.web.desk.staff import desk
from tongban.web.forms import Form, refused
from tongban.web.html import go, page
from tongban.web.site import Site
from tongban.web.visitor import Visitor

_SAID = {
    "taken": Text("登记好了，重复的列在下面。", "Entered; overlaps are listed below."),
    "reviewed": Text("审查意见记下了，当时的数字一起留存。", "The review is kept, with the figures of the moment."),
}
_LATEST = 500
"""Open requests looked at for answers that are late, the most urgent first."""


@get("/console/projects")
async def register(site: Site, visitor: Visitor, said: str = "") -> Response[str]:
    """All projects of the region, where they overlap, and reviews."""
    return await _page(site, visitor, supervisor(visitor), said=_SAID.get(said))


@post("/console/projects")
async def take_in(site: Site, visitor: Visitor, form: Form) -> Response[Any]:
    """Take in a sheet: all of it, or nothing with every wrong row."""
    actor = supervisor(visitor)
    try:
        sheet = form.file("sheet")
        if sheet is None:
            raise refuse("field-missing", "请选一份 CSV 表", "Choose a CSV sheet", place="sheet")
        name = Path(sheet.filename or "sheet.csv").name[:80]
        await _projects(site).take_in(actor, read_sheet(await sheet.read(), Path(name), numbered=True))
    except Refused as error:
        return await _page(site, visitor, actor, problems=refused(error), status=error.status)
    return go("/console/projects?said=taken")


@post("/console/projects/review")
async def review(site: Site, visitor: Visitor, form: Form) -> Response[Any]:
    """Support a planned project or return it."""
    actor = supervisor(visitor)
    try:
        shares = await _shares(site, actor)
        words = form.text("outcome"), form.text("reasons")
        await _projects(site).review(actor, form.text("project"), *words, shares)
    except Refused as error:
        if error.status == 404:
            raise
        return await _page(site, visitor, actor, problems=refused(error), status=error.status)
    return go("/console/projects?said=reviewed")


def _projects(site: Site) -> Projects:
    return Projects(site.db, site.directory, site.clock)


async def _shares(site: Site, actor: Actor) -> Shares:
    """The sharing record of each body, from the list of data and from the requests that are open."""
    listed = Counter(one.owner.id for one in site.sharing.directory.now.resources.values())
    withheld = Counter(
        one.owner.id for one in site.sharing.directory.now.resources.values() if one.attribute == Attribute.NOT_SHARED
    )
    rows, _ = await between.standing(site.cases.engine, visible(site.directory, actor).bodies, None, _LATEST)
    now = site.clock()
    late = Counter(row.body for row in rows.items if row.due_at < now)
    return lambda body: (listed[body], withheld[body], late[body])


async def _page(
    site: Site,
    visitor: Visitor,
    actor: Actor,
    *,
    said: Text | None = None,
    problems: list[Problem] | None = None,
    status: int = 200,
) -> Response[str]:
    entered, overlapping = await _projects(site).found(actor)
    shares = await _shares(site, actor)

    def post_name(held: str) -> Text:
        return site.directory.post(held).title

    return page(
        site,
        visitor,
        "console/projects.html",
        status=status,
        desk=desk(site, actor, "projects"),
        entered=entered,
        planned=[(one, figures_of(one, overlapping, shares)) for one in entered if one.project.status == "planned"],
        overlapping=overlapping,
        named={one.project.id: one.project.name for one in entered},
        post_name=post_name,
        said=said,
        problems=problems or [],
    )


ROUTES = [register, take_in, review]
