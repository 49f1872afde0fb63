"""A counter asks a wallet: the signed request, and what came back (OpenID4VP 1.0 §5, §8). No database, no network.

The counter is known by the hash of its X.509 certificate (`x509_hash`, §5.9.3); the key of that certificate signs
requests and nothing else, and the installation's registry key signs the certificate.
"""

import base64
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast
from urllib.parse import urlencode, urlsplit

import msgspec

from tongban.base.i18n import Text
from tongban.base.jws import compact
from tongban.base.keys import KeyRing, PublicKey, Use, base64url
from tongban.certs.credential import CREDENTIAL_KIND, VCT
from tongban.certs.faults import Fault, Point
from tongban.certs.strict import Stop
from tongban.certs.wallet.dcql import ClaimQuery, CredentialQuery, Query
from tongban.certs.wallet.encrypted import ENCRYPTIONS

KIND = "oauth-authz-req+jwt"
MEDIA_TYPE = "application/oauth-authz-req+jwt"
SELF_ISSUED = "https://self-issued.me/v2"
"""`aud` where the wallet is not known beforehand (§5.8)."""
SCHEME = "openid4vp://"
PART = "certificate"
"""The one credential that a counter of ours asks for at a time."""
FORMATS = {CREDENTIAL_KIND: {"sd-jwt_alg_values": ["Ed25519"], "kb-jwt_alg_values": ["ES256", "Ed25519"]}}


@dataclass(frozen=True, slots=True)
class Counter:
    """Who asks: the client identifier, the key that signs, and its certificates in base64 (RFC 7515 §4.1.6)."""

    client_id: str
    key: PublicKey
    chain: tuple[str, ...]


def counter(ring: KeyRing, address: str, now: datetime) -> Counter:
    """The counter of an installation. Raises `LookupError` where a key is missing."""
    key = ring.signer(Use.PRESENTATION, now)
    root = ring.signer(Use.REGISTRY, now)
    host = urlsplit(address).hostname or "localhost"
    known = key.id, root.id, host
    if known not in _MADE:
        from tongban.certs.x509 import der, issued  # a quarter of a second that only counters need

        leaf = der(issued(ring, key, root, host))
        client_id = f"x509_hash:{base64url(hashlib.sha256(leaf).digest())}"
        _MADE[known] = Counter(client_id, key, (base64.b64encode(leaf).decode(),))
    return _MADE[known]


_MADE: dict[tuple[str, str, str], Counter] = {}


def root_certificate(ring: KeyRing, now: datetime) -> bytes:
    """DER of the certificate that wallets of others must trust to trust our counters."""
    from tongban.certs.x509 import der, self_signed

    return der(self_signed(ring, ring.signer(Use.REGISTRY, now), issues=True))


def ask_for(type_: str, paths: Sequence[tuple[str, ...]]) -> Query:
    """The question for one certificate of a type and these of its fields, presented by its holder."""
    claims = tuple(ClaimQuery(path=path) for path in paths)
    meta = {"vct_values": [VCT + type_]}
    return Query(credentials=(CredentialQuery(id=PART, format=CREDENTIAL_KIND, meta=meta, claims=claims),))


@dataclass(frozen=True, slots=True)
class Asked:
    """One request as it was made; `name` and `purpose` are for the wallet to show."""

    client_id: str
    response_uri: str
    nonce: str
    state: str
    query: Query
    name: Text
    purpose: Text
    made_at: datetime
    until: datetime
    answer_key: Mapping[str, str]
    """The public key to which the answer is encrypted, as JWK: of this request and no other."""


def request_object(asked: Asked, by: Counter, ring: KeyRing, wallet_nonce: str = "") -> str:
    """The signed Request Object (RFC 9101; §5). `wallet_nonce` is the wallet's own, where it posted one (§5.10)."""
    claims: dict[str, Any] = {
        "aud": SELF_ISSUED,
        "client_id": asked.client_id,
        "response_type": "vp_token",
        "response_mode": "direct_post.jwt",
        "response_uri": asked.response_uri,
        "nonce": asked.nonce,
        "state": asked.state,
        "dcql_query": query_members(asked.query),
        "client_metadata": {
            "vp_formats_supported": FORMATS,
            "jwks": {"keys": [dict(asked.answer_key)]},
            "encrypted_response_enc_values_supported": list(ENCRYPTIONS),
            "client_name": asked.name.zh,
            "client_name#en": asked.name.en,
        },
        "purpose": asked.purpose.zh,
        "purpose#en": asked.purpose.en,
        "iat": int(asked.made_at.timestamp()),
        "exp": int(asked.until.timestamp()),
    }
    if wallet_nonce:
        claims["wallet_nonce"] = wallet_nonce
    return compact(ring, by.key, KIND, msgspec.json.encode(claims), by.chain)


def query_members(query: Query) -> dict[str, Any]:
    """A question as the standard writes it: without what is as usual."""
    parts: list[dict[str, Any]] = []
    for one in query.credentials:
        part: dict[str, Any] = {"id": one.id, "format": one.format, "meta": one.meta}
        if one.claims is not None:
            part["claims"] = [{"path": list(claim.path)} for claim in one.claims]
        parts.append(part)
    return {"credentials": parts}


def link(start: str, client_id: str, request_uri: str) -> str:
    """The request by reference, for a wallet that opens addresses beginning with `start` (§5.7).

    A wallet that can posts a nonce of its own for the request (§5.10); any other asks as it always does.
    """
    asked = {"client_id": client_id, "request_uri": request_uri, "request_uri_method": "post"}
    return f"{start}?{urlencode(asked)}"


def read_answer(vp_token: object) -> Mapping[str, tuple[str, ...]]:
    """The presentations of a VP token by the part that they answer (§8.1). Nothing of them is believed yet.

    Raises `Stop` at `Point.REQUEST` (`bad-vp-token`).
    """
    if not isinstance(vp_token, dict) or not vp_token:
        raise Stop(Point.REQUEST, Fault.BAD_ANSWER)
    return {name: _presentations(value) for name, value in cast("dict[str, object]", vp_token).items()}


def _presentations(value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or not value:
        raise Stop(Point.REQUEST, Fault.BAD_ANSWER)
    found = cast("list[object]", value)
    # A presentation of this format is one text (App. B.3.6): compact, never one of the JSON forms.
    if not all(isinstance(one, str) and not one.lstrip().startswith("{") for one in found):
        raise Stop(Point.REQUEST, Fault.BAD_ANSWER)
    return tuple(cast("list[str]", found))
