"""Do the two histories agree? Each side states what it has said and heard; the statements are laid side by side.

A statement names messages, digests and signed receipts, and nobody. Whoever has both, and the cards of both, can check
it without either installation: every message that one says was answered must be among what the other has heard, with
the same digest and the very same receipt, and nothing may have been heard that was never said.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Literal
from uuid import UUID

import msgspec

from tongban.base.database import Database
from tongban.base.errors import Refused
from tongban.base.i18n import Text
from tongban.cases.handover import store
from tongban.cases.handover.model import Kind, Receipt

Read = Callable[[str, str], Receipt]
"""Verifies a receipt: code of the signer, token. Raises `Refused`."""


class Line(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One message. `outcome` is empty while it has no answer."""

    message: UUID
    kind: Kind
    case: str
    digest: str
    at: datetime
    outcome: Literal["taken", "declined", "recalled", "noted", "never-sent", ""] = ""
    receipt: str = ""


class Statement(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What `own` says that it has said to `peer`, and heard from it."""

    own: str
    peer: str
    at: datetime
    said: tuple[Line, ...]
    heard: tuple[Line, ...]


class Difference(msgspec.Struct, frozen=True):
    """A message on which the two do not agree."""

    message: UUID
    kind: Kind
    why: Text


class Findings(msgspec.Struct, frozen=True):
    """What came of the comparison. `waiting` were not answered yet when the statements were made."""

    agree: int
    cases: int
    """Of these, cases that were taken over."""
    waiting: int
    differ: tuple[Difference, ...]


async def statement(db: Database, own: str, peer: str, now: datetime) -> Statement:
    """Ours, about a peer."""
    said: list[Line] = []
    after = ("", UUID(int=0))
    while chunk := await store.said(db, peer, after):
        said += [
            Line(one.message, one.kind, one.case_id, one.digest, one.at, one.outcome or "", one.receipt)
            for one in chunk
        ]
        after = (chunk[-1].region, chunk[-1].message)
    heard: list[Line] = []
    after = ("", UUID(int=0))
    while rows := await store.heard(db, peer, after):
        heard += [
            Line(one.message, one.kind, one.case_id, one.digest, one.at, one.outcome, one.receipt) for one in rows
        ]
        after = (rows[-1].region, rows[-1].message)
    return Statement(own, peer, now, tuple(said), tuple(heard))


def compare(one: Statement, other: Statement, read: Read) -> Findings:
    """Lay two statements side by side. Raises ValueError if they are not about each other."""
    if (one.own, one.peer) != (other.peer, other.own):
        raise ValueError("the statements are not about each other")
    differ: list[Difference] = []
    agree = cases = waiting = 0
    for speaker, hearer in ((one, other), (other, one)):
        known = {line.message: line for line in hearer.heard}
        for said in speaker.said:
            found = known.pop(said.message, None)
            if not said.outcome:
                waiting += 1
            elif why := _wrong(said, found, hearer.own, read):
                differ.append(Difference(said.message, said.kind, why))
            else:
                agree += 1
                cases += said.kind is Kind.CASE and said.outcome == "taken"
        differ += _unsaid(known.values())
    return Findings(agree, cases, waiting, tuple(differ))


def _wrong(said: Line, heard: Line | None, signer: str, read: Read) -> Text | None:
    """What is wrong with a message that its sender says was answered."""
    if said.outcome == "never-sent":
        return Text("一边说没有发出，另一边却收到了", "one says it never left, the other has it") if heard else None
    if heard is None:
        return Text("一边有回执，另一边没有收到的记录", "answered by one, not heard by the other")
    if heard.digest not in (said.digest, "") or (not heard.digest and said.outcome != "recalled"):
        return Text("两边的内容摘要不同", "the digests differ")
    if (heard.outcome, heard.receipt) != (said.outcome, said.receipt):
        return Text("两边的回执不同", "the receipts differ")
    try:
        read(signer, said.receipt)
    except Refused:
        return Text("回执的签名不对", "the receipt is not genuine")
    return None


def _unsaid(lines: Iterable[Line]) -> Iterator[Difference]:
    for line in lines:
        yield Difference(line.message, line.kind, Text("收到的消息对方说没有发过", "heard, but never said"))
