"""/desk/visits: cases of different bodies at one address, looked at in one visit (浙江最多跑一次规定 18, 36).

The list shows numbers and days of one's own body's cases, and that there are others; the address stands on the page of
a case, and seeing it leaves a row as opening the case does.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from litestar import Response, get, post

from tongban.base.errors import Problem, Refused, refuse
from tongban.base.i18n import Text
from tongban.cases.visits import Shared
from tongban.org import Actor
from tongban.web.bodies import body_name
from tongban.web.desk.staff import desk, official
from tongban.web.forms import Form, refused
from tongban.web.html import go, page
from tongban.web.site import Site
from tongban.web.visitor import Visitor

_DONE: Mapping[str, Text] = {
    "proposed": Text(
        "提出了。别的机关都同意以后，通知申请人。", "Proposed. The people are told once the other bodies have agreed."
    ),
    "set": Text("各机关都同意了，已经通知申请人。", "All bodies have agreed, and the people have been told."),
    "off": Text("这一次取消了，可以另提一天。", "It is called off; another day can be proposed."),
    "registered": Text(
        "登记好了，每件办件里都有一份。各机关在自己的办件里写结论。",
        "Registered, and kept in every case. Each body now writes its finding in its own case.",
    ),
}
"""What is said after a step, by the state that it led to."""


@get("/desk/visits")
async def visits(site: Site, visitor: Visitor, after: str | None = None) -> Response[str]:
    """Where a visit could be shared, and which are arranged."""
    actor = official(visitor)
    found = await site.cases.visits.overview(actor, after)

    def rows(several: Iterable[Shared]) -> list[dict[str, Any]]:
        return [_row(site, actor, one) for one in several]

    return page(
        site,
        visitor,
        "desk/visits.html",
        desk=desk(site, actor, "visits"),
        together=rows(found.together),
        following=found.next,
        open_=rows(one for one in found.visits if one.visit and one.visit.open),
        past=rows(one for one in found.visits if one.visit and not one.visit.open),
    )


@get("/desk/visits/{case:str}")
async def visit(site: Site, visitor: Visitor, case: str, said: str = "") -> Response[str]:
    """One case's address: what waits there, or the visit that is arranged."""
    return await _page(site, visitor, official(visitor), case, said=_DONE.get(said))


@post("/desk/visits/{case:str}")
async def arrange(site: Site, visitor: Visitor, case: str, form: Form) -> Response[Any]:
    """Propose, agree, call off, register; a wrong form comes back with what was typed."""
    actor, arranged, do = official(visitor), site.cases.visits, form.text("do")
    try:
        match do:
            case "propose":
                await arranged.propose(actor, case, form.day("day"), form.text("hour"))
            case "agree":
                await arranged.agree(actor, case)
            case "call-off":
                await arranged.call_off(actor, case, form.text("reasons"))
            case "register":
                await arranged.register(actor, case, form.text("inspectors"), form.text("seen"))
            case _:
                raise refuse("unknown-step", "没有这一步。", "There is no such step.", status=400)
    except Refused as error:
        if error.status == 404:
            raise
        return await _page(site, visitor, actor, case, form, tuple(refused(error)), status=error.status)
    found = await arranged.of_case(actor, case)
    return go(f"/desk/visits/{case}?said={found.visit.state if found.visit else 'off'}")


async def _page(
    site: Site,
    visitor: Visitor,
    actor: Actor,
    case: str,
    form: Form | None = None,
    problems: tuple[Problem, ...] = (),
    *,
    status: int = 200,
    said: Text | None = None,
) -> Response[str]:
    found = await site.cases.visits.of_case(actor, case)
    return page(
        site,
        visitor,
        "desk/visit.html",
        status=status,
        desk=desk(site, actor, "visits"),
        case=case,
        found=_row(site, actor, found),
        place=found.place,
        form=form or Form(),
        problems=problems,
        said=said,
        today=site.today,
    )


def _row(site: Site, actor: Actor, one: Shared) -> dict[str, Any]:
    """What the pages say of an address: one's own cases by number, of others' the body and the service alone."""
    return {
        "visit": one.visit,
        "days": one.days,
        "agreed": one.agreed(actor.body),
        "cases": [
            {
                "id": each.case_id if each.body == actor.body else "",
                "body": body_name(site, each.body),
                "service": site.catalogue.service(each.service).name,
                "agreed": getattr(each, "agreed_at", None),
                "due": getattr(each, "due", None) if each.body == actor.body else None,
            }
            for each in sorted(one.cases, key=lambda each: each.body != actor.body)
        ],
    }


ROUTES = [visits, visit, arrange]
