"""/console/what-if: an official changes a number of a policy and sees who would gain, who would lose, and the cost.

A GET form, so that a result can be linked and shared. It is for officials of any post: only figures of groups are
shown. A trial over people of this installation leaves a record that everybody can read; over invented people none.
"""

from typing import Any

from litestar import Request, Response, get

from tongban.base.errors import Problem, Refused, refuse
from tongban.base.i18n import Text
from tongban.catalog.policy import Policy
from tongban.org import Actor
from tongban.outreach.levers import levers
from tongban.outreach.offers import run_of
from tongban.sharing.access import reader_of, record_run
from tongban.web.console import trial
from tongban.web.console.shown import Form, Told, read, told
from tongban.web.desk.staff import desk, official, region_names
from tongban.web.html import page
from tongban.web.limits import Limited
from tongban.web.site import Site
from tongban.web.visitor import Visitor

AnyRequest = Request[Any, Any, Any]
_UNCHANGED = Problem(
    "nothing-changed",
    Text("还没有改动：先把一个数改成别的数", "Nothing is changed yet: give one number another value"),
)


@get("/console/what-if")
async def choose(site: Site, visitor: Visitor) -> Response[str]:
    """The policies in force."""
    actor = official(visitor)
    policies = site.catalogue.policies(site.today)
    return page(site, visitor, "console/policies.html", desk=desk(site, actor, "what-if"), policies=policies)


@get("/console/what-if/{slug:str}")
async def policy(request: AnyRequest, site: Site, visitor: Visitor, slug: str) -> Response[str]:
    """The numbers of one policy, and what it would do to change them as the address says."""
    actor = official(visitor)
    chosen = _policy(site, slug)
    service = site.catalogue.service(chosen.service, on=site.today)
    sent = {name: value for name, value in request.query_params.items() if isinstance(value, str)}
    form = read(levers(service, on=site.today), sent)
    problems, status = list(form.problems), 422 if form.problems else 200
    result: Told | None = None
    if "try" in sent and not problems and trial.has_people(site.settings):
        try:
            result = await _result(site, visitor, actor, chosen, form)
        except Refused as refused:
            problems, status = _at_boxes(refused, form), refused.status
    return page(
        site,
        visitor,
        "console/what_if.html",
        status=status,
        desk=desk(site, actor, "what-if"),
        policy=chosen,
        service=service,
        form=form,
        problems=problems,
        result=result,
        people=trial.has_people(site.settings),
        demo=site.settings.people_file is None,
        address=f"/console/what-if/{slug}",
    )


async def _result(site: Site, visitor: Visitor, actor: Actor, chosen: Policy, form: Form) -> Told:
    if not form.values:
        raise Refused(_UNCHANGED, status=200)
    await site.limits.spend(Limited.WHAT_IF, visitor.who)
    service = site.catalogue.service(chosen.service, on=site.today)
    found = await trial.run(site.settings, chosen, service, form.values, site.today)
    if site.settings.people_file is not None:
        ran = run_of(chosen, service, site.today, site.clock(), reader_of(actor), people=found.people)
        await record_run(site.db, ran)
    return told(found, service, region_names(site))


def _policy(site: Site, slug: str) -> Policy:
    found = next((one for one in site.catalogue.policies(site.today) if one.policy == slug), None)
    if found is None:
        raise refuse("unknown-policy", "没有这项政策，或者今天没有生效", "No such policy is in force today", status=404)
    return found


def _at_boxes(refused: Refused, form: Form) -> list[Problem]:
    """The problems of a refusal, each at its box; a place that is none (a file, a column) is not for the page."""
    boxes = {box.id for _, group in form.groups for box in group}
    return [Problem(p.code, p.text, p.place if p.place in boxes else "", p.law) for p in refused.problems]


ROUTES = [choose, policy]
