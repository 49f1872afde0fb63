"""A certificate of 12 fields the holder may show one by one: issued, and read again, on one core.

Against the bare signature and the bare check of one Ed25519 signature in the same run: what they take is the floor.
"""

import tempfile
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from tongban.base.clock import ZONE
from tongban.base.i18n import Text
from tongban.base.keys import KeyRing, Use
from tongban.certs import CertificateRecord, Holder, Issuer, Law, Shown, identifier
from tongban.certs.compactcwt import to_cwt, verify_cwt
from tongban.certs.credential import credential_claims, issue_credential, verify_credential
from tongban.certs.statuslist import SIZE, StatusList, StatusLists, index_in_list, issue_status_list, place_of

TIMES = 3_000
AT = datetime(2026, 11, 23, 10, 0, tzinfo=ZONE)
ADDRESS = "https://lanjiang.example"


def record() -> CertificateRecord:
    """Nine lines on the face; with holder, number and identifier the holder decides about twelve."""
    uscc = "11990101MB00000015"
    return CertificateRecord(
        id=identifier(type_code="000709001000", issuer_uscc=uscc, serial="9901012611034Q7Z2M9K", version=1),
        type="residence-permit",
        name=Text("居住证", "Residence permit"),
        issuer=Issuer(body="lanjiang-police", name=Text("岚江市公安局", "Lanjiang Police"), uscc=uscc),
        holder=Holder(id="p-1", name="王小明", number="990***********123X"),
        region="990101",
        service="residence-permit",
        service_version="1",
        case="990101-261103-4Q7Z2M9K",
        shows=tuple(Shown(label=Text(f"项目{n}", f"Item {n}"), value=Text(f"内容{n}", f"Value {n}")) for n in range(8)),
        issued_at=AT,
        valid_from=AT.date(),
        valid_until=AT.date().replace(year=2027),
        law=(Law(cite=Text("《居住证暂行条例》第2条", "Residence permits art. 2")),),
        version=1,
        demo=True,
    )


def run() -> dict[str, Any]:
    """Rates in a core-second, sizes in bytes."""
    with tempfile.TemporaryDirectory() as folder:
        ring = KeyRing.open(Path(folder), AT)
    key, now = ring.signer(Use.CERTIFICATE, AT), AT + timedelta(hours=2)
    place = place_of(12, ADDRESS)
    claims = credential_claims(record(), issuer=ADDRESS, status=place)
    token = issue_credential(claims, ring, AT)
    withdrawn = {index_in_list(number * 997): 1 for number in range(1000)}
    listed = issue_status_list(StatusList.of(withdrawn), place.uri, ring, AT)
    lists = StatusLists.read([listed], ring.public)
    cwt = to_cwt(record(), ring, status=place)
    assert token.count("~") == 13, "twelve fields"
    assert verify_credential(token, ring.public, now, lists=lists).valid
    assert verify_cwt(cwt, ring.public, now, lists=lists).valid
    message, signature = b"m" * 1500, ring.sign(key.id, b"m" * 1500)
    floor_sign = _rate(lambda: ring.sign(key.id, message))
    floor_check = _rate(lambda: key.verify(signature, message))
    issued = _rate(lambda: issue_credential(claims, ring, AT))
    read = _rate(lambda: verify_credential(token, ring.public, now, lists=lists))
    return {
        "name": "certs: a certificate of 12 fields, on one core",
        "figures": {
            "issued_per_s": issued,
            "verified_per_s": read,
            "code_made_per_s": _rate(lambda: to_cwt(record(), ring, status=place)),
            "code_verified_per_s": _rate(lambda: verify_cwt(cwt, ring.public, now, lists=lists)),
            "bare_signature_per_s": floor_sign,
            "bare_check_per_s": floor_check,
            "sd_jwt_bytes": len(token),
            "code_bytes": len(cwt),
            f"status_list_of_{SIZE}_with_1000_revoked_bytes": len(listed),
        },
        "baseline": "one Ed25519 signature, made and checked, of 1,500 bytes",
        "ratio": {"issue to bare signature": issued / floor_sign, "verify to bare check": read / floor_check},
        "target": "issue and verify each over 2,000 a core-second; the status list under 20,000 bytes",
    }


def _rate(one: Callable[[], object]) -> float:
    began = time.process_time()
    for _ in range(TIMES):
        one()
    return TIMES / (time.process_time() - began)
