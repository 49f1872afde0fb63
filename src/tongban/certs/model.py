"""What the state certifies: one record, from which the page, the PDF, the QR code and the JSON are all made.

The record is plain data with a format number, so that further proofs (SD-JWT VC, status lists, SM2 seals) can be put
beside the first without changing what a certificate says.
"""

import base64
import hashlib
from datetime import date, datetime
from enum import IntEnum, StrEnum
from typing import Annotated, Literal, assert_never

import msgspec
from msgspec import Meta

from tongban.base.canonical import canonical as canonical
from tongban.base.i18n import Text
from tongban.base.jws import Jws
from tongban.base.statements import Marks

FORMAT: Literal["tongban-certificate/1"] = "tongban-certificate/1"

TypeSlug = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$", max_length=60)]
RegionCode = Annotated[str, Meta(pattern=r"^[0-9]{6}$")]
Line = Annotated[str, Meta(max_length=500)]


class _Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Every part of a record: an unknown field is a fault, because it would be signed but not shown."""


class Issuer(_Part, frozen=True, kw_only=True):
    """颁发机构: the body that certifies, with its unified social credit code (GB 32100)."""

    body: Annotated[str, Meta(max_length=80)]
    name: Text
    uscc: Annotated[str, Meta(pattern=r"^[0-9A-Z]{18}$")]


class Exercised(_Part, frozen=True, kw_only=True):
    """以委托机关名义: the body that exercised the power, where it is not simply the issuer's own (行政许可法 24)."""

    body: Annotated[str, Meta(max_length=80)]
    name: Text
    words: Text
    """In whose name it acted, as the certificate says it."""


class Holder(_Part, frozen=True, kw_only=True):
    """持证主体. `id` is the platform's own person id; the identity number is kept masked, as it is shown."""

    id: Annotated[str, Meta(max_length=80)]
    name: Line
    number: Line
    """Masked identity number or USCC, e.g. `990***********123X`."""


class Law(_Part, frozen=True, kw_only=True):
    """The power under which the certificate is given."""

    cite: Text
    """The act and its article, as people read it."""
    no: Line = ""
    """Number of the document, e.g. 国令第663号."""


class Shown(_Part, frozen=True, kw_only=True):
    """One line on the face of the certificate, in the order of the record."""

    label: Text
    value: Text


class CertificateRecord(_Part, frozen=True, kw_only=True):
    """Everything that is certified. Times carry their offset; dates are days in the issuer's zone."""

    format: Literal["tongban-certificate/1"] = FORMAT
    id: Annotated[str, Meta(max_length=160)]
    """证照标识 in the shape of GB/T 36904 (see `identifier`)."""
    type: TypeSlug
    name: Text
    issuer: Issuer
    exercised: Exercised | msgspec.UnsetType = msgspec.UNSET
    """Left out of what is signed where there is nothing to say: certificates of before keep their digest."""
    holder: Holder
    region: RegionCode
    service: TypeSlug
    service_version: Annotated[str, Meta(pattern=r"^[0-9]+(\.[0-9]+)*$")]
    case: Annotated[str, Meta(max_length=40)]
    shows: tuple[Shown, ...]
    issued_at: datetime
    valid_from: date
    valid_until: date | None
    """Last day on which it holds; nothing = until revoked."""
    law: tuple[Law, ...]
    version: Annotated[int, Meta(ge=1, le=999)]
    """Of this certificate: an endorsement or a change issues the next one."""
    replaces: Annotated[str, Meta(max_length=160)] | msgspec.UnsetType = msgspec.UNSET
    """The certificate whose place it took, if it took one's."""
    demo: bool


class Certificate(msgspec.Struct, frozen=True, kw_only=True):
    """A record with its proof: a compact JWS over the record's canonical JSON (RFC 7515, RFC 9864)."""

    record: CertificateRecord
    jws: str
    marks: Marks | None = None
    """Further signatures over the same record: by another suite, or later (`certs.marks`)."""

    @property
    def signed_by(self) -> list[str]:
        """The ids of all keys that signed it, by what it says itself."""
        first = str(Jws(self.jws).header.get("kid", ""))
        return [first, *(one.key for one in self.marks.signatures)] if self.marks else [first]


class Status(IntEnum):
    """The registered values (§7.1). Any other is a matter between an issuer and its verifiers, and refused here."""

    VALID = 0
    INVALID = 1
    SUSPENDED = 2


class Standing(StrEnum):
    """How a certificate stands today, for lists and tiles; whether it is genuine is `verify`'s to say."""

    VALID = "valid"
    NOT_YET = "not-yet"
    EXPIRED = "expired"
    SUSPENDED = "suspended"
    REVOKED = "revoked"


STANDING_NAMES: dict[Standing, Text] = {
    Standing.VALID: Text("有效", "Valid"),
    Standing.NOT_YET: Text("未到有效期", "Not valid yet"),
    Standing.EXPIRED: Text("已过期", "Expired"),
    Standing.SUSPENDED: Text("已暂停使用", "Suspended"),
    Standing.REVOKED: Text("已废止", "Revoked"),
}


def digest(record: CertificateRecord) -> str:
    """The first 16 bytes of SHA-256 over the canonical record, base64url: 22 characters for the QR code."""
    raw = hashlib.sha256(canonical(record)).digest()[:16]
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


ROOT = "1.2.156.3005.2"
_CHARACTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def check_character(text: str) -> str:
    """The ISO 7064 MOD 37,36 check character of the letters and digits in `text` (separators do not count)."""
    value = 36
    for character in text:
        if character not in _CHARACTERS:
            continue
        value = (value + _CHARACTERS.index(character)) % 36 or 36
        value = value * 2 % 37
    return _CHARACTERS[(37 - value) % 36]


def identifier(*, type_code: str, issuer_uscc: str, serial: str, version: int) -> str:
    """证照标识: root, type code, issuer code, serial number, version and check character, joined by dots.

    The order of the parts is GB/T 36904's as we know it from secondary sources and memory, not from its text [M];
    so is the check system, MOD 37,36. Both must be compared with the standard before real certificates are issued.
    """
    body = ".".join((ROOT, type_code.upper(), issuer_uscc, serial.upper(), f"{version:03d}"))
    return f"{body}.{check_character(body.removeprefix(ROOT))}"


def reissued(old: CertificateRecord, shows: tuple[Shown, ...], at: datetime) -> CertificateRecord:
    """The next version of a certificate, which says that it replaces this one. It holds as long as this one did."""
    type_code = old.id.removeprefix(ROOT + ".").split(".")[0]
    version, serial = old.version + 1, serial_of(old.case)
    return msgspec.structs.replace(
        old,
        id=identifier(type_code=type_code, issuer_uscc=old.issuer.uscc, serial=serial, version=version),
        version=version,
        shows=shows,
        issued_at=at.replace(microsecond=0),
        replaces=old.id,
    )


def identifier_holds(text: str) -> bool:
    """Whether an identifier has the six parts and the right check character."""
    if not text.startswith(ROOT + "."):
        return False
    parts = text.removeprefix(ROOT + ".").split(".")
    if len(parts) != 5 or not all(part and set(part) <= set(_CHARACTERS) for part in parts):
        return False
    return check_character("".join(parts[:-1])) == parts[-1]


def serial_of(case_id: str) -> str:
    """流水号 from the case number, so that issuing twice for one case cannot give two certificates."""
    return case_id.replace("-", "").upper()


def region_of_identifier(text: str) -> str | None:
    """The region code that leads the serial number of an identifier of ours, or None if it is none."""
    if not identifier_holds(text):
        return None
    region = text.removeprefix(ROOT + ".").split(".")[2][:6]
    return region if len(region) == 6 and region.isdigit() else None


def standing(record: CertificateRecord, today: date, revoked: bool, suspended: bool = False) -> Standing:
    """How the certificate stands on a day. What has expired is no longer suspended: it is over."""
    if revoked:
        return Standing.REVOKED
    if today < record.valid_from:
        return Standing.NOT_YET
    if record.valid_until is not None and today > record.valid_until:
        return Standing.EXPIRED
    return Standing.SUSPENDED if suspended else Standing.VALID


def mask_number(number: str) -> str:
    """An identity number as it may be shown: the first three and the last four characters."""
    if len(number) < 8:
        return "*" * len(number)
    return number[:3] + "*" * (len(number) - 7) + number[-4:]


def mask_name(name: str, kind: Literal["person", "body"]) -> str:
    """A name as others may see it: the family name and stars; the name of a body is public."""
    match kind:
        case "body":
            return name
        case "person":
            return name[:1] + "*" * max(1, len(name) - 1)
        case _:
            assert_never(kind)
