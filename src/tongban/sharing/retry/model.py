"""A question to a source that is still open, and the ways in which it ends."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Literal, Protocol
from uuid import UUID

import msgspec

from tongban.base.i18n import Text
from tongban.sharing.channel.model import Test
from tongban.sharing.model import Purpose, Reader, Shared

FIRST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(hours=6)
LONGEST = timedelta(days=30)
"""A question older than this is closed: whoever decides has asked the body by then, or has decided without it."""
DRAFT_KEPT = timedelta(days=30)
LEASE = timedelta(minutes=2)
"""How long one process has a question to itself; longer than any deadline of a look."""


Correction = Literal["open", "corrected", "left"]
"""How the case that a disputed value waits for stands: not answered yet, corrected, or ended in another way."""


class Late(Protocol):
    """The cases, as far as late answers concern them."""

    async def wants(self, case: str, names: Collection[str]) -> frozenset[str]:
        """Which of these facts and materials the case could still use; none where it has ended."""
        ...

    async def correction(self, case: str) -> Correction:
        """How the case stands that asks a source to correct a record."""
        ...

    async def file(self, case: str, records: Mapping[str, Shared], corrected: Mapping[str, str]) -> None:
        """Put what a source said beside what the applicant said; of the names in `corrected` their source had been
        asked to correct the record, in that case. The same again changes nothing."""
        ...


class Ended(StrEnum):
    """How a question ended. Only `answered` brought a value; the others are rules."""

    ANSWERED = "answered"
    NOT_THERE = "not-there"
    NOT_ALLOWED = "not-allowed"
    NOT_NEEDED = "not-needed"
    CASE_ENDED = "case-ended"
    GIVEN_UP = "given-up"
    NOT_CORRECTED = "not-corrected"


ENDED: dict[Ended, Text] = {
    Ended.ANSWERED: Text("查到了", "answered"),
    Ended.NOT_THERE: Text("来源里没有这个人的记录", "the source has no such record"),
    Ended.NOT_ALLOWED: Text("共享授权不允许再查", "the grant no longer allows it"),
    Ended.NOT_NEEDED: Text("申请里用不着了", "the application no longer needs it"),
    Ended.CASE_ENDED: Text("办件已经办结", "the case has ended"),
    Ended.GIVEN_UP: Text("三十天没有答复，不再查", "no answer in thirty days"),
    Ended.NOT_CORRECTED: Text("来源核实后没有更正", "the source looked into it and left it as it is"),
}


class Wish(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One value that is wanted: the fact or material, the field of the record, and what the source is called."""

    name: str
    field: str
    source: Text
    test: str = ""
    """The comparison that is enough (`>= 12`); empty where the value itself is wanted."""
    awaits: str = ""
    """The case that asks the source to correct it; until that is answered the wish is not put again."""

    @property
    def key(self) -> str:
        """Under which name an answer carries it."""
        return self.name if self.test else self.field

    @property
    def comparison(self) -> Test | None:
        """The least answer to ask for; None where the value is."""
        return Test.read(self.name, self.field, self.test) if self.test else None


def whole(wishes: Sequence[Wish]) -> tuple[str, ...]:
    """The fields whose value is wanted."""
    return tuple(sorted({wish.field for wish in wishes if not wish.test}))


def least(wishes: Sequence[Wish]) -> tuple[Test, ...]:
    """The comparisons that are enough."""
    return tuple(test for wish in wishes if (test := wish.comparison) is not None)


class Open(msgspec.Struct, frozen=True, kw_only=True):
    """One question to one record about one person, for one matter (a draft, then its case)."""

    person: str
    matter: str
    resource: str
    record: str
    id: UUID
    wishes: tuple[Wish, ...]
    purpose: Purpose
    reader: Reader
    opened_at: datetime
    attempts: int = 0
    submitted: bool = False

    @property
    def fields(self) -> tuple[str, ...]:
        return whole(self.wishes)

    @property
    def tests(self) -> tuple[Test, ...]:
        return least(self.wishes)

    def again(self, now: datetime) -> datetime:
        """When it is put the next time: a minute, then twice as long each time, six hours at most."""
        return now + min(FIRST_WAIT * 2 ** min(self.attempts, 16), LONGEST_WAIT)
