"""Compact JWS (RFC 7515): written in one form of ours, and read strictly, ours and others'.

One spelling for one byte string, no member twice, no key and no processing that the message brings along; the key id
fixes the algorithm, and the header may only repeat it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime
from enum import StrEnum
from typing import Final, Protocol, cast

import msgspec

from tongban.base.crypto import SIGNATURES
from tongban.base.keys import KeyRing, PublicKey, base64url, unbase64_once
from tongban.base.once import DuplicateName, read_once

OURS: Final = frozenset({"alg", "kid", "typ"})
"""The members of a header of ours; nothing else may stand there."""
FOREIGN: Final = frozenset({"jwk", "jku", "x5c", "x5u", "x5t", "x5t#S256", "b64", "zip"})
"""Header members by which a message would choose how it is checked."""


class Fault(StrEnum):
    """Why a token is not believed; the order is the order in which it is found out."""

    BAD_ENVELOPE = "bad-envelope"
    DUPLICATE_KEY = "duplicate-key"
    UNSIGNED = "unsigned"
    CRITICAL_HEADER = "critical-header"
    FOREIGN_HEADER = "foreign-header"
    WRONG_KIND = "wrong-kind"
    UNKNOWN_KEY = "unknown-key"
    KEY_NOT_IN_USE = "key-not-in-use"
    WRONG_ALGORITHM = "wrong-algorithm"
    BAD_SIGNATURE = "bad-signature"


class Unproved(ValueError):
    """A token that does not hold."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.value)
        self.fault = fault


class Verifies(Protocol):
    """A public key whose algorithm was fixed before the message came."""

    @property
    def algorithm(self) -> str: ...
    def verify(self, signature: bytes, message: bytes) -> bool: ...


class _Header(msgspec.Struct, frozen=True):
    alg: str
    kid: str
    typ: str


class _Chained(_Header, frozen=True):
    x5c: tuple[str, ...]


def compact(ring: KeyRing, key: PublicKey, kind: str, payload: bytes, chain: tuple[str, ...] = ()) -> str:
    """Sign. `kind` keeps one sort of signed thing from passing for another (RFC 8725 §3.11).

    `chain` are X.509 certificates of the key, for readers who know it by them; nothing of ours is read by them.
    Raises `ValueError` for a key whose algorithm has no name in JOSE (SM2).
    """
    if not SIGNATURES[key.algorithm].jose:
        raise ValueError(f"{key.algorithm} has no name in JOSE")
    named = str(key.algorithm), key.id, kind
    header = msgspec.json.encode(_Chained(*named, chain) if chain else _Header(*named))
    signing = f"{base64url(header)}.{base64url(payload)}"
    return f"{signing}.{base64url(ring.sign(key.id, signing.encode()))}"


def opened(token: str, kind: str, key_of: Callable[[str], PublicKey | None], at: datetime | None) -> bytes:
    """The payload, if a key that `key_of` knows by its id and that is valid at `at` signed it as this kind.

    Without `at` the time of the key is not asked: for who has kept the token where nobody else writes.
    Raises `Unproved`, which is a `ValueError`.
    """
    payload, key = Jws(token).by_known_key({kind}, key_of, only=OURS)
    if at is not None and not key.valid_at(at):
        raise Unproved(Fault.KEY_NOT_IN_USE)
    return payload


class Jws:
    """The parts of a compact JWS (§7.1), decoded; nothing is believed yet. Raises `Unproved`.

    `carries` names what may come along that else must not: a proof of a key brings the key that it proves.
    """

    __slots__ = ("header", "payload", "signature", "signing_input")

    def __init__(self, text: str, carries: frozenset[str] = frozenset()) -> None:
        parts = text.split(".")
        if len(parts) != 3 or not text.isascii():
            raise Unproved(Fault.BAD_ENVELOPE)
        try:
            raw, self.payload, self.signature = map(unbase64_once, parts)
        except ValueError:
            raise Unproved(Fault.BAD_ENVELOPE) from None
        self.header = _header_of(raw, carries)
        self.signing_input = f"{parts[0]}.{parts[1]}".encode()

    def prove(self, key: Verifies) -> bytes:
        """The payload, if `key` signed it. Raises `Unproved` (`wrong-algorithm`, `unsigned`, `bad-signature`)."""
        if self.header["alg"] != key.algorithm:
            raise Unproved(Fault.WRONG_ALGORITHM)
        if not self.signature:
            raise Unproved(Fault.UNSIGNED)
        if not key.verify(self.signature, self.signing_input):
            raise Unproved(Fault.BAD_SIGNATURE)
        return self.payload

    def by_known_key(
        self, kinds: Collection[str], key_of: Callable[[str], PublicKey | None], only: Collection[str] | None = None
    ) -> tuple[bytes, PublicKey]:
        """The payload of a JWS of one of these kinds, if a key that `key_of` knows signed it, and that key.

        `only` names the header members that may stand there. Raises `Unproved`; the order of the refusals is the order
        of trust.
        """
        kid, kind = self.header.get("kid"), self.header.get("typ")
        if not isinstance(kid, str) or not isinstance(kind, str):
            raise Unproved(Fault.BAD_ENVELOPE)
        if only is not None and any(name not in only for name in self.header):
            raise Unproved(Fault.FOREIGN_HEADER)
        if kind not in kinds:
            raise Unproved(Fault.WRONG_KIND)
        key = key_of(kid)
        if key is None:
            raise Unproved(Fault.UNKNOWN_KEY)
        if not SIGNATURES[key.algorithm].jose:
            raise Unproved(Fault.WRONG_ALGORITHM)
        return self.prove(key), key


def _header_of(raw: bytes, carries: frozenset[str]) -> dict[str, object]:
    """A JOSE header with an algorithm. Refused: `alg: none`, `crit`, a key or certificate that came along."""
    try:
        header: object = read_once(raw)
    except DuplicateName:
        raise Unproved(Fault.DUPLICATE_KEY) from None
    except (ValueError, RecursionError):
        raise Unproved(Fault.BAD_ENVELOPE) from None
    if not isinstance(header, dict):
        raise Unproved(Fault.BAD_ENVELOPE)
    members = cast("dict[str, object]", header)
    if not isinstance(alg := members.get("alg"), str):
        raise Unproved(Fault.BAD_ENVELOPE)
    if alg.lower() == "none":
        raise Unproved(Fault.UNSIGNED)
    if "crit" in members:
        raise Unproved(Fault.CRITICAL_HEADER)
    if members.keys() & (FOREIGN - carries):
        raise Unproved(Fault.FOREIGN_HEADER)
    return members
