"""X.509 certificates of keys of the ring, for programs that know keys by nothing else: readers of PDF, wallets.

They say whose key it is. Always the same bytes for the same keys, since Ed25519 signs the same way each time: only
Ed25519 keys issue. Trust in our own checks rests on the published key set alone.

Written by hand after RFC 5280: the builder of `cryptography` wants the private key itself, and the ring gives out none.
"""

import hashlib
from datetime import datetime
from typing import Any, Final

from asn1crypto import algos, core, keys, x509

from tongban.base.clock import utc
from tongban.base.keys import Algorithm, KeyRing, PublicKey, unbase64

_LAST_UTC_YEAR: Final = 2049
_ED25519 = algos.SignedDigestAlgorithm({"algorithm": "ed25519"})


def self_signed(ring: KeyRing, key: PublicKey, *, issues: bool = False) -> x509.Certificate:
    """The certificate of an Ed25519 key by itself. `issues` says that it may sign those of other keys."""
    usage = {"key_cert_sign", "crl_sign"} if issues else {"digital_signature", "non_repudiation"}
    return _signed(ring, key, key, _extensions(key, key, usage, issues=issues))


def issued(ring: KeyRing, key: PublicKey, by: PublicKey, host: str) -> x509.Certificate:
    """The certificate of a key that speaks for `host`, by another key of the ring."""
    named = _extension("subject_alt_name", [x509.GeneralName("dns_name", host)])
    return _signed(ring, key, by, [*_extensions(key, by, {"digital_signature"}, issues=False), named])


def der(certificate: x509.Certificate) -> bytes:
    """As it is written."""
    return _dumped(certificate)


def _extensions(key: PublicKey, by: PublicKey, usage: set[str], *, issues: bool) -> list[dict[str, Any]]:
    return [
        _extension("authority_key_identifier", x509.AuthorityKeyIdentifier({"key_identifier": _identifier(by)})),
        _extension("key_identifier", core.OctetString(_identifier(key))),
        _extension("key_usage", x509.KeyUsage(usage), critical=True),
        _extension("basic_constraints", x509.BasicConstraints({"ca": issues}), critical=True),
    ]


def _extension(name: str, value: Any, *, critical: bool = False) -> dict[str, Any]:
    return {"extn_id": name, "critical": critical, "extn_value": value}


def _identifier(key: PublicKey) -> bytes:
    """By what a chain is put together (RFC 5280 §4.2.1.1, .2): 160 bits of SHA-256 over the key (RFC 7093 §2 (1))."""
    public: Any = _public(key)
    digest: bytes = public.sha256
    return digest[:20]


def _signed(ring: KeyRing, key: PublicKey, by: PublicKey, extensions: list[dict[str, Any]]) -> x509.Certificate:
    if by.algorithm is not Algorithm.ED25519:
        raise ValueError(f"{by.algorithm} does not sign X.509 certificates here")
    said: dict[str, Any] = {
        "version": "v3",
        "serial_number": 0,
        "signature": _ED25519,
        "issuer": _name(by),
        "validity": {"not_before": _time(key.not_before), "not_after": _time(key.not_after)},
        "subject": _name(key),
        "subject_public_key_info": _public(key),
        "extensions": extensions,
    }
    # No two certificates of an issuer share a number: it is a digest of all the rest.
    said["serial_number"] = int.from_bytes(hashlib.sha256(_dumped(x509.TbsCertificate(said))).digest()[:15])
    body = x509.TbsCertificate(said)
    signature: Any = core.OctetBitString(ring.sign(by.id, _dumped(body)))
    return x509.Certificate({"tbs_certificate": body, "signature_algorithm": _ED25519, "signature_value": signature})


def _dumped(value: Any) -> bytes:
    written: bytes = value.dump()
    return written


def _time(moment: datetime) -> x509.Time:
    """UTCTime through 2049, GeneralizedTime from then on (RFC 5280 §4.1.2.5)."""
    at = utc(moment)
    return x509.Time({"utc_time" if at.year <= _LAST_UTC_YEAR else "general_time": at})


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
