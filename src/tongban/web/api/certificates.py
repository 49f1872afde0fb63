"""Certificates of the reader, and checking anybody's."""

import asyncio

from litestar import Response, get, post

from tongban import certs
from tongban.base.errors import refuse
from tongban.certs import StoredCertificate
from tongban.web.api import answered as out
from tongban.web.api.asked import Presented
from tongban.web.api.body import Json
from tongban.web.api.caller import Asking, Caller
from tongban.web.api.cursors import seal, unseal
from tongban.web.api.operation import operation
from tongban.web.api.parameters import After, Limit, Path
from tongban.web.html import saved_file
from tongban.web.limits import Limited
from tongban.web.open.status import place
from tongban.web.open.verify import verified
from tongban.web.portal.certificates import own

TAG = "certificates"
PRESENTED_BYTES = 7_000_000
"""A PDF of 5 MB in base64."""


def _item(caller: Caller, one: StoredCertificate) -> out.CertificateItem:
    record = one.record
    return out.CertificateItem(
        id=record.id,
        type=record.type,
        name=record.name,
        issuer=record.issuer.name,
        case=record.case,
        issued_at=record.issued_at,
        valid_from=record.valid_from,
        valid_until=record.valid_until,
        standing=one.standing(caller.site.today),
    )


@get("/certificates", **operation("listCertificates", "我的证照", "My certificates", TAG))
async def certificates(caller: Asking, after: After = None, limit: Limit = 20) -> out.CertificatePage:
    """读者名下的证照，最近的在前。

    What was issued to the reader, newest first.
    """
    site = caller.site
    page = await certs.store.held_by(site.db, caller.person.id, unseal(site.secret, after), limit)
    return out.CertificatePage(items=tuple(_item(caller, one) for one in page.items), next=seal(site.secret, page.next))


@get("/certificates/{identifier:str}", **operation("getCertificate", "一张证照", "One certificate", TAG, 404))
async def certificate(caller: Asking, identifier: Path) -> out.CertificateDetail:
    """证照内容和签名。

    What it says, and its signature.
    """
    found = await own(caller.site, caller.visitor, identifier)
    revoked, suspended = found.revocation, found.suspension
    return out.CertificateDetail(
        record=found.record,
        jws=found.certificate.jws,
        standing=found.standing(caller.site.today),
        revoked_at=revoked.at if revoked else None,
        revoked_because=revoked.reason if revoked else "",
        suspended_at=suspended.at if suspended else None,
        suspended_because=suspended.reason if suspended else "",
    )


@get(
    "/certificates/{identifier:str}/pdf",
    media_type="application/pdf",
    **operation("getCertificatePdf", "证照 PDF", "A certificate as PDF", TAG, 404),
)
async def pdf(caller: Asking, identifier: Path) -> Response[bytes]:
    """盖章的 PDF，文件本身就能验真。

    A sealed PDF that verifies by itself.
    """
    site = caller.site
    found = await own(site, caller.visitor, identifier)
    data = await asyncio.to_thread(
        certs.render_pdf,
        found.certificate,
        caller.visitor.lang,
        public_url=site.settings.address,
        ring=site.keys,
        now=site.clock(),
        status=place(site, found),
    )
    return saved_file(data, f"{identifier}.pdf", "application/pdf")


@post(
    "/verify",
    dto=Json[Presented],
    return_dto=None,
    status_code=200,
    request_max_body_size=PRESENTED_BYTES,
    **operation("verify", "验证照", "Check a certificate", TAG, 413, 415, 422, public=True),
)
async def verify(caller: Asking, data: Presented) -> out.Verdict:
    """真不真、今天还有没有效、逐项说明。不保存；持证人看得到有人查验过。

    Whether it is genuine, whether it holds today, point by point. Nothing is kept; its holder sees that it was checked.
    """
    await caller.site.limits.spend(Limited.VERIFY, caller.visitor.who)
    given: bytes | str = data.pdf or data.certificate
    if not given:
        raise refuse(
            "nothing-to-check", "请给出 certificate 或 pdf", "Give `certificate` or `pdf`", place="certificate"
        )
    found = await verified(caller.site, caller.visitor, given)
    return out.Verdict(
        genuine=found.genuine, valid=found.valid, verdict=found.verdict, checks=found.checks, record=found.record
    )


ROUTES = [certificates, certificate, pdf, verify]
