"""Putting a certificate into the wallet on one's telephone, and taking it back."""

from typing import Any

import segno
from litestar import Response, get, post
from markupsafe import Markup

from tongban import certs
from tongban.base.errors import refuse
from tongban.base.i18n import Text
from tongban.certs import Standing, StoredCertificate
from tongban.certs.wallet import store
from tongban.certs.wallet.offering import offer, offer_link
from tongban.web.html import go, page
from tongban.web.limits import Limited
from tongban.web.portal.showing import mine
from tongban.web.site import Site
from tongban.web.visitor import Visitor


@get("/certificates/{identifier:str}/wallet")
async def wallets(site: Site, visitor: Visitor, identifier: str) -> Response[str]:
    """What a wallet is, and which hold this certificate."""
    return await _page(site, visitor, await mine(site, visitor, identifier))


async def _page(site: Site, visitor: Visitor, found: StoredCertificate) -> Response[str]:
    now, copies = found.standing(site.today), await store.copies(site.db, found.record.holder.id, found.record.id)
    return page(
        site,
        visitor,
        "portal/wallet.html",
        record=found.record,
        usable=now is Standing.VALID,
        standing=certs.STANDING_NAMES[now],
        copies=[(one, one.holds_at(site.clock())) for one in copies],
    )


@post("/certificates/{identifier:str}/wallet", status_code=200)
async def put(site: Site, visitor: Visitor, identifier: str) -> Response[str]:
    """A code to scan with the wallet, shown this once, and the digits to type there."""
    found = await mine(site, visitor, identifier)
    if found.standing(site.today) is not Standing.VALID:
        return await _page(site, visitor, found)
    if site.catalogue.certificate_type(found.record.type) is None:
        raise refuse(
            "not-for-wallets", "这种证照不能放进钱包", "This type of certificate is not for wallets", status=409
        )
    await site.limits.spend(Limited.LOG_IN, visitor.who)
    now = site.clock()
    async with site.db.transaction() as connection:
        code, digits = await store.offer(connection, found.record.holder.id, found.record.id, now)
    back = f"/certificates/{found.record.id}/wallet"
    return code_page(site, visitor, found.record.type, found.record.name, back, code, digits)


def code_page(site: Site, visitor: Visitor, type_: str, name: Text, back: str, code: str, digits: str) -> Response[str]:
    """The code and its digits, on a page that is kept nowhere; `back` is where it came from."""
    link = offer_link(offer(site.settings.address, type_, code))
    response = page(
        site,
        visitor,
        "portal/wallet_code.html",
        name=name,
        back_to=back,
        ahead=back.startswith("/cases/"),
        link=link,
        digits=digits,
        until=site.clock() + store.OPEN_FOR,
        days=store.COPY_FOR.days,
        code=Markup(segno.make(link, error="l").svg_inline(scale=3, border=3)),  # noqa: S704 -- our own drawing
    )
    response.headers |= {"referrer-policy": "no-referrer", "cache-control": "no-store"}
    return response


@post("/certificates/{identifier:str}/wallets/{copy_id:str}/end")
async def end(site: Site, visitor: Visitor, identifier: str, copy_id: str) -> Response[Any]:
    """A copy is taken back: at our counters it shows nothing from now on."""
    found = await mine(site, visitor, identifier)
    await store.end(site.db, found.record.holder.id, copy_id, site.clock())
    return go(f"/certificates/{identifier}/wallet")


ROUTES = [wallets, put, end]
