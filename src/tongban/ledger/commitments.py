"""What a leaf is made of: 32 bytes that say nothing by themselves and that nobody can take back.

A case has a salt, worked out from its applicant's key and never stored. Each event has a key of its own from that salt,
and its commitment is a keyed hash of what is said of it in words (`Statement`), which itself holds a keyed hash of the
whole event. The commitments of a case are chained, and the chain's value is the leaf: one proof for the newest leaf
proves all that went before. Whoever is handed the keys of some events learns nothing of the others, of other cases, or
of the applicant's key. When that key is erased the leaf stays and its meaning is gone.
"""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Final

import msgspec

from tongban.base.crypto import Sha256Mac
from tongban.base.i18n import Text

START: Final = bytes(32)
"""The value of a chain with nothing in it."""


class Statement(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True, kw_only=True):
    """One event of a case in words, as it was said when it was written; what a receipt opens.

    `event` is base64url of the keyed hash of the whole event as it is kept.
    """

    case: str
    seq: int
    at: datetime
    what: Text
    by: Text
    law: Text | None = None
    notice: Text | None = None
    """The title of the letter that told the person."""
    event: str


class Salt:
    """The salt of a case, ready to give the keys of its events."""

    __slots__ = ("_mac",)

    def __init__(self, salt: bytes) -> None:
        self._mac = Sha256Mac(salt)

    def event_key(self, seq: int) -> bytes:
        """What the whole event is hashed with."""
        return self._mac.of(b"event\0%d" % seq)

    def statement_key(self, seq: int) -> bytes:
        """What the statement of an event is hashed with; a receipt holds it."""
        return self._mac.of(b"statement\0%d" % seq)


def commitment(key: bytes, said: bytes) -> bytes:
    """What binds to a statement or a record, without telling it: 32 bytes."""
    return Sha256Mac.once(key, said)


def chained(before: bytes, commitment_: bytes) -> bytes:
    """The value of a chain after one more commitment; it is the leaf."""
    return hashlib.sha256(b"tongban/chain@1\0" + before + commitment_).digest()
