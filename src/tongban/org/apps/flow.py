"""A person's yes becomes tokens, and tokens end: the verbs of OAuth 2.1 for public clients.

Each secret is 256 random bits and is kept as a hash. What goes wrong at the token endpoint is one of RFC 6749 §5.2's
words; which of several reasons it was is not told to whoever guesses.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from base64 import urlsafe_b64encode
from datetime import datetime, timedelta
from typing import Final

import msgspec

from tongban.base.database import Database
from tongban.base.ids import uuid7
from tongban.org import store as people
from tongban.org.apps import store
from tongban.org.apps.model import GRANTED, LIVES, App, AppGrant, Issued, Kind, Scope
from tongban.org.model import Actor, Person

_CHALLENGE: Final = re.compile(r"[A-Za-z0-9_-]{43}", re.ASCII)
_VERIFIER: Final = re.compile(r"[A-Za-z0-9._~-]{43,128}", re.ASCII)
_TOKEN: Final = re.compile(r"(tba|tbr|tbc|tbt)_[A-Za-z0-9_-]{43}", re.ASCII)
_NAMES: Final[dict[Kind, str]] = {"access": "tba", "refresh": "tbr", "code": "tbc", "ticket": "tbt"}
_KEPT: Final = timedelta(days=365)
"""How long an ended grant is kept, so that the person can see what was."""


class OAuthError(Exception):
    """A refusal of the token endpoint: `code` is a word of RFC 6749 §5.2."""

    def __init__(self, code: str, description: str) -> None:
        super().__init__(description)
        self.code, self.description = code, description


def is_app_token(token: str) -> bool:
    """Whether a bearer token is one of a program's; others are sessions."""
    return token.startswith("tba_")


def good_challenge(challenge: str, method: str) -> bool:
    """PKCE with S256 (RFC 7636); nothing else is taken."""
    return method == "S256" and _CHALLENGE.fullmatch(challenge) is not None


def asked_scopes(app: App, text: str) -> tuple[Scope, ...] | None:
    """The scopes a program asks for, all of its own if it names none; None if one is not its to ask."""
    wanted = text.split() or list(app.scopes)
    return tuple(Scope(one) for one in wanted) if set(wanted) <= set(app.scopes) else None


async def allow(
    db: Database, app: App, person: Actor, scopes: tuple[Scope, ...], redirect: str, challenge: str, now: datetime
) -> str:
    """The person said yes: a code for the program, good for a minute and for whoever knows the verifier.

    An earlier yes to the same program ends: one program, one grant.
    """
    earlier = [grant.id for grant in await store.of_person(db, person.id, now) if grant.client == app.client]
    grant = AppGrant(
        id=uuid7(),
        person=person.id,
        client=app.client,
        scopes=frozenset(scopes),
        level=person.level,
        since=now,
        until=now + GRANTED,
    )
    async with db.transaction() as connection:
        await store.end(connection, earlier, "renewed", now)
        await store.give(connection, grant)
        token = _new("code")
        await store.keep(connection, _hash(token), "code", grant.id, _bound(redirect, challenge), now + LIVES["code"])
    return token


async def redeem(db: Database, app: App, code: str, redirect: str, verifier: str, now: datetime) -> Issued:
    """Tokens for a code. Raises OAuthError (`invalid_grant`); a code that comes twice ends what it gave."""
    found = await store.use(db, _hash(code), "code", now) if _TOKEN.fullmatch(code) else None
    if found is None:
        raise _invalid()
    if found.again:
        await store.end(db, [found.grant.id], "reuse", now)
        raise _invalid()
    challenge = urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")
    fits = _VERIFIER.fullmatch(verifier) is not None and found.bound == _bound(redirect, challenge)
    if not (fits and _holds(found, app, now)):
        raise _invalid()
    return await _issue(db, found.grant, now)


async def renew(db: Database, app: App, refresh: str, now: datetime) -> Issued:
    """New tokens for a refresh token, which is used by it.

    One that comes twice was copied: everything that came of the same yes ends (RFC 9700 §4.14). Raises OAuthError.
    """
    found = await store.use(db, _hash(refresh), "refresh", now) if _TOKEN.fullmatch(refresh) else None
    if found is None:
        raise _invalid()
    if found.again:
        await store.end(db, [found.grant.id], "reuse", now)
        raise _invalid()
    if not _holds(found, app, now):
        raise _invalid()
    return await _issue(db, found.grant, now)


async def revoke(db: Database, app: App, token: str, now: datetime) -> None:
    """RFC 7009: the program gives its grant back. A token that is not its own, or none, changes nothing."""
    if not _TOKEN.fullmatch(token):
        return
    found = await store.access(db, _hash(token), now) or await store.use(db, _hash(token), "refresh", now)
    if found is not None and found.grant.client == app.client:
        await store.end(db, [found.grant.id], "app", now)


async def actor(db: Database, token: str, now: datetime) -> tuple[Actor, AppGrant] | None:
    """Whom an access token speaks for: the person, for themselves, never better known than when they said yes."""
    found = await store.access(db, _hash(token), now) if _TOKEN.fullmatch(token) else None
    if found is None or now >= found.expires_at or not found.grant.holds_at(now):
        return None
    person = await people.person(db, found.grant.person)
    return None if person is None else (_as(person, found.grant), found.grant)


async def ticket(db: Database, grant: AppGrant, path: str, now: datetime) -> str:
    """A ticket into one page of this site inside the program: good for a minute, once."""
    token = _new("ticket")
    await store.keep(db, _hash(token), "ticket", grant.id, path, now + LIVES["ticket"])
    return token


async def enter(db: Database, token: str, now: datetime) -> tuple[Person, AppGrant, str] | None:
    """Use a ticket: the person, the grant, and the page. None if it was used, has run out, or the grant has ended."""
    found = await store.use(db, _hash(token), "ticket", now) if _TOKEN.fullmatch(token) else None
    if found is None or found.again or now >= found.expires_at or not found.grant.holds_at(now):
        return None
    person = await people.person(db, found.grant.person)
    return None if person is None else (person, found.grant, found.bound)


async def sweep(db: Database, now: datetime) -> None:
    """Forget what has run out."""
    await store.sweep(db, now, now - _KEPT)


def _as(person: Person, grant: AppGrant) -> Actor:
    return Actor.citizen(msgspec.structs.replace(person, level=min(person.level, grant.level)))


def _holds(found: store.Found, app: App, now: datetime) -> bool:
    return now < found.expires_at and found.grant.client == app.client and found.grant.holds_at(now)


async def _issue(db: Database, grant: AppGrant, now: datetime) -> Issued:
    access, refresh = _new("access"), _new("refresh")
    async with db.transaction() as connection:
        await store.keep(connection, _hash(access), "access", grant.id, "", now + LIVES["access"])
        await store.keep(connection, _hash(refresh), "refresh", grant.id, "", min(now + LIVES["refresh"], grant.until))
    return Issued(
        access_token=access,
        expires_in=int(LIVES["access"].total_seconds()),
        refresh_token=refresh,
        scope=" ".join(sorted(grant.scopes)),
    )


def _new(kind: Kind) -> str:
    return f"{_NAMES[kind]}_{secrets.token_urlsafe(32)}"


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


def _bound(redirect: str, challenge: str) -> str:
    return f"{challenge} {redirect}"


def _invalid() -> OAuthError:
    return OAuthError("invalid_grant", "The code or token is unknown, used, expired, or not this client's")
