"""Powers that another body exercises: 委托, 集中, 下放, and what each of the three means.

行政许可法 24 and 25 [V]; 行政复议法 19 and 行政诉讼法 26 on who answers for a delegated act [M]. What becomes of open
cases when a move ends is no statute's: it is said here, in the notice, and on the public page.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Literal

from tongban.base.i18n import Text
from tongban.org.entries import ALL, Covers, Entry, lineage


class MoveKind(StrEnum):
    """How a power came to another body; what each means stands in `tongban.org.moved.MEANINGS`."""

    DELEGATED = "delegated"
    """委托: exercised in the name of the body that delegates (行政许可法 24)."""
    CONCENTRATED = "concentrated"
    """相对集中行政许可权, the one seal bureau: several bodies' powers in one body's own name (行政许可法 25)."""
    MOVED_DOWN = "moved-down"
    """下放: by law or decision, to a body below, in its own name."""


class Limit(Entry, frozen=True, kw_only=True):
    """Only where a figure of the application is at most this; a figure that is not known is above every limit."""

    fact: str
    at_most: int
    unit: Text = Text("", "")


class Delegation(Covers, frozen=True, kw_only=True):
    """A power that another body exercises: 委托, 集中 or 下放, as published.

    Only to an administrative body, only once published, a delegated power never passed on (行政许可法 24).
    """

    id: str
    from_body: str
    to_body: str
    kind: MoveKind = MoveKind.DELEGATED
    published_on: date | None = None
    notice: Text = Text("", "")
    """What was announced: the body and the content (行政许可法 24)."""
    decision: Text = Text("", "")
    """The document it rests on, with its number."""
    decided_by: str = ""
    """The body that decided, where it is another than `from_body`."""
    approved_by: Text = Text("", "")
    """国务院批准: the approval without which powers are not concentrated (行政许可法 25)."""
    limits: tuple[Limit, ...] = ()
    running: Literal["finish", "return"] = "return"
    """What becomes of open cases when it ends. In its own name a body always finishes what it took in."""
    case: str = ""
    """The case by which it was made or last changed."""
    ended_why: Text = Text("", "")

    def holds_on(self, day: date) -> bool:
        published = self.published_on is not None and self.published_on <= day
        return published and self.since <= day and (self.until is None or day < self.until)

    @property
    def own_name(self) -> bool:
        """Whether the body that received the power acts in its own name and owes the answer itself."""
        return self.kind is not MoveKind.DELEGATED

    def reaches(
        self, service: str, act: str, region: str, day: date, opened_on: date | None, figures: Mapping[str, int]
    ) -> bool:
        """Whether it covers an act on a case: in force and within its limits, or ended and the case one to finish."""
        on = opened_on if self._finishes(day, opened_on) and opened_on else day
        return self.covers(service, act, region, on) and self.within(figures)

    def covers(self, service: str, act: str, region: str, day: date) -> bool:
        """Whoever may do one act may look at what it is done to."""
        looks = act == "view" and self.acts and (ALL in self.services or service in self.services)
        if looks and self.holds_on(day):
            return any(code in self.regions for code in lineage(region))
        return super().covers(service, act, region, day)

    def within(self, figures: Mapping[str, int]) -> bool:
        """Whether every limit is kept."""
        return all(one.fact in figures and figures[one.fact] <= one.at_most for one in self.limits)

    def _finishes(self, day: date, opened_on: date | None) -> bool:
        finishing = self.own_name or self.running == "finish"
        return finishing and opened_on is not None and self.until is not None and opened_on < self.until <= day


@dataclass(frozen=True, slots=True)
class Meaning:
    """What one kind of move means for competence, signature, remedies and the cases that are open."""

    name: Text
    law: str
    own_name: bool
    """Who owes the answer: the body that received the power, or still the one that gave it."""
    decided_by: Text
    signature: Text
    """What letters, decisions and certificates say. `{giver}`, `{taker}`, `{decision}`."""
    answers_for_it: Text
    """被申请人、被告: against whom reconsideration and suit go, and who reviews."""
    at_the_start: Text
    at_the_end: Text
    passed_on: Text


_FINISHES = Text(
    "到期或者收回以后：已经收下的，由收下的机关以自己的名义办完；新的由原来的机关办。",
    "Once it ends, the body that took a case in finishes it in its own name; new ones go to the body of before.",
)
_STAYS = Text(
    "开始那天以前已经提出的，由原来的机关办完；那天以后提出的，由承接的机关办。",
    "What was asked for before it began is finished by the body of before; what comes later goes to the new one.",
)

MEANINGS: Mapping[MoveKind, Meaning] = {
    MoveKind.DELEGATED: Meaning(
        name=Text("委托", "Delegated"),
        law="行政许可法 24",
        own_name=False,
        decided_by=Text("委托机关在法定职权内决定并公告", "Decided and announced by the body that holds the power"),
        signature=Text(
            "本件由{taker}受{giver}委托、以{giver}的名义办理；{giver}监督办理并对后果负责。",
            "{taker} handled this as the delegate and in the name of {giver}, which supervises it and answers for it.",
        ),
        answers_for_it=Text(
            "委托机关是被申请人、被告；向委托机关的复议机关申请复议。",
            "The delegating body is the respondent; its own reviewing body decides.",
        ),
        at_the_start=Text(
            "答复一直由委托机关负责；从开始那天起，受委托机关可以办。",
            "The delegating body owes the answer throughout; from the first day the delegate may handle it.",
        ),
        at_the_end=Text(
            "到期或者收回以后：没办完的交回委托机关接着办，期限照走；公告写明由受委托机关办完的除外。",
            "Once it ends, open cases go back to the delegating body and their terms run on, "
            "unless the notice says that the delegate finishes them.",
        ),
        passed_on=Text("不得再委托。", "Never passed on."),
    ),
    MoveKind.CONCENTRATED: Meaning(
        name=Text("集中行使（一枚印章）", "Concentrated (one seal)"),
        law="行政许可法 25",
        own_name=True,
        decided_by=Text(
            "经国务院批准，由省级人民政府决定", "Decided by the provincial government with the State Council's approval"
        ),
        signature=Text(
            "本件由{taker}以自己的名义办理，依据{decision}。", "{taker} handled this in its own name under {decision}."
        ),
        answers_for_it=Text("集中行使的机关自己是被申请人、被告。", "The concentrating body itself is the respondent."),
        at_the_start=_STAYS,
        at_the_end=_FINISHES,
        passed_on=Text("不得转给别的机关。", "Not handed to another body."),
    ),
    MoveKind.MOVED_DOWN: Meaning(
        name=Text("下放", "Moved down"),
        law="行政许可法 22、23",
        own_name=True,
        decided_by=Text("法律法规或者有权机关的决定", "By law, or by decision of a body that may decide it"),
        signature=Text(
            "本件由{taker}以自己的名义办理，依据{decision}。", "{taker} handled this in its own name under {decision}."
        ),
        answers_for_it=Text("承接的机关自己是被申请人、被告。", "The body that received the power is the respondent."),
        at_the_start=_STAYS,
        at_the_end=_FINISHES,
        passed_on=Text("不得自行再下放。", "Not moved further down by itself."),
    ),
}
"""One row a kind. Nothing else in the platform says what a kind means."""


class Moved:
    """The moves of one installation at this moment; replaced whole when an act of a case publishes or ends one."""

    __slots__ = ("_between", "_from", "_to", "everything")

    def __init__(self, moves: Iterable[Delegation] = ()) -> None:
        self.take(moves)

    def take(self, moves: Iterable[Delegation]) -> None:
        """Know these from now on."""
        self.everything: tuple[Delegation, ...] = tuple(sorted(moves, key=lambda one: one.id))
        between: dict[tuple[str, str], list[Delegation]] = {}
        giving: dict[str, list[Delegation]] = {}
        taking: dict[str, list[Delegation]] = {}
        for one in self.everything:
            between.setdefault((one.from_body, one.to_body), []).append(one)
            giving.setdefault(one.from_body, []).append(one)
            taking.setdefault(one.to_body, []).append(one)
        self._between, self._from, self._to = between, giving, taking

    def between(self, giver: str, taker: str) -> list[Delegation]:
        """What one body has delegated to another, in the giver's name."""
        return [one for one in self._between.get((giver, taker), ()) if not one.own_name]

    def given_by(self, body: str) -> list[Delegation]:
        """What a body has given away, in whatever way."""
        return self._from.get(body, [])

    def held_by(self, body: str) -> list[Delegation]:
        """What a body has received, in whatever way."""
        return self._to.get(body, [])

    def figures(self, body: str, service: str) -> frozenset[str]:
        """The facts that limits on a body's moved powers ask for."""
        moves = (*self.given_by(body), *self.held_by(body))
        return frozenset(limit.fact for one in moves if _names(one, service) for limit in one.limits)

    def measures(self, service: str) -> bool:
        """Whether any move of this service has a limit that asks for a figure."""
        return any(one.limits and _names(one, service) for one in self.everything)

    def touches(self, body: str, service: str) -> bool:
        """Whether any move concerns this service of a body."""
        return any(_names(one, service) for one in (*self.given_by(body), *self.held_by(body)))

    def named(self, move: str) -> Delegation | None:
        """A move by its id."""
        return next((one for one in self.everything if one.id == move), None)


def _names(one: Delegation, service: str) -> bool:
    return ALL in one.services or service in one.services
