"""What the public log commits to of an event: a statement in words, and the whole event behind it.

Both hang on the applicant's key (`ledger.commitments`): whoever has it can open them one by one, and when it is erased
the leaf stays and says nothing. The words are kept in the event, sealed with it, and the statement is worked out from
the event's own letters whenever it is needed: it must come out the same for good. Of events without words in them the
statement is kept, sealed, beside the event.
"""

from __future__ import annotations

import msgspec

from tongban.base.clock import utc
from tongban.base.keys import base64url
from tongban.base.sealing import PersonKey
from tongban.cases.account import what_words, who_words
from tongban.cases.definition import Definition
from tongban.cases.model import Event, Spoken
from tongban.ledger.commitments import Salt, Statement, commitment

_encode = msgspec.json.Encoder().encode
_event = msgspec.json.Decoder(Event)


def spoken(definition: Definition, event: Event) -> Spoken:
    """The words for an event."""
    return Spoken(what_words(definition, event), who_words(event), definition.cite(event.law) if event.law else None)


def case_salt(key: PersonKey, region: str, case: str) -> Salt:
    """The salt of a case."""
    return Salt(key.derived(f"case\0{region}\0{case}"))


def statement(salt: Salt, case: str, event: Event, words: Spoken, data: bytes) -> bytes:
    """The statement about an event whose whole text is `data`."""
    return _encode(
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


def kept_statement(salt: Salt, case: str, data: bytes) -> bytes:
    """The statement about an event that is kept as `data`, with the words in it."""
    event = _event.decode(data)
    if event.words is None:
        raise ValueError(f"nothing is said in event {event.seq}")
    return statement(salt, case, event, event.words, data)
