"""What came back to a counter: verified point by point, then only what was asked is looked at (OpenID4VP 1.0 §8.6)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from tongban.base.i18n import Text
from tongban.certs import store as certificates
from tongban.certs.counter.model import Ask, Line, label_of, path_of
from tongban.certs.credential import VCT, fields_of, verify_credential
from tongban.certs.faults import Fault, Point
from tongban.certs.keys import PublicKeys
from tongban.certs.model import CertificateRecord
from tongban.certs.sdjwt import Request, holder_key
from tongban.certs.store import StoredCertificate
from tongban.certs.strict import Stop
from tongban.certs.verify import STATUS_FAULTS
from tongban.certs.wallet import store as wallets
from tongban.certs.wallet.asking import PART, read_answer
from tongban.certs.wallet.dcql import at, fault_of
from tongban.certs.wallet.store import Copy


@dataclass(frozen=True, slots=True)
class Presented:
    """Whose certificate was shown, and of it what was asked for."""

    found: StoredCertificate
    lines: tuple[Line, ...]
    keys: tuple[str, ...]
    """The same lines as 亮证 names them (`showing.lines`)."""


async def presented(
    db: Any, ask: Ask, vp_token: str, keys: PublicKeys, now: datetime, here: Copy | None = None
) -> Presented:
    """The answer to a request, if it holds in every point. `here` is the copy that our own portal made for it.

    Only certificates of ours count: of others nobody here can say at once whether they still hold. Raises `Stop`.
    """
    answer = read_answer(vp_token)
    (text, *more) = answer.get(PART, ("",))
    if set(answer) != {PART} or more:
        raise Stop(Point.REQUEST, Fault.NOT_ASKED_FOR)
    outcome = verify_credential(text, keys, now, request=Request(ask.client_id, ask.nonce))
    for check in outcome.checks:
        if check.fault is not None:
            raise Stop(check.point, check.fault)
    claims = outcome.claims or {}
    fault = fault_of(ask.query, {PART: [claims]})
    if fault is not None:
        raise Stop(Point.REQUEST, fault)
    copy = here or await wallets.copy_of(db, _thumbprint(claims))
    if copy is None or not copy.holds_at(now):
        raise Stop(Point.BINDING, Fault.NO_COPY if copy is None else Fault.COPY_ENDED)
    found = await certificates.get(db, copy.certificate)
    if found is None or VCT + found.record.type != claims.get("vct"):
        raise Stop(Point.REQUEST, Fault.NOT_ASKED_FOR)
    status = STATUS_FAULTS[found.status]
    if status is not None:
        raise Stop(Point.REVOCATION, status)
    lines = tuple(_line(field, claims) for field in ask.fields)
    return Presented(found, lines, tuple(key_of(found.record, field) for field in ask.fields))


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
