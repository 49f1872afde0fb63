"""What a case knows of the other installation: where it came from, or how it stands where it has gone."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

import msgspec

from tongban.base.i18n import Text


class _Value(msgspec.Struct, frozen=True, omit_defaults=True):
    """Part of an event or of the state that is folded from events."""


class Origin(_Value, frozen=True):
    """Where a case came from that another installation has handed over.

    `installation` is its code as a member, `message` the one that brought the case, `number` what the person calls it.
    Who the person is was established there, at real-name level `level`: we take it from them and say so.
    """

    installation: str
    name: Text
    office: str
    office_name: Text
    message: str
    number: str
    applied_at: datetime
    agreement: str
    level: int = 0


class Progress(_Value, frozen=True):
    """How a case stands in the other place, as it was last told. Their number is `case`; `seq` their event."""

    case: str
    seq: int
    at: datetime
    state: Text
    stage: str
    waits_for: str
    due: date | None = None
    asks: tuple[str, ...] = ()
    end: Literal["favourable", "adverse", "neutral", ""] = ""
    certificate: str = ""


_GOING = Text("正在转往外地", "On its way to another place")
_TAKEN = Text("外地机关已接收", "Taken over in another place")


class Elsewhere(_Value, frozen=True):
    """A case that bodies of another installation have, or are to have. `taken` once their receipt is here.

    `seq` is the event that handed it on; nothing is done here until it is handed back.
    """

    installation: str
    seq: int
    at: datetime
    taken: datetime | None = None
    receipt: str = ""
    recalled: bool = False
    progress: Progress | None = None

    @property
    def stands(self) -> Text:
        """Where it stands, in the words of the place that has it."""
        if self.progress is not None:
            return self.progress.state
        return _TAKEN if self.taken else _GOING

    @property
    def ended(self) -> bool:
        """Whether it has been answered there."""
        return self.progress is not None and bool(self.progress.end)
