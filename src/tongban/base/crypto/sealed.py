"""How a message is sealed, whatever the algorithm: nonce, ciphertext, tag."""

import os

from cryptography.exceptions import InvalidTag

from tongban.base.crypto.protocols import Aead

__all__ = ["NONCE", "TAG", "InvalidTag", "seal", "unseal"]

NONCE = 12
"""Bytes, random for each message: safe for 2³² messages of one key (NIST SP 800-38D §8.3)."""
TAG = 16


def seal(aead: Aead, data: bytes, bound: bytes) -> bytes:
    """Nonce, ciphertext, tag; `bound` is authenticated with it."""
    nonce = os.urandom(NONCE)
    return nonce + aead.encrypt(nonce, data, bound)


def unseal(aead: Aead, sealed: bytes, bound: bytes) -> bytes:
    """What `seal` was given. Raises `InvalidTag` for anything cut, altered or bound to something else."""
    if len(sealed) < NONCE + TAG:
        raise InvalidTag
    return aead.decrypt(sealed[:NONCE], sealed[NONCE:], bound)
