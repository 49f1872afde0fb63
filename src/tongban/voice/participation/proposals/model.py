"""A proposal or question, how many have signed it, and what the body that was named made of it."""

from datetime import date
from enum import StrEnum

import msgspec

from tongban.base.i18n import Text
from tongban.voice.participation.model import FEWEST_SHOWN, Moderated, objected, taken_out

SERVICE = "public-proposal"
"""The service, and the procedure, of the case in which the body answers."""
LONGEST_TITLE = 40
LONGEST_WORDS = 1_000


class Kind(StrEnum):
    """What is asked for: that something be done, or that something be answered."""

    PROPOSAL = "proposal"
    QUESTION = "question"


KINDS: dict[Kind, Text] = {Kind.PROPOSAL: Text("提议", "Proposal"), Kind.QUESTION: Text("提问", "Question")}


class Ended(StrEnum):
    """How the signing ended."""

    NOT = ""
    REACHED = "reached"
    SHORT = "short"


class Outcome(StrEnum):
    """What the body answered."""

    ADOPTED = "adopted"
    PARTLY = "partly"
    NOT = "not-adopted"
    TOLD = "told"


OUTCOMES: dict[Outcome, Text] = {
    Outcome.ADOPTED: Text("采纳", "Adopted"),
    Outcome.PARTLY: Text("部分采纳", "Adopted in part"),
    Outcome.NOT: Text("没有采纳", "Not adopted"),
    Outcome.TOLD: Text("已回答", "Answered"),
}


class Step(msgspec.Struct, frozen=True):
    """A milestone: what was promised by when, and what was done when."""

    what: str
    by: date
    done_on: date | None = None
    done: str = ""

    def overdue(self, today: date) -> bool:
        """Not done, and the day has passed."""
        return self.done_on is None and self.by < today

    @property
    def late(self) -> bool:
        """Done after the day."""
        return self.done_on is not None and self.done_on > self.by


class Answer(msgspec.Struct, frozen=True):
    """What is known of the case: by when an answer is due, and the answer with its steps once it is there."""

    due: date | None
    answered_on: date | None = None
    outcome: Outcome | None = None
    reasons: str = ""
    steps: tuple[Step, ...] = ()
    whole_by: date | None = None
    ended_on: date | None = None
    result: str = ""

    def overdue(self, today: date) -> bool:
        """Not answered, and the day has passed."""
        return self.answered_on is None and self.due is not None and self.due < today

    @property
    def late(self) -> bool:
        """Answered after the day."""
        return self.answered_on is not None and self.due is not None and self.answered_on > self.due

    def unfinished(self, today: date) -> bool:
        """Steps remain, and the day by which all of it was promised has passed."""
        return self.whole_by is not None and self.whole_by < (self.ended_on or today)


class Proposal(msgspec.Struct, frozen=True):
    """One proposal to one body. Who made it and who signed is told to nobody. Days and no times: the minute would say
    whose session was busy then."""

    region: str
    id: str
    body: str
    kind: Kind
    title: str
    what: str
    why: str
    from_age: int
    needs: int
    """How many must sign, as it held on the day it was made."""
    opened_on: date
    closes_on: date
    """The last day on which it can be signed."""
    signatures: int = 0
    history: tuple[Moderated, ...] = ()
    closed_on: date | None = None
    ended: Ended = Ended.NOT
    case: str = ""
    answer: Answer | None = None

    @property
    def removed(self) -> bool:
        """Whether people have taken it out."""
        return taken_out(self.history)

    @property
    def objection(self) -> Moderated | None:
        """The author's objection to that, while it waits."""
        return objected(self.history)

    @property
    def shown(self) -> int:
        """How many have signed as it is told: in steps, so that two looks never differ by one person."""
        return self.signatures if self.ended else self.signatures // FEWEST_SHOWN * FEWEST_SHOWN

    def signable(self, today: date) -> bool:
        """Whether one can sign."""
        return self.closed_on is None and not self.removed and today <= self.closes_on
