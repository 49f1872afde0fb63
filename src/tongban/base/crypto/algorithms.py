"""Which algorithms there are and what each needs: one table for each kind, and the two suites that are made of them."""

import os
from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Final, NamedTuple

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from tongban.base.crypto import gm, intl
from tongban.base.crypto.protocols import Aead, Digest, Signer, Verifier


class Suite(StrEnum):
    """Algorithms that go together."""

    INTL = "intl"
    GM = "gm"
    """商用密码 (密码法 2, 27 [M]; GB/T 39786)."""


class Algorithm(StrEnum):
    """A signature algorithm, by its name in JOSE (RFC 7518, RFC 9864) where it has one."""

    ED25519 = "Ed25519"
    ES256 = "ES256"
    SM2 = "SM2"
    """No name is registered for it in JOSE: it never stands in a JWS."""


class Encryption(StrEnum):
    """An algorithm of authenticated encryption. Which one is used is written with the key, never with the message."""

    AES = "aes-256-gcm"
    SM4 = "sm4-gcm"


class Hashing(StrEnum):
    """A hash function of 32 bytes."""

    SHA256 = "sha256"
    SM3 = "sm3"


class Signing(NamedTuple):
    """How to use a signature algorithm.

    `curve` is its JWK `kty` and `crv` (SM2: not registered, so named as in GB/T 32918.5), `jose` whether it has a
    name in JOSE, `public_bytes` the length of a public key. `signer` and `verifier` raise `ValueError`.
    """

    suite: Suite
    curve: tuple[str, str]
    jose: bool
    public_bytes: int
    generate: Callable[[], Signer]
    signer: Callable[[bytes], Signer]
    verifier: Callable[[bytes], Verifier]


class Sealing(NamedTuple):
    """How to use an algorithm of encryption: the bytes of a key, and what makes one ready."""

    key_bytes: int
    ready: Callable[[bytes], Aead]


class Parts(NamedTuple):
    """What a suite is made of."""

    signature: Algorithm
    encryption: Encryption
    hashing: Hashing


SIGNATURES: Final[Mapping[Algorithm, Signing]] = {
    Algorithm.ED25519: Signing(
        Suite.INTL,
        ("OKP", "Ed25519"),
        True,
        32,
        intl.Ed25519Signer.generate,
        intl.Ed25519Signer,
        intl.Ed25519Verifier,
    ),
    Algorithm.ES256: Signing(
        Suite.INTL, ("EC", "P-256"), True, 64, intl.Es256Signer.generate, intl.Es256Signer, intl.Es256Verifier
    ),
    Algorithm.SM2: Signing(Suite.GM, ("EC", "SM2"), False, 64, gm.Sm2Signer.generate, gm.Sm2Signer, gm.Sm2Verifier),
}
AEADS: Final[Mapping[Encryption, Sealing]] = {
    Encryption.AES: Sealing(32, AESGCM),
    Encryption.SM4: Sealing(16, gm.Sm4Gcm),
}
DIGESTS: Final[Mapping[Hashing, Digest]] = {Hashing.SHA256: intl.Sha256(), Hashing.SM3: gm.Sm3()}
SUITES: Final[Mapping[Suite, Parts]] = {
    Suite.INTL: Parts(Algorithm.ED25519, Encryption.AES, Hashing.SHA256),
    Suite.GM: Parts(Algorithm.SM2, Encryption.SM4, Hashing.SM3),
}


def suite_of(algorithm: Algorithm) -> Suite:
    """The suite that a signature algorithm belongs to."""
    return SIGNATURES[algorithm].suite


def new_key(encryption: Encryption) -> bytes:
    """A random key of the right length."""
    return os.urandom(AEADS[encryption].key_bytes)
