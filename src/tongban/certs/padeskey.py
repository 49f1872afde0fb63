"""A key of the ring as pyHanko signs with it: with an X.509 certificate of its own, for readers of PDF to show.

The certificate is self-signed: it says whose key it is, and a reader trusts it if its operator has put it among the
trusted ones. Trust in our own checks rests on the published key set alone.
"""

import hashlib
from typing import Any

from asn1crypto import algos, core, keys, x509
from pyhanko.sign.signers import Signer
from pyhanko_certvalidator.registry import SimpleCertificateStore

from tongban.base.keys import Algorithm, KeyRing, PublicKey, unbase64


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
    """The certificate of a key: always the same bytes, since Ed25519 signs the same way each time."""
    made = _MADE.get(key.id)
    if made is None:
        made = _MADE[key.id] = _certificate(ring, key)
    return made


def _certificate(ring: KeyRing, key: PublicKey) -> x509.Certificate:
    name = x509.Name.build({"common_name": key.id, "organization_name": "Tongban 通办"})
    algorithm = algos.SignedDigestAlgorithm({"algorithm": "ed25519"})
    body: Any = x509.TbsCertificate(
        {
            "version": "v3",
            "serial_number": int.from_bytes(hashlib.sha256(key.id.encode()).digest()[:15]),
            "signature": algorithm,
            "issuer": name,
            "validity": {
                "not_before": x509.Time({"general_time": key.not_before}),
                "not_after": x509.Time({"general_time": key.not_after}),
            },
            "subject": name,
            "subject_public_key_info": keys.PublicKeyInfo(
                {"algorithm": {"algorithm": "ed25519"}, "public_key": unbase64(key.public)}
            ),
            "extensions": [
                {
                    "extn_id": "key_usage",
                    "critical": True,
                    "extn_value": x509.KeyUsage({"digital_signature", "non_repudiation"}),
                },
                {"extn_id": "basic_constraints", "critical": True, "extn_value": x509.BasicConstraints({"ca": False})},
            ],
        }
    )
    signature: Any = core.OctetBitString(ring.sign(key.id, body.dump()))
    return x509.Certificate({"tbs_certificate": body, "signature_algorithm": algorithm, "signature_value": signature})
