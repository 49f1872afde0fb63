"""The person is asked: who wants what in their name. OAuth 2.1 §4.1, RFC 9207 (`iss`), RFC 8414 (metadata)."""

from typing import Annotated, Any, NamedTuple
from urllib.parse import urlencode

from litestar import Response, get, post
from litestar.params import QueryParameter

from tongban.base.errors import refuse
from tongban.certs.wallet.offering import PRE_AUTHORIZED
from tongban.org.apps import SCOPES, App, Scope, flow
from tongban.org.apps.model import GRANTED
from tongban.web.forms import Form
from tongban.web.html import page
from tongban.web.limits import Limited
from tongban.web.portal.account import login_page
from tongban.web.site import Site
from tongban.web.visitor import Visitor


class Asked(NamedTuple):
    """A program's request that may be put before the person."""

    app: App
    redirect: str
    scopes: tuple[Scope, ...]
    challenge: str
    state: str

    @property
    def fields(self) -> dict[str, str]:
        return {
            "client_id": self.app.client,
            "redirect_uri": self.redirect,
            "scope": " ".join(self.scopes),
            "code_challenge": self.challenge,
            "code_challenge_method": "S256",
            "response_type": "code",
            "state": self.state,
        }


def back(asked: Asked, site: Site, **said: str) -> str:
    """The redirect address with what is said to the program."""
    joint = "&" if "?" in asked.redirect else "?"
    state = {"state": asked.state} if asked.state else {}
    return f"{asked.redirect}{joint}{urlencode({**said, **state, 'iss': site.settings.address})}"


def read(site: Site, values: dict[str, str]) -> Asked | str:
    """The request, or the redirect address with the error that belongs to the program.

    Raises Refused where nobody may be redirected: an unknown program or an address that is not its own (RFC 9700 §4.1).
    """
    app = site.apps.find(values.get("client_id", ""))
    if app is None:
        raise refuse(
            "unknown-app",
            "这个应用没有在本平台登记，不能替您办事。请关掉它，直接在本站办。",
            "This program is not registered here. Close it and use this site directly.",
            place="client_id",
            status=400,
        )
    redirect = values.get("redirect_uri", "")
    if redirect not in app.redirects:
        raise refuse(
            "redirect-not-registered",
            f"“{app.name.zh}”要把您带到一个没有登记的地址，已经停下。",
            f"“{app.name.en}” wants to lead you to an address that is not registered; stopped.",
            place="redirect_uri",
            status=400,
        )
    asked = Asked(app, redirect, (), values.get("code_challenge", ""), values.get("state", "")[:500])
    if values.get("response_type") != "code":
        return back(asked, site, error="unsupported_response_type")
    if not flow.good_challenge(asked.challenge, values.get("code_challenge_method", "")):
        return back(asked, site, error="invalid_request", error_description="PKCE with S256 is required")
    scopes = flow.asked_scopes(app, values.get("scope", ""))
    return back(asked, site, error="invalid_scope") if scopes is None else asked._replace(scopes=scopes)


@get("/oauth/authorize")
async def ask(
    site: Site,
    visitor: Visitor,
    client_id: str = "",
    redirect_uri: str = "",
    response_type: str = "",
    code_challenge: str = "",
    code_challenge_method: str = "",
    wanted: Annotated[str, QueryParameter(name="scope")] = "",
    given: Annotated[str, QueryParameter(name="state")] = "",
) -> Response[Any]:
    """May this program act for you? The person is asked each time, whatever they said before."""
    values = {
        "client_id": client_id,
        "redirect_uri": redirect_uri,
        "response_type": response_type,
        "code_challenge": code_challenge,
        "code_challenge_method": code_challenge_method,
        "scope": wanted,
        "state": given,
    }
    asked = read(site, values)
    if isinstance(asked, str):
        return _leave(site, visitor, asked)
    if visitor.person is None:
        return login_page(site, visitor, visitor.path, status=401)
    return page(site, visitor, "portal/app_asks.html", asked=asked, scopes=SCOPES, until=site.today + GRANTED)


@post("/oauth/authorize")
async def answer(site: Site, visitor: Visitor, form: Form) -> Response[Any]:
    """Yes or no. Everything the page carried is looked at again."""
    await site.limits.spend(Limited.LOG_IN, visitor.who)
    person = visitor.citizen()
    asked = read(site, {name: form.text(name) for name in form.values})
    if isinstance(asked, str):
        return _leave(site, visitor, asked)
    if form.text("answer") != "yes":
        return _leave(site, visitor, back(asked, site, error="access_denied"), asked.app)
    if person.mandate is not None:
        raise refuse(
            "under-mandate",
            "您现在是替别人办事。让应用替您办，请先换回自己的身份。",
            "You are acting for somebody else; switch back to yourself to let a program act for you.",
            status=403,
        )
    code = await flow.allow(site.db, asked.app, person, asked.scopes, asked.redirect, asked.challenge, site.clock())
    return _leave(site, visitor, back(asked, site, code=code), asked.app)


def _leave(site: Site, visitor: Visitor, address: str, app: App | None = None) -> Response[Any]:
    """Back to the program by a page that moves on by itself: a form of ours may not be redirected to another site."""
    response = page(site, visitor, "portal/app_back.html", address=address, app=app)
    response.headers |= {"referrer-policy": "no-referrer", "cache-control": "no-store"}
    return response


@get("/.well-known/oauth-authorization-server")
async def metadata(site: Site) -> dict[str, Any]:
    """What a program needs to know about us (RFC 8414)."""
    address = site.settings.address
    return {
        "issuer": address,
        "authorization_endpoint": f"{address}/oauth/authorize",
        "token_endpoint": f"{address}/api/oauth/token",
        "revocation_endpoint": f"{address}/api/oauth/revoke",
        "scopes_supported": [scope.value for scope in Scope],
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": ["authorization_code", "refresh_token", PRE_AUTHORIZED],
        "pre-authorized_grant_anonymous_access_supported": True,
        "token_endpoint_auth_methods_supported": ["none"],
        "revocation_endpoint_auth_methods_supported": ["none"],
        "code_challenge_methods_supported": ["S256"],
        "authorization_response_iss_parameter_supported": True,
        "service_documentation": f"{address}/api/openapi.json",
    }


ROUTES = [ask, answer, metadata]
