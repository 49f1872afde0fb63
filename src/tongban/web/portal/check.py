"""The last look before sending: what was said, what the state has, what the rules make of it; then the receipt."""

from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from litestar import Response, get, post

from tongban.base.errors import Problem, Refused
from tongban.base.i18n import Text
from tongban.base.ids import uuid7
from tongban.cases.competent import competent
from tongban.catalog import Asks, Question
from tongban.catalog.model import Law, Promise, Words
from tongban.catalog.procedure import Who
from tongban.catalog.tables import both
from tongban.org import Directory
from tongban.sharing import Reader, Shared, sources
from tongban.web.forms import Form, refused
from tongban.web.html import go, page
from tongban.web.portal import drafts
from tongban.web.portal.application import Application, Upload
from tongban.web.portal.corrections import disputes, opened, owed
from tongban.web.portal.fetching import fetched_at, offered
from tongban.web.portal.papers import hints
from tongban.web.portal.places import name as place_name
from tongban.web.portal.promise import by_people, decision, promises
from tongban.web.portal.reasons import PREVIEWS, changes
from tongban.web.portal.records import matter, subject
from tongban.web.site import Site
from tongban.web.visitor import Visitor
from tongban.web.words import said


@dataclass(frozen=True, slots=True)
class Row:
    """One answer or record as it is shown."""

    name: str
    label: Words
    value: Text | None
    required: bool
    record: Shared | None


@dataclass(frozen=True, slots=True)
class FileRow:
    """One material as it is shown."""

    slug: str
    label: Words
    replaced: Text | None
    files: tuple[Upload, ...]
    required: bool


@dataclass(frozen=True, slots=True)
class Preview:
    """What the rules say, in words. It decides nothing."""

    title: Text
    tone: str
    sign: str
    says: Text | None
    laws: tuple[Law, ...]


def preview(application: Application) -> Preview:
    """The rules' answer to what was filled in."""
    found = application.assessment
    title, tone, sign = PREVIEWS[found.outcome]
    says = None if found.outcome == "eligible" else found.message
    return Preview(title, tone, sign, says, found.laws)


def row(site: Site, application: Application, question: Question) -> Row:
    value = None if question.value is None else said(question.fact, question.value, partial(place_name, site))
    record = application.content.records.get(question.name)
    return Row(question.name, question.fact.name, value, question.fact.required, record)


def file_rows(application: Application) -> list[FileRow]:
    """Every material that applies, and how it stands."""
    records = application.content.records
    return [
        FileRow(
            need.slug,
            need.material.name,
            records[need.slug].source if need.slug in records else None,
            application.content.documents.get(need.slug, ()),
            need.material.need == "required",
        )
        for need in application.materials
    ]


def receiver(directory: Directory, application: Application) -> Text:
    """Who will answer and why, by the rule used when it is sent; also that it is taken in here and handed on."""
    service, region = application.service, application.content.region
    try:
        found = competent(directory, service, application.values, region, application.today)
    except Refused as error:
        return error.problems[0].text
    if not isinstance(found, Asks):
        return found.reason
    open_ = [both(service.facts[name].name) for name in found.facts]
    asked = Text("、".join(f"“{one.zh}”" for one in open_), ", ".join(f"“{one.en}”" for one in open_))
    return Text("由哪里办要看{asked}，请先填好。", "Who handles this depends on {asked}; please answer first.").format(
        asked=asked
    )


async def check_page(
    site: Site, visitor: Visitor, application: Application, key: str, problems: list[Problem] | None = None
) -> Response[str]:
    """Everything on one page."""
    service = application.service
    promise = decision(promises(site, service))
    return page(
        site,
        visitor,
        "portal/check.html",
        status=422 if problems else 200,
        service=service,
        application=application,
        previous=application.address("materials") if application.materials else application.before(""),
        preview=preview(application),
        changes=changes(site, application),
        answers=[row(site, application, question) for question in application.asked],
        known=[row(site, application, question) for question in application.known],
        documents=file_rows(application),
        disputed=_disputed(application),
        waiting=_waiting(application),
        hints=await hints(site, visitor.citizen(), application),
        receiver=receiver(site.directory, application),
        due=promise.due if promise else None,
        by_people=_by_people(site, application),
        promise=promised(application),
        halls=offered(site, application.service),
        key=key,
        problems=problems or [],
    )


@dataclass(frozen=True, slots=True)
class Unsettled:
    """A record that is disputed, or whose source has not answered yet."""

    label: Words
    source: Words
    case: str = ""
    reason: Text | None = None


def _label(application: Application, name: str) -> Words:
    service = application.service
    return (service.facts.get(name) or service.materials[name]).name


def _disputed(application: Application) -> list[Unsettled]:
    found = application.content.disputed
    return [Unsettled(_label(application, name), one.record.source, one.case) for name, one in found.items()]


def _waiting(application: Application) -> list[Unsettled]:
    content, named = application.content, sources(application.service)
    return [
        Unsettled(_label(application, name), named[name].name, reason=content.missing[name])
        for name in content.waiting
        if name in content.missing and name in named
    ]


def _by_people(site: Site, application: Application) -> datetime | None:
    """The latest day without the rules; None where they would decide nothing anyway."""
    procedure = site.catalogue.procedure(application.variant.procedure)
    ruled = any(act.decides and Who.RULES in act.who for act in procedure.acts.values())
    return by_people(site, application.service, procedure) if ruled else None


def promised(application: Application) -> Promise | None:
    """What the person commits to in plain words, where they chose that instead of papers (告知承诺)."""
    promise = application.service.promise
    return promise if promise and application.variant.facts.get(promise.by) is True else None


@get("/apply/{slug:str}/check")
async def check(site: Site, visitor: Visitor, slug: str) -> Response[str]:
    """Check the answers. The key in the form makes sending twice harmless."""
    return await check_page(site, visitor, await drafts.load(site, visitor.citizen(), slug), str(uuid7()))


@post("/apply/{slug:str}/submit")
async def submit(site: Site, visitor: Visitor, slug: str, form: Form) -> Response[Any]:
    """Send it. A repeat with the same key, also after the draft is gone, leads to the same receipt."""
    actor = visitor.citizen()
    key = form.text("key")
    application = drafts.opened(site, slug, await site.cases.draft(actor, slug))
    if application is None:
        found = await site.cases.mine(actor, limit=1)
        latest = next((case for case in found.items if case.service == slug), None)
        return go(f"/cases/{latest.case_id}/receipt" if latest else "/cases")
    problems = application.problems()
    if not form.text("truthful"):
        text = Text("请确认以上内容是真实的", "Please confirm that what you say is true")
        problems.append(Problem("not-confirmed", text, "truthful"))
    if promised(application) and not form.text("promise"):
        text = Text("请先看清承诺的内容，同意再选", "Please read the promise, and tick it if you agree")
        problems.append(Problem("not-promised", text, "promise"))
    if problems:
        return await check_page(site, visitor, application, key, problems)
    application = await opened(site, actor, application)
    try:
        case = await site.cases.submit(
            actor,
            slug,
            application.facts(),
            application.files(),
            region=application.content.region,
            key=key,
            records=application.content.records,
            disputes=disputes(application),
            people_only=bool(form.text("people_only")),
            owed=owed(application, subject(actor), matter(slug), Reader(kind=actor.kind, id=actor.id)),
        )
    except Refused as error:
        return await check_page(site, visitor, application, str(uuid7()), refused(error))
    await fetched_at(site, actor, case, form.text("hall"))
    return go(f"/cases/{case.case}/receipt")


ROUTES = [check, submit]
