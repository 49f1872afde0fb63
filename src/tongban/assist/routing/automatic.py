"""When a sure answer may be ticked for the clerk beforehand. Pure.

Off unless the installation's own record asks for it. Nothing goes its way by itself: from the dispatch on a body owes
the answer and its time runs, so a person sends every request (no machine is an actor).
"""

from __future__ import annotations

from tongban.assist.measured import Measured, missed
from tongban.assist.model import Abstain
from tongban.assist.routing.records import Look
from tongban.assist.routing.urgency import Level
from tongban.catalog.use import Threshold, Use
from tongban.catalog.watching import Measure

CEILING = "assign"
DEMANDED = Threshold(metric="sure-accuracy", at_least=0.98)
"""Of held-out requests answered at or above the cut-off, how many have to be right."""


def allowed(use: Use, found: Measured | None) -> bool:
    """Whether sure answers may be ticked: the record's ceiling is `assign`, it demands `DEMANDED` or more, its
    measurement reaches all that it demands, and what officials decline switches it off beyond a limit. A record by
    which officials are at times to form a view of their own first ticks nothing for them."""
    watch = use.watch
    if watch is None or watch.limit(Measure.DECLINED) is None or "second-look" in watch.levels:
        return False
    demanded = any(
        one.metric == DEMANDED.metric and (one.at_least or 0.0) >= (DEMANDED.at_least or 1.0)
        for one in use.evaluation.thresholds
    )
    return use.ceiling == CEILING and demanded and found is not None and not missed(use, found)


def ready(use: Use | None, found: Measured | None, look: Look, *, alone: bool) -> str:
    """The category that is ticked beforehand, or empty where the clerk has to look first: an abstention, an answer
    below the cut-off or of the level above, anything urgent or perhaps said before (not `alone`), a kind for which no
    body here is in charge."""
    said = look.found
    if use is None or isinstance(said, Abstain) or not said.value or not allowed(use, found):
        return ""
    first = said.value[0]
    own = look.above is None and said.version == use.version
    fits = own and first.sure and first.body and alone and look.urgency.level is Level.USUAL
    return first.category if fits else ""
