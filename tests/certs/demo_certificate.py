"""One demonstration certificate, for every test of this package."""

import hashlib
from collections.abc import Callable
from datetime import datetime
from typing import Any

import msgspec

from tongban.base.clock import ZONE
from tongban.base.i18n import Text
from tongban.base.jws import compact
from tongban.base.keys import KeyRing
from tongban.certs import Certificate, CertificateRecord, Holder, Issuer, Law, Shown, identifier
from tongban.certs.model import canonical
from tongban.certs.sign import CERTIFICATE_LINE, PAGE_TYPE, SEAL_LINE, PageClaim, last_startxref, signer

ISSUED = datetime(2026, 11, 23, 10, 0, tzinfo=ZONE)
USCC = "11990101MB00000015"

Forge = Callable[..., str]
"""A compact JWS with any header and payload, truly signed by the installation's key."""


def record(**changes: Any) -> CertificateRecord:
    case = changes.get("case", "990101-261103-4Q7Z2M9K")
    version = changes.get("version", 1)
    serial = case.replace("-", "")
    whole = CertificateRecord(
        id=identifier(type_code="000709001000", issuer_uscc=USCC, serial=serial, version=version),
        type="residence-permit",
        name=Text("居住证", "Residence permit"),
        issuer=Issuer(body="lanjiang-police", name=Text("岚江市公安局", "Lanjiang Police"), uscc=USCC),
        holder=Holder(id="p-1", name="王小明", number="990***********123X"),
        region="990101",
        service="residence-permit",
        service_version="1",
        case=case,
        shows=(Shown(label=Text("现住址", "Address"), value=Text("河埠巷18号", "18 Hebu Lane")),),
        issued_at=ISSUED,
        valid_from=ISSUED.date(),
        valid_until=ISSUED.date().replace(year=2027),
        law=(
            Law(
                cite=Text("《居住证暂行条例》第2条", "Interim Regulations on Residence Permits art. 2"),
                no="国令第663号",
            ),
        ),
        version=version,
        demo=True,
    )
    return msgspec.structs.replace(whole, **changes)


def sealed_page(signed: bytes, certificate: Certificate, ring: KeyRing) -> bytes:
    """The page of a signed PDF, sealed as it was before PDF signatures: such files are in people's hands."""
    pdf = signed[: signed.index(b"%%EOF") + 6]
    body = pdf.rstrip() + b"\n" + CERTIFICATE_LINE + certificate.jws.encode() + b"\n"
    claim = PageClaim(certificate=certificate.record.id, sha256=hashlib.sha256(body).hexdigest(), at=ISSUED)
    seal = compact(ring, signer(ring, ISSUED), PAGE_TYPE, canonical(claim))
    return body + SEAL_LINE + seal.encode() + b"\n" + last_startxref(pdf)
