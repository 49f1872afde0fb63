"""Who answers a case now, why, who took it in, through whose hands it went, and how long each of them had it.

The same for the person, the desk, programs and the export. Empty where nothing has to be said: the body of the place
where one applied has it, by no rule that had to be explained.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

import msgspec

from tongban.base.i18n import Text
from tongban.cases.custody import shares
from tongban.cases.definition import Definition
from tongban.cases.model import CaseState, Custody, Office

NOTHING: Final = Text("", "")


class Accountable(msgspec.Struct, frozen=True):
    """机关 A body by id and name."""

    id: str
    name: Text


class HandOver(msgspec.Struct, frozen=True):
    """转办 One hand-over: from whom to whom, when and why; `receipt` is what the receiving side signed (JWS)."""

    sender: Accountable
    receiver: Accountable
    at: datetime
    reason: Text
    taken_at: datetime | None
    stays: bool
    """The body above both said that it stays where it was."""
    receipt: str


class Held(msgspec.Struct, frozen=True):
    """经手 One body, and for how many working days it held the case, pauses left out."""

    body: Accountable
    working_days: int


class Whose(msgspec.Struct, frozen=True):
    """谁负责 Who answers now, why, and who held it before."""

    body: Accountable
    reason: Text
    received_by: Accountable | None
    handed: tuple[HandOver, ...]
    held: tuple[Held, ...]
    """Empty while only one body has held it."""

    @property
    def says_more(self) -> bool:
        """Whether there is more to say than the name of the body."""
        return bool(self.reason != NOTHING or self.received_by or self.handed)

    @property
    def held_for(self) -> Text:
        """The shares of time in plain words; empty while one body has held it alone."""
        return Text(
            "，".join(f"{one.body.name.zh}{_days(one.working_days).zh}" for one in self.held),
            ", ".join(f"{one.body.name.en} {_days(one.working_days).en}" for one in self.held),
        )


def whose(definition: Definition, state: CaseState, now: datetime) -> Whose:
    """Who answers the case at `now`. The reason is that for the body which answers now; why another is to have it that
    has not taken it over yet, its hand-over says."""
    opening = state.case
    handed = tuple(_handed(one) for one in state.custody)
    held = tuple(Held(_body(one.office), one.days) for one in shares(definition, state, now)) if handed else ()
    return Whose(
        _body(state.office),
        _reason(state),
        _body(opening.received_by) if opening.received_by else None,
        handed,
        held if len(held) > 1 else (),
    )


def _reason(state: CaseState) -> Text:
    taken = [one.reason for one in state.custody if one.taken_at]
    if taken:
        return taken[-1]
    told = any(one.reason == state.case.competence for one in state.custody)
    return NOTHING if told else state.case.competence


def _handed(one: Custody) -> HandOver:
    return HandOver(
        _body(one.from_office), _body(one.to_office), one.at, one.reason, one.taken_at, one.returned, one.receipt
    )


def _body(office: Office) -> Accountable:
    return Accountable(office.id, office.name)


def _days(count: int) -> Text:
    match count:
        case 0:
            return Text("不到1个工作日", "less than 1 working day")
        case 1:
            return Text("1个工作日", "1 working day")
        case _:
            return Text(f"{count}个工作日", f"{count} working days")
