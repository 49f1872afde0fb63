"""A code for going on with a draft at a machine in a hall."""

from litestar import Response, post

from tongban.base.errors import refuse
from tongban.cases.views import CaseView
from tongban.web.html import page
from tongban.web.limits import Limited
from tongban.web.portal import drafts
from tongban.web.site import Site
from tongban.web.visitor import Visitor


def look_up_code(site: Site, view: CaseView) -> str:
    """The code that goes with the number on a receipt, in two groups."""
    code = site.hall.kiosk.look_up_code(view.opening.applicant.id, view.case)
    return f"{code[:4]} {code[4:]}"


@post("/apply/{slug:str}/kiosk")
async def code(site: Site, visitor: Visitor, slug: str) -> Response[str]:
    """The code, once, as the answer to asking for it.

    Raises Refused: `no-draft` (404); `own-drafts-only` (403) for whoever acts for another.
    """
    actor = visitor.citizen()
    if actor.mandate is not None or visitor.kiosk:
        raise refuse(
            "own-drafts-only",
            "自助机上只能接着填自己的申请。",
            "At a machine one goes on with an application of one's own.",
            status=403,
        )
    await site.limits.spend(Limited.LOG_IN, visitor.who)
    application = await drafts.load(site, actor, slug)
    made = await site.hall.kiosk.draft_code(actor.id, slug, actor.level)
    groups = " ".join(made[n : n + 4] for n in range(0, len(made), 4))
    return page(site, visitor, "portal/kiosk_code.html", service=application.service, code=groups)


ROUTES = [code]
