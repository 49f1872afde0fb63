"""What a person is told of machines in their case, and what the public is told of objections. Values only."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import msgspec

from tongban.base.i18n import Text


class Did(msgspec.Struct, frozen=True, kw_only=True):
    """A step of the case that no person did: the rules, or a term that ran out. `seq` is its event."""

    seq: int
    kind: Literal["rules", "clock"]
    at: datetime
    sentence: Text
    law: Text
    decided: bool
    """Whether this step decided the case, and not only moved it on."""


class Made(msgspec.Struct, frozen=True, kw_only=True):
    """A suggestion that a registered use made, and what people did with it.

    id       of the call in the log; an objection may name it
    link     the use's page in the public register
    taken    `accepted`, `declined`, or `open` while nobody has answered
    by       the post and body of who answered
    reason   what they wrote
    """

    id: str
    use: str
    name: Text
    link: str
    at: datetime
    said: Text
    taken: Literal["accepted", "declined", "open"]
    by: Text
    reason: str
    sentence: Text


class LookedUp(msgspec.Struct, frozen=True, kw_only=True):
    """Records that were read so that the person need not fill them in."""

    source: Text
    at: datetime
    facts: tuple[Text, ...]


class MachineAccount(msgspec.Struct, frozen=True, kw_only=True):
    """这件事里机器做了什么.

    summary      one sentence; says plainly when there was nothing
    nothing      no rule acted, no use made a suggestion, nothing was looked up
    withheld     how often a use was asked and gave no suggestion
    by_people    what only people did, by name of the act
    people_only  the person has asked that only people handle it
    """

    case: str
    summary: Text
    nothing: bool
    steps: tuple[Did, ...]
    suggestions: tuple[Made, ...]
    withheld: int
    looked_up: tuple[LookedUp, ...]
    by_people: tuple[Text, ...]
    people_only: bool

    @property
    def decided_by_rules(self) -> bool:
        """Whether the rules reached the outcome alone."""
        return any(step.decided and step.kind == "rules" for step in self.steps)


class Outcomes(msgspec.Struct, frozen=True, kw_only=True):
    """How objections about one use, or all of them, came out in a year. None where so few would tell of a person.

    median_days, worst_days  working days from asking to the answer
    """

    use: str
    asked: int | None
    changed: int | None = None
    upheld: int | None = None
    explained: int | None = None
    withdrawn: int | None = None
    elsewhere: int | None = None
    waiting: int | None = None
    overdue: int | None = None
    median_days: float | None = None
    worst_days: int | None = None


class Year(msgspec.Struct, frozen=True, kw_only=True):
    """The yearly publication: everything together, and each use of which there are enough.

    `hidden_below` is the size under which a group is not shown; the rest of it is in `all` only.
    """

    year: int
    region: str
    promised_working_days: int
    hidden_below: int
    all: Outcomes
    uses: tuple[Outcomes, ...] = ()
