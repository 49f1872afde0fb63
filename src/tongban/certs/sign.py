"""Signing: a compact JWS over the canonical record. The header says who signed and what kind of thing was signed."""

from datetime import datetime

import msgspec

from tongban.base.clock import utc
from tongban.base.errors import refuse
from tongban.base.jws import compact
from tongban.base.keys import Document, KeyRing, PublicKey, Use
from tongban.certs.marks import mark_first
from tongban.certs.model import Certificate, CertificateRecord, canonical, identifier_holds

CERTIFICATE_TYPE = "tongban-certificate+jws"
PAGE_TYPE = "tongban-page+jws"
"""Two kinds of signed thing, so that the one can never be passed off as the other (RFC 8725 §3.11)."""

CERTIFICATE_LINE = b"%tongban-certificate "
MARKS_LINE = b"%tongban-marks "
SEAL_LINE = b"%tongban-seal "
CODE_LINE = b"%tongban-code "
"""The code of the page once more as text: it says where the status is published, and its signature is its own."""


class PageClaim(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What the seal of a PDF of before PAdES says: these bytes show this certificate.

    Such a PDF ends with two comment lines, its certificate and the seal over every byte before the seal, and a copy of
    its last `startxref`, which every reader of PDF accepts (ISO 32000-1 §7.2.3, §7.5.5). They verify for good.
    """

    certificate: str
    sha256: str
    at: datetime


def sign(record: CertificateRecord, ring: KeyRing) -> Certificate:
    """The record with its proof, by the key in use at `issued_at`.

    Refused: `bad-identifier`; `no-signing-key` when no certificate key of the ring may sign at that time.
    """
    if not identifier_holds(record.id):
        raise refuse("bad-identifier", "证照标识不符合编码规则", "The certificate identifier is malformed", place="id")
    key = signer(ring, record.issued_at)
    jws = compact(ring, key, CERTIFICATE_TYPE, canonical(record))
    return Certificate(record=record, jws=jws, marks=mark_first(record, ring))


def copy_time(
    record: CertificateRecord, ring: KeyRing, now: datetime, document: Document = Document.CERTIFICATE
) -> datetime:
    """When a copy made now says that it was signed: at issue, while keys of that day sign, of each suite that its
    class needs today; else now."""
    day = utc(record.issued_at)
    of_then = [ring.newest(Use.CERTIFICATE, day, suite) for suite in ring.keys.suites(document)]
    return now if None in of_then else record.issued_at


def export_json(certificate: Certificate, code: str = "") -> bytes:
    """The certificate as a file: the record to read, and the proof that binds it. Further proofs join `proofs`.

    `code` is the text of its code for offline checks, which says where its status is published.
    """
    further: dict[str, object] = {"marks": certificate.marks} if certificate.marks else {}
    if code:
        further["code"] = code
    file = {"record": certificate.record, "proofs": {"jws": certificate.jws, **further}}
    return msgspec.json.format(msgspec.json.encode(file), indent=2) + b"\n"


def last_startxref(pdf: bytes) -> bytes:
    """The end of a PDF in one spelling: `startxref`, the offset of its cross-reference table, `%%EOF`."""
    _, found, tail = pdf.rpartition(b"startxref")
    words = tail.split(maxsplit=1)
    if not found or not words or not words[0].isdigit():
        raise ValueError("not a finished PDF")
    return b"startxref\n" + words[0] + b"\n%%EOF\n"


def signer(ring: KeyRing, at: datetime) -> PublicKey:
    """The key that signs certificates at a time. Raises `Refused` (`no-signing-key`)."""
    try:
        return ring.signer(Use.CERTIFICATE, at)
    except LookupError as error:
        raise refuse(
            "no-signing-key", "没有在使用期内的签发密钥", "No key is in use that may sign certificates", status=503
        ) from error
