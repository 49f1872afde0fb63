"""What the state knows of who applies: said first, then looked at, then used only once the person has seen it.

The answer to a look carries a `preview`: what was found, marked by this site, so that exactly what was shown is what an
application uses. Nothing is kept here in between; what a source still owes is (see `tongban.sharing.retry`).
"""

import hashlib
import hmac
from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import msgspec
from litestar import get, post

from tongban.base.errors import Problem, Refused, refuse
from tongban.base.i18n import Text
from tongban.base.keys import base64url, unbase64
from tongban.cases.model import Dispute
from tongban.catalog import parse_fact
from tongban.catalog.model import Service
from tongban.catalog.tables import both
from tongban.sharing import Announced, Owed, Reader, Shared, announced, sources
from tongban.web.api import case_answers as out
from tongban.web.api.asked import LookUpRequest, Submission
from tongban.web.api.body import Json
from tongban.web.api.caller import Asking, Caller
from tongban.web.api.operation import operation
from tongban.web.api.parameters import Path
from tongban.web.portal.application import Application, Content, as_typed
from tongban.web.portal.corrections import disputes, opened, owed
from tongban.web.portal.records import matter, purpose_of, subject
from tongban.web.portal.start import holders
from tongban.web.site import Site

TAG = "cases"
KEPT = timedelta(days=1)
"""How long a preview can be used; after that the values are looked up again."""


class _Preview(msgspec.Struct, frozen=True, omit_defaults=True):
    """What was shown: to whom, for which application, when."""

    actor: str
    person: str
    service: str
    region: str
    at: datetime
    found: dict[str, Shared]
    waiting: tuple[str, ...] = ()
    declined: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Looked:
    """What an application rests on: records that were let stand, those that are disputed, and what is still owed."""

    records: Mapping[str, Shared]
    disputes: Mapping[str, Dispute]
    owed: Owed | None


NOTHING = Looked({}, {}, None)


@get(
    "/services/{slug:str}/look-ups",
    **operation("listLookUps", "会查哪些记录", "Which records may be looked up", TAG, 404, public=True),
)
async def notices(caller: Asking, slug: Path) -> out.LookUpList:
    """查之前先告诉本人：查谁的、查哪几项、凭什么法、能不能不让查。这里什么都不查。

    Told before it is done (PIPL 17, 35): of whom, which values, under which article, and which may be declined.
    Nothing is looked up here.
    """
    service = caller.site.catalogue.service(slug)
    named = await holders(caller.site, service)
    return out.LookUpList(items=tuple(_notice(one, named) for one in announced(service)))


@post(
    "/look-ups",
    dto=Json[LookUpRequest],
    return_dto=None,
    status_code=200,
    **operation("lookUp", "调取记录，先看再用", "Look up and preview", TAG, 403, 404, 413, 415, 422),
)
async def look_up(caller: Asking, data: LookUpRequest) -> out.LookUpPreview:
    """依法核对的，和 agreed 里本人同意的，现在去查；查到的先给本人看，什么都还没有用。提交申请时带上 preview。

    Looks up what the law has the body check, and what is in `agreed`. What is found is for the person to see; nothing
    is used until an application carries the `preview`, less what the person says is `wrong`.
    """
    if not data.told:
        raise refuse(
            "not-told",
            "请先把会查什么告诉本人（GET /services/{slug}/look-ups），再带 told: true",
            "Tell the person first what will be looked up (GET /services/{slug}/look-ups), then send told: true",
            place="told",
            law="个人信息保护法 17、35",
        )
    site = caller.site
    service = site.catalogue.service(data.service, region=data.region)
    wanted = [one for one in announced(service) if one.basis == "agreement"]
    if odd := [place for place in data.agreed if place not in {one.place for one in wanted}]:
        raise refuse(
            "nothing-to-agree",
            f"这个事项没有要同意才查的“{'、'.join(odd)}”",
            f"Nothing that needs agreement is looked up in {', '.join(odd)} for this service",
            place="agreed",
        )
    declined = tuple(name for one in wanted if one.place not in data.agreed for name in one.names)
    application = await _look(caller, service, data.region, data.facts, declined)
    content, asked = application.content, {*application.content.found, *application.content.missing}
    named = await holders(site, service)
    now = site.clock()
    return out.LookUpPreview(
        service=service.service,
        region=data.region,
        asked=tuple(_notice(one, named) for one in announced(service) if asked & set(one.names)),
        found=tuple(
            out.FoundRecord(name=name, label=_label(service, name), record=content.found[name])
            for name in sources(service)
            if name in content.found
        ),
        missing=tuple(
            out.MissingRecord(name=name, label=_label(service, name), why=why, waiting=name in content.waiting)
            for name, why in content.missing.items()
        ),
        preview=_seal(caller, application, now),
        valid_until=now + KEPT,
    )


async def looked(caller: Caller, data: Submission) -> Looked:
    """What an application may use. Raises Refused: `look-up-not-agreed`, `preview-not-valid`, `preview-over`,
    `not-in-preview` (422), `look-up-for-another` (403)."""
    if data.preview:
        return await _confirmed(caller, data)
    if data.wrong:
        raise _not_shown(data.wrong)
    if not data.look_up:
        return NOTHING
    if not data.agreed:
        raise refuse(
            "look-up-not-agreed",
            "一次调取并提交，要带 agreed: true，表示本人事先看过会查什么、都同意；要先看再用的，请用 POST /look-ups",
            "To look up and apply in one call send agreed: true: the person was told what is looked up and agreed to"
            " all of it. To see the values first use POST /look-ups",
            place="agreed",
            law="个人信息保护法 13、17",
        )
    service = caller.site.catalogue.service(data.service, region=data.region)
    application = await _look(caller, service, data.region, data.facts, ())
    return await _used(caller, application.taken(()))


async def _confirmed(caller: Caller, data: Submission) -> Looked:
    shown = _unseal(caller, data)
    if strange := [name for name in data.wrong if name not in shown.found]:
        raise _not_shown(strange)
    service = caller.site.catalogue.service(data.service, region=data.region)
    content = Content(region=data.region, told=True, found=shown.found, waiting=shown.waiting, declined=shown.declined)
    application = Application(service, content, caller.site.today).taken(data.wrong)
    for name in data.wrong:
        fact = service.facts.get(name)
        if fact is not None and (answer := data.facts.get(name)) is not None:
            with suppress(Refused):  # what cannot be read is said with everything else that cannot
                application = application.with_answer(name, as_typed(fact, parse_fact(fact, answer, field=name)))
    return await _used(caller, await opened(caller.site, caller.person, application))


async def _used(caller: Caller, application: Application) -> Looked:
    actor = caller.person
    reader = Reader(kind=actor.kind, id=actor.id)
    still = owed(application, subject(actor), matter(application.service.service), reader)
    return Looked(application.content.records, disputes(application), still)


async def _look(
    caller: Caller, service: Service, region: str, facts: Mapping[str, Any], declined: tuple[str, ...]
) -> Application:
    """After a look at everything that applies for certain, and at what that makes apply; nothing of it is used yet."""
    site, actor = caller.site, caller.person
    person = subject(actor)
    if person is None:
        raise refuse(
            "look-up-for-another",
            "替别人办时不能调取记录，请本人登录，或者直接填写",
            "Records are not looked up for somebody else; they log in themselves, or the answers are given here",
            place="look_up",
            status=403,
        )
    reader = Reader(kind=actor.kind, id=actor.id)
    content = Content(region=region, told=True, declined=declined, answers=_typed(site, service, facts))
    application = Application(service, content, site.today)
    purpose = purpose_of(site, service, matter(service.service), region)
    while wanted := application.taken(()).to_look_up:
        answer = await site.sharing.look_up(person, wanted, service=service, purpose=purpose, reader=reader)
        application = application.looked(answer, wanted.keys())
    return application


def _typed(site: Site, service: Service, facts: Mapping[str, Any]) -> dict[str, str | list[str]]:
    """Answers as one would have typed them; what cannot be understood is no reason to look at more or less."""
    typed: dict[str, str | list[str]] = {}
    for name, answer in facts.items():
        fact = service.facts.get(name)
        if fact is None or answer is None:
            continue
        with suppress(Refused):
            typed[name] = as_typed(fact, parse_fact(fact, answer, field=name, today=site.today))
    return typed


def _notice(one: Announced, named: Mapping[str, Text]) -> out.LookUpNotice:
    return out.LookUpNotice(
        place=one.place,
        source=one.source,
        holder=named.get(one.place),
        basis=one.basis,
        names=one.names,
        labels=one.labels,
        laws=one.laws,
    )


def _label(service: Service, name: str) -> Text:
    return both((service.facts.get(name) or service.materials[name]).name)


def _who(caller: Caller) -> str:
    return f"{caller.person.id}/{caller.person.on_behalf_of}"


def _seal(caller: Caller, application: Application, now: datetime) -> str:
    content = application.content
    shown = _Preview(
        actor=_who(caller),
        person=subject(caller.person) or "",
        service=application.service.service,
        region=content.region,
        at=now,
        found=content.found,
        waiting=content.waiting,
        declined=content.declined,
    )
    told = base64url(msgspec.json.encode(shown))
    return f"{told}.{_mark(caller.site.secret, told)}"


def _unseal(caller: Caller, data: Submission) -> _Preview:
    told, _, mark = data.preview.partition(".")
    if not data.preview.isascii() or not hmac.compare_digest(mark, _mark(caller.site.secret, told)):
        raise _not_valid()
    shown = msgspec.json.decode(unbase64(told), type=_Preview)
    if (shown.actor, shown.service, shown.region) != (_who(caller), data.service, data.region):
        raise _not_valid()
    if not shown.at <= caller.site.clock() < shown.at + KEPT:
        raise refuse(
            "preview-over",
            "查到的内容已经超过一天，请重新调取再提交",
            "What was looked up is more than a day old; look it up again",
            place="preview",
        )
    return shown


def _not_valid() -> Refused:
    return refuse(
        "preview-not-valid",
        "这不是给这位申请人、这个事项、这个地方看过的 preview，请重新调取",
        "This preview was not given for this person, service and region; look up again",
        place="preview",
    )


def _not_shown(names: Collection[str]) -> Refused:
    words = Text("preview 里没有这一项，不用说它不对", "The preview does not show this, so it cannot be wrong")
    return Refused(*(Problem("not-in-preview", words, f"wrong.{name}") for name in sorted(names)))


def _mark(secret: bytes, told: str) -> str:
    return base64url(hmac.digest(secret, b"preview:" + told.encode(), hashlib.sha256))


ROUTES = [notices, look_up]
