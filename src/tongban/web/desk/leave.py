"""/desk/leave: the head of a body enters who is away and who stands in (代班)."""

from datetime import date
from typing import Any

from litestar import Response, get, post

from tongban.base.errors import Problem, Refused, refuse
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
        since, until = (day_of(form, name) for name in ("since", "until"))
        await house.save_leave(
            site.db, site.directory, actor, form.text("post"), since, until, form.text("cover").strip()
        )
    except Refused as error:
        return _page(site, visitor, actor, form, tuple(refused(error)), status=error.status)
    return go("/desk/leave?said=saved")


def _head(visitor: Visitor) -> Actor:
    """Raises Refused: as `official`; `not-the-head` (403)."""
    actor = official(visitor)
    if "head" not in actor.roles:
        raise refuse(
            "not-the-head",
            "休假和代班由机关负责人登记，请找您的负责人。",
            "The head of your body enters leave and cover; please ask them.",
            status=403,
        )
    return actor


def day_of(form: Form, name: str) -> date:
    """A day of a form. Raises Refused (`field-missing`, 422)."""
    try:
        return date.fromisoformat(form.text(name).strip())
    except ValueError:
        raise refuse(
            "field-missing", "请选哪天，像2026-12-01。", "Choose a day, such as 2026-12-01.", place=name, status=422
        ) from None


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
