"""Where our own guide finds nothing, what the guide of the level above finds: beside the ordinary way.

一地建设、多地复用: only where this place's reuse file is on. The question leaves without its personal values.
"""

from dataclasses import dataclass
from typing import Any

import msgspec
from litestar import Response, post

from tongban.assist.guide.deciding import HANDOVER
from tongban.assist.guide.service import USE
from tongban.assist.model import Abstain, Evidence
from tongban.assist.records import Asked
from tongban.assist.reuse import Pointed, Provenance
from tongban.base.i18n import Text
from tongban.org import Actor
from tongban.web.forms import Form
from tongban.web.html import page
from tongban.web.limits import Limited
from tongban.web.site import Site
from tongban.web.visitor import Visitor


@dataclass(frozen=True, slots=True)
class Above:
    """What the level above points to, who that is, what it rests on, and the call under which it stands in our log."""

    call: str
    region: Text
    pointed: Pointed
    provenance: Provenance
    evidence: tuple[Evidence, ...]


async def ask_above(site: Site, visitor: Visitor, question: str) -> Above | None:
    """The suggestion of the level above, or None: off, opted out, away, slow, or nothing found there either."""
    reusing = site.assist.reusing
    reuse = reusing.file(USE)
    if reuse is None:
        return None
    person = visitor.person
    if person is not None and site.assist.gate.opted_out(person.on_behalf_of or person.id, USE):
        return None
    names = (visitor.actor.name,) if visitor.actor else ()
    found = await reusing.ask(Asked(use=USE, region=reuse.region, names=names), question, _read)
    if isinstance(found, Abstain):
        return None
    return Above(
        call=found.id,
        region=site.directory.region_name(reuse.reuse.from_),
        pointed=found.value.value,
        provenance=found.value.provenance,
        evidence=found.evidence,
    )


def _read(value: Any) -> Pointed:
    return msgspec.convert(value, Pointed)


@post("/search/above")
async def said(site: Site, visitor: Visitor, form: Form) -> Response[str]:
    """Whether it was that: counts in our own figures, without anybody's name."""
    await site.limits.spend(Limited.SEARCH, visitor.who)
    right = form.text("right") == "yes"
    somebody = Actor(kind="person", id="", name="")
    await site.assist.reusing.settle(USE, form.text("call"), somebody, "accepted" if right else "declined")
    return page(site, visitor, "portal/above_said.html", right=right, handover=HANDOVER)


ROUTES = [said]
