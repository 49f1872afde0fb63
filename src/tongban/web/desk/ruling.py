"""What the rules say about a case: advice to the official, never a decision."""

from dataclasses import dataclass

from tongban.base.i18n import Text
from tongban.catalog import Explanation
from tongban.catalog.tables import Outcome
from tongban.web.desk.sheet import Look

OUTCOMES: dict[Outcome, Look] = {
    "eligible": Look(Text("按规则符合条件", "The rules are met"), "ok", "ok"),
    "not-yet": Look(Text("按规则现在还不符合", "The rules are not met yet"), "clock", "warn"),
    "no": Look(Text("按规则不符合条件", "The rules are not met"), "x", "seal"),
    "ask-official": Look(Text("要由您判断", "The rules leave this to you"), "me", "warn"),
    "not-needed": Look(Text("不需要办理", "No application is needed"), "info", "mute"),
    "unknown": Look(Text("信息不全，规则判断不了", "Too little is known for the rules"), "info", "warn"),
}


@dataclass(frozen=True, slots=True)
class Ruling:
    """What the rules say, and why."""

    look: Look
    told: Explanation


def ruling(told: Explanation) -> Ruling:
    """The rules' finding on a case, table by table, with its law and what would change it."""
    return Ruling(OUTCOMES[told.outcome], told)
