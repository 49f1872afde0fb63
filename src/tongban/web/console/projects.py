"""/console/projects: the register of digital projects, what overlaps, and the reviews of funding (条例 38)."""

from functools import partial
from pathlib import Path
from typing import Any

from litestar import Response, get, post

from tongban.base.errors import Problem, Refused, refuse
from tongban.base.i18n import Text
from tongban.org import Actor
from tongban.oversight.registers.projects import read_sheet
from tongban.oversight.registers.projects.funding import KINDS, Reviews
from tongban.oversight.registers.projects.register import Projects, figures_of, planned
from tongban.web.bodies import body_name
from tongban.web.console.machines import supervisor
from tongban.web.desk.staff import desk
from tongban.web.forms import Form, refused
from tongban.web.html import go, page
from tongban.web.site import Site
from tongban.web.visitor import Visitor

_SAID = {
    "taken": Text("登记好了，重复的列在下面。", "Entered; overlaps are listed below."),
}
_SHOWN = 20
"""Projects, and overlaps, of one page."""


@get("/console/projects")
async def register(site: Site, visitor: Visitor, said: str = "", after: str = "", overlaps: int = 0) -> Response[str]:
    """The projects of the region from a number on, where they overlap, and the reviews of their funding."""
    actor = supervisor(visitor)
    return await _page(site, visitor, actor, said=_SAID.get(said), after=after, past=max(overlaps, 0))


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


def _projects(site: Site) -> Projects:
    return Projects(site.db, site.directory, site.clock)


def reviews_of(site: Site) -> Reviews:
    """The reviews of funding of this site."""
    return Reviews(site.db, site.cases, site.directory, site.sharing.directory.now)


async def _page(
    site: Site,
    visitor: Visitor,
    actor: Actor,
    *,
    said: Text | None = None,
    problems: list[Problem] | None = None,
    status: int = 200,
    after: str = "",
    past: int = 0,
) -> Response[str]:
    entered, overlapping = await _projects(site).found(actor)
    following = [one for one in entered if one.project.id > after]
    shown, reviews = following[:_SHOWN], reviews_of(site)
    shares = await reviews.shares(sorted({one.body for one in shown if one.body}))
    cases = await reviews.of_projects(shown)
    unbuilt = planned(one.project for one in entered)

    def post_name(held: str) -> Text:
        return site.directory.post(held).title

    return page(
        site,
        visitor,
        "console/projects.html",
        status=status,
        desk=desk(site, actor, "projects"),
        registered=len(entered),
        projects=[
            (
                one,
                figures_of(one, overlapping, unbuilt, shares.get(one.body, (0, 0, 0, 0))),
                cases.get((one.region, one.project.id), []),
            )
            for one in shown
        ],
        further=shown[-1].project.id if len(following) > _SHOWN else "",
        after=after,
        overlapping=overlapping[past : past + _SHOWN],
        overlaps=len(overlapping),
        past=past,
        more=past + _SHOWN if past + _SHOWN < len(overlapping) else 0,
        named={one.project.id: one.project.name for one in entered},
        kinds=KINDS,
        body_name=partial(body_name, site),
        post_name=post_name,
        said=said,
        problems=problems or [],
    )


ROUTES = [register, take_in]
