"""The certificate-type file: what a kind of certificate is, whoever issues one, in the elements of GB/T 36903.

Name, type code, holder, issuer, validity and the lines of its face are the standard's metadata as known from secondary
sources [S]; its text was not at hand, so element names are ours. The code goes into each certificate's identifier
(GB/T 36904, composition from memory [M]); `code_status: demo` says that no directory has registered it.
"""

from enum import StrEnum
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from tongban.base.i18n import Text
from tongban.catalog.fields import FactName, Slug, Words
from tongban.catalog.model import Law, Service
from tongban.catalog.result import Result, Validity

RESOURCE = "certificates.issued"
"""Where a service file finds certificates as records: `certificates.issued/residence-permit#id`."""
OF_EVERY: tuple[str, ...] = ("id", "case", "issued_on", "valid_until")
"""What a service may ask of a certificate as of a record: its number, the case it came of, its first and last day. The
lines of its face are printed words and no values."""


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    pass


class Sensitivity(StrEnum):
    """How careful one has to be with a line."""

    PUBLIC = "public"
    PERSONAL = "personal"
    SENSITIVE = "sensitive"
    """敏感个人信息 (PIPL 28): identity numbers, health, children."""


class HolderKind(StrEnum):
    """持证主体."""

    PERSON = "person"
    BODY = "body"
    EITHER = "either"


class Lasts(StrEnum):
    """How long one holds."""

    UNTIL_REVOKED = "until-revoked"
    FIXED = "fixed"
    """As long as `valid` says, whichever service issues it."""
    BY_SERVICE = "by-service"
    """As each service says; some of them may say nothing."""


class CertificateField(_File, frozen=True, kw_only=True):
    """One line of the face, named as the fact or output that services print there.

    shown   whether it is picked already when the holder shows the certificate to somebody
    always  whether every service that issues this type prints it
    """

    name: Words
    sensitivity: Sensitivity = Sensitivity.PERSONAL
    shown: bool = False
    always: bool = True


class CertificateType(_File, frozen=True, kw_only=True):
    """A certificate-type file. `issuer` are the kinds of bodies that issue it, as in a service's `authority`;
    `replaces` names the papers that nobody is asked for where there is such a certificate."""

    certificate: Slug
    version: Annotated[str, Meta(pattern=r"^[0-9]+(\.[0-9]+)*$")]
    name: Text
    code: Annotated[str, Meta(pattern=r"^[0-9A-Z]{4,24}$")]
    code_status: Literal["real", "demo"] = "demo"
    holder: HolderKind
    issuer: Annotated[tuple[Slug, ...], Meta(min_length=1)]
    lasts: Lasts
    valid: Validity | None = None
    fields: dict[FactName, CertificateField] = {}
    replaces: tuple[Words, ...] = ()
    law: tuple[Law, ...] = ()
    note: Words = ""

    def gives(self, field: str) -> bool:
        """Whether one can be asked for this."""
        return field in OF_EVERY


def results(service: Service) -> tuple[Result, ...]:
    """Everything that a service may give: its own result, and those of its situations."""
    return (service.result, *(one.result for one in service.situations if one.result is not None))
