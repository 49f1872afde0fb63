"""帮办代办: a free official helper fills in for somebody who is here, or who agrees from afar by a one-time code.

The helper is no agent: the look-ups and the application are agreed to by the person, on the screen, on paper, or by a
code that is sent to the person alone (浙江省保障“最多跑一次”改革规定 30: free of charge).
"""

from typing import cast

from tongban.base.errors import Problem, Refused
from tongban.base.i18n import LANGS, Text, words
from tongban.catalog.model import Service
from tongban.org import store
from tongban.org.model import Agreed
from tongban.web.forms import Form, refused
from tongban.web.limits import Limited
from tongban.web.portal.application import Application
from tongban.web.site import Site
from tongban.web.visitor import Visitor

_WAYS = ("screen", "paper", "code")


def way(form: Form) -> Agreed:
    """How the person confirms; a way that is not one counts as none."""
    said = form.all("confirmed")
    return cast("Agreed", said[-1]) if said and said[-1] in _WAYS else ""


async def present(site: Site, visitor: Visitor, service: Service, form: Form, name: str, number: str) -> list[Problem]:
    """Whether the person is here with their card, or has told the code; what is missing is said."""
    if form.text("seen"):
        return []
    if not form.text("away"):
        text = Text("请核对证件原件后打勾；本人没来的，用确认码", "Check the card and tick the box; or use a code")
        return [Problem("card-not-seen", text, "seen")]
    await site.limits.spend(Limited.LOG_IN, visitor.who)
    person = await store.person_with_number(site.db, number)
    known = person.id if person is not None and person.name == name else ""
    about = f"help:{service.service}"
    if form.text("away") == "send":
        if known:
            await site.cases.acting.code(known, about, _TITLE, _BEGIN.format(**_words(site, visitor, service)))
        return [_SENT]
    return await _wrong(site, known, about, form)


async def unconfirmed(site: Site, person: str, application: Application, form: Form) -> list[Problem]:
    """Whether the person has confirmed what will be handed in."""
    about = f"submit:{application.service.service}"
    match way(form):
        case "screen" | "paper":
            return []
        case "code":
            return await _wrong(site, person, about, form)
        case _:
            text = Text("请让申请人看过并确认", "Let the applicant read it and confirm")
            return [Problem("not-confirmed", text, "confirmed")]


async def send(site: Site, visitor: Visitor, person: str, application: Application) -> Problem:
    """Send the code by which the person confirms what was filled in; says that it was sent."""
    await site.limits.spend(Limited.LOG_IN, visitor.who)
    said = {**_words(site, visitor, application.service), "what": _filled_in(application)}
    await site.cases.acting.code(person, f"submit:{application.service.service}", _TITLE, _SUBMIT.format(**said))
    return _SENT


async def _wrong(site: Site, person: str, about: str, form: Form) -> list[Problem]:
    try:
        await site.cases.acting.check_code(person, about, form.text("code"))
    except Refused as error:
        return refused(error)
    return []


def _words(site: Site, visitor: Visitor, service: Service) -> dict[str, str | Text]:
    actor = visitor.actor
    body = site.directory.body(actor.body).name if actor and actor.body else Text("", "")
    name = actor.name if actor else ""
    return {
        "helper": Text(name, name),
        "body": body,
        "service": Text(*(words(service.name, lang) for lang in LANGS)),
        "code": "{code}",
    }


def _filled_in(application: Application) -> Text:
    """What was filled in, by the names of the form, so that the person knows what they confirm."""
    names = [one.fact.name for one in application.asked]
    said = [words(name, "zh") for name in names], [words(name, "en") for name in names]
    return Text("、".join(said[0]) or "没有要填的", ", ".join(said[1]) or "nothing to fill in")


_SENT = Problem(
    "code-sent",
    Text("如果姓名和号码对得上，确认码已经发给本人", "If the name and number fit, the code was sent"),
    "code",
)
_TITLE = Text("帮办代办确认码", "A code for an official who helps you")
_BEGIN = Text(
    "{body}的工作人员{helper}想帮您办“{service}”，要查您的记录来填表。同意的，把确认码{code}告诉他，10分钟内有效。帮办不收费。",
    "{helper} of {body} offers to help you with {service} and to look up your records for it. If you agree, tell them "
    "{code} within ten minutes. Help is free.",
)
_SUBMIT = Text(
    "{body}的工作人员{helper}替您填好了“{service}”：{what}。请他念给您听，没有错就把确认码{code}告诉他，10分钟内有效。",
    "{helper} of {body} has filled in {service} for you: {what}. Let them read it to you; if it is right tell them "
    "{code} within ten minutes.",
)
