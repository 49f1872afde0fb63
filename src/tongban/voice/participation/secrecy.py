"""Who voted, and how, under a key of one consultation that is erased when it closes; who signed a proposal likewise.

The key is one of the sealer's (`base.sealing`): wrapped under a master key that is not in the database. From it come a
keyed name for each voter, the same for one person in one consultation and unlike in any other, and the seal of their
ballot. Whoever reads the database finds neither: without the key a name cannot be computed from a person's number, so
it cannot be tried out either. When the consultation closes the ballots are deleted and the key is shredded, which
leaves a signed record (`person_key_erased`).
"""

import msgspec

from tongban.base.crypto import DIGESTS, Hashing
from tongban.base.sealing import PersonKey, Place, Ring
from tongban.base.sealing.sealer import Sealer
from tongban.voice.participation.model import Consultation
from tongban.voice.participation.store import BALLOT, Runner

BLOCK = 512
"""Ballots are filled up to a multiple of this many bytes: their length does not tell how much somebody voted."""

Votes = dict[int, int]
"""Statement number to 1, 0 or -1."""


def owner(consultation: str) -> str:
    """Whose key it is, as the sealer names it."""
    return f"consultation:{consultation}"


def owner_of_proposal(proposal: str) -> str:
    """The same for a proposal that people sign."""
    return f"proposal:{proposal}"


async def key_of(sealer: Sealer, db: Runner, one: Consultation) -> PersonKey:
    """The key of an open consultation. To be asked for only while a lock keeps it open: a new one would be made."""
    return await sealer.person(db, owner(one.id))


async def key_of_proposal(sealer: Sealer, db: Runner, proposal: str) -> PersonKey:
    """The key of a proposal that can still be signed; under the same condition."""
    return await sealer.person(db, owner_of_proposal(proposal))


def named(key: PersonKey, person: str) -> bytes:
    """The name of a voter, or of whoever signs, under this key alone: 32 bytes (HMAC-SHA-256)."""
    return DIGESTS[Hashing.SHA256].mac(key.derived("voter"), person.encode())


def turn(key: PersonKey, voter: bytes, number: int) -> bytes:
    """Sorts statements in another order for each voter, so that none is always first."""
    return DIGESTS[Hashing.SHA256].mac(key.derived("order"), voter + number.to_bytes(8, "big"))


def sealed(key: PersonKey, one: Consultation, voter: bytes, votes: Votes) -> str:
    """A ballot as it is kept."""
    plain = msgspec.json.encode({str(number): value for number, value in sorted(votes.items())}).decode()
    length = -(-len(plain) // BLOCK) * BLOCK
    return key.seal_text(_place(one, voter), plain.ljust(length))


def opened(key: PersonKey, one: Consultation, voter: bytes, text: str) -> Votes:
    """The votes again. Raises Refused `seal-broken` for a ballot that was altered or moved to another voter."""
    plain = Ring({key.id: key}, {}).text(_place(one, voter), text)
    return msgspec.json.decode(plain, type=dict[int, int])


def _place(one: Consultation, voter: bytes) -> Place:
    return BALLOT.place("votes", (one.region, one.id, voter.hex()))
