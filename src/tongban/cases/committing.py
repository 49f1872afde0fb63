"""What the public log commits to of an event: a statement in words, and the whole event behind it.

Both hang on the applicant's key (`ledger.commitments`): whoever has it can open them one by one, and when it is erased
the leaf stays and says nothing. The statement is kept sealed beside the event, letter for letter as it was committed
to, so that new words in a file or in this program change no receipt.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from tongban.base.clock import utc
from tongban.base.i18n import Text
from tongban.base.keys import base64url
from tongban.base.sealing import PersonKey
from tongban.cases.account import what_words, who_words
from tongban.cases.definition import Definition
from tongban.cases.model import Event
from tongban.ledger.commitments import Salt, Statement, commitment

_encode = msgspec.json.Encoder().encode


class Spoken(msgspec.Struct, frozen=True):
    """An event in words, as the account of the case tells it to the person."""

    what: Text
    by: Text
    law: Text | None


def spoken(definition: Definition, events: Sequence[Event]) -> tuple[Spoken, ...]:
    """The words for each event."""
    return tuple(
        Spoken(what_words(definition, event), who_words(event), definition.cite(event.law) if event.law else None)
        for event in events
    )


def case_salt(key: PersonKey, region: str, case: str) -> Salt:
    """The salt of a case."""
    return Salt(key.derived(f"case\0{region}\0{case}"))


def committed(salt: Salt, case: str, event: Event, words: Spoken, data: bytes) -> tuple[bytes, bytes]:
    """The statement about an event whose whole text is `data`, and the commitment to it."""
    said = _encode(
        Statement(
            case=case,
            seq=event.seq,
            at=utc(event.at),
            what=words.what,
            by=words.by,
            law=words.law,
            notice=event.letter.title if event.letter else None,
            event=base64url(commitment(salt.event_key(event.seq), data)),
        )
    )
    return said, commitment(salt.statement_key(event.seq), said)
