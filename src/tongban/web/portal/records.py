"""What the state already knows: asked for after the person was told, shown before it is used, and "this is wrong".

A look may take seconds. The page that says what is being asked leads to the one that asks by itself (a refresh, no
script), and stays in sight meanwhile.
"""

from dataclasses import dataclass
from functools import partial
from typing import Any

from litestar import Response, get, post

from tongban.base.errors import Refused
from tongban.base.i18n import Text
from tongban.catalog.model import Service
from tongban.catalog.tables import both
from tongban.org import Actor
from tongban.sharing import Purpose, Reader, Shared, sources
from tongban.web.forms import Form
from tongban.web.html import go, page
from tongban.web.portal import drafts
from tongban.web.portal.application import Application
from tongban.web.portal.looking import look
from tongban.web.portal.places import name as place_name
from tongban.web.site import Site
from tongban.web.visitor import Visitor
from tongban.web.words import said


@dataclass(frozen=True, slots=True)
class Seen:
    """One value that was found, as it is shown before it is used. `value` None: a record stands for a paper."""

    name: str
    label: Text
    value: Text | None
    record: Shared
    mine: Text | None
    """What the person said about the same, where they did."""


def subject(actor: Actor) -> str | None:
    """Whose records answer: one's own; a business's for its legal representative; nobody's under other mandates.

    Never those of the person who acts, for another's application.
    """
    if actor.mandate is None:
        return actor.id
    return actor.on_behalf_of if actor.mandate.ground == "legal-representative" else None


def matter(slug: str) -> str:
    """What a look is for while there is no case yet."""
    return f"draft:{slug}"


def purpose_of(site: Site, service: Service, matter: str, region: str) -> Purpose:
    """Why somebody's records are looked at, with the body that will answer where the place is known already."""
    try:
        body = site.directory.competent(service.authority.body, service.authority.level, region).id if region else ""
    except Refused:
        body = ""
    return Purpose.of(service, matter, body)


async def fetch(
    site: Site, reader: Reader, person: str | None, application: Application, purpose: Purpose
) -> Application:
    """Ask for everything that applies by now, once. With nobody to ask about, the person answers everything."""
    wanted = application.to_look_up
    if not wanted or person is None:
        return application
    answer = await look(site, person, application.service, wanted, purpose, reader)
    return application.looked(answer, wanted.keys())


def seen(site: Site, application: Application) -> list[Seen]:
    """What was found, in the order of the file."""
    service, found = application.service, application.content.found
    region = partial(place_name, site)
    rows: list[Seen] = []
    for name in sources(service):
        record = found.get(name)
        if record is None:
            continue
        fact = service.facts.get(name)
        if fact is None:
            rows.append(Seen(name, both(service.materials[name].name), None, record, None))
            continue
        question = application.question(name)
        mine = said(fact, question.value, region) if question and name in application.content.answers else None
        rows.append(Seen(name, both(fact.name), said(fact, record.value, region), record, mine))
    return rows


@get("/apply/{slug:str}/records")
async def show(site: Site, visitor: Visitor, slug: str) -> Response[Any]:
    """What is being asked, or what came of it."""
    actor = visitor.citizen()
    application = await drafts.load(site, actor, slug)
    if wanted := application.to_look_up:
        names = dict.fromkeys(both(source.name) for source in wanted.values())
        return page(
            site,
            visitor,
            "portal/asking.html",
            service=application.service,
            sources=list(names),
            next=application.address("records", "found"),
        )
    if not application.content.found:
        return go(application.resume())
    return page(
        site,
        visitor,
        "portal/records.html",
        service=application.service,
        application=application,
        rows=seen(site, application),
        missing=_unanswered(application),
        action=application.address("records"),
    )


def _unanswered(application: Application) -> list[Text]:
    """Why something was not found, each reason once."""
    return list(dict.fromkeys(application.content.missing.values()))


@get("/apply/{slug:str}/records/found")
async def ask(site: Site, visitor: Visitor, slug: str) -> Response[Any]:
    """Ask. Only for what the person was told of, so that whoever leads them here can make nothing else happen."""
    actor = visitor.citizen()
    application = await drafts.load(site, actor, slug)
    purpose = purpose_of(site, application.service, matter(slug), application.content.region)
    reader = Reader(kind=actor.kind, id=actor.id)
    after = await fetch(site, reader, subject(actor), application, purpose)
    if after is not application:
        await drafts.save(site, actor, after)
    return go(after.address("records") if after.content.found else after.resume())


@post("/apply/{slug:str}/records")
async def take(site: Site, visitor: Visitor, slug: str, form: Form) -> Response[Any]:
    """What is right is used, what is wrong is asked instead."""
    actor = visitor.citizen()
    application = await drafts.load(site, actor, slug)
    wrong = [name for name in application.content.found if form.text(f"use.{name}") == "no"]
    after = await drafts.save(site, actor, application.taken(wrong))
    return go(after.resume())


@post("/apply/{slug:str}/records/again")
async def again(site: Site, visitor: Visitor, slug: str) -> Response[Any]:
    """A source that was away may be back, and a wrong record may have been put right."""
    actor = visitor.citizen()
    application = await drafts.load(site, actor, slug)
    after = await drafts.save(site, actor, application.once_more())
    return go(after.address("records"))


ROUTES = [show, ask, take, again]
