"""系统自动分办: when a request may go to a body without waiting for a clerk, and what is written of it. Pure.

Off unless the installation's own record asks for it. Only the way is chosen, never the answer, and no clock starts: any
officer who may pass a request on may pass this one on.
"""

from __future__ import annotations

from datetime import datetime

from tongban.assist.measured import Measured, missed
from tongban.assist.model import Abstain
from tongban.assist.routing.records import Look, Machine, Move, Ranked, Request
from tongban.assist.routing.urgency import Level
from tongban.catalog.use import Threshold, Use
from tongban.catalog.watching import Measure
from tongban.org import Actor

CEILING = "assign"
DEMANDED = Threshold(metric="sure-accuracy", at_least=0.98)
"""Of held-out requests answered at or above the cut-off, how many have to be right."""


def allowed(use: Use, found: Measured | None) -> bool:
    """Whether sure answers may go their way: the record's ceiling is `assign`, it demands `DEMANDED` or more, its
    measurement reaches all that it demands, and what officials pass on switches it off beyond a limit. A record by
    which officials are at times to form a view of their own first assigns nothing without them."""
    watch = use.watch
    if watch is None or watch.limit(Measure.DECLINED) is None or "second-look" in watch.levels:
        return False
    demanded = any(
        one.metric == DEMANDED.metric and (one.at_least or 0.0) >= (DEMANDED.at_least or 1.0)
        for one in use.evaluation.thresholds
    )
    return use.ceiling == CEILING and demanded and found is not None and not missed(use, found)


def assigned(
    use: Use | None, found: Measured | None, look: Look, clerk: Actor, now: datetime, *, alone: bool
) -> Request | None:
    """The request as it goes its way, or None where a person has to choose: an abstention, an answer below the cut-off
    or of the level above, anything urgent or perhaps said before (not `alone`), a kind for which no body here is in
    charge."""
    said = look.found
    if use is None or isinstance(said, Abstain) or not said.value or not allowed(use, found):
        return None
    first = said.value[0]
    own = look.above is None and said.version == use.version
    if not (own and first.sure and first.body and alone and look.urgency.level is Level.USUAL):
        return None
    words = tuple(dict.fromkeys(one.quote for one in said.evidence))
    machine = Machine(use=said.use, version=said.version, confidence=said.confidence, words=words)
    move = Move(
        seq=1, at=now, kind="automatic", category=first.category, body=first.body, by_id="", post="", machine=machine
    )
    return Request(
        region=look.id[:6],
        id=look.id,
        at=now,
        said=look.said,
        urgency=look.urgency.level,
        rule="",
        taken_by=clerk.id,
        office=clerk.body,
        call=said.id,
        top=tuple(Ranked(one.category, one.confidence) for one in said.value),
        moves=(move,),
    )
