"""A case about an entry of the directory of shared data: its publication, in the same transaction as the act.

Nothing but an act of a case publishes an entry, so each has a department that assessed and approved it, the digital
centre that examined it, and a history (政务数据共享条例 13, 16, 17).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import msgspec

from tongban.base.database import Connection
from tongban.base.errors import refuse
from tongban.cases.batch import Also
from tongban.cases.definition import Definition
from tongban.cases.model import CaseState, Event
from tongban.org import Directory
from tongban.sharing.directory import elements, proposals, store

SERVICE = "directory-entry"
"""The service by which a body proposes an entry."""
ELEMENT = "directory-element"
"""The service by which a body proposes a change of the dictionary; the same procedure."""
RESOURCE, PROPOSAL = "resource", "proposal"
"""The facts that name the entry (of an element `element`) and what is proposed for it."""
APPROVE, REVISE = "approve", "revise"
"""The acts by which the head approves a proposal and a better one takes its place."""


_NAMED = {SERVICE: RESOURCE, ELEMENT: "element"}


def _entry(state: CaseState) -> str:
    """What the case changes, as entries and elements are told apart."""
    named = str(state.facts[_NAMED[state.case.service]])
    return elements.MARK + named if state.case.service == ELEMENT else named


def held(definition: Definition, after: CaseState, new: Sequence[Event]) -> list[Also]:
    """One change of an entry at a time: it is this case's from its opening until it has ended.

    Raises Refused (`entry-in-change`, 409) inside the transaction, naming the case that was first.
    """
    case = after.case
    named = _NAMED.get(case.service)
    if named is None:
        return []
    also: list[Also] = []
    if any(named in event.facts for event in new):
        entry = _entry(after)

        async def take(connection: Connection) -> None:
            first = await store.take(connection, entry, case.case, new[-1].at)
            if first != case.case:
                raise refuse(
                    "entry-in-change",
                    f"“{entry}”已经有一件更新在办：{first}。请在那一件里修改，或者等它办完。",
                    f"A change of {entry} is under way already: {first}. Revise that one, or wait until it is done.",
                    place=named,
                    law="政务数据共享条例 17",
                    status=409,
                )

        also.append(take)
    if definition.ended(after):
        also.append(lambda connection: store.let_go(connection, case.case))
    return also


def listed(state: CaseState, event: Event, directory: Directory, day: date) -> Also:
    """Publish what the case proposes. Raises Refused (`not-the-sharing-authority`) at once where the body that
    answers is not the sharing authority of the asking body's own level; `proposal-missing` inside the transaction.
    """
    case = state.case
    body = case.applicant.id
    authority = directory.sharing_authority(body) if directory.has(body) else None
    if authority is None or authority.id != state.office.id:
        raise refuse(
            "not-the-sharing-authority",
            "目录由同级政务数据共享主管部门审核发布。",
            "An entry is examined and published by the sharing authority of the same level.",
            law="政务数据共享条例 16",
            status=403,
        )
    approved = next((act.at for act in reversed(state.acts) if act.type == APPROVE), event.at)

    async def publish_element(connection: Connection) -> None:
        change = await elements.proposed(connection, body, str(state.facts[PROPOSAL]), str(state.facts["element"]))
        made = msgspec.to_builtins(change.element)
        await store.publish_element(connection, change.name, body, made, event.at, f"{case.case}#{event.seq}")

    async def publish(connection: Connection) -> None:
        resource = await proposals.proposed(connection, body, str(state.facts[PROPOSAL]), str(state.facts[RESOURCE]))
        before = await store.version_of(connection, resource.id)
        version = max(before, resource.version) + 1
        made = proposals.published(resource, version, approved.astimezone(event.at.tzinfo).date(), day)
        name = f"{case.case}#{event.seq}"
        await store.publish(connection, made.id, version, body, proposals.content(made), event.at, name)

    return publish_element if case.service == ELEMENT else publish
