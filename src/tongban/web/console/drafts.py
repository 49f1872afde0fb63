"""/console/drafts: what officials made of drafts, piece by piece, the latest first.

For supervising posts: of the bodies they supervise, nobody else's. A draft that is never changed, or always rewritten,
is a question to ask; this page answers none by itself.
"""

from functools import partial

from litestar import Response, get

from tongban.assist.drafting.changes import changes
from tongban.base.i18n import Text
from tongban.org import visible
from tongban.web.bodies import body_name
from tongban.web.console.machines import supervisor
from tongban.web.desk.drafts import Change
from tongban.web.desk.staff import desk
from tongban.web.html import page
from tongban.web.site import Site
from tongban.web.visitor import Visitor


@get("/console/drafts")
async def drafts(site: Site, visitor: Visitor, after: str = "") -> Response[str]:
    """A page of drafts that were taken."""
    actor = supervisor(visitor)
    bodies = visible(site.directory, actor).bodies
    found = await site.assist.drafting.of_bodies(bodies, after or None)
    names = {name: act.name for one in site.catalogue.procedures() for name, act in one.acts.items()}
    shown = [
        Change(one, names.get(one.act, Text(one.act, one.act)), changes(one.offered, one.sent)) for one in found.items
    ]

    return page(
        site,
        visitor,
        "console/drafts.html",
        desk=desk(site, actor, "machines"),
        changes=shown,
        body=partial(body_name, site),
        following=found.next,
    )


ROUTES = [drafts]
