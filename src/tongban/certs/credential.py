"""A certificate as an SD-JWT VC (draft-ietf-oauth-sd-jwt-vc): the holder shows fields, and that it is them.

It says what the record says. What a verifier cannot do without (type, issuer, period, status, holder's key) is always
there; the holder, the number and every line of the face are the holder's to show.
"""

from collections.abc import Collection, Mapping
from datetime import datetime, time, timedelta, tzinfo
from typing import Any

import msgspec

from tongban.base.clock import utc
from tongban.base.crypto import Suite
from tongban.base.i18n import Text
from tongban.base.jws import compact
from tongban.base.keys import Document, KeyRing, PublicKey
from tongban.certs.checks import Check, checked, failed, passed
from tongban.certs.faults import FAULTS, NOT_BOUND, POINTS, Fault, Point
from tongban.certs.keys import PublicKeys
from tongban.certs.model import CertificateRecord, canonical
from tongban.certs.sdjwt import Hidden, Request, SdJwt, conceal, holder_key, parse, reveal
from tongban.certs.sdjwt.binding import check_binding
from tongban.certs.second import MEMBER, parted, tested, with_second
from tongban.certs.sign import signer
from tongban.certs.statuslist import NO_LISTS, StatusLists, StatusPlace
from tongban.certs.strict import Stop, json_of, signed
from tongban.certs.verify import Verification, issue_fault

CREDENTIAL_KIND = "dc+sd-jwt"
VCT = "urn:tongban:certificate:"
NEVER_HIDDEN = frozenset({"iss", "nbf", "exp", "cnf", "vct", "vct#integrity", "status", MEMBER})
"""What a disclosure must not bring (SD-JWT VC §3.2.2.2): hidden, an expired certificate could be shown as valid."""


class Claims(msgspec.Struct, frozen=True, kw_only=True):
    """What every certificate of ours says besides its fields. Times are seconds (RFC 7519)."""

    vct: str
    iat: int
    nbf: int
    exp: int | None = None
    iss: str = ""
    name: Text | None = None
    cnf: dict[str, Any] | None = None
    status: dict[str, Any] | None = None
    demo: bool = False

    @property
    def type(self) -> str:
        """The type of certificate, as services name it."""
        return self.vct.removeprefix(VCT)

    @property
    def place(self) -> StatusPlace | None:
        """Where its status stands, if it says so. Raises `ValueError` when it says so wrongly."""
        if self.status is None:
            return None
        return msgspec.convert(self.status.get("status_list"), StatusPlace)


def credential_claims(
    record: CertificateRecord,
    *,
    issuer: str,
    holder: Mapping[str, object] | None = None,
    status: StatusPlace | None = None,
) -> dict[str, object]:
    """The record as claims, what the holder may keep marked `Hidden`. `issuer` is the address of the installation.

    `holder` is the JWK of the holder's key. Raises `Stop` (`no-holder-key`) for a key that cannot be used.
    """
    zone = record.issued_at.tzinfo
    claims: dict[str, object] = {
        "iss": issuer,
        "vct": VCT + record.type,
        "iat": int(record.issued_at.timestamp()),
        "nbf": _midnight(record.valid_from, zone),
        "name": _both(record.name),
        "issuing_authority": Hidden({"name": _both(record.issuer.name), "uscc": record.issuer.uscc}),
        "certificate": Hidden(record.id),
        "holder": {"name": Hidden(record.holder.name), "number": Hidden(record.holder.number)},
        "fields": {name: Hidden(value) for name, value in fields_of(record).items()},
        "demo": record.demo,
    }
    end = end_of(record)
    if end is not None:
        claims["exp"] = end
    if holder is not None:
        holder_key(holder)
        claims["cnf"] = {"jwk": dict(holder)}
    if status is not None:
        claims["status"] = {"status_list": msgspec.to_builtins(status)}
    return claims


def end_of(record: CertificateRecord) -> int | None:
    """The second from which it no longer holds; None if it has no end."""
    if record.valid_until is None:
        return None
    return _midnight(record.valid_until + timedelta(days=1), record.issued_at.tzinfo)


def _both(text: Text) -> dict[str, str]:
    return {"zh": text.zh, "en": text.en}


def _midnight(day: Any, zone: tzinfo | None) -> int:
    return int(datetime.combine(day, time(), zone).timestamp())


def fields_of(record: CertificateRecord) -> dict[str, object]:
    """The lines of the face by their Chinese label; a label that stands twice gets a number."""
    fields: dict[str, object] = {}
    for line in record.shows:
        name, count = line.label.zh, 2
        while name in fields:
            name, count = f"{line.label.zh} {count}", count + 1
        fields[name] = {"label": _both(line.label), "value": _both(line.value)}
    return fields


def issue_credential(claims: Mapping[str, object], ring: KeyRing, at: datetime) -> str:
    """An SD-JWT VC in compact form, every disclosure with it, signed by the certificate key in use at `at`.

    `at` is the time of issue that the claims name. Raises `Refused` (`no-signing-key`).
    """
    payload, disclosures = conceal(claims)
    whole = with_second(payload, CREDENTIAL_KIND, Document.CREDENTIAL, ring, utc(at))
    jwt = compact(ring, signer(ring, utc(at)), CREDENTIAL_KIND, canonical(whole))
    return SdJwt(jwts=(jwt,), disclosures=disclosures).compact()


def verify_credential(
    data: bytes | str,
    keys: PublicKeys,
    now: datetime,
    *,
    request: Request | None = None,
    type_: str | None = None,
    lists: StatusLists = NO_LISTS,
    suites: Collection[Suite] = (Suite.INTL,),
) -> Verification:
    """Check an SD-JWT VC in any of its three forms, alone or as a presentation. Never raises for anything in `data`.

    `lists` are the status lists at hand. With a `request` the holder must have presented it in answer to that, and to
    nothing else. A second signature must be there where `suites` asks for one, and where it is, it must hold.
    """
    checks: list[Check] = []
    claims: dict[str, object] | None = None
    try:
        sd_jwt = parse(data)
        checks.append(passed(Point.FORM))
        whole, key = _signed(sd_jwt, keys)
        payload, second = parted(whole)
        checks.append(passed(Point.SIGNATURE))
        claims = reveal(payload, sd_jwt.disclosures, never_hidden=NEVER_HIDDEN)
        checks.append(passed(Point.DISCLOSURES))
        said = _claims(claims)
        checks.append(passed(Point.CONTENT))
    except Stop as stop:
        checks.append(failed(stop.point, stop.fault))
        return Verification(genuine=False, valid=False, checks=tuple(checks))
    checks += tested(second, payload, CREDENTIAL_KIND, keys, said.iat, suites)
    checks += [checked(Point.KEY, issue_fault(said.iat, key, now))]
    if type_ is not None:
        checks.append(checked(Point.TYPE, None if said.type == type_ else Fault.WRONG_TYPE))
    checks += [checked(Point.PERIOD, period_fault(said.nbf, said.exp, now)), _binding(sd_jwt, said, request, now)]
    checks.append(lists.check(said.place, now))
    genuine = not any(check.fault for check in checks if check.point in (Point.KEY, Point.GM))
    return Verification(
        genuine=genuine, valid=not any(check.fault for check in checks), checks=tuple(checks), claims=claims
    )


def _signed(sd_jwt: SdJwt, keys: PublicKeys) -> tuple[dict[str, object], PublicKey]:
    """The payload that every signature covers; each must be by a key for certificates."""
    proven = [signed(jwt, {CREDENTIAL_KIND}, keys) for jwt in sd_jwt.jwts]
    payload, key = proven[0]
    members = json_of(payload, Point.SIGNATURE, Fault.BAD_ENVELOPE)
    if not isinstance(members, dict):
        raise Stop(Point.CONTENT, Fault.BAD_RECORD)
    return members, key


def _claims(claims: Mapping[str, object]) -> Claims:
    try:
        said = msgspec.convert(claims, Claims)
        place = said.place
    except (msgspec.ValidationError, ValueError):
        raise Stop(Point.CONTENT, Fault.BAD_RECORD) from None
    if not said.vct or (place is not None and place.idx < 0):
        raise Stop(Point.CONTENT, Fault.BAD_RECORD)
    return said


def period_fault(nbf: int, exp: int | None, now: datetime) -> Fault | None:
    """Whether it holds now, by the two times of a claim set (RFC 7519 §4.1)."""
    if now.timestamp() < nbf:
        return Fault.NOT_YET_VALID
    return Fault.EXPIRED if exp is not None and now.timestamp() >= exp else None


def _binding(sd_jwt: SdJwt, said: Claims, request: Request | None, now: datetime) -> Check:
    """Without a request a presentation is still checked as far as it goes, but to whom it was made stays unknown."""
    if request is None and not sd_jwt.binding:
        return Check(Point.BINDING, None, FAULTS[Fault.NO_BINDING])
    try:
        check_binding(sd_jwt, said.cnf, request, now)
    except Stop as stop:
        return failed(Point.BINDING, stop.fault)
    return Check(Point.BINDING, True, POINTS[Point.BINDING]) if request else Check(Point.BINDING, None, NOT_BOUND)
