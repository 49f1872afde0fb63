"""Proof of a key: a wallet has the key to which a certificate is to be bound (OpenID4VCI 1.0 §8.2, App. F).

Nonces of ours need no memory before they are used: each says until when it is good and bears our mark. Which were used
is kept, so that each is good once (`wallet.store`).
"""

import hashlib
import hmac
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

import msgspec

from tongban.base.jws import Jws
from tongban.base.keys import base64url, unbase64
from tongban.certs.faults import Fault, Point
from tongban.certs.sdjwt import holder_key
from tongban.certs.strict import Stop, json_of, proving

KIND = "openid4vci-proof+jwt"
ALGORITHMS = ("ES256", "Ed25519")
"""Of holders' keys; `EdDSA`, the older name of the second, is read too (RFC 9864)."""
LIVES = timedelta(minutes=5)
_AHEAD = timedelta(minutes=1)
_MARK, _CHANCE, _TIME = 16, 16, 4
LONGEST = 8_000


@dataclass(frozen=True, slots=True)
class Proof:
    """A key that was proved: public members only, its thumbprint, and the nonce that the proof answers."""

    jwk: Mapping[str, str]
    thumbprint: bytes
    nonce: str


class Nonces:
    """`c_nonce` values: 128 random bits, until when, and a mark that only this installation can make."""

    def __init__(self, secret: bytes) -> None:
        self._key = hashlib.sha256(b"c_nonce" + secret).digest()

    def make(self, now: datetime) -> str:
        """A fresh one."""
        body = int((now + LIVES).timestamp()).to_bytes(_TIME) + secrets.token_bytes(_CHANCE)
        return base64url(body + self._mark(body))

    def until(self, nonce: str, now: datetime) -> datetime | None:
        """Until when it is good, if it is ours and still good."""
        try:
            raw = unbase64(nonce)
        except ValueError:
            return None
        body, mark = raw[: _TIME + _CHANCE], raw[_TIME + _CHANCE :]
        if base64url(raw) != nonce or not hmac.compare_digest(mark, self._mark(body)):
            return None
        until = datetime.fromtimestamp(int.from_bytes(body[:_TIME]), now.tzinfo)
        return until if now < until else None

    def _mark(self, body: bytes) -> bytes:
        return hmac.digest(self._key, body, "sha256")[:_MARK]


class _Claims(msgspec.Struct, frozen=True):
    aud: str
    iat: float
    nonce: str | msgspec.UnsetType = msgspec.UNSET
    iss: Any = msgspec.UNSET


def check_proof(jwt: str, issuer: str, now: datetime) -> Proof:
    """A proof made for `issuer` just now; whether the nonce is ours is for who keeps nonces to say.

    The token was given to nobody in particular, so a client that is named would be made up. Raises `Stop`.
    """
    if len(jwt) > LONGEST:
        raise _stop(Fault.TOO_LARGE)
    jws = proving(Point.BINDING, lambda: Jws(jwt, frozenset({"jwk"})))
    if jws.header.get("typ") != KIND:
        raise _stop(Fault.WRONG_KIND)
    jwk = jws.header.get("jwk")
    if "kid" in jws.header or "trust_chain" in jws.header:
        raise _stop(Fault.FOREIGN_HEADER)
    if not isinstance(jwk, dict):
        raise _stop(Fault.NO_HOLDER_KEY)
    members = cast("dict[str, object]", jwk)
    if members.keys() & {"d", "p", "q", "dp", "dq", "qi", "k"}:
        raise _stop(Fault.PRIVATE_KEY)
    key = holder_key(members, str(jws.header["alg"]))
    payload = proving(Point.BINDING, lambda: jws.prove(key))
    json_of(payload, Point.BINDING, Fault.BAD_ENVELOPE)
    try:
        claims = msgspec.json.decode(payload, type=_Claims)
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise _stop(Fault.BAD_ENVELOPE) from None
    if claims.aud != issuer:
        raise _stop(Fault.WRONG_AUDIENCE)
    if claims.iss is not msgspec.UNSET:
        raise _stop(Fault.CLIENT_NAMED)
    if claims.iat > (now + _AHEAD).timestamp():
        raise _stop(Fault.BINDING_IN_FUTURE)
    if claims.iat < (now - LIVES).timestamp():
        raise _stop(Fault.BINDING_STALE)
    if claims.nonce is msgspec.UNSET:
        raise _stop(Fault.NO_NONCE)
    return Proof(key.public, key.thumbprint, claims.nonce)


def check_proofs(jwts: Sequence[str], issuer: str, now: datetime) -> tuple[Proof, ...]:
    """Several; no key twice. Raises `Stop`."""
    proofs = tuple(check_proof(jwt, issuer, now) for jwt in jwts)
    if len({proof.thumbprint for proof in proofs}) != len(proofs):
        raise _stop(Fault.KEY_TWICE)
    return proofs


def _stop(fault: Fault) -> Stop:
    return Stop(Point.BINDING, fault)
