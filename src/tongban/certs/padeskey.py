"""A key of the ring as pyHanko signs with it: with an X.509 certificate of its own, for readers of PDF to show.

The certificate is self-signed: it says whose key it is, and a reader trusts it if its operator has put it among the
trusted ones. Trust in our own checks rests on the published key set alone.
"""

from typing import Any

from asn1crypto import x509
from pyhanko.sign.signers import Signer
from pyhanko_certvalidator.registry import SimpleCertificateStore

from tongban.base.keys import Algorithm, KeyRing, PublicKey
from tongban.certs.x509 import self_signed


class RingSigner(Signer):
    """Signs with one Ed25519 key of the ring. Raises `ValueError` for a key of another algorithm."""

    def __init__(self, ring: KeyRing, key: PublicKey) -> None:
        if key.algorithm is not Algorithm.ED25519:
            raise ValueError(f"{key.algorithm} is not used in PDF signatures here")
        certificate = certificate_of(ring, key)
        store: Any = SimpleCertificateStore()
        super().__init__(signing_cert=certificate, cert_registry=store)
        self._ring, self._key = ring, key

    async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:
        """64 bytes (RFC 8032). `digest_algorithm` is pyHanko's to name; Ed25519 has its own."""
        del digest_algorithm
        return bytes(64) if dry_run else self._ring.sign(self._key.id, data)


_MADE: dict[str, x509.Certificate] = {}


def certificate_of(ring: KeyRing, key: PublicKey) -> x509.Certificate:
    """The certificate of a key."""
    made = _MADE.get(key.id)
    if made is None:
        made = _MADE[key.id] = self_signed(ring, key)
    return made
