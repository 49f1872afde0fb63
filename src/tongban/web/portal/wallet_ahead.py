"""A certificate that is not yet issued, promised to a wallet: it fetches it by itself once the case is decided."""

from typing import Any

from litestar import Response, get, post

from tongban.base.errors import refuse
from tongban.base.i18n import Text
from tongban.cases.views import CaseView
from tongban.catalog.certificate_type import HolderKind
from tongban.certs.wallet import store
from tongban.certs.wallet.store import Ahead, waiting
from tongban.web.html import go, page
from tongban.web.limits import Limited
from tongban.web.portal.wallet import code_page
from tongban.web.site import Site
from tongban.web.visitor import Visitor


def ahead_of(site: Site, visitor: Visitor, view: CaseView) -> Ahead | None:
    """What a wallet can wait for in this case; None where it comes to nothing for a wallet, or is decided already.

    Only for the person themselves: the holder of the certificate will be who applied.
    """
    person, case = visitor.citizen(), view.loaded.state.case
    if view.ended or view.certificates or person.mandate is not None or case.applicant.id != person.id:
        return None
    if view.state.elsewhere is not None:
        return None
    kind = site.catalogue.certificate_type(view.loaded.definition.service.result.certificate)
    if kind is None or kind.holder is HolderKind.BODY:
        return None
    return Ahead(region=case.region, case=case.case, type=kind.certificate)


async def _own(site: Site, visitor: Visitor, case: str) -> tuple[Ahead | None, str]:
    """What can be waited for, and whose it is. Raises Refused (404) for a case of somebody else."""
    view = await site.cases.view(visitor.citizen(), case)
    return ahead_of(site, visitor, view), visitor.citizen().id


def _name(site: Site, ahead: Ahead) -> Text:
    kind = site.catalogue.certificate_type(ahead.type)
    return kind.name if kind else Text(ahead.type, ahead.type)


@get("/cases/{case:str}/wallet")
async def ahead(site: Site, visitor: Visitor, case: str) -> Response[str]:
    """What it means, and which wallets wait."""
    found, person = await _own(site, visitor, case)
    return page(
        site,
        visitor,
        "portal/wallet_ahead.html",
        case=case,
        name=_name(site, found) if found else None,
        waiting=await waiting.waiting(site.db, person, case, site.clock()),
    )


@post("/cases/{case:str}/wallet", status_code=200)
async def promise(site: Site, visitor: Visitor, case: str) -> Response[str]:
    """A code to scan with the wallet, shown this once, and the digits to type there."""
    found, person = await _own(site, visitor, case)
    if found is None:
        raise refuse(
            "nothing-to-wait-for",
            "这件事没有可以先登记到钱包的证照。已经发证的，请到“我的证照”里放进钱包。",
            "This case has no certificate to wait for. One that was issued is put into a wallet from its own page.",
            status=409,
        )
    await site.limits.spend(Limited.LOG_IN, visitor.who)
    async with site.db.transaction() as connection:
        code, digits = await store.offer(connection, person, found, site.clock())
    return code_page(site, visitor, found.type, _name(site, found), f"/cases/{case}/wallet", code, digits)


@post("/cases/{case:str}/wallets/{waiting_id:str}/end")
async def end(site: Site, visitor: Visitor, case: str, waiting_id: str) -> Response[Any]:
    """A wallet is to wait no longer."""
    _, person = await _own(site, visitor, case)
    await waiting.end(site.db, person, waiting_id)
    return go(f"/cases/{case}/wallet")


ROUTES = [ahead, promise, end]
