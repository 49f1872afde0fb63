"""What the law or a promise says about one time limit. Data only; counting is in counting.py."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import time
from enum import StrEnum
from types import MappingProxyType

from tongban.terms.spans import Span, TermError, Text, Unit, Words

DAY_END = time(23, 59, 59)
"""The last second of the day: 截止时间为二十四时 (民法典 203 [M])."""

_START = Text("起算", "Start")


class Ground(StrEnum):
    """Known reasons to stop the clock. A rule may name others; these have names in both languages."""

    CORRECTION = "correction"
    HEARING = "hearing"
    TENDER = "tender"
    AUCTION = "auction"
    INSPECTION = "inspection"
    TESTING = "testing"
    QUARANTINE = "quarantine"
    APPRAISAL = "appraisal"
    EXPERT_REVIEW = "expert-review"


GROUND_NAMES: Mapping[str, Text] = MappingProxyType(
    {
        Ground.CORRECTION: Text("补正", "correction"),
        Ground.HEARING: Text("听证", "hearing"),
        Ground.TENDER: Text("招标", "tender"),
        Ground.AUCTION: Text("拍卖", "auction"),
        Ground.INSPECTION: Text("检验", "inspection"),
        Ground.TESTING: Text("检测", "testing"),
        Ground.QUARANTINE: Text("检疫", "quarantine"),
        Ground.APPRAISAL: Text("鉴定", "appraisal"),
        Ground.EXPERT_REVIEW: Text("专家评审", "expert review"),
    }
)


class Consequence(StrEnum):
    """What the law attaches to a term that runs out unanswered."""

    NONE = "none"
    DEEMED_ACCEPTED = "deemed-accepted"
    DEEMED_ACCEPTED_ON_EXPIRY = "deemed-accepted-on-expiry"
    DEEMED_RENEWED = "deemed-renewed"
    ESCALATE = "escalate"
    LAPSE = "lapse"
    LIABILITY = "liability"
    MAY_SUE = "may-sue"
    RECTIFY = "rectify"
    PENALTY = "penalty"
    MUST_STOP = "must-stop"
    FOLLOW_UP = "follow-up"
    KEPT_LONG_ENOUGH = "kept-long-enough"


CONSEQUENCE_NAMES: Mapping[Consequence, Text] = MappingProxyType(
    {
        Consequence.NONE: Text("无法定后果", "no consequence in law"),
        Consequence.DEEMED_ACCEPTED: Text("视为受理，自收到材料之日起算", "deemed accepted as of receipt"),
        Consequence.DEEMED_ACCEPTED_ON_EXPIRY: Text("自期限届满之日起视为受理", "deemed accepted on expiry"),
        Consequence.DEEMED_RENEWED: Text("视为准予延续", "deemed renewed"),
        Consequence.ESCALATE: Text("督办", "escalated to the supervisor"),
        Consequence.LAPSE: Text("权利失效", "the right lapses"),
        Consequence.LIABILITY: Text("责令改正并追究责任", "correction ordered and officials answerable"),
        Consequence.MAY_SUE: Text("可以提起诉讼", "the person may sue"),
        Consequence.RECTIFY: Text("限期整改，仍不符合的撤销", "rectification, then revocation"),
        Consequence.PENALTY: Text("依法处罚", "penalty"),
        Consequence.MUST_STOP: Text("不得继续运行", "operation must stop"),
        Consequence.FOLLOW_UP: Text("跟踪回访", "followed up with the person"),
        Consequence.KEPT_LONG_ENOUGH: Text("最低保存期届满", "minimum retention is over"),
    }
)


class Direction(StrEnum):
    """FORWARD counts from an event; BACKWARD counts back from one that is to come (届满前, 听证日前)."""

    FORWARD = "forward"
    BACKWARD = "backward"


class Start(StrEnum):
    """Which date is the first that counts. Minutes and hours always run from the very moment.

    NEXT_DAY: the day of the event is not counted (民法典 201 [M], the general rule). SAME_DAY: it is.
    """

    NEXT_DAY = "next-day"
    SAME_DAY = "same-day"


@dataclass(frozen=True, slots=True)
class Extension:
    """How much longer the law lets a named superior make the term; ``approver`` is a role's identifier."""

    span: Span
    approver: str
    law: Words
    title: Words = ""
    """The approver in words; the identifier is used when empty."""
    times: int = 1


@dataclass(frozen=True, slots=True)
class TermRule:
    """One time limit.

    name        stable identifier, e.g. ``licensing.decision``
    span        the budget
    law         citation; ``str`` or ``Text(zh, en)``
    title       what the term is for, in words; ``event`` names what starts it (受理 / acceptance)
    extension   None when the law gives none
    pauses      ground -> law that allows the clock to stop on it; empty when it may never stop
    end_of_day  time of day, in the authority's zone, at which a day is over (close of business or 24:00)
    rolls       a last day that is not a working day moves to the next one (民法典 203 [M]); backward terms
                move to the one before. Means nothing for working days (they end on one) and for hours.
    tag         "V" verified in the text of the law, "S" secondary source, "M" from memory, "" not stated

    Raises TermError ``extension-unit`` when an extension is in a unit that cannot be added to the span, and
    ``backward-fixed`` when a backward term has an extension or pauses: its day is fixed by the event.
    """

    name: str
    span: Span
    law: Words
    title: Words = ""
    event: Words = _START
    extension: Extension | None = None
    pauses: Mapping[str, Words] = field(default_factory=dict[str, Words], hash=False)
    consequence: Consequence = Consequence.NONE
    direction: Direction = Direction.FORWARD
    start_rule: Start = Start.NEXT_DAY
    end_of_day: time = DAY_END
    rolls: bool = True
    tag: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "pauses", MappingProxyType(dict(self.pauses)))
        if self.direction is Direction.BACKWARD and (self.extension or self.pauses):
            raise TermError(
                "backward-fixed",
                f"{self.name}是倒算期限，日子由届时的事件决定，不能延长或暂停",
                f"{self.name} counts back from an event; it can be neither extended nor paused",
            )
        if self.extension and not _addable(self.span, self.extension.span):
            raise TermError(
                "extension-unit",
                f"{self.name}的延长期限须与原期限用同一单位",
                f"The extension of {self.name} must be in a unit that adds to its span",
            )

    def promised(self, span: Span, *, name: str = "", law: Words = "") -> TermRule:
        """The same term as the authority promises it: shorter, and a breach goes to the supervisor.

        Raises TermError ``promise-too-long`` when the promise is longer than the law allows.
        """
        if span.rough_days > self.span.rough_days:
            raise TermError(
                "promise-too-long",
                f"承诺期限{span.text('zh')}长于法定期限{self.span.text('zh')}",
                f"The promise of {span.text('en')} is longer than the law's {self.span.text('en')}",
            )
        keep = self.extension if self.extension and _addable(span, self.extension.span) else None
        return replace(
            self,
            name=name or f"{self.name}.promised",
            span=span,
            law=law or self.law,
            extension=keep,
            consequence=Consequence.ESCALATE,
        )


# Months and calendar days add up once the start is known; minutes and working days only with their own.
_FAMILY: dict[Unit, str] = {
    Unit.MINUTE: "clock",
    Unit.CALENDAR_DAY: "calendar",
    Unit.MONTH: "calendar",
    Unit.WORKING_DAY: "working",
}


def _addable(span: Span, more: Span) -> bool:
    if span.unit is Unit.ON_THE_SPOT or more.unit is Unit.ON_THE_SPOT:
        return False
    return _FAMILY[span.measure()[0]] == _FAMILY[more.measure()[0]]
