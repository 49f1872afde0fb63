"""这不对: the body that owns a record is asked to correct it, in a case of its own (政务数据共享条例 26)."""

from typing import Any

from tongban.base.errors import Refused
from tongban.cases import Applicant
from tongban.cases.corrections import SERVICE
from tongban.cases.model import Dispute
from tongban.org import Actor
from tongban.sharing import Owed, Reader, Shared, sources
from tongban.web.portal.application import Application
from tongban.web.site import Site

_PAPER = "这份材料不能用记录代替 This paper is not as the record has it"


async def correct(
    site: Site, actor: Actor, application: Application, name: str, applicant: Applicant | None = None
) -> str:
    """Open the case for one disputed record; its number, or "" where no such service is open here.

    Asking again for the same record in the same draft gives the same case.
    """
    record = application.content.disputed[name].record
    service = application.service
    source = sources(service)[name]
    said: dict[str, Any] = {
        "resource": record.resource or source.resource,
        "record": record.record or source.record,
        "field": source.field,
        "says_now": _says(record),
        "should_be": _stated(application, name),
        "used_for": service.service,
    }
    key = f"wrong:{applicant.id if applicant else actor.id}:{source.at}:{record.at.isoformat()}"[:200]
    try:
        view = await site.cases.submit(
            actor, SERVICE, said, region=application.content.region, key=key, applicant=applicant
        )
    except Refused as refused:
        site.log.event("correction-not-opened", code=refused.code, service=service.service)
        return ""
    return view.case


def _says(record: Shared) -> str:
    return str(record.value)[:200]


def _stated(application: Application, name: str) -> str:
    question = application.question(name)
    value = question.value if question else None
    return _PAPER if value is None else str(value)[:200]


async def opened(site: Site, actor: Actor, application: Application, applicant: Applicant | None = None) -> Application:
    """With a case for every disputed record whose question has an answer by now, or that stood for a paper."""
    for name, one in application.content.disputed.items():
        answered = name in application.content.answers or name in application.service.materials
        if not one.case and answered and (case := await correct(site, actor, application, name, applicant)):
            application = application.corrected_by(name, case)
    return application


def owed(application: Application, person: str | None, draft: str, reader: Reader) -> Owed | None:
    """What sources owe it: late answers, and what is disputed once corrected. None where nobody is asked."""
    content = application.content
    if person is None or not content.told:
        return None
    disputed = {name: one.case for name, one in content.disputed.items() if one.case}
    return Owed(person, draft, reader, content.waiting, disputed)


def disputes(application: Application) -> dict[str, Dispute]:
    """As the case keeps them."""
    return {name: Dispute(one.record, one.case) for name, one in application.content.disputed.items()}
