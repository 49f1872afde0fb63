"""Files on disk, sealed in pieces: each has a key of its own, which is sealed with its owner's.

`TBF1`, two bytes of length and the sealed file key, then pieces of 64 KiB, each nonce-free: its nonce is its number,
the last one marked, so pieces cannot be swapped, repeated or left off (the STREAM construction of Hoang, Reyhanitabar,
Rogaway and Vizár, 2015). A file that does not begin so was written before there were keys.
"""

from typing import Final

from tongban.base.crypto import AEADS, TAG, InvalidTag, new_key
from tongban.base.sealing.keyservice import damaged
from tongban.base.sealing.sealer import PersonKey, Place, Ring

MAGIC: Final = b"TBF1"
_PIECE: Final = 64 * 1024


def seal_file(owner: PersonKey, place: Place, data: bytes) -> bytes:
    """The file as it lies on disk."""
    key = new_key(owner.suite)
    head = owner.seal(place, key)
    aead = AEADS[owner.suite].ready(key)
    pieces = [data[at : at + _PIECE] for at in range(0, len(data), _PIECE)] or [b""]
    last = len(pieces) - 1
    sealed = [aead.encrypt(_nonce(n, last=n == last), piece, None) for n, piece in enumerate(pieces)]
    return b"".join((MAGIC, len(head).to_bytes(2, "big"), head, *sealed))


def head_of(stored: bytes) -> bytes | None:
    """The sealed file key, for `Sealer.ring`; None for a file of the old form."""
    if stored[: len(MAGIC)] != MAGIC:
        return None
    at = len(MAGIC) + 2
    return stored[at : at + int.from_bytes(stored[len(MAGIC) : at], "big")]


def open_file(ring: Ring, place: Place, stored: bytes) -> bytes:
    """The clear bytes. Raises `Refused` (`erased`, `seal-broken`)."""
    head = head_of(stored)
    if head is None:
        return stored
    key = ring.open(place, head)
    aead = AEADS[ring.keys[head[:16]].suite].ready(key)
    body = stored[len(MAGIC) + 2 + len(head) :]
    step = _PIECE + TAG
    starts = range(0, len(body), step)
    try:
        pieces = [
            aead.decrypt(_nonce(n, last=at + step >= len(body)), body[at : at + step], None)
            for n, at in enumerate(starts)
        ]
    except InvalidTag:
        raise damaged(place.table) from None
    if not pieces:
        raise damaged(place.table)
    return b"".join(pieces)


def _nonce(number: int, *, last: bool) -> bytes:
    return number.to_bytes(11, "big") + (b"\1" if last else b"\0")
