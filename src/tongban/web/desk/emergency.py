"""紧急查看: one case outside one's scope, for an hour; told beforehand that the person sees it and it is reviewed."""

from collections.abc import Sequence
from typing import Any

from litestar import Response, get, post

from tongban.base.errors import Problem, Refused
from tongban.org import Actor
from tongban.sharing.access import delays
from tongban.sharing.access.emergency import GROUNDS
from tongban.web.desk.staff import desk, official
from tongban.web.forms import Form, refused
from tongban.web.html import go, page
from tongban.web.site import Site
from tongban.web.visitor import Visitor


@get("/desk/emergency")
async def ask(site: Site, visitor: Visitor, case: str = "") -> Response[str]:
    """What it means, and the form."""
    actor = official(visitor)
    return _page(site, visitor, actor, Form(values={"case": [case.strip()[:40]]}), ())


@post("/desk/emergency")
async def declare(site: Site, visitor: Visitor, form: Form) -> Response[Any]:
    """Open it."""
    actor = official(visitor)
    case = form.text("case").strip().upper()[:40]
    try:
        await site.cases.emergencies.declare(
            actor,
            case,
            ground=form.text("ground"),
            reason=form.text("reason"),
            understood=form.text("understood") == "yes",
            later=form.text("later") == "yes",
        )
    except Refused as error:
        if error.status == 503:
            raise
        return _page(site, visitor, actor, form, refused(error), error.status)
    return go(f"/desk/cases/{case}")


def _page(
    site: Site, visitor: Visitor, actor: Actor, form: Form, problems: Sequence[Problem], status: int = 200
) -> Response[str]:
    rule = site.cases.emergencies.rule_for(actor)
    return page(
        site,
        visitor,
        "desk/emergency.html",
        status=status,
        desk=desk(site, actor, "emergency"),
        case=form.text("case"),
        grounds=[(ground.value, words[visitor.lang], "") for ground, words in GROUNDS.items()],
        ground=form.text("ground"),
        reason=form.text("reason"),
        rule=delays()[rule] if rule else None,
        problems=list(problems),
    )


ROUTES = [ask, declare]
