"""The PDF signed as ETSI EN 319 142-1 (PAdES B-B) says, so that any reader of PDF shows the signature and its standing.

pyHanko writes the signature; it is loaded with the first PDF. What is checked needs no parser of PDF, which a hostile
file could lead astray: the signature must cover every byte of the file but itself, and be by a key known before.
"""

from __future__ import annotations

import hashlib
import importlib
import io
import re
from datetime import datetime
from typing import TYPE_CHECKING, Any

import msgspec

from tongban.base.keys import Algorithm, KeyRing, PublicKey, Use, base64url, unbase64
from tongban.certs.faults import Fault, Point
from tongban.certs.keys import PublicKeys
from tongban.certs.sign import CERTIFICATE_LINE, CODE_LINE, MARKS_LINE, last_startxref, signer
from tongban.certs.strict import Stop

if TYPE_CHECKING:
    from tongban.certs.model import Certificate

FIELD = "Tongban"
_ED25519 = "1.3.101.112"
_RANGE = re.compile(rb"/ByteRange ?\[ ?(\d{1,10}) (\d{1,10}) (\d{1,10}) (\d{1,10}) *\]")
_ROOM = 2 * 8192
"""Digits kept for the signature, two for a byte: ours take about 1,100 bytes. Whatever has more is not ours."""


def sign_pdf(pdf: bytes, certificate: Certificate, ring: KeyRing, now: datetime, code: str = "") -> bytes:
    """The PDF with its certificate (and its code) inside and one signature over every byte.

    Raises `Refused` (`no-signing-key`).
    """
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.sign.fields import SigSeedSubFilter

    from tongban.certs.padeskey import RingSigner

    signing: Any = importlib.import_module("pyhanko.sign")  # its types are not all told
    key = signer(ring, now)
    lines = [CERTIFICATE_LINE + certificate.jws.encode()]
    if certificate.marks:
        lines.append(MARKS_LINE + base64url(msgspec.json.encode(certificate.marks)).encode())
    if code:
        lines.append(CODE_LINE + code.encode())
    carried = b"\n".join((pdf.rstrip(), *lines, last_startxref(pdf)))
    about = signing.PdfSignatureMetadata(
        field_name=FIELD,
        md_algorithm="sha512",  # RFC 8419: Ed25519 signs over SHA-512
        subfilter=SigSeedSubFilter.PADES,
        name=certificate.record.issuer.name.zh,
        use_pades_lta=False,
    )
    writer: Any = IncrementalPdfFileWriter(io.BytesIO(carried))
    out = signing.sign_pdf(writer, about, signer=RingSigner(ring, key), bytes_reserved=_ROOM)
    return bytes(out.getvalue())


def is_signed(data: bytes) -> bool:
    """Whether a PDF bears a signature of this kind, genuine or not."""
    return _RANGE.search(data) is not None


def check_pdf(data: bytes, keys: PublicKeys) -> PublicKey:
    """The known key that signed every byte of the PDF. Raises `Stop` at `Point.PAGE`.

    One signature, over all but the hole it stands in, ending where the file ends: what was added later, and a second
    signature over less, are both refused.
    """
    found = _RANGE.findall(data)
    if len(found) != 1:
        raise _stop(Fault.PAGE_ALTERED if found else Fault.NO_SEAL)
    start, length, again, rest = (int(number) for number in found[0])
    hole = data[length:again]
    if start != 0 or not 0 < length < again or again + rest != len(data) or hole[:1] != b"<" or hole[-1:] != b">":
        raise _stop(Fault.NOT_WHOLE)
    if len(hole) > _ROOM + 2:
        raise _stop(Fault.BAD_ENVELOPE)
    try:
        der = bytes.fromhex(hole[1:-1].decode("ascii"))
    except ValueError:
        raise _stop(Fault.BAD_ENVELOPE) from None
    return _proven(der, hashlib.sha512(data[:length] + data[again:]).digest(), keys)


def _proven(der: bytes, digest: bytes, keys: PublicKeys) -> PublicKey:
    """A CMS SignedData (RFC 5652) with one signer, over this digest, by a known key."""
    cms: Any = importlib.import_module("asn1crypto.cms")  # it has no types
    importlib.import_module("asn1crypto.tsp")  # from which it knows the attribute that names the certificate (RFC 5035)
    try:
        info = cms.ContentInfo.load(der)
        signed = info["content"]
        (one,) = signed["signer_infos"]
        (certificate,) = signed["certificates"]
        attributes: dict[str, Any] = {
            attribute["type"].native: attribute["values"] for attribute in one["signed_attrs"]
        }
        ours: bytes = certificate.chosen.public_key["public_key"].native
        algorithms = (
            one["signature_algorithm"]["algorithm"].dotted,
            one["digest_algorithm"]["algorithm"].native,
            certificate.chosen.public_key["algorithm"]["algorithm"].dotted,
        )
        said: bytes = attributes["message_digest"][0].native
        kind: str = attributes["content_type"][0].native
        named: Any = attributes["signing_certificate_v2"][0]["certs"][0]
        bound: tuple[str, bytes] = named["hash_algorithm"]["algorithm"].native, named["cert_hash"].native
        covered: bytes = one["signed_attrs"].untag().dump(force=True)
        signature: bytes = one["signature"].native
        whole: bytes = certificate.chosen.dump()
    except (ValueError, KeyError, TypeError, IndexError, AttributeError):
        raise _stop(Fault.BAD_ENVELOPE) from None
    if der[len(info.dump()) :].strip(b"\x00"):
        raise _stop(Fault.BAD_ENVELOPE)
    if algorithms != (_ED25519, "sha512", _ED25519) or kind != "data":
        raise _stop(Fault.WRONG_ALGORITHM)
    fit = [
        key
        for key in keys.values()
        if key.use is Use.CERTIFICATE and key.algorithm is Algorithm.ED25519 and unbase64(key.public) == ours
    ]
    if not fit:
        raise _stop(Fault.UNKNOWN_KEY)
    if not fit[0].verify(signature, covered) or bound not in _names(whole):
        raise _stop(Fault.BAD_SIGNATURE)
    if said != digest:
        raise _stop(Fault.PAGE_ALTERED)
    return fit[0]


def _names(certificate: bytes) -> tuple[tuple[str, bytes], ...]:
    """How the signature may name its certificate (RFC 5035), so that no other can be put in its place."""
    return ("sha256", hashlib.sha256(certificate).digest()), ("sha512", hashlib.sha512(certificate).digest())


def _stop(fault: Fault) -> Stop:
    return Stop(Point.PAGE, fault)
