"""核查期间晚些告诉本人: who may propose it for a case, who agrees to it, and who ends it.

The body whose case it is, for a service that a rule names, and two of its officials. It opens nothing: whoever reads
the case needs their right to it as before, and leaves the same line in 谁用过我的数据, which appears on the stated day.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from tongban.base.clock import ZONE
from tongban.base.errors import refuse
from tongban.cases.engine import Engine
from tongban.cases.views import CaseView
from tongban.org import Actor, Role
from tongban.sharing.access import inspecting
from tongban.sharing.access.delays import Delay
from tongban.sharing.access.inspecting import Inspection

_PROPOSE = frozenset({Role.EXAMINE, Role.DECIDE, Role.HEAD})
_AGREE = frozenset({Role.DECIDE, Role.HEAD})


@dataclass(frozen=True, slots=True)
class Inspections:
    """The inspections of one process. `view` is the case as its reader has just opened it, with their line written."""

    engine: Engine

    def rule(self, actor: Actor, view: CaseView) -> Delay | None:
        """The rule by which this official's body may delay what it opens of this case; None: there is none."""
        office = view.state.office.id
        if actor.kind != "official" or actor.body != office or not _PROPOSE & actor.roles:
            return None
        return inspecting.rule_for(self.engine.directory.body(office).kind, view.opening.service)

    async def of_case(self, actor: Actor, view: CaseView) -> Inspection | None:
        """The one under way. Raises Refused as `propose`."""
        self._may(actor, view)
        return await inspecting.under_way(self.engine.db, view.case, actor.body, self.engine.clock())

    async def propose(self, actor: Actor, view: CaseView, *, reason: str, last: date) -> Inspection:
        """Until the end of `last`, if another official agrees.

        Raises Refused: `no-delay-here` (403) where no rule covers this body and service; as `inspecting.propose`.
        """
        rule, now = self._may(actor, view), self.engine.clock()
        until = datetime.combine(last + timedelta(days=1), time(), ZONE)
        return await inspecting.propose(
            self.engine.db, actor, view.case, view.opening.applicant.id, rule, reason=reason, until=until, now=now
        )

    async def agree(self, actor: Actor, view: CaseView) -> None:
        """By a decider or the head of the same body who did not propose it. Raises Refused: as `of_case`,
        `nothing-to-agree` (409), `second-person-needed` (403)."""
        found = await self.of_case(actor, view)
        if found is None or found.agreed_at is not None:
            raise refuse("nothing-to-agree", "没有要同意的核查。", "There is nothing to agree to.", status=409)
        if not _AGREE & actor.roles:
            raise refuse(
                "second-person-needed",
                "由审批人或者负责人同意。",
                "A decider or the head of the body agrees.",
                status=403,
            )
        await inspecting.agree(self.engine.db, actor, found, self.engine.clock())

    async def end(self, actor: Actor, view: CaseView) -> None:
        """By anybody of the body who may propose one. Raises Refused: as `of_case`, `nothing-to-end` (409)."""
        found = await self.of_case(actor, view)
        if found is None:
            raise refuse("nothing-to-end", "没有正在进行的核查。", "None is under way.", status=409)
        await inspecting.end(self.engine.db, actor, found, self.engine.clock())

    def _may(self, actor: Actor, view: CaseView) -> Delay:
        rule = self.rule(actor, view)
        if rule is None:
            raise refuse(
                "no-delay-here",
                "没有规则允许您的机关对这一件晚些告诉本人；打开了就显示。",
                "No rule lets your body tell the person of this case later; what is opened is shown.",
                law="个人信息保护法 18、35",
                status=403,
            )
        return rule
