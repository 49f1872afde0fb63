"""Cryptography in two suites, each behind the same four protocols: `Signer`, `Verifier`, `Aead`, `Digest`.

`intl` is Ed25519 and ES256, AES-256-GCM and SHA-256. `gm` is SM2 (GB/T 32918), SM4-GCM (GB/T 32907) and SM3
(GB/T 32905). An algorithm is fixed by the key that is used, never by the message. Both are in software: production
use under 密评 (GB/T 39786) needs a certified module, which is one more back end of these protocols.
"""

from tongban.base.crypto.algorithms import (
    AEADS,
    DIGESTS,
    SIGNATURES,
    SUITES,
    Algorithm,
    Encryption,
    Hashing,
    Suite,
    new_key,
    suite_of,
)
from tongban.base.crypto.intl import Sha256Mac
from tongban.base.crypto.protocols import Aead, Digest, Signer, Verifier
from tongban.base.crypto.sealed import NONCE, TAG, InvalidTag, seal, unseal

__all__ = [
    "AEADS",
    "DIGESTS",
    "NONCE",
    "SIGNATURES",
    "SUITES",
    "TAG",
    "Aead",
    "Algorithm",
    "Digest",
    "Encryption",
    "Hashing",
    "InvalidTag",
    "Sha256Mac",
    "Signer",
    "Suite",
    "Verifier",
    "new_key",
    "seal",
    "suite_of",
    "unseal",
]
