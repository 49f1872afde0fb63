"""请您核对: what an uploaded paper seems to say otherwise than was typed, before it is sent. A hint, never a hurdle."""

from dataclasses import dataclass

from tongban.assist.precheck.model import Checked
from tongban.base.i18n import Text
from tongban.org import Actor
from tongban.web.portal.application import Application
from tongban.web.portal.places import name as place_name
from tongban.web.site import Site
from tongban.web.words import said


@dataclass(frozen=True, slots=True)
class Hint:
    """One difference: what the paper seems to say, and where the answer can be changed."""

    says: Text
    label: Text
    address: str


def keeper(actor: Actor) -> str:
    """Whose matter it is: the actor's, or that of whoever gave them the mandate."""
    return actor.on_behalf_of or actor.id


async def hints(site: Site, actor: Actor, application: Application) -> tuple[Hint, ...]:
    """What to look at once more. Empty while papers are still being read: nobody waits for that."""
    content = application.content
    found = await site.assist.precheck.of_draft(
        keeper(actor),
        application.service.service,
        [file.id for files in content.documents.values() for file in files],
        {question.name: question.value for question in application.asked if question.value is not None},
        {name: record.value for name, record in content.records.items()},
        content.region,
    )
    return tuple(_hint(site, application, check) for check in found.differing)


def _hint(site: Site, application: Application, check: Checked) -> Hint:
    fact = application.service.facts[check.fact]
    value = application.values.get(check.fact)
    mine = said(fact, value, lambda code: place_name(site, code))
    return Hint(
        says=Text(
            f"{check.paper.zh}上的{check.label.zh}好像是“{check.text}”，这里是“{mine.zh}”。",
            f"On the paper ({check.paper.en}), “{check.label.en}” seems to be “{check.text}”; here it is “{mine.en}”.",
        ),
        label=check.label,
        address=f"{application.address('q', check.fact)}?come_from=check",
    )
