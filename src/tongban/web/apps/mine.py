"""我连接的应用: what programs a person has let act for them, and the end of it."""

from typing import Any

from litestar import Response, get, post

from tongban.base.errors import refuse
from tongban.org.apps import SCOPES, store
from tongban.web.forms import Form
from tongban.web.html import go, page
from tongban.web.site import Site
from tongban.web.visitor import Visitor


@get("/my-apps")
async def mine(site: Site, visitor: Visitor, ended: str = "") -> Response[str]:
    """Each with what it may do, since when, until when, and when it was last used."""
    grants = await store.of_person(site.db, visitor.citizen().id, site.clock())
    shown = [(grant, site.apps.find(grant.client)) for grant in grants]
    return page(site, visitor, "portal/my_apps.html", shown=shown, scopes=SCOPES, ended=bool(ended))


@post("/my-apps/end")
async def end(site: Site, visitor: Visitor, form: Form) -> Response[Any]:
    """End one at once: its tokens, and pages of ours that are open in it."""
    now = site.clock()
    grants = await store.of_person(site.db, visitor.citizen().id, now)
    chosen = [grant.id for grant in grants if str(grant.id) == form.text("grant")]
    if not chosen:
        raise refuse(
            "unknown-grant", "没有这一项，可能已经断开了。", "There is none; it may have ended already.", status=404
        )
    await store.end(site.db, chosen, "person", now)
    return go("/my-apps?ended=1")


ROUTES = [mine, end]
