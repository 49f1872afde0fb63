"""What is asked of a record, what comes back, and what the person can see of it."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import msgspec

from tongban.base.i18n import Text
from tongban.catalog import cite
from tongban.catalog.model import Service
from tongban.catalog.tables import both


class Purpose(msgspec.Struct, frozen=True, kw_only=True):
    """Why somebody may look: the service, the matter it is for, and the law. Without one nothing can be read.

    `matter` is a draft or a case number. `body` is the body that answers for it, empty while the place is not known:
    then only what all bodies of its kind may see is read. `law` is the basis of the duty for which the data are needed
    (PIPL 13, 34).
    """

    service: str
    name: Text
    matter: str
    law: Text
    body: str = ""

    @staticmethod
    def of(service: Service, matter: str, body: str = "") -> "Purpose":
        """The purpose of this service's own form: the first article of its file is what it rests on."""
        return Purpose(
            service=service.service, name=both(service.name), matter=matter, law=cite(service.law[0]), body=body
        )


class Reader(msgspec.Struct, frozen=True, kw_only=True):
    """Who looked, as they were at that moment. `kind` is `person` when the applicant had it filled in."""

    kind: str
    id: str
    title: str = ""
    body: str = ""
    post: str = ""


class Listed(msgspec.Struct, frozen=True, kw_only=True):
    """Where the installation that issued a certificate publishes how it stands: its list of status, the place in it."""

    uri: str
    place: int


class Shared(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A value that a record of the state has, with where it comes from, as the case keeps it.

    `as_of` is how old the record is, `at` when it was read. `resource` and `record` name what was read, `grant` the
    shared-data grant it rests on ("" in this installation's own tables), `digest` the SHA-256 of the answer as it was
    signed (of its canonical JSON, if it was read here). What was kept before these existed has none of the four.
    """

    value: Any
    source: Text
    as_of: datetime
    at: datetime
    resource: str = ""
    record: str = ""
    grant: str = ""
    digest: str = ""
    certificate: str = ""
    """The certificate that it was taken from, where the record is one (证照标识)."""
    listed: Listed | None = None
    """Where that stands in its issuer's list of status, for whoever did not issue it."""


class Lookup(msgspec.Struct, frozen=True, kw_only=True):
    """The answer to one look: what was found, and for what was not, why, in words.

    `waiting` are those of the missing whose source did not answer: it still owes one and is asked again. `absent` are
    those whose source did answer and has nothing.
    """

    found: dict[str, Shared]
    missing: dict[str, Text]
    waiting: frozenset[str] = frozenset()
    absent: frozenset[str] = frozenset()

    def __or__(self, other: "Lookup") -> "Lookup":
        """Both together."""
        return Lookup(
            found=self.found | other.found,
            missing=self.missing | other.missing,
            waiting=self.waiting | other.waiting,
            absent=self.absent | other.absent,
        )


def merged(looks: Iterable[Lookup]) -> Lookup:
    """All of them together."""
    result = Lookup(found={}, missing={})
    for look in looks:
        result |= look
    return result
