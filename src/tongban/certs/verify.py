"""Verifying, offline: what holds and what does not, each with a stable code and a plain sentence.

Nothing in a file is believed before its signature holds under a key the verifier already had. The key id fixes the
algorithm; the header may only repeat it. No PDF parser and no image decoder touches what is verified.
"""

import hashlib
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Literal, cast

import msgspec

from tongban.base.crypto import Suite
from tongban.base.i18n import Text
from tongban.base.keys import PublicKey, unbase64_once
from tongban.base.statements import Marks
from tongban.certs.checks import Check, checked, failed, passed
from tongban.certs.faults import FAULTS, NOT_ASKED, STATUS_UNKNOWN, Fault, Point
from tongban.certs.keys import PublicKeys
from tongban.certs.marks import read_marks, tested
from tongban.certs.model import FORMAT, CertificateRecord, Status, canonical, digest, identifier_holds
from tongban.certs.pades import check_pdf, is_signed
from tongban.certs.sign import (
    CERTIFICATE_LINE,
    CERTIFICATE_TYPE,
    MARKS_LINE,
    PAGE_TYPE,
    SEAL_LINE,
    PageClaim,
    last_startxref,
)
from tongban.certs.strict import Stop, json_of, signed

MAX_BYTES = 5_000_000
MAX_JWS = 100_000
CLOCK_LEEWAY = timedelta(minutes=5)
STATUS_FAULTS: dict[Status, Fault | None] = {
    Status.VALID: None,
    Status.INVALID: Fault.REVOKED,
    Status.SUSPENDED: Fault.SUSPENDED,
}


class Verification(msgspec.Struct, frozen=True, kw_only=True):
    """The outcome. `record` is what was really signed, and is there only when the signature holds."""

    genuine: bool
    """Signed by a known key and unaltered, whatever its validity today."""
    valid: bool
    """Genuine, and every point that could be asked holds."""
    checks: tuple[Check, ...]
    record: CertificateRecord | None = None
    claims: dict[str, object] | None = None
    """Instead of a whole record, the fields that were shown, where a holder chose them (SD-JWT, QR code)."""

    @property
    def fault(self) -> Fault | None:
        """The first thing that does not hold."""
        return next((check.fault for check in self.checks if check.fault), None)

    @property
    def verdict(self) -> Text:
        """One sentence."""
        fault = self.fault
        if fault is None:
            unknown = any(check.holds is None and check.point is Point.REVOCATION for check in self.checks)
            return Text(
                "证照真实有效" + ("（是否废止需联网查询）" if unknown else ""),
                "Genuine and valid" + (" (revocation needs to be asked online)" if unknown else ""),
            )
        start = _STARTS[self.genuine, fault in STATUS_UNKNOWN]
        return Text(start.zh + FAULTS[fault].zh, start.en + FAULTS[fault].en)

    def answered(self, check: Check) -> "Verification":
        """The same with another answer to one point that was asked elsewhere."""
        checks = tuple(check if one.point is check.point else one for one in self.checks)
        return msgspec.structs.replace(self, checks=checks, valid=not any(one.fault for one in checks))


_UNTRUSTED = Text("不能相信这份文件：", "Do not trust this file: ")
_STARTS = {
    (True, False): Text("证照是真的，但现在不能用：", "Genuine, but not valid: "),
    (True, True): Text("证照是真的，但不能确定现在是否有效：", "Genuine, but whether it is valid today is not known: "),
    (False, False): _UNTRUSTED,
    (False, True): _UNTRUSTED,
}


def verify(
    data: bytes | str,
    keys: PublicKeys,
    now: datetime,
    *,
    status: Status | None = None,
    type_: str | None = None,
    digest_: str | None = None,
    suites: Collection[Suite] = (Suite.INTL,),
) -> Verification:
    """Check a certificate file: its JSON, its compact JWS, or its PDF.

    `status` is what its issuer says of it today; without it revocation stays unknown. `type_` is the type that is
    asked for; `digest_` is the one in the QR code; of each of `suites` a signature must be there. Never raises for
    anything in `data`.
    """
    checks: list[Check] = []
    record: CertificateRecord | None = None
    try:
        opened = _open(data.encode() if isinstance(data, str) else data)
        checks.append(passed(Point.FORM))
        payload, key = signed(opened.jws, {CERTIFICATE_TYPE}, keys)
        checks.append(passed(Point.SIGNATURE))
        record = _record(payload)
        checks.append(passed(Point.CONTENT))
    except Stop as stop:
        checks.append(failed(stop.point, stop.fault))
        return Verification(genuine=False, valid=False, checks=tuple(checks))
    further = tested(opened.marks, record, keys, suites, now + CLOCK_LEEWAY)
    unused = issue_fault(record.issued_at.timestamp(), key, now)
    if unused is Fault.KEY_NOT_IN_USE and any(one.point is Point.RENEWED and one.holds for one in further):
        unused = None  # signed anew by a key of ours before the first one was withdrawn
    page = _page(opened, record, keys, digest_)
    checks += [*further, checked(Point.PAGE, page), checked(Point.KEY, unused)]
    if type_ is not None:
        checks.append(checked(Point.TYPE, None if record.type == type_ else Fault.WRONG_TYPE))
    checks += [checked(Point.PERIOD, _period(record, now)), _revocation(status)]
    genuine = not any(check.fault for check in checks if check.point in _GENUINE)
    return Verification(genuine=genuine, valid=not any(c.fault for c in checks), checks=tuple(checks), record=record)


_GENUINE = (Point.PAGE, Point.KEY, Point.RENEWED, Point.GM)


class _Opened(msgspec.Struct, frozen=True, kw_only=True):
    kind: Literal["json", "jws", "pdf", "signed-pdf"]
    jws: str
    copy: object = None
    """JSON: the record shown to people."""
    marks: Marks | None = None
    """JSON and PDF: the further signatures."""
    sealed: bytes = b""
    """PDF of before: the bytes before the seal."""
    seal: str = ""
    tail: bytes = b""
    whole: bytes = b""
    """PDF with a PAdES signature: all of it."""


def _open(data: bytes) -> _Opened:
    if len(data) > MAX_BYTES:
        raise Stop(Point.FORM, Fault.TOO_LARGE)
    if data.startswith(b"%PDF-"):
        return _open_pdf(data)
    text = data.strip()
    if text.startswith(b"{"):
        return _openjson_of(text)
    if text.count(b".") != 2 or len(text) > MAX_JWS:
        raise Stop(Point.FORM, Fault.NOT_A_CERTIFICATE)
    try:
        return _Opened(kind="jws", jws=text.decode("ascii"))
    except UnicodeDecodeError:
        raise Stop(Point.FORM, Fault.NOT_A_CERTIFICATE) from None


def _openjson_of(text: bytes) -> _Opened:
    match json_of(text, Point.FORM, Fault.NOT_A_CERTIFICATE):
        case {"record": copy, "proofs": {"jws": str() as proof} as proofs} if len(proof) <= MAX_JWS:
            further = cast("dict[str, object]", proofs)
            marks = read_marks(further["marks"]) if "marks" in further else None
            return _Opened(kind="json", jws=proof, copy=copy, marks=marks)
        case _:
            raise Stop(Point.FORM, Fault.NOT_A_CERTIFICATE)


def _open_pdf(data: bytes) -> _Opened:
    if is_signed(data):
        return _open_signed(data)
    before, found, after = data.rpartition(b"\n" + CERTIFICATE_LINE)
    proof, _, rest = after.partition(b"\n")
    if not found or len(proof) > MAX_JWS:
        raise Stop(Point.FORM, Fault.NOT_A_CERTIFICATE)
    sealed = before + found + proof + b"\n"
    seal, _, tail = rest.removeprefix(SEAL_LINE).partition(b"\n") if rest.startswith(SEAL_LINE) else (b"", b"", rest)
    try:
        return _Opened(kind="pdf", jws=proof.decode("ascii"), sealed=sealed, seal=seal.decode("ascii"), tail=tail)
    except UnicodeDecodeError:
        raise Stop(Point.FORM, Fault.BAD_ENVELOPE) from None


def _open_signed(data: bytes) -> _Opened:
    _, found, after = data.partition(b"\n" + CERTIFICATE_LINE)
    proof, _, rest = after.partition(b"\n")
    if not found or len(proof) > MAX_JWS:
        raise Stop(Point.FORM, Fault.NOT_A_CERTIFICATE)
    written = rest.partition(b"\n")[0].removeprefix(MARKS_LINE) if rest.startswith(MARKS_LINE) else b""
    try:
        marks = read_marks(unbase64_once(written.decode("ascii"))) if written else None
        return _Opened(kind="signed-pdf", jws=proof.decode("ascii"), whole=data, marks=marks)
    except ValueError:  # not ASCII, or not base64url
        raise Stop(Point.FORM, Fault.BAD_ENVELOPE) from None


def _record(payload: bytes) -> CertificateRecord:
    members = json_of(payload, Point.CONTENT, Fault.BAD_RECORD)
    if not isinstance(members, dict) or members.get("format") != FORMAT:
        raise Stop(Point.CONTENT, Fault.UNKNOWN_FORMAT)
    try:
        record = msgspec.json.decode(payload, type=CertificateRecord)
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise Stop(Point.CONTENT, Fault.BAD_RECORD) from None
    if record.issued_at.tzinfo is None:
        raise Stop(Point.CONTENT, Fault.BAD_RECORD)
    if canonical(record) != payload:
        raise Stop(Point.CONTENT, Fault.NOT_CANONICAL)
    if not identifier_holds(record.id):
        raise Stop(Point.CONTENT, Fault.BAD_IDENTIFIER)
    return record


def _page(opened: _Opened, record: CertificateRecord, keys: PublicKeys, wanted: str | None) -> Fault | None:
    if wanted is not None and wanted != digest(record):
        return Fault.DIGEST_DIFFERS
    match opened.kind:
        case "jws":
            return None
        case "json":
            return None if canonical(opened.copy) == canonical(record) else Fault.COPY_DIFFERS
        case "pdf":
            return _sealed(opened, record, keys)
        case "signed-pdf":
            try:
                check_pdf(opened.whole, keys)
            except Stop as stop:
                return stop.fault
            return None


def _sealed(opened: _Opened, record: CertificateRecord, keys: PublicKeys) -> Fault | None:
    if not opened.seal:
        return Fault.NO_SEAL
    try:
        payload, key = signed(opened.seal, {PAGE_TYPE}, keys)
        claim = msgspec.json.decode(payload, type=PageClaim)
        tail = last_startxref(opened.sealed)
    except (Stop, ValueError):
        return Fault.PAGE_ALTERED
    if claim.at.tzinfo is None or not key.valid_at(claim.at) or claim.certificate != record.id:
        return Fault.PAGE_ALTERED
    whole = claim.sha256 == hashlib.sha256(opened.sealed).hexdigest() and opened.tail == tail
    return None if whole else Fault.PAGE_ALTERED


def issue_fault(at: float, key: PublicKey, now: datetime) -> Fault | None:
    """Whether a key may have signed what says that it was issued at a time (in seconds)."""
    if at > (now + CLOCK_LEEWAY).timestamp():
        return Fault.ISSUED_IN_FUTURE
    return None if key.not_before.timestamp() <= at <= key.not_after.timestamp() else Fault.KEY_NOT_IN_USE


def _period(record: CertificateRecord, now: datetime) -> Fault | None:
    today = now.astimezone(record.issued_at.tzinfo).date()
    if today < record.valid_from:
        return Fault.NOT_YET_VALID
    return Fault.EXPIRED if record.valid_until is not None and today > record.valid_until else None


def _revocation(status: Status | None) -> Check:
    if status is None:
        return Check(Point.REVOCATION, None, NOT_ASKED)
    return checked(Point.REVOCATION, STATUS_FAULTS[status])
