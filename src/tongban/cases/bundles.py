"""`Bundles`: what can be done with a whole of several parts beyond what can be done with any case."""

from __future__ import annotations

from dataclasses import dataclass

from tongban.base.i18n import Text
from tongban.cases import invitations, parts
from tongban.cases.engine import Engine
from tongban.cases.invitations import Asked
from tongban.cases.loaded import Case, PartOf
from tongban.cases.model import Opening
from tongban.cases.store import bundles as store
from tongban.cases.store.bundles import Invitation, Invited
from tongban.cases.wholes import title_of
from tongban.catalog.bundle_count import Counted, Given, counted
from tongban.catalog.composing import Composed
from tongban.catalog.tables import both
from tongban.org import Actor

_TAKEN_BACK = Text("邀请已由申请人撤回", "The applicant took the invitation back")
_DECLINED = Text("对方没有同意", "The other person did not agree")


@dataclass(frozen=True, slots=True)
class ToCome:
    """A part that is not begun yet: what it waits for, or whom."""

    name: str
    title: Text
    after: tuple[Text, ...]
    invitation: Invitation | None
    invited: Invited | None
    sees: Text | None = None
    """What of the form the invited person reads, in words."""


class Bundles:
    """The bundles of one process. Whoever may not see a whole learns nothing of it here either."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def composed(self, whole: Case) -> Composed | None:
        """The bundle behind a whole; None where it is of another kind."""
        return parts.composed_of(self._engine, whole)

    async def to_come(self, actor: Actor, whole: Case) -> tuple[ToCome, ...]:
        """The parts of a whole that are not begun, in the order of its file; the codes only for who invited."""
        composed, opening = self.composed(whole), whole.state.case
        if composed is None:
            return ()
        known = {part.name for part in whole.state.parts}
        asked = {one.part: (one, who) for one, who in await invitations.of_whole(self._engine, actor, opening)}
        found: list[ToCome] = []
        for name in opening.parts:
            if name not in known:
                waits = [part for part in opening.parts if part in composed.bundle.waits(name)]
                after = tuple(title_of(composed, part) for part in waits)
                one, who = asked.get(name, (None, None))
                found.append(ToCome(name, title_of(composed, name), after, one, who, _sees(composed, who)))
        return tuple(found)

    async def owns(self, actor: Actor, whole: str) -> bool:
        """Whether a whole is this person's own: who completes one part of another's has no way to it."""
        found = await self._engine.find(self._engine.db, whole)
        return found is not None and found.state.case.applicant.id == (actor.on_behalf_of or actor.id)

    async def counted(self, actor: Actor, whole: Case) -> Counted | None:
        """How much was asked of who applied, against the parts one by one; None for anybody else.

        Counted from what each part was told, and for parts that wait from what is kept for them.
        """
        composed, opening = self.composed(whole), whole.state.case
        if composed is None or opening.applicant.id != (actor.on_behalf_of or actor.id):
            return None
        parts_of, given = composed.bundle.parts, dict[str, Given]()
        for part in whole.state.parts:
            found = await self._engine.find(self._engine.db, part.case) if part.case else None
            if found is not None and parts_of[part.name].by is None:
                said = [name for name in found.events[0].facts if name not in parts_of[part.name].takes]
                given[part.name] = Given(said, tuple(found.events[0].documents))
        for one in await store.prepared(self._engine.db, opening.region, opening.case):
            given[one.part] = Given(tuple(one.facts), tuple(one.documents))
        return counted(composed, given, self._asked(composed, opening))

    def _asked(self, composed: Composed, opening: Opening) -> list[str]:
        """The questions of the bundle itself that were put: its own, and who is invited."""
        roles = {member.by for name, member in composed.bundle.parts.items() if member.by and name in opening.parts}
        invited = [f"{role.replace('-', '_')}_{field}" for role in sorted(roles) for field in ("name", "number")]
        return [*composed.bundle.asks, *invited]

    async def answering(self, actor: Actor, service: str) -> PartOf | None:
        """The part that a person hands in with this service, where they have taken an invitation up."""
        if actor.kind != "person" or actor.on_behalf_of or not self._signed(service):
            return None
        taken = await store.taken_by(self._engine.db, actor.id, service)
        return PartOf(taken.case_id, taken.part) if taken and taken.until > self._engine.clock() else None

    def _signed(self, service: str) -> bool:
        """Whether some bundle has this service completed by another person; asked without the database."""
        bundles = self._engine.catalogue.bundles()
        return any(member.by and member.service == service for one in bundles for member in one.parts.values())

    async def invitation(self, actor: Actor, code: str) -> Asked:
        """As `invitations.read`."""
        return await invitations.read(self._engine, actor, code)

    async def waiting(self, actor: Actor) -> list[Asked]:
        """As `invitations.waiting`."""
        return await invitations.waiting(self._engine, actor)

    async def accept(self, actor: Actor, code: str) -> Asked:
        """As `invitations.accept`."""
        return await invitations.accept(self._engine, actor, code)

    async def decline(self, actor: Actor, code: str) -> None:
        """The invited person says no; the whole is told and goes on without it. Raises as `invitations.decline`."""
        await self._unsaid(await invitations.decline(self._engine, actor, code), _DECLINED)

    async def remind(self, actor: Actor, whole: str, part: str) -> None:
        """As `invitations.remind`."""
        await invitations.remind(self._engine, actor, whole, part)

    async def take_back(self, actor: Actor, whole: str, part: str) -> None:
        """Withdraw an invitation; the whole goes on without the part. Raises as `invitations.withdraw`."""
        await self._unsaid(await invitations.withdraw(self._engine, actor, whole, part), _TAKEN_BACK)

    async def _unsaid(self, one: Invitation, why: Text) -> None:
        await parts.end(self._engine, one.case_id, f"part-unsaid:{one.case_id}:{one.part}", one.part, why)

    async def catch_up(self) -> int:
        """As `parts.catch_up`."""
        return await parts.catch_up(self._engine)


def _sees(composed: Composed, invited: Invited | None) -> Text | None:
    if invited is None or not invited.tells:
        return None
    names = [both(composed.service.facts[one].name) for one in invited.tells if one in composed.service.facts]
    return Text("、".join(one.zh for one in names), ", ".join(one.en for one in names))
