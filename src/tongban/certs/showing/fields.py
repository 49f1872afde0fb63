"""What of a certificate can be shown line by line. What it is, who issued it and how it stands is always shown."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from tongban.base.errors import refuse
from tongban.base.i18n import Text, words
from tongban.catalog.certificate_type import CertificateType
from tongban.catalog.model import Service
from tongban.certs.model import CertificateRecord

FIELD_MOST = 60


@dataclass(frozen=True, slots=True)
class Line:
    """One line that the holder may show: its key in a form, what it is, what it says."""

    key: str
    label: Text
    value: Text


def lines(record: CertificateRecord) -> tuple[Line, ...]:
    """Every line, in the order of the face."""
    return (
        Line("holder", Text("持证人", "Holder"), _same(record.holder.name)),
        Line("number", Text("证件号码", "Identity number"), _same(record.holder.number)),
        *(Line(f"line-{n}", line.label, line.value) for n, line in enumerate(record.shows)),
        Line("certificate", Text("证照标识", "Number of the certificate"), _same(record.id)),
    )


def _same(text: str) -> Text:
    return Text(text, text)


def picked(record: CertificateRecord, keys: Collection[str]) -> tuple[Line, ...]:
    """The lines that were picked, in the order of the face.

    Raises `Refused` (`nothing-picked`): nothing, or something that is not on the certificate.
    """
    found: Sequence[Line] = [line for line in lines(record) if line.key in keys]
    if not found or len(found) != len(set(keys)):
        raise refuse("nothing-picked", "请至少选一项要给对方看的", "Pick at least one thing to show", place="fields")
    return tuple(found)


_NAMES = frozenset({"full_name", "business_name", "company_name"})
"""Fields that name the holder, whose line is the holder's own."""


def suggested(record: CertificateRecord, kind: CertificateType | None, service: Service | None) -> frozenset[str]:
    """The lines that are picked already when the form opens: those that the type's file says are shown.

    `service` is the version that issued it, which knows what each line of the face is.
    """
    if kind is None or service is None:
        return frozenset()
    outputs = (one for table in (*service.tables.values(), *service.amounts.values()) for one in table.outputs)
    named = {one.name: one.label or one.name for one in outputs} | {k: fact.name for k, fact in service.facts.items()}
    shown = {name for name, field in kind.fields.items() if field.shown}
    labels = {words(named[name], "zh") for name in shown if name in named}
    found = {f"line-{n}" for n, line in enumerate(record.shows) if line.label.zh in labels}
    return frozenset(found | ({"holder"} if shown & _NAMES else set()))
