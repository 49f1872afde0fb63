"""X.509 certificates of keys of the ring, for programs that know keys by nothing else: readers of PDF, wallets.

They say whose key it is. Always the same bytes for the same keys, since Ed25519 signs the same way each time: only
Ed25519 keys issue. Trust in our own checks rests on the published key set alone.
"""

import hashlib
from typing import Any

from asn1crypto import algos, core, keys, x509

from tongban.base.keys import Algorithm, KeyRing, PublicKey, unbase64

_ED25519 = algos.SignedDigestAlgorithm({"algorithm": "ed25519"})


def self_signed(ring: KeyRing, key: PublicKey, *, issues: bool = False) -> x509.Certificate:
    """The certificate of an Ed25519 key by itself. `issues` says that it may sign those of other keys."""
    usage = {"key_cert_sign", "crl_sign"} if issues else {"digital_signature", "non_repudiation"}
    return _signed(ring, key, key, _extensions(usage, issues=issues))


def issued(ring: KeyRing, key: PublicKey, by: PublicKey, host: str) -> x509.Certificate:
    """The certificate of a key that speaks for `host`, by another key of the ring."""
    named: list[dict[str, Any]] = [
        {"extn_id": "subject_alt_name", "critical": False, "extn_value": [x509.GeneralName("dns_name", host)]}
    ]
    return _signed(ring, key, by, [*_extensions({"digital_signature"}, issues=False), *named])


def der(certificate: x509.Certificate) -> bytes:
    """As it is written."""
    whole: Any = certificate
    written: bytes = whole.dump()
    return written


def _extensions(usage: set[str], *, issues: bool) -> list[dict[str, Any]]:
    return [
        {"extn_id": "key_usage", "critical": True, "extn_value": x509.KeyUsage(usage)},
        {"extn_id": "basic_constraints", "critical": True, "extn_value": x509.BasicConstraints({"ca": issues})},
    ]


def _signed(ring: KeyRing, key: PublicKey, by: PublicKey, extensions: list[dict[str, Any]]) -> x509.Certificate:
    if by.algorithm is not Algorithm.ED25519:
        raise ValueError(f"{by.algorithm} does not sign X.509 certificates here")
    body: Any = x509.TbsCertificate(
        {
            "version": "v3",
            "serial_number": int.from_bytes(hashlib.sha256(key.id.encode()).digest()[:15]),
            "signature": _ED25519,
            "issuer": _name(by),
            "validity": {
                "not_before": x509.Time({"general_time": key.not_before}),
                "not_after": x509.Time({"general_time": key.not_after}),
            },
            "subject": _name(key),
            "subject_public_key_info": _public(key),
            "extensions": extensions,
        }
    )
    signature: Any = core.OctetBitString(ring.sign(by.id, body.dump()))
    return x509.Certificate({"tbs_certificate": body, "signature_algorithm": _ED25519, "signature_value": signature})


def _name(key: PublicKey) -> x509.Name:
    return x509.Name.build({"common_name": key.id, "organization_name": "Tongban 通办"})


def _public(key: PublicKey) -> keys.PublicKeyInfo:
    raw = unbase64(key.public)
    match key.algorithm:
        case Algorithm.ED25519:
            return keys.PublicKeyInfo({"algorithm": {"algorithm": "ed25519"}, "public_key": raw})
        case Algorithm.ES256:
            curve: Any = keys.ECDomainParameters(name="named", value="secp256r1")
            algorithm = {"algorithm": "ec", "parameters": curve}
            return keys.PublicKeyInfo({"algorithm": algorithm, "public_key": keys.ECPointBitString(b"\4" + raw)})
        case Algorithm.SM2:
            raise ValueError("SM2 keys have no certificate here")
