"""紧急查看: declaring one, and the review case that each of them has, with the body that supervises.

The review is opened right after the emergency is written; where that fails it is opened at the next turn, so that none
stays without. Whoever looked cannot speak for their body in it.
"""

from __future__ import annotations

from dataclasses import dataclass

from tongban.base.errors import Refused, refuse
from tongban.cases.engine import Engine
from tongban.cases.model import Applicant
from tongban.cases.reading import Reading
from tongban.cases.rights import may_see
from tongban.org import Actor, Body, Grant
from tongban.org.entries import lineage
from tongban.sharing.access import Kind, delays
from tongban.sharing.access import emergency as emergencies
from tongban.sharing.access.emergency import Emergency

REVIEW = "emergency-access-review"
_WATCHES = "digital-centre"


@dataclass(frozen=True, slots=True)
class Emergencies:
    """The emergencies of one process."""

    engine: Engine
    reading: Reading

    async def declare(
        self, actor: Actor, case: str, *, ground: str, reason: str, understood: bool, later: bool = False
    ) -> Emergency:
        """From now on the official may read this one case for an hour; the person sees it and it is reviewed.

        `later`: the person sees it later, where a rule allows it. Raises Refused: `unknown-case` (404); `not-needed`
        (409) where they may read it anyway; `conflict-of-interest` (403); `delay-without-rule` (403); and as
        `emergency.checked`.
        """
        given, said = emergencies.checked(ground, reason, understood=understood)
        found = await self.reading.find(actor, case, Kind.EMERGENCY)
        right = may_see(self.engine, actor, found)
        if isinstance(right, Grant):
            raise refuse(
                "not-needed",
                "这个办件本来就归您看，直接打开就行。",
                "You may read this case anyway; just open it.",
                place="case",
                status=409,
            )
        if right.code in ("conflict-of-interest", "post-not-held", "on-leave"):
            await self.reading.refused(actor, case, Kind.EMERGENCY, right.code)
            raise right.error()
        db, now = self.engine.db, self.engine.clock()
        declared = await emergencies.declare(
            db,
            actor,
            found.state.case.case,
            found.state.case.applicant.id,
            ground=given,
            reason=said,
            watcher=self._watcher(actor.body).id,
            now=now,
            delayed_by=self.rule_for(actor) if later else None,
        )
        try:
            await self._review(declared)
        except Refused:
            return declared  # opened at the next turn
        return declared

    def rule_for(self, actor: Actor) -> str | None:
        """The rule by which an emergency of this official's body may be shown to the person later."""
        kind = self.engine.directory.body(actor.body).kind
        fitting = (one for one in delays().values() if Kind.EMERGENCY in one.kinds and kind in one.bodies)
        return next((one.rule for one in fitting), None)

    async def turn(self) -> int:
        """Open what reviews are missing; their number."""
        missing = await emergencies.unreviewed(self.engine.db)
        for one in missing:
            await self._review(one)
        return len(missing)

    async def _review(self, one: Emergency) -> None:
        directory = self.engine.directory
        watcher, owner = directory.body(one.watcher), directory.body(one.body)
        opened = await self.engine.open(
            Actor.rules(),
            REVIEW,
            {
                "facts": {
                    "emergency": one.id,
                    "case_number": one.case_id,
                    "post": one.post,
                    "ground": one.ground.value,
                },
                "reasons": one.reason,
            },
            region=owner.region,
            applicant=Applicant(watcher.id, watcher.name.zh, watcher.uscc, "body"),
            records={},
            key=f"emergency:{one.id}",
            owed_by=owner.id,
            barred=(one.reader,),
        )
        await emergencies.reviewed_by(self.engine.db, one.id, opened.state.case.case)

    def _watcher(self, body: str) -> Body:
        """The nearest supervising body that is not the reader's own."""
        directory = self.engine.directory
        bodies = [one for one in directory.register.bodies if one.kind == _WATCHES and one.id != body]
        for code in lineage(directory.body(body).region):
            if found := next((one for one in bodies if one.region == code), None):
                return found
        raise refuse(
            "no-competent-body",
            "没有可以复核的监督单位，不能紧急查看。",
            "There is no supervising body that could review it.",
            status=409,
        )
