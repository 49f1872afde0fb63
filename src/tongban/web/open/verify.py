"""Is this certificate genuine? For anyone, without logging in; nothing that is checked is kept."""

from dataclasses import dataclass

import msgspec
from litestar import Response, get, post

from tongban import certs
from tongban.base.errors import Problem
from tongban.base.i18n import LANGS, Text
from tongban.certs import CertificateRecord, Verification
from tongban.web.forms import Form
from tongban.web.html import page
from tongban.web.limits import Limited
from tongban.web.portal.uploads import UPLOAD_BYTES
from tongban.web.site import Site
from tongban.web.visitor import Visitor


@dataclass(frozen=True, slots=True)
class Result:
    """A verification as the page shows it."""

    title: Text
    tone: str
    sign: str
    checks: tuple[certs.Check, ...]
    rows: list[tuple[Text, Text]]


def result(found: Verification) -> Result:
    """The verdict, every point, and what was signed (only when the signature holds)."""
    tone, sign = ("ok", "ok") if found.valid else ("warn", "warn") if found.genuine else ("seal", "x")
    return Result(found.verdict, tone, sign, found.checks, rows(found.record) if found.record else [])


def rows(record: CertificateRecord) -> list[tuple[Text, Text]]:
    """What a certificate says, line by line."""
    until = Text(*(certs.day(record.valid_until, lang) for lang in LANGS))
    holder = f"{record.holder.name} {record.holder.number}"
    return [
        (Text("证照", "Certificate"), record.name),
        (Text("证照标识", "Number"), Text(record.id, record.id)),
        (Text("持证人", "Holder"), Text(holder, holder)),
        *((line.label, line.value) for line in record.shows),
        (Text("有效期至", "Valid until"), until),
        (Text("颁发机构", "Issued by"), record.issuer.name),
    ]


async def verified(site: Site, data: bytes | str, digest: str | None = None) -> Verification:
    """Checked against our keys and, if it is one of ours, against revocations."""
    first = certs.verify(data, site.keys.public, site.clock(), digest_=digest)
    if first.record is None:
        return first
    stored = await certs.store.get(site.db, first.record.id)
    revoked = {} if stored is None or stored.revocation is None else {first.record.id: stored.revocation.at}
    return certs.verify(data, site.keys.public, site.clock(), revoked=revoked, digest_=digest)


@get("/verify")
async def verify(site: Site, visitor: Visitor, c: str = "", h: str = "") -> Response[str]:
    """The form; or, for whoever scanned a code, the answer."""
    found: Result | None = None
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
            answer = await verified(site, stored.certificate.jws, h[:100])
            # A number alone shows nobody's certificate: only the digest proves that it was held in the hand.
            found = result(answer if answer.genuine else msgspec.structs.replace(answer, record=None))
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
    return page(site, visitor, "open/verify.html", result=result(await verified(site, data)), problems=[])


ROUTES = [verify, check]
