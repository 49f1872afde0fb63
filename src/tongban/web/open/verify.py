"""Is this certificate or receipt genuine? For anyone, without logging in; nothing that is checked is kept.

Its holder sees under 谁用过我的数据 that it was checked, and by which body if an official did.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace

import msgspec
from litestar import Response, get, post

from tongban import certs
from tongban.base.documents import Document
from tongban.base.errors import Problem
from tongban.base.i18n import Text
from tongban.certs import CertificateRecord, Verification
from tongban.certs.anyform import Asked, status_place, verify_any
from tongban.certs.checks import checked
from tongban.certs.faults import Fault, Point
from tongban.certs.statuslist import number_at
from tongban.certs.verify import STATUS_FAULTS
from tongban.ledger.receipts import looks_like_one
from tongban.ledger.records import looks_like_record
from tongban.sharing import Purpose, Reader
from tongban.sharing.access import Kind, Opened, open_record, reader_of
from tongban.web.forms import Form
from tongban.web.html import page
from tongban.web.limits import Limited
from tongban.web.open.told import Told, is_decision, of_certificate, of_decision, of_receipt, of_record
from tongban.web.portal.uploads import UPLOAD_BYTES
from tongban.web.site import Site
from tongban.web.visitor import Visitor


async def verified(site: Site, visitor: Visitor, data: bytes | str, digest: str | None = None) -> Verification:
    """Checked against our keys and, if it is one of ours, for how it stands; its holder sees that it was."""
    raw = data.encode() if isinstance(data, str) else data

    def under(keys: certs.PublicKeys) -> Verification:
        # What must have signed is ours to say of our own certificates; a neighbour's card has its keys and no more.
        asked = Asked(keys, site.clock())
        if keys is site.keys.public:
            asked = replace(asked, requires=site.keys.requires)
        if digest is not None:
            suites = asked.suites(Document.CERTIFICATE)
            return certs.verify(raw, keys, site.clock(), digest_=digest, suites=suites)
        return verify_any(raw, asked)

    first = under(site.keys.public)
    if first.claims is not None:
        await _note_shown(site, visitor, first.claims)
        return await _standing(site, raw, first) if first.genuine else first
    if first.record is None:
        return await _of_neighbours(site, raw, under) if first.fault is Fault.UNKNOWN_KEY else first
    stored = await certs.store.get(site.db, first.record.id)
    if stored is None:
        return first
    await _note(site, visitor, first.record)
    suites = site.keys.keys.suites(Document.CERTIFICATE)
    return certs.verify(raw, site.keys.public, site.clock(), status=stored.status, digest_=digest, suites=suites)


async def _of_neighbours(site: Site, raw: bytes, under: Callable[[certs.PublicKeys], Verification]) -> Verification:
    """One of another province: by its keys, and by its own list of what it has revoked or suspended."""
    found = under(site.keys.public)
    elsewhere = site.cases.elsewhere
    for card in elsewhere.between.neighbours.all() if elsewhere else ():
        keys = await site.lists.keys(card)
        found = under(keys)
        if found.fault is Fault.UNKNOWN_KEY:
            continue
        if not found.genuine:
            return found
        place = status_place(raw, found, keys, site.clock())
        return found.answered(await site.lists.check(card, place))
    return found


async def _standing(site: Site, raw: bytes, found: Verification) -> Verification:
    """How one of ours stands this minute, where only its code or some of its fields were shown."""
    place = status_place(raw, found, site.keys.public, site.clock())
    number = number_at(place) if place else None
    if number is None:
        return found
    status = await certs.store.status_of(site.db, number)
    return found.answered(checked(Point.REVOCATION, Fault.NOT_IN_LIST if status is None else STATUS_FAULTS[status]))


async def _note_shown(site: Site, visitor: Visitor, claims: dict[str, object]) -> None:
    """The same line for its holder where only fields were shown, if the number of the certificate is among them."""
    stored = await certs.store.get(site.db, str(claims.get("certificate", "")))
    if stored is not None:
        await _note(site, visitor, stored.record)


LAW = Text("国务院关于在线政务服务的若干规定 10", "Provisions of the State Council on Online Government Services 10")
_SEEN = Text("证照上写的", "what the certificate says")


async def _note(site: Site, visitor: Visitor, record: CertificateRecord) -> None:
    """The line of who checked it: a body where an official did, otherwise only that somebody did. One a half hour."""
    actor = visitor.actor
    if actor is not None and actor.id == record.holder.id:
        return
    opened = presented(site, visitor, record, record.id, {"certificate": _SEEN})
    await open_record(site.db, msgspec.structs.replace(opened, once=record.id))


def presented(site: Site, visitor: Visitor, record: CertificateRecord, what: str, fields: Mapping[str, Text]) -> Opened:
    """A look at what a holder presented: `what` names the presentation, `fields` are the lines by their keys."""
    actor = visitor.actor
    official = actor is not None and actor.kind == "official"
    return Opened(
        person=record.holder.id,
        reader=reader_of(actor) if actor is not None and official else Reader(kind="verifier", id="anybody"),
        purpose=Purpose(service=record.service, name=record.name, matter=record.id, law=LAW),
        grant=f"presented:{what}",
        resource="certificates",
        record=record.type,
        fields=tuple(fields),
        labels=tuple(fields.values()),
        kind=Kind.CERTIFICATE,
        at=site.clock(),
        source=record.name,
    )


_CHANGED = Text("为什么现在不能用", "Why it does not hold now")


@get("/verify")
async def verify(site: Site, visitor: Visitor, c: str = "", h: str = "") -> Response[str]:
    """The form; or, for whoever scanned a code, the answer."""
    found: Told | None = None
    problems: list[Problem] = []
    if c:
        await site.limits.spend(Limited.VERIFY, visitor.who)
        stored = await certs.store.get(site.db, c[:200])
        if stored is None or not h:
            text = Text(
                "没有发过这样一张证照。码可能是伪造的，请以证照文件核对",
                "No such certificate was issued; the code may be forged",
            )
            problems.append(Problem("unknown-certificate", text))
        else:
            answer = await verified(site, visitor, certs.export_json(stored.certificate), h[:100])
            # A number alone shows nobody's certificate: only the digest proves that it was held in the hand.
            found = of_certificate(answer if answer.genuine else msgspec.structs.replace(answer, record=None))
            change = stored.revocation or stored.suspension
            if answer.genuine and change is not None:  # by which act and article; the reasons are for its holder
                found = replace(found, rows=(*found.rows, (_CHANGED, Text(change.reason, change.reason))))
    return page(site, visitor, "open/verify.html", result=found, problems=problems)


@post("/verify", request_max_body_size=UPLOAD_BYTES)
async def check(site: Site, visitor: Visitor, form: Form) -> Response[str]:
    """Check a file or a pasted text."""
    await site.limits.spend(Limited.VERIFY, visitor.who)
    file = form.file("file")
    data: bytes | str = await file.read() if file else form.text("text")
    if not data:
        text = Text("请上传文件，或者粘贴文字", "Upload a file or paste the text")
        return page(
            site, visitor, "open/verify.html", status=422, result=None, problems=[Problem("nothing", text, "file")]
        )
    return page(site, visitor, "open/verify.html", result=await told(site, visitor, data), problems=[])


async def told(site: Site, visitor: Visitor, data: bytes | str) -> Told:
    """Whatever it is: the receipt of a decision or of the log, which bring all that they need; else a certificate."""
    # a form sends the ends of lines as CRLF, and a receipt is signed letter by letter
    raw = (data.replace("\r\n", "\n").encode() if isinstance(data, str) else data).strip()
    if looks_like_record(raw + b"\n"):
        return of_record(site, raw + b"\n")
    if looks_like_one(raw):
        return of_receipt(site, raw + b"\n")
    if is_decision(raw):
        return of_decision(site, raw)
    return of_certificate(await verified(site, visitor, data))


ROUTES = [verify, check]
