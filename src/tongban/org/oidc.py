"""Log-in through an identity provider: OpenID Connect Core 1.0, authorization code with PKCE (RFC 7636).

The state is bound to the browser and used once, the nonce to the id_token, the verifier to the code. The id_token is
checked against the provider's keys with the algorithms we name (OpenID Connect Core §3.1.3.7); the token's header
chooses none of them.
"""

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from types import TracebackType
from typing import Any, Literal
from urllib.parse import urlencode

import httpx
import msgspec
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from tongban.base.config import Oidc
from tongban.base.database import Database
from tongban.base.errors import Refused, refuse
from tongban.base.ids import birth_date, id_number_problem, is_male, narrow, person_id
from tongban.base.keys import base64url
from tongban.org import store
from tongban.org.model import Person, RealName
from tongban.org.store import Attempt

ALGORITHMS = ("ES256", "RS256", "PS256", "EdDSA", "Ed25519")
_ATTEMPT_LIFE = timedelta(minutes=10)
_LEEWAY_SECONDS = 60
_TIMEOUT_SECONDS = 10.0


class _Provider(msgspec.Struct, frozen=True):
    """What we use of the provider's own description (OpenID Connect Discovery 1.0)."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str


_MAIL = re.compile(r"[^@\s\x00-\x1f<>,;]{1,64}@[A-Za-z0-9.-]{1,190}")


@dataclass(frozen=True, slots=True)
class Identity:
    """Who the provider says somebody is."""

    issuer: str
    subject: str
    name: str
    id_number: str
    phone: str
    level: RealName
    email: str = ""
    """Empty unless the provider says that it is verified."""


class OidcClient:
    """One identity provider. Open for the life of the process; `async with`, or `close`.

    `transport` replaces the network in tests of a provider that is not on the network.
    """

    def __init__(self, settings: Oidc, redirect_uri: str, *, transport: httpx.AsyncBaseTransport | None = None) -> None:
        self._settings = settings
        self._redirect_uri = redirect_uri
        self._transport = transport
        self._http = httpx.AsyncClient(timeout=_TIMEOUT_SECONDS, transport=transport)
        self._provider: _Provider | None = None
        self._keys: KeySet | None = None

    async def __aenter__(self) -> "OidcClient":
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def start(self, db: Database, browser: str, back_to: str, now: datetime) -> str:
        """The provider's address to send the person to. `browser` is a secret cookie of theirs.

        Raises `Refused` (`identity-provider-unavailable`, 503).
        """
        provider = await self._describe()
        state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
        attempt = Attempt(browser=_digest(browser).hex(), nonce=nonce, verifier=verifier, back_to=back_to)
        await store.save_attempt(db, _digest(state), attempt, now + _ATTEMPT_LIFE)
        challenge = base64url(hashlib.sha256(verifier.encode()).digest())
        query = {
            "response_type": "code",
            "client_id": self._settings.client_id,
            "redirect_uri": self._redirect_uri,
            "scope": self._settings.scope,
            "state": state,
            "nonce": nonce,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        }
        joint = "&" if "?" in provider.authorization_endpoint else "?"
        return f"{provider.authorization_endpoint}{joint}{urlencode(query)}"

    async def finish(
        self, db: Database, browser: str, *, state: str, code: str, now: datetime, issuer: str = ""
    ) -> tuple[Identity, str]:
        """Who came back, and the page they wanted. `issuer` is the `iss` of the answer where there is one (RFC 9207).

        Raises `Refused`: `login-attempt-unknown`, `login-refused`, `identity-provider-unavailable`.
        """
        attempt = await store.take_attempt(db, _digest(state), now)
        if attempt is None or not hmac.compare_digest(attempt.browser, _digest(browser).hex()):
            raise refuse(
                "login-attempt-unknown",
                "这次登录已经过期，或者不是从这个浏览器开始的。请重新登录。",
                "This log-in has expired or was not started in this browser. Please log in again.",
                status=400,
            )
        provider = await self._describe()
        if issuer and issuer != provider.issuer:
            raise _login_refused()
        token = await self._exchange(provider, code, attempt.verifier)
        claims = await self._check(provider, token, attempt.nonce, now)
        return self._identity(provider, claims), attempt.back_to

    async def _describe(self) -> _Provider:
        if self._provider is None:
            address = self._settings.issuer.rstrip("/") + "/.well-known/openid-configuration"
            described: _Provider = await self._get(address, _Provider)
            if described.issuer.rstrip("/") != self._settings.issuer.rstrip("/"):
                raise _unavailable()
            self._provider = described
            return described
        return self._provider

    async def _exchange(self, provider: _Provider, code: str, verifier: str) -> str:
        method: Literal["client_secret_basic", "none"] = (
            "client_secret_basic" if self._settings.client_secret else "none"
        )
        # Only where a provider is set up: the import is slow and large.
        from authlib.integrations.httpx_client import AsyncOAuth2Client

        oauth: Any = AsyncOAuth2Client(  # Authlib ships no types
            client_id=self._settings.client_id,
            client_secret=self._settings.client_secret or None,
            redirect_uri=self._redirect_uri,
            token_endpoint_auth_method=method,
            code_challenge_method="S256",
            timeout=_TIMEOUT_SECONDS,
            transport=self._transport,
        )
        async with oauth as client:
            try:
                answer: Any = await client.fetch_token(
                    provider.token_endpoint, code=code, code_verifier=verifier, grant_type="authorization_code"
                )
            except httpx.HTTPError as error:
                raise _unavailable() from error
            except Exception as error:  # Authlib's own errors share no base class of their own
                raise _login_refused() from error
        token: Any = answer.get("id_token")
        if not isinstance(token, str):
            raise _login_refused()
        return token

    async def _check(self, provider: _Provider, token: str, nonce: str, now: datetime) -> dict[str, Any]:
        try:
            decoded = jwt.decode(token, await self._key_set(provider), algorithms=list(ALGORITHMS))
        except (JoseError, ValueError):
            self._keys = None  # the provider may have changed its keys
            try:
                decoded = jwt.decode(token, await self._key_set(provider), algorithms=list(ALGORITHMS))
            except (JoseError, ValueError) as error:
                raise _login_refused() from error
        registry = jwt.JWTClaimsRegistry(
            now=lambda: int(now.timestamp()),
            leeway=_LEEWAY_SECONDS,
            iss={"essential": True, "value": provider.issuer},
            aud={"essential": True, "value": self._settings.client_id},
            sub={"essential": True},
            exp={"essential": True},
            iat={"essential": True},
            nonce={"essential": True, "value": nonce},
        )
        claims: dict[str, Any] = decoded.claims
        try:
            registry.validate(claims)
        except JoseError as error:
            raise _login_refused() from error
        audience = claims["aud"]
        if isinstance(audience, list) and claims.get("azp") != self._settings.client_id:
            raise _login_refused()
        return claims

    async def _key_set(self, provider: _Provider) -> KeySet:
        if self._keys is None:
            found = await self._get(provider.jwks_uri, dict[str, Any])
            try:
                self._keys = KeySet.import_key_set({"keys": list(found.get("keys", ()))})
            except (JoseError, ValueError, TypeError) as error:
                raise _unavailable() from error
        return self._keys

    def _identity(self, provider: _Provider, claims: dict[str, Any]) -> Identity:
        number = narrow(str(claims.get(self._settings.id_number_claim, ""))).upper()
        if id_number_problem(number) is not None:
            number = ""
        phone = narrow(str(claims.get(self._settings.phone_claim, "")))
        asserted = str(claims.get(self._settings.level_claim, ""))
        return Identity(
            issuer=provider.issuer,
            subject=str(claims["sub"]),
            name=str(claims.get(self._settings.name_claim, ""))[:100],
            id_number=number,
            phone=phone[:30],
            level=_level(asserted, checked=bool(number), phone=bool(phone)),
            email=_address(claims),
        )

    async def _get(self, address: str, shape: type[Any]) -> Any:
        try:
            answer = await self._http.get(address)
            answer.raise_for_status()
            return msgspec.json.decode(answer.content, type=shape)
        except (httpx.HTTPError, msgspec.MsgspecError, ValueError) as error:
            raise _unavailable() from error


async def sign_in(db: Database, identity: Identity) -> Person:
    """The person an identity means: known, or recognised by a checked identity number, or new."""
    async with db.transaction() as connection:
        await store.lock_identity(connection, identity.issuer, identity.subject)
        known = await store.identity(connection, identity.issuer, identity.subject)
        person = await store.person(connection, known) if known else None
        if identity.level >= RealName.CHECKED and (person is None or not person.id_number):
            await store.lock_identity(connection, "id-number", identity.id_number)
            person = await store.person_with_number(connection, identity.id_number) or person
        person = _merged(person, identity)
        await store.save_people(connection, [person])
        await store.save_identity(connection, identity.issuer, identity.subject, person.id)
        if identity.email:
            await store.save_email(connection, person.id, identity.email)
    return person


def _merged(person: Person | None, identity: Identity) -> Person:
    """What the provider says now, over what was known before; a number or a name once checked is not replaced."""
    before = person or Person(id=person_id(), name=identity.name)
    checked = identity.level >= RealName.CHECKED
    first = checked and before.level < RealName.CHECKED
    number = before.id_number or (identity.id_number if checked else "")
    born: date | None = birth_date(number) if number else before.birth_date
    return msgspec.structs.replace(
        before,
        name=(identity.name or before.name) if first else (before.name or identity.name),
        id_number=number,
        phone=identity.phone or before.phone,
        birth_date=born,
        sex=("male" if is_male(number) else "female") if number else before.sex,
        level=max(before.level, identity.level),
    )


def _address(claims: dict[str, Any]) -> str:
    """A verified mail address (OpenID Connect Core 5.1); one nobody verified could be somebody else's."""
    address = str(claims.get("email", ""))
    sound = claims.get("email_verified") is True and _MAIL.fullmatch(address) is not None
    return address if sound else ""


def _level(asserted: str, *, checked: bool, phone: bool) -> RealName:
    """The level the provider asserts as a digit, never above what its claims can bear out."""
    bearable = RealName.BOUND if checked else RealName.PHONE if phone else RealName.ANONYMOUS
    claimed = RealName(int(asserted)) if asserted in {"0", "1", "2", "3", "4"} else RealName.PHONE
    return min(claimed, bearable)


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()


def _login_refused() -> Refused:
    return refuse(
        "login-refused",
        "身份认证没有通过，请重新登录；多次不行请到窗口办理。",
        "We could not confirm who you are. Please log in again, or come to a counter.",
        status=403,
    )


def _unavailable() -> Refused:
    return refuse(
        "identity-provider-unavailable",
        "身份认证平台暂时连不上，请稍后再试；急事可以到窗口办理。",
        "The identity service cannot be reached. Please try later, or come to a counter.",
        status=503,
    )
