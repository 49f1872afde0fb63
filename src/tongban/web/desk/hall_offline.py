"""离线收件: a counter goes on receiving while the line is away, and hands in later, each form once.

The page and its script are kept by the browser (a service worker of ours); what is captured lies there sealed with a
key made from the clerk's passphrase. Here is what the server adds: the forms, a fresh token, and the handing in.
"""

import base64
import binascii
from collections.abc import Mapping
from typing import Any

import msgspec
from litestar import MediaType, Response, get, post

from tongban.base.errors import Problem, Refused
from tongban.base.i18n import LANGS, Text, words
from tongban.base.ids import narrow
from tongban.cases import Applicant
from tongban.hall.identity import Identified, by_hand
from tongban.hall.offline import Captured, counts_from
from tongban.org import Actor
from tongban.web.desk import intake
from tongban.web.desk.intake import MAX_BYTES, clerk
from tongban.web.desk.staff import desk
from tongban.web.forms import Form
from tongban.web.html import page
from tongban.web.limits import Limited
from tongban.web.portal.application import Application, Content, Upload
from tongban.web.portal.places import grouped, here
from tongban.web.portal.start import declined
from tongban.web.site import Site
from tongban.web.visitor import Visitor


@get("/desk/hall/offline")
async def offline(site: Site, visitor: Visitor) -> Response[str]:
    """The page that the browser keeps. Nothing of anybody is in it."""
    actor = clerk(visitor)
    return page(site, visitor, "desk/hall_offline.html", desk=desk(site, actor, "offline"))


@get("/desk/hall/offline-worker.js")
async def worker(site: Site) -> Response[bytes]:
    """The service worker. Its address is fixed and it may keep the pages of the offline counter alone."""
    asset = site.pages.assets.get(site.pages.assets.url("hall-worker.js"))
    headers = {"service-worker-allowed": "/desk/hall/offline", "cache-control": "no-cache"}
    return Response(asset.plain if asset else b"", media_type="text/javascript; charset=utf-8", headers=headers)


@get("/desk/hall/offline/forms.json")
async def forms(site: Site, visitor: Visitor) -> Response[dict[str, Any]]:
    """Every form that may be received here, as the script draws it."""
    actor = clerk(visitor)
    shown = [_shape(service) for service in site.catalogue.services() if "counter" in service.reach.modes]
    regions = [{"name": name, "regions": [list(one[:2]) for one in some]} for name, some in grouped(site, visitor.lang)]
    return Response({"services": shown, "regions": regions, "here": here(site, actor)}, media_type=MediaType.JSON)


@get("/desk/hall/offline/token")
async def token(visitor: Visitor) -> Response[dict[str, str]]:
    """Who is logged in, and a token to hand in with. Raises Refused as `official` when nobody is any more."""
    actor = clerk(visitor)
    return Response({"csrf": visitor.csrf, "clerk": actor.id, "name": actor.name}, media_type=MediaType.JSON)


@post("/desk/hall/offline/sync", request_max_body_size=MAX_BYTES)
async def sync(site: Site, visitor: Visitor, form: Form) -> Response[dict[str, Any]]:
    """Hand in one captured form: a case, the same one however often it is sent, or every problem for the clerk."""
    actor = clerk(visitor)
    try:
        one = msgspec.json.decode(form.text("capture"), type=Captured)
    except (msgspec.MsgspecError, RecursionError, UnicodeError):
        return _returned([Problem("unreadable-capture", Text("这一份读不出来。", "This one cannot be read."))])
    if one.clerk != actor.id:
        text = Text("这一份是别的工作人员收的，请本人登录后提交。", "Another clerk received this; they hand it in.")
        return _returned([Problem("not-your-capture", text)])
    try:
        async with site.hall.syncing(actor, one) as known:
            if known is not None:
                return _became(known.case_id, known.counted)
            return await _hand_in(site, visitor, actor, one)
    except Refused as error:
        if error.status >= 500 or error.status == 429:
            raise
        return _returned(error.problems)


async def _hand_in(site: Site, visitor: Visitor, actor: Actor, one: Captured) -> Response[dict[str, Any]]:
    problems: list[Problem] = []
    region = site.directory.region(one.region).code
    service = site.catalogue.service(one.service, region=region)
    power = intake.may_receive(site, actor, service, region, "").power
    name, number = one.name.strip(), narrow(one.number).upper()
    problems += intake.who_problems(name, number, site)
    who: Identified | None = None
    received = None
    try:
        who = by_hand(name, number, seen=one.seen, reason=one.reason)
    except Refused as error:
        problems += error.problems
    try:
        received = counts_from(one, site.clock(), site.calendar, site.settings.timezone)
    except Refused as error:
        problems += error.problems
    if not one.confirmed:
        problems.append(
            Problem("not-confirmed", Text("申请人还没有确认", "The applicant has not confirmed"), "confirmed")
        )
    if problems or who is None:
        raise Refused(*problems, status=422)
    person = await intake.person_of(
        site, name, number, lambda found: intake.checked(site, actor, service, power, found)
    )
    if person is None:
        text = Text("这个身份证号码登记的是另一个姓名", "This number is registered under another name")
        raise Refused(Problem("name-differs", text, "name"), status=422)
    intake.may_receive(site, actor, service, region, person)
    agreed = Form({"lookups": ["yes"]} if one.lookups else {})
    application = Application(
        service, Content(region=region, told=True, declined=declined(service, agreed)), site.today
    )
    application = await intake.looked_up(site, actor, application, person)
    told = {"full_name": name, "id_number": number} | one.answers
    application = _filled(application, told)
    application = await intake.looked_up(site, actor, application, person)
    application, spoiled = await _files(site, visitor, actor, application, one, person)
    problems += [*spoiled, *application.problems()]
    if problems:
        raise Refused(*problems, status=422)
    acting = msgspec.structs.replace(actor, on_behalf_of=person, agreed="screen")
    view = await site.cases.submit(
        acting,
        one.service,
        application.facts(),
        application.files(),
        region=region,
        key=f"offline-{one.key}",
        records=application.content.records,
        applicant=Applicant(person, name, number),
        received=received,
    )
    check = await site.hall.identified(actor, person, who, one.service)
    await site.hall.led_to(actor, person, check, view.case)
    await site.hall.taken_in(
        actor, person, view.case, case_region=view.opening.region, service=view.loaded.definition.service
    )
    await site.hall.captured(actor, one, view.case, counted=received is not None)
    return _became(view.case, received is not None)


def _filled(application: Application, told: Mapping[str, str | list[str]]) -> Application:
    """With what was typed where no record answers; a fact of the form that does not apply is left out."""
    for _ in range(len(application.service.facts)):
        asked = [q.name for q in application.asked if q.name in told]
        fresh = [name for name in asked if name not in application.content.answers]
        if not fresh:
            break
        for name in fresh:
            application = application.with_answer(name, told[name])
    return application


async def _files(
    site: Site, visitor: Visitor, actor: Actor, application: Application, one: Captured, person: str
) -> tuple[Application, list[Problem]]:
    problems: list[Problem] = []
    wanted = {need.slug for need in application.to_upload}
    for file in one.files:
        if file.material not in wanted:
            continue
        await site.limits.spend(Limited.UPLOAD, visitor.who)
        try:
            data = base64.b64decode(file.data, validate=True)
            kept = await site.cases.add_document(actor, file.name, data, about=person)
        except (binascii.Error, ValueError):
            text = Text("{name}没有完整保存下来", "{name} was not kept whole").format(name=file.name)
            problems.append(Problem("file-damaged", text, file.material))
        except Refused as error:
            problems += [Problem(p.code, p.text, file.material) for p in error.problems]
        else:
            application = application.with_upload(file.material, Upload(kept.id, kept.name, kept.size))
    return application, problems


def _shape(service: Any) -> dict[str, Any]:
    facts = [
        {
            "name": name,
            "label": _both(fact.name),
            "hint": _both(fact.hint),
            "type": fact.type,
            "unit": fact.unit or "",
            "choices": [{"value": one.value, "name": _both(one.name)} for one in fact.choices],
        }
        for name, fact in service.facts.items()
        if not fact.derive and name not in ("full_name", "id_number")
    ]
    materials = [{"slug": slug, "label": _both(one.name)} for slug, one in service.materials.items()]
    return {"service": service.service, "name": _both(service.name), "facts": facts, "materials": materials}


def _both(said: Any) -> dict[str, str]:
    return {lang: words(said, lang) if said else "" for lang in LANGS}


def _became(case: str, counted: bool) -> Response[dict[str, Any]]:
    return Response({"outcome": "case", "case": case, "counted": counted}, media_type=MediaType.JSON, status_code=200)


def _returned(problems: Any) -> Response[dict[str, Any]]:
    said = [
        {"code": one.code, "place": one.place, "zh": words(one.text, "zh"), "en": words(one.text, "en")}
        for one in problems
    ]
    return Response({"outcome": "returned", "problems": said}, media_type=MediaType.JSON, status_code=200)


ROUTES = [offline, worker, forms, token, sync]
