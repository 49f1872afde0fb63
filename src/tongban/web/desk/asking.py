"""In the name of one's body: asking another for data, doubting its record, changing one's own entry of the list.

The desk and the API ask here alike: who may, what is checked before a case is opened, and which body answers.
"""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import msgspec

from tongban.base.errors import Problem, Refused, refuse
from tongban.base.i18n import Text
from tongban.cases import Applicant, CaseView
from tongban.cases.between import REQUEST
from tongban.cases.corrections import SERVICE as CORRECTION
from tongban.cases.listing import ELEMENT, PROPOSAL, REVISE
from tongban.cases.listing import SERVICE as ENTRY
from tongban.org import Actor, Role
from tongban.sharing.directory import elements, proposals, store
from tongban.sharing.directory.elements import ElementChange
from tongban.sharing.directory.model import Resource
from tongban.sharing.grants import Listed
from tongban.web.bodies import body_name
from tongban.web.site import Site

SERVICES = (REQUEST, CORRECTION, ENTRY, ELEMENT)
"""What a body asks for in its own name."""


def asks(actor: Actor) -> bool:
    """Whether this official asks in the name of their body."""
    return actor.kind == "official" and bool({Role.EXAMINE, Role.DECIDE, Role.HEAD} & actor.roles)


def may_ask(actor: Actor) -> Actor:
    """Whoever may ask in the name of their body. Raises Refused: `not-an-asker` (403)."""
    if not asks(actor):
        raise refuse(
            "not-an-asker",
            "提出共享申请由审查、审批岗位或者负责人办理。",
            "Examiners, deciders and heads ask for data in the name of their body.",
            status=403,
        )
    return actor


def in_name_of(site: Site, body: str) -> Applicant:
    """A body as the applicant."""
    found = site.directory.body(body)
    return Applicant(found.id, found.name.zh, found.uscc, "body")


def to_ask_for(site: Site, resource: str, record: str) -> Listed:
    """A record of the list. Raises Refused: `unknown-resource` (404); `owner-elsewhere` (409) where nobody on this
    platform could answer for the body that owns it."""
    found = site.cases.engine.listed(resource)
    if found is None or record not in found.records:
        raise refuse("unknown-resource", "清单里没有这项数据。", "The list has no such data.", status=404)
    if not site.directory.here(found.owner):
        owner = body_name(site, found.owner)
        raise refuse(
            "owner-elsewhere",
            f"这项数据由{owner.zh}提供，它不在本平台办件，从这里申请不了；请找本级数字政务中心。",
            f"These data are of {owner.en}, which works on another platform and cannot be asked from here; please turn"
            " to the digital centre of your level.",
            place="resource",
            status=409,
        )
    return found


async def ask_for_data(
    site: Site, actor: Actor, facts: Mapping[str, Any], key: str, documents: Mapping[str, Sequence[str]] | None = None
) -> CaseView:
    """A request; the head of the own sharing unit consents next (政务数据共享条例 20).

    Raises Refused: as `to_ask_for`, `unknown-service`, and as `Cases.submit`.
    """
    listed = to_ask_for(site, str(facts.get("resource") or ""), str(facts.get("record") or ""))
    _known_service(site, str(facts.get("for_service") or ""))
    return await site.cases.submit(
        may_ask(actor),
        REQUEST,
        facts,
        documents,
        region=site.directory.body(listed.owner).region,
        key=key,
        applicant=in_name_of(site, actor.body),
    )


async def doubt(
    site: Site, actor: Actor, facts: Mapping[str, Any], key: str, documents: Mapping[str, Sequence[str]] | None = None
) -> CaseView:
    """A record that the body uses and doubts, to the body that owns it (26)."""
    body = site.directory.body(may_ask(actor).body)
    applicant = in_name_of(site, body.id)
    return await site.cases.submit(
        actor, CORRECTION, facts, documents, region=body.region, key=key, applicant=applicant
    )


async def propose_entry(site: Site, actor: Actor, after: Resource, changed_on: str, why: str, key: str) -> CaseView:
    """A changed entry; one that is still with this body, new or given back, is put right in its own case (17).

    Raises Refused: as `check_proposal`; `entry-in-change` (409) where another change of it is under way.
    """
    facts = {"resource": after.id, "change": why, "changed_on": changed_on}
    return await _propose(site, actor, ENTRY, after.id, proposals.content(after), facts, key)


async def propose_element(
    site: Site, actor: Actor, after: ElementChange, changed_on: str, why: str, key: str
) -> CaseView:
    """A changed element of the dictionary, in the same way. Raises Refused: as `check_change`, `entry-in-change`."""
    facts = {"element": after.name, "change": why, "changed_on": changed_on}
    return await _propose(site, actor, ELEMENT, elements.MARK + after.name, elements.content(after), facts, key)


async def _propose(
    site: Site, actor: Actor, service: str, entry: str, content: dict[str, Any], facts: dict[str, Any], key: str
) -> CaseView:
    body = site.directory.body(may_ask(actor).body)
    centre = site.directory.sharing_authority(body.id)
    if centre is None:
        raise refuse("no-competent-body", "没有找到本级的数字政务中心。", "There is no digital centre of this level.")
    told = hashlib.sha256(msgspec.json.encode(content, order="sorted")).hexdigest()
    proposal = uuid5(NAMESPACE_URL, f"{body.id}/{key}/{told}")  # a repeat proposes the same
    before = await store.proposal(site.db, body.id, proposal)
    if before is not None and before["case_id"]:
        return await site.cases.view(actor, before["case_id"])
    await store.propose(site.db, body.id, proposal, entry, content, site.clock(), actor.id)
    said = {**facts, PROPOSAL: str(proposal)}
    if (case := await _to_revise(site, actor, entry)) is not None:
        view = await site.cases.act(actor, case, REVISE, {"facts": said}, version=None, key=key)
    else:
        view = await site.cases.submit(
            actor,
            service,
            said,
            region=body.region,
            key=key,
            applicant=in_name_of(site, body.id),
            owed_by=centre.id,
        )
    await store.carried(site.db, body.id, proposal, view.case)
    return view


async def _to_revise(site: Site, actor: Actor, resource: str) -> str | None:
    """The case about this entry that is still with this body: a better one goes into it."""
    case = await store.last_case(site.db, actor.body, resource)
    if case is None:
        return None
    view = await site.cases.view(actor, case)
    return case if any(act.act == REVISE for act in view.possible) else None


def _known_service(site: Site, slug: str) -> None:
    if slug and slug not in {one.service for one in site.catalogue.services()}:
        words = Text("没有这个事项，请从列出的事项里选", "There is no such service; choose one of those listed")
        raise Refused(Problem("unknown-service", words, "for_service"))
