"""The keys a verifier knows, exchanged as a JWK Set (RFC 7517).

`nbf` and `exp`, in seconds, bound the time of use as OpenID Federation writes them. Only keys for certificates are
exchanged here, so a key that signs receipts or logs can never vouch for a certificate.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

import msgspec

from tongban.base.crypto import SIGNATURES
from tongban.base.errors import refuse
from tongban.base.keys import PublicKey, Use, base64url, unbase64

PublicKeys = Mapping[str, PublicKey]
"""By key id; `KeyRing.public` is one."""

_ALGORITHMS = {signing.curve: algorithm for algorithm, signing in SIGNATURES.items()}
_ALWAYS = datetime(9999, 12, 31, tzinfo=UTC)


class _Jwk(msgspec.Struct, frozen=True, kw_only=True):
    """Members that are not ours are ignored, as RFC 7517 §4 asks; a private member is refused."""

    kty: str
    kid: str = ""
    crv: str = ""
    alg: str = ""
    use: str = "sig"
    x: str = ""
    y: str = ""
    d: str = ""
    nbf: int = 0
    exp: int | None = None


class _Jwks(msgspec.Struct, frozen=True):
    keys: list[_Jwk]


def export_jwks(keys: Iterable[PublicKey], use: Use = Use.CERTIFICATE) -> dict[str, Any]:
    """The JWK Set that a verifier elsewhere needs: the keys of one use, those of certificates by default."""
    ours = sorted((key for key in keys if key.use is use), key=lambda key: (key.not_before, key.id))
    return {"keys": [_dated(key) for key in ours]}


def _dated(key: PublicKey) -> dict[str, Any]:
    return {**key.jwk(), "nbf": int(key.not_before.timestamp()), "exp": int(key.not_after.timestamp())}


def read_jwks(data: bytes | str) -> dict[str, PublicKey]:
    """A JWK Set as keys. Refused (`bad-jwks`) when it is not one, holds a private key, or gives one id twice.

    Keys of other kinds are left out, so that a set may also carry what later suites need.
    """
    try:
        jwks = msgspec.json.decode(data, type=_Jwks)
        keys = [_key(jwk) for jwk in jwks.keys if (jwk.kty, jwk.crv) in _ALGORITHMS and jwk.use == "sig"]
    except (msgspec.DecodeError, ValueError, OverflowError, OSError) as error:
        raise refuse("bad-jwks", "这不是可用的公钥集（JWKS）文件", "This is not a usable key set (JWKS)") from error
    if any(jwk.d for jwk in jwks.keys):
        raise refuse("bad-jwks", "公钥集里含有私钥，请不要使用", "The key set contains a private key; do not use it")
    if len({key.id for key in keys}) != len(keys):
        raise refuse("bad-jwks", "公钥集里有重复的密钥编号", "The key set gives one key id twice")
    return {key.id: key for key in keys}


def _key(jwk: _Jwk) -> PublicKey:
    algorithm = _ALGORITHMS[jwk.kty, jwk.crv]
    public = unbase64(jwk.x) + unbase64(jwk.y)
    if len(public) != SIGNATURES[algorithm].public_bytes or not jwk.kid or jwk.alg not in ("", algorithm):
        raise ValueError("not a signature key with an id")
    return PublicKey(
        id=jwk.kid,
        algorithm=algorithm,
        use=Use.CERTIFICATE,
        public=base64url(public),
        not_before=datetime.fromtimestamp(jwk.nbf, UTC),
        not_after=_ALWAYS if jwk.exp is None else datetime.fromtimestamp(jwk.exp, UTC),
    )
