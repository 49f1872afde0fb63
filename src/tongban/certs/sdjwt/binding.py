"""Key binding: the holder's own signature over this presentation, to this verifier, now (RFC 9901 §4.3, §7.3)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, cast

import msgspec
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, JWKRegistry, OKPKey
from joserfc.jws import JWSRegistry

from tongban.base.jws import Jws, Verifies
from tongban.base.keys import unbase64
from tongban.certs.faults import Fault, Point
from tongban.certs.sdjwt.form import SdJwt
from tongban.certs.strict import Stop, json_of, proving

KIND = "kb+jwt"
AHEAD = timedelta(minutes=1)
_ALGORITHMS: dict[tuple[str, str], frozenset[str]] = {
    ("EC", "P-256"): frozenset({"ES256"}),
    ("OKP", "Ed25519"): frozenset({"Ed25519", "EdDSA"}),
}
"""The key fixes the algorithm. `EdDSA` is the older name of the same (RFC 9864)."""


@dataclass(frozen=True, slots=True)
class Request:
    """What a verifier asked for: to whom, for which question, and how old the answer may be."""

    audience: str
    nonce: str
    max_age: timedelta = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class HolderKey:
    """A public key out of `cnf`, with its one algorithm."""

    algorithm: str
    _key: ECKey | OKPKey

    @property
    def public(self) -> dict[str, str]:
        """What a certificate says of it under `cnf`: what names the key and nothing else that came with it."""
        return {name: str(value) for name, value in self._key.as_dict(private=False).items() if name in _MEMBERS}

    @property
    def thumbprint(self) -> bytes:
        """32 bytes that are this key's and no other's (RFC 7638)."""
        return unbase64(self._key.thumbprint())

    def verify(self, signature: bytes, message: bytes) -> bool:
        """Whether this key made the signature."""
        return JWSRegistry.algorithms[self.algorithm].verify(message, signature, self._key)


def holder_key(jwk: Mapping[str, object], algorithm: str = "") -> HolderKey:
    """The key of a JWK. Raises `Stop` (`no-holder-key`, `wrong-algorithm`)."""
    members = {name: jwk[name] for name in (*_MEMBERS, "alg") if name in jwk}
    if "d" in jwk or not all(isinstance(one, str) for one in members.values()):
        raise Stop(Point.BINDING, Fault.NO_HOLDER_KEY)
    return _loaded(msgspec.json.encode(members, order="sorted"), algorithm)


@lru_cache(maxsize=1024)
def _loaded(jwk: bytes, algorithm: str) -> HolderKey:
    members: dict[str, Any] = msgspec.json.decode(jwk, type=dict[str, str])
    named = members.pop("alg", "")
    fit = _ALGORITHMS.get((members.get("kty", ""), members.get("crv", "")), frozenset())
    chosen = algorithm or named or min(fit, default="")
    if chosen not in fit or (named and named not in fit):
        raise Stop(Point.BINDING, Fault.WRONG_ALGORITHM if fit else Fault.NO_HOLDER_KEY)
    try:
        key = JWKRegistry.import_key(members)
        key.raw_value  # noqa: B018 -- a point that is not on the curve shows here
    except (JoseError, ValueError, TypeError):
        raise Stop(Point.BINDING, Fault.NO_HOLDER_KEY) from None
    return HolderKey(chosen, cast("ECKey | OKPKey", key))


_MEMBERS = frozenset({"kty", "crv", "x", "y"})


def bind(sd_jwt: SdJwt, request: Request, at: datetime, sign: Callable[[bytes], str]) -> SdJwt:
    """The presentation with the holder's signature; `sign` makes a compact JWS of type `kb+jwt` over a payload."""
    claims = {
        "iat": int(at.timestamp()),
        "aud": request.audience,
        "nonce": request.nonce,
        "sd_hash": sd_jwt.sd_hash,
    }
    return msgspec.structs.replace(sd_jwt, binding=sign(msgspec.json.encode(claims)))


class _Claims(msgspec.Struct, frozen=True):
    iat: int
    aud: str
    nonce: str
    sd_hash: str


def check_binding(sd_jwt: SdJwt, cnf: object, request: Request | None, now: datetime) -> None:
    """Whether the holder presents this, and where a `request` is given, in answer to it. Raises `Stop`."""
    jwk = cast("Mapping[str, object]", cnf).get("jwk") if isinstance(cnf, Mapping) else None
    if not isinstance(jwk, Mapping):
        raise Stop(Point.BINDING, Fault.NO_HOLDER_KEY)
    if not sd_jwt.binding:
        raise Stop(Point.BINDING, Fault.NO_BINDING)
    jws = proving(Point.BINDING, lambda: Jws(sd_jwt.binding))
    if jws.header.get("typ") != KIND:
        raise Stop(Point.BINDING, Fault.WRONG_KIND)
    key: Verifies = holder_key(cast("Mapping[str, object]", jwk), str(jws.header["alg"]))
    payload = proving(Point.BINDING, lambda: jws.prove(key))
    json_of(payload, Point.BINDING, Fault.BAD_ENVELOPE)
    try:
        claims = msgspec.json.decode(payload, type=_Claims)
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise Stop(Point.BINDING, Fault.BAD_ENVELOPE) from None
    if claims.sd_hash != sd_jwt.sd_hash:
        raise Stop(Point.BINDING, Fault.OTHER_PRESENTATION)
    if request is None:
        return
    if claims.aud != request.audience:
        raise Stop(Point.BINDING, Fault.WRONG_AUDIENCE)
    if claims.nonce != request.nonce:
        raise Stop(Point.BINDING, Fault.WRONG_NONCE)
    if claims.iat > (now + AHEAD).timestamp():
        raise Stop(Point.BINDING, Fault.BINDING_IN_FUTURE)
    if claims.iat < (now - request.max_age).timestamp():
        raise Stop(Point.BINDING, Fault.BINDING_STALE)
