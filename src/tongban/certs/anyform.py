"""A certificate in whatever form it comes: which it is shows in its first bytes, before anything in it is believed."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

import msgspec

from tongban.base.crypto import Suite
from tongban.base.documents import Document
from tongban.certs.credential import verify_credential
from tongban.certs.faults import Point
from tongban.certs.keys import PublicKeys
from tongban.certs.sdjwt import Request, looks_like_sd_jwt
from tongban.certs.sign import CODE_LINE
from tongban.certs.statuslist import NO_LISTS, StatusLists
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
    _, carried, after = data.partition(b"\n" + CODE_LINE)
    if asked.lists is NO_LISTS or not carried or not found.genuine or found.record is None:
        return found
    # The code in a PDF says where the status stands; it counts only if it is of this very certificate.
    code = _code(after.partition(b"\n")[0], Asked(asked.keys, asked.now, lists=asked.lists))
    if not code.genuine or code.claims is None or code.claims.get("certificate") != found.record.id:
        return found
    said = next(one for one in code.checks if one.point is Point.REVOCATION)
    checks = tuple(said if one.point is Point.REVOCATION else one for one in found.checks)
    valid = not any(one.fault for one in checks)
    return msgspec.structs.replace(found, checks=checks, valid=valid)


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
