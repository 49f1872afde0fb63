"""What came back to a counter: verified point by point, then only what was asked is looked at (OpenID4VP 1.0 §8.6)."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

import msgspec

from tongban.base.crypto import Suite
from tongban.base.i18n import Text
from tongban.base.keys import base64url
from tongban.certs import store as certificates
from tongban.certs.checks import Check
from tongban.certs.counter.model import ISSUED_BY, Ask, Line, label_of, path_of
from tongban.certs.credential import VCT, Claims, fields_of, verify_credential
from tongban.certs.faults import Fault, Point
from tongban.certs.keys import PublicKeys
from tongban.certs.model import CertificateRecord
from tongban.certs.sdjwt import Request, holder_key
from tongban.certs.statuslist import StatusPlace
from tongban.certs.strict import Stop
from tongban.certs.verify import STATUS_FAULTS
from tongban.certs.wallet import store as wallets
from tongban.certs.wallet.asking import PART, read_answer
from tongban.certs.wallet.dcql import at, fault_of
from tongban.certs.wallet.store import Copy


@dataclass(frozen=True, slots=True)
class Presented:
    """Whose certificate was shown, and of it what was asked for."""

    holder: str
    """The person; of a neighbour's certificate, whose holder is unknown here, the key in their wallet."""
    certificate: str | None
    """Its number, for the holder's record of use; None of a neighbour's: its holder keeps that record elsewhere."""
    type: str
    name: Text
    lines: tuple[Line, ...]
    keys: tuple[str, ...]
    """The same lines as 亮证 names them (`showing.lines`)."""


@dataclass(frozen=True, slots=True)
class Read:
    """An answer that holds by itself: signed, bound to this request and all that was asked. How it stands is open."""

    claims: Mapping[str, object]
    place: StatusPlace | None
    """Where its status is published."""
    thumbprint: bytes
    """Of the key to which it is bound."""


def read(
    ask: Ask, vp_token: object, keys: PublicKeys, now: datetime, suites: Collection[Suite] = (Suite.INTL,)
) -> Read:
    """The answer to a request, by the keys of one issuer, of each of `suites`.

    Raises `Stop`: `unknown-key` where another issued it.
    """
    answer = read_answer(vp_token)
    (text, *more) = answer.get(PART, ("",))
    if set(answer) != {PART} or more:
        raise Stop(Point.REQUEST, Fault.NOT_ASKED_FOR)
    outcome = verify_credential(text, keys, now, request=Request(ask.client_id, ask.nonce), suites=suites)
    for check in outcome.checks:
        if check.fault is not None:
            raise Stop(check.point, check.fault)
    claims = outcome.claims or {}
    fault = fault_of(ask.query, {PART: [claims]})
    if fault is not None:
        raise Stop(Point.REQUEST, fault)
    return Read(claims, msgspec.convert(claims, Claims).place, _thumbprint(claims))


async def ours(db: Any, ask: Ask, shown: Read, now: datetime, here: Copy | None = None) -> Presented:
    """A certificate of ours: in force, and in a copy that was not taken back. `here` is the copy that our own portal
    made for this answer. Raises `Stop`."""
    copy = here or await wallets.copy_of(db, shown.thumbprint)
    if copy is None or not copy.holds_at(now):
        raise Stop(Point.BINDING, Fault.NO_COPY if copy is None else Fault.COPY_ENDED)
    found = await certificates.get(db, copy.certificate)
    if found is None or VCT + found.record.type != shown.claims.get("vct"):
        raise Stop(Point.REQUEST, Fault.NOT_ASKED_FOR)
    status = STATUS_FAULTS[found.status]
    if status is not None:
        raise Stop(Point.REVOCATION, status)
    record = found.record
    lines = tuple(_line(field, shown.claims) for field in ask.fields)
    keys = tuple(key_of(record, field) for field in ask.fields)
    return Presented(record.holder.id, record.id, record.type, record.name, lines, keys)


def theirs(ask: Ask, shown: Read, status: Check, issuer: Text) -> Presented:
    """A certificate of a neighbour (`issuer`), if its own list says that it is in force (`status`). Raises `Stop`.

    Whether its holder took the copy back is not in the list: a copy is good for as long as it says.
    """
    if not status.holds:
        raise Stop(Point.REVOCATION, status.fault or Fault.LIST_UNREACHABLE)
    lines = (Line(ISSUED_BY, issuer), *(_line(field, shown.claims) for field in ask.fields))
    said = msgspec.convert(shown.claims, Claims)
    holder = f"wallet:{base64url(shown.thumbprint)}"
    return Presented(holder, None, said.type, said.name or Text(said.type, said.type), lines, ask.fields)


def _thumbprint(claims: Mapping[str, object]) -> bytes:
    jwk = cast("Mapping[str, Mapping[str, object]]", claims["cnf"])["jwk"]
    return holder_key(jwk).thumbprint


def _line(field: str, claims: Mapping[str, object]) -> Line:
    match at(path_of(field), claims):
        case [{"label": {"zh": str(zh), "en": str(en)}, "value": {"zh": str(value), "en": str(english)}}]:
            return Line(Text(zh, en), Text(value, english))
        case [str(value)]:
            return Line(label_of(field), Text(value, value))
        case _:
            raise Stop(Point.CONTENT, Fault.BAD_RECORD)


def key_of(record: CertificateRecord, field: str) -> str:
    """A field as 亮证 names it: the lines of the face by their place."""
    names = list(fields_of(record))
    return f"line-{names.index(field)}" if field in names else field
