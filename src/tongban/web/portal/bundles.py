"""一件事 in the portal: what it is made of, how its parts stand, and the part that another person completes."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import msgspec
from litestar import Response, get, post

from tongban.base.errors import Refused
from tongban.base.i18n import Text
from tongban.cases.bundles import ToCome
from tongban.cases.model import Part
from tongban.cases.views import CaseView
from tongban.catalog.bundle import Bundle
from tongban.catalog.bundle_count import Counted, typical
from tongban.catalog.composing import Composed
from tongban.catalog.tables import both
from tongban.web.forms import Form
from tongban.web.html import go, page
from tongban.web.portal.casework import TONES
from tongban.web.portal.places import name as place_name
from tongban.web.site import Site
from tongban.web.visitor import Visitor
from tongban.web.words import said


@dataclass(frozen=True, slots=True)
class Step:
    """One part of a bundle as it is told before anything is asked."""

    title: Text
    body: Text
    after: tuple[Text, ...]
    by: Text | None
    """The other person who completes it."""
    sometimes: bool


def steps(composed: Composed) -> list[Step]:
    """The parts in the order of the file."""
    bundle = composed.bundle
    found: list[Step] = []
    for part, member in bundle.parts.items():
        service = composed.members[part]
        role = bundle.roles.get(member.by or "")
        after = tuple(both(composed.members[one].name) for one in bundle.parts if one in bundle.waits(part))
        sometimes = bool(member.when) or bool(role and role.when)
        title, body = both(service.name), both(service.authority.name)
        found.append(Step(title, body, after, both(role.name) if role else None, sometimes))
    return found


@dataclass(frozen=True, slots=True)
class PartRow:
    """One part of a whole as its page shows it."""

    part: Part
    tone: str
    mine: bool


@dataclass(frozen=True, slots=True)
class Whole:
    """What the page of a whole shows beside what every case shows."""

    parts: list[PartRow]
    to_come: tuple[ToCome, ...]
    counted: Counted | None


async def whole(site: Site, visitor: Visitor, view: CaseView) -> Whole | None:
    """How the parts of a whole stand; None for a case that has none."""
    if not view.opening.parts:
        return None
    actor = visitor.citizen()
    composed = site.cases.bundles.composed(view.loaded)
    others = {name for name, one in composed.bundle.parts.items() if one.by} if composed else set[str]()
    return Whole(
        [PartRow(part, TONES.get(part.end, "brand"), part.name not in others) for part in view.state.parts],
        await site.cases.bundles.to_come(actor, view.loaded),
        await site.cases.bundles.counted(actor, view.loaded),
    )


# --- before ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Offer:
    """A bundle in a list."""

    bundle: Bundle
    counted: Counted


def offered(site: Site) -> list[Offer]:
    """The bundles in force that fit together; one that does not is the checker's finding, not this person's problem."""
    found: list[Offer] = []
    for bundle in site.catalogue.bundles():
        try:
            found.append(Offer(bundle, typical(site.catalogue.composed(bundle.bundle))))
        except Refused:
            continue
    return found


@get("/bundles")
async def bundles(site: Site, visitor: Visitor) -> Response[str]:
    """What happens in a life or a business, each in one form."""
    return page(site, visitor, "portal/bundles.html", offers=offered(site))


@get("/bundles/{slug:str}")
async def bundle(site: Site, visitor: Visitor, slug: str) -> Response[str]:
    """One bundle: its parts, who decides each, and how much less is asked. Raises Refused `unknown-service` (404)."""
    composed = site.catalogue.composed(slug)
    return page(
        site,
        visitor,
        "portal/bundle.html",
        bundle=composed.bundle,
        service=composed.service,
        steps=steps(composed),
        counted=typical(composed),
    )


@get("/open/bundles.json")
async def for_programs(site: Site) -> Response[bytes]:
    """How much each bundle asks against its services one by one, for programs."""
    told: Mapping[str, Any] = {
        "day": site.today,
        "counted": "one person who needs every part, every record answering, every question of the parts put",
        "bundles": {
            one.bundle.bundle: {"version": one.bundle.version, **one.counted.as_json()} for one in offered(site)
        },
    }
    body = msgspec.json.format(msgspec.json.encode(told), indent=2)
    return Response(body, media_type="application/json", headers={"access-control-allow-origin": "*"})


# --- several people ----------------------------------------------------------------------------------------------


@get("/join")
async def join(site: Site, visitor: Visitor, code: str = "") -> Response[str]:
    """What somebody is invited to say, before they begin; without a code, the invitations that wait for them."""
    actor = visitor.citizen()
    asked = await site.cases.bundles.invitation(actor, code) if code else None
    waiting = [] if asked else await site.cases.bundles.waiting(actor)
    tells = [(fact.name, said(fact, value, partial(place_name, site))) for fact, value in asked.tells] if asked else []
    return page(site, visitor, "portal/join.html", asked=asked, tells=tells, code=code, waiting=waiting)


@post("/join")
async def accept(site: Site, visitor: Visitor, form: Form) -> Response[Any]:
    """Say yes or no; after a yes comes the form of one's own part, which nobody else reads."""
    actor, code = visitor.citizen(), form.text("code").strip()
    if form.text("answer") == "no":
        await site.cases.bundles.decline(actor, code)
        return go("/cases?said=declined")
    if not form.text("answer"):
        return go(f"/join?code={code}")
    asked = await site.cases.bundles.accept(actor, code)
    return go(f"/services/{asked.invitation.service}/start")


@post("/cases/{case:str}/invitations")
async def invitations(site: Site, visitor: Visitor, case: str, form: Form) -> Response[Any]:
    """Remind the other person, or take the invitation back."""
    actor, part = visitor.citizen(), form.text("part")
    await site.cases.view(actor, case)
    if form.text("do") == "take-back":
        await site.cases.bundles.take_back(actor, case, part)
        return go(f"/cases/{case}?said=taken-back")
    await site.cases.bundles.remind(actor, case, part)
    return go(f"/cases/{case}?said=reminded")


ROUTES = [bundles, bundle, for_programs, join, accept, invitations]
