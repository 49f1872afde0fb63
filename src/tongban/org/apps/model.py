"""Programs of others that a person lets act for them: a phone app, a mini-program.

OAuth 2.1 (draft-ietf-oauth-v2-1) for public clients: code with PKCE S256 only, redirect addresses compared whole,
refresh tokens used once (RFC 9700). A program is never an actor: whatever it does, the person did.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated, Final, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from tongban.base.i18n import Text


class Scope(StrEnum):
    """What a person can let a program do. Nothing opens a post, and nothing moves a mandate."""

    READ = "read"
    APPLY = "apply"
    PAGES = "pages"


SCOPES: Final[dict[Scope, Text]] = {
    Scope.READ: Text("看您的办件、证照和通知", "See your cases, certificates and notices"),
    Scope.APPLY: Text("按您在它里面的操作，填表、提交、补材料", "Fill in, submit and supplement, as you tell it to"),
    Scope.PAGES: Text("在它里面打开本站的页面，不用再登录", "Open pages of this site inside it without another log-in"),
}

Kind = Literal["code", "access", "refresh", "ticket"]
LIVES: Final[dict[Kind, timedelta]] = {
    "code": timedelta(seconds=60),
    "access": timedelta(minutes=15),
    "refresh": timedelta(days=30),
    "ticket": timedelta(seconds=60),
}
GRANTED: Final = timedelta(days=90)
"""After so long the person is asked again."""

ClientId = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9-]{2,39}$")]
Address = Annotated[str, Meta(pattern=r"^([a-z][a-z0-9.+-]*:/|https?://)[^\s#\\]+$", max_length=300)]
"""A redirect address: https, a scheme of the app's own (RFC 8252 §7.1), or the loopback address. No fragment."""


class App(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A program that the operator has let in (docs/apps.md). Public client: it has no secret, for it could keep none.

    `returns` is where a page opened inside it leads back to. It gets a signed message there.
    """

    client: ClientId
    name: Text
    owner: Text
    redirects: Annotated[tuple[Address, ...], Meta(min_length=1, max_length=10)]
    scopes: Annotated[tuple[Scope, ...], Meta(min_length=1)] = tuple(Scope)
    returns: Address | None = None


class AppGrant(msgspec.Struct, frozen=True, kw_only=True):
    """A person's yes to one program. `level` is how well the person was known when they said it."""

    id: UUID
    person: str
    client: str
    scopes: frozenset[Scope]
    level: int
    since: datetime
    until: datetime
    used_at: datetime | None = None
    ended_at: datetime | None = None

    def holds_at(self, now: datetime) -> bool:
        return self.ended_at is None and self.since <= now < self.until


class Issued(msgspec.Struct, frozen=True, kw_only=True):
    """A pair of tokens, as the program gets them (RFC 6749 §5.1)."""

    access_token: str
    token_type: Literal["Bearer"] = "Bearer"  # noqa: S105 the type, not a token
    expires_in: int
    refresh_token: str
    scope: str
