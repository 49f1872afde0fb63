"""您可能可以直接领: what a policy found for the reader, how it was worked out, and their yes or no."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from litestar import Response, get, post

from tongban.base.i18n import Text
from tongban.base.ids import uuid7
from tongban.cases import CaseRow, Draft
from tongban.catalog.explanation import explanation
from tongban.catalog.reasons import Explanation
from tongban.outreach.offers import Offer
from tongban.outreach.report import Standing
from tongban.sharing import Shared
from tongban.web.forms import Form
from tongban.web.html import go, page
from tongban.web.portal import drafts, places
from tongban.web.portal.application import Application, Content
from tongban.web.portal.start import look_up
from tongban.web.site import Site
from tongban.web.visitor import Visitor

SAID: dict[str, Text] = {
    "declined": Text(
        "好的，这一条不再提醒您。以后想办，随时可以。", "Very well: you will not be reminded of it again."
    ),
    "again": Text("好的，又放回来了。", "It is back in the list."),
}


@dataclass(frozen=True, slots=True)
class Found:
    """An offer with what the records say today.

    case   the latest case of its service, however it was opened; `drafted`: an application is being filled in
    """

    offer: Offer
    application: Application
    why: Explanation
    case: str | None
    drafted: bool

    @property
    def still(self) -> bool:
        """Whether the rules still say so, by the records of today."""
        if self.offer.standing is Standing.MISSING:
            return self.why.outcome in ("unknown", "eligible")
        return self.why.outcome == "eligible"


def waiting(offers: tuple[Offer, ...], cases: Iterable[CaseRow], drafts: Iterable[Draft]) -> list[Offer]:
    """What is still to be answered: not what was declined, nor what is being applied for by whatever way."""
    busy = {case.service for case in cases} | {draft.service for draft in drafts}
    return [offer for offer in offers if offer.state == "open" and offer.service.service not in busy]


def region_of(site: Site, visitor: Visitor) -> str:
    """Where it is handed in: the reader's registered home, if it is a county of this province."""
    home = visitor.citizen().region
    return home if any(home == code for _, ones in places.grouped(site, visitor.lang) for code, _ in ones) else ""


async def found(site: Site, visitor: Visitor, policy: str) -> Found:
    """One offer with its reasons. Raises Refused `unknown-offer` (404)."""
    actor = visitor.citizen()
    offer = await site.outreach.offer(actor, policy)
    region = region_of(site, visitor)
    service = drafts.service_of(site, offer.service.service, region)  # where it is handed in may have its own rules
    records = await look_up(site, actor, service, region)
    application = Application(service, Content(region=region, records=records), site.today)
    why = explanation(application.assessment, _names(records), site.directory.region_name)
    slug = offer.service.service
    mine = (await site.cases.mine(actor, limit=100)).items
    case = offer.case or next((case.case_id for case in mine if case.service == slug), None)
    return Found(offer, application, why, case, await site.cases.draft(actor, slug) is not None)


def _names(records: Mapping[str, Shared]) -> dict[str, Text]:
    return {name: record.source for name, record in records.items()}


@get("/offers")
async def offers(site: Site, visitor: Visitor, said: str = "") -> Response[str]:
    """What waits, and what was declined."""
    actor = visitor.citizen()
    every = await site.outreach.offers(actor)
    cases, begun = (await site.cases.mine(actor, limit=100)).items, await site.cases.drafts(actor)
    return page(
        site,
        visitor,
        "portal/offers.html",
        waiting=waiting(every, cases, begun),
        declined=[offer for offer in every if offer.state == "declined"],
        said=SAID.get(said),
    )


@get("/offers/{policy:str}")
async def offer(site: Site, visitor: Visitor, policy: str) -> Response[str]:
    """One: how it was worked out. Records are looked up because the reader asks; each look is listed for them."""
    one = await found(site, visitor, policy)
    return page(
        site,
        visitor,
        "portal/offer.html",
        offer=one.offer,
        why=one.why,
        still=one.still,
        case=one.case,
        drafted=one.drafted,
        to_answer=[question.fact.name for question in one.application.asked],
        key=str(uuid7()),
    )


@post("/offers/{policy:str}/confirm")
async def confirm(site: Site, visitor: Visitor, policy: str, form: Form) -> Response[Any]:
    """Yes: a case with what the records have, at once if nothing else is asked; else on to what is.

    What was applied for already is shown, and an application begun is gone on with: neither is made anew.
    """
    actor = visitor.citizen()
    one = await found(site, visitor, policy)
    application, slug = one.application, one.offer.service.service
    if one.case:
        return go(f"/cases/{one.case}")
    if one.drafted:
        return go(f"/apply/{slug}")
    if not application.content.region:
        return go(f"/services/{slug}/start")
    if application.problems() or not one.still:
        await drafts.save(site, actor, application)
        return go(application.resume())
    case = await site.cases.submit(
        actor,
        slug,
        application.facts(),
        application.files(),
        region=application.content.region,
        key=form.text("key"),
        records=application.content.records,
    )
    await site.outreach.confirmed(actor, policy, case.case)
    return go(f"/cases/{case.case}/receipt")


@post("/offers/{policy:str}/decline")
async def decline(site: Site, visitor: Visitor, policy: str) -> Response[Any]:
    """No: remembered."""
    await site.outreach.decline(visitor.citizen(), policy)
    return go("/offers?said=declined")


@post("/offers/{policy:str}/again")
async def again(site: Site, visitor: Visitor, policy: str) -> Response[Any]:
    """On second thoughts."""
    await site.outreach.reconsider(visitor.citizen(), policy)
    return go("/offers?said=again")


ROUTES = [offers, offer, confirm, decline, again]
