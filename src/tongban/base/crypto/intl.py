"""The `intl` back end: Ed25519 (RFC 8032), ES256 (FIPS 186-5, RFC 7518), AES-256-GCM (SP 800-38D), SHA-256."""

import hashlib
import hmac

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature

_SHA256 = ec.ECDSA(hashes.SHA256())
_P256 = ec.SECP256R1()
_BLOCK = 64
"""Bytes of a block of SHA-256."""
_IPAD, _OPAD = (bytes(byte ^ pad for byte in range(256)) for pad in (0x36, 0x5C))
"""RFC 2104 §2, as tables: what each byte of a key becomes inside and outside."""


def _block(key: bytes) -> bytes:
    return (key if len(key) <= _BLOCK else hashlib.sha256(key).digest()).ljust(_BLOCK, b"\0")


class Ed25519Verifier:
    """Raises `ValueError` for bytes that are no key."""

    __slots__ = ("_key", "public")

    def __init__(self, public: bytes) -> None:
        self.public = public
        self._key = Ed25519PublicKey.from_public_bytes(public)

    def verify(self, signature: bytes, message: bytes) -> bool:
        try:
            self._key.verify(signature, message)
        except InvalidSignature:
            return False
        return True


class Ed25519Signer:
    """Raises `ValueError` for bytes that are no key."""

    __slots__ = ("_key",)

    def __init__(self, private: bytes) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(private)

    @classmethod
    def generate(cls) -> "Ed25519Signer":
        return cls(Ed25519PrivateKey.generate().private_bytes_raw())

    @property
    def private(self) -> bytes:
        return self._key.private_bytes_raw()

    @property
    def public(self) -> bytes:
        return self._key.public_key().public_bytes_raw()

    def sign(self, message: bytes) -> bytes:
        return self._key.sign(message)


class Es256Verifier:
    """ECDSA on P-256. Raises `ValueError` for a point that is not on the curve."""

    __slots__ = ("_key", "public")

    def __init__(self, public: bytes) -> None:
        if len(public) != 64:
            raise ValueError("not x and y of 32 bytes")
        self.public = public
        self._key = ec.EllipticCurvePublicKey.from_encoded_point(_P256, b"\4" + public)

    def verify(self, signature: bytes, message: bytes) -> bool:
        if len(signature) != 64:
            return False
        pair = int.from_bytes(signature[:32]), int.from_bytes(signature[32:])
        try:
            self._key.verify(encode_dss_signature(*pair), message, _SHA256)
        except (InvalidSignature, ValueError):
            return False
        return True


class Es256Signer:
    """Raises `ValueError` for a number that is no key."""

    __slots__ = ("_key",)

    def __init__(self, private: bytes) -> None:
        if len(private) != 32:
            raise ValueError("not 32 bytes")
        self._key = ec.derive_private_key(int.from_bytes(private), _P256)

    @classmethod
    def generate(cls) -> "Es256Signer":
        return cls(ec.generate_private_key(_P256).private_numbers().private_value.to_bytes(32))

    @property
    def private(self) -> bytes:
        return self._key.private_numbers().private_value.to_bytes(32)

    @property
    def public(self) -> bytes:
        point = self._key.public_key().public_numbers()
        return point.x.to_bytes(32) + point.y.to_bytes(32)

    def sign(self, message: bytes) -> bytes:
        r, s = decode_dss_signature(self._key.sign(message, _SHA256))
        return r.to_bytes(32) + s.to_bytes(32)


class Sha256Mac:
    """HMAC-SHA-256 (RFC 2104) with one key, begun once: each short message costs a third of what beginning costs."""

    __slots__ = ("_inner", "_outer")

    def __init__(self, key: bytes) -> None:
        block = _block(key)
        self._inner, self._outer = hashlib.sha256(block.translate(_IPAD)), hashlib.sha256(block.translate(_OPAD))

    @staticmethod
    def once(key: bytes, data: bytes) -> bytes:
        """The keyed hash for a key that is used no more; the standard library's costs half as much again."""
        block = _block(key)
        inner = hashlib.sha256(block.translate(_IPAD) + data).digest()
        return hashlib.sha256(block.translate(_OPAD) + inner).digest()

    def of(self, data: bytes) -> bytes:
        """The keyed hash of all of it."""
        inner, outer = self._inner.copy(), self._outer.copy()
        inner.update(data)
        outer.update(inner.digest())
        return outer.digest()


class Sha256:
    """FIPS 180-4."""

    __slots__ = ()

    def digest(self, data: bytes) -> bytes:
        return hashlib.sha256(data).digest()

    def mac(self, key: bytes, data: bytes) -> bytes:
        return hmac.digest(key, data, "sha256")
