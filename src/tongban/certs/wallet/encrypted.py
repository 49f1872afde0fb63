"""Encrypted answers of wallets (OpenID4VP 1.0 §8.3, `direct_post.jwt`): a key for one request, gone with its answer.

TLS ends at the edge of a data centre; behind it proxies and their logs would see what a person shows. Only the key of
the request opens the answer. It lies sealed beside the request, for another process may take the answer.
"""

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, cast

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from joserfc.errors import JoseError
from joserfc.jwk import ECKey

from tongban.base.keys import unbase64, unbase64_once
from tongban.base.once import read_once
from tongban.certs.faults import Fault, Point
from tongban.certs.strict import Stop

ALGORITHM: Final = "ECDH-ES"
ENCRYPTIONS: Final = ("A128GCM", "A256GCM")
"""Both, as HAIP 1.0 asks of verifiers; the shorter is what a wallet takes that reads nothing of it."""
LONGEST: Final = 180_000
_HEADER: Final = frozenset({"alg", "enc", "kid", "epk", "apu", "apv", "typ", "cty"})
_POINT: Final = frozenset({"kty", "crv", "x", "y"})
_NONCE: Final = 12


@dataclass(frozen=True, slots=True)
class AnswerKey:
    """The key of one request."""

    _key: ECKey

    @classmethod
    def generate(cls) -> "AnswerKey":
        return cls(ECKey.generate_key("P-256"))

    @property
    def public(self) -> dict[str, str]:
        """For the wallet, as the request carries it; `kid` is its thumbprint (RFC 7638)."""
        point = {name: str(value) for name, value in self._key.as_dict(private=False).items() if name in _POINT}
        return {**point, "kid": self._key.thumbprint(), "use": "enc", "alg": ALGORITHM}

    def sealed(self, secret: bytes, request: str) -> bytes:
        """As it lies beside the request: opened by the installation's secret, and for this request only."""
        nonce, number = secrets.token_bytes(_NONCE), unbase64(str(self._key.as_dict(private=True)["d"]))
        return nonce + _box(secret).encrypt(nonce, number, request.encode())

    @classmethod
    def unsealed(cls, data: bytes, secret: bytes, request: str) -> "AnswerKey":
        """Raises `ValueError` for a key of another request or installation."""
        try:
            number = _box(secret).decrypt(data[:_NONCE], data[_NONCE:], request.encode())
        except InvalidTag:
            raise ValueError("not the key of this request") from None
        return cls(ECKey.import_key(ec.derive_private_key(int.from_bytes(number), ec.SECP256R1())))

    def opened(self, token: str) -> Mapping[str, object]:
        """What the wallet said: the members of an encrypted JWT (RFC 7516, RFC 7519). Raises `Stop`.

        `bad-encryption`: for another key, by another algorithm or in another form than the request names, or altered;
        all look the same, so that nobody learns by asking.
        """
        if len(token) > LONGEST:
            raise Stop(Point.REQUEST, Fault.TOO_LARGE)
        self._look_at(token)
        from joserfc import jwe  # comes with the first answer

        try:
            read = jwe.decrypt_compact(token, self._key, algorithms=[ALGORITHM, *ENCRYPTIONS])
            members: object = read_once(read.plaintext or b"")
        except (JoseError, ValueError, TypeError, KeyError, RecursionError, InvalidTag):
            raise _not_so() from None
        if not isinstance(members, dict):
            raise Stop(Point.REQUEST, Fault.BAD_ANSWER)
        return cast("dict[str, object]", members)

    def _look_at(self, token: str) -> None:
        """The form, before any of it is worked with: one spelling, our key, no other key, nothing packed."""
        parts = token.split(".")
        if len(parts) != 5 or parts[1] or not token.isascii():  # the key is agreed upon: none comes along
            raise _not_so()
        try:
            (head, *_) = [unbase64_once(part) for part in parts]
            header: object = read_once(head)
        except (ValueError, RecursionError):
            raise _not_so() from None
        said = cast("dict[str, Any]", header) if isinstance(header, dict) else {}
        point = cast("dict[str, Any]", said["epk"]) if isinstance(said.get("epk"), dict) else {}
        right = (
            said.keys() <= _HEADER
            and said.get("alg") == ALGORITHM
            and said.get("enc") in ENCRYPTIONS
            and said.get("kid") == self._key.thumbprint()
            and (point.get("kty"), point.get("crv")) == ("EC", "P-256")
            and "d" not in point
        )
        if not right:
            raise _not_so()


def _not_so() -> Stop:
    return Stop(Point.REQUEST, Fault.BAD_ENCRYPTION)


def _box(secret: bytes) -> AESGCM:
    return AESGCM(hashlib.sha256(b"answer-key" + secret).digest())
