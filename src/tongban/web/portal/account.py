"""Logging in and out, and what belongs to the reader: settings, notices, who used their data."""

from collections.abc import Sequence
from typing import Annotated, Any

from litestar import Response, get, post
from litestar.params import QueryParameter

from tongban.base.errors import Problem, Refused, refuse
from tongban.base.i18n import Text
from tongban.org import RealName, oidc, sessions
from tongban.org.sessions import Session
from tongban.web.addresses import HOME
from tongban.web.forms import Form, refused
from tongban.web.html import go, page
from tongban.web.limits import Limited
from tongban.web.people import choices
from tongban.web.portal.apply import keep_typed
from tongban.web.site import Site
from tongban.web.visitor import Visitor, cookie, local

CALLBACK = "/login/callback"
LEVELS: dict[RealName, Text] = {
    RealName.ANONYMOUS: Text("未实名", "Identity not checked"),
    RealName.PHONE: Text("已验证手机号", "Phone number checked"),
    RealName.CHECKED: Text("已实名", "Name and number checked"),
    RealName.FACE: Text("已实名，并核验过本人", "Identity checked in person"),
    RealName.BOUND: Text("已实名，并绑定了证书", "Identity checked, with a key"),
}


def login_page(
    site: Site,
    visitor: Visitor,
    back: str,
    *,
    kept: Sequence[tuple[str, str]] = (),
    problems: Sequence[Problem] = (),
    status: int = 200,
) -> Response[str]:
    """Choose a person, or the identity provider. `kept` is what a form held when its session had ended."""
    return page(
        site,
        visitor,
        "portal/login.html",
        status=status,
        next=local(back),
        expired=visitor.expired,
        oidc=site.oidc is not None,
        people=choices(site),
        kept=kept,
        problems=problems,
    )


@get("/login")
async def login(site: Site, visitor: Visitor, next: str = HOME) -> Response[str]:  # noqa: A002 the address's own word
    """Who are you?"""
    return login_page(site, visitor, next)


@post("/login")
async def log_in(site: Site, visitor: Visitor, form: Form) -> Response[Any]:
    """Log in as a person of the demonstration."""
    await site.limits.spend(Limited.LOG_IN, visitor.client)
    if not site.settings.demo:
        raise refuse("no-demo", "本站不是演示，请用统一身份认证登录", "Log in with your identity provider", status=403)
    person, post_id, mandate, *_ = [*form.text("person").split("@"), "", ""]
    try:
        session = await sessions.log_in_demo(
            site.db, site.directory, person, site.clock(), post=post_id, mandate=mandate
        )
    except Refused as error:
        if error.status not in (403, 404):
            raise
        return login_page(site, visitor, form.text("next"), problems=error.problems, status=error.status)
    back = local(form.text("next", HOME))
    kept = [(name.removeprefix("kept."), value) for name in form.values if name.startswith("kept.")
            for value in form.all(name)]  # fmt: skip
    if kept:
        back = await keep_typed(site, session.actor, back, kept)
    return entered(site, visitor, session, _home(session, back))


def _home(session: Session, back: str) -> str:
    return "/desk" if session.actor.kind == "official" and back == HOME else back


def entered(site: Site, visitor: Visitor, session: Session, back: str) -> Response[Any]:
    """Logged in: a new cookie, and on to where the person wanted to go."""
    del visitor
    response = go(back)
    response.headers["set-cookie"] = cookie("session", session.token, secure=site.secure).decode()
    return response


@get("/login/oidc")
async def to_provider(site: Site, visitor: Visitor, next: str = HOME) -> Response[Any]:  # noqa: A002 as above
    """Off to the identity provider."""
    await site.limits.spend(Limited.LOG_IN, visitor.client)
    if site.oidc is None:
        raise refuse("no-oidc", "本站没有接通统一身份认证", "No identity provider is set up here", status=404)
    address = await site.oidc.start(site.db, visitor.visit, local(next), site.clock())
    return Response(None, status_code=303, headers={"location": address})


@get(CALLBACK)
async def from_provider(
    site: Site,
    visitor: Visitor,
    attempt: Annotated[str, QueryParameter(name="state")] = "",
    code: str = "",
    iss: str = "",
) -> Response[Any]:
    """Back from the identity provider."""
    await site.limits.spend(Limited.LOG_IN, visitor.client)
    if site.oidc is None:
        raise refuse("no-oidc", "本站没有接通统一身份认证", "No identity provider is set up here", status=404)
    now = site.clock()
    try:
        identity, back = await site.oidc.finish(site.db, visitor.visit, state=attempt, code=code, now=now, issuer=iss)
    except Refused as error:
        return login_page(site, visitor, HOME, problems=refused(error), status=400)
    person = await oidc.sign_in(site.db, identity)
    session = await sessions.log_in(site.db, site.directory, person, method="oidc", level=identity.level, now=now)
    return entered(site, visitor, session, local(back))


@post("/logout")
async def log_out(site: Site, visitor: Visitor) -> Response[Any]:
    """Back to the start, as nobody."""
    return await left(site, visitor, HOME)


async def left(site: Site, visitor: Visitor, to: str) -> Response[Any]:
    """The session ends here and in the database, and on to an address."""
    await sessions.log_out(site.db, visitor.session)
    response = go(to)
    response.headers["set-cookie"] = cookie("session", "", secure=site.secure, max_age=0).decode()
    return response


@get("/me")
async def me(site: Site, visitor: Visitor) -> Response[str]:
    """Everything that is mine."""
    level = LEVELS[RealName(visitor.actor.level)] if visitor.actor else None
    official = visitor.actor is not None and visitor.actor.kind == "official"
    return page(site, visitor, "portal/me.html", level=level, official=official)


@get("/inbox")
async def inbox(site: Site, visitor: Visitor, after: str | None = None) -> Response[str]:
    """Every letter, newest first."""
    found = await site.cases.inbox(visitor.citizen(), after)
    return page(site, visitor, "portal/inbox.html", notices=found.items, next=found.next)


@get("/settings")
async def settings(site: Site, visitor: Visitor, saved: str = "") -> Response[str]:
    """Size, version, language; the form's own address sets them."""
    return page(site, visitor, "portal/settings.html", saved=bool(saved))


@get("/help")
async def help_page(site: Site, visitor: Visitor) -> Response[str]:
    """How it works and who helps."""
    return page(site, visitor, "portal/help.html")


@get("/accessibility")
async def accessibility(site: Site, visitor: Visitor) -> Response[str]:
    """无障碍声明 (无障碍环境建设法 32)."""
    return page(site, visitor, "portal/accessibility.html")


ROUTES = [
    login, log_in, to_provider, from_provider, log_out, me, inbox, settings, help_page, accessibility,
]  # fmt: skip
