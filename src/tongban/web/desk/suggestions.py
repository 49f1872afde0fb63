"""What an official makes of a machine's advice: accepted, or declined with a reason. It changes nothing in the case."""

from typing import Any

from litestar import Response, post

from tongban.base.errors import Problem, Refused, refuse
from tongban.web.desk.case import case_page
from tongban.web.desk.lists import narrowed
from tongban.web.desk.staff import official
from tongban.web.forms import Form
from tongban.web.html import go
from tongban.web.site import Site
from tongban.web.visitor import Visitor

_LONGEST = 24 * 3600.0
"""Seconds. A page left open over night says nothing of how long somebody thought."""


@post("/desk/cases/{case:str}/suggestions/{call:str}")
async def settle(site: Site, visitor: Visitor, case: str, call: str, form: Form) -> Response[Any]:
    """Write down what was made of a suggestion about this case."""
    actor = official(visitor)
    view = await site.cases.view(actor, case)
    known = await site.assist.gate.one(call)
    if known is None or known.subject != view.case:
        raise refuse("unknown-suggestion", "没有这条建议", "There is no such suggestion", status=404)
    outcome = "accepted" if form.text("outcome") == "accepted" else "declined"
    try:
        await site.assist.gate.settle(call, actor, outcome, form.text("reason"), _shown(site, form))
    except Refused as error:
        if error.status not in (409, 422):
            raise
        problems = [Problem(p.code, p.text, f"why-{call}", p.law) for p in error.problems]
        return await case_page(site, visitor, actor, view, narrowed(), status=error.status, problems=problems)
    return go(f"/desk/cases/{view.case}#papers")


def _shown(site: Site, form: Form) -> float:
    """How long the advice was before the official's eyes, as far as the page's own time says."""
    text = form.text("shown_at")
    if not (text.isascii() and text.isdigit() and len(text) < 12):
        return 0.0
    return min(max(site.clock().timestamp() - int(text), 0.0), _LONGEST)


ROUTES = [settle]
