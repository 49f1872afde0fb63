"""What a counter may ask for, and one request."""

from collections.abc import Mapping
from datetime import datetime

import msgspec

from tongban.base.i18n import Text
from tongban.catalog.certificate_type import CertificateType
from tongban.certs.wallet.asking import ask_for
from tongban.certs.wallet.dcql import Query
from tongban.certs.wallet.offering import HOLDER, IDENTIFIER, NUMBER

OWN = "holder", "number", "certificate"
"""Fields of every certificate, by our word for them; the others go by the Chinese label on the face."""
_PATHS: Mapping[str, tuple[str, ...]] = {
    "holder": ("holder", "name"),
    "number": ("holder", "number"),
    "certificate": ("certificate",),
}
_LABELS: Mapping[str, Text] = {"holder": HOLDER, "number": NUMBER, "certificate": IDENTIFIER}
_ANYWAY = frozenset({"full_name", "id_number"})
"""Lines that a face leaves out where the holder's own name and number stand there."""


class Choice(msgspec.Struct, frozen=True, kw_only=True):
    """A field that a counter may ask for; `usual` says that it is ticked already."""

    key: str
    label: Text
    usual: bool = False


def choices(kind: CertificateType) -> tuple[Choice, ...]:
    """What can be asked of a type of certificate."""
    own = [Choice(key=key, label=_LABELS[key], usual=key == "holder") for key in OWN]
    lines = [
        Choice(key=label.zh, label=label, usual=field.shown)
        for name, field in kind.fields.items()
        if name not in _ANYWAY
        for label in [field.name if isinstance(field.name, Text) else Text(field.name, field.name)]
    ]
    return (*own, *lines)


def path_of(field: str) -> tuple[str, ...]:
    """Where a field stands in the claims."""
    return _PATHS.get(field) or ("fields", field)


def label_of(field: str) -> Text:
    """What a field is called where no file is at hand."""
    return _LABELS.get(field) or Text(field, field)


class Line(msgspec.Struct, frozen=True):
    """One line that was shown."""

    label: Text
    value: Text


ISSUED_BY = Text("发证的地方", "Issued by")
"""The line that a certificate of a neighbour has more: whose it is."""


class Ask(msgspec.Struct, frozen=True, kw_only=True):
    """One request, as the counter that made it sees it."""

    region: str
    id: str
    body: str
    clerk: str
    post: str
    type: str
    fields: tuple[str, ...]
    service: str
    client_id: str
    nonce: str
    state: str
    made_at: datetime
    until: datetime
    refused: str | None = None
    declined_at: datetime | None = None
    ended_at: datetime | None = None
    answered_at: datetime | None = None
    key: bytes | None = None
    """To which the answer is encrypted, sealed (`wallet.encrypted`); gone as soon as there is no more to open."""
    lines: tuple[Line, ...] = ()
    """What was shown, until it is taken away."""

    @property
    def query(self) -> Query:
        """The question in the standard's words."""
        return ask_for(self.type, [path_of(field) for field in self.fields])

    @property
    def of_neighbour(self) -> bool:
        """Whether what was shown was issued elsewhere, so that its holder keeps no record of use here."""
        return any(line.label == ISSUED_BY for line in self.lines)

    def open_at(self, now: datetime) -> bool:
        """Whether it may still be answered."""
        over = self.answered_at or self.declined_at or self.ended_at
        return over is None and self.key is not None and now < self.until
