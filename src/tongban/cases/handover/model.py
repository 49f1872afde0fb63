"""What travels when a case is handed over to another installation, and the receipt that answers it.

A message has an id that is kept for ever on both sides. Whoever sends it does so until it is answered; whoever receives
it does what it says once and answers the same receipt however often it comes. The receipt is signed, so either side can
show afterwards what the other has said.
"""

from __future__ import annotations

import hashlib
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Any, Final, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from tongban.base.i18n import Lang, Text
from tongban.sharing import Shared

RESOURCE: Final = "case.handover"
"""The resource of x1 that messages of this sort are sent to; their kind is the record."""
RECEIPT_TYPE: Final = "gov-custody-receipt+jws"


class Kind(StrEnum):
    """What a message is for. Those of a case travel in the order in which they were written."""

    PAPER = "paper"
    """A paper of a case that follows."""
    CASE = "case"
    """The case itself: please answer for it."""
    RECALL = "recall"
    """It is not handed over after all, unless it has been taken."""
    PROGRESS = "progress"
    """How it stands; from the side that has taken it."""
    RETURN = "return"
    """It is handed back, with a reason."""


Outcome = Literal["taken", "declined", "recalled", "noted"]
"""`taken`: the receiving body owes the answer now. `declined`: it does not, and says why. `recalled`: it never will.
`noted`: a paper is kept, a progress is shown, a return has been taken back."""


class _Part(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Of a message from outside: nothing in it is taken that is not written here."""


Word = Annotated[str, Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9._:~-]{0,79}$")]
Line = Annotated[str, Meta(max_length=200)]
Slug = Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9-]{0,79}$")]


class Who(_Part, frozen=True):
    """For whom the case is. Found in the other place by `number`; `level` is how well the sender knows who it is."""

    name: Annotated[str, Meta(min_length=1, max_length=100)]
    number: Annotated[str, Meta(pattern=r"^[0-9A-Z]{18}$")]
    kind: Literal["person", "body"] = "person"
    level: Annotated[int, Meta(ge=0, le=4)] = 0
    phone: Annotated[str, Meta(max_length=20)] = ""
    lang: Lang = "zh"


class Paper(_Part, frozen=True):
    """A paper as the case names it; the digest is what makes it that one."""

    name: Annotated[str, Meta(min_length=1, max_length=200)]
    type: Line
    size: Annotated[int, Meta(gt=0)]
    sha256: Annotated[str, Meta(pattern=r"^[0-9a-f]{64}$")]


class Side(_Part, frozen=True):
    """A body, by its id and its name."""

    id: Word
    name: Text


class PaperMessage(_Part, frozen=True):
    """A paper with its bytes (base64), before the case that names it. `of` is the message of that case."""

    of: UUID
    to: Side
    who: Who
    paper: Paper
    data: bytes


class CaseMessage(_Part, frozen=True):
    """Everything that the other body needs, so that nobody is asked again.

    `number` is the one that the person has. `applied_at` is when they applied: their clock counts from it, whoever
    holds the case. `held` are the bodies that had it so far, each since when.
    """

    number: Word
    origin: Side
    to: Side
    region: Annotated[str, Meta(pattern=r"^[0-9]{6}$")]
    service: Slug
    applied_at: datetime
    who: Who
    reason: Text
    law: Line
    facts: dict[Line, Any]
    records: dict[Line, Shared] = {}
    documents: dict[Line, tuple[Paper, ...]] = {}
    people_only: bool = False


class RecallMessage(_Part, frozen=True):
    """`of` is the message of the case that is not handed over."""

    of: UUID
    number: Word
    to: Side
    reason: Text


class Told(_Part, frozen=True):
    """A letter, word for word."""

    title: Text
    body: Text


class ProgressMessage(_Part, frozen=True):
    """How the case stands after event `seq` over there: no more than the person and the sending body need to see."""

    number: Word
    case: Word
    """Their number for it."""
    origin: Side
    to: Side
    seq: int
    at: datetime
    state: Text
    stage: Line
    waits_for: Line
    due: date | None = None
    asks: tuple[Line, ...] = ()
    """What the person is to complete, in the words of their service."""
    end: Literal["favourable", "adverse", "neutral", ""] = ""
    letter: Told | None = None
    certificate: str = ""
    """The certificate that was issued, as the data file its holder would save there."""


class ReturnMessage(_Part, frozen=True):
    """The case is handed back to the body that it came from. `of` is the message by which it came."""

    of: UUID
    number: Word
    case: Word
    origin: Side
    to: Side
    at: datetime
    reason: Text
    law: Line


Message = PaperMessage | CaseMessage | RecallMessage | ProgressMessage | ReturnMessage
SHAPES: Final[dict[Kind, type[Message]]] = {
    Kind.PAPER: PaperMessage,
    Kind.CASE: CaseMessage,
    Kind.RECALL: RecallMessage,
    Kind.PROGRESS: ProgressMessage,
    Kind.RETURN: ReturnMessage,
}


class Receipt(_Part, frozen=True):
    """What a receipt says. `digest` is the SHA-256 of the body of the message as it came (hexadecimal).

    `case` is the number of the case at the side that signs; `body` the body there, `code` and `reason` say why not.
    """

    message: UUID
    kind: Kind
    outcome: Outcome
    number: Word
    case: str
    body: str
    digest: str
    at: datetime
    code: str = ""
    reason: Text = Text("", "")


class Answer(_Part, frozen=True):
    """The body of every answer: a receipt, signed with the key for receipts."""

    receipt: str


def digest(body: bytes) -> str:
    """What makes two messages the same."""
    return hashlib.sha256(body).hexdigest()
