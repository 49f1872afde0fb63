"""A certificate in whatever form it comes: which it is shows in its first bytes, before anything in it is believed."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

import msgspec

from tongban.base.crypto import Suite
from tongban.base.documents import Document
from tongban.certs.checks import failed
from tongban.certs.credential import verify_credential
from tongban.certs.faults import Fault, Point
from tongban.certs.keys import PublicKeys
from tongban.certs.sdjwt import Request, looks_like_sd_jwt
from tongban.certs.sign import CODE_LINE
from tongban.certs.statuslist import NO_LISTS, StatusLists, StatusPlace
from tongban.certs.verify import Verification, verify

CODE_START = b"TB1:"
"""What the text of a code for offline checks begins with."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of a certificate: whose keys count, when, and for whom, of which type, with which lists."""

    keys: PublicKeys
    now: datetime
    request: Request | None = None
    type: str | None = None
    lists: StatusLists = NO_LISTS
    requires: Mapping[Document, tuple[Suite, ...]] = field(default_factory=dict[Document, tuple[Suite, ...]])
    """Who must sign which class, as the verifier's own list of keys says it (`base.keys.Keys`)."""

    def suites(self, document: Document) -> tuple[Suite, ...]:
        """Who must have signed a class of document."""
        return self.requires.get(document, (Suite.INTL,))


@dataclass(frozen=True, slots=True)
class Form:
    """One form of a certificate: how its bytes are known, and how it is checked."""

    known: Callable[[bytes], bool]
    check: Callable[[bytes, Asked], Verification]


def _presented(data: bytes, asked: Asked) -> Verification:
    return verify_credential(
        data,
        asked.keys,
        asked.now,
        request=asked.request,
        type_=asked.type,
        lists=asked.lists,
        suites=asked.suites(Document.CREDENTIAL),
    )


def _code(data: bytes, asked: Asked) -> Verification:
    return _compact(data.decode("ascii", "replace"), asked)


def _compact(data: bytes | str, asked: Asked) -> Verification:
    from tongban.certs.compactcwt import verify_cwt  # CBOR comes with the first that needs it

    suites = asked.suites(Document.CERTIFICATE)
    return verify_cwt(data, asked.keys, asked.now, type_=asked.type, lists=asked.lists, suites=suites)


def _whole(data: bytes, asked: Asked) -> Verification:
    found = verify(data, asked.keys, asked.now, type_=asked.type, suites=asked.suites(Document.CERTIFICATE))
    if not asked.lists or not found.genuine:
        return found
    place = status_place(data, found, asked.keys, asked.now)
    if place is None:  # taken out, perhaps: what can be looked up must not pass by not saying where
        return found.answered(failed(Point.REVOCATION, Fault.NO_STATUS_PLACE))
    return found.answered(asked.lists.check(place, asked.now))


def status_place(data: bytes, found: Verification, keys: PublicKeys, now: datetime) -> StatusPlace | None:
    """Where the status of a certificate that was found genuine is published, by what its issuer signed; or None.

    A whole certificate (PDF, JSON) says it in the code that it carries; that counts only if it is of this very one.
    """
    claims = found.claims
    if found.record is not None:
        code = _code(_carried(data), Asked(keys, now))
        claims = code.claims if code.genuine else None
        if claims is None or claims.get("certificate") != found.record.id:
            return None
    try:
        return msgspec.convert((claims or {}).get("status"), _Named).status_list
    except msgspec.ValidationError:
        return None


class _Named(msgspec.Struct, frozen=True):
    status_list: StatusPlace


class _Proofs(msgspec.Struct, frozen=True):
    code: str = ""


class _File(msgspec.Struct, frozen=True):
    proofs: _Proofs


def _carried(data: bytes) -> bytes:
    """The code in a PDF or a JSON file; empty where there is none."""
    if not data.lstrip().startswith(b"{"):
        return data.partition(b"\n" + CODE_LINE)[2].partition(b"\n")[0]
    try:
        return msgspec.json.decode(data, type=_File).proofs.code.encode()
    except msgspec.DecodeError:
        return b""


FORMS: tuple[Form, ...] = (
    Form(lambda data: data.startswith(CODE_START), _code),
    Form(lambda data: data.startswith(b"\xd2\x84"), _compact),
    Form(looks_like_sd_jwt, _presented),
    Form(lambda _: True, _whole),
)
"""In the order in which they are tried; the last takes what no other knows, and says what is wrong with it."""


_PICTURES = (b"\x89PNG\r\n", b"\xff\xd8\xff", b"RIFF")


def is_picture(data: bytes) -> bool:
    """Whether a file is a picture: PNG, JPEG or WebP."""
    return data.startswith(_PICTURES)


def verify_any(data: bytes, asked: Asked) -> Verification:
    """Check a certificate in any form. Never raises for anything in `data`."""
    form = next(form for form in FORMS if form.known(data.lstrip()))
    return form.check(data, asked)
