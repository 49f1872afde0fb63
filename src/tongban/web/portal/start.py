"""Before the first question: the open draft is offered first, and what will be looked up is said before it is."""

from dataclasses import dataclass
from typing import Any

from litestar import Response, get, post

from tongban.base.errors import Problem
from tongban.base.i18n import Text
from tongban.catalog.model import Service, Words
from tongban.org import Actor
from tongban.sharing import Purpose, Reader, Shared, sources
from tongban.web.forms import Form
from tongban.web.html import go, page
from tongban.web.portal import drafts
from tongban.web.portal.application import Application, Content
from tongban.web.portal.places import grouped
from tongban.web.site import Site
from tongban.web.visitor import Visitor

SECONDS_PER_QUESTION = 25


@dataclass(frozen=True, slots=True)
class LookUp:
    """One record that will be read, and what of it."""

    source: Words
    names: list[Words]


def look_ups(service: Service) -> list[LookUp]:
    """The same for people: record by record."""
    found: dict[Words, list[Words]] = {}
    for name, source in sources(service).items():
        owner = service.facts.get(name) or service.materials[name]
        found.setdefault(source.name, []).append(owner.name)
    return [LookUp(source, names) for source, names in found.items()]


def looked_up(actor: Actor) -> str | None:
    """Whose records answer: one's own; a business's for its legal representative; nobody's under other mandates.

    Never those of the person who acts, for another's application.
    """
    if actor.mandate is None:
        return actor.id
    return actor.on_behalf_of if actor.mandate.ground == "legal-representative" else None


async def look_up(site: Site, actor: Actor, service: Service) -> dict[str, Shared]:
    """What the records say about the applicant, for this service and nothing else; each look is logged for them."""
    subject = looked_up(actor)
    if subject is None:
        return {}
    purpose = Purpose.of(service, f"draft:{service.service}")
    reader = Reader(kind=actor.kind, id=actor.id)
    answer = await site.sharing.look_up(subject, sources(service), service=service, purpose=purpose, reader=reader)
    return answer.found


async def start_page(
    site: Site, visitor: Visitor, slug: str, region: str, problems: tuple[Problem, ...] = ()
) -> Response[str]:
    """What happens next, before it happens."""
    actor = visitor.citizen()
    service = site.catalogue.service(slug)
    draft = await site.cases.draft(actor, slug)
    found = drafts.opened(site, service, draft)
    questions = Application(service, Content(), site.today).asked
    return page(
        site,
        visitor,
        "portal/start.html",
        status=422 if problems else 200,
        service=service,
        draft=found,
        saved=draft.updated_at if draft else None,
        lookups=look_ups(service) if looked_up(actor) else [],
        minutes=max(2, round(len(questions) * SECONDS_PER_QUESTION / 60)),
        regions=grouped(site, visitor.lang),
        region=region,
        problems=problems,
    )


@get("/services/{slug:str}/start")
async def start(site: Site, visitor: Visitor, slug: str) -> Response[str]:
    """Continue, or begin."""
    return await start_page(site, visitor, slug, "")


@post("/services/{slug:str}/start")
async def begin(site: Site, visitor: Visitor, slug: str, form: Form) -> Response[Any]:
    """A new draft, filled from the records unless the person declined; it takes the place of an older one."""
    actor = visitor.citizen()
    service = site.catalogue.service(slug)
    region = form.text("region")
    if not any(region == code for _, counties in grouped(site, visitor.lang) for code, _ in counties):
        text = Text("请选择在哪个区县办", "Choose a county or district")
        return await start_page(site, visitor, slug, "", (Problem("no-region", text, "region"),))
    records = await look_up(site, actor, service) if form.text("lookups") == "yes" else {}
    fresh = Application(service, Content(region=region, records=records), site.today)
    await drafts.save(site, actor, fresh)
    return go(fresh.resume())


ROUTES = [start, begin]
