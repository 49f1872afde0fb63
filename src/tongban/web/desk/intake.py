"""窗口收件: the clerk fills in for a person who stands at the counter, with the same questions and the same rules.

Who the person is comes first; then the whole form on one page, because the clerk asks and types. Whatever is typed
is kept as a draft of the clerk's under the person's name, until it is handed in on the person's behalf.
"""

import secrets
from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, get, post

from tongban.base.errors import Problem, Refused, refuse
from tongban.base.i18n import Text, words
from tongban.base.ids import id_number_problem, narrow, person_id
from tongban.cases import Applicant
from tongban.cases.model import START
from tongban.catalog.model import Service
from tongban.hall.identity import How, Identified, by_hand
from tongban.org import Actor, Grant, Matter, Person, RealName, allow, store
from tongban.sharing import Purpose, Reader, announced
from tongban.sharing.access import Kind, Opened, open_record, reader_of
from tongban.web.desk import helping
from tongban.web.desk.staff import desk, official, region_names
from tongban.web.desk.values import said
from tongban.web.forms import Form, refused
from tongban.web.html import go, page
from tongban.web.limits import Limited
from tongban.web.portal.application import Application, Content, Upload, sent
from tongban.web.portal.check import file_rows
from tongban.web.portal.corrections import disputes, opened, owed
from tongban.web.portal.kiosk import look_up_code
from tongban.web.portal.places import grouped, here
from tongban.web.portal.records import fetch, purpose_of
from tongban.web.portal.start import declined, holders
from tongban.web.portal.uploads import UPLOAD_BYTES, accept
from tongban.web.site import Site
from tongban.web.visitor import Visitor

MAX_BYTES = 6 * UPLOAD_BYTES
"""All files of one form at the counter together."""


class Sitting(msgspec.Struct, frozen=True, kw_only=True):
    """What the clerk's draft keeps: who is at the counter, and what was typed for them."""

    person: str
    name: str
    number: str
    content: Content
    check: str = ""
    """The number of the identity check."""


def clerk(visitor: Visitor) -> Actor:
    """Whoever may receive at a counter. Raises Refused (`not-intake`, 403)."""
    actor = official(visitor)
    if "intake" not in actor.roles:
        raise refuse(
            "not-intake",
            "您的岗位不收件，请到有收件职责的窗口办。",
            "Your post does not receive applications.",
            status=403,
        )
    return actor


@get("/desk/intake")
async def choose(site: Site, visitor: Visitor, q: str = "") -> Response[str]:
    """Which service."""
    actor = clerk(visitor)
    asked = q.strip()[:100]
    hits = site.catalogue.search(asked, visitor.lang, 12) if asked else ()
    services = [hit.service for hit in hits if hit.service] if asked else list(site.catalogue.services())
    most = [] if asked else await site.hall.received_most(actor)
    rank = {slug: place for place, slug in enumerate(most)}
    services.sort(key=lambda one: rank.get(one.service, len(rank)))
    frame = desk(site, actor, "intake")
    return page(site, visitor, "desk/intake_choose.html", desk=frame, services=services, asked=asked)


@get("/desk/intake/{slug:str}")
async def identify(site: Site, visitor: Visitor, slug: str) -> Response[str]:
    """Who is here."""
    actor = clerk(visitor)
    return await _identify(site, visitor, actor, site.catalogue.service(slug), Form(), ())


@post("/desk/intake/{slug:str}")
async def begin(site: Site, visitor: Visitor, slug: str, form: Form) -> Response[Any]:
    """The person is identified; their records are looked up if they agree."""
    actor = clerk(visitor)
    service = site.catalogue.service(slug)
    try:
        who = await _who(site, visitor, service, form)
    except Refused as error:
        return await _identify(site, visitor, actor, service, form, tuple(refused(error)))
    name, number = who.name, who.number
    region = site.directory.region(form.text("region") or here(site, actor)).code
    service = site.catalogue.service(slug, region=region)
    power = may_receive(site, actor, service, region, "").power
    person = await person_of(site, name, number, partial(checked, site, actor, service, power))
    if person is None:
        text = Text(
            "这个身份证号码登记的是另一个姓名，请核对证件",
            "This number is registered under another name; check the card",
        )
        return await _identify(site, visitor, actor, service, form, (Problem("name-differs", text, "name"),))
    may_receive(site, actor, service, region, person)
    content = Content(region=region, told=True, declined=declined(service, form))
    content = (await looked_up(site, actor, Application(service, content, site.today), person)).content
    known = {key: value for key, value in (("full_name", name), ("id_number", number)) if key in service.facts}
    answers: dict[str, str | list[str]] = {k: value for k, value in known.items() if k not in content.records}
    content = msgspec.structs.replace(content, answers=answers)
    check = await site.hall.identified(actor, person, who, slug)
    await _keep(site, actor, slug, Sitting(person=person, name=name, number=number, content=content, check=str(check)))
    return go(f"/desk/intake/{slug}/form")


@get("/desk/intake/{slug:str}/form")
async def show(site: Site, visitor: Visitor, slug: str) -> Response[str]:
    """The whole form."""
    actor = clerk(visitor)
    sitting = await _sitting(site, actor, slug)
    return await _form(site, visitor, actor, slug, sitting, ())


@post("/desk/intake/{slug:str}/form", request_max_body_size=MAX_BYTES)
async def fill(site: Site, visitor: Visitor, slug: str, form: Form) -> Response[Any]:
    """Keep what was typed and handed over; then hand it in, or say what is still to do."""
    actor = clerk(visitor)
    sitting = await _sitting(site, actor, slug)
    if form.text("sitting") != sitting.person:
        raise _no_sitting()
    application = _typed(_application(site, slug, sitting), form)
    for name in [one for one in application.content.records if form.text(f"wrong.{one}")]:
        application = application.dispute(name)
    application = await looked_up(site, actor, application, sitting.person)
    wrong: list[Problem] = []
    try:
        application = await _files(site, visitor, actor, application, form, sitting.person)
    except Refused as error:
        wrong = refused(error)
    sitting = msgspec.structs.replace(sitting, content=application.content)
    await _keep(site, actor, slug, sitting)
    if form.text("do") == "code" and not wrong:
        wrong = [await helping.send(site, visitor, sitting.person, application)]
    if form.text("do") != "submit" or wrong:
        return await _form(site, visitor, actor, slug, sitting, wrong)
    problems = application.problems()
    how = helping.way(form)
    problems = problems or await helping.unconfirmed(site, sitting.person, application, form)
    if problems:
        return await _form(site, visitor, actor, slug, sitting, problems)
    applicant = Applicant(sitting.person, sitting.name, sitting.number)
    acting = msgspec.structs.replace(actor, on_behalf_of=sitting.person, agreed=how)
    application = await opened(site, acting, application, applicant)
    try:
        view = await site.cases.submit(
            acting,
            slug,
            application.facts(),
            application.files(),
            region=sitting.content.region,
            key=form.text("key"),
            records=application.content.records,
            disputes=disputes(application),
            applicant=applicant,
            owed=owed(application, sitting.person, _matter(slug), _reader(actor)),
        )
    except Refused as error:
        return await _form(site, visitor, actor, slug, sitting, refused(error))
    await site.cases.discard(actor, slug)
    if sitting.check:
        await site.hall.led_to(actor, sitting.person, UUID(sitting.check), view.case)
    await site.hall.taken_in(
        actor, sitting.person, view.case, case_region=view.opening.region, service=view.loaded.definition.service
    )
    names = {slug: need.name for slug, need in application.service.materials.items()}
    return page(
        site,
        visitor,
        "desk/intake_done.html",
        desk=desk(site, actor, "intake"),
        case=view.case,
        code=look_up_code(site, view),
        view=view,
        papers=[(names.get(slug), files) for slug, files in view.state.documents.items() if files],
        name=sitting.name,
        latest=view.latest,
        counter=site.directory.body(actor.body).name,
    )


async def _identify(
    site: Site, visitor: Visitor, actor: Actor, service: Service, form: Form, problems: tuple[Problem, ...]
) -> Response[str]:
    return page(
        site,
        visitor,
        "desk/intake_person.html",
        status=422 if problems else 200,
        desk=desk(site, actor, "intake"),
        service=service,
        lookups=announced(service),
        holders=await holders(site, service),
        cards=site.hall.cards,
        form=form,
        region=form.text("region") or here(site, actor),
        regions=grouped(site, visitor.lang),
        problems=problems,
    )


async def _who(site: Site, visitor: Visitor, service: Service, form: Form) -> Identified:
    """Who is here: by a device, or as typed; what was typed counts before any device. Raises Refused."""
    name, number = form.text("name"), narrow(form.text("number")).upper()
    how = form.text("how")
    if how in (How.CARD, How.NETWORK) and not (name or number):
        return await site.hall.identity.identify(How(how), form.text("presented")[:200])
    found = [*who_problems(name, number, site)]
    if form.text("away") or form.text("seen") or not form.text("reason"):
        found += await helping.present(site, visitor, service, form, name, number)
        if not found:
            return Identified(name=name, number=number, how=How.CODE if form.text("away") else How.SEEN)
    if found:
        raise Refused(*found, status=422)
    return by_hand(name, number, seen=False, reason=form.text("reason"))


def who_problems(name: str, number: str, site: Site) -> tuple[Problem, ...]:
    found: list[Problem] = []
    if not name:
        found.append(Problem("name-missing", Text("请填写姓名", "Please give the name"), "name"))
    wrong = id_number_problem(number, today=site.today, place="number")
    if wrong:
        found.append(wrong)
    return tuple(found)


async def person_of(site: Site, name: str, number: str, seen: Callable[[str], Opened]) -> str | None:
    """Our number for the person; made on their first visit. None if the number belongs to another name.

    Whoever is found by their number sees that they were, also under a wrong name: `seen` says who looked and why.
    """
    async with site.db.transaction() as connection:
        await store.lock_identity(connection, "id-number", number)
        known = await store.person_with_number(connection, number)
        if known is not None:
            await open_record(connection, seen(known.id))
            return known.id if known.name == name else None
        person = Person(id=person_id(), name=name, id_number=number, level=RealName.CHECKED)
        await store.save_people(connection, [person])
    return person.id


def checked(site: Site, actor: Actor, service: Service, power: str, person: str) -> Opened:
    """Somebody is found by their number at the counter."""
    return Opened(
        person=person,
        reader=reader_of(actor),
        purpose=Purpose.of(service, f"counter:{service.service}"),
        grant=f"power:{power}",
        resource="login.account",
        record="person",
        fields=("full_name", "id_number"),
        labels=(Text("姓名", "Name"), Text("身份证号码", "Identity number")),
        kind=Kind.COUNTER,
        at=site.clock(),
        source=Text("实名账户", "the account"),
        once=service.service,
    )


def may_receive(site: Site, actor: Actor, service: Service, region: str, person: str) -> Grant:
    """Nobody's records are read for a case that this clerk could not open. Raises Refused, as `org.may`."""
    body = site.directory.competent(service.authority.body, service.authority.level, region)
    procedure = site.catalogue.procedure(service.procedure)
    opens = next(name for name, act in procedure.acts.items() if START in act.from_)
    return allow(
        site.directory, actor, opens, Matter(region=region, body=body.id, service=service.service, applicant=person)
    )


def _matter(slug: str) -> str:
    return f"counter:{slug}"


async def looked_up(site: Site, actor: Actor, application: Application, person: str) -> Application:
    """With what the records say, read by an official for this person; the person sees that it was read.

    It is on the clerk's page at once, where the person points at what is wrong; what it makes apply is asked for too.
    """
    service = application.service
    purpose = purpose_of(site, service, _matter(service.service), application.content.region)
    while application.to_look_up:
        application = (await fetch(site, _reader(actor), person, application, purpose)).taken(())
    return application


def _reader(actor: Actor) -> Reader:
    return Reader(kind=actor.kind, id=actor.id, title=actor.post, body=actor.body, post=actor.post)


async def _keep(site: Site, actor: Actor, slug: str, sitting: Sitting) -> None:
    content: dict[str, Any] = {"sitting": msgspec.to_builtins(sitting)}
    await site.cases.save_draft(actor, slug, content, about=sitting.person)


async def _sitting(site: Site, actor: Actor, slug: str) -> Sitting:
    draft = await site.cases.draft(actor, slug)
    try:
        return msgspec.convert(draft.content["sitting"] if draft else None, Sitting)
    except (msgspec.ValidationError, KeyError) as error:
        raise _no_sitting() from error


def _no_sitting() -> Refused:
    """Also for a form of the person before: what was typed for one is never filed under the name of the next."""
    return refuse(
        "no-sitting",
        "这一份已经提交或作废，请从“窗口收件”重新开始",
        "This one has been handed in or dropped; start again from Counter",
        status=404,
    )


def _application(site: Site, slug: str, sitting: Sitting) -> Application:
    return Application(site.catalogue.service(slug, region=sitting.content.region or None), sitting.content, site.today)


def _typed(application: Application, form: Form) -> Application:
    """With every answer that was on the page, as it was typed."""
    for question in application.variant.questions:
        if question.name in form.values or f"{question.name}.year" in form.values:
            application = application.with_answer(question.name, sent(question, form))
    return application


async def _files(
    site: Site, visitor: Visitor, actor: Actor, application: Application, form: Form, person: str
) -> Application:
    """With every file that was handed over, sealed as the person's. Raises Refused, naming the material."""
    for need in application.to_upload:
        file, scan = form.file(f"file.{need.slug}"), form.text(f"scan.{need.slug}")
        data = await file.read() if file else await site.hall.scanner.read(actor.id, scan) if scan else None
        if data is None:
            continue
        await site.limits.spend(Limited.UPLOAD, visitor.who)
        try:
            kept = await site.cases.add_document(actor, file.filename if file else scan, data, about=person)
            if file is None:
                await site.hall.scanner.done(actor.id, scan)
        except Refused as error:
            raise Refused(
                *(Problem(p.code, p.text, f"file.{need.slug}") for p in error.problems), status=error.status
            ) from error
        application = application.with_upload(need.slug, Upload(kept.id, kept.name, kept.size))
    return application


async def _form(
    site: Site, visitor: Visitor, actor: Actor, slug: str, sitting: Sitting, problems: Any
) -> Response[str]:
    application = _application(site, slug, sitting)
    content = application.content
    slugs = {need.slug for need in application.to_upload}
    placed = [msgspec.structs.replace(p, place=f"file.{p.place}") if p.place in slugs else p for p in problems]
    return page(
        site,
        visitor,
        "desk/intake_form.html",
        status=422 if problems else 200,
        desk=desk(site, actor, "intake"),
        slug=slug,
        service=application.service,
        sitting=sitting,
        questions=[(question, application.typed(question)) for question in application.asked],
        known=[
            (question, content.records.get(question.name), said(question.fact, question.value, region_names(site)))
            for question in application.known
        ],
        disputed=[(name, one) for name, one in content.disputed.items()],
        missing=list(dict.fromkeys(content.missing.values())),
        names={name: words(fact.name, visitor.lang) for name, fact in application.service.facts.items()},
        papers=file_rows(application),
        scans=await site.hall.scanner.waiting(actor.id) if slugs else (),
        accepts={need.slug: accept(need.material) for need in application.to_upload},
        assessment=application.assessment,
        regions=grouped(site, visitor.lang),
        problems=placed,
        key=secrets.token_urlsafe(16),
    )


ROUTES = [choose, identify, begin, show, fill]
