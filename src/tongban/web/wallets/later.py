"""Deferred issuance (OpenID4VCI 1.0 §9): a wallet that asked before the decision comes back for the certificate."""

from typing import Any

from litestar import Request, Response, post

from tongban.base.errors import Refused
from tongban.certs.strict import Stop
from tongban.certs.wallet import store
from tongban.certs.wallet.store import waiting
from tongban.web.limits import Limited
from tongban.web.site import Site
from tongban.web.visitor import Visitor
from tongban.web.wallets.issuing import (
    BYTES,
    WalletError,
    bearer,
    come_of,
    copy_for,
    copy_until,
    given,
    later,
    not_bound,
    read_asked,
)


@post("/api/wallet/deferred", status_code=200, request_max_body_size=BYTES)
async def deferred(site: Site, visitor: Visitor, request: Request[Any, Any, Any]) -> Response[Any]:
    """The certificate, once there is one, bound to the keys that were proved when it was asked for; until then, when to
    come back. A case that ended without one ends the waiting."""
    await site.limits.spend(Limited.VERIFY, visitor.client)
    try:
        name = (await _read(request)).strip()
        found = await waiting.of_token(site.db, bearer(request), site.clock())
        if found is None:
            raise WalletError("invalid_token", "The access token is unknown, used or expired", 401)
        one, digest = found
        if not waiting.names(name, digest):
            raise WalletError("invalid_transaction_id", "The transaction is unknown, or has ended")
        issued = await _issued(site, one)
    except WalletError as error:
        return error.response()
    return later(name) if issued is None else given(issued)


async def _read(request: Request[Any, Any, Any]) -> str:
    bearer(request)  # who has no token learns nothing of the rest
    name = (await read_asked(request)).get("transaction_id")
    if not isinstance(name, str) or not name:
        raise WalletError("invalid_transaction_id", "transaction_id is missing")
    return name[:100]


async def _issued(site: Site, one: waiting.Waiting) -> tuple[str, ...] | None:
    now = site.clock()
    try:
        found = await come_of(site, one.holder, one.ahead)
    except WalletError:  # it will not come: the wallet need not ask again
        await waiting.end(site.db, one.holder, one.id)
        raise
    if found is None:
        return None
    try:
        async with site.db.transaction() as connection:
            if not await waiting.end(connection, one.holder, one.id):
                raise LookupError("another request came first")
            until = copy_until(found, now)
            await store.keep(connection, one.holder, found.record.id, one.thumbprints, now, until)
    except (Stop, LookupError, Refused) as error:
        raise not_bound(error) from None
    return tuple(copy_for(site, found, key) for key in one.keys)


ROUTES = [deferred]
