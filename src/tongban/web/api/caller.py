"""Who calls: a bearer token, or the session of a page of ours; counted, checked, and remembered for a moment."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from litestar import Request
from litestar.di import NamedDependency

from tongban.base.errors import refuse
from tongban.org import Actor
from tongban.org.apps import SCOPES, AppGrant, Scope, flow
from tongban.web import csrf, sessions
from tongban.web.api.quota import Quota
from tongban.web.shield import SAFE
from tongban.web.site import Site
from tongban.web.visitor import Visitor

REMEMBERED = timedelta(seconds=5)
"""For so long a session is not read again: a log-out elsewhere takes effect that much later at most."""
MOST = 20_000
WEB_VIEW = "/api/v1/web-view"
_TOKEN = re.compile(r"[A-Za-z0-9_.~+/=-]{1,100}")

AnyRequest = Request[Any, Any, Any]


@dataclass(frozen=True, slots=True)
class Caller:
    """One request's caller, for handlers that ask for `caller`."""

    site: Site
    visitor: Visitor
    memory: "Memory"
    grant: AppGrant | None = None
    """What the person allowed the program that calls, if it is a program that calls."""

    @property
    def actor(self) -> Actor:
        """Whoever is logged in, in a post or not. Raises Refused (401 `not-logged-in`)."""
        actor = self.visitor.actor
        return self.visitor.citizen() if actor is None else actor

    @property
    def person(self) -> Actor:
        """Whoever is logged in for their own affairs. Raises Refused: `not-logged-in` (401), `in-a-post` (403)."""
        return self.visitor.citizen()


Asking = NamedDependency[Caller]
"""How a handler asks for its caller."""


@dataclass
class Memory:
    """The sessions of the last seconds."""

    site: Site
    _known: dict[str, tuple[datetime, Actor]] = field(default_factory=dict[str, tuple[datetime, Actor]])

    async def actor(self, token: str) -> Actor | None:
        """Whose session this is; None when it does not hold."""
        now = self.site.clock()
        known = self._known.get(token)
        if known is not None and known[0] <= now < known[0] + REMEMBERED:
            return known[1]
        found = await sessions.actor(self.site, token)
        if found is None:
            self._known.pop(token, None)
            return None
        if len(self._known) >= MOST:
            self._known.clear()
        self._known[token] = (now, found)
        return found

    def forget(self, token: str) -> None:
        """A session that was ended."""
        self._known.pop(token, None)


class Gate:
    """What happens before every handler of the API of one site."""

    def __init__(self, site: Site) -> None:
        self._site, self._memory = site, Memory(site)
        self._quota = Quota(site.db, site.clock, site.secret, site.limits.factor)

    async def enter(self, request: AnyRequest) -> None:
        """Who calls, and whether they may call this much. Raises Refused."""
        site, memory = self._site, self._memory
        state = request.scope["state"]
        visitor: Visitor = state["visit"]
        if state["refusal"] is not None:
            raise state["refusal"]
        token, by_cookie = _token(request.headers, visitor)
        program = await flow.actor(site.db, token, site.clock()) if flow.is_app_token(token) else None
        grant = program[1] if program else None
        actor = program[0] if program else await memory.actor(token) if token else None
        if token and actor is None and not by_cookie:
            raise refuse(
                "session-over",
                "登录凭证无效或已过期，请重新登录",
                "This token is not valid any more; log in again",
                place="Authorization",
                status=401,
            )
        visitor = replace(visitor, actor=actor, session=token, expired=bool(token) and actor is None)
        state["visit"], state["caller"] = visitor, Caller(site, visitor, memory, grant)
        state["quota"] = await self._quota.spend(visitor.who)
        if grant is not None:
            _within(grant, request)
        if by_cookie and request.method not in SAFE:
            csrf.check(site.secret, token, request.headers.get(csrf.HEADER, ""))


async def enter(request: AnyRequest) -> None:
    """Through the gate of the site that the request is for."""
    await request.scope["state"]["gate"].enter(request)


def _within(grant: AppGrant, request: AnyRequest) -> None:
    """Raises Refused (`scope-missing`, 403) for what the person did not allow the program."""
    needed = Scope.PAGES if request.scope["path"] == WEB_VIEW else _NEEDED[request.method in SAFE]
    if needed not in grant.scopes:
        raise refuse(
            "scope-missing",
            f"您没有允许这个应用“{SCOPES[needed].zh}”。要用这一项，请在应用里重新授权。",
            f"You did not allow this program to “{SCOPES[needed].en}”. Allow it in the program to use this.",
            place="Authorization",
            status=403,
        )


_NEEDED = {True: Scope.READ, False: Scope.APPLY}


def _token(headers: Mapping[str, str], visitor: Visitor) -> tuple[str, bool]:
    """The credential, and whether it is the cookie of a page (which another site could make a browser send)."""
    given = headers.get("authorization", "")
    if not given:
        return visitor.session, bool(visitor.session)
    scheme, _, token = given.partition(" ")
    if scheme.lower() != "bearer" or not _TOKEN.fullmatch(token.strip()):
        raise refuse(
            "wrong-credential",
            "请用 Authorization: Bearer 加登录凭证",
            "Send Authorization: Bearer and a token",
            place="Authorization",
            status=401,
        )
    return token.strip(), False


def caller_of(request: AnyRequest) -> Caller:
    """For handlers that ask for `caller`."""
    return request.scope["state"]["caller"]
