"""A certificate small enough for a QR code: a CWT (RFC 8392) in COSE_Sign1, checked with nothing but the keys.

It says what stands on the face that others rely on: what, who, whose, from when until when, under which number; and
where its status stands. With the digest it names the one whole record that it abridges.
"""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import cast

import msgspec

from tongban.base.clock import utc
from tongban.base.crypto import Suite
from tongban.base.keys import KeyRing, Use, unbase64
from tongban.certs.anyform import CODE_START
from tongban.certs.checks import Check, checked, failed, passed
from tongban.certs.cose import EXP, IAT, NBF, STATUS, Sign1, sign1
from tongban.certs.credential import credential_claims, period_fault
from tongban.certs.faults import Fault, Point
from tongban.certs.keys import PublicKeys
from tongban.certs.marks import beside, gm_key, missing
from tongban.certs.model import CertificateRecord, digest
from tongban.certs.sign import signer
from tongban.certs.statuslist import NO_LISTS, StatusLists, StatusPlace
from tongban.certs.strict import Stop
from tongban.certs.verify import Verification, issue_fault

KIND = "tongban+cwt"
FACE = -70001
"""Our claim in the range for private use (RFC 8392 §9.1): the face, a list in the order of `_Face`."""
MAGIC = CODE_START.decode()
"""Before the packed CWT, so that a scanner knows what it read."""
_CODE_MOST = 4296
"""Characters that the largest QR code holds of this kind (ISO/IEC 18004)."""


class _Face(msgspec.Struct, frozen=True, array_like=True):
    """One array, no names: they would be half of the code."""

    type: str
    name: str
    holder: str
    number: str
    issuer: str
    uscc: str
    certificate: str
    digest: bytes
    demo: bool


def to_cwt(
    record: CertificateRecord, ring: KeyRing, *, status: StatusPlace | None = None, at: datetime | None = None
) -> bytes:
    """The certificate as CWT, about 350 bytes, signed `at` a time (by default that of issue).

    Raises `Refused` (`no-signing-key`).
    """
    at = utc(at or record.issued_at)
    said = credential_claims(record, issuer="")
    face = [
        record.type,
        record.name.zh,
        record.holder.name,
        record.holder.number,
        record.issuer.name.zh,
        record.issuer.uscc,
        record.id,
        unbase64(digest(record)),
        record.demo,
    ]
    claims: dict[int, object] = {IAT: int(at.timestamp()), NBF: said["nbf"], FACE: face}
    if "exp" in said:
        claims[EXP] = said["exp"]
    if status is not None:
        claims[STATUS] = {"status_list": {"idx": status.idx, "uri": status.uri}}
    return sign1(ring, signer(ring, at), KIND, claims, gm_key(ring, at))


def code_text(cwt: bytes) -> str:
    """What the QR code holds: upper-case base45 (RFC 9285), which a QR code packs almost as tightly as bytes."""
    return MAGIC + base45(cwt)


def read_code(text: str) -> bytes:
    """The CWT in the text of a QR code. Raises `Stop` where there is none."""
    if len(text) > _CODE_MOST:
        raise Stop(Point.FORM, Fault.TOO_LARGE)
    packed = text.strip().removeprefix(MAGIC)
    if packed == text.strip():
        raise Stop(Point.FORM, Fault.NOT_A_CERTIFICATE)
    try:
        return unbase45(packed)
    except ValueError:
        raise Stop(Point.FORM, Fault.BAD_ENVELOPE) from None


_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"


def base45(data: bytes) -> str:
    """Two bytes are three characters, a last single one two (RFC 9285 §4)."""
    out: list[str] = []
    for at in range(0, len(data), 2):
        pair = data[at : at + 2]
        value = int.from_bytes(pair)
        for _ in range(len(pair) + 1):
            value, digit = divmod(value, 45)
            out.append(_ALPHABET[digit])
    return "".join(out)


def unbase45(text: str) -> bytes:
    """Strict: every text has one reading and every reading one text. Raises `ValueError`."""
    if len(text) % 3 == 1:
        raise ValueError("cut off")
    out = bytearray()
    for at in range(0, len(text), 3):
        group = text[at : at + 3]
        value = sum(_ALPHABET.index(one) * 45**n for n, one in enumerate(group))
        if value >= 1 << (8 * (len(group) - 1)):
            raise ValueError("beyond the bytes it stands for")
        out += value.to_bytes(len(group) - 1)
    return bytes(out)


def verify_cwt(
    data: bytes | str,
    keys: PublicKeys,
    now: datetime,
    *,
    type_: str | None = None,
    lists: StatusLists = NO_LISTS,
    suites: Collection[Suite] = (Suite.INTL,),
) -> Verification:
    """Check a CWT, or the text of a QR code that carries one. Never raises for anything in `data`."""
    checks: list[Check] = []
    try:
        read = Sign1(read_code(data) if isinstance(data, str) else data)
        checks.append(passed(Point.FORM))
        key = read.prove(KIND, keys, Use.CERTIFICATE)
        checks.append(passed(Point.SIGNATURE))
        face, place = _content(read.claims)
        checks.append(passed(Point.CONTENT))
    except Stop as stop:
        checks.append(failed(stop.point, stop.fault))
        return Verification(genuine=False, valid=False, checks=tuple(checks))
    at = cast("dict[int, int]", read.claims)
    checks += _second(read, keys, at[IAT], suites)
    checks.append(checked(Point.KEY, issue_fault(at[IAT], key, now)))
    if type_ is not None:
        checks.append(checked(Point.TYPE, None if face.type == type_ else Fault.WRONG_TYPE))
    checks.append(checked(Point.PERIOD, period_fault(at[NBF], at.get(EXP), now)))
    checks.append(lists.check(place, now))
    return Verification(
        genuine=not any(one.fault for one in checks if one.point in (Point.KEY, Point.GM)),
        valid=not any(one.fault for one in checks),
        checks=tuple(checks),
        claims=_shown(face, place),
    )


def _second(read: Sign1, keys: PublicKeys, at: int, suites: Collection[Suite]) -> list[Check]:
    """The signature of a second suite, where there is one or one is asked for."""
    if read.second is None:
        return missing((), suites)
    return beside(*read.second, read.message, keys, at, suites)


def _content(claims: Mapping[object, object]) -> tuple[_Face, StatusPlace | None]:
    try:
        face = msgspec.convert(claims.get(FACE), _Face, strict=True)
        status = cast("Mapping[str, object] | None", claims.get(STATUS))
        place = None if status is None else msgspec.convert(status["status_list"], StatusPlace)
        times = [claims[IAT], claims[NBF], claims.get(EXP, 0)]
    except (msgspec.ValidationError, KeyError, TypeError):
        raise Stop(Point.CONTENT, Fault.BAD_RECORD) from None
    if any(type(time) is not int for time in times) or claims.keys() - {IAT, NBF, EXP, FACE, STATUS}:
        raise Stop(Point.CONTENT, Fault.BAD_RECORD)
    return face, place


def _shown(face: _Face, place: StatusPlace | None) -> dict[str, object]:
    """The face with the names that the other forms use."""
    shown: dict[str, object] = {
        "name": face.name,
        "certificate": face.certificate,
        "holder": {"name": face.holder, "number": face.number},
        "issuing_authority": {"name": face.issuer, "uscc": face.uscc},
        "demo": face.demo,
    }
    if place is not None:
        shown["status"] = {"status_list": msgspec.to_builtins(place)}
    return shown
