"""Tokens for a code or a refresh token (RFC 6749 §5), and giving them back (RFC 7009): for programs, not people."""

from typing import Any

from litestar import Request, Response, post

from tongban.certs.wallet import store as wallet_store
from tongban.certs.wallet.offering import PRE_AUTHORIZED
from tongban.org.apps import App, Issued, flow
from tongban.org.apps.flow import OAuthError
from tongban.web import forms
from tongban.web.limits import Limited
from tongban.web.site import Site
from tongban.web.visitor import Visitor

_NOT_KEPT = {"cache-control": "no-store"}
BYTES = 8_000


@post("/api/oauth/token", status_code=200, request_max_body_size=BYTES)
async def token(site: Site, visitor: Visitor, request: Request[Any, Any, Any]) -> Response[Any]:
    """A pair of tokens."""
    await site.limits.spend(Limited.LOG_IN, visitor.client)
    try:
        issued = await _issued(site, await forms.read(request))
    except OAuthError as error:
        return Response(
            {"error": error.code, "error_description": error.description}, status_code=400, headers=_NOT_KEPT
        )
    return Response(issued, headers=_NOT_KEPT)


@post("/api/oauth/revoke", status_code=200, request_max_body_size=BYTES)
async def revoke(site: Site, visitor: Visitor, request: Request[Any, Any, Any]) -> Response[Any]:
    """The end of what a person allowed. The answer is the same whether there was anything to end."""
    await site.limits.spend(Limited.LOG_IN, visitor.client)
    form = await forms.read(request)
    app = site.apps.find(form.text("client_id"))
    if app is not None:
        await flow.revoke(site.db, app, form.text("token"), site.clock())
    return Response({}, headers=_NOT_KEPT)


async def _issued(site: Site, form: forms.Form) -> Issued | dict[str, Any]:
    repeated = [name for name, values in form.values.items() if len(values) > 1]
    if repeated:
        raise OAuthError("invalid_request", "A parameter is there twice")
    if form.text("grant_type") == PRE_AUTHORIZED:
        return await _for_wallet(site, form)
    app = site.apps.find(form.text("client_id"))
    if app is None:
        raise OAuthError("invalid_client", "This client is not registered here")
    match form.text("grant_type"):
        case "authorization_code":
            return await _redeemed(site, app, form)
        case "refresh_token":
            return await flow.renew(site.db, app, form.text("refresh_token"), site.clock())
        case _:
            raise OAuthError("unsupported_grant_type", "Use authorization_code or refresh_token")


async def _for_wallet(site: Site, form: forms.Form) -> dict[str, Any]:
    """A token for one certificate (OpenID4VCI 1.0 §6): for any wallet that has the code, if its holder gave it the
    digits too."""
    code, digits = form.text("pre-authorized_code"), form.text("tx_code")
    if not code or not digits:
        raise OAuthError("invalid_request", "pre-authorized_code and tx_code are needed")
    redeemed = await wallet_store.redeem(site.db, code[:100], digits[:20], site.clock())
    if redeemed is None:
        raise OAuthError("invalid_grant", "The code or tx_code is unknown, wrong, used or expired")
    answer: dict[str, Any] = {"access_token": redeemed.token, "token_type": "Bearer"}
    if redeemed.lasts is None:  # it may live on for months: a wallet told five minutes would never come back
        return answer
    return {**answer, "expires_in": int(redeemed.lasts.total_seconds())}


async def _redeemed(site: Site, app: App, form: forms.Form) -> Issued:
    code, redirect, verifier = (form.text(name) for name in ("code", "redirect_uri", "code_verifier"))
    return await flow.redeem(site.db, app, code, redirect, verifier, site.clock())


ROUTES = [token, revoke]
