"""My certificates: on the page, as PDF, as a data file, and the code others check."""

import asyncio
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import segno
from litestar import Response, get

from tongban import certs
from tongban.base.documents import Document
from tongban.base.errors import Refused, refuse
from tongban.base.i18n import Text
from tongban.cases.lifecycle import supervised
from tongban.certs import CertificateRecord, Standing, StoredCertificate
from tongban.certs.credential import credential_claims, issue_credential
from tongban.certs.sign import copy_time
from tongban.org import Actor
from tongban.web.html import page, saved_file
from tongban.web.open.status import place
from tongban.web.site import Site
from tongban.web.visitor import Visitor


@dataclass(frozen=True, slots=True)
class Tile:
    """A certificate in a list."""

    id: str
    name: Text
    note: Text


def tiles(site: Site, found: tuple[StoredCertificate, ...]) -> list[Tile]:
    """Certificates as a list shows them."""
    return [Tile(one.record.id, one.record.name, _note(site, one)) for one in found]


def _note(site: Site, one: StoredCertificate) -> Text:
    now = one.standing(site.today)
    if now is not Standing.VALID:
        return certs.STANDING_NAMES[now]
    until = one.record.valid_until
    if until is None:
        return Text("长期有效", "no end date")
    return Text(f"{site.pages.day('zh', until)}到期", f"until {site.pages.day('en', until)}")


async def own(site: Site, visitor: Visitor, identifier: str) -> StoredCertificate:
    """One of the reader's own. Raises Refused (404), also for somebody else's."""
    found = await certs.store.get(site.db, identifier)
    actor = visitor.citizen()
    if found is None or not _theirs(site, actor, found.record):
        raise refuse("unknown-certificate", "没有这张证照", "There is no such certificate", status=404)
    return found


def _theirs(site: Site, actor: Actor, record: CertificateRecord) -> bool:
    """Whether it is the reader's, or their mandate lets them look at what its service gave."""
    if record.holder.id == actor.id:
        return True
    mandate = actor.mandate
    if mandate is None or mandate.from_party != record.holder.id:
        return False
    return mandate.covers(record.service, "view", site.clock())


@get("/certificates")
async def certificates(site: Site, visitor: Visitor, after: str | None = None) -> Response[str]:
    """All of them, newest first."""
    found = await certs.store.held_by(site.db, visitor.citizen().id, after)
    return page(site, visitor, "portal/certificates.html", certificates=tiles(site, found.items), next=found.next)


@get("/certificates/{identifier:str}")
async def certificate(site: Site, visitor: Visitor, identifier: str) -> Response[str]:
    """One, to be shown."""
    found = await own(site, visitor, identifier)
    now, mine = found.standing(site.today), found.record.holder.id == visitor.citizen().id
    return page(
        site,
        visitor,
        "portal/certificate.html",
        record=found.record,
        problem=None if now is Standing.VALID else certs.STANDING_NAMES[now],
        revocation=found.revocation or found.suspension,
        supervised=await supervised(site.cases.engine, identifier) if now is Standing.SUSPENDED and mine else "",
        until={lang: certs.day(found.record.valid_until, lang) for lang in ("zh", "en")},
        machine=await _machine(site, visitor, found.record),
    )


async def _machine(site: Site, visitor: Visitor, record: CertificateRecord) -> Text | None:
    """What machines did in the case that it came of, in a sentence; None where the reader may not see that case."""
    try:
        view = await site.cases.view(visitor.citizen(), record.case)
    except Refused:
        return None
    return (await site.assist.account.of(view)).summary


@get("/certificates/{identifier:str}/certificate.pdf")
async def pdf(site: Site, visitor: Visitor, identifier: str) -> Response[Any]:
    """A sealed PDF."""
    found = await own(site, visitor, identifier)
    data = await asyncio.to_thread(
        certs.render_pdf,
        found.certificate,
        visitor.lang,
        public_url=site.settings.address,
        ring=site.keys,
        now=site.clock(),
        status=place(site, found),
    )
    return saved_file(data, f"{identifier}.pdf", "application/pdf")


@get("/certificates/{identifier:str}/certificate.json")
async def data_file(site: Site, visitor: Visitor, identifier: str) -> Response[Any]:
    """The signed record, with the code that says where its status is published."""
    found = await own(site, visitor, identifier)
    data = certs.data_file(found, site.keys, site.settings.address, site.clock())
    return saved_file(data, f"{identifier}.json", "application/json")


@get("/certificates/{identifier:str}/certificate.sd-jwt")
async def credential(site: Site, visitor: Visitor, identifier: str) -> Response[Any]:
    """The certificate as SD-JWT VC: whoever has it can take fields out before passing it on, and it still verifies."""
    found = await own(site, visitor, identifier)
    claims = credential_claims(found.record, issuer=site.settings.address, status=place(site, found))
    at = copy_time(found.record, site.keys, site.clock(), Document.CREDENTIAL)
    token = issue_credential({**claims, "iat": int(at.timestamp())}, site.keys, at)
    return saved_file(token.encode(), f"{identifier}.sd-jwt", "application/dc+sd-jwt")


@get("/certificates/{identifier:str}/qr.svg")
async def code(site: Site, visitor: Visitor, identifier: str) -> Response[bytes]:
    """The code that leads to the verify page and carries a digest of what the certificate says."""
    found = await own(site, visitor, identifier)
    out = BytesIO()
    link = certs.verify_link(site.settings.address, found.record)
    segno.make(link, error="m").save(out, kind="svg", scale=4, border=2, xmldecl=False, omitsize=True)
    return Response(out.getvalue(), media_type="image/svg+xml")


ROUTES = [certificates, certificate, pdf, data_file, credential, code]
