"""Giving a certificate to a wallet (OpenID4VCI 1.0): metadata, nonces, the certificate itself.

The code comes from the certificate's page (`portal.wallet`), the token for it from the token endpoint (`apps.token`).
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, cast

import msgspec
from litestar import Request, Response, get, post

from tongban import certs
from tongban.base.errors import Refused
from tongban.base.i18n import Text
from tongban.base.once import read_once
from tongban.certs import Standing, StoredCertificate
from tongban.certs.credential import credential_claims, end_of, issue_credential
from tongban.certs.faults import FAULTS, Fault
from tongban.certs.strict import Stop
from tongban.certs.wallet import store
from tongban.certs.wallet.offering import BATCH, Offered, issuer_metadata
from tongban.certs.wallet.proof import Nonces, Proof, check_proofs
from tongban.certs.wallet.store import waiting
from tongban.web.limits import Limited
from tongban.web.open.status import place
from tongban.web.site import Site
from tongban.web.visitor import Visitor

NOT_KEPT = {"cache-control": "no-store"}
BYTES = 60_000
_NAME = Text("政务服务网", "Government services")
_NOT_NOW = frozenset({Standing.NOT_YET, Standing.SUSPENDED})
"""Standings of a certificate that may yet come to hold: a wallet waits on."""


class WalletError(Exception):
    """A refusal: a word of OpenID4VCI §8.3.1.2 or RFC 6750 §3.1, and the reason in ASCII."""

    def __init__(self, code: str, why: str, status: int = 400) -> None:
        super().__init__(code)
        self.code, self.why, self.status = code, why, status

    def response(self) -> Response[Any]:
        """As the wallet reads it."""
        headers = dict(NOT_KEPT)
        if self.status in (401, 403):
            headers["www-authenticate"] = f'Bearer error="{self.code}"' if self.code else "Bearer"
        said = {"error": self.code or "invalid_token", "error_description": self.why}
        return Response(said, status_code=self.status, headers=headers)


def nonces(site: Site) -> Nonces:
    """The nonces of this installation: all its processes make and know the same."""
    return Nonces(site.secret)


@get("/.well-known/openid-credential-issuer")
async def metadata(site: Site) -> Response[Any]:
    """Which certificates a wallet can get, and where (§12.2)."""
    kinds = [
        Offered(type=one.certificate, name=one.name, fields=tuple(_text(field.name) for field in one.fields.values()))
        for one in site.catalogue.certificate_types()
    ]
    return Response(issuer_metadata(site.settings.address, _NAME, kinds))


def _text(words: Text | str) -> Text:
    return words if isinstance(words, Text) else Text(words, words)


@get("/.well-known/jwt-vc-issuer")
async def issuer_keys(site: Site) -> dict[str, Any]:
    """The keys that sign certificates, for wallets and verifiers of others (SD-JWT VC §5)."""
    return {"issuer": site.settings.address, "jwks": certs.export_jwks(site.keys.public.values())}


@post("/api/wallet/nonce", status_code=200)
async def nonce(site: Site, visitor: Visitor) -> Response[Any]:
    """A `c_nonce` (§7): good for five minutes, once."""
    await site.limits.spend(Limited.VERIFY, visitor.client)
    return Response({"c_nonce": nonces(site).make(site.clock())}, headers=NOT_KEPT)


@post("/api/wallet/credential", status_code=200, request_max_body_size=BYTES)
async def credential(site: Site, visitor: Visitor, request: Request[Any, Any, Any]) -> Response[Any]:
    """The certificate, a copy for each key that was proved (§8); of one not yet issued, when to come back (§9)."""
    await site.limits.spend(Limited.VERIFY, visitor.client)
    try:
        token = bearer(request)
        opening = await _opening(site, token)
        asked = await _asked(request)
        found = await _certificate(site, opening, asked)
        proofs = _proofs(site, asked)
        if found is None:
            return await _deferred(site, opening, token, proofs)
        issued = await _issued(site, opening, found, proofs)
    except WalletError as error:
        return error.response()
    return given(issued)


def given(issued: Sequence[str]) -> Response[Any]:
    """Copies, as the wallet reads them (§8.3)."""
    return Response({"credentials": [{"credential": one} for one in issued]}, headers=NOT_KEPT)


def later(transaction: str) -> Response[Any]:
    """When to come back, and by which name (§8.3, §9.2)."""
    said = {"transaction_id": transaction, "interval": int(waiting.INTERVAL.total_seconds())}
    return Response(said, status_code=202, headers=NOT_KEPT)


def bearer(request: Request[Any, Any, Any]) -> str:
    """The access token of a request. Raises `WalletError`."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        raise WalletError("", "An access token is needed in the Authorization header", 401)
    return token.strip()


async def _opening(site: Site, token: str) -> store.Opening:
    opening = await store.opened(site.db, token, site.clock())
    if opening is None:
        raise WalletError("invalid_token", "The access token is unknown, used or expired", 401)
    return opening


async def read_asked(request: Request[Any, Any, Any]) -> dict[str, Any]:
    """The members of a request (§8.2, §9.1); what is unknown in it is ignored. Raises `WalletError`."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        raise WalletError("invalid_credential_request", "The request is sent as application/json")
    try:
        members: object = read_once(await request.body())
    except (ValueError, RecursionError):
        members = None
    if not isinstance(members, dict):
        raise WalletError("invalid_credential_request", "The body is no JSON object, or names a member twice")
    asked = cast("dict[str, Any]", members)
    if "credential_response_encryption" in asked:
        raise WalletError("invalid_encryption_parameters", "Answers are not encrypted beyond TLS")
    return asked


async def _asked(request: Request[Any, Any, Any]) -> dict[str, Any]:
    asked = await read_asked(request)
    if "credential_identifier" in asked:
        both = "credential_configuration_id" in asked
        code = "invalid_credential_request" if both else "unknown_credential_identifier"
        raise WalletError(code, "No credential identifiers were given; name the configuration")
    if not isinstance(asked.get("credential_configuration_id"), str):
        raise WalletError("invalid_credential_request", "credential_configuration_id is missing")
    return asked


async def _certificate(site: Site, opening: store.Opening, asked: dict[str, Any]) -> StoredCertificate | None:
    """What the token is for; None while it is not yet issued."""
    wanted = asked["credential_configuration_id"]
    if site.catalogue.certificate_type(wanted) is None:
        raise WalletError("unknown_credential_configuration", "There is no such type of certificate")
    if opening.ahead is not None:
        if opening.ahead.type != wanted:
            raise WalletError("insufficient_scope", "The token is for a certificate of another type", 403)
        return await come_of(site, opening.holder, opening.ahead)
    found = await certs.store.get(site.db, opening.certificate)
    if found is None or found.record.holder.id != opening.holder:
        raise WalletError("credential_request_denied", "The certificate is not there any more")
    if found.record.type != wanted:
        raise WalletError("insufficient_scope", "The token is for a certificate of another type", 403)
    return _valid(site, found)


async def come_of(site: Site, holder: str, ahead: store.Ahead) -> StoredCertificate | None:
    """The certificate that a case has come to; None while it may still come to one.

    Raises `WalletError` (`credential_request_denied`) where the case has ended without one, or it does not hold.
    """
    issued = await certs.store.for_case(site.db, ahead.region, ahead.case)
    own = [one for one in issued if one.record.holder.id == holder and one.record.type == ahead.type]
    if own:
        newest = max(own, key=lambda one: one.record.version)
        return None if newest.standing(site.today) in _NOT_NOW else _valid(site, newest)
    try:
        case = await site.cases.engine.load(ahead.case)
    except Refused as refused:
        if refused.status not in (404, 410):  # a database that is away ends no waiting
            raise
        raise WalletError("credential_request_denied", "The case is not there any more") from None
    if case.definition.ended(case.state):
        raise WalletError("credential_request_denied", "The case has ended, and no certificate has come of it")
    return None


def _valid(site: Site, found: StoredCertificate) -> StoredCertificate:
    standing = found.standing(site.today)
    if standing is not Standing.VALID:
        raise WalletError("credential_request_denied", f"The certificate is {standing.value}")
    return found


def _proofs(site: Site, asked: dict[str, Any]) -> tuple[Proof, ...]:
    given = cast("dict[str, object]", asked["proofs"]) if isinstance(asked.get("proofs"), dict) else {}
    jwts = given.get("jwt") if len(given) == 1 else None
    if not isinstance(jwts, list) or not jwts or not all(isinstance(one, str) for one in cast("list[object]", jwts)):
        raise WalletError("invalid_proof", "proofs holds one member, jwt, with at least one proof")
    if len(cast("list[object]", jwts)) > BATCH:
        raise WalletError("invalid_credential_request", f"At most {BATCH} proofs at a time")
    try:
        return check_proofs(cast("list[str]", jwts), site.settings.address, site.clock())
    except Stop as stop:
        raise _unproved(stop) from None


def _unproved(stop: Stop) -> WalletError:
    stale = stop.fault in (Fault.WRONG_NONCE, Fault.NONCE_USED)
    return WalletError("invalid_nonce" if stale else "invalid_proof", f"{FAULTS[stop.fault].en} ({stop.fault})")


async def _deferred(site: Site, opening: store.Opening, token: str, proofs: tuple[Proof, ...]) -> Response[Any]:
    try:
        async with site.db.transaction() as connection:
            name = await waiting.wait(connection, opening, token, proofs, nonces(site), site.clock())
    except (Stop, LookupError, Refused) as error:
        raise not_bound(error) from None
    return later(name)


async def _issued(
    site: Site, opening: store.Opening, found: StoredCertificate, proofs: tuple[Proof, ...]
) -> tuple[str, ...]:
    now = site.clock()
    until, of = copy_until(found, now), msgspec.structs.replace(opening, certificate=found.record.id)
    try:
        async with site.db.transaction() as connection:
            await store.bind(connection, of, proofs, nonces(site), now, until)
    except (Stop, LookupError, Refused) as error:
        raise not_bound(error) from None
    return tuple(copy_for(site, found, dict(proof.jwk)) for proof in proofs)


def not_bound(error: Stop | LookupError | Refused) -> WalletError | Refused:
    """Why no copy could be bound, as wallets read it; what ails the platform itself (a database away) stays that."""
    match error:
        case Stop():
            return _unproved(error)
        case Refused() if error.status >= 500:
            return error
        case Refused():
            return WalletError("credential_request_denied", error.problems[0].text.en)
        case _:
            return WalletError("invalid_token", "The access token is unknown, used or expired", 401)


def copy_until(found: StoredCertificate, now: datetime) -> datetime:
    """Until when a copy of now is good: for ninety days, or as long as the certificate if that is shorter."""
    last, end = now + store.COPY_FOR, end_of(found.record)
    return last if end is None else min(last, datetime.fromtimestamp(end, now.tzinfo))


def copy_for(site: Site, found: StoredCertificate, jwk: dict[str, str]) -> str:
    """A copy bound to a key, signed now."""
    now = site.clock()
    claims = credential_claims(found.record, issuer=site.settings.address, holder=jwk, status=place(site, found))
    claims |= {"iat": int(now.timestamp()), "exp": int(copy_until(found, now).timestamp())}
    return issue_credential(claims, site.keys, now)


ROUTES = [metadata, issuer_keys, nonce, credential]
