"""Who is reading, and how they want to read: language, elder mode, size of type, and the session behind the request.

Preferences live in cookies of their own, hold nothing personal, and work without logging in. `?lang=en`, `?mode=elder`
and `?size=24` on any address change them, so the switches in the header are plain links.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from http.cookies import CookieError, SimpleCookie
from typing import Any, Literal, get_args
from urllib.parse import parse_qsl, urlencode

from tongban.base.errors import refuse
from tongban.base.i18n import LANGS, Lang
from tongban.org import Actor

Mode = Literal["standard", "elder"]
Size = Literal["17", "20", "24", "30"]
MODES: tuple[Mode, ...] = get_args(Mode)
SIZES: tuple[Size, ...] = get_args(Size)
CHOICES: dict[str, tuple[str, ...]] = {"lang": LANGS, "mode": MODES, "size": SIZES}
YEAR = 365 * 24 * 3600


@dataclass(frozen=True, slots=True)
class Preferences:
    """How a person wants to read."""

    lang: Lang = "zh"
    mode: Mode = "standard"
    size: Size = "17"


@dataclass(frozen=True, slots=True)
class Visitor:
    """One request's reader. `actor` is None before logging in."""

    preferences: Preferences
    path: str
    """Where they are, with the query; always local."""
    request_id: str
    client: str
    """The address the request came from, for rate limits only; never logged."""
    visit: str
    """A random name of this browser before logging in; the CSRF token hangs on it until there is a session."""
    session: str = ""
    actor: Actor | None = None
    expired: bool = False
    """A session was presented that no longer holds."""
    csrf: str = ""
    app: str = ""
    """The program inside which this page is open, if it is (`web.apps.embed`)."""
    kiosk: str = ""
    """The one service that is open here, where this is a machine in a hall that strangers share."""
    changed: Mapping[str, str] = field(default_factory=dict[str, str])
    """Cookies to set: preferences this request changed, and the name of a new visit."""

    @property
    def lang(self) -> Lang:
        return self.preferences.lang

    def citizen(self) -> Actor:
        """The person who is logged in for themselves or under a mandate.

        Raises Refused: `not-logged-in` (401); `in-a-post` (403) for an official at work, whose post must not be mixed
        with their own affairs.
        """
        if self.actor is None:
            raise refuse("not-logged-in", "请先登录", "Please log in first", status=401)
        if self.actor.kind != "person":
            raise refuse(
                "in-a-post",
                "您现在是以工作人员身份登录的。办自己的事，请先退出，再用个人身份登录",
                "You are logged in as an official. For your own affairs log out and log in as yourself",
                status=403,
            )
        return self.actor

    @property
    def person(self) -> Actor | None:
        """The same, or None."""
        return self.actor if self.actor and self.actor.kind == "person" else None

    @property
    def who(self) -> str:
        """For counting requests: the person, else the address."""
        return self.actor.id if self.actor else self.client

    @property
    def elder(self) -> bool:
        return self.preferences.mode == "elder"

    def here(self, **changes: str) -> str:
        """This address with one preference changed: what a switch in the header links to."""
        path, _, query = self.path.partition("?")
        kept = [(k, v) for k, v in parse_qsl(query, keep_blank_values=True) if k not in CHOICES]
        return f"{path}?{urlencode([*kept, *changes.items()])}"


def read(scope: Mapping[str, Any], *, secure: bool = False) -> Visitor:
    """The reader of an ASGI request, before the session is looked up. `secure`: the site is on HTTPS."""
    headers: dict[bytes, bytes] = dict(scope["headers"])
    jar = cookies(headers.get(b"cookie", b"").decode("latin-1"), secure=secure)
    query = scope.get("query_string", b"").decode("latin-1")
    asked = {k: v for k, v in parse_qsl(query) if v in CHOICES.get(k, ())}
    chosen = {k: v for k in CHOICES if (v := asked.get(k) or jar.get(k, "")) in CHOICES[k]}
    chosen.setdefault("lang", preferred(headers.get(b"accept-language", b"").decode("latin-1")))
    client = scope.get("client") or ("", 0)
    visit = jar.get("visit", "")
    if not visit and not scope["path"].startswith("/api/"):
        visit = asked["visit"] = secrets.token_urlsafe(16)
    return Visitor(
        preferences=replace(Preferences(), **chosen),
        path=local(f"{scope['path']}?{query}" if query else scope["path"]),
        request_id=secrets.token_hex(6),
        client=str(client[0]),
        visit=visit,
        session=jar.get("session", ""),
        app=jar.get("app", "")[:40],
        changed=asked,
    )


def cookies(header: str, *, secure: bool = False) -> dict[str, str]:
    """The request's cookies, with the `__Host-` prefix removed; a malformed header counts as none.

    On HTTPS only cookies with the prefix are ours: the others may have been set by a neighbouring site.
    """
    try:
        jar = SimpleCookie(header)
    except CookieError:
        return {}
    prefix = "__Host-" if secure else ""
    return {name.removeprefix(prefix): morsel.value for name, morsel in jar.items() if name.startswith(prefix)}


def preferred(accept: str) -> Lang:
    """The first of our languages that Accept-Language names, by weight; Chinese where it names none."""
    ranked: list[tuple[float, Lang]] = []
    for part in accept.split(",")[:20]:
        tag, _, weight = part.strip().partition(";q=")
        lang = tag[:2].lower()
        try:
            quality = float(weight or 1)
        except ValueError:
            continue
        for known in LANGS:
            if known == lang and quality > 0:
                ranked.append((quality, known))
    return max(ranked, key=lambda pair: pair[0])[1] if ranked else "zh"


def local(path: str, default: str = "/") -> str:
    """`path` if it stays on this site, else `default`: no open redirects.

    Browsers treat `//host`, `/\\host` and control characters as ways out, so only a single leading slash followed by
    printable characters counts as local.
    """
    fine = path.startswith("/") and not path.startswith(("//", "/\\")) and path.isprintable() and "\\" not in path
    return path if fine else default


def cookie(name: str, value: str, *, secure: bool, max_age: int | None = None) -> bytes:
    """A Set-Cookie value: HttpOnly, SameSite=Lax, and over HTTPS Secure with the `__Host-` prefix."""
    prefix, tail = ("__Host-", "; Secure") if secure else ("", "")
    age = "" if max_age is None else f"; Max-Age={max_age}"
    return f"{prefix}{name}={value}; Path=/; HttpOnly; SameSite=Lax{age}{tail}".encode("latin-1")
