"""Compact JWS (RFC 7515) in the one form that we make: three header fields, the algorithm that of the key."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import msgspec

from tongban.base.crypto import SIGNATURES
from tongban.base.keys import KeyRing, PublicKey, base64url, unbase64


class _Header(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Nothing else may stand there: no `crit`, no `jwk`, no `b64`."""

    alg: str
    kid: str
    typ: str


def compact(ring: KeyRing, key: PublicKey, kind: str, payload: bytes) -> str:
    """Sign. `kind` keeps one sort of signed thing from passing for another (RFC 8725 §3.11).

    Raises `ValueError` for a key whose algorithm has no name in JOSE (SM2).
    """
    if not SIGNATURES[key.algorithm].jose:
        raise ValueError(f"{key.algorithm} has no name in JOSE")
    header = msgspec.json.encode(_Header(alg=str(key.algorithm), kid=key.id, typ=kind))
    signing = f"{base64url(header)}.{base64url(payload)}"
    return f"{signing}.{base64url(ring.sign(key.id, signing.encode()))}"


def opened(token: str, kind: str, key_of: Callable[[str], PublicKey | None], at: datetime | None) -> bytes:
    """The payload, if a key that `key_of` knows by its id and that is valid at `at` signed it as this kind.

    Without `at` the time of the key is not asked: for who has kept the token where nobody else writes.
    Raises `ValueError`.
    """
    parts = token.split(".")
    if len(parts) != 3 or not token.isascii():
        raise ValueError("not a compact JWS")
    header = msgspec.json.decode(unbase64(parts[0]), type=_Header)
    key = key_of(header.kid)
    in_time = at is None or (key is not None and key.valid_at(at))
    if key is None or header.typ != kind or header.alg != str(key.algorithm) or not in_time:
        raise ValueError("not by a key that may sign this")
    if not SIGNATURES[key.algorithm].jose or not key.verify(unbase64(parts[2]), f"{parts[0]}.{parts[1]}".encode()):
        raise ValueError("the signature does not fit")
    return unbase64(parts[1])
