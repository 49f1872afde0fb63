"""Looking at a changed certificate: the one act that every procedure knows while a case rests on such a one.

An official says what they saw, and only then can the case be decided in the applicant's favour; against the applicant
the procedure's own rules hold as always.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from tongban.base.i18n import Text
from tongban.cases.definition import Definition
from tongban.cases.model import SAME, By, CaseState, Event, Own, Refusal, refusal
from tongban.catalog.procedure import Act, Field, Who
from tongban.org import Actor, Role

if TYPE_CHECKING:
    from tongban.cases.decide import Command, GrantFor, PossibleAct

LOOK = Own.CERTIFICATE_LOOKED.value
CHANGES: dict[str, Text] = {
    "suspended": Text("已暂停使用", "suspended"),
    "revoked": Text("已废止", "revoked"),
    "replaced": Text("已由新的一张代替", "replaced by a new one"),
    "restored": Text("已恢复使用", "restored"),
    "unknown": Text("已经一天查不到还有没有效", "beyond checking for a day, as its issuer does not answer"),
    "confirmed": Text("又查到了，仍然有效", "found to hold by its issuer's list again"),
}
_ROLES = frozenset({Role.EXAMINE, Role.DECIDE, Role.HEAD})
_LAW = "行政许可法 34"
SPEC = Act(
    name=Text("看过证照的变化", "Look at the change of the certificate"),
    from_=(),
    to=SAME,
    who=(Who.EXAMINE, Who.DECIDE, Who.HEAD),
    says={
        "opinion": Field(
            type="long-text",
            name=Text("看了什么、还能不能依据它", "What you saw, and whether it can still be relied on"),
        )
    },
    law=_LAW,
    help=Text(
        "申请人提交以后，依据的证照被暂停、废止或者换过。看过、写明以后才能准予。",
        "A certificate was suspended, revoked or replaced after this was handed in. Say what you saw first.",
    ),
)


def possible(definition: Definition, state: CaseState, actor: Actor, grant: GrantFor) -> Iterator[PossibleAct]:
    """The act, for who may do it and while there is something to look at."""
    from tongban.cases.decide import PossibleAct

    granted = grant(LOOK) if _open(definition, state) and actor.kind == "official" else None
    if granted and granted.roles & _ROLES:
        yield PossibleAct(LOOK, SPEC.name, SPEC)


def _open(definition: Definition, state: CaseState) -> bool:
    """Whether there is something to look at. What a case about a certificate does next its own procedure says."""
    return bool(state.doubts) and not definition.ended(state) and not definition.about_certificate


def look(definition: Definition, state: CaseState, command: Command, now: datetime) -> Event | Refusal:
    """看过证照的变化. Says `opinion`."""
    if not _open(definition, state):
        return refusal(
            "nothing-changed", "没有要看的证照变化。", "No certificate has changed.", place="act", status=409
        )
    actor = command.actor
    if actor.kind != "official" or not command.grant.roles & _ROLES:
        return refusal(
            "not-your-act",
            "由审查、审批人员或者负责人来看。",
            "An examiner, a decider or the head looks at it.",
            place="actor",
            status=403,
        )
    opinion = str(command.says.get("opinion") or "").strip()
    if not opinion or len(opinion) > SPEC.says["opinion"].max_length:
        return refusal("field-missing", "请写看了什么（最多2000字）。", "Say what you saw.", place="opinion")
    return Event(
        seq=state.seq + 1,
        type=LOOK,
        at=now,
        by=By(actor.kind, actor.id, actor.name, actor.post or "", actor.body or ""),
        to=SAME,
        authority=command.grant.chain,
        payload={"opinion": opinion},
        law=_LAW,
    )
