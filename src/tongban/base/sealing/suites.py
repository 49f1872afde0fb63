"""Authenticated encryption, one table of suites. Which one is used is written with the key, never with the message."""

import os
from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import NamedTuple, Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.ciphers.algorithms import SM4
from cryptography.hazmat.primitives.ciphers.modes import GCM

NONCE = 12
"""Bytes, random for each message: safe for 2³² messages of one key (NIST SP 800-38D §8.3)."""
TAG = 16


class Suite(StrEnum):
    """An algorithm of authenticated encryption."""

    AES = "aes-256-gcm"
    SM4 = "sm4-gcm"


class Aead(Protocol):
    """A key that seals. `decrypt` raises `cryptography.exceptions.InvalidTag`."""

    def encrypt(self, nonce: bytes, data: bytes, associated_data: bytes | None) -> bytes: ...
    def decrypt(self, nonce: bytes, data: bytes, associated_data: bytes | None) -> bytes: ...


class Sm4Gcm:
    """SM4 (GB/T 32907-2016) in Galois/counter mode, as RFC 8998 §3 uses it."""

    __slots__ = ("_key",)

    def __init__(self, key: bytes) -> None:
        self._key = SM4(key)

    def encrypt(self, nonce: bytes, data: bytes, associated_data: bytes | None) -> bytes:
        """The ciphertext and its tag of 16 bytes."""
        mill = Cipher(self._key, GCM(nonce)).encryptor()
        mill.authenticate_additional_data(associated_data or b"")
        return mill.update(data) + mill.finalize() + mill.tag

    def decrypt(self, nonce: bytes, data: bytes, associated_data: bytes | None) -> bytes:
        """The clear text. Raises `InvalidTag`."""
        if len(data) < TAG:
            raise InvalidTag
        mill = Cipher(self._key, GCM(nonce, data[-TAG:])).decryptor()
        mill.authenticate_additional_data(associated_data or b"")
        return mill.update(data[:-TAG]) + mill.finalize()


class Kind(NamedTuple):
    """How to use a suite: the bytes of a key, and what makes one ready."""

    key_bytes: int
    ready: Callable[[bytes], Aead]


SUITES: Mapping[Suite, Kind] = {Suite.AES: Kind(32, AESGCM), Suite.SM4: Kind(16, Sm4Gcm)}


def new_key(suite: Suite) -> bytes:
    """A random key of the right length."""
    return os.urandom(SUITES[suite].key_bytes)


def seal(aead: Aead, data: bytes, bound: bytes) -> bytes:
    """Nonce, ciphertext, tag; `bound` is authenticated with it."""
    nonce = os.urandom(NONCE)
    return nonce + aead.encrypt(nonce, data, bound)


def unseal(aead: Aead, sealed: bytes, bound: bytes) -> bytes:
    """What `seal` was given. Raises `InvalidTag` for anything cut, altered or bound to something else."""
    if len(sealed) < NONCE + TAG:
        raise InvalidTag
    return aead.decrypt(sealed[:NONCE], sealed[NONCE:], bound)
