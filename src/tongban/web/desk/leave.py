"""/desk/leave: the head of a body enters who is away and who stands in (代班)."""

from typing import Any

from litestar import Response, get, post

from tongban.base.errors import Problem, Refused
from tongban.base.i18n import Text
from tongban.org import Actor, house
from tongban.web.desk.staff import desk, official
from tongban.web.forms import Form, refused
from tongban.web.html import go, page
from tongban.web.site import Site
from tongban.web.visitor import Visitor

_SAID = {
    "saved": Text("记下了。从那天起由代班的人办。", "Entered. From that day on the cover handles the work."),
    "back": Text("记下了，人已经回来。", "Entered: they are back."),
}


@get("/desk/leave")
async def leave(site: Site, visitor: Visitor, said: str = "") -> Response[str]:
    """Who is away, and the form."""
    return _page(site, visitor, _head(visitor), said=_SAID.get(said))


@post("/desk/leave")
async def enter(site: Site, visitor: Visitor, form: Form) -> Response[Any]:
    """Enter a leave, or that somebody is back."""
    actor = _head(visitor)
    try:
        if back := form.text("back"):
            await house.end_leave(site.db, site.directory, actor, back)
            return go("/desk/leave?said=back")
        since, until = form.day("since"), form.day("until")
        await house.save_leave(site.db, site.directory, actor, form.text("post"), since, until, form.text("cover"))
    except Refused as error:
        return _page(site, visitor, actor, form, tuple(refused(error)), status=error.status)
    return go("/desk/leave?said=saved")


def _head(visitor: Visitor) -> Actor:
    """Raises Refused: as `official`; `not-the-head` (403)."""
    actor = official(visitor)
    house.heads(actor)
    return actor


def _page(
    site: Site,
    visitor: Visitor,
    actor: Actor,
    form: Form | None = None,
    problems: tuple[Problem, ...] = (),
    *,
    status: int = 200,
    said: Text | None = None,
) -> Response[str]:
    directory = site.directory
    return page(
        site,
        visitor,
        "desk/leave.html",
        status=status,
        desk=desk(site, actor, "leave"),
        leaves=house.leaves(directory, actor),
        posts=[(one.id, one.title[visitor.lang]) for one in directory.posts_of(actor.body)],
        unattended=directory.unattended(actor.body),
        form=form or Form(),
        problems=problems,
        said=said,
        today=site.today,
    )


ROUTES = [leave, enter]
