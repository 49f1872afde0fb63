"""Before the first question: the open draft is offered first, and what will be looked up is said before it is."""

from collections.abc import Mapping
from typing import Any

from litestar import Response, get, post

from tongban.base.errors import Problem
from tongban.base.i18n import Text
from tongban.catalog import variant
from tongban.catalog.model import Service
from tongban.catalog.where import who_answers
from tongban.org import Actor
from tongban.sharing import Reader, Shared, announced, sources
from tongban.web.bodies import body_name
from tongban.web.forms import Form
from tongban.web.html import go, page
from tongban.web.portal import drafts
from tongban.web.portal.application import Application, Content
from tongban.web.portal.comparing import own_ways
from tongban.web.portal.looking import look
from tongban.web.portal.places import grouped
from tongban.web.portal.records import matter, purpose_of, subject
from tongban.web.site import Site
from tongban.web.visitor import Visitor

SECONDS_PER_QUESTION = 25


async def look_up(
    site: Site, actor: Actor, service: Service, region: str, known: Mapping[str, Any] | None = None
) -> dict[str, Shared]:
    """What the records say about the applicant, for this service and nothing else; each look is logged for them.

    For who asks at one go, without pages between: only what applies for certain is asked, and what that makes apply
    after it. `known` are answers that are there already.
    """
    person = subject(actor)
    records: dict[str, Shared] = {}
    asked: set[str] = set()
    purpose = purpose_of(site, service, matter(service.service), region)
    reader = Reader(kind=actor.kind, id=actor.id)
    while person is not None:
        found = {**{name: record.value for name, record in records.items()}, **(known or {})}
        resolved = variant(service, found, site.today)
        applies = {q.name for q in resolved.questions} | {need.slug for need in resolved.materials if need.certain}
        wanted = {name: s for name, s in sources(service).items() if name in applies and name not in asked}
        if not wanted:
            break
        asked |= wanted.keys()
        answer = await look(site, person, service, wanted, purpose, reader)
        records |= answer.found
    return records


async def start_page(
    site: Site, visitor: Visitor, slug: str, region: str, problems: tuple[Problem, ...] = ()
) -> Response[str]:
    """What happens next, before it happens."""
    actor = visitor.citizen()
    service = site.catalogue.service(slug)
    draft = await site.cases.draft(actor, slug)
    found = drafts.opened(site, slug, draft)
    questions = Application(service, Content(), site.today).asked
    return page(
        site,
        visitor,
        "portal/start.html",
        status=422 if problems else 200,
        service=service,
        draft=found,
        saved=draft.updated_at if draft else None,
        lookups=announced(service) if subject(actor) else (),
        holders=await holders(site, service),
        minutes=max(2, round(len(questions) * SECONDS_PER_QUESTION / 60)),
        regions=grouped(site, visitor.lang),
        answers=who_answers(service),
        own=own_ways(site, slug),
        region=region,
        problems=problems,
    )


def declined(service: Service, form: Form) -> tuple[str, ...]:
    """What the person said no to: one look, or all that rest on agreement. A duty of the body is not up to them."""
    none = form.text("lookups") != "yes"
    return tuple(
        name
        for one in announced(service)
        if one.basis == "agreement" and (none or form.text(f"decline.{one.place}") == "yes")
        for name in one.names
    )


async def holders(site: Site, service: Service) -> dict[str, Text]:
    """Who is asked, by `resource/record`, as far as a grant says so."""
    names: dict[str, Text] = {}
    for slug in asking(site, service):
        for place, body in (await site.sharing.providers(slug)).items():
            names[place] = body_name(site, body)
    return names


def asking(site: Site, service: Service) -> list[str]:
    """The services for which records are asked: the parts of a bundle, otherwise the service itself."""
    if not site.catalogue.is_bundle(service.service):
        return [service.service]
    return [member.service for member in site.catalogue.composed(service.service).bundle.parts.values()]


@get("/services/{slug:str}/start")
async def start(site: Site, visitor: Visitor, slug: str) -> Response[str]:
    """Continue, or begin."""
    return await start_page(site, visitor, slug, "")


@post("/services/{slug:str}/start")
async def begin(site: Site, visitor: Visitor, slug: str, form: Form) -> Response[Any]:
    """A new draft, with what may be looked up for it; it takes the place of an older one."""
    actor = visitor.citizen()
    service = site.catalogue.service(slug)
    region = form.text("region")
    if not any(region == code for _, counties in grouped(site, visitor.lang) for code, _ in counties):
        text = Text("请选择在哪个区县办", "Choose a county or district")
        return await start_page(site, visitor, slug, "", (Problem("no-region", text, "region"),))
    service = drafts.service_of(site, slug, region)
    content = Content(region=region, told=subject(actor) is not None, declined=declined(service, form))
    fresh = Application(service, content, site.today)
    await drafts.save(site, actor, fresh)
    return go(fresh.resume())


ROUTES = [start, begin]
