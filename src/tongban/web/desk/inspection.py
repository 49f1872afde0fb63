"""核查期间晚些告诉本人, for one case: proposed by one official of the body that has it, agreed to by another."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from litestar import Response, get, post

from tongban.base.errors import Problem, Refused, refuse
from tongban.cases import CaseView
from tongban.cases.inspections import Inspections
from tongban.org import Actor
from tongban.org import store as people
from tongban.web.desk.staff import desk, official
from tongban.web.forms import Form, refused
from tongban.web.html import go, page
from tongban.web.site import Site
from tongban.web.visitor import Visitor


@get("/desk/cases/{case:str}/inspection")
async def ask(site: Site, visitor: Visitor, case: str) -> Response[str]:
    """What it means, the one under way, or the form; or that no rule allows it here. Raises Refused: as `Cases.view`
    (404)."""
    actor = official(visitor)
    view = await site.cases.view(actor, case)
    return await _page(site, visitor, actor, view, Form(), ())


@post("/desk/cases/{case:str}/inspection")
async def say(site: Site, visitor: Visitor, case: str, form: Form) -> Response[Any]:
    """Propose one, agree to it, or end it."""
    actor = official(visitor)
    view = await site.cases.view(actor, case)
    inspections = Inspections(site.cases.engine)
    try:
        match form.text("do"):
            case "propose":
                await inspections.propose(actor, view, reason=form.text("reason"), last=_day(form))
            case "agree":
                await inspections.agree(actor, view)
            case "end":
                await inspections.end(actor, view)
            case _:
                raise refuse("nothing-chosen", "请选一个动作", "Choose what to do", place="do")
    except Refused as error:
        if error.status == 503 or any(one.code == "no-delay-here" for one in error.problems):
            raise
        return await _page(site, visitor, actor, view, form, refused(error), error.status)
    return go(f"/desk/cases/{view.case}/inspection")


def _day(form: Form) -> date:
    """Raises Refused (`bad-day`)."""
    try:
        year, month, day = (int(part) for part in form.boxes("until"))
        return date(year, month, day)
    except ValueError:
        raise refuse("bad-day", "请写哪年哪月哪日", "Say on which day", place="until") from None


async def _page(
    site: Site,
    visitor: Visitor,
    actor: Actor,
    view: CaseView,
    form: Form,
    problems: Sequence[Problem],
    status: int = 200,
) -> Response[str]:
    inspections = Inspections(site.cases.engine)
    rule = inspections.rule(actor, view)
    found = await inspections.of_case(actor, view) if rule else None
    told = [one for one in (found.reader, found.agreed_by) if one] if found else []
    return page(
        site,
        visitor,
        "desk/inspection.html",
        status=status,
        desk=desk(site, actor, "case"),
        case=view.case,
        service=view.service_name,
        rule=rule,
        found=found,
        names=await people.names(site.db, told) if told else {},
        own=found is not None and found.reader == actor.id,
        reason=form.text("reason"),
        until=form.boxes("until"),
        problems=list(problems),
    )


ROUTES = [ask, say]
