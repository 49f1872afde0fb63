"""From a decided case to a certificate: what its face shows, how long it holds, what number it bears."""

from collections.abc import Mapping
from datetime import date, datetime
from types import MappingProxyType
from typing import Any, assert_never

import msgspec

from tongban.base.i18n import LANGS, Lang, Text
from tongban.base.keys import KeyRing
from tongban.catalog import cite
from tongban.catalog.model import Fact, FactType, Service, Validity, Words
from tongban.certs.model import (
    Certificate,
    CertificateRecord,
    Exercised,
    Holder,
    Issuer,
    Law,
    Shown,
    identifier,
    mask_number,
    serial_of,
)
from tongban.certs.sign import sign
from tongban.terms import add_months


def issue(
    service: Service,
    *,
    facts: Mapping[str, Any],
    outputs: Mapping[str, Any] = MappingProxyType({}),
    issuer: Issuer,
    exercised: Exercised | None = None,
    holder: Holder,
    region: str,
    case: str,
    at: datetime,
    ring: KeyRing,
    version: int = 1,
    demo: bool = True,
    type_code: str = "",
) -> Certificate:
    """The certificate that `service.result` promises, signed.

    `at` is in the issuer's zone: its day is the first day of validity. `facts` are the typed facts of the case,
    `outputs` what its tables came to; those that the file names under `shows` and that are known are printed in its
    order, identity numbers masked. `type_code` is the code of the certificate's type (证照类型代码); without one the
    code of the service stands in its place.
    Raises `Refused` (`no-signing-key`).
    """
    result = service.result
    code = type_code or service.basic_code
    record = CertificateRecord(
        id=identifier(type_code=code, issuer_uscc=issuer.uscc, serial=serial_of(case), version=version),
        type=result.certificate,
        name=_text(result.name),
        issuer=issuer,
        exercised=exercised or msgspec.UNSET,
        holder=holder,
        region=region,
        service=service.service,
        service_version=service.version,
        case=case,
        shows=_face(service, {**facts, **outputs}, holder),
        issued_at=at.replace(microsecond=0),
        valid_from=at.date(),
        valid_until=last_day(at.date(), result.valid),
        law=tuple(Law(cite=cite(law), no=law.no) for law in service.law[:3]),
        version=version,
        demo=demo,
    )
    return sign(record, ring)


def _face(service: Service, values: Mapping[str, Any], holder: Holder) -> tuple[Shown, ...]:
    """The lines of the face, in the file's order; the holder's name and number are on it anyway."""
    printed = {**_decided(service), **service.facts}
    known = [(printed[name], values[name]) for name in service.result.shows if values.get(name) is not None]
    lines = (Shown(label=_text(fact.name), value=_value(fact, value)) for fact, value in known)
    return tuple(line for line in lines if line.value.zh not in (holder.name, holder.number))


def _decided(service: Service) -> dict[str, Fact]:
    """What the tables decide, as facts to print: months, amounts, classes."""
    tables = (*service.tables.values(), *service.amounts.values())
    outputs = [output for table in tables for output in table.outputs]
    return {one.name: Fact(type=FactType(one.type), name=one.label or one.name, unit=one.unit) for one in outputs}


def last_day(start: date, validity: Validity | None) -> date | None:
    """The last day of validity: the day of the same number, or the month's last (民法典 201, 202 [M])."""
    if validity is None or (validity.years is None and validity.months is None):
        return None
    return add_months(start, (validity.years or 0) * 12 + (validity.months or 0))


def _text(value: Words) -> Text:
    return value if isinstance(value, Text) else Text(value, value)


def _value(fact: Fact, value: Any) -> Text:
    """A fact as it is printed."""
    match fact.type:
        case FactType.ID_NUMBER | FactType.BANK_ACCOUNT:
            return _text(mask_number(str(value)))
        case FactType.BOOLEAN:
            return Text("是", "yes") if value else Text("否", "no")
        case FactType.ENUM:
            names = {choice.value: choice.name for choice in fact.choices}
            return _text(names.get(str(value), str(value)))
        case FactType.MONEY | FactType.NUMBER | FactType.INTEGER:
            return _text(f"{value}{fact.unit and ' ' + fact.unit}")
        case FactType.DATE:
            return Text(*(_day(value, lang) for lang in LANGS))
        case FactType.TEXT | FactType.LONG_TEXT | FactType.USCC | FactType.PHONE | FactType.REGION:
            return _text(str(value))
        case _:
            assert_never(fact.type)


def _day(value: date, lang: Lang) -> str:
    return f"{value.year}年{value.month}月{value.day}日" if lang == "zh" else value.isoformat()
